"""What configurations say of a network, whatever their format: interfaces, routes, filters, translation.

One small model for all formats. A reader that meets something it does not understand says so, and how far it may
matter: `Unread`. Nothing that is not understood counts as allowed or as forbidden.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Literal, TypeAlias

from custodiet.reach.sets import NEW, REPLY, Network, Ranges

Address: TypeAlias = IPv4Address | IPv6Address
Interfaced: TypeAlias = IPv4Interface | IPv6Interface

Action = Literal["permit", "deny", "jump", "goto", "return", "unknown"]
"""``unknown``: the reader cannot say what the rule does."""

Stage = Literal["in", "through", "out"]
"""When a packet comes in by an interface, when its way out is known, and when it leaves by an interface."""

Scope = Literal["device", "interface", "stops", "routes"]
"""How far a line that was not understood may matter.

device     it may let through or stop anything
interface  likewise, for what comes in or goes out there
stops      it can only stop what would else be let through
routes     there may be routes that the file does not name

Lines of which the reader knows that they neither forward nor filter are not kept; a line in a filter that was not
understood is a rule that may do anything.
"""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that was passed over."""

    place: str
    """``file:line``."""
    text: str
    """The line, cut short."""
    scope: Scope
    why: str = ""
    """What is not understood, where that is known; empty: the whole line."""
    interface: str = ""
    """Name of the interface in which it stands; empty: it stands in none."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which packets are meant; each field: none for any."""

    source: Ranges | None = None
    destination: Ranges | None = None
    protocol: Ranges | None = None
    source_port: Ranges | None = None
    port: Ranges | None = None
    state: Ranges | None = None
    version: int = 0
    """4 or 6; 0: both, and then neither address is given."""
    inward: tuple[str, ...] | None = None
    """Names of interfaces by which it must have come in; ``*`` at the end stands for any rest."""
    outward: tuple[str, ...] | None = None
    """Names of interfaces by which it must go out."""

    @property
    def fields(self) -> tuple[Ranges | None, ...]:
        """The fields in the order of a box."""
        return self.source, self.destination, self.protocol, self.source_port, self.port, self.state


ESTABLISHED: Ranges = ((REPLY, REPLY),)
FRESH: Ranges = ((NEW, NEW),)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a filter."""

    action: Action
    match: Match
    place: str
    """``file:line``."""
    text: str
    """The rule as the file writes it, cut short."""
    target: str = ""
    """Name of the filter that a jump leads to."""
    doubt: str = ""
    """What of it was not understood: it then means fewer packets than `match` says, maybe none. Empty: it was."""
    logs: bool = False
    """Whether it writes a log."""


@dataclass(slots=True)
class Filter:
    """Rules in order; the first that holds decides."""

    name: str
    rules: list[Rule] = field(default_factory=list)
    default: Action = "deny"
    """What befalls a packet that no rule means; ``return`` for a chain that others jump to."""
    default_text: str = ""
    """How a sentence names that default."""
    place: str = ""
    """``file:line`` where it begins."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A filter that stands somewhere."""

    filter: str
    stage: Stage
    interface: str = ""
    """Where it stands; empty: everywhere."""
    version: int = 0
    """4 or 6; 0: both."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A route that the file names."""

    network: Network
    next_hop: Address | None = None
    interface: str = ""
    """Where it leads out, where the file says so."""
    discard: bool = False
    """Whether what it means is thrown away."""
    vrf: str = ""
    place: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """An address translation; what exactly it writes is not followed, only whom it may concern."""

    of: Literal["source", "destination"]
    match: Match
    place: str
    text: str


@dataclass(slots=True)
class Interface:
    """A place where a device touches a network."""

    name: str
    addresses: list[Interfaced] = field(default_factory=list)
    vlan: int = 0
    zone: str = ""
    vrf: str = ""
    shut: bool = False
    place: str = ""
    outside: bool = False
    """Whether the owner says that everything which is not named elsewhere lies behind it."""


@dataclass(slots=True)
class Device:
    """A router, switch or firewall, as one file describes it."""

    name: str
    file: str
    format: str
    interfaces: dict[str, Interface] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    filters: dict[str, Filter] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    translations: list[Translation] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    forwards: bool = True
    """False where it says that it does not route."""
    routes_told: bool = True
    """False where the format names no routes."""

    def interface(self, name: str) -> Interface:
        """The interface of this name, made where it is new."""
        return self.interfaces.setdefault(name, Interface(name))


@dataclass(frozen=True, slots=True)
class Segment:
    """A network and where it is, as the owner wrote it in a table of zones."""

    zone: str
    network: Network
    interface: str
    device: str
    place: str


@dataclass(slots=True)
class Reading:
    """What one file gave."""

    devices: list[Device] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    dated: str = ""
    """ISO 8601 date that the file says of itself; empty: none."""
    dated_by: str = ""
    """The line that says so, as a place."""


def called(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether an interface is one of those named."""
    return any(name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])) for pattern in patterns)
