"""News of files that were read into a case: each device before them against each device with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from custodiet.casefile import MOST_OBSERVATIONS, Case
from custodiet.catalog import Catalog
from custodiet.egress import Owners
from custodiet.egress.place import lies_outside, own_networks
from custodiet.egress.shape import slice_of
from custodiet.model import Asset, Body, Identification, Observation
from custodiet.model.news import News
from custodiet.sites import Places
from custodiet.watch.devices import Devices, known_of, own_macs
from custodiet.watch.isolated import Isolation
from custodiet.watch.losses import cannot_be_told, of_files
from custodiet.watch.news import news
from custodiet.watch.seen import ASKED_FOR, Around, Seen, is_told, seen_of

_NAMES = ("dns.query",)
"""Of these a device can have any number; asked for by themselves, so that they crowd nothing out."""


def devices_of(case: Case, catalog: Catalog) -> Devices:
    """The devices of a case as they are known now."""
    found = Devices()
    for asset, identification, _ in case.conclusions():
        told = is_told(identification, catalog.surveillance, own_mac=bool(own_macs(asset)))
        surveillance = bool(catalog.surveillance(identification.get("device_class").value))
        found.add(asset, known_of(asset, identification, told=told, surveillance=surveillance))
    return found


def around_of(case: Case, catalog: Catalog, body: Body | None, on: str) -> Around:
    """What is the same for all devices of a case.

    Args:
        case: open.
        catalog: what we know.
        body: whose networks are inside, and whose zones there are; none: not known.
        on: ISO 8601 date for which the families of makers are asked.
    """
    given: dict[str, str] = {}
    owners = Owners(catalog, on)
    for one in case.observations(["dns.answer"]):
        name, _, address = one.value.rpartition("=")
        record = owners.record(name.rstrip(".").lower())
        if record and not record.shelf:
            given.setdefault(address.strip(), name.rstrip(".").lower())
    return Around(
        owners=Owners(catalog, on, given),
        own=own_networks(body),
        firmware=frozenset(id for id, word in catalog.attributes.items() if word.reads_as == "device.firmware"),
        zone=partial(_zone, Places(body) if body else None),
        sources={source.id: source for source in case.sources()},
    )


def _zone(places: Places | None, asset: Asset, observations: Sequence[Observation]) -> str:
    if places is None:
        return ""
    used = sorted({one.subject.removeprefix("ip:") for one in observations if one.subject.startswith("ip:")})
    vlans = [int(one.value) for one in observations if one.attribute == "net.vlan" and one.value.isdecimal()]
    site, zone, _ = places.of(used, vlans, ())
    return f"{site}/{zone}" if site and zone else ""


def of_case(case: Case, asset: Asset, identification: Identification, around: Around, **how: object) -> Seen:
    """All that a case has seen of one device."""
    observations = observed(case, asset, around)
    return seen_of(asset, identification, observations, case.traffic_of(_keys(asset), slice_of), around, **how)  # type: ignore[arg-type]


def observed(case: Case, asset: Asset, around: Around) -> list[Observation]:
    """Its observations that news rest on."""
    rest = (*(name for name in ASKED_FOR if name not in _NAMES), *sorted(around.firmware))
    return [*case.observed_of(asset.id, rest), *case.observed_of(asset.id, _NAMES)]


def news_of_files(
    case: Case, around: Around, before: Devices, isolation: Isolation, old: Collection[str]
) -> Iterator[News]:
    """What files brought that were read into a case, device by device.

    Args:
        case: with these files in it, and concluded again.
        around: made after they were read.
        before: the devices as they were known before.
        isolation: whom statements call isolated.
        old: ids of the sources that were there before.
    """
    fresh_sources = {id: source for id, source in around.sources.items() if id not in old}
    touched = {key for source, *ends in case.pairs() if source in fresh_sources for key in ends}
    for asset, *_ in case.conclusions():
        before.lend(asset)
    lent = frozenset(before.lent)
    for asset, identification, findings in case.conclusions():
        keys = _keys(asset)
        mine = any(subject.partition("/")[0] in fresh_sources for subject in asset.subjects)
        if not mine and touched.isdisjoint(keys):
            continue
        known, isolated = before.of(asset), isolation.of(asset)
        own_mac = bool(own_macs(asset) - lent) and not lies_outside(keys, around.own)
        told = is_told(identification, around.owners.catalog.surveillance, own_mac=own_mac)
        replaced = [(was, at) for was, at in before.replaced(asset) if was.told or told]
        if not (told or isolated or replaced):
            continue
        observations = observed(case, asset, around)
        if len(observations) >= MOST_OBSERVATIONS:
            says = f"More was observed of it than is looked at ({MOST_OBSERVATIONS:,}): news may have been missed."
            yield cannot_be_told(asset.label, f"{asset.id} {sorted(fresh_sources)}", says, None)
        flows = list(case.traffic_of(keys, slice_of))
        was = None
        if known is not None:
            was = seen_of(
                asset, identification, [one for one in observations if one.source in old],
                [one for one in flows if one[0].source in old], around, lent=lent,
            )  # fmt: skip
            was = _as_known(was, known.told, known.surveillance, known.maker, known.registrant)
        now = seen_of(
            asset, identification, [one for one in observations if one.source not in old],
            [one for one in flows if one[0].source not in old], around,
            lent=lent, names=was.names if was else None, isolated=isolated,
        )  # fmt: skip
        yield from news(
            was, now, around.owners, isolated=isolated, replaced=replaced,
            findings=lambda found=findings: found, evidence=attributes(case),  # type: ignore[misc]
        )  # fmt: skip
    yield from of_files(fresh_sources, case.tallies())


def attributes(case: Case) -> Callable[[str], str]:
    """Id of an observation -> its attribute."""
    return lambda id: case.observations_by_id([id])[0].attribute


def _as_known(seen: Seen, told: bool, surveillance: bool, maker: str, registrant: str) -> Seen:
    return replace(seen, told=told, surveillance=surveillance, maker=maker, registrant=registrant)


def _keys(asset: Asset) -> list[str]:
    return [f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip"]
