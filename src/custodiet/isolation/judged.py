"""The nouns of a proof: what a device reached, what of it was a leak, and what can be said of the device.

A leak is told as it was seen: which packet, when, how much. "Isolated" is always "as far as seen": for so many hours,
at one point, with what was not tested beside it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from custodiet.model.egress import Where
from custodiet.model.proof import Verdict

Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
"""A number that a statement of somebody else may hold, and that can be written out."""

LeakKind = Literal[
    "reached outside",
    "sent outside, no answer seen",
    "reached from outside",
    "asked for a name outside",
    "asked a router to open a way in",
    "reached inside, not allowed",
    "answered a try from outside",
]
"""How it leaked, in words for people."""

RecognisedBy = Literal["MAC", "serial number", "address", ""]
"""By what a device of the case was found again in the captures; empty: it was not."""


class Reached(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address and port that a device had to do with."""

    address: str
    """Its IP address."""
    where: Where
    """Outside, inside, or a group that all hear."""
    transport: str
    """``tcp``, ``udp`` or ``ip/N``."""
    port: Count
    """Port of the side that was called; 0 where there is none."""
    begun_by: Literal["device", "other side"]
    """Who began."""
    answered: bool
    """False where nothing came back, or only a refusal."""
    allowed: bool
    """Whether it stands on the list of what is allowed; where no list was given, whether it is inside."""
    bytes_out: Count
    """Bytes from the device."""
    bytes_in: Count
    """Bytes to the device."""
    packets_out: Count
    """Packets from the device."""
    first_seen: float
    """Seconds since 1970 UTC."""
    last_seen: float
    """Seconds since 1970 UTC."""
    evidence: tuple[str, ...] = ()
    """Source and place in it, as ``after.pcap, packet 41``; the first ones."""


class Leak(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that must not have been."""

    kind: LeakKind
    """How."""
    says: str
    """It, in a sentence."""
    address: str = ""
    """The other side, where it is known."""
    bytes_out: Count = 0
    """Bytes from the device."""
    bytes_in: Count = 0
    """Bytes to the device."""
    first_seen: float | None = None
    """Seconds since 1970 UTC."""
    last_seen: float | None = None
    """Seconds since 1970 UTC."""
    evidence: tuple[str, ...] = ()
    """Source and place in it."""


class Tried(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ports of a device that were tried by its owner, as a log of ``custodiet find`` has it."""

    log: str
    """Name of the log; its hash stands among the subjects of the statement."""
    where: Literal["inside", "outside", "not said"]
    """Where it was tried from, as the owner says."""
    at: float | None
    """Seconds since 1970 UTC, when the try began."""
    address: str
    """The address that was tried."""
    ports: Count
    """How many ports the plan names."""
    open: tuple[Count, ...] = ()
    """TCP ports that answered."""
    refused: tuple[Count, ...] = ()
    """TCP ports that were refused."""


class DeviceProof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen of one device before and after, and what can be said of it."""

    asset: str
    """Id of the asset in the case."""
    label: str
    """Its name for people."""
    identifiers: tuple[str, ...] = ()
    """What names it, as ``MAC 00:11:22:33:44:55``."""
    recognised_by: RecognisedBy = ""
    """By what it was found again after."""
    addresses: tuple[str, ...] = ()
    """The addresses that it used after."""
    verdict: Verdict
    """What can be said."""
    says: str
    """It, in a sentence."""
    watched: float = 0.0
    """Seconds after in which it gave signs and somebody watched whose capture is in no doubt."""
    longest: float = 0.0
    """Seconds of the longest stretch of these without a gap."""
    needed: float = 0.0
    """Seconds without a gap that are needed before silence counts."""
    needed_because: str = ""
    """Why so long."""
    before: tuple[Reached, ...] = ()
    """What it reached before: outside first; at most `MOST_LISTED`."""
    before_outside: Count = 0
    """Addresses and ports outside that it had to do with before."""
    after: tuple[Reached, ...] = ()
    """What it reached after; at most `MOST_LISTED`."""
    after_total: Count = 0
    """How many these are in all."""
    leaks: tuple[Leak, ...] = ()
    """What must not have been; at most `MOST_LISTED`."""
    leaks_total: Count = 0
    """How many these are in all."""
    attempts: tuple[Reached, ...] = ()
    """What it only tried with addresses that are not allowed, without an answer: blocked, as far as seen."""
    tried: tuple[Tried, ...] = ()
    """What its owner tried from inside and outside."""
    doubts: tuple[str, ...] = ()
    """What makes the answer doubtful, or is to be known with it; in sentences."""


MOST_LISTED = 50
"""Entries of one list of a device."""
