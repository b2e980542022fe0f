"""The way of packets through the devices that configurations describe: filters, routes, and the next device.

It follows sets of packets, not single ones: from where they begin, through every device that might forward them, to
where they arrive, are stopped, or leave what is known. Each device is asked as `evaluate` asks a filter: what surely
goes on, and what may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import NamedTuple

from custodiet.model.reach import Cited
from custodiet.reach.evaluate import Account, Gate, Lined, Mode, Piece
from custodiet.reach.network import Address, Device, Interface, Route, Translation, Unread, called
from custodiet.reach.sets import (
    DESTINATION,
    MOST_BOXES,
    Box,
    Ranges,
    TooRagged,
    all_addresses,
    common,
    network_range,
    overlapping,
    ranges,
    split,
    subtract,
    without,
)

MOST_VISITS = 500
"""Devices visited for one answer."""
RECURSION = 4
"""Routes whose next hop is found by another route."""


class Start(NamedTuple):
    """Packets at the interface of a device."""

    device: Device
    interface: str
    pieces: list[Piece]


class _Exit(NamedTuple):
    """A way out of a device."""

    interface: str
    next_hop: Address | None
    connected: bool
    cited: Cited


@dataclass(slots=True)
class Walked:
    """What became of packets."""

    arrived: list[Piece] = field(default_factory=list)
    account: Account = field(default_factory=lambda: Account("surely", 4))


class Network:
    """The devices of all configurations together.

    Args:
        devices: as the readers gave them.
    """

    def __init__(self, devices: Sequence[Device]) -> None:
        self.devices = list(devices)
        self._owners: dict[tuple[int, Address], list[tuple[Device, str]]] = {}
        self._routes: dict[tuple[int, str, int], list[tuple[int, tuple[int, int], list[_Exit]]]] = {}
        self._lines: dict[tuple[int, str], list[Unread]] = {}
        self._tables: dict[tuple[int, int], list[Lined]] = {}
        self._inside: dict[int, list[tuple[Device, Interface, Ranges]]] = {4: [], 6: []}
        for device in self.devices:
            for name, interface in device.interfaces.items():
                for version, inside in self._inside.items():
                    own = ranges(network_range(a.network) for a in interface.addresses if a.version == version)
                    if own and not (interface.shut or interface.outside):
                        inside.append((device, interface, own))
                for one in interface.addresses:
                    if not interface.shut:
                        self._owners.setdefault((one.version, one.ip), []).append((device, name))
            for line in device.unread:
                self._lines.setdefault((id(device), f"{line.scope} {line.interface}".strip()), []).append(line)

    def touching(self, version: int, where: Ranges) -> Iterator[tuple[Device, Interface, Ranges]]:
        """Interfaces in whose network some of these addresses lie, and which addresses these are."""
        for device, interface, own in self._inside[version] if where else ():
            if shared := common(own, where):
                yield device, interface, shared

    def follow(self, starts: Iterable[Start], version: int, mode: Mode, *, outside: bool = False) -> Walked:
        """Where packets arrive.

        Args:
            starts: packets, all of which want to go where one would like to know whether they arrive.
            version: 4 or 6.
            mode: what surely arrives, or what may.
            outside: whether what leaves for the outside arrives.

        Raises:
            TooRagged: it is too much work.
        """
        walked = Walked(account=Account(mode, version, tables=self._tables))
        todo = list(starts)
        seen: dict[tuple[int, str], list[Box]] = {}
        for visits in range(MOST_VISITS + 1):
            if not todo:
                return walked
            if visits == MOST_VISITS:
                raise TooRagged
            device, interface, pieces = todo.pop()
            known = seen.setdefault((id(device), interface), [])
            fresh = [Piece(box, p.by) for p in pieces for box in subtract([p.box], known)]
            if fresh:
                known += [piece.box for piece in fresh]
                todo += _Visit(self, device, interface, walked, outside).forward(fresh)
            if len(walked.arrived) > MOST_BOXES:
                raise TooRagged
        return walked

    def owners(self, address: Address) -> list[tuple[Device, str]]:
        """Who has this address on an interface."""
        return self._owners.get((address.version, address), [])

    def exits(self, device: Device, vrf: str, version: int) -> list[tuple[int, tuple[int, int], list[_Exit]]]:
        """The routes of a device, the most exact first: length of prefix, addresses, ways out; none throws away."""
        key = (id(device), vrf, version)
        if key not in self._routes:
            self._routes[key] = _table(device, vrf, version)
        return self._routes[key]

    def unread(self, device: Device, about: str) -> list[Unread]:
        """Lines of a device that were not understood, by what they may matter for."""
        return self._lines.get((id(device), about), [])


class _Visit:
    """Packets that come to one device by one interface."""

    def __init__(self, network: Network, device: Device, interface: str, walked: Walked, outside: bool) -> None:
        self.network, self.device, self.interface = network, device, interface
        self.walked, self.account, self.outside = walked, walked.account, outside
        self.lenient = self.account.mode == "maybe"

    def forward(self, pieces: list[Piece]) -> list[Start]:
        """Let the device act; what goes on to other devices comes back."""
        device, account = self.device, self.account
        account.devices[device.file] = None
        if not device.forwards:
            account.stopped[Cited(device.file, f"{device.name} says that it does not route")] = None
            return []
        self._perhaps(pieces, self.network.unread(device, "device"))
        pieces = self._hindered(pieces, "stops")
        pieces = self._at(pieces, self.interface)
        # first, since a filter may see the address before the translation or the one after it
        pieces = self._translated("destination", pieces, self.interface)
        pieces = self._bound("in", self.interface, self.interface, None, pieces)
        out: list[Start] = []
        for way, some in self._routed(pieces):
            out += self._leave(way, some)
        return out

    # --- doubts

    def _perhaps(self, pieces: list[Piece], lines: Iterable[Unread]) -> None:
        """Lines that may let anything through or stop it: all may then arrive; what surely does is left alone."""
        for line in lines:
            cited = _cited(line)
            self.account.doubts[cited] = None
            if self.lenient:
                self.walked.arrived += [piece.past(cited) for piece in pieces]
                return

    def _unless(self, pieces: list[Piece], lines: Iterable[Unread]) -> list[Piece]:
        """As `_perhaps`, where the lines stand in the way itself: then nothing surely goes on either."""
        lines = list(lines)
        if not lines or not pieces:
            return pieces
        self._perhaps(pieces, lines)
        return []

    def _at(self, pieces: list[Piece], interface: str) -> list[Piece]:
        """Lines of an interface that were not understood."""
        pieces = self._unless(pieces, self.network.unread(self.device, f"interface {interface}"))
        return self._hindered(pieces, f"stops {interface}")

    def _hindered(self, pieces: list[Piece], about: str) -> list[Piece]:
        """Lines that can only stop: nothing surely goes on, and all may."""
        lines = self.network.unread(self.device, about)
        self.account.doubts.update((_cited(line), None) for line in lines if pieces)
        return [] if lines and not self.lenient else pieces

    def _translated(self, of: str, pieces: list[Piece], inward: str, outward: str | None = None) -> list[Piece]:
        """Whose addresses a translation may change; what they are then is not followed."""
        for one in self.device.translations:
            if one.of != of or not pieces:
                continue
            hit, pieces = _meant(one, pieces, self.account.version, inward, outward)
            if hit:
                self._unless(hit, [Unread(one.place, one.text, "device", "an address translation is not followed")])
        return pieces

    # --- filters and routes

    def _bound(self, stage: str, where: str, inward: str, outward: str | None, pieces: list[Piece]) -> list[Piece]:
        gate = Gate(self.device, inward, outward, self.account)
        for binding in self.device.bindings:
            if not pieces:
                break
            fits = binding.stage == stage and binding.interface in ("", where)
            if fits and binding.version in (0, self.account.version):
                pieces = gate.passed(binding.filter, pieces)
        return pieces

    def _has_filter(self, stage: str, where: str) -> bool:
        return any(b.stage == stage and b.interface in ("", where) for b in self.device.bindings)

    def _routed(self, pieces: list[Piece]) -> Iterator[tuple[_Exit, list[Piece]]]:
        device = self.device
        own = device.interfaces.get(self.interface)
        more = self.network.unread(device, "routes")
        rest = pieces
        where = ranges(piece.box[DESTINATION] for piece in pieces)
        for _, span, exits in self.network.exits(device, own.vrf if own else "", self.account.version):
            if not rest:
                return
            if next(iter(overlapping(where, *span)), None) is None:
                continue
            self.account.step(len(rest))
            taken, rest = _towards(rest, (span,))
            if not taken:
                continue
            if more and not any(way.connected for way in exits):
                self._perhaps(taken, more)  # a route that the file does not name may be more exact
            for way in exits:
                if way.interface:
                    yield way, taken
                else:
                    self.account.stopped[way.cited] = None
        if not rest:
            return
        if more or not device.routes_told:
            why = "the file does not name all routes"
            self._perhaps(rest, more or [Unread(device.file, f"routes of {device.name}", "routes", why)])
        else:
            self.account.stopped[Cited(device.file, f"{device.name} has no route there")] = None

    def _leave(self, way: _Exit, pieces: list[Piece]) -> list[Start]:
        device = self.device
        out = device.interfaces.get(way.interface)
        before = pieces
        pieces = [piece.past(way.cited) for piece in pieces]
        pieces = self._bound("through", "", self.interface, way.interface, pieces)
        followed = self._next(way)
        if self._has_filter("out", way.interface) or followed:
            pieces = self._translated("source", pieces, self.interface, way.interface)
        pieces = self._at(pieces, way.interface)
        pieces = self._bound("out", way.interface, self.interface, way.interface, pieces)
        if not pieces or not before:
            return []
        if way.connected or (self.outside and _leads_outside(way, out)):
            self.walked.arrived += pieces
            return []
        if followed:
            return [Start(other, name, pieces) for other, name in followed]
        to = f"the next hop {way.next_hop}" if way.next_hop else f"whatever is behind {way.interface}"
        why = f"it is handed to {to}, of which no configuration was given"
        self._perhaps(pieces, [Unread(way.cited.place, way.cited.text, "device", why)])
        return []

    def _next(self, way: _Exit) -> list[tuple[Device, str]]:
        if way.connected or way.next_hop is None:
            return []
        return [(other, name) for other, name in self.network.owners(way.next_hop) if other is not self.device]


INSIDE = {
    4: ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3"],
    6: ["::/8", "fc00::/6", "fe80::/9", "ff00::/8"],
}  # fmt: skip
"""Networks whose addresses mean nobody on the Internet: private, local, groups."""

_INSIDE = {version: ranges(network_range(ip_network(n)) for n in networks) for version, networks in INSIDE.items()}


def internet(version: int) -> Ranges:
    """The addresses of the Internet."""
    return without([all_addresses(version)], _INSIDE[version])


def of_the_internet(address: Address) -> bool:
    """Whether an address is one of the Internet."""
    return not any(overlapping(_INSIDE[address.version], int(address), int(address)))


# --- tables


def _table(device: Device, vrf: str, version: int) -> list[tuple[int, tuple[int, int], list[_Exit]]]:
    found: dict[tuple[int, tuple[int, int]], list[_Exit]] = {}
    for name, interface in device.interfaces.items():
        if interface.shut or interface.vrf != vrf:
            continue
        for one in interface.addresses:
            if one.version == version:
                cited = Cited(interface.place, f"{device.name} {name} is in {one.network}", route=True)
                key = one.network.prefixlen, network_range(one.network)
                # behind the outside there is more than a network: nothing says that it is delivered there
                found.setdefault(key, []).append(_Exit(name, None, True, cited))
    routes = [route for route in device.routes if route.vrf == vrf and route.network.version == version]
    direct = {key: list(ways) for key, ways in found.items()}
    for route in routes:
        key = route.network.prefixlen, network_range(route.network)
        if key in direct:
            continue  # what is connected comes before what is written
        for way in _resolved(route, routes, direct, device):
            found.setdefault(key, []).append(way)
    return [(length, span, ways) for (length, span), ways in sorted(found.items(), key=lambda i: -i[0][0])]


def _resolved(
    route: Route, routes: list[Route], direct: dict[tuple[int, tuple[int, int]], list[_Exit]], device: Device
) -> list[_Exit]:
    """By which interface a route leads out; none where it is not in use."""
    cited = Cited(route.place, route.text, route=True)
    if route.discard:
        return [_Exit("", None, False, cited)]
    if route.interface:
        found = device.interfaces.get(route.interface)
        return [] if found is not None and found.shut else [_Exit(route.interface, route.next_hop, False, cited)]
    hop = route.next_hop
    for _ in range(RECURSION):
        if hop is None:
            return []
        number = int(hop)
        near = [(length, ways) for (length, (low, high)), ways in direct.items() if low <= number <= high]
        if near:
            return [_Exit(way.interface, hop, False, cited) for way in max(near, key=lambda n: n[0])[1]]
        others = [r for r in routes if r is not route and r.network.prefixlen and hop in r.network]
        if not others:
            return []
        best = max(others, key=lambda r: r.network.prefixlen)
        if best.discard:
            return [_Exit("", None, False, cited)]
        if best.interface:
            return [_Exit(best.interface, None, False, cited)]
        hop = best.next_hop
    return []


def _towards(pieces: Iterable[Piece], where: Ranges) -> tuple[list[Piece], list[Piece]]:
    match: list[Ranges | None] = [None] * 6
    match[DESTINATION] = where
    taken: list[Piece] = []
    left: list[Piece] = []
    for piece in pieces:
        inside, outside = split(piece.box, match)
        taken += [Piece(box, piece.by) for box in inside]
        left += [Piece(box, piece.by) for box in outside]
    return taken, left


def _meant(
    one: Translation, pieces: list[Piece], version: int, inward: str, outward: str | None
) -> tuple[list[Piece], list[Piece]]:
    match = one.match
    if match.version not in (0, version):
        return [], pieces
    for patterns, name in ((match.inward, inward), (match.outward, outward)):
        if patterns is not None and name and not called(name, patterns):
            return [], pieces
    fields = list(match.fields)
    if one.of == "destination":
        fields[DESTINATION] = None  # whoever is translated may have been addressed by any other address
    hit: list[Piece] = []
    left: list[Piece] = []
    for piece in pieces:
        inside, outside = split(piece.box, fields)
        hit += [Piece(box, piece.by) for box in inside]
        left += [Piece(box, piece.by) for box in outside]
    return hit, left


def _leads_outside(way: _Exit, interface: Interface | None) -> bool:
    """Whether what goes out there is on its way to the outside: to an address of the Internet, or by a dialled line."""
    if interface is not None and interface.outside:
        return True
    if way.next_hop:
        return of_the_internet(way.next_hop)
    near = [one.ip for one in interface.addresses] if interface else []
    return not near or any(map(of_the_internet, near))


def _cited(line: Unread) -> Cited:
    return Cited(line.place, line.text, line.why or "it is not understood")
