"""What people said and decided about a device, and what is to be done about it; the machine's own words are elsewhere.

Nothing of this changes what was concluded. It stands beside it, with who, when and why.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from custodiet.model import Action, Entry
from custodiet.report import recorded
from custodiet.web.dates import today
from custodiet.web.estate import Estate
from custodiet.web.places_in_view import Views, views_of
from custodiet.web.progress import earliest
from custodiet.web.store.models import Membership, Note, Work

Kind = Literal["not-ours", "accepted", "made-by", "apart"]

MOST = 200
"""Notes and actions of one device that are shown, the latest first."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A note, or a decision."""

    number: int
    kind: str
    """``note``, or a word of `Kind`."""
    value: str
    """The maker, or the two subjects that are not one device."""
    until: str
    """ISO 8601 date until which it holds; empty: no end."""
    text: str
    """The note, or the reason."""
    who: str
    at: datetime
    withdrawn: datetime | None
    """When it was taken back; none: it stands."""
    withdrawn_by: str
    withdrawn_why: str

    @property
    def ended(self) -> bool:
        """Whether the day until which it held has passed."""
        return bool(self.until) and self.until < today().isoformat()


class ToDo(msgspec.Struct, frozen=True, kw_only=True):
    """An action on a device, with who set it and when."""

    number: int
    label: str
    """Of the device, as it was then."""
    action: Action
    who: str
    at: datetime


class People(msgspec.Struct, frozen=True, kw_only=True):
    """What people said, decided and set about a device."""

    said: tuple[Said, ...]
    """Notes and decisions, the latest first."""
    work: tuple[ToDo, ...]
    """Actions, the latest first."""
    owners: tuple[str, ...]
    """Addresses of people who may answer for one; none for whoever may not set one."""
    due: str
    """The first day by which a directive wants something done: proposed for a new action; empty: none says one."""
    passed: bool
    """Whether that day has passed, so that it is not proposed."""
    views: Views
    """What it looks at."""
    subjects: dict[str, str]
    """Subjects that were put together as this device -> their names for people."""

    @property
    def open(self) -> list[ToDo]:
        """The actions that are still to be done."""
        return [one for one in self.work if one.action.state == "open"]

    @property
    def decided(self) -> list[Said]:
        """The decisions that stand and still hold."""
        return [one for one in self.said if one.kind != "note" and one.withdrawn is None and not one.ended]


def people_of(estate: Estate, entry: Entry, *, setting: bool) -> People:
    """What people said, decided and set about a device of a body.

    Args:
        estate: the body.
        entry: the device.
        setting: whether whoever asks may set what is to be done, and so is told who could answer for it.
    """
    names = _sources(estate)
    due = earliest(entry.findings)
    return People(
        said=said_of(estate, entry.asset.id),
        work=work_of(estate, entry.asset.id),
        owners=owners(estate) if setting else (),
        due=due,
        passed=bool(due) and due < today().isoformat(),
        views=views_of(estate, entry.asset),
        subjects={subject: _named(subject, names) for subject in entry.asset.subjects[:MOST]},
    )


def _sources(estate: Estate) -> dict[str, str]:
    """Id of a source -> its name."""
    head = estate.assessment()
    return {source.id: source.name for source in head.sources} if head else {}


def _named(subject: str, sources: dict[str, str]) -> str:
    """A subject for people."""
    source, _, key = subject.partition("/")
    return f"{sources.get(source, source)}: {key}"


def recorded_of(estate: Estate) -> recorded.Kept:
    """The decisions that stand and still hold, and the actions that are open, of all devices of a body."""
    sources = _sources(estate)
    decided: dict[str, list[recorded.Decided]] = {}
    tasks: dict[str, list[recorded.ToDo]] = {}
    standing = estate.rows(Note).filter(withdrawn=None).exclude(kind="note")
    standing = standing.exclude(until__gt="", until__lt=today().isoformat())
    for note in standing.order_by("-number").iterator():
        one = recorded.Decided(
            kind=note.kind,
            value=" | ".join(_named(side, sources) for side in note.value.split(" | "))
            if note.kind == "apart"
            else note.value,
            why=note.text,
            who=note.who,
            on=note.at.date().isoformat(),
            until=note.until,
        )
        decided.setdefault(note.device, []).append(one)
    for row in sorted(estate.rows(Work).filter(state="open"), key=lambda row: (not row.due, row.due, row.number)):
        task = recorded.ToDo(action=action_of(row), who=row.who, on=row.at.date().isoformat())
        tasks.setdefault(row.asset, []).append(task)
    return {
        device: recorded.Recorded(decided=tuple(decided.get(device, ())), to_do=tuple(tasks.get(device, ())))
        for device in {**decided, **tasks}
    }


def said_of(estate: Estate, device: str) -> tuple[Said, ...]:
    """Notes and decisions on a device, the latest first."""
    names = Said.__struct_fields__
    rows = estate.rows(Note).filter(device=device).order_by("-number")[:MOST]
    return tuple(Said(**{name: getattr(row, name) for name in names}) for row in rows)


def work_of(estate: Estate, device: str) -> tuple[ToDo, ...]:
    """Actions on a device, the latest first."""
    return tuple(map(to_do, estate.rows(Work).filter(asset=device).order_by("-number")[:MOST]))


def to_do(row: Work) -> ToDo:
    """An action as it stands in its row."""
    return ToDo(number=row.number, label=row.label, action=action_of(row), who=row.who, at=row.at)


def action_of(row: Work) -> Action:
    """What is to be done, without who set it."""
    return Action(**{name: getattr(row, name) for name in Action.__struct_fields__})


def owners(estate: Estate) -> tuple[str, ...]:
    """Addresses of the people who have a role in a body."""
    mine = estate.rows(Membership).filter(person__is_active=True)
    return tuple(mine.order_by("person__email").values_list("person__email", flat=True)[:1000])
