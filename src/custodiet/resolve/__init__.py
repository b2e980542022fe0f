"""Observations -> assets: which subjects are the same device, why, and how that is undone.

A subject is the key by which one source knows a device. Subjects are joined by identifiers, strongest first, and every
join is kept as a `Merge` with its sentence. This package knows nothing of makers.

    identity    what names a device, what only seems to
    join        which subjects are one device
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

import msgspec

from custodiet.model import Asset, Identifier, Merge, Observation, Source, content_id
from custodiet.resolve.identity import LENT, MORE, OWN, Doubts, Subject, is_local_mac, is_mac, learn, subject_of
from custodiet.resolve.join import WEIGHTS, join_subjects

__all__ = ["LENT", "MORE", "Resolution", "identity_attributes", "is_local_mac", "is_mac", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What came of it.

    Args:
        assets: the devices, made as they are asked for and once, so that a country's never stand in memory together.
        peers: addresses outside, seen only through a router or as the other side of a conversation: no devices of ours.
    """

    assets: Iterable[Asset]
    peers: int


def identity_attributes(reads_as: Mapping[str, str]) -> dict[str, str]:
    """Which attributes hold identifiers.

    Args:
        reads_as: attribute -> the general attribute it is read as, from the vocabulary.

    Returns:
        attribute -> kind of identifier.
    """
    general = {"net.mac": "mac", "device.serial": "serial"}
    kinds = {"net.ip": "ip", "register.ip": "ip", "register.tag": "tag", "register.custodiet_id": OWN, **general}
    kinds.update((attribute, general[target]) for attribute, target in reads_as.items() if target in general)
    return kinds


def resolve(
    subjects: Iterable[tuple[str, str, float | None, float | None]],
    observations: Iterable[Observation],
    kinds: Mapping[str, str],
    sources: Mapping[str, Source],
    apart: Iterable[tuple[str, str]] = (),
    same: Iterable[tuple[str, str, str, str]] = (),
) -> Resolution:
    """Join subjects to assets.

    Args:
        subjects: (source, subject, first seen, last seen) of everything observed.
        observations: those of the attributes in ``kinds`` and in `MORE`.
        kinds: attribute -> kind of identifier, from `identity_attributes`.
        sources: source id -> source.
        apart: pairs of ``source/subject`` that a person decided are different devices.
        same: (what a person put there, ``source/subject`` of a device, the person, why): who read a label stood before
            the device. What was decided to be apart stays apart.

    Returns:
        The assets and the number of outside addresses left out.
    """
    known = {f"{source}/{subject}": subject_of(source, subject, a, b, sources) for source, subject, a, b in subjects}
    for observation in observations:
        learn(known[f"{observation.source}/{observation.subject}"], observation, kinds)
    # asked of all subjects, peers included: what a router lends shows by the addresses outside
    doubts = Doubts(known.values())
    _give_own_ids(known.values(), doubts)
    peers = [key for key, subject in known.items() if doubts.is_peer(subject)]
    addresses = {key.partition("/")[2] for key in peers}  # one is the same in however many sources it was seen
    for key in peers:
        del known[key]
    by_hand = [Merge(left=left, right=right, because=why, weight=1.0, by=by) for left, right, by, why in same]
    joined = join_subjects(known, doubts, {frozenset(pair) for pair in apart}, by_hand)
    put = {merge.left for merge in by_hand}
    assets = (_asset(*group, doubts, put) for group in joined)
    return Resolution(assets=_with_own_ids(assets), peers=len(addresses))


def _give_own_ids(subjects: Collection[Subject], doubts: Doubts) -> None:
    """Where a table names devices by the ids that we gave them, each of its devices is known by its id too."""
    named = {value for subject in subjects for kind, value in subject.identifiers if kind == OWN}
    for subject in subjects if named else ():
        if (id := content_id("ast", *_name_of([subject], doubts))) in named:
            subject.identifiers[OWN, id] = None


def _name_of(subjects: Sequence[Subject], doubts: Doubts) -> tuple[str, str]:
    """What a device is named by: the strongest of its identifiers that is one, else where it was read."""
    usable = [
        (_RANK[kind], kind, value)
        for subject in subjects
        for kind, value in subject.identifiers
        if not doubts.why(subject, kind, value) and not (kind == "mac" and is_local_mac(value))
    ]
    return min(usable)[1:] if usable else ("subject", subjects[0].key)


def _with_own_ids(assets: Iterable[Asset]) -> Iterator[Asset]:
    """The assets; those that a person keeps apart share an identifier, and get ids of their own."""
    told: set[str] = set()
    for asset in assets:
        if asset.id in told:
            asset = msgspec.structs.replace(asset, id=content_id("ast", asset.id, *asset.subjects))
        told.add(asset.id)
        yield asset


def _asset(
    subjects: Sequence[Subject],
    merges: Sequence[Merge],
    doubts: Doubts,
    put: Collection[str],
) -> Asset:
    identifiers: dict[tuple[str, str], str] = {}
    # what people put there tells more of a device and makes no other of it: its id and name are of the rest
    naming = [subject for subject in subjects if put and subject.key not in put] or subjects
    for subject in subjects:
        for kind, value in sorted(subject.identifiers):
            why = doubts.why(subject, kind, value)
            if kind == "mac" and not why and is_local_mac(value):
                why = "software set it (locally administered), so it may change or repeat"
            # that a router lent it in one source is no less so where another source shows it with one device only
            before = identifiers.get((kind, value))
            if before is None or why == LENT or not (why or before == LENT):
                identifiers[kind, value] = why
    ordered = sorted(identifiers, key=lambda item: (_RANK[item[0]], item[1]))
    own = ordered if naming is subjects else [one for one in ordered if any(one in s.identifiers for s in naming)]
    usable = [item for item in own if not identifiers[item]]
    name = usable[0] if usable else ("subject", naming[0].key)
    times = [t for s in subjects for t in (s.first_seen, s.last_seen) if t is not None]
    return Asset(
        id=name[1] if name[0] == OWN else content_id("ast", *name),
        label=_label(own, naming[0]),
        called=next((subject.called for subject in subjects if subject.called), ""),
        subjects=tuple(subject.key for subject in subjects),
        identifiers=tuple(
            Identifier(kind=kind, value=value, identity=not identifiers[kind, value], why=identifiers[kind, value])
            for kind, value in ordered
        ),
        merged_by=tuple(merges),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        quantity=max(subject.quantity for subject in subjects),
    )


_RANK = {kind: rank for rank, kind in enumerate(WEIGHTS)}


def _label(identifiers: Sequence[tuple[str, str]], subject: Subject) -> str:
    for wanted in ("ip", "mac", "serial", "tag"):
        values = [value for kind, value in identifiers if kind == wanted]
        if values:
            # a plain IPv4 address is what people look for first
            return min(values, key=lambda value: (":" in value and wanted == "ip", len(value), value))
    kind, _, place = subject.key.partition("/")[2].partition(":")
    sheet, _, place = place.rpartition("!")
    inside = f"sheet {sheet}, " if sheet else ""
    return f"{_file_name(subject.source_name)}, {inside}{kind} {place}"


@cache
def _file_name(name: str) -> str:
    return PurePath(name).name
