"""What a filter lets through, asked twice: what surely passes, and what may.

A rule that was understood only in part means some of the packets it seems to mean, maybe none. What surely passes is
let through even if every such rule turns out badly; what may pass is let through if every one turns out well. Where the
two agree the answer is exact, and where they differ it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from custodiet.model.reach import Cited
from custodiet.reach.network import Device, Filter, Rule, called
from custodiet.reach.sets import DESTINATION, MOST_BOXES, SOURCE, Box, Ranges, TooRagged, split, subtract

Mode = Literal["surely", "maybe"]

DEEPEST = 32
"""Jumps within jumps; nftables itself allows 16."""
MOST_STEPS = 2_000_000
"""Rules asked of pieces for one answer; chains that jump to one another can be built to ask for ever."""
LONGEST_TRAIL = 16
"""Rules and routes kept of one way."""
_FEW_RULES = 16
"""So many are asked one by one; of longer filters, those that mean other addresses are passed over at a glance."""
_GLANCES = 16
"""Rules passed over at a glance that count as one asked."""
_ANY = (0, (1 << 128) - 1)

Lined: TypeAlias = tuple[Rule, int, int, int, int]
"""A rule, with the first and last source and destination that it can mean."""


class Piece(NamedTuple):
    """Some packets and what let them through so far."""

    box: Box
    by: tuple[Cited, ...] = ()

    def past(self, cited: Cited) -> Piece:
        """The same packets with one more thing that let them through."""
        return Piece(self.box, (*self.by, cited)[:LONGEST_TRAIL])


@dataclass(slots=True)
class Account:
    """What is written down while one answer is worked out."""

    mode: Mode
    version: int
    """4 or 6."""
    stopped: dict[Cited, None] = field(default_factory=dict)
    """What stopped packets, in order."""
    doubts: dict[Cited, None] = field(default_factory=dict)
    """What was met and not understood, in order."""
    devices: dict[str, None] = field(default_factory=dict)
    """Files of the devices that were met."""
    steps: int = 0
    tables: dict[tuple[int, int], list[Lined]] = field(default_factory=dict)
    """Filter and version -> its rules with the addresses they can mean; kept from answer to answer by who asks many."""

    def relevant(self, filter: Filter, pieces: list[Piece]) -> list[Rule]:
        """The rules of a filter that can mean any of some packets, by their addresses; in their order.

        Raises:
            TooRagged: there was too much work.
        """
        if len(filter.rules) <= _FEW_RULES:
            return filter.rules
        key = id(filter), self.version
        if key not in self.tables:
            self.tables[key] = [_lined(rule) for rule in filter.rules if rule.match.version in (0, self.version)]
        table = self.tables[key]
        self.step(len(table) // _GLANCES)
        low, high = min(p.box[SOURCE][0] for p in pieces), max(p.box[SOURCE][1] for p in pieces)
        least, most = min(p.box[DESTINATION][0] for p in pieces), max(p.box[DESTINATION][1] for p in pieces)
        return [
            rule
            for rule, first, last, begin, end in table
            if first <= high and last >= low and begin <= most and end >= least
        ]

    def step(self, pieces: int = 1) -> None:
        """Count the work of asking something of pieces.

        Raises:
            TooRagged: there was too much.
        """
        self.steps += 1 + pieces
        if self.steps > MOST_STEPS:
            raise TooRagged


class _Left(NamedTuple):
    """What a chain did with packets."""

    passed: list[Piece]
    ended: list[Piece]
    """Neither passed nor stopped: they go back to where the chain was called."""


class Gate:
    """One filter where it stands: the interfaces of the packets that come to it are known, or are said not to be."""

    def __init__(self, device: Device, inward: str | None, outward: str | None, account: Account) -> None:
        self._device = device
        self._inward = inward
        self._outward = outward
        self._account = account

    def passed(self, name: str, pieces: list[Piece]) -> list[Piece]:
        """What a filter lets through.

        Raises:
            TooRagged: it is too much work.
        """
        filter = self._device.filters.get(name)
        if filter is None:
            return self._unknown(pieces, Cited(self._device.file, f"filter {name}", "it is not in the file"))
        return self._chain(filter, pieces, 0).passed

    def _unknown(self, pieces: list[Piece], cited: Cited) -> list[Piece]:
        self._account.doubts[cited] = None
        if self._account.mode == "maybe":
            return [piece.past(cited) for piece in pieces]
        return []

    def _chain(self, filter: Filter, pieces: list[Piece], depth: int) -> _Left:
        passed: list[Piece] = []
        ended: list[Piece] = []
        rest = pieces
        for rule in self._account.relevant(filter, pieces) if pieces else ():
            if not rest:
                break
            self._account.step(len(rest))
            if rule.match.version not in (0, self._account.version) or (sure := self._concerns(rule)) is None:
                continue
            inside, outside = _parted(rest, rule)
            if not inside:
                continue
            rest = self._apply(rule, sure, inside, outside, passed, ended, depth)
            if len(rest) + len(passed) > MOST_BOXES:
                raise TooRagged
        rest = [*rest, *ended]
        if filter.default == "return":
            return _Left(passed, rest)
        if rest:
            cited = Cited(filter.place, filter.default_text or f"{filter.name}: everything else {_says(filter)}")
            if filter.default == "permit":
                passed += [piece.past(cited) for piece in rest]
            elif filter.default == "deny":
                self._account.stopped[cited] = None
            else:
                passed += self._unknown(rest, cited)
        return _Left(passed, [])

    def _apply(
        self,
        rule: Rule,
        sure: bool,
        inside: list[Piece],
        outside: list[Piece],
        passed: list[Piece],
        ended: list[Piece],
        depth: int,
    ) -> list[Piece]:
        """Let one rule act on the packets it means; what is left for the rules after it comes back."""
        account = self._account
        why = rule.doubt or ("" if sure else "the interface is not known")
        cited = Cited(rule.place, rule.text, why)
        if why or rule.action == "unknown":
            account.doubts[cited if why else Cited(rule.place, rule.text, "what it does is not understood")] = None
        # what may be let through is let through when asked what may pass, and stopped when asked what surely does
        lenient = account.mode == "maybe"
        if rule.action == "unknown" or (why and rule.action == "return"):
            if lenient:
                passed += [piece.past(cited) for piece in inside]
            return outside
        if rule.action == "permit":
            if why and not lenient:
                return [*inside, *outside]
            passed += [piece.past(cited) for piece in inside]
            return outside
        if rule.action == "deny":
            if why and lenient:
                return [*inside, *outside]
            account.stopped[cited] = None
            return outside
        if rule.action == "return":
            ended += inside
            return outside
        target = self._device.filters.get(rule.target)
        if target is None or target.default != "return" or depth >= DEEPEST:
            reason = "it jumps too deep" if target else f"there is no filter {rule.target[:60]} in the file"
            passed += self._unknown(inside, Cited(rule.place, rule.text, reason))
            return outside
        left = self._chain(target, inside, depth + 1)
        if why:
            # whoever goes there without coming back meets what stands behind the calling chain, and may pass it or not
            back = left.ended if rule.action == "jump" else []
            lost = left.ended if rule.action == "goto" else []
            if lenient:
                passed += [*left.passed, *lost]
                taken = [piece.box for piece in (*left.passed, *lost)]
                return [*outside, *(Piece(b, p.by) for p in inside for b in subtract([p.box], taken))]
            return [*outside, *left.passed, *back]  # what it lets through has still to pass what follows
        passed += left.passed
        if rule.action == "goto":
            ended += left.ended
            return outside
        return [*outside, *left.ended]

    def _concerns(self, rule: Rule) -> bool | None:
        """Whether the interfaces fit: true, false where it is not known, none where they do not."""
        sure = True
        for patterns, name in ((rule.match.inward, self._inward), (rule.match.outward, self._outward)):
            if patterns is None:
                continue
            if not name:
                sure = False
            elif not called(name, patterns):
                return None
        return sure


def _lined(rule: Rule) -> Lined:
    def hull(spans: Ranges | None) -> tuple[int, int]:
        if spans is None:
            return _ANY
        return (spans[0][0], spans[-1][1]) if spans else (1, 0)

    return (rule, *hull(rule.match.source), *hull(rule.match.destination))


def _parted(pieces: Iterable[Piece], rule: Rule) -> tuple[list[Piece], list[Piece]]:
    fields = rule.match.fields
    inside: list[Piece] = []
    outside: list[Piece] = []
    for piece in pieces:
        taken, left = split(piece.box, fields)
        if taken:
            inside += [Piece(box, piece.by) for box in taken]
            outside += [Piece(box, piece.by) for box in left]
        else:
            outside.append(piece)
    return inside, outside


def _says(filter: Filter) -> str:
    return {"permit": "is let through", "deny": "is stopped"}.get(filter.default, "is not known")
