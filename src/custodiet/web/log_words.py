"""Rows of the log in words: what they are about, what changed, and which rows fit what a person types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custodiet.web import log_fields as fields
from custodiet.web.knowledge import known_of
from custodiet.web.store.models import Known

if TYPE_CHECKING:
    from custodiet.web.estate import Estate
    from custodiet.web.knowledge import Known as KnownOf

PAGES = {
    "overview": gettext_lazy("Overview"),
    "devices": gettext_lazy("Devices"),
    "changes": gettext_lazy("Changes"),
    "history": gettext_lazy("History"),
    "reconciliation": gettext_lazy("Register and network"),
    "work": gettext_lazy("Work"),
    "import": gettext_lazy("Import"),
    "inventory": gettext_lazy("For inventory programs"),
    "action": gettext_lazy("Action"),
    "alerts": gettext_lazy("Alerts"),
    "body": gettext_lazy("Which body this is"),
    "imports": gettext_lazy("Imports"),
    "map": gettext_lazy("Map"),
    "members": gettext_lazy("Members"),
    "messages": gettext_lazy("Messages that were sent"),
    "not-seen": gettext_lazy("Not seen lately"),
    "settled": gettext_lazy("Everything that was settled"),
    "sites": gettext_lazy("Sites"),
    "sites-file": gettext_lazy("Sites file"),
    "tokens": gettext_lazy("Tokens"),
}
"""Page that is not of one device or site -> its name."""

RECENT = 20_000
"""Rows, the latest, of which a part of an address is looked for among those who did something."""

MOST = 200
"""Devices, and people, that a part of a name may stand for."""

LONG = 160
"""Letters from which on what changed is folded away."""

_JOB = re.compile(r"(?:import|again) ")
_NUMBERED = re.compile(r"\D+([0-9]{1,18})")


def subject(what: str, about: str) -> str:
    """What a row is about, where its id alone says nothing: ``4`` of an import is import 4."""
    if what in ("taken as a file", "looked at"):
        return str(PAGES.get(about, about))
    if about.isdecimal() and _JOB.match(what):
        told = _("Import {number}") if what.startswith("import ") else _("Judging anew, {number}")
        return told.format(number=about)
    return about


class Pair(NamedTuple):
    """One thing that changed, or was said."""

    name: str
    """Of the field, for people; empty: it has none."""
    known: bool
    """Whether that is a word; else it is the name in the program."""
    before: str
    """Empty where nothing is compared, or there was nothing."""
    after: str
    english: bool
    """Whether what was said is a program's, in English."""


def pairs(what: str, said: str, known: KnownOf) -> list[Pair]:
    """What changed, in words.

    Args:
        what: the word for the deed.
        said: as the log has it, JSON or empty.
        known: what is known of the body.
    """
    if not said:
        return []
    told = msgspec.json.decode(said)
    compared: dict[str, tuple[Any, Any]] = {}
    match told:
        case {"before": before, "after": after, **more}:
            before, after = before or {}, after or {}
            names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
            compared = {str(name): (None, value) for name, value in more.items()}
            compared |= {name: (before.get(name), after.get(name)) for name in names}
        case {"name": [_, _], "language": [_, _]} | {"role": [_, _]}:
            compared = {name: (before, after) for name, (before, after) in told.items() if before != after}
        case dict():
            compared = {name: (None, value) for name, value in told.items() if value not in (None, "")}
        case [before, after] if what == "alerts chosen":
            compared = {"topics": (before, after)}
    made = (
        Pair(
            name=fields.word(name),
            known=name in fields.FIELDS,
            before=fields.told(what, name, before, known),
            after=fields.told(what, name, after, known),
            english=name == "because",
        )
        for name, (before, after) in compared.items()
        if name not in fields.UNSAID
    )
    return [pair for pair in made if pair.before or pair.after]


def done_by(estate: Estate, part: str) -> Q:
    """Rows by whom this is the whole address, or a part of it and they did something among the `RECENT` rows."""
    part = part.strip().lower()
    recent = estate.log().order_by("-number").values_list("who", flat=True)[:RECENT]
    found = {who for who in set(recent) if part in who.lower()}
    return Q(who__in=[part, *sorted(found)[:MOST]])


def about(estate: Estate, text: str) -> Q:
    """Rows about what has this id, or this in the name by which it is shown."""
    text = text.strip()
    places = [id for id, site in known_of(estate).sites.items() if text.lower() in site.name.lower()]
    devices = estate.rows(Known).filter(label__icontains=text).order_by("device").values_list("device", flat=True)
    found = Q(about__in=[text, *places[:MOST], *devices[:MOST]])
    if (numbered := _NUMBERED.fullmatch(text)) and (number := numbered[1]):
        for kind in ("import ", "again "):
            if text.lower() == subject(kind, number).lower():
                found |= Q(about=number, what__startswith=kind)
    return found
