"""News of what a sensor hears: each file of seconds is held against what is known of the devices that are in it.

What is known of a device is asked of the case once, when it is first heard; after that it is added up here. Devices
that were not heard for long are forgotten first and asked for again, so that memory stays bounded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from custodiet.casefile import Case
from custodiet.identify import Matcher, identify
from custodiet.model import Asset, Finding, Flow, Identification, Observation, Source
from custodiet.model.news import News
from custodiet.resolve import identity_attributes, resolve
from custodiet.watch.devices import Devices, Known, known_of
from custodiet.watch.files import attributes, of_case
from custodiet.watch.isolated import Isolation
from custodiet.watch.news import news
from custodiet.watch.seen import Around, Seen, added, seen_of

MOST_DEVICES = 5_000
"""Devices of which what was heard is held in memory."""
MOST_HEARD = 2_000
"""Different facts that are held of one."""


@dataclass(slots=True)
class _Device:
    asset: Asset
    identification: Identification
    seen: Seen | None
    findings: tuple[Finding, ...] = ()
    in_case: bool = False
    facts: set[tuple[str, str]] = field(default_factory=set)
    heard: list[Observation] = field(default_factory=list)


class Live:
    """Follows the devices of a case.

    Args:
        case: open, and concluded.
        matcher: what we know, made ready.
        around: what is the same for all; `Around.sources` may lack the files of the sensor.
        devices: the devices as they are known.
        isolation: whom statements call isolated.
    """

    def __init__(self, case: Case, matcher: Matcher, around: Around, devices: Devices, isolation: Isolation) -> None:
        self._case, self._matcher, self._around = case, matcher, around
        self._devices, self._isolation = devices, isolation
        words = matcher.catalog.attributes
        self._kinds = identity_attributes({name: word.reads_as for name, word in words.items()})
        self._held: OrderedDict[str, _Device] = OrderedDict()

    def take(self, source: Source, observations: Sequence[Observation], flows: Sequence[Flow]) -> list[News]:
        """What is new in one file.

        Args:
            source: the file.
            observations: what it says, all of this source.
            flows: its conversations.
        """
        around = replace(self._around, sources={**self._around.sources, source.id: source})
        by_subject: dict[str, list[Observation]] = {}
        for one in observations:
            by_subject.setdefault(one.subject, []).append(one)
        by_key: dict[str, list[Flow]] = {}
        for flow in flows:
            by_key.setdefault(flow.subject, []).append(flow)
            by_key.setdefault(flow.peer, []).append(flow)
        assets = self._assets(source, by_subject)
        for asset in assets:
            self._devices.lend(asset)
        told: list[News] = []
        covered: set[str] = set()
        for asset in assets:
            mine = [one for subject in asset.subjects for one in by_subject.get(subject.partition("/")[2], ())]
            covered |= set(_keys(asset))
            told += self._one(asset, mine, _flows(_keys(asset), by_key), around)
        for known, keys in self._silent(by_key.keys() - covered).values():
            told += self._one(known, [], _flows(keys, by_key), around)
        return told

    def _assets(self, source: Source, by_subject: dict[str, list[Observation]]) -> list[Asset]:
        """The devices of a file by themselves."""
        subjects = ((source.id, subject, *_times(found)) for subject, found in by_subject.items())
        named = (one for found in by_subject.values() for one in found if one.attribute in self._kinds)
        return list(resolve(subjects, named, self._kinds, {source.id: source}).assets)

    def _silent(self, keys: Iterable[str]) -> dict[str, tuple[Asset, list[str]]]:
        """Devices of the case of which a file has conversations and nothing else."""
        found: dict[str, tuple[Asset, list[str]]] = {}
        for key in sorted(keys):
            if known := self._devices.at(key):
                if known.id in found:
                    found[known.id][1].append(key)
                elif known.id in self._held:
                    found[known.id] = (_at(self._held[known.id].asset, key), [key])
                elif concluded := next(self._case.conclusions(known.id), None):
                    found[known.id] = (_at(concluded[0], key), [key])
        return found

    def _one(
        self, asset: Asset, observations: list[Observation], flows: list[tuple[Flow, int]], around: Around
    ) -> list[News]:
        known = self._devices.of(asset)
        replaced = list(self._devices.replaced(asset))
        device = self._device(known, asset, around)
        if device is None:
            return []
        device.asset = _together(device.asset, asset)
        if fresh := [one for one in observations if (one.attribute, one.value) not in device.facts]:
            self._learn(device, fresh)
        isolated = self._isolation.of(device.asset)
        seen = device.seen
        now = seen_of(
            msgspec.structs.replace(asset, id=device.asset.id, label=device.asset.label),
            device.identification, observations, flows, around,
            lent=frozenset(self._devices.lent), names=seen.names if seen else None, isolated=isolated,
        )  # fmt: skip
        told = news(
            seen, now, around.owners, isolated=isolated, replaced=replaced,
            findings=lambda: device.findings, evidence=attributes(self._case),
        )  # fmt: skip
        device.seen = added(seen, now)
        known_now = known_of(
            device.asset, device.identification, told=device.seen.told, surveillance=device.seen.surveillance
        )
        self._devices.add(asset, known_now)  # under what names it now: an old address may be another's
        return told

    def _device(self, known: Known | None, asset: Asset, around: Around) -> _Device | None:
        """What is held of a device; asked of the case where it is heard for the first time."""
        id = known.id if known else asset.id
        if id in self._held:
            self._held.move_to_end(id)
            return self._held[id]
        concluded = next(self._case.conclusions(id), None)
        if concluded is None:
            device = _Device(asset, identify(asset, (), self._matcher), None)
        else:
            found, identification, findings = concluded
            seen = of_case(self._case, found, identification, around, lent=frozenset(self._devices.lent))
            device = _Device(found, identification, seen, findings, in_case=True)
            device.facts = {(one.attribute, one.value) for one in self._observed(found)}
        self._held[id] = device
        if len(self._held) > MOST_DEVICES:
            self._held.popitem(last=False)
        return device

    def _learn(self, device: _Device, fresh: Iterable[Observation]) -> None:
        """Conclude a device again with what it says for the first time."""
        for one in fresh:
            if len(device.heard) < MOST_HEARD and (one.attribute, one.value) not in device.facts:
                device.facts.add((one.attribute, one.value))
                device.heard.append(one)
        before = self._observed(device.asset) if device.in_case else []
        device.identification = identify(device.asset, [*before, *device.heard], self._matcher)

    def _observed(self, asset: Asset) -> list[Observation]:
        return next((found for _, found in self._case.assets_with_observations(asset.id)), [])


def _at(asset: Asset, key: str) -> Asset:
    """A device by its own names and this address alone, since the others may be another's by now."""
    mine = tuple(one for one in asset.identifiers if one.kind != "ip" or f"ip:{one.value}" == key)
    return msgspec.structs.replace(asset, identifiers=mine)


def _times(found: Iterable[Observation]) -> tuple[float | None, float | None]:
    times = [time for one in found for time in (one.first_seen, one.last_seen) if time is not None]
    return min(times, default=None), max(times, default=None)


def _keys(asset: Asset) -> list[str]:
    return [f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip"]


def _flows(keys: Iterable[str], by_key: dict[str, list[Flow]]) -> list[tuple[Flow, int]]:
    found = {flow.id: flow for key in keys for flow in by_key.get(key, ())}
    return [(flow, 1) for flow in found.values()]


def _together(known: Asset, heard: Asset) -> Asset:
    """A device with what names it now."""
    names = {(one.kind, one.value): one for one in heard.identifiers}
    names.update({(one.kind, one.value): one for one in known.identifiers})
    return msgspec.structs.replace(known, identifiers=tuple(names.values())[:1000])
