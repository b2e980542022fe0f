"""What a case holds -> conclusions: its observations joined to devices, each identified and, where asked, judged.

Many devices are shared out among copies of this process; this one alone reads and writes the case. What is concluded of
a device depends on that device alone, so the case is the same however many do it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

import msgspec

from custodiet.casefile import MOST_OBSERVATIONS, RESULTS, Case, Packed
from custodiet.catalog.contents import Catalog
from custodiet.identify import Matcher, identify
from custodiet.identify.runners import Work, copies, in_order, processors
from custodiet.judge import Judge
from custodiet.model import Asset, Entry, Finding, Flow, Identification, Observation, Totals
from custodiet.model.reach import Connections
from custodiet.reaching import Ground
from custodiet.resolve import MORE, identity_attributes, resolve
from custodiet.sites import Places
from custodiet.unseen import Counts

SortKey: TypeAlias = tuple[int | float | str, ...]

MANY = 5_000
"""Devices from which on it pays to make copies of this process for them."""

FLOWS_SHOWN = 20
"""Conversations kept with an asset in a report; all of them stay in the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the caller wants to hear while it takes long.

    Args:
        file: (name, size in bytes) when a file is begun.
        done: bytes done of that file.
        step: what is being done now, in a few words.
        devices: (how many devices are concluded, of how many).
        processes: (what, in how many processes), when it is known.
    """

    file: Callable[[str, int], None] = lambda _name, _size: None
    done: Callable[[int], None] = lambda _done: None
    step: Callable[[str], None] = lambda _words: None
    devices: Callable[[int, int], None] = lambda _done, _of: None
    processes: Callable[[str, int], None] = lambda _words, _number: None


def conclude(
    case: Case,
    matcher: Matcher,
    judge: Judge | None,
    worst_first: Callable[[Entry], SortKey],
    *,
    progress: Progress | None = None,
) -> Counts:
    """Resolve, identify and judge everything in the case.

    Args:
        case: holds the observations; gets the conclusions.
        matcher: what we know, made ready; the one that read the inputs remembers what it decided then.
        judge: knows the body, the directives and the date; none where nothing is to be judged.
        worst_first: sorting key of what is shown first.
        progress: who wants to hear.

    Returns:
        What there is of each kind.
    """
    progress = progress or Progress()
    catalog = matcher.catalog
    progress.step("joining observations to devices")
    kinds = identity_attributes({name: attribute.reads_as for name, attribute in catalog.attributes.items()})
    sources = {source.id: source for source in case.sources()}
    resolution = resolve(
        case.subjects(),
        case.observations([*kinds, *MORE]),
        kinds,
        sources,
        [(left, right) for left, right, *_ in case.decisions("apart")],
        [(left, right, by, why) for left, right, by, _on, why in case.decisions("same")],
    )
    number = case.replace_assets(resolution.assets)
    doing = "identifying and judging" if judge else "identifying"
    progress.step(doing)
    source_kinds = {source.id: source.kind for source in sources.values()}
    asked = _Asked(matcher, judge, worst_first, source_kinds, case.pack)
    devices = _groups(case, judge)
    workers = processors() if number >= MANY else 1
    progress.processes(doing, 1 if workers == 1 else 1 + workers)
    order: list[tuple[SortKey, str]] = []
    counted: Counter[str] = Counter(peers=resolution.peers)
    makers: Counter[str] = Counter()
    for part in map(asked.part, devices) if workers == 1 else _in_copies(asked, devices, workers):
        case.store(part.results)
        order += part.order
        progress.devices(len(order), number)
        counted.update(part.counted)
        makers.update(part.makers)
    case.order(asset for _, asset in sorted(order))
    return Counts(
        totals=Totals(**{name: counted[name] for name in Totals.__struct_fields__}),
        makers=dict(makers),
        **{name: counted[name] for name in ("peers", "recorders", "silent", "unplaced_purchases", "crowded")},
    )


class _Part(msgspec.Struct):
    """What was concluded of some devices, as one process tells it to another."""

    results: list[Packed]
    order: list[tuple[SortKey, str]]
    counted: dict[str, int]
    makers: dict[str, int]


_Device: TypeAlias = tuple[Asset, list[Observation], list[Flow], Connections | None]
"""All that is to be known of a device before it is concluded."""

_encode = msgspec.msgpack.Encoder().encode
_devices = msgspec.msgpack.Decoder(list[_Device]).decode
_part = msgspec.msgpack.Decoder(_Part).decode


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every device, in whichever process."""

    matcher: Matcher
    judge: Judge | None
    worst_first: Callable[[Entry], SortKey]
    source_kinds: Mapping[str, str]
    pack: Callable[[Asset, Identification, tuple[Finding, ...]], Packed]

    def part(self, devices: Iterable[_Device]) -> _Part:
        """What is concluded of some devices."""
        judge = self.judge
        counted: Counter[str] = Counter()
        makers: Counter[str] = Counter()
        told = _Part([], [], counted, makers)
        for asset, observations, flows, connections in devices:
            counted["crowded"] += len(observations) >= MOST_OBSERVATIONS
            placed = placed_asset(asset, observations, judge.places if judge else None)
            identification = identify(placed, observations, self.matcher)
            findings: tuple[Finding, ...] = ()
            if judge and judge.concerns(identification):
                findings = judge.asset(placed, identification, observations, flows, connections)
            entry = Entry(asset=placed, identification=identification, findings=findings, evidence=())
            told.results.append(self.pack(placed, identification, findings))
            told.order.append((self.worst_first(entry), asset.id))
            makers[identification.get("manufacturer").band] += 1
            counted["devices"] += placed.quantity
            for name in _kinds_of(entry, self.matcher.catalog, self.source_kinds):
                counted[name] += 1
        return told

    def in_a_copy(self) -> Work:
        """How a copy of this process answers."""
        return lambda devices: _encode(self.part(_devices(devices)))


def _groups(case: Case, judge: Judge | None) -> Iterator[Iterator[_Device]]:
    """The devices of a case in groups that are stored together."""
    with_flows = judge is not None and case.has_flows()
    ground = Ground(case, judge.body, judge.places) if judge else None
    devices = (
        (
            asset,
            observations,
            case.flows_of(addresses(asset), most=FLOWS_SHOWN) if with_flows else [],
            ground.of(asset) if ground else None,
        )
        for asset, observations in case.assets_with_observations()
    )
    for first in devices:
        yield chain([first], islice(devices, RESULTS - 1))


def _in_copies(asked: _Asked, groups: Iterator[Iterator[_Device]], number: int) -> Iterator[_Part]:
    with copies(asked.in_a_copy, number) as made:
        yield from map(_part, in_order(made, (_encode(list(group)) for group in groups)))


def _kinds_of(entry: Entry, catalog: Catalog, kinds: Mapping[str, str]) -> Iterator[str]:
    """The names under which an asset is counted."""
    device_class = entry.identification.get("device_class").value
    surveillance = catalog.surveillance(device_class)
    yield "assets"
    yield "surveillance" if surveillance else "other" if device_class else "unknown"
    if device_class == "recorder":
        yield "recorders"
    if surveillance and {kinds[subject.partition("/")[0]] for subject in entry.asset.subjects} == {"purchase_record"}:
        yield "unplaced_purchases"
    silent = not device_class and not gives_a_sign(entry.identification)
    if silent:
        yield "silent"
    statuses = {finding.status for finding in entry.findings}
    asked = surveillance or not (device_class or silent)
    if asked and "not_satisfied" in statuses:
        yield "not_satisfied"
    elif asked and "undetermined" in statuses:
        yield "undetermined"
    elif not statuses or "undetermined" in statuses:  # as `report.order.outcome` says
        yield "not_judged"


def addresses(asset: Asset) -> list[str]:
    """The ``ip:`` keys under which its conversations are kept."""
    return [f"ip:{i.value}" for i in asset.identifiers if i.kind == "ip"]


def placed_asset(asset: Asset, observations: Sequence[Observation], places: Places | None) -> Asset:
    """The asset with its site and zone, and why it is put there; without a sites file, as it is."""
    if places is None:
        return asset
    vlans = [int(o.value) for o in observations if o.attribute == "net.vlan" and o.value.isdecimal()]
    texts = [o.value for o in observations if o.attribute == "register.site"]
    used = [i.value for i in asset.identifiers if i.kind == "ip"]
    site, zone, why = places.of(used, vlans, texts)
    return msgspec.structs.replace(asset, site=site, zone=zone, placed_by=why)


def gives_a_sign(identification: Identification) -> bool:
    """True where anything at all names a maker, a brand or a kind: what is silent altogether is merely unknown."""
    return any(identification.get(field).claims_for for field in ("manufacturer", "brand", "device_class"))
