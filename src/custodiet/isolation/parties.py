"""Who may talk to whom: the devices to shut in, and the recorders, operators and time servers that they still need.

Recorders are proposed from what a case shows, and let through only when a person names them. What would make rules
dangerous is left out and told: an address that several devices share, a MAC address that may be a router's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import TypeAlias

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.errors import UsageError
from custodiet.isolation.binding import Inside, by_dhcp, by_number, macs, own_addresses, shareable
from custodiet.isolation.comments import LONGEST_NAME, comment
from custodiet.isolation.services import Service, services_of
from custodiet.isolation.wishes import NONE, Wish, check_zone, named_address, named_network
from custodiet.model import Asset, Body, Finding, Flow, Identification, Observation, Source

Concluded: TypeAlias = tuple[Asset, Identification, tuple[Finding, ...]]

_CLASSES = {"camera": "Camera", "thermal_camera": "Thermal camera", "recorder": "Recorder", "encoder": "Encoder",
            "access_controller": "Access controller", "intercom": "Intercom",
            "surveillance": "Surveillance device"}  # fmt: skip


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is to be isolated."""

    asset: str
    """Id of the asset."""
    name: str
    """Class and label in the narrow alphabet of comments."""
    label: str
    """Its name for people, as the case has it."""
    device_class: str
    """Its concluded class; empty: not known."""
    v4: tuple[str, ...]
    """Its IPv4 addresses, in order."""
    v6: tuple[str, ...]
    """Its IPv6 addresses, in order."""
    macs: tuple[str, ...]
    """MAC addresses that are surely its own."""
    services: tuple[Service, ...]
    """Ports that recorders may ask."""
    notes: tuple[str, ...] = ()
    """What whoever loads the rules must know of it, in sentences."""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is let through, or proposed."""

    address: str
    """Address or network."""
    name: str
    """Its name in the narrow alphabet of comments; empty: not known."""
    because: str
    """Why it stands here."""
    asset: str = ""
    """Id of the asset, where the case knows it."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A device that was meant and for which no rule can be written."""

    label: str
    """Its name for people."""
    reason: str
    """Why, in a sentence."""


class Parties(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody the rules are about."""

    devices: tuple[Device, ...]
    """Devices to isolate, by address."""
    recorders: tuple[Party, ...]
    """Recorders that a person confirmed."""
    proposed: tuple[Party, ...]
    """Recorders that the devices talk to and nobody confirmed: they are not let through."""
    unseen: tuple[Party, ...] = ()
    """Recorders of the case that none of the devices was seen talking to."""
    operators: tuple[Party, ...]
    """Networks and addresses of viewing stations."""
    direct: bool
    """Whether operators may ask the devices themselves too."""
    times: tuple[Party, ...]
    """Time servers inside."""
    left_out: tuple[LeftOut, ...] = ()
    """Devices without a rule."""
    stops: tuple[str, ...] = ()
    """What was seen and will stop, in sentences."""
    near: tuple[str, ...] = ()
    """Who is let through and stands in one network with devices, so that their traffic does not come by."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a case, so that this room needs to know no database."""

    concluded: Callable[[], Iterable[Concluded]]
    """Every asset with what was concluded."""
    observations: Callable[[str], Sequence[Observation]]
    """Observations of an asset, by its id."""
    flows: Callable[[Sequence[str]], Sequence[Flow]]
    """The largest flows with one of these ``ip:`` keys on either side."""
    sources: dict[str, Source]
    """Sources by id."""
    body: Body | None
    """Whose devices."""


def parties_of(case: Case, catalog: Catalog, wish: Wish) -> Parties:
    """Find everybody.

    Raises:
        UsageError: nothing to isolate, or an address that cannot be let through; with the next step.
    """
    inside = Inside(case.body)
    recorders = tuple(named_address(text, "--recorder", inside) for text in wish.recorders if text != NONE)
    operators = tuple(named_network(text, "--operator", inside) for text in wish.operators)
    times = tuple(named_address(text, "--time", inside) for text in wish.times)
    chosen = _choose(case, catalog, wish)
    known = _known(case, chosen, {*recorders, *times, *operators})
    names = known.names
    told = [_party(ip, names, "named by --recorder") for ip in recorders]
    devices: list[Device] = []
    left: list[LeftOut] = []
    proposed: dict[str, int] = {}
    stops: list[str] = []
    allowed = Allowed(recorders, operators if wish.direct else (), times)
    for one in chosen:
        addresses, _ = own_addresses(one[0])
        flows = list(case.flows([f"ip:{ip}" for ip in addresses])) if addresses else []
        device = _device(one, case, catalog, flows, set(recorders), known.shared)
        if not (device.v4 or device.v6 or device.macs):
            left.append(LeftOut(label=one[0].label, reason=_why_left_out(one[0])))
            continue
        devices.append(device)
        for peer in {_other(flow, addresses) for flow in flows} & known.recorders - set(addresses) - set(recorders):
            proposed[peer] = proposed.get(peer, 0) + 1
        stops += _stops(device, addresses, flows, allowed, inside)
    if not devices:
        reason = "; ".join(dict.fromkeys(one.reason for one in left)) or "no device was chosen"
        raise UsageError(f"there is nothing that rules could isolate: {reason}", next_step="Name devices by --device.")
    own = {ip for device in devices for ip in (*device.v4, *device.v6)}
    for ip in times:
        if ip in own:
            raise UsageError(f"{ip} is one of the devices to isolate", place="--time", next_step="Name another server.")
    devices.sort(key=lambda d: (not d.v4, by_number(d.v4 or d.v6 or d.macs), d.asset))
    return Parties(
        devices=tuple(devices),
        recorders=tuple(told),
        proposed=tuple(
            _party(ip, names, f"{number} of the devices talk to it")
            for ip, number in sorted(proposed.items(), key=lambda pair: by_number((pair[0],)))
        ),
        unseen=tuple(
            _party(ip, names, "a recorder of the case")
            for ip in sorted(known.recorders - set(proposed) - set(recorders), key=lambda ip: by_number((ip,)))
        ),
        operators=tuple(_party(net, names, "named by --operator") for net in operators),
        direct=wish.direct,
        times=tuple(_party(ip, names, "named by --time") for ip in times),
        left_out=tuple(left),
        stops=tuple(dict.fromkeys(stops)),
        near=tuple(ip for ip in (*recorders, *times) if any(inside.together(ip, one) for one in sorted(own))),
    )


def _party(address: str, names: dict[str, tuple[str, str]], because: str) -> Party:
    name, asset = names.get(address, ("", ""))
    return Party(address=address, name=name, asset=asset, because=because)


class Allowed:
    """Which other side may still talk to the devices."""

    def __init__(self, recorders: Sequence[str], operators: Sequence[str], times: Sequence[str]) -> None:
        self._recorders, self._times = frozenset(recorders), frozenset(times)
        self._operators = tuple(ip_network(text) for text in operators)

    def begins(self, peer: str) -> bool:
        """Whether this side may begin a conversation with a device."""
        if peer in self._recorders:
            return True
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in net for net in self._operators if net.version == address.version)

    def is_called(self, flow: Flow, peer: str) -> bool:
        """Whether a device may begin this conversation."""
        return peer in self._times and (flow.transport, flow.port) == ("udp", 123)


def _choose(case: Case, catalog: Catalog, wish: Wish) -> list[Concluded]:
    """The devices that are meant."""
    if wish.zone:
        check_zone(case.body, wish.zone)
    chosen: list[Concluded] = []
    for one in case.concluded():
        asset, identification, findings = one
        watches = catalog.surveillance(_class(identification)) is True
        if wish.devices or wish.zone:
            meant = asset.id in wish.devices or (wish.zone == (asset.site, asset.zone) and watches)
        else:
            meant = watches and any(finding.status == "not_satisfied" for finding in findings)
        if meant:
            chosen.append(one)
    if not chosen:
        where = f"in {'/'.join(wish.zone)}" if wish.zone else "with a finding that is not satisfied"
        raise UsageError(
            f"the case holds no surveillance device {where}",
            next_step="Name what is to be isolated: --device ADDRESS, or --zone SITE/ZONE.",
        )
    return chosen


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the rest of a case says about the devices that were chosen."""

    names: dict[str, tuple[str, str]]
    """Address of a recorder, or one that a person named -> name for comments and id of the asset."""
    recorders: set[str]
    """Addresses of recorders."""
    shared: set[str]
    """Addresses and MAC addresses of chosen devices that another asset has too."""


def _known(case: Case, chosen: Sequence[Concluded], named: set[str]) -> Known:
    """Look at every asset once more, keeping little: a case can hold millions."""
    values = {value for asset, *_ in chosen for value in shareable(asset)}
    names: dict[str, tuple[str, str]] = {}
    recorders: set[str] = set()
    seen: set[str] = set()
    shared: set[str] = set()
    for one in case.concluded():
        asset, identification, _ = one
        own = shareable(asset) & values
        shared |= own & seen
        seen |= own
        addresses, _ = own_addresses(asset)
        records = _class(identification) == "recorder"
        if records:
            recorders.update(addresses)
        for ip in addresses:
            if records or ip in named:
                names[ip] = comment(_name(*one), LONGEST_NAME), asset.id
    return Known(names=names, recorders=recorders, shared=shared)


def _class(identification: Identification) -> str:
    return identification.get("device_class").value


def _name(asset: Asset, identification: Identification, _findings: object) -> str:
    return f"{_CLASSES.get(_class(identification), 'Device')} {asset.label}"


def _why_left_out(asset: Asset) -> str:
    _, notes = own_addresses(asset)
    return notes[0] if notes else "no address and no MAC address of it is known"


def _device(
    one: Concluded, case: Case, catalog: Catalog, flows: Sequence[Flow], recorders: set[str], shared: set[str]
) -> Device:
    asset, identification, _findings = one
    addresses, notes = own_addresses(asset)
    for ip in [ip for ip in addresses if ip in shared]:
        addresses.remove(ip)
        notes.append(f"{ip} is not in the rules: another device of the case has it too")
    observed = case.observations(asset.id)
    own_macs, why_not = macs(asset, observed, case.sources, shared)
    v4, v6 = tuple(ip for ip in addresses if "." in ip), tuple(ip for ip in addresses if ":" in ip)
    known = identification.sure("manufacturer")
    asked = [f for f in flows if f.subject.partition(":")[2] in recorders and f.peer.partition(":")[2] in addresses]
    services, shut = services_of(known, catalog, asked)
    if not addresses:
        notes.append("no address of it is known: only targets that know MAC addresses can isolate it")
    if len(v4) > 1:
        notes.append(f"it was seen with {len(v4)} IPv4 addresses; all are in the rules")
    if v6:
        notes.append(f"it speaks IPv6 ({len(v6)} known); it can make itself others at any time")
    if by_dhcp(observed, case.sources):
        notes.append("it gets its address by DHCP: reserve it for its MAC address, or the rules miss it after a change")
    if any(observation.attribute == "net.gateway" and observation.value == "yes" for observation in observed):
        notes.append("it forwards for others: what stands behind it is cut off with it")
    ports = {o.value for o in observed if o.attribute == "net.switch_port"}
    notes += [f"switch port: {comment(port)}" for port in sorted(ports)[:2]]
    return Device(
        asset=asset.id,
        name=comment(_name(*one), LONGEST_NAME),
        label=asset.label,
        device_class=_class(identification),
        v4=v4,
        v6=v6,
        macs=own_macs,
        services=services,
        notes=(*notes, *why_not, *shut),
    )


def _other(flow: Flow, addresses: Sequence[str]) -> str:
    subject, peer = flow.subject.partition(":")[2], flow.peer.partition(":")[2]
    return peer if subject in addresses else subject


MOST_STOPS = 6
"""Sentences on one device."""


def _stops(
    device: Device, addresses: Sequence[str], flows: Sequence[Flow], allowed: Allowed, inside: Inside
) -> list[str]:
    """Conversations with machines inside that were answered and will stop: somebody may miss them."""
    said: dict[str, None] = {}
    for flow in flows:
        peer = _other(flow, addresses)
        if not (flow.bytes_in and flow.bytes_out) or not inside.has(peer) or len(said) >= MOST_STOPS:
            continue
        transport = comment(flow.transport, 10)
        what = f"{transport}/{flow.port}" if flow.port else transport
        if flow.subject.partition(":")[2] in addresses:
            if allowed.is_called(flow, peer):
                continue
            said[f"{device.name} calls {peer} on {what}"] = None
        elif not allowed.begins(peer):
            said[f"{peer} opens {device.name} on {what}"] = None
        elif (flow.transport, flow.port) not in {(s.transport, s.port) for s in device.services}:
            said[f"{peer} opens {device.name} on {what}, a port that stays shut"] = None
    return list(said)
