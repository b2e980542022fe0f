"""The devices of a maker in a case, what was observed of them, and how long their traffic was watched.

A device counts as the maker's when that is concluded, certain or likely. It counts as watched when a capture or log
shows a conversation of it with one other address: whoever is only heard calling to all may stand where no capture
sees its traffic. The time of a capture is from its first to its last packet; time covered twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from custodiet.casefile import MOST_OBSERVATIONS, Case
from custodiet.catalog import Catalog
from custodiet.dates import day_of
from custodiet.identify.endpoints import ASKED_NAMES
from custodiet.model import Asset, Body, Flow, Identification, Observation, Source
from custodiet.model.public_claim import Destination

SURE = ("certain", "likely")
"""Bands in which a device counts as the maker's."""

MOST_FLOWS = 5_000
"""Conversations of one device that are looked at, the largest first."""

LOOKED_AT = frozenset(
    {*ASKED_NAMES, "dns.answer", "sadp.cloud", "rtsp.sdp", "onvif.scope", "device.firmware"}
    | {f"register.{name}" for name in ("text", "line", "component", "administered_from")}
)
"""Attributes that tests ask for, beside those that are read as firmware; others are not kept in memory."""

DAY = 86_400.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device of a maker, with what the tests ask for.

    Args:
        asset: the device.
        maker: id of the company concluded.
        identification: all that was concluded.
        observations: what was observed of it, as far as tests ask for it.
        crowded: True where more was observed of it than a case gives out.
        flows: its conversations, as far as they are looked at.
        left_out: conversations beyond `MOST_FLOWS`.
        addresses: its ``ip:`` keys.
        spans: begin and end of the captures that show it in conversation, seconds since 1970.
    """

    asset: Asset
    maker: str
    identification: Identification
    observations: tuple[Observation, ...]
    crowded: bool
    flows: tuple[Flow, ...]
    left_out: int
    addresses: frozenset[str]
    spans: tuple[tuple[float, float], ...]

    @property
    def watched(self) -> float:
        """Seconds of capture, time covered twice counted once."""
        return sum(end - begin for begin, end in self.spans)

    @property
    def is_watched(self) -> bool:
        """Whether any conversation of it was seen."""
        return any(is_with_one(flow) for flow in self.flows)

    @property
    def label(self) -> str:
        """A short name for people."""
        return self.asset.label

    def sure(self, field: str) -> str:
        """The concluded value of a field where it is certain or likely; else empty."""
        conclusion = self.identification.get(field)
        return conclusion.value if conclusion.band in SURE else ""

    def asked_names(self) -> list[str]:
        """Host names that it asked for, each once."""
        return sorted({_host(o.value) for o in self.observations if o.attribute in ASKED_NAMES})


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that is the same for all claims on one case and date.

    Args:
        catalog: what we know.
        on: ISO 8601 date asked for.
        devices: those of the makers that claims are about.
        possible: maker -> devices of which it is a mere possibility.
        sources: by id.
        own: networks that the sites file calls the body's own.
        reached: destinations that were worked out already, by the devices they are of.
    """

    catalog: Catalog
    on: str
    devices: tuple[Device, ...]
    possible: dict[str, int]
    sources: dict[str, Source]
    own: tuple[IPv4Network | IPv6Network, ...]
    reached: dict[tuple[str, ...], tuple[Destination, ...]] = field(default_factory=dict)

    def of(self, companies: Sequence[str]) -> list[Device]:
        """The devices of these makers."""
        return [device for device in self.devices if device.maker in companies]

    def outside(self, key: str) -> bool:
        """Whether an ``ip:`` key is an address of somebody else; multicast and broadcast are nobody's."""
        if no_single(key) or _is_private(key):
            return False
        if not self.own:
            return True
        address = ip_address(key.removeprefix("ip:"))
        return not any(address in network for network in self.own)


def gather(case: Case, catalog: Catalog, on: str, body: Body | None, makers: Iterable[str]) -> Ground:
    """Everything the tests ask for, read once; devices of other makers are passed over."""
    wanted = set(makers)
    sources = {source.id: source for source in case.sources()}
    times = {
        tally.source: (tally.first_seen, tally.last_seen)
        for tally in case.tallies()
        if tally.first_seen is not None and tally.last_seen is not None
    }
    firmware = {id for id, word in catalog.attributes.items() if word.reads_as == "device.firmware"}
    possible: dict[str, int] = {}
    devices: list[Device] = []
    for asset, identification, _ in case.conclusions():
        maker = identification.get("manufacturer")
        if maker.value not in wanted:
            continue
        if maker.band not in SURE:
            possible[maker.value] = possible.get(maker.value, 0) + asset.quantity
            continue
        observations = next((found for _, found in case.assets_with_observations(asset.id)), [])
        crowded = len(observations) >= MOST_OBSERVATIONS
        kept = tuple(one for one in observations if one.attribute in LOOKED_AT or one.attribute in firmware)
        devices.append(_device(case, asset, identification, kept, crowded, sources, times))
    own = [ip_network(text) for site in (body.sites if body else ()) for zone in site.zones for text in zone.subnets]
    return Ground(catalog, on, tuple(devices), possible, sources, tuple(own))


def _device(
    case: Case,
    asset: Asset,
    identification: Identification,
    observations: tuple[Observation, ...],
    crowded: bool,
    sources: dict[str, Source],
    times: dict[str, tuple[float, float]],
) -> Device:
    addresses = [f"ip:{i.value}" for i in asset.identifiers if i.kind == "ip"]
    flows = tuple(flow for flow in case.flows_of(addresses, most=MOST_FLOWS) if flow.source in sources)
    with_one = [flow for flow in flows if is_with_one(flow)]
    spans = [times.get(id) or _own_times(with_one, id) for id in {flow.source for flow in with_one}]
    return Device(
        asset=asset,
        maker=identification.get("manufacturer").value,
        identification=identification,
        observations=observations,
        crowded=crowded,
        flows=flows,
        left_out=max(0, case.count_flows(addresses) - MOST_FLOWS),
        addresses=frozenset(addresses),
        spans=joined(spans),
    )


def _own_times(flows: Sequence[Flow], source: str) -> tuple[float, float]:
    mine = [flow for flow in flows if flow.source == source]
    return min(flow.first_seen for flow in mine), max(flow.last_seen for flow in mine)


def joined(spans: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The same time, no part of it twice, in order; what no calendar holds, or ends before it begins, is left out."""
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(span for span in spans if span[0] <= span[1] and all(map(day_of, span))):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)


def is_with_one(flow: Flow) -> bool:
    """Whether it is a conversation with one other machine, and no call to all."""
    return not (no_single(flow.peer) or no_single(flow.subject))


@lru_cache(65_536)
def no_single(key: str) -> bool:
    """Whether an ``ip:`` key is multicast, broadcast, loopback or unspecified: no other machine."""
    try:
        address = ip_address(key.removeprefix("ip:"))
    except ValueError:
        return True
    return address.is_multicast or address.is_unspecified or address.is_loopback or str(address) == "255.255.255.255"


@lru_cache(65_536)
def _is_private(key: str) -> bool:
    """Whether an ``ip:`` key that `no_single` did not refuse lies in a private range."""
    address = ip_address(key.removeprefix("ip:"))
    return any(address in network for network in _PRIVATE)


def duration(seconds: float) -> str:
    """A length of time for people; less than a day is never a day."""
    if seconds < 1:
        return "less than a second"
    for unit, length, until in (("second", 1.0, 120.0), ("minute", 60.0, 7200.0), ("hour", 3600.0, 2 * DAY)):
        if seconds < until:
            number = int(seconds / length)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{int(seconds / DAY)} days"


def lengths(devices: Sequence[Device]) -> str:
    """How long devices were watched: one length, or the shortest and the longest."""
    each = sorted(device.watched for device in devices if device.spans)
    if not each:
        return "a time that is not known"
    least, most = duration(each[0]), duration(each[-1])
    return least if least == most else f"{least} to {most}"


def number_of(devices: Iterable[Device]) -> int:
    """How many devices these are: a row of a register can stand for several."""
    return sum(device.asset.quantity for device in devices)


def how_many(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _host(name: str) -> str:
    text = name.strip().rstrip(".").lower()
    return text.rpartition(":")[0] if text.count(":") == 1 and text.rpartition(":")[2].isdigit() else text


_PRIVATE = [
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10",
    )
]  # fmt: skip
"""Ranges that no one outside answers under; where the sites file does not name them, they are taken to be own."""
