"""Devices by what names them, for addresses that people type: an address, a MAC, a serial number or a label."""

from __future__ import annotations

from urllib.parse import urlencode

from custodiet.web.columns import columns_of, number
from custodiet.web.estate import Estate, entry_of
from custodiet.web.filters import TERMS
from custodiet.wire.address import mac_text

MOST = 100
"""Devices that are looked at for one that has just this name."""


def place_of(estate: Estate, name: str) -> str:
    """Where a name leads in a body.

    Args:
        estate: the body; nothing of another is looked at.
        name: as it was typed.

    Returns:
        The address of the one device that is named so, else of the list of those in whose words it stands; empty where
        there are none.
    """
    columns = columns_of(estate)
    words = (mac_text(name) or name).split()[:TERMS]
    chosen = columns.search(words)
    if not words or not number(chosen, columns.total):
        return ""
    found = columns.places(chosen, stop=MOST + 1)
    wanted = " ".join(words).casefold()
    named = [] if len(found) > MOST else _named(estate, found, wanted)
    here = f"/b/{estate.id}/devices/"
    return f"{here}{named[0]}/" if len(named) == 1 else f"{here}?{urlencode({'q': ' '.join(words)})}"


def _named(estate: Estate, places: list[int], wanted: str) -> list[str]:
    """Ids of the devices at these places that are named just so."""
    assets = [entry_of(row).asset for row in estate.devices().filter(place__in=[place + 1 for place in places])]
    return [
        asset.id
        for asset in assets
        if wanted in {name.casefold() for name in (asset.label, *(each.value for each in asset.identifiers))}
    ]
