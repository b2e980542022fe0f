"""Something that changed with a device, or that cannot be told any more: one line for whoever keeps watch."""

from __future__ import annotations

from typing import Literal

import msgspec

NewsKind = Literal[
    "back after isolation",
    "new destination",
    "new device",
    "new firmware",
    "other maker",
    "other MAC",
    "other address block",
    "way in asked for",
    "asks for its maker",
    "cannot be told",
]
"""What it is.

back after isolation  a device that a signed statement called isolated reached what it may not, or stands elsewhere now
new destination       it talks with somebody outside that the case had not seen it talk with
new device            a surveillance device, or one that may be, that the case did not know
new firmware          it shows another version than before, which opens every verdict again
other maker           another company is concluded as its maker than before
other MAC             another MAC address answers at its address
other address block   the same, and that MAC is of another address block
way in asked for      a router was asked to let somebody in from outside
asks for its maker    it begins to ask for names of its maker
cannot be told        something was lost or silent, so that news may have been missed
"""

NewsSeverity = Literal["act now", "look today", "to know"]
"""How soon somebody should look, in words for people."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that changed; told once."""

    id: str
    """Hash of what it is and of which device, so that it is told once, also after a restart."""
    kind: NewsKind
    """What it is."""
    severity: NewsSeverity
    """How soon to look."""
    asset: str = ""
    """Id of the device; empty: it is about the watching itself."""
    label: str = ""
    """Name of the device, or of what was watched, for people."""
    says: str
    """What it means, then what was seen; in sentences."""
    at: float | None = None
    """Seconds since 1970 UTC of the first packet or line that shows it; none where the source carries no time."""
    place: str = ""
    """Where that stands: source and place in it, as ``eth0, eth0-20261122T080000Z, packet 41``."""
    address: str = ""
    """The other side, where there is one."""
    owner: str = ""
    """Id of the company that runs the other side, by the endpoint records; empty: not known."""
    reopens: tuple[str, ...] = ()
    """Requirements, as ``directive/requirement``, whose finding rests on the firmware of before."""
    evidence: tuple[str, ...] = ()
    """Ids of flows and observations in the case; while listening they are not there yet when it is told."""
    told_at: float = 0.0
    """Seconds since 1970 UTC when it was told."""
