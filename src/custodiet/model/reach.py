"""Whether a device could reach a core network or the outside, by configurations its owner gave and by traffic seen."""

from __future__ import annotations

from typing import Literal

import msgspec

from custodiet.model.egress import Located
from custodiet.model.observation import Flow

ReachStatus = Literal["open", "proved absent", "seen", "unknown"]
"""What is known of a way.

open           the configurations let it through, by the rules that are cited
proved absent  the configurations of the dates given let nothing through
seen           traffic was seen that went this way
unknown        no configuration tells, or something in it was not understood
"""

Way = Literal["to core", "from core", "to outside", "from outside"]
"""From the device to somewhere, or from there to the device: always who opens the conversation."""


class ConfigRead(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration file that was read."""

    name: str
    """The name under which the user gave it."""
    sha256: str
    """Hash of its bytes, so that the answer can be checked years later."""
    size: int
    """Bytes."""
    format: str
    """Id of the reader that understood it."""
    devices: tuple[str, ...] = ()
    """What it describes, by the names in it."""
    of: str = ""
    """ISO 8601 date of which it is; empty: nobody said."""
    dated_by: str = ""
    """How we know that date: told by the user, or the line of the file that says so."""
    passed_over: int = 0
    """Lines that were not understood and may matter."""


class Cited(msgspec.Struct, frozen=True):
    """A line of a configuration."""

    place: str
    """``file:line``."""
    text: str
    """What stands there, cut short; or what its absence means."""
    why: str = ""
    """What about it was not understood; empty: it was."""
    route: bool = False
    """Whether it only says where packets go, and lets nothing through."""


class ReachPath(msgspec.Struct, frozen=True, kw_only=True):
    """One way between a device and somewhere else."""

    way: Way
    """From where to where."""
    place: str
    """The core zone as ``site/zone``, or ``outside``."""
    status: ReachStatus
    """What is known."""
    configured: ReachStatus
    """What the configurations alone say."""
    because: str
    """Why, in a sentence."""
    rules: tuple[Cited, ...] = ()
    """The rules and routes it rests on, in the order in which a packet meets them, at most some dozen."""
    lets: tuple[str, ...] = ()
    """What is let through: protocols and ports."""
    not_understood: tuple[Cited, ...] = ()
    """Lines that could change the answer and were not understood."""
    missing: str = ""
    """What would settle it, where it is not known."""
    flows: tuple[str, ...] = ()
    """Ids of conversations that went this way, the largest first, at most ten."""
    configurations: tuple[str, ...] = ()
    """Names of the configurations that were met on the way; empty: none, or it was not kept."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What one device could reach."""

    asset: str
    """Id of the asset."""
    label: str
    """Its name for people."""
    zone: str = ""
    """Its own zone as ``site/zone``; empty: not known."""
    addresses: tuple[str, ...] = ()
    """The addresses that were asked about."""
    engine: str = "built-in"
    """Which analyser answered."""
    paths: tuple[ReachPath, ...] = ()
    """Way by way."""
    configurations: tuple[ConfigRead, ...] = ()
    """What was read for it."""
    doubts: tuple[str, ...] = ()
    """What the answer takes for granted, in sentences."""


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge is told of a device's connections, beside the largest conversations."""

    peers: int = 0
    """Addresses that it exchanged traffic with, or tried to."""
    core: tuple[Flow, ...] = ()
    """Conversations with addresses in a core zone, the largest first, however small they are."""
    abroad: tuple[Flow, ...] = ()
    """Conversations with outside addresses that a database places in a country, the largest first, at most one for
    each address."""
    located: dict[str, Located] = {}
    """Address of those -> what the database says."""
    paths: tuple[ReachPath, ...] = ()
    """What was found of its ways by ``custodiet reach``."""
    configurations: tuple[ConfigRead, ...] = ()
    """What that rests on."""
