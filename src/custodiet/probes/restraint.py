"""What holds us back: networks that were given, ports that no payload reaches, budgets, and signs of distress.

Everything here decides and nothing here sends. Time comes in as seconds that only grow; what is refused is refused with
a reason for people.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from custodiet.errors import UsageError

Network = IPv4Network | IPv6Network

MOST_ADDRESSES = 1 << 24
"""The most addresses of one network that we go through one by one: a 10.0.0.0/8 fits, an IPv6 subnet does not."""

_LAST = (1 << 128) - 1

_INSIDE = [
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
]
"""Addresses that belong to nobody else. 100.64.0.0/10 is not among them: providers put their customers there."""
_LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
_NEVER = {
    ip_network("224.0.0.0/4"): "a multicast group is no device",
    ip_network("ff00::/8"): "a multicast group is no device",
    ip_network("255.255.255.255/32"): "the broadcast address is no device",
    ip_network("0.0.0.0/8"): "these addresses are no devices",
    ip_network("240.0.0.0/4"): "these addresses are in use nowhere",
    ip_network("::/128"): "the unspecified address is no device",
}


def _overlap(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _within(network: Network, others: Iterable[Network]) -> bool:
    # mypy cannot know that both are of the same version
    return any(network.version == other.version and network.subnet_of(other) for other in others)  # type: ignore[arg-type]


def _network(text: str) -> Network:
    text = text.strip()
    try:
        return ip_network(text)
    except ValueError as error:
        try:
            meant = ip_network(text, strict=False)
        except ValueError:
            raise UsageError(
                f"{text[:60]!r} is no network", next_step="Write it as 10.20.0.0/16, or a single address."
            ) from error
        raise UsageError(
            f"{text!r} is one address of a network", next_step=f"Write {meant}, or the address without its length."
        ) from error


class Scope:
    """The addresses that may be asked: those of the networks given, without exclusions and without what is no device.

    Args:
        networks: as ``10.20.0.0/16`` or single addresses; there is no other way into the scope. The first and the last
            address of an IPv4 network are no devices, and are left out unless one is given by itself.
        exclude: networks or addresses that must not be asked, whatever else is given.
        public: the user said once more that networks which others might own are his to ask.

    Raises:
        UsageError: nothing given, no network, too large, not a network of devices, or public without the further word.
    """

    def __init__(self, networks: Collection[str], *, exclude: Collection[str] = (), public: bool = False) -> None:
        if not networks:
            raise UsageError("no network was given", next_step="Say which network is to be asked: --net 10.20.0.0/16.")
        self.networks = tuple(dict.fromkeys(_network(text) for text in networks))
        self.excluded = tuple(dict.fromkeys(_network(text) for text in exclude))
        for network in self.networks:
            _may_be_given(network, public)
        self._alone = frozenset(network.network_address for network in self.networks if network.num_addresses == 1)
        self._edges = frozenset(
            edge
            for network in self.networks
            if network.version == 4 and network.prefixlen < 31
            for edge in (network.network_address, network.broadcast_address)
        )
        self._spans = list(self._allowed())

    def _allowed(self) -> Iterator[tuple[int, int, int]]:
        """Version, first and last of the addresses that may be asked, in order and apart from each other."""
        for version in (4, 6):
            given = _merged(_span(network) for network in self.networks if network.version == version)
            barred = [_span(network) for network in self.excluded if network.version == version]
            barred += [(int(edge), int(edge)) for edge in self._edges - self._alone if edge.version == version]
            barred = _merged(barred)
            for first, last in given:
                for start, end in barred:
                    if end < first or start > last:
                        continue
                    if first < start:
                        yield version, first, start - 1
                    first = end + 1
                if first <= last:
                    yield version, first, last

    def refusal(self, address: str) -> str:
        """Why an address may not be asked, in words; empty: it may."""
        try:
            one = ip_address(address.partition("%")[0])
        except ValueError:
            return "no address"
        at = bisect_right(self._spans, (one.version, int(one), _LAST)) - 1
        if at >= 0 and self._spans[at][0] == one.version and int(one) <= self._spans[at][2]:
            return ""
        if any(one in network for network in self.excluded):
            return "excluded"
        if one in self._edges:
            return "the address of a whole network"
        return "outside the networks given"

    def __contains__(self, address: str) -> bool:
        return not self.refusal(address)

    def addresses(self) -> Iterator[str]:
        """Every address that may be asked, once and in order."""
        for version, first, last in self._spans:
            make = IPv4Address if version == 4 else IPv6Address
            for number in range(first, last + 1):
                yield str(make(number))

    def count(self) -> int:
        """How many addresses `addresses` yields."""
        return sum(last - first + 1 for _version, first, last in self._spans)


def _may_be_given(network: Network, public: bool) -> None:
    if network.num_addresses > MOST_ADDRESSES:
        raise UsageError(
            f"{network} has too many addresses to ask one by one",
            next_step="Give the smaller networks that are in use; searches by multicast reach the others.",
        )
    for never, reason in _NEVER.items():
        if _overlap(network, never):
            raise UsageError(f"{network} cannot be asked: {reason}", next_step="Give networks of devices.")
    # a network that holds loopback and others, too, is refused above: it is too large or holds what is no device
    if not (public or _within(network, _INSIDE + _LOOPBACK)):
        raise UsageError(f"{network} is a public network", next_step="Say --public if it is yours and you may ask it.")


def _span(network: Network) -> tuple[int, int]:
    return int(network.network_address), int(network.broadcast_address)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in order, without overlaps."""
    kept: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if kept and first <= kept[-1][1] + 1:
            kept[-1] = kept[-1][0], max(last, kept[-1][1])
        else:
            kept.append((first, last))
    return kept


# --- ports

FORBIDDEN_PORTS: dict[int, str] = {
    **dict.fromkeys(range(9100, 9108), "printers print whatever comes in here"),
    515: "printers take print jobs here",
    631: "printers take print jobs here",
    102: "industrial controllers (S7, MMS) take commands here without asking who sends them",
    502: "industrial controllers (Modbus) take commands here without asking who sends them",
    1911: "building controllers (Niagara Fox) are run over it",
    2404: "power grids (IEC 60870-5-104) are run over it",
    4840: "industrial controllers (OPC UA) are run over it",
    4911: "building controllers (Niagara Fox) are run over it",
    9600: "industrial controllers (FINS) take commands here without asking who sends them",
    20000: "power and water works (DNP3) are run over it",
    **dict.fromkeys(range(34962, 34965), "industrial controllers (PROFINET) are run over it"),
    44818: "industrial controllers (EtherNet/IP) take commands here without asking who sends them",
    47808: "building controllers (BACnet) are run over it",
}
"""Ports that no payload may reach, TCP or UDP, and the reason."""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody answers by name for one forbidden port; it belongs in the ledger."""

    port: int
    """The port."""
    who: str
    """Who said so."""
    why: str
    """The reason given."""


def override(port: int, who: str, why: str) -> Override:
    """An override that names somebody and a reason.

    Raises:
        UsageError: the port is not forbidden, or nobody or no reason is named.
    """
    if port not in FORBIDDEN_PORTS:
        raise UsageError(f"port {port} is not forbidden", next_step="Leave the override out.")
    if not (who.strip() and why.strip()):
        raise UsageError(
            f"port {port} may only be asked where somebody answers for it by name",
            next_step="Say who allows it and why.",
        )
    return Override(port=port, who=who.strip(), why=why.strip())


def port_refusal(port: int, overrides: Collection[Override] = ()) -> str:
    """Why nothing may be sent to a port, in words; empty: it may."""
    if port not in FORBIDDEN_PORTS or any(one.port == port for one in overrides):
        return ""
    return f"port {port}: {FORBIDDEN_PORTS[port]}"


# --- budgets


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much at most."""

    device_packets: int = 400
    """Packets to one device."""
    all_packets: int = 10_000_000
    """Packets of the whole sweep."""


class Budget:
    """Counts what was sent against `Limits`.

    Args:
        limits: how much at most.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.packets = 0
        """Packets of the whole sweep so far."""
        self._packets: dict[str, int] = {}

    def refusal(self, address: str, packets: int = 1) -> str:
        """Why so many packets may not be sent to an address any more, in words; empty: they may."""
        if self.packets + packets > self.limits.all_packets:
            return "the packets of the whole sweep are spent"
        if self._packets.get(address, 0) + packets > self.limits.device_packets:
            return "the packets for this device are spent"
        return ""

    def sent(self, address: str, packets: int = 1) -> None:
        """So many packets were sent to an address."""
        self.packets += packets
        self._packets[address] = self._packets.get(address, 0) + packets


# --- distress

SLOWER = 1.5
"""An answer counts as slower when it takes so many times as long as the one before."""
SLOW = 0.2
"""Answers quicker than these seconds are never slow."""
SLOWER_TIMES = 3
"""So many slower answers without a quicker one between, and the device is left alone."""


class Distress:
    """Watches how one device bears our questions; the first sign ends them.

    Silence where nothing was ever heard is no sign: most ports of most devices are silent.
    """

    def __init__(self) -> None:
        self.reason = ""
        """Why the device is to be left alone, in words; empty: it is well."""
        self.since = 0.0
        """Seconds of the caller's clock when that was seen."""
        self._heard: set[tuple[str, int]] = set()
        self._open: set[int] = set()
        self._before = 0.0
        self._slower = 0

    def opened(self, port: int, at: float) -> str:
        """A TCP port accepted our connection."""
        self._open.add(port)
        self._heard.add(("tcp", port))
        return self.reason

    def answered(self, transport: str, port: int, at: float, seconds: float, *, lag: float = 0.0) -> str:
        """An answer came.

        Args:
            transport: ``tcp`` or ``udp``.
            port: the port that was asked.
            at: now.
            seconds: how long the answer took.
            lag: how late we may have been ourselves; that much of it is not the device's.
        """
        self._heard.add((transport, port))
        took = max(0.0, seconds - lag)
        if took > SLOW and self._before and took >= SLOWER * self._before:
            self._slower += 1
        elif took < self._before:
            self._slower = 0
        self._before = took
        return self._sign(at, "its answers get slower and slower" if self._slower >= SLOWER_TIMES else "")

    def silent(self, transport: str, port: int, at: float, *, late: bool = False) -> str:
        """No answer came; ``late``: we were too slow ourselves, so it says nothing."""
        stopped = not late and (transport, port) in self._heard
        return self._sign(at, f"it stopped answering on {transport} {port}" if stopped else "")

    def refused(self, port: int, at: float) -> str:
        """A TCP port refused our connection."""
        return self._sign(at, f"TCP {port} was open and now refuses" if port in self._open else "")

    def reset(self, port: int, at: float) -> str:
        """The device broke an open connection off, other than by ending it."""
        return self._sign(at, f"it broke off a connection to TCP {port}")

    def cut(self, port: int, at: float) -> str:
        """The device ended a connection in the middle of an answer."""
        return self._sign(at, f"it ended a connection to TCP {port} in the middle of an answer")

    def _sign(self, at: float, reason: str) -> str:
        if reason and not self.reason:
            self.reason, self.since = reason, at
        return self.reason
