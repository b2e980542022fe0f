"""Whom else evidence names than the maker of a device, and whether several makers answer at its address."""

from __future__ import annotations

import re

from custodiet.model import SURE, Entry

_PORT = re.compile(r" port ((?:tcp|udp)/\d+)$")
"""The end of a locator that says at which port something answered."""


def several_makers(entry: Entry) -> list[str]:
    """Ids of makers who each answer at ports of their own, as behind an address that is translated, while none of them
    is sure; empty where there are not two."""
    answer = entry.identification.get("manufacturer")
    if answer.band in SURE or not answer.claims_for or not answer.claims_against:
        return []
    ports = {seen.id: found[1] for seen in entry.evidence if (found := _PORT.search(seen.locator))}
    at: dict[str, set[str]] = {}
    for claim in (*answer.claims_for, *answer.claims_against):
        # what supports one answer is of one family
        maker = answer.claims_for[0].value if claim in answer.claims_for else claim.value
        at.setdefault(maker, set()).update(ports[id] for id in claim.observations if id in ports)
    own = [
        maker
        for maker, here in at.items()
        if here and all(here.isdisjoint(there) for other, there in at.items() if other != maker)
    ]
    return own if len(own) > 1 else []
