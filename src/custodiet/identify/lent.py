"""What a router's MAC address says is of the router, and nothing of the devices that are seen behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from custodiet.catalog.contents import Attribute
from custodiet.model import Asset, Observation
from custodiet.resolve import LENT

_TOLD_OF = "net.oui_text"
"""The holder of the block of a MAC, as another tool printed it."""


def of_itself(
    asset: Asset, observations: Sequence[Observation], words: Mapping[str, Attribute]
) -> Sequence[Observation]:
    """The observations that tell what the device is: all but the MAC that a router puts before its packets, and what
    another tool concluded of that MAC.

    Args:
        asset: the device; of its identifiers stands why one names it not.
        observations: all of it.
        words: attribute -> what it means, and whether it is read as a MAC.
    """
    lent = {one.value for one in asset.identifiers if one.kind == "mac" and one.why == LENT}
    # what a source knows by nothing but the MAC is the router itself
    lent = {mac for mac in lent if not any(key.endswith(f"/mac:{mac}") for key in asset.subjects)}
    if not lent:
        return observations

    def is_lent(one: Observation) -> bool:
        known = words.get(one.attribute)
        is_mac = "net.mac" in (one.attribute, known.reads_as if known else "")
        return is_mac and one.value.strip().lower() in lent

    behind = {(one.source, one.subject) for one in observations if is_lent(one)}
    return [
        one
        for one in observations
        if not is_lent(one) and not (one.attribute == _TOLD_OF and (one.source, one.subject) in behind)
    ]
