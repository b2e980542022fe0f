"""The devices of a maker in a case, what was observed of them, and how long their traffic was watched.

A device counts as the maker's when that is concluded, certain or likely. Whether and how long it was watched is told
by `custodiet.egress.watched`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from custodiet.casefile import MOST_OBSERVATIONS, Case
from custodiet.catalog import Catalog
from custodiet.egress.names import Names, names_of
from custodiet.egress.owners import Owners
from custodiet.egress.place import Near, Network, own_networks
from custodiet.egress.shape import slice_of
from custodiet.egress.sums import Talks, gather, is_with_one
from custodiet.egress.watched import Watch, Watching, watches, watching
from custodiet.egress.words import duration
from custodiet.identify.endpoints import ASKED_NAMES
from custodiet.model import SURE, Asset, Body, Identification, Observation, Source
from custodiet.model.public_claim import Destination
from custodiet.talking import hubs

LOOKED_AT = frozenset(
    {*ASKED_NAMES, "dns.answer", "sadp.cloud", "rtsp.sdp", "onvif.scope", "device.firmware"}
    | {f"register.{name}" for name in ("text", "line", "component", "administered_from")}
)
"""Attributes that tests ask for, beside those that are read as firmware; others are not kept in memory."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device of a maker, with what the tests ask for.

    Args:
        asset: the device.
        maker: id of the company concluded.
        identification: all that was concluded.
        observations: what was observed of it, as far as tests ask for it.
        crowded: True where more was observed of it than a case gives out.
        talks: what it had with addresses outside.
        names: what it calls them, and the names that it asked for.
        watching: how it was watched.
        is_watched: whether any conversation of it with one other machine was seen.
    """

    asset: Asset
    maker: str
    identification: Identification
    observations: tuple[Observation, ...]
    crowded: bool
    talks: Talks
    names: Names
    watching: Watching
    is_watched: bool

    @property
    def watched(self) -> float:
        """Seconds of capture, time covered twice counted once."""
        return self.watching.seconds

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """When it was watched, seconds since 1970 UTC."""
        return self.watching.spans

    @property
    def label(self) -> str:
        """A short name for people."""
        return self.asset.label

    def sure(self, field: str) -> str:
        """The concluded value of a field where it is certain or likely; else empty."""
        return self.identification.sure(field)

    def asked_names(self) -> list[str]:
        """Host names that it asked for, each once."""
        return sorted(self.names.asked)


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
        owners: tells whose an address is.
        reached: destinations that were worked out already, by the devices they are of.
    """

    catalog: Catalog
    on: str
    devices: tuple[Device, ...]
    possible: dict[str, int]
    sources: dict[str, Source]
    own: tuple[Network, ...]
    owners: Owners
    reached: dict[tuple[str, ...], tuple[Destination, ...]] = field(default_factory=dict)

    def of(self, companies: Sequence[str]) -> list[Device]:
        """The devices of these makers."""
        return [device for device in self.devices if device.maker in companies]


def gather_case(case: Case, catalog: Catalog, on: str, body: Body | None, makers: Iterable[str]) -> Ground:
    """Everything the tests ask for, read once; devices of other makers are passed over."""
    wanted = set(makers)
    sources = {source.id: source for source in case.sources()}
    watched_by = watches(sources.values(), case.tallies(), hubs(case))
    own = own_networks(body)
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
        devices.append(_device(case, asset, identification, kept, crowded, watched_by, own))
    return Ground(catalog, on, tuple(devices), possible, sources, own, Owners(catalog, on))


def _device(
    case: Case,
    asset: Asset,
    identification: Identification,
    observations: tuple[Observation, ...],
    crowded: bool,
    watched_by: Mapping[str, Watch],
    own: tuple[Network, ...],
) -> Device:
    addresses = frozenset(f"ip:{i.value}" for i in asset.identifiers if i.kind == "ip")
    talks = gather(case.traffic_of(sorted(addresses), slice_of), addresses, Near(own, addresses))
    return Device(
        asset=asset,
        maker=identification.get("manufacturer").value,
        identification=identification,
        observations=observations,
        crowded=crowded,
        talks=Talks(talks.of("outside"), talks.left_out),
        names=names_of(observations, talks.each),
        watching=watching(talks, watched_by, addresses),
        is_watched=is_with_one(talks.each),
    )


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
