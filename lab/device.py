"""The nouns of the estate: a device, what it offers on TCP and UDP, and the truth about it.

Everything a device says is made before the first packet comes; while it serves, nothing is put together but the few
marks of the request that an answer repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lab.certificate import Identity

PRINTER_PORTS = (515, 631, *range(9100, 9108))
"""A payload to one of these is paper."""
INDUSTRIAL_PORTS = (102, 502, 2404, 20000, 44818)
"""A payload to one of these may stop a machine."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One TCP port: what is said on it."""

    answer: Callable[[bytes], bytes] | None = None
    """A whole request to its answer; an empty answer keeps silent. None: never answers."""
    framed: bool = True
    """Requests are text with a head, an empty line and perhaps a body; else every piece that arrives is one."""
    greeting: bytes = b""
    """Said at once."""
    late: tuple[float, bytes] = (0.0, b"")
    """Seconds after which a silent client is told these bytes."""
    identity: Identity | None = None
    """Who the certificate names; None without TLS."""
    endless: bytes = b""
    """Sent after every request, again and again, until the other side goes."""
    counts: str = ""
    """Name of the counter that payloads on this port add to: ``page`` or ``touched``."""
    once: bool = False
    """The connection ends after one answer."""


@dataclass(frozen=True, slots=True)
class Datagrams:
    """One UDP port."""

    answer: Callable[[bytes], bytes]
    """A datagram to its answer; empty where the device keeps silent."""
    to_port: int = 0
    """Where answers go; 0: to the port that asked."""
    groups: tuple[str, ...] = ()
    """Multicast groups it listens to beside its own address; ``broadcast`` for that."""
    to_group: bool = False
    """What came to a group is answered to the group."""
    from_address: str = ""
    """Another address, from which it answers."""
    counts: str = ""
    """As for streams."""


@dataclass(slots=True)
class Device:
    """One address and who lives there."""

    address: str
    mac: str
    network: str
    """Name of its subnet."""
    family: str
    """The family of the proving ground that made it."""
    maker: str
    """Id in the catalog of the organisation that really made it; empty where the estate leaves that open."""
    brand: str
    """The name on the label."""
    device_class: str
    model: str
    firmware: str = ""
    serial: str = ""
    tcp: dict[int, Stream] = field(default_factory=dict)
    udp: dict[int, Datagrams] = field(default_factory=dict)
    protocols: tuple[str, ...] = ()
    """What it speaks, in words of the questions."""
    channels: tuple[str, ...] = ()
    """Cameras behind it that no packet reaches."""
    fragile: bool = False
    """Dies at more than 20 packets in a second, at the third connection at once, or of bytes it does not know."""
    drops: str = ""
    """``all``: nothing is ever answered; ``most``: only TCP 443 is let through."""
    expected: dict[str, str] = field(default_factory=dict)
    """What `identify` should say of its answers, by field; the value ``not:x`` forbids x."""
    seen: bool = True
    """A sweep from the scanning namespace can see it."""
    why_not: str = ""
    """Why it cannot be seen, or cannot be named."""
    raw_sadp: bytes = b""
    """Answers on Ethernet type 0x8033, where it is on a link."""

    def truth(self) -> dict[str, object]:
        """The row of the manifest."""
        kept = ("address", "mac", "network", "family", "maker", "brand", "device_class", "model", "firmware", "serial",
                "protocols", "channels", "fragile", "drops", "expected", "seen", "why_not")  # fmt: skip
        values = {name: getattr(self, name) for name in kept}
        return values | {"tcp": sorted(self.tcp), "udp": sorted(self.udp)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is to be made, with numbers that are the same each time."""

    address: str
    network: str
    number: int
    """Counts the devices of one family."""
    dice: Callable[[int], int]
    """A number below the one given."""

    def mac(self, *prefixes: str) -> str:
        """A MAC with one of these prefixes of three bytes; the rest follows from the address."""
        low = self.address.split(".")
        prefix = prefixes[self.dice(len(prefixes))].lower()
        return f"{prefix}:{int(low[1]) & 0x3F:02x}:{int(low[2]):02x}:{int(low[3]):02x}"

    def one_of(self, *choices: str) -> str:
        """One of the choices."""
        return choices[self.dice(len(choices))]

    def digits(self, count: int, alphabet: str = "0123456789") -> str:
        """A text of so many characters."""
        return "".join(alphabet[self.dice(len(alphabet))] for _ in range(count))
