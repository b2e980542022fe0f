"""What a refused form leaves to whoever sent it: the way back to it, and what they had typed."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
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
    "until": _("Until"),
    "on": _("On which day"),
    "since": _("Since"),
    "evidence": _("Evidence"),
    "reason": _("Reason"),
    "why": _("Reason, for the log"),
}
"""Fields that are shown again -> their names; a password, a code or a key is none of them."""


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
