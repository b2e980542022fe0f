"""Django made ready with our settings; done once in a process, before anything else of the web is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custodiet.web.config import Config
from custodiet.web.settings import settings_of

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler


def start(config: Config) -> None:
    """Make Django ready; a second call with the same configuration does nothing.

    Raises:
        RuntimeError: it was made ready with another configuration.
    """
    import django
    from django.conf import settings

    if settings.configured:
        if config != settings.CUSTODIET:
            raise RuntimeError("the web is running with another configuration in this process")
        return
    settings.configure(**settings_of(config))
    django.setup()


def migrate() -> None:
    """Bring the tables to the form that this version knows."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def application() -> WSGIHandler:
    """What a server calls for each request."""
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()
