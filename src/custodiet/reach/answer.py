"""The answer in words: could a device open a conversation with a core zone or the outside, or they with it?

`open` is said where a packet surely gets through what was read, `proved absent` where none can, whatever the lines mean
that were not understood, and only of configurations whose date is told. All else is unknown, with what would settle it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

from custodiet.model import Asset, Body
from custodiet.model.reach import Cited, ConfigRead, Reach, ReachPath, Way
from custodiet.reach.alike import Alike, Position
from custodiet.reach.evaluate import Mode, Piece
from custodiet.reach.network import Address, Device, Segment
from custodiet.reach.paths import Network, Start, Walked, internet, of_the_internet
from custodiet.reach.place import put
from custodiet.reach.said import MOST_CITED, Asked, opened, spoken, undecided, unknown, untranslated
from custodiet.reach.sets import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    NEW,
    Box,
    Range,
    Ranges,
    TooRagged,
    common,
    network_range,
    ranges,
    without,
)
from custodiet.reach.words import REPLIES


@dataclass(frozen=True, slots=True)
class Configurations:
    """Everything that was given, read."""

    devices: tuple[Device, ...]
    segments: tuple[Segment, ...]
    read: tuple[ConfigRead, ...]


class Analyst:
    """Answers for one device after another; what is the same for all is worked out once.

    Args:
        given: the configurations.
        body: the sites and their zones, with the owner's decision which are core.
    """

    def __init__(self, given: Configurations, body: Body | None) -> None:
        self._given = given
        put(given.devices, given.segments, body)
        self._network = Network(given.devices)
        self._core = list(core_zones(body, given.devices))
        own = [z for s in (body.sites if body else ()) for z in s.zones]
        networks = [ip_network(text) for zone in own for text in zone.subnets]
        inner = [i for d in given.devices for i in d.interfaces.values() if not i.outside]
        networks += [one.network for interface in inner for one in interface.addresses]
        inside = {v: [network_range(n) for n in networks if n.version == v] for v in (4, 6)}
        self._outside = {v: without(internet(v), inside[v]) for v in (4, 6)}
        asked_about = [where for _, where in self._core] + [self._outside, {v: internet(v) for v in (4, 6)}]
        self._alike = Alike(given.devices, asked_about)
        self._where = lru_cache(1)(self._position)  # it is the same for all ways of one device
        self._told: dict[tuple[Way, str, tuple[Position, ...]], ReachPath] = {}

    def reach(self, asset: Asset) -> Reach:
        """What one device could reach."""
        used = {ip_address(i.value) for i in asset.identifiers if i.kind == "ip" and _is_address(i.value)}
        addresses = tuple(
            sorted((a for a in used if not (a.is_link_local or a.is_multicast)), key=lambda a: (a.version, int(a)))
        )
        zone = f"{asset.site}/{asset.zone}" if asset.site and asset.zone else ""
        paths: list[ReachPath] = []
        for name, where in self._core:
            if name == zone:
                continue
            paths += [self._path(Asked("to core", name, where), addresses)]
            paths += [self._path(Asked("from core", name, where), addresses)]
        paths += [self._path(Asked(way, "outside", self._outside), addresses) for way in ("to outside", "from outside")]
        return Reach(
            asset=asset.id,
            label=asset.label,
            zone=zone,
            addresses=tuple(map(str, addresses)),
            paths=tuple(paths),
            configurations=self._given.read,
            doubts=tuple(self._doubts(addresses)),
        )

    def _doubts(self, addresses: Sequence[Address]) -> Iterator[str]:
        number = len(self._given.read)
        if number:
            files = "this configuration describes" if number == 1 else f"these {number} files describe"
            yield f"It holds if {files} all that routes, filters or bridges between the zones, and is what runs."
            yield "A device that stands in two networks, such as a recorder with two cards, is not seen here."
        if number and addresses and not any(a.version == 6 for a in addresses):
            yield "Only its IPv4 addresses are known; for IPv6 any address of its network segment was asked about."

    # --- one way

    def _path(self, asked: Asked, addresses: tuple[Address, ...]) -> ReachPath:
        if not self._given.devices:
            return unknown(asked, "no configuration was given", "the configuration of what routes and filters there")
        if not addresses:
            return unknown(asked, "the address of the device is not known", "its address, from a scan or a register")
        near, position = self._where(addresses)
        if asked.way.startswith("to") and not near:
            return self._worked_out(asked, addresses)  # the answer names the addresses of which nothing is known
        key = (asked.way, asked.place, position)
        if key not in self._told:
            self._told[key] = self._worked_out(asked, addresses)
        return self._told[key]

    def _worked_out(self, asked: Asked, addresses: Sequence[Address]) -> ReachPath:
        if not any(asked.where.values()):
            settle = f"the addresses of the zone {asked.place}: give its subnets in the sites file"
            return unknown(asked, "no subnet of that zone is known", settle)
        try:
            sure = list(self._walks(asked, addresses, "surely"))
            through = [piece for walked, _ in sure for piece in walked.arrived]
            if through and asked.way == "from outside" and not any(map(of_the_internet, addresses)):
                return untranslated(asked)
            if through:
                return opened(asked, through, [walked for walked, _ in sure])
            perhaps = list(self._walks(asked, addresses, "maybe"))
        except TooRagged:
            return unknown(
                asked,
                "the rules are too many to be followed",
                "a smaller configuration: what stands between the two zones",
            )
        lost = [why for _, why in perhaps if why]
        may = [piece for walked, _ in perhaps for piece in walked.arrived]
        if lost or may:
            return undecided(asked, lost, may, [walked for walked, _ in perhaps])
        return self._absent(asked, [walked for walked, _ in perhaps])

    def _walks(self, asked: Asked, addresses: Sequence[Address], mode: Mode) -> Iterator[tuple[Walked, str]]:
        """The way of all packets, one family of addresses after the other, and why none could begin."""
        for version, own in self._own(addresses).items():
            there = asked.where.get(version, ())
            if not own or not there:
                continue
            begin, end = (own, there) if asked.way.startswith("to") else (there, own)
            if asked.way == "from outside":
                starts, why = self._from_outside(version, begin, end)
            else:
                starts, why = self._begin(version, begin, end)
            walked = self._network.follow(starts, version, mode, outside=asked.way == "to outside")
            if asked.way != "from outside":
                self._same_segment(version, begin, end, walked)
            yield walked, why

    def _own(self, addresses: Sequence[Address]) -> dict[int, Ranges]:
        """The device's addresses; where none of IPv6 is known, all of the segments it is in."""
        own = {v: ranges((int(a), int(a)) for a in addresses if a.version == v) for v in (4, 6)}
        if not own[6]:
            near = [interface for _, interface, _ in self._network.touching(4, own[4])]
            own[6] = ranges(network_range(a.network) for i in near for a in i.addresses if a.version == 6)
        return own

    def _position(self, addresses: tuple[Address, ...]) -> tuple[bool, tuple[Position, ...]]:
        """Whether all lie in the networks of interfaces that were given, and between which cuts they lie."""
        own = self._own(addresses)
        near = not any(
            without(where, [span for _, _, shared in self._network.touching(version, where) for span in shared])
            for version, where in own.items()
        )
        return near, tuple(self._alike.position(version, own[version]) for version in (4, 6))

    def _begin(self, version: int, begin: Ranges, end: Ranges) -> tuple[list[Start], str]:
        """Packets at every interface that stands in the network they come from."""
        starts = []
        covered: list[Range] = []
        for device, interface, shared in self._network.touching(version, begin):
            boxes = list(_opening(version, shared, end))
            starts.append(Start(device, interface.name, [Piece(box) for box in boxes]))
            covered += shared
        left = without(begin, covered)
        if not starts or (left and len(begin) == 1 and begin[0][0] == begin[0][1]):
            return starts, f"no configuration given has an interface in the network of {spoken(version, left)}"
        # of a zone's subnets those count that are in use somewhere; one that nobody routes leaves the answer open
        return starts, f"no configuration given has an interface in {spoken(version, left)}" if left else ""

    def _from_outside(self, version: int, begin: Ranges, end: Ranges) -> tuple[list[Start], str]:
        starts = []
        boxes = [Piece(box) for box in _opening(version, begin, end)]
        for device in self._network.devices:
            names = {name for name, one in device.interfaces.items() if one.outside and not one.shut}
            for vrf in {one.vrf for one in device.interfaces.values()}:
                for length, _, ways in self._network.exits(device, vrf, version):
                    if length == 0:
                        names |= {w.interface for w in ways if w.interface and not self._known_hop(w.next_hop)}
            starts += [Start(device, name, boxes) for name in sorted(names)]
        return starts, "" if starts else "no configuration given says where the outside begins"

    def _known_hop(self, hop: Address | None) -> bool:
        return hop is not None and bool(self._network.owners(hop))

    def _same_segment(self, version: int, begin: Ranges, end: Ranges, walked: Walked) -> None:
        """Two addresses of one segment need nobody to forward between them."""
        for device, interface, shared in self._network.touching(version, begin):
            for one in interface.addresses:
                span = (network_range(one.network),) if one.version == version else ()
                both = common(common(shared, span), span), common(end, span)
                if all(both) and not interface.outside:
                    cited = Cited(
                        interface.place, f"both lie in {one.network} ({device.name} {interface.name})", route=True
                    )
                    walked.arrived += [Piece(box, (cited,)) for box in _opening(version, *both)]
                    walked.account.devices[device.file] = None

    def _absent(self, asked: Asked, walks: Sequence[Walked]) -> ReachPath:
        met = {file for walked in walks for file in walked.account.devices}
        if any(device.file in met and not device.routes_told for device in self._given.devices):
            met |= {segment.place.rpartition(":")[0] for segment in self._given.segments}
        rules = tuple(dict.fromkeys(c for walked in walks for c in walked.account.stopped))[:MOST_CITED]
        used = [one for one in self._given.read if one.name in met]
        undated = [one.name for one in used if not one.of]
        if not used:
            return unknown(asked, "no configuration stands on the way", "the configuration of its gateway")
        by = "; ".join(
            f"{one.name} of {one.of or 'an unknown date'} ({one.dated_by or 'nobody said when'})" for one in used
        )
        stopped = f", by {rules[0].text[:120]!r} in {rules[0].place}" if rules else ""
        because = f"nothing is let through{stopped}, by the configuration {by}"
        if undated:
            missing = f"of which date {', '.join(undated[:3])} is: give --as-of"
            return ReachPath(
                way=asked.way,
                place=asked.place,
                status="unknown",
                configured="unknown",
                because=because,
                rules=rules,
                missing=missing,
                configurations=tuple(one.name for one in used),
            )
        return ReachPath(
            way=asked.way,
            place=asked.place,
            status="proved absent",
            configured="proved absent",
            because=because,
            rules=rules,
            configurations=tuple(one.name for one in used),
        )


def core_zones(body: Body | None, devices: Sequence[Device] = ()) -> Iterator[tuple[str, dict[int, Ranges]]]:
    """The zones that the owner calls core, as ``site/zone`` with their addresses: by subnet, else by VLAN."""
    for site in body.sites if body else ():
        for zone in site.zones:
            if zone.core.answer != "yes":
                continue
            networks = [ip_network(text) for text in zone.subnets]
            if not networks:
                tagged = (i for d in devices for i in d.interfaces.values() if i.vlan and i.vlan in zone.vlans)
                networks = [one.network for interface in tagged for one in interface.addresses]
            where = {v: ranges(network_range(n) for n in networks if n.version == v) for v in (4, 6)}
            yield f"{site.id}/{zone.id}", where


def _opening(version: int, begin: Ranges, end: Ranges) -> Iterator[Box]:
    """All packets from one side to the other that open a conversation."""
    replies = REPLIES[version]
    for source in begin:
        for destination in end:
            for low, high in without([ALL_PROTOCOLS], [(replies[0], replies[0])]):
                yield source, destination, (low, high), ALL_PORTS, ALL_PORTS, (NEW, NEW)
            for types in without([(0, 255)], replies[1]):
                yield source, destination, (replies[0], replies[0]), ALL_PORTS, types, (NEW, NEW)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
