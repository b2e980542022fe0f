"""Everything that changed, and who looked at what is restricted: a log to which rows are only ever added."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class OnlyAdded(models.QuerySet["Logged"]):
    """Rows that can be asked for, and not changed or taken out: the code refuses it, the chain of hashes shows it."""

    def update(self, **_: Any) -> NoReturn:
        """Refused."""
        _refuse()

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        """Refused."""
        _refuse()

    def delete(self) -> NoReturn:
        """Refused."""
        _refuse()


def _refuse() -> NoReturn:
    raise TypeError("rows of the log are only ever added")


class Logged(models.Model):
    """One thing that happened; each row carries a hash of itself and of the row before it."""

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    body = models.TextField()
    """Id of the body; empty: the installation."""
    who = models.TextField()
    """Address of the person, or the name of the token or command."""
    what = models.TextField()
    """A word for the deed, for example ``role given``."""
    about = models.TextField()
    """Id of what it was done to."""
    said = models.TextField()
    """What changed, as JSON: before and after."""
    why = models.TextField()
    """The reason that the person gave."""
    before = models.CharField(max_length=64)
    """Hash of the row before; empty for the first."""
    hash = models.CharField(max_length=64)
    """SHA-256 of this row with the hash of the row before."""

    objects = OnlyAdded.as_manager()

    class Meta:
        db_table = "logged"
        indexes = [
            models.Index(fields=["body", "number"], name="logged_body"),
            models.Index(fields=["body", "who", "number"], name="logged_who"),
            models.Index(fields=["body", "what", "number"], name="logged_what"),
            models.Index(fields=["body", "about", "number"], name="logged_about"),
            models.Index(fields=["body", "at"], name="logged_at"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add it.

        Raises:
            TypeError: it is there already.
        """
        if not self._state.adding:
            _refuse()
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refused."""
        _refuse()
