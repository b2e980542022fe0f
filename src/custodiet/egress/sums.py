"""Flows of one device gathered by peer, and what two sources saw of the same conversations counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from custodiet.egress.place import Near, may_be_broadcast
from custodiet.egress.shape import answered
from custodiet.model import Flow
from custodiet.model.egress import Where

MOST_KEPT = 20_000
"""Peers of one device that are looked at one by one; a device that scans the world has more, and these are told."""

Piece = tuple[float, float, int, int]
"""First, last, bytes from the device, bytes to the device."""


@dataclass(slots=True)
class Talk:
    """All that a device had with one port of one address.

    Args:
        key: ``ip:`` key of the other side.
        where: where it lies.
        transport: as in `Flow`.
        port: of the side that was called.
        began: True where the device began.
    """

    key: str
    where: Where
    transport: str
    port: int
    began: bool
    flows: list[Flow] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    _sums: Counted | None = None

    @property
    def sums(self) -> Counted:
        """Its sums, made once, when all flows are there."""
        if self._sums is None:
            self._sums = counted(self)
        return self._sums

    @property
    def address(self) -> str:
        """The address of the other side."""
        return self.key.removeprefix("ip:")

    @property
    def answered(self) -> bool:
        """Whether anything of it was more than an attempt."""
        return any(map(answered, self.flows))

    @property
    def sources(self) -> set[str]:
        """Ids of the sources that show it."""
        return {flow.source for flow in self.flows}

    @property
    def first(self) -> float:
        """Seconds since 1970 UTC."""
        return min(flow.first_seen for flow in self.flows)

    @property
    def last(self) -> float:
        """Seconds since 1970 UTC."""
        return max(flow.last_seen for flow in self.flows)

    @property
    def hours(self) -> int:
        """Different hours of the clock, where each flow lies in one and stands for one; else 0."""
        begun = {flow.first_seen // 3600 for flow in self.flows}
        whole = all(flow.first_seen // 3600 == flow.last_seen // 3600 for flow in self.flows)
        return len(begun) if whole and all(number == 1 for number in self.numbers) else 0

    def piece(self, flow: Flow) -> Piece:
        """A flow of it, seen from the device."""
        out, back = (flow.bytes_out, flow.bytes_in) if self.began else (flow.bytes_in, flow.bytes_out)
        return flow.first_seen, flow.last_seen, out, back


@dataclass(slots=True)
class Talks:
    """Everything that a device talked with.

    Args:
        each: by peer, port and who began.
        left_out: conversations with peers beyond `MOST_KEPT`.
    """

    each: list[Talk]
    left_out: int = 0

    def of(self, where: Where) -> list[Talk]:
        """Those that lie there."""
        return [talk for talk in self.each if talk.where == where]


def gather(flows: Iterable[tuple[Flow, int]], addresses: frozenset[str], near: Near) -> Talks:
    """The flows of one device by peer.

    Args:
        flows: each with the number of conversations that it stands for.
        addresses: ``ip:`` keys of the device; what it has with itself is left out.
        near: tells where an address lies.
    """
    found: dict[tuple[str, str, int, bool], Talk] = {}
    told = Talks([])
    for flow, number in flows:
        began = flow.subject in addresses
        other = flow.peer if began else flow.subject
        where = near.where(other)
        if where is None or other in addresses:
            continue
        key = (other, flow.transport, flow.port, began)
        talk = found.get(key)
        if talk is None:
            if len(found) >= MOST_KEPT:
                told.left_out += number
                continue
            talk = found[key] = Talk(other, where, flow.transport, flow.port, began)
        talk.flows.append(flow)
        talk.numbers.append(number)
    for talk in found.values():
        if talk.where == "inside" and may_be_broadcast(talk.key, sum(flow.packets_in for flow in talk.flows)):
            talk.where = "to all"
    told.each = list(found.values())
    return told


@dataclass(frozen=True, slots=True)
class Counted:
    """The sums of a talk, each conversation once.

    Args:
        out: bytes from the device.
        back: bytes to the device.
        conversations: how many.
        pieces: what a picture is made of.
        twice: True where several sources saw the same, so that some of it was left out here.
    """

    out: int
    back: int
    conversations: int
    pieces: tuple[Piece, ...]
    twice: bool


def counted(talk: Talk) -> Counted:
    """Add up a talk. Of sources that saw it at the same time, each direction is taken from the one that saw most."""
    if len({flow.source for flow in talk.flows}) == 1:
        pieces = [talk.piece(flow) for flow in talk.flows]
        out, back = sum(piece[2] for piece in pieces), sum(piece[3] for piece in pieces)
        return Counted(out, back, sum(talk.numbers), tuple(pieces), twice=False)
    by_source: dict[str, list[int]] = {}
    for at, flow in enumerate(talk.flows):
        by_source.setdefault(flow.source, []).append(at)
    pieces = []
    conversations = 0
    twice = False
    for group in _same_time(talk, by_source):
        of_each = {source: [talk.piece(talk.flows[at]) for at in by_source[source]] for source in group}
        most_out = max(group, key=lambda source: (sum(piece[2] for piece in of_each[source]), source))
        most_back = max(group, key=lambda source: (sum(piece[3] for piece in of_each[source]), source == most_out))
        conversations += max(sum(talk.numbers[at] for at in by_source[source]) for source in group)
        if most_out == most_back:
            pieces += of_each[most_out]
        else:
            pieces += [(first, last, out, 0) for first, last, out, _ in of_each[most_out]]
            pieces += [(first, last, 0, back) for first, last, _, back in of_each[most_back]]
        twice |= len(group) > 1
    out, back = sum(piece[2] for piece in pieces), sum(piece[3] for piece in pieces)
    return Counted(out, back, conversations, tuple(pieces), twice)


def _same_time(talk: Talk, by_source: dict[str, list[int]]) -> list[list[str]]:
    """Sources that show the talk in the same time, together; files that follow each other overlap by a moment only."""
    spans = sorted(
        (min(talk.flows[at].first_seen for at in places), max(talk.flows[at].last_seen for at in places), source)
        for source, places in by_source.items()
    )
    groups: list[tuple[list[str], list[tuple[float, float]]]] = []
    for first, last, source in spans:
        if groups and any(_overlap(span, (first, last)) for span in groups[-1][1]):
            groups[-1][0].append(source)
            groups[-1][1].append((first, last))
        else:
            groups.append(([source], [(first, last)]))
    return [sources for sources, _ in groups]


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether more than half of the shorter lies in the longer."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    return common >= 0 and common >= shorter / 2


def is_with_one(talks: Sequence[Talk]) -> bool:
    """Whether any is a conversation with one other machine, and no call to all."""
    return any(talk.where != "to all" for talk in talks)
