"""Observations -> assets: which subjects are the same device, why, and how that is undone.

A subject is the key by which one source knows a device. Subjects are joined by identifiers, strongest first, and every
join is kept as a `Merge` with its sentence. What is no identity (a MAC that anybody can set, one that a router lends to
many addresses, an address that two rows of one register claim) joins nothing. This module knows nothing of makers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import PurePath

import msgspec

from custodiet.model import Asset, Identifier, Merge, Observation, Source, content_id

WEIGHTS: dict[str, float] = {"serial": 0.98, "mac": 0.97, "tag": 0.95, "ip": 0.60}
"""How strongly a shared identifier says "same device"; also the order in which they are tried."""

SENTENCES: dict[str, str] = {
    "serial": "both give serial number {value}",
    "mac": "both have MAC address {value}",
    "tag": "both carry asset tag {value}",
    "ip": "both use address {value}, and nothing speaks against it",
}

MANY_ADDRESSES = 4
"""A MAC seen with more IPv4 addresses than this in one source forwards for others."""

MANY_PARTNERS = 16
"""An identifier that hostile input repeats must not make the work grow with its square."""

_SERIAL_PLACEHOLDER = re.compile(r"(?i)^(0+|1234567890?|n/?[av]|none|unknown|default|serial.*|x+|-+|to be filled.*)$")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_CHANNEL = re.compile(r"(?i)\b(channel|kanaal|ch)[ .:_-]*\d{1,3}\b")


@dataclass(slots=True)
class Subject:
    """One device as one source knows it.

    Args:
        key: ``source/subject``.
        source_kind: kind of the source.
        source_name: its name for people.
        identifiers: (kind, value) pairs.
        channel: True where the text says it is a channel of a recorder: its address is the recorder's.
    """

    key: str
    source_kind: str
    source_name: str
    first_seen: float | None = None
    last_seen: float | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    channel: bool = False
    quantity: int = 1


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
    kinds = {"net.ip": "ip", "register.ip": "ip", "register.tag": "tag", **general}
    kinds.update((attribute, general[target]) for attribute, target in reads_as.items() if target in general)
    return kinds


def resolve(
    subjects: Iterable[tuple[str, str, float | None, float | None]],
    observations: Iterable[Observation],
    kinds: Mapping[str, str],
    sources: Mapping[str, Source],
    apart: Iterable[tuple[str, str]] = (),
) -> Resolution:
    """Join subjects to assets.

    Args:
        subjects: (source, subject, first seen, last seen) of everything observed.
        observations: those of the attributes in ``kinds`` and ``register.text`` and ``register.quantity``.
        kinds: attribute -> kind of identifier, from `identity_attributes`.
        sources: source id -> source.
        apart: pairs of ``source/subject`` that a person decided are different devices.

    Returns:
        The assets and the number of outside addresses left out.
    """
    known = {f"{source}/{subject}": _subject(source, subject, a, b, sources) for source, subject, a, b in subjects}
    for observation in observations:
        _learn(known[f"{observation.source}/{observation.subject}"], observation, kinds)
    shared = _shared_macs(known.values())
    peers = [key for key, subject in known.items() if _is_peer(subject, shared)]
    for key in peers:
        del known[key]
    claimed_twice = _claimed_twice(known.values())
    joined = _join(known, shared, claimed_twice, {frozenset(pair) for pair in apart})
    assets = (_asset(*group, shared, claimed_twice) for group in joined)
    return Resolution(assets=_with_own_ids(assets), peers=len(peers))


def _with_own_ids(assets: Iterable[Asset]) -> Iterator[Asset]:
    """The assets; those that a person keeps apart share an identifier, and get ids of their own."""
    told: set[str] = set()
    for asset in assets:
        if asset.id in told:
            asset = msgspec.structs.replace(asset, id=content_id("ast", asset.id, *asset.subjects))
        told.add(asset.id)
        yield asset


def _subject(
    source: str, subject: str, first: float | None, last: float | None, sources: Mapping[str, Source]
) -> Subject:
    read = sources[source]
    made = Subject(
        key=f"{source}/{subject}", source_kind=read.kind, source_name=read.name, first_seen=first, last_seen=last
    )
    kind, _, value = subject.partition(":")
    if kind == "ip" or (kind == "mac" and is_mac(value)):
        made.identifiers = ((kind, value),)
    return made


def _learn(subject: Subject, observation: Observation, kinds: Mapping[str, str]) -> None:
    kind = kinds.get(observation.attribute)
    value = observation.value.strip()
    if kind == "serial":
        value = value.upper()
        if len(value) < 5 or _SERIAL_PLACEHOLDER.match(value):
            return
    if kind == "mac":
        value = value.lower()
        if not is_mac(value):
            return
    if kind and value:
        if (kind, value) not in subject.identifiers:
            subject.identifiers += ((kind, value),)
    elif observation.attribute == "register.text" and _CHANNEL.search(observation.value):
        subject.channel = True
    elif observation.attribute == "register.quantity" and value.isdecimal():
        subject.quantity = max(1, min(int(value[:7]), 1_000_000))


def _source(key: str) -> str:
    return key.partition("/")[0]


def _shared_macs(subjects: Iterable[Subject]) -> set[tuple[str, str]]:
    """(source, MAC) pairs that stand for more than one device: the MAC belongs to a router in between."""
    addresses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject in subjects:
        if subject.source_kind in ("register", "purchase_record"):
            continue
        for kind, mac in subject.identifiers:
            if kind == "mac":
                addresses[_source(subject.key), mac].update(v for k, v in subject.identifiers if k == "ip" and "." in v)
    return {place for place, used in addresses.items() if len(used) > MANY_ADDRESSES or _inside_and_outside(used)}


def _inside_and_outside(addresses: set[str]) -> bool:
    outside = sum(1 for address in addresses if _is_outside(address))
    return 0 < outside < len(addresses) or outside > 1


_INSIDE = [ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")]
_INSIDE_V6 = [ip_network(n) for n in ("fc00::/7", "fe80::/10")]


def _is_outside(address: str) -> bool:
    """True for addresses that no private network uses, those kept for documentation included."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return not any(parsed in network for network in (_INSIDE if parsed.version == 4 else _INSIDE_V6))


def _is_no_host(address: str) -> bool:
    """Multicast, broadcast and the unspecified address are nobody's; a loopback address is the sensor's own."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.is_multicast or parsed.is_unspecified or parsed.is_loopback or address == "255.255.255.255"


def _is_peer(subject: Subject, shared: set[tuple[str, str]]) -> bool:
    """True for addresses that passive sources show but that are no device on the network looked at."""
    kind, _, value = subject.key.partition("/")[2].partition(":")
    if kind == "mac":
        return is_mac(value) and bool(int(value[:2], 16) & 1)
    if kind != "ip":
        return False
    if _is_no_host(value):
        return True
    if subject.source_kind not in ("capture", "log") or not _is_outside(value):
        return False
    macs = {v for k, v in subject.identifiers if k == "mac"}
    return not macs or any((_source(subject.key), mac) in shared for mac in macs)


def _claimed_twice(subjects: Iterable[Subject]) -> set[tuple[str, str, str]]:
    """(source, kind, value) that two rows of one table claim: then it is not known whose it is."""
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    for subject in subjects:
        if subject.source_kind in ("register", "purchase_record"):
            for kind, value in subject.identifiers:
                seen[_source(subject.key), kind, value] += 1
    return {place for place, number in seen.items() if number > 1}


def is_mac(text: str) -> bool:
    """True for a MAC as observations write it; a device can put anything where its MAC belongs."""
    return _MAC.fullmatch(text) is not None


def is_local_mac(mac: str) -> bool:
    """True for a locally administered MAC, which software sets and changes."""
    return bool(int(mac[:2], 16) & 2)


def _why_no_identity(
    subject: Subject, kind: str, value: str, shared: set[tuple[str, str]], claimed_twice: set[tuple[str, str, str]]
) -> str:
    """Why an identifier joins nothing; empty where it does."""
    source = _source(subject.key)
    if kind == "mac" and (source, value) in shared:
        return "a router answers with this address for several devices"
    if (source, kind, value) in claimed_twice:
        return "two rows of the same list claim it"
    if kind == "ip" and subject.channel:
        return "the row is a channel, the address is its recorder's"
    return ""


class _Groups:
    """Union-find that remembers each join; most keys are never joined and cost nothing here."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.joined: dict[str, list[str]] = {}
        self.merges: dict[str, list[Merge]] = {}

    def root(self, key: str) -> str:
        while (above := self.parent.get(key, key)) != key:
            self.parent[key] = self.parent.get(above, above)
            key = above
        return key

    def members(self, root: str) -> list[str]:
        return self.joined.get(root) or [root]

    def join(self, merge: Merge) -> None:
        left, right = self.root(merge.left), self.root(merge.right)
        if len(self.members(left)) < len(self.members(right)):
            left, right = right, left
        self.parent[right] = left
        self.joined[left] = self.members(left) + self.members(right)
        self.joined.pop(right, None)
        self.merges[left] = [*self.merges.get(left, []), merge, *self.merges.pop(right, [])]


def _join(
    known: dict[str, Subject],
    shared: set[tuple[str, str]],
    claimed_twice: set[tuple[str, str, str]],
    apart: set[frozenset[str]],
) -> Iterator[tuple[list[Subject], list[Merge]]]:
    """The groups, each with the joins that made it; takes the subjects out of ``known`` as it goes."""
    held = _held_by_several(known, shared, claimed_twice)
    groups = _Groups()
    for kind in WEIGHTS:
        for (_, scoped), keys in sorted(item for item in held.items() if item[0][0] == kind):
            value = scoped.rpartition("\x1f")[2]
            for place, right in enumerate(keys[1:], 1):
                left = _partner(groups, known, keys[:place][-MANY_PARTNERS:], right, kind, apart, shared)
                if left is not None:
                    because = SENTENCES[kind].format(value=value)
                    rule = f"rule:same-{kind}"
                    groups.join(Merge(left=left, right=right, because=because, weight=WEIGHTS[kind], by=rule))
    for key in list(known):
        if groups.root(key) == key:
            yield [known.pop(member) for member in sorted(groups.members(key))], groups.merges.get(key, [])


def _held_by_several(
    known: Mapping[str, Subject], shared: set[tuple[str, str]], claimed_twice: set[tuple[str, str, str]]
) -> dict[tuple[str, str], list[str]]:
    """(kind, value) -> the subjects that have it, for identifiers that can join: nearly all have one holder only."""
    first: dict[tuple[str, str], str] = {}
    several: dict[tuple[str, str], list[str]] = {}
    for key, subject in known.items():
        for kind, value in subject.identifiers:
            if _why_no_identity(subject, kind, value, shared, claimed_twice):
                continue
            # a MAC that software set tells devices apart in one source, but proves nothing between two
            local = kind == "mac" and is_local_mac(value)
            identifier = (kind, f"{_source(key)}\x1f{value}") if local else (kind, value)
            if identifier in several:
                several[identifier].append(key)
            elif identifier in first:
                several[identifier] = [first[identifier], key]
            else:
                first[identifier] = key
    return several


def _partner(
    groups: _Groups,
    known: Mapping[str, Subject],
    candidates: Sequence[str],
    right: str,
    kind: str,
    apart: set[frozenset[str]],
    shared: set[tuple[str, str]],
) -> str | None:
    """The first of the candidates that ``right`` may be joined to; none when it is there already or nobody fits."""
    for left in candidates:
        if groups.root(left) == groups.root(right):
            return None
        if _kept_apart(groups, left, right, apart):
            continue
        if kind == "ip" and _contradict(groups, known, left, right, shared):
            continue
        return left
    return None


def _kept_apart(groups: _Groups, left: str, right: str, apart: set[frozenset[str]]) -> bool:
    if not apart:
        return False
    ours, theirs = groups.members(groups.root(left)), groups.members(groups.root(right))
    return any(frozenset((a, b)) in apart for a in ours for b in theirs)


def _contradict(
    groups: _Groups, known: Mapping[str, Subject], left: str, right: str, shared: set[tuple[str, str]]
) -> bool:
    """True when both sides have serials, or MACs of their own, and share none: an address moves, these do not."""
    for kind in ("serial", "mac"):
        ours = _values(groups, known, left, kind, shared)
        theirs = _values(groups, known, right, kind, shared)
        if ours and theirs and not ours & theirs:
            return True
    return False


def _values(
    groups: _Groups, known: Mapping[str, Subject], key: str, kind: str, shared: set[tuple[str, str]]
) -> set[str]:
    members = groups.members(groups.root(key))
    return {
        value
        for member in members
        for k, value in known[member].identifiers
        if k == kind and (_source(member), value) not in shared
    }


def _asset(
    subjects: Sequence[Subject],
    merges: Sequence[Merge],
    shared: set[tuple[str, str]],
    claimed_twice: set[tuple[str, str, str]],
) -> Asset:
    identifiers: dict[tuple[str, str], str] = {}
    for subject in subjects:
        for kind, value in sorted(subject.identifiers):
            why = _why_no_identity(subject, kind, value, shared, claimed_twice)
            if kind == "mac" and not why and is_local_mac(value):
                why = "software set it (locally administered), so it may change or repeat"
            if (kind, value) not in identifiers or not why:
                identifiers[kind, value] = why
    ordered = sorted(identifiers, key=lambda item: (list(WEIGHTS).index(item[0]), item[1]))
    usable = [item for item in ordered if not identifiers[item]]
    name = usable[0] if usable else ("subject", subjects[0].key)
    times = [t for s in subjects for t in (s.first_seen, s.last_seen) if t is not None]
    return Asset(
        id=content_id("ast", *name),
        label=_label(ordered, subjects[0]),
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


def _label(identifiers: Sequence[tuple[str, str]], subject: Subject) -> str:
    for wanted in ("ip", "mac", "serial", "tag"):
        values = [value for kind, value in identifiers if kind == wanted]
        if values:
            # a plain IPv4 address is what people look for first
            return min(values, key=lambda value: (":" in value and wanted == "ip", len(value), value))
    kind, _, place = subject.key.partition("/")[2].partition(":")
    return f"{PurePath(subject.source_name).name}, {kind} {place.replace('!', ' ')}"
