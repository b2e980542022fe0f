"""What people decided about a device and set to be done, as a report shows it beside what was concluded.

A case holds none of this: it is kept where people work together. A report that is made there is given it; one that the
command line makes has nothing of it to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from custodiet.model import Action
from custodiet.report.speech import Words, ngettext, number

DECISIONS = Words(
    {
        "not-ours": "Not ours",
        "accepted": "Accepted",
        "made-by": "Made by",
        "apart": "Two devices are not one",
    }
)
"""Kind of decision -> for people."""

ACTIONS = Words(
    {
        "isolate": "Isolate",
        "disconnect": "Disconnect",
        "replace": "Replace",
        "remove": "Remove",
        "accept": "Have it accepted",
    }
)
"""Kind of action -> for people."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision that stands."""

    kind: str
    """A word of `DECISIONS`."""
    value: str
    """The maker, or the two that are not one device; empty: the kind says it all."""
    why: str
    who: str
    on: str
    """ISO 8601 date on which it was recorded."""
    until: str
    """ISO 8601 date until which it holds; empty: no end."""


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """An action that is still to be done."""

    action: Action
    who: str
    """Who set it."""
    on: str
    """ISO 8601 date on which it was set."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What people decided about one device and what is to be done about it."""

    decided: tuple[Decided, ...] = ()
    """The latest first."""
    to_do: tuple[ToDo, ...] = ()
    """What is due first in front."""


Kept: TypeAlias = Mapping[str, Recorded]
"""Id of a device -> what people recorded about it; a device about which nobody did is not there."""


def counted(kept: Kept) -> str:
    """On how many devices people decided, and how many actions are open, in a sentence; empty where there is none."""
    devices = sum(bool(one.decided) for one in kept.values())
    actions = sum(len(one.to_do) for one in kept.values())
    parts = []
    if devices:
        said = ngettext(
            "A decision is recorded about {number} device.", "Decisions are recorded about {number} devices.", devices
        )
        parts.append(said.format(number=number(devices)))
    if actions:
        said = ngettext("{number} action is open.", "{number} actions are open.", actions)
        parts.append(said.format(number=number(actions)))
    return " ".join(parts)
