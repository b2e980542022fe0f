"""What might tell more of a line of which nobody knows the maker: devices of the same label that answered.

A lead is a place to look, and concludes nothing: the same name on two boxes need not mean the same maker.
"""

from __future__ import annotations

import re

import msgspec

from custodiet.model import Entry
from custodiet.report.order import kind_of
from custodiet.report.summary import maker_name
from custodiet.web.columns import columns_of
from custodiet.web.estate import Estate, entry_of
from custodiet.web.knowledge import known_of

WORDS = 4
"""Words of the line that are looked for."""
LOOKED_AT = 50
"""Devices with one of them that are looked at."""
MOST = 5
"""Leads that are told."""
_SHORTEST = 3
"""Characters of a label; two letters stand in anything."""


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A device of the same label of which the maker is sure."""

    device: str
    """Id of the device."""
    label: str
    """Its name for people."""
    brand: str
    """What its label says, letter for letter."""
    maker: str
    """Who made it."""


def leads_of(estate: Estate, entry: Entry, line: str) -> tuple[Lead, ...]:
    """Devices whose label stands in a line, and whose maker is known.

    Args:
        estate: of the body.
        entry: what the line is about; where its maker or brand is known, there is nothing to look for.
        line: what the line says that it is.
    """
    if entry.identification.get("manufacturer").value or kind_of(entry) == "other":
        return ()
    columns, names = columns_of(estate), known_of(estate).names
    places: dict[int, None] = {}
    for word in [word for word in re.findall(r"\w+", line) if len(word) >= _SHORTEST][:WORDS]:
        places |= dict.fromkeys(columns.places(columns.search([word]), stop=LOOKED_AT))
    rows = estate.devices().filter(place__in=[place + 1 for place in list(places)[:LOOKED_AT]]).order_by("place")
    found = []
    for other in map(entry_of, rows):
        brand = _label(other, line)
        if brand and other.asset.id != entry.asset.id and other.identification.sure("manufacturer"):
            maker = maker_name(other, names)
            found.append(Lead(device=other.asset.id, label=other.asset.label, brand=brand, maker=maker))
    return tuple(found[:MOST])


def _label(entry: Entry, line: str) -> str:
    """What somebody read on a device that stands in a line too, as whole words; empty: nothing."""
    told = entry.identification.get("brand")
    for claim in (*told.claims_for, *told.claims_against):
        words = rf"(?<!\w){re.escape(claim.observed)}(?!\w)"
        long = claim.technique == "label" and len(claim.observed) >= _SHORTEST
        if long and re.search(words, line, re.IGNORECASE):
            return claim.observed
    return ""
