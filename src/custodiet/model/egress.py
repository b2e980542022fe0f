"""What a device talks to and who could look in: peers with owners, ways in, and how much of it could be seen at all."""

from __future__ import annotations

from typing import Literal

import msgspec

Where = Literal["outside", "inside", "to all"]
"""Where the other side is: an address of somebody else, of the body itself, or a group that all hear."""

Size = Literal["video-sized", "bulk", "keep-alive", "small", "attempt"]
"""What a conversation looks like from its sums; what was inside was not read.

video-sized  sent out fast and long enough for moving pictures
bulk         much was sent or received, in a shape that is no stream
keep-alive   little, again and again, at an even pace
small        little
attempt      nothing came back
"""

EgressOutcome = Literal["maker's own seen", "outside seen", "tried only", "nothing outside seen", "cannot be said"]
"""What can be said of a device.

maker's own seen      answered traffic with a cloud, relay or update host of its maker or the maker's family
outside seen          answered traffic with other addresses outside
tried only            it called outside, and nothing came back
nothing outside seen  its traffic was watched, and nothing of it went outside
cannot be said        none of its traffic was watched, or what was watched is too doubtful to say that there was none
"""


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """What a database of the user says of an address."""

    country: str = ""
    """ISO 3166 code; empty: it does not say."""
    network_owner: str = ""
    """Who announces the network, as the database writes it."""
    database: str
    """Its type, and the date of its making in ISO 8601."""


class Bar(msgspec.Struct, frozen=True):
    """Volume in one slice of time."""

    begin: float
    """Seconds since 1970 UTC."""
    bytes_out: int
    """Bytes from the device."""
    bytes_in: int
    """Bytes to the device."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One address and port that a device exchanged traffic with, or tried to."""

    address: str
    """Its IP address."""
    where: Where
    """Whether it is outside."""
    transport: str
    """``tcp``, ``udp`` or ``ip/N``."""
    port: int
    """Port of the side that was called; 0 where there is none."""
    begun_by: Literal["device", "other side"]
    """Who began."""
    names: tuple[str, ...] = ()
    """Names under which the device knows it: asked in DNS, or given in TLS and HTTP to this address."""
    serves: str
    """What it is for, from the closed list of `custodiet.egress.owners`; ``unknown`` where nothing tells."""
    owner: str = ""
    """Id of the company that runs it, by the endpoint records; empty: not known."""
    of_maker: bool = False
    """Whether that company is the device's maker or of its family."""
    endpoint: str = ""
    """Id of the endpoint record; empty: none knows it."""
    because: str = ""
    """How it is known what it serves and whose it is, or what is only a lead, in a sentence; empty: nothing tells."""
    located: Located | None = None
    """Country and network owner, where the user gave a database."""
    answered: bool
    """False where nothing came back."""
    one_way: bool = False
    """True where nothing came back and no source that shows it could have seen an answer."""
    size: Size
    """What it looks like."""
    every: float = 0.0
    """Seconds between conversations where they come at an even pace; 0 where they do not."""
    conversations: int
    """Conversations or, where a source adds them up, hours with any."""
    hours: int = 0
    """In how many different hours of the clock, where each conversation lies in one; 0: one does not, or not known."""
    bytes_out: int
    """Bytes from the device."""
    bytes_in: int
    """Bytes to the device."""
    first_seen: float
    """Seconds since 1970 UTC."""
    last_seen: float
    """Seconds since 1970 UTC."""
    bars: tuple[Bar, ...] = ()
    """Volume over time, in slices that are the same for all peers of a device; slices without any are left out."""
    evidence: tuple[str, ...] = ()
    """Ids of flows and observations that show it, the telling ones first, at most ten."""


class WayIn(msgspec.Struct, frozen=True, kw_only=True):
    """Something by which somebody could look in."""

    kind: Literal[
        "open port", "port mapping", "p2p registration", "cloud account", "called from outside", "update path"
    ]
    """What it is."""
    says: str
    """It, in a sentence."""
    state: Literal["seen", "declared", "shut"]
    """Seen in traffic or in an answer; only declared by the device; or declared or seen to be shut."""
    first_seen: float | None = None
    """Seconds since 1970 UTC."""
    last_seen: float | None = None
    """Seconds since 1970 UTC."""
    evidence: tuple[str, ...] = ()
    """Ids of flows and observations."""


class FirmwareSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A firmware version at a time; a change opens every verdict again."""

    version: str
    """As the device or a register says it."""
    first_seen: float | None = None
    """Seconds since 1970 UTC; none where the source carries no time."""
    last_seen: float | None = None
    """Seconds since 1970 UTC."""
    evidence: tuple[str, ...] = ()
    """Ids of observations."""


class Egress(msgspec.Struct, frozen=True, kw_only=True):
    """What one device talks to, as far as the sources show."""

    asset: str
    """Id of the asset."""
    label: str
    """Its name for people."""
    maker: str = ""
    """Id of the company concluded as its maker, certain or likely; empty: not known."""
    outcome: EgressOutcome
    """What can be said."""
    says: str
    """The maker's claim, tested in its own words: one sentence with numbers, hours and where it was watched."""
    peers: tuple[Peer, ...] = ()
    """Outside first, then by bytes sent; at most `custodiet.egress.device.MOST_PEERS`."""
    peers_total: int = 0
    """How many there are."""
    watched: float = 0.0
    """Seconds in which its traffic was watched, time covered twice counted once."""
    spans: tuple[tuple[float, float], ...] = ()
    """Stretches of time in which it was watched, seconds since 1970 UTC."""
    clean: tuple[tuple[float, float], ...] = ()
    """The part of `spans` in which silence says something: no sample, no losses, both directions, all written."""
    slice: float = 3600.0
    """Seconds of a bar."""
    ways_in: tuple[WayIn, ...] = ()
    """Ways in that were seen or declared."""
    firmware: tuple[FirmwareSeen, ...] = ()
    """Its versions, oldest first."""
    doubts: tuple[str, ...] = ()
    """What makes the sums doubtful: gaps, clock jumps, one direction only, sampling, translation; in sentences."""
    not_visible: tuple[str, ...] = ()
    """What could not be seen from there, in sentences."""
