"""An answer as a noun: what is known of one way, in a sentence, with the rules it rests on and what would settle it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from custodiet.model.reach import ReachPath, Way
from custodiet.reach.evaluate import Piece
from custodiet.reach.paths import Walked
from custodiet.reach.sets import ALL_PORTS, ALL_PROTOCOLS, PORT, PROTOCOL, Range, Ranges, ranges
from custodiet.reach.words import ICMP, ICMP6, PROTOCOL_NAMES

MOST_CITED = 12
"""Rules, and lines not understood, that are kept of one way."""
MOST_LETS = 10
"""Kinds of packets named."""
EXPORT = "export the configuration again as docs/reach.md says, or ask who runs it what these lines do"


@dataclass(frozen=True, slots=True)
class Asked:
    """One way that is asked about."""

    way: Way
    place: str
    where: Mapping[int, Ranges]
    """Version -> addresses of the other side."""


def unknown(asked: Asked, because: str, missing: str) -> ReachPath:
    return ReachPath(
        way=asked.way, place=asked.place, status="unknown", configured="unknown", because=because, missing=missing
    )


def untranslated(asked: Asked) -> ReachPath:
    because = (
        "no filter stops it, but its address is private: from outside nobody can name it unless something translates"
    )
    missing = "a filter that stops what comes from outside, or what the provider routes to this network"
    return unknown(asked, because, missing)


def opened(asked: Asked, arrived: Sequence[Piece], walks: Sequence[Walked]) -> ReachPath:
    rules = tuple(dict.fromkeys(cited for piece in arrived for cited in piece.by))[:MOST_CITED]
    lets = _lets(arrived)
    doubts = tuple(dict.fromkeys(c for walked in walks for c in walked.account.doubts))[:MOST_CITED]
    filters = [cited for cited in rules if not cited.route]
    what = ", ".join(lets[:4]) + (", and more" if len(lets) > 4 else "")
    if filters:
        because = f"a path is allowed by {filters[-1].text[:120]!r} in {filters[-1].place}: {what}"
    else:
        route = f": {rules[-1].text[:120]} ({rules[-1].place})" if rules else ""
        because = f"no filter stands in the way of {what}{route}"
    return ReachPath(
        way=asked.way,
        place=asked.place,
        status="open",
        configured="open",
        because=because,
        rules=rules,
        lets=lets,
        not_understood=doubts,
        configurations=_met(walks),
    )


def undecided(asked: Asked, lost: Sequence[str], may: Sequence[Piece], walks: Sequence[Walked]) -> ReachPath:
    doubts = tuple(dict.fromkeys(c for walked in walks for c in walked.account.doubts))
    told = list(lost)
    if may and doubts:
        first = doubts[0]
        more = f" and {len(doubts) - 1} more" if len(doubts) > 1 else ""
        told.append(
            f"{first.text[:120]!r} in {first.place}{more} may let it through: {first.why or 'it is not understood'}"
        )
    missing = EXPORT if not lost else "the configuration of what routes and filters there"
    return ReachPath(
        way=asked.way,
        place=asked.place,
        status="unknown",
        configured="unknown",
        because="; ".join(dict.fromkeys(told)),
        not_understood=doubts[:MOST_CITED],
        missing=missing,
        configurations=_met(walks),
    )


def _met(walks: Sequence[Walked]) -> tuple[str, ...]:
    """Names of the files whose devices were met."""
    return tuple(dict.fromkeys(file for walked in walks for file in walked.account.devices))


def _lets(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """Protocols and ports in words."""
    found: dict[Range, list[Range]] = {}
    for piece in pieces:
        found.setdefault(piece.box[PROTOCOL], []).append(piece.box[PORT])
    whole = [span for span, spans in found.items() if ranges(spans)[0] == ALL_PORTS]
    if any(first == 0 for first, _ in whole) and any(last == ALL_PROTOCOLS[1] for _, last in whole):
        return ("anything",)
    words = []
    for (first, last), spans in sorted(found.items()):
        name = PROTOCOL_NAMES.get(first, f"protocol {first}") if first == last else f"protocols {first} to {last}"
        ports = ranges(spans)
        said = [f"{a}" if a == b else f"{a}-{b}" for a, b in ports]
        if first in (ICMP, ICMP6):
            name += f" type {', '.join(said)}" if len(said) < 4 else ""
        elif ports[0] != ALL_PORTS:
            name += f" {', '.join(said[:8])}{' and more' if len(said) > 8 else ''}"
        words.append(name)
    return tuple(dict.fromkeys(words))[:MOST_LETS]


def spoken(version: int, left: Ranges) -> str:
    kind = IPv4Address if version == 4 else IPv6Address
    said = [str(kind(a)) if a == b else f"{kind(a)} to {kind(b)}" for a, b in left[:3]]
    return ", ".join(said) + (" and more" if len(left) > 3 else "")
