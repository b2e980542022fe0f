"""What is said where no page can be: in a page that needs neither a database nor a signed-in person, without detail.

What went wrong stands in the log of the process; whoever asked is told what they can do.
"""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from custodiet.report.guard import json_bytes
from custodiet.web.embedded.base import is_busy
from custodiet.web.page import refused
from custodiet.web.programs import wants_json

_LOG = logging.getLogger("custodiet.web")


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is not there, or not for whoever asks: both look the same."""
    return refused(request, 404, translation.gettext("There is no such page, or it is not for you."))


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that is none, or for a name that is not ours."""
    step = _("If this is the right address, its name is missing in CUSTODIET_HOSTS of this installation.")
    return _told(request, 400, _("This request cannot be answered."), step)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Something that may not be done."""
    return _told(request, 403, _("This is not allowed."), "")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or from one that is too old."""
    step = _("Go back, load the page again and send the form once more. Your browser has to keep cookies.")
    if settings.CUSTODIET.https and not request.is_secure():
        # the cookie is for HTTPS alone, and who brought this is not the proxy that is believed
        origin = request.META.get("REMOTE_ADDR", "")
        _LOG.warning("a form came without HTTPS, from %s: is that the proxy of CUSTODIET_PROXY?", origin)
        step = _("This server is reached by a way that it does not know: whoever runs it looks at CUSTODIET_PROXY.")
    return _told(request, 403, _("This form was not sent from a page of this session."), step)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that somebody else wrote into for too long."""
    if is_busy(sys.exc_info()[1]):
        step = _("Nothing was changed. A large import may be running; try again in a minute.")
        answer = _told(request, 503, _("This installation is busy."), step)
        answer["Retry-After"] = "60"
        return answer
    step = _("Nothing was changed. Try again later; whoever runs this installation finds the fault in its log.")
    return _told(request, 500, _("Something went wrong here."), step)


def _told(request: HttpRequest, status: int, reason: object, next_step: object) -> HttpResponse:
    language = translation.get_language_from_request(request)
    with translation.override(language):
        told = {"reason": str(reason), "next_step": str(next_step)}
        if wants_json(request):
            return HttpResponse(json_bytes(told), status=status, content_type="application/json")
        page = render_to_string("fault.html", {**told, "status": status})
    return HttpResponse(page, status=status, headers={"Content-Language": language})
