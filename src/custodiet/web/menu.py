"""What the menu of a body offers to somebody: the pages that have a word in it, and for which they have the right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from custodiet.web.page import Asked


def menu(asked: Asked[Any]) -> Iterator[tuple[str, str]]:
    """(address, words) of each page, in their order."""
    begin = f"/b/{asked.estate.id}/"
    yield begin, _("Overview")
    yield f"{begin}devices/", _("Devices")
    yield f"{begin}reconciliation/", _("Register and network")
    yield f"{begin}sites/", _("Sites")
    yield f"{begin}map/", _("Map")
    yield f"{begin}changes/", _("Changes")
    yield f"{begin}work/", _("Work")
    yield f"{begin}history/", _("History")
    yield f"{begin}alerts/", _("Alerts")
    if asked.may("edit") or asked.may("audit"):
        yield f"{begin}imports/", _("Imports")
    if asked.may("administer") or asked.may("audit"):
        yield f"{begin}members/", _("Members")
        yield f"{begin}tokens/", _("Tokens")
