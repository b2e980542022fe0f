"""Joining subjects by identifiers, strongest first; every join is kept with its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from custodiet.model import Merge
from custodiet.resolve.identity import Doubts, Subject, is_local_mac, source_of

WEIGHTS: dict[str, float] = {"serial": 0.98, "mac": 0.97, "tag": 0.95, "ip": 0.60}
"""How strongly a shared identifier says "same device"; also the order in which they are tried."""

SENTENCES: dict[str, str] = {
    "serial": "both give serial number {value}",
    "mac": "both have MAC address {value}",
    "tag": "both carry asset tag {value}",
    "ip": "both use address {value}, and nothing speaks against it",
}

MANY_PARTNERS = 16
"""An identifier that hostile input repeats must not make the work grow with its square."""


class Groups:
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


def join_subjects(
    known: dict[str, Subject],
    doubts: Doubts,
    apart: set[frozenset[str]],
) -> Iterator[tuple[list[Subject], list[Merge]]]:
    """The groups, each with the joins that made it; takes the subjects out of ``known`` as it goes."""
    held = _held_by_several(known, doubts)
    groups = Groups()
    for kind in WEIGHTS:
        for (_, scoped), keys in sorted(item for item in held.items() if item[0][0] == kind):
            value = scoped.rpartition("\x1f")[2]
            for place, right in enumerate(keys[1:], 1):
                left = _partner(groups, known, keys[:place][-MANY_PARTNERS:], right, kind, apart, doubts)
                if left is not None:
                    because = SENTENCES[kind].format(value=value)
                    rule = f"rule:same-{kind}"
                    groups.join(Merge(left=left, right=right, because=because, weight=WEIGHTS[kind], by=rule))
    for key in list(known):
        if groups.root(key) == key:
            yield [known.pop(member) for member in sorted(groups.members(key))], groups.merges.get(key, [])


def _held_by_several(known: Mapping[str, Subject], doubts: Doubts) -> dict[tuple[str, str], list[str]]:
    """(kind, value) -> the subjects that have it, for identifiers that can join: nearly all have one holder only."""
    first: dict[tuple[str, str], str] = {}
    several: dict[tuple[str, str], list[str]] = {}
    for key, subject in known.items():
        for kind, value in subject.identifiers:
            if doubts.why(subject, kind, value):
                continue
            # a MAC that software set tells devices apart in one source, but proves nothing between two
            local = kind == "mac" and is_local_mac(value)
            identifier = (kind, f"{source_of(key)}\x1f{value}") if local else (kind, value)
            if identifier in several:
                several[identifier].append(key)
            elif identifier in first:
                several[identifier] = [first[identifier], key]
            else:
                first[identifier] = key
    return several


def _partner(
    groups: Groups,
    known: Mapping[str, Subject],
    candidates: Sequence[str],
    right: str,
    kind: str,
    apart: set[frozenset[str]],
    doubts: Doubts,
) -> str | None:
    """The first of the candidates that ``right`` may be joined to; none when it is there already or nobody fits."""
    for left in candidates:
        if groups.root(left) == groups.root(right):
            return None
        if _kept_apart(groups, left, right, apart):
            continue
        if kind == "ip" and _contradict(groups, known, left, right, doubts):
            continue
        return left
    return None


def _kept_apart(groups: Groups, left: str, right: str, apart: set[frozenset[str]]) -> bool:
    if not apart:
        return False
    ours, theirs = groups.members(groups.root(left)), groups.members(groups.root(right))
    return any(frozenset((a, b)) in apart for a in ours for b in theirs)


def _contradict(groups: Groups, known: Mapping[str, Subject], left: str, right: str, doubts: Doubts) -> bool:
    """True when both sides have serials, or MACs of their own, and share none: an address moves, these do not."""
    for kind in ("serial", "mac"):
        ours = _values(groups, known, left, kind, doubts)
        theirs = _values(groups, known, right, kind, doubts)
        if ours and theirs and not ours & theirs:
            return True
    return False


def _values(groups: Groups, known: Mapping[str, Subject], key: str, kind: str, doubts: Doubts) -> set[str]:
    members = groups.members(groups.root(key))
    return {
        value
        for member in members
        for k, value in known[member].identifiers
        if k == kind and not doubts.is_lent(source_of(member), value)
    }
