"""Joining subjects by identifiers, strongest first; every join is kept with its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from custodiet.model import Merge
from custodiet.resolve.identity import OWN, Doubts, Subject, is_local_mac, source_of

WEIGHTS: dict[str, float] = {"serial": 0.98, "mac": 0.97, "tag": 0.95, "ip": 0.60, OWN: 0.95}
"""How strongly a shared identifier says "same device"; also the order in which they are tried."""

SENTENCES: dict[str, str] = {
    "serial": "both give serial number {value}",
    "mac": "both have MAC address {value}",
    "tag": "both carry asset tag {value}",
    OWN: "both carry the id {value} that this program gave",
    "ip": "both use address {value}, and nothing speaks against it",
}

MANY_PARTNERS = 16
"""An identifier that hostile input repeats must not make the work grow with its square."""


class Groups:
    """Union-find that remembers each join; most keys are never joined and cost nothing here."""

    def __init__(self, known: Mapping[str, Subject], doubts: Doubts) -> None:
        self._known = known
        self._doubts = doubts
        self._parent: dict[str, str] = {}
        self._joined: dict[str, list[str]] = {}
        self._merges: dict[str, list[Merge]] = {}
        self._own: dict[str, dict[str, set[str]]] = {}

    def root(self, key: str) -> str:
        """The key that stands for the group of this one."""
        while (above := self._parent.get(key, key)) != key:
            self._parent[key] = self._parent.get(above, above)
            key = above
        return key

    def members(self, root: str) -> list[str]:
        """The keys of a group."""
        return self._joined.get(root) or [root]

    def merges(self, root: str) -> list[Merge]:
        """The joins that made a group."""
        return self._merges.get(root, [])

    def own(self, root: str) -> dict[str, set[str]]:
        """Serials and MACs of a group that are its own, and no router's; gathered once and kept up as it grows."""
        if root not in self._own:
            self._own[root] = {
                kind: {
                    value
                    for member in self.members(root)
                    for held, value in self._known[member].identifiers
                    if held == kind and not self._doubts.is_lent(source_of(member), value)
                }
                for kind in ("serial", "mac")
            }
        return self._own[root]

    def join(self, merge: Merge) -> None:
        """Make one group of two; the smaller goes into the larger, so that no list is copied twice over."""
        left, right = self.root(merge.left), self.root(merge.right)
        if len(self.members(left)) < len(self.members(right)):
            left, right = right, left
        if left in self._own or right in self._own:
            for kind, values in self.own(right).items():
                self.own(left)[kind].update(values)
        self._joined.setdefault(left, [left]).extend(self.members(right))
        self._merges.setdefault(left, []).extend([merge, *self.merges(right)])
        self._parent[right] = left
        for held in (self._joined, self._merges, self._own):
            held.pop(right, None)


def join_subjects(
    known: dict[str, Subject],
    doubts: Doubts,
    apart: set[frozenset[str]],
    by_hand: Sequence[Merge] = (),
) -> Iterator[tuple[list[Subject], list[Merge]]]:
    """The groups, each with the joins that made it; takes the subjects out of ``known`` as it goes."""
    held = _held_by_several(known, doubts)
    groups = Groups(known, doubts)
    for merge in by_hand:
        pair = (merge.left, merge.right)
        there = all(key in known for key in pair) and groups.root(merge.left) != groups.root(merge.right)
        if there and frozenset(pair) not in apart:
            groups.join(merge)
    for kind in WEIGHTS:
        for (_, scoped), keys in sorted(item for item in held.items() if item[0][0] == kind):
            value = scoped.rpartition("\x1f")[2]
            for place, right in enumerate(keys[1:], 1):
                left = _partner(groups, keys[max(0, place - MANY_PARTNERS) : place], right, kind, apart)
                if left is not None:
                    because = SENTENCES[kind].format(value=value)
                    rule = f"rule:same-{kind}"
                    groups.join(Merge(left=left, right=right, because=because, weight=WEIGHTS[kind], by=rule))
    for key in list(known):
        if groups.root(key) == key:
            yield [known.pop(member) for member in sorted(groups.members(key))], groups.merges(key)


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
    groups: Groups, candidates: Sequence[str], right: str, kind: str, apart: set[frozenset[str]]
) -> str | None:
    """The first of the candidates that ``right`` may be joined to; none when it is there already or nobody fits."""
    theirs = groups.root(right)
    for left in candidates:
        ours = groups.root(left)
        if ours == theirs:
            return None
        if any({groups.root(key) for key in pair} == {ours, theirs} for pair in apart):
            continue
        if kind == "ip" and _contradict(groups.own(ours), groups.own(theirs)):
            continue
        return left
    return None


def _contradict(ours: Mapping[str, set[str]], theirs: Mapping[str, set[str]]) -> bool:
    """True when both sides have serials, or MACs of their own, and share none: an address moves, these do not."""
    return any(ours[kind] and theirs[kind] and ours[kind].isdisjoint(theirs[kind]) for kind in ours)
