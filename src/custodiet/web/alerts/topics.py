"""What there is to hear of a body, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from custodiet.web.rights import Right

Event: TypeAlias = Literal["publication", "day", "job", "test"]
"""Results were put in; a morning; work that went wrong; somebody tries a webhook."""

TOPICS: dict[str, Right] = {
    "not-satisfied": Right.SEE,
    "unregistered": Right.SEE,
    "gone": Right.SEE,
    "unseen": Right.SEE,
    "own-work": Right.SEE,
    "work": Right.SEE,
    "deadline": Right.SEE,
    "failed": Right.EDIT,
    "chain": Right.AUDIT,
}
"""Topic -> the right that whoever hears of it has to have in the body."""

TO_PROGRAMS = tuple(topic for topic in TOPICS if topic != "own-work")
"""What a webhook can be told; it has no work of its own."""

UNSEEN = 30
"""Days after which a device counts as not seen."""
SOON = 7
"""Days before work is due."""
BEFORE = (30, 7)
"""Days before a day of the law."""


class Named(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A device, or an action on one."""

    id: str
    """Of the asset."""
    label: str
    """Of the device, as it was then."""
    site: str = ""
    """Id of its site; empty: not known."""
    maker: str = ""
    """Id of the company that made it, as concluded; empty: not known."""
    model: str = ""
    kind: str = ""
    """Of the action."""
    due: str = ""
    """ISO 8601 date by which the action is due."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told on one topic."""

    topic: str
    count: int = 0
    """Devices or actions."""
    others: bool = False
    """Whether those that the reader answers for are told apart, and not here."""
    late: int = 0
    """Of these, actions whose day has passed."""
    first: tuple[Named, ...] = ()
    """At most `FIRST` of them."""
    day: str = ""
    """ISO 8601 date of the law."""
    directives: tuple[str, ...] = ()
    """Ids of those that set it."""
    left: int = 0
    """Days until then; less than 0: it has passed."""
    job: int = 0
    """Number of the job that went wrong, as the body counts them."""
    kind: str = ""
    """What it was to do."""
    reason: str = ""
    """What went wrong."""
    next_step: str = ""
    """What can be done about it."""
    row: int = 0
    """Number of the first row of the log that is not what was written."""


def stored(parts: Iterable[Part]) -> str:
    """Parts as a row holds them."""
    return msgspec.json.encode(tuple(parts)).decode()


def parts_of(text: str) -> tuple[Part, ...]:
    """What a row holds."""
    return msgspec.json.decode(text, type=tuple[Part, ...]) if text else ()


def chosen(text: str) -> frozenset[str]:
    """The topics that somebody chose."""
    return frozenset(text.split()) & TOPICS.keys()


def once(own: Iterable[Part], parts: Iterable[Part]) -> list[Part]:
    """What one person hears: an action that they answer for stands among theirs, and not again among all."""
    told = list(own)
    mine = next((part for part in told if part.topic == "own-work"), None)
    for part in parts:
        if part.topic == "work" and mine is not None:
            first = tuple(one for one in part.first if one not in mine.first)
            left = {"count": part.count - mine.count, "late": part.late - mine.late}
            part = msgspec.structs.replace(part, others=True, first=first, **left)
            if part.count <= 0:
                continue
        told.append(part)
    return told


def kept(topics: Iterable[str]) -> str:
    """Topics as a row holds them."""
    wanted = set(topics)
    return " ".join(topic for topic in TOPICS if topic in wanted)
