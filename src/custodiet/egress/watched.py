"""How long and how well a device was watched: the time of the sources that show it, their gaps and their doubts.

A device counts as watched by a source that shows a conversation of it with one other address: who is only heard calling
to all may stand where no source sees its traffic. A source that counted samples, lost packets, saw one direction or
wrote down refusals alone never supports that nothing was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from custodiet.dates import day_of
from custodiet.egress.sums import Talks
from custodiet.egress.words import DAY, duration, how_many
from custodiet.model import Source, Tally

SEAM = 10.0
"""Seconds between two files of one long capture, at most: no gap."""

LEAST = 60.0
"""Seconds of watching below which nothing can be said of what was not seen."""

SPOIL = {
    "sampled": "only a sample of the packets was counted",
    "one_direction": "of conversations only one direction was seen",
    "lost": "packets were lost on the way",
    "denied_only": "only what was refused was written down",
    "part_logged": "only a part of the traffic was written down",
}
"""Doubts under which what is missing may have been sent, and the reason in a few words."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How one source watched.

    Args:
        kind: kind of source.
        name: its name for people.
        spans: stretches in which something was seen.
        sampled: one of so many packets was counted.
        doubts: word -> sentence.
        hub: the one address that takes part in all of its conversations; empty: there is none.
    """

    kind: str
    name: str
    spans: tuple[tuple[float, float], ...]
    sampled: int = 1
    doubts: Mapping[str, str] = field(default_factory=dict)
    hub: str = ""

    @property
    def spoiled(self) -> tuple[str, ...]:
        """Why it cannot show that nothing was sent, in a few words each."""
        words = [
            said for word, said in SPOIL.items() if word in self.doubts or (word == "sampled" and self.sampled > 1)
        ]
        return tuple(words)


@dataclass(frozen=True, slots=True)
class Watching:
    """How one device was watched.

    Args:
        spans: when, each stretch once.
        clean: the part of it that can show that nothing was sent.
        kinds: kinds of the sources.
        spoiled: why the rest cannot.
        doubts: in sentences.
        one_way: ids of the sources that saw one direction only, so that no answer stands there.
        doubted: id of a source -> words of its doubts.
    """

    spans: tuple[tuple[float, float], ...]
    clean: tuple[tuple[float, float], ...]
    kinds: frozenset[str]
    spoiled: tuple[str, ...]
    doubts: tuple[str, ...]
    one_way: frozenset[str]
    doubted: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Time covered twice counted once."""
        return sum((end - begin for begin, end in self.spans), 0.0)

    @property
    def clean_seconds(self) -> float:
        """The same of `clean`."""
        return sum((end - begin for begin, end in self.clean), 0.0)


def watches(sources: Iterable[Source], tallies: Iterable[Tally], hubs: Mapping[str, str]) -> dict[str, Watch]:
    """How each source watched, by its id."""
    told = {tally.source: tally for tally in tallies}
    found = {}
    for source in sources:
        tally = told.get(source.id)
        spans: tuple[tuple[float, float], ...] = ()
        if tally and tally.watched and tally.watched.spans:
            spans = tally.watched.spans
        elif tally and tally.first_seen is not None and tally.last_seen is not None:
            spans = ((tally.first_seen, tally.last_seen),)
        found[source.id] = Watch(
            kind=source.kind,
            name=source.name,
            spans=spans,
            sampled=tally.watched.sampled if tally and tally.watched else 1,
            doubts=dict(tally.watched.doubts) if tally and tally.watched else {},  # type: ignore[arg-type]
            hub=hubs.get(source.id, ""),
        )
    return found


def watching(
    talks: Talks, every: Mapping[str, Watch], addresses: frozenset[str], heard: Iterable[str] = ()
) -> Watching:
    """How one device was watched.

    Args:
        talks: all that it talked with.
        every: how each source watched, by its id.
        addresses: ``ip:`` keys of the device.
        heard: ids of sources that tell of it without a conversation, such as logs of names asked for; their doubts
            are told, and they are no watching.
    """
    shown: dict[str, list[tuple[float, float]]] = {}
    for talk in talks.each:
        if talk.where != "to all":
            for flow in talk.flows:
                shown.setdefault(flow.source, []).append((flow.first_seen, flow.last_seen))
    spans: list[tuple[float, float]] = []
    clean: list[tuple[float, float]] = []
    spoiled: list[str] = []
    doubts: list[str] = []
    kinds: set[str] = set()
    one_way: set[str] = set()
    doubted: dict[str, frozenset[str]] = {}
    for source, moments in sorted(shown.items()):
        watch = every.get(source)
        if watch is None:
            continue
        kinds.add(watch.kind)
        doubted[source] = frozenset((*watch.doubts, *(["sampled"] if watch.sampled > 1 else [])))
        if "one_direction" in watch.doubts:
            one_way.add(source)
        mine = watch.spans or ((min(m[0] for m in moments), max(m[1] for m in moments)),)
        spans += mine
        doubts += (f"{watch.name}: {said.rstrip('.')}." for said in watch.doubts.values())
        if watch.sampled > 1 and "sampled" not in watch.doubts:
            doubts.append(f"{watch.name}: one of {watch.sampled:,} packets was counted.")
        elsewhere = watch.hub and watch.hub not in addresses
        if elsewhere:
            where = watch.hub.removeprefix("ip:")
            doubts.append(f"{watch.name}: every conversation in it is one of {where}, so it may have been made there.")
            spoiled.append(f"it may have been watched at {where} alone")
        spoiled += watch.spoiled
        if not watch.spoiled and not elsewhere:
            clean += mine
    for source in sorted(set(heard) - shown.keys()):
        if (watch := every.get(source)) and watch.kind == "log":
            doubts += (f"{watch.name}: {said.rstrip('.')}." for said in watch.doubts.values())
    return Watching(
        spans=joined(spans, SEAM),
        clean=joined(clean, SEAM),
        kinds=frozenset(kinds),
        spoiled=tuple(dict.fromkeys(spoiled)),
        doubts=tuple(dict.fromkeys(doubts)),
        one_way=frozenset(one_way),
        doubted=doubted,
    )


def joined(spans: Iterable[tuple[float, float]], seam: float = 0.0) -> tuple[tuple[float, float], ...]:
    """The same time, no part of it twice, in order; what no calendar holds, or ends before it begins, is left out.

    Args:
        spans: begin and end, seconds since 1970 UTC.
        seam: seconds between two stretches that are one all the same.
    """
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(span for span in spans if span[0] <= span[1] and all(map(day_of, span))):
        if merged and begin <= merged[-1][1] + seam:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)


def gaps(spans: Sequence[tuple[float, float]]) -> str:
    """The gaps between stretches in words: "1 gap of 12 minutes"; empty: none."""
    lengths = [later[0] - earlier[1] for earlier, later in pairwise(spans)]
    if not lengths:
        return ""
    longest = duration(max(lengths))
    return f"1 gap of {longest}" if len(lengths) == 1 else f"{how_many(len(lengths), 'gap')}, the longest {longest}"


def length_of(spans: Sequence[tuple[float, float]], kinds: Iterable[str], *, complete: bool) -> str:
    """How long, of what: "26 hours of complete capture"."""
    seconds = sum(end - begin for begin, end in spans)
    words = sorted({"capture" if kind in ("capture", "live") else "logs" for kind in kinds})
    return f"{duration(seconds)} of {'complete ' if complete else ''}{' and '.join(words) or 'watching'}"


def too_short(seconds: float) -> str:
    """What so short a time cannot show; empty where it is a day or more."""
    return "" if seconds >= DAY else "What happens once a day would not be seen in this time."
