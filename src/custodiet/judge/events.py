"""When a device was bought, installed and seen, as far as its sources tell.

Most sentences of directives turn on the date of an event and not on the state of today. A written date is used as it
stands; where there is none, other dates bound it: what was seen on a day was there before it ended, what was bought on
a day was not installed earlier. Dates that contradict each other give no answer. A register is a statement by people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from custodiet.dates import Span, day_of, on_or_after, parse_date
from custodiet.judge.parts import NONE, Doubted, part_of
from custodiet.model import Answered, Asset, Observation
from custodiet.model.finding import Question

OR_ELSE = "; or, "
"""Stands between two ways to settle one question where each is told by itself."""

UNDATED = 0.7
"""Confidence that a device is there on the date judged when no source carries a date."""

# What registers write for a device that is no longer there, and for one that never hung; Dutch and English.
GONE = frozenset(
    {"removed", "decommissioned", "disposed", "scrapped", "retired", "verwijderd", "afgevoerd", "vervallen"}
)
STORED = frozenset({"in stock", "stock", "spare", "in storage", "not deployed", "op voorraad", "voorraad", "reserve"})

Happening = Literal["installed", "bought", "renewed", "imported", "authorised", "removed"]
"""What can befall a device on a day that sources write down."""

WRITTEN: dict[str, Happening] = {
    "register.installed_on": "installed",
    "register.bought_on": "bought",
    "register.renewed_on": "renewed",
    "register.imported_on": "imported",
    "register.authorised_on": "authorised",
    "register.removed_on": "removed",
}
"""Attribute -> what happened on the day it states."""

_PROOF: dict[Happening, str] = {
    "installed": "installer's report or delivery note",
    "bought": "order, invoice or delivery note",
    "renewed": "contract and its renewals",
    "imported": "customs declaration",
    "authorised": "grant of the authorisation",
    "removed": "removal record",
}


@dataclass(slots=True)
class Told:
    """Whether something holds, why, and on what it rests; ``missing`` says what would settle an open question."""

    holds: bool | None
    because: str
    evidence: tuple[str, ...] = ()
    confidence: float = 1.0
    missing: str = ""
    _kept: Answered | None = field(default=None, compare=False, repr=False)

    def answered(self, question: Question) -> Answered:
        """The form that is kept with a finding; made once, since many findings share an answer."""
        if self._kept is None or self._kept.question != question:
            self._kept = Answered(
                question=question,
                answer="unknown" if self.holds is None else "yes" if self.holds else "no",
                because=self.because,
                evidence=self.evidence,
                confidence=self.confidence,
            )
        return self._kept


@dataclass(frozen=True, slots=True)
class Sight:
    """The last day on which something answered at the address of a device, which need not be the device."""

    day: date
    by: str
    """The observation of that day."""
    other: bool
    """It names another maker; else nothing says what it is."""


@dataclass(frozen=True, slots=True)
class History:
    """The dated facts about one device."""

    days: dict[Happening, tuple[tuple[Span, str], ...]]
    """Days on which it may have happened, each with the observation that says so."""
    first_seen: date | None
    """The first day it was seen."""
    last_seen: date | None
    """The last day it was seen."""
    seen_by: tuple[str, ...]
    """Observations of those two days."""
    status: str
    """Its status in a register, folded."""
    status_by: tuple[str, ...]
    """The observation that says so."""
    undated: tuple[str, ...]
    """One observation that carries no time and no date: a source that still lists it."""
    address: Sight | None = None
    """The last sight of its address since it was seen itself, where that address alone is what was seen."""

    def on(self, what: Happening) -> tuple[tuple[Span, str], ...]:
        """The days written for one happening; empty where no source writes any."""
        return self.days.get(what, ())

    def not_made_after(self) -> date | None:
        """The last day on which it can have been produced, as far as known: it was bought, hung or seen by then."""
        days = [span.last for span, _ in (*self.on("bought"), *self.on("installed"))]
        return min([*days, *([self.first_seen] if self.first_seen else [])], default=None)


def history(asset: Asset, observations: Sequence[Observation], doubted: Doubted = NONE) -> History:
    """Gather the dated facts of one device from its observations; a date that is no date is passed over.

    Args:
        asset: the device.
        observations: all of its.
        doubted: the parts in which it was not seen, but its address.
    """
    found: dict[Happening, list[tuple[Span, str]]] = {}
    status = ""
    status_by: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    first, last = (None, None) if doubted else (asset.first_seen, asset.last_seen)
    first_by = last_by = ""
    answered: tuple[float, Observation] | None = None
    apart = doubted.parts
    for seen in observations:
        if what := WRITTEN.get(seen.attribute):
            try:
                found.setdefault(what, []).append((parse_date(seen.value.strip()[:10]), seen.id))
            except ValueError:
                continue
        elif seen.attribute == "register.status":
            status, status_by = " ".join(seen.value.casefold().split()), (seen.id,)
        if seen.first_seen is None:
            undated = undated if undated or part_of(seen) in apart else (seen.id,)
            continue
        ended = seen.first_seen if seen.last_seen is None else seen.last_seen
        if part_of(seen) in apart:
            answered = max(answered or (ended, seen), (ended, seen), key=lambda one: one[0])
            continue
        if first is None or seen.first_seen <= first:
            first, first_by = seen.first_seen, seen.id
        if last is None or ended >= last:
            last, last_by = ended, seen.id
    first_day = None if first is None else day_of(first)
    last_day = None if last is None else day_of(last)
    return History(
        days={what: tuple(days) for what, days in found.items()},
        first_seen=first_day,
        last_seen=last_day or first_day,
        seen_by=tuple(dict.fromkeys(by for by in (first_by, last_by) if by)),
        status=status,
        status_by=status_by,
        undated=undated,
        address=_sight(answered, last_day, doubted),
    )


def _sight(answered: tuple[float, Observation] | None, last: date | None, doubted: Doubted) -> Sight | None:
    """What was seen at its address on a later day than the device itself."""
    day = day_of(answered[0]) if answered else None
    if answered is None or day is None or (last and day <= last):
        return None
    return Sight(day, answered[1].id, part_of(answered[1]) in doubted.others)


def happened(past: History, event: Happening, start: Span, on: date) -> Told:
    """Whether this befell the device on the day `start` or later, and not after `on`."""
    written = past.on(event)
    by = tuple(id for _, id in written)
    seen = past.first_seen
    if event == "installed" and past.status in STORED and seen is None:
        return Told(False, f"the register says {past.status}: bought and not installed", past.status_by)
    sides = {on_or_after(span, start) for span, _ in written}
    days = " and ".join(dict.fromkeys(str(span) for span, _ in written))
    if written and min(span.first for span, _ in written) > on and (seen is None or seen > on):
        return Told(False, f"it was {event} on {days}, after the date judged", by)
    before_seen = event in ("installed", "bought", "imported", "authorised")
    if before_seen and sides == {True} and seen and seen < start.first:
        because = f"it is written that it was {event} on {days}, but it was seen on {seen}"
        return Told(None, because, (*by, *past.seen_by), 0.0, f"which is right: {event} on {days}, or seen on {seen}")
    if len(sides) == 1 and None not in sides:
        after = sides == {True}
        return Told(after, f"it was {event} on {days}, {'not before' if after else 'before'} {start}", by)
    if before_seen and seen and seen < start.first:
        return Told(False, f"it was seen on {seen}, so it was {event} before {start}", past.seen_by)
    other = past.on("bought") if event == "installed" else past.on("installed") if event == "bought" else ()
    other_by = tuple(id for _, id in other)
    other_days = " and ".join(dict.fromkeys(str(span) for span, _ in other))
    if other and event == "installed" and all(on_or_after(span, start) for span, _ in other):
        return Told(True, f"it was bought on {other_days}, so it was installed after that", other_by)
    if other and event == "bought" and all(on_or_after(span, start) is False for span, _ in other):
        return Told(False, f"it was installed on {other_days}, so it was bought before {start}", other_by)
    if written:
        because = f"that it was {event} on {days} does not tell whether that was before {start}"
    else:
        because = f"when it was {event} is not known" + (f"; it was first seen on {seen}" if seen else "")
    return Told(None, because, by or past.seen_by, 0.0, f"the date it was {event}: see the {_PROOF[event]}")


def there(past: History, on: date) -> Told:
    """Whether the device was in use on the date judged."""
    by = (*(id for _, id in past.on("installed")), *past.seen_by)
    seen = past.first_seen
    removed = [(span, id) for span, id in past.on("removed") if span.last <= on]
    if removed:
        return _removed(past, *removed[-1])
    if past.status in STORED and seen is None:
        return Told(False, f"the register says {past.status}: it is not in use", past.status_by)
    still = any(span.first > on for span, _ in past.on("removed"))  # on the date judged it had not gone yet
    if past.status in GONE and not still and (past.last_seen is None or past.last_seen < on):
        because = f"the register says {past.status}; nothing else shows that it is gone"
        return Told(None, because, past.status_by, 0.0, "whether it is gone: see the removal record, or look on site")
    begins = [span for span, _ in past.on("installed")]
    if seen and seen <= on:
        return Told(True, f"it was seen on {seen}" + _until(past), past.seen_by)
    if any(span.last <= on for span in begins):
        return Told(True, f"it was installed on {begins[0]}", by)
    if begins and all(span.first > on for span in begins):
        return Told(False, f"it was installed on {begins[0]}, after the date judged", by)
    if seen or begins:
        day = f"first seen on {seen}" if seen else f"installed on {begins[0]}"
        because = f"it was {day}; whether it was in use on {on} is not known"
        return Told(None, because, by, 0.0, "the date it was installed: see the installer's report or delivery note")
    none = "no source that names it carries a date" if past.address else "no source carries a date"
    return Told(True, f"{none}; it is taken to be in use", past.undated, UNDATED)


def _removed(past: History, span: Span, by: str) -> Told:
    """A written removal; a device that was seen afterwards contradicts it."""
    if past.last_seen and past.last_seen > span.last:
        missing = "whether it is gone: look on site"
        because = f"it is written that it was removed on {span}, but it was seen on {past.last_seen}"
        return Told(None, because, (by, *past.seen_by), 0.0, missing)
    if past.address and not past.address.other and past.address.day > span.last:
        because = f"it is written that it was removed on {span}, but its address was seen on {past.address.day}"
        return Told(None, because, (by, past.address.by), 0.0, "whether it is gone: look on site")
    return Told(False, f"it was removed on {span}", (by,))


def still_there(past: History, after: date) -> Told:
    """Whether the device was still in use after a deadline has passed: seen since then, or still listed."""
    removed = past.on("removed")
    if removed and not (past.last_seen and past.last_seen > removed[-1][0].last):
        return Told(False, f"it was removed on {removed[-1][0]}", (removed[-1][1],))
    if past.last_seen and past.last_seen > after:
        return Told(True, f"it was seen on {past.last_seen}, after {after}", past.seen_by)
    if past.undated:
        return Told(True, "a source without a date still lists it", past.undated, UNDATED)
    last = f"it was last seen on {past.last_seen}" if past.last_seen else "nothing shows it after the deadline"
    missing = f"whether it is still there after {after}: look on site, or see the removal record"
    if sight := past.address:
        now = "names another maker" if sight.other else "does not say what it is"
        because = f"{last}; since then only its address was seen, last on {sight.day}; what answers there {now}"
        return Told(None, because, (*past.seen_by, sight.by), 0.0, missing)
    return Told(None, f"{last}; whether it is still there is not known", past.seen_by, 0.0, missing)


def _until(past: History) -> str:
    return f" and last on {past.last_seen}" if past.last_seen and past.last_seen != past.first_seen else ""
