"""What a refused form leaves to whoever sent it: the way back to it, and what they had typed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup, escape

MOST = 4_000
"""Characters that are shown of a field; no field of ours takes more."""

_TYPED = {
    "name": _("Name"),
    "email": _("E-mail address"),
    "who": _("Who"),
    "by": _("Who decided"),
    "owner": _("Who answers for it"),
    "address": _("Address"),
    "label": _("Name"),
    "maker": _("Maker"),
    "text": _("Text"),
    "names": _("Other spellings"),
    "subnets": _("Address ranges"),
    "vlans": _("VLANs"),
    "due": _("By when"),
    "until": _("Up to and including"),
    "on": _("On which day"),
    "since": _("Since"),
    "evidence": _("Evidence"),
    "reason": _("Reason"),
    "why": _("Reason, for the log"),
}
"""Fields that are shown again -> their names; a password, a code or a key is none of them."""

_NAMES = _TYPED | {
    "code": _("Code"),
    "days": _("Number of days"),
    "decided": _("Decided"),
    "found": _("What was found"),
    "kind": _("Kind"),
    "latitude": _("Latitude"),
    "left": _("This one"),
    "longitude": _("Longitude"),
    "maker": _("Maker"),
    "number": _("Number"),
    "outcome": _("Outcome"),
    "page": _("Page"),
    "q": _("Search"),
    "right": _("and this one"),
    "role": _("Role"),
    "site": _("Site"),
    "state": _("State"),
    "topics": _("What it is told"),
    "x": _("From the left"),
    "y": _("From the top"),
    "zone": _("Zone"),
}
"""Fields of forms and questions -> their names; others are told by the word in the address or the form."""

_FIELD = re.compile(r" - at `\$\.(\w+)")
_LACKING = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"unknown field `(\w+)`")
_LENGTH = re.compile(r"`str` of length (>=|<=) (\d+)")
_AMOUNT = re.compile(r"`(?:int|float)` (>=|<=) (-?[\d.]+)")


def amiss(told: str) -> tuple[str, str]:
    """What is wrong with a field, and what it takes, for people: programs get what the validator says.

    Args:
        told: what the validator says.
    """
    found = _FIELD.search(told) or _LACKING.search(told) or _UNKNOWN.search(told)
    field = {"field": str(_NAMES.get(found[1], found[1])) if found else ""}
    if not found:
        return gettext("What was sent cannot be read"), gettext("Load the page again, and fill in the form once more.")
    if _UNKNOWN.search(told):
        return gettext("“%(field)s” is nothing that is asked for here") % field, gettext("Leave it out.")
    if length := _LENGTH.search(told):
        number = int(length[2])
        if length[1] == "<=":
            step = ngettext("It takes at most %(most)s letter.", "It takes at most %(most)s letters.", number)
            return gettext("“%(field)s” is too long") % field, step % {"most": number}
    if length or _LACKING.search(told):
        return gettext("“%(field)s” is not filled in") % field, gettext("Fill it in, and send the form again.")
    reason = gettext("“%(field)s” cannot be what stands there") % field
    if amount := _AMOUNT.search(told):
        step = gettext("It takes a number of at least %(bound)s.")
        if amount[1] == "<=":
            step = gettext("It takes a number of at most %(bound)s.")
        return reason, step % {"bound": amount[2]}
    if "`int`" in told:
        return reason, gettext("It takes a whole number.")
    if "`float`" in told:
        return reason, gettext("It takes a number.")
    return reason, gettext("Choose one of those that the page offers.")


def came_from(request: HttpRequest) -> str:
    """The page of ours on which the form stood; empty where the browser does not say, or says another site."""
    told = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if request.method != "POST" or not url_has_allowed_host_and_scheme(told, hosts, require_https=request.is_secure()):
        return ""
    parts = urlsplit(told)
    if parts.netloc != request.get_host() or not parts.path.startswith("/") or parts.path.startswith("//"):
        return ""
    return urlunsplit(("", "", parts.path, parts.query, ""))


def typed(request: HttpRequest) -> list[tuple[str, Markup]]:
    """Name and escaped text of each field that was filled in, so that it can be copied as it was, lines and all."""
    if request.method != "POST":
        return []
    filled = ((str(label), str(request.POST.get(name, ""))) for name, label in _TYPED.items())
    return [(label, escape(text[:MOST])) for label, text in filled if text.strip()]
