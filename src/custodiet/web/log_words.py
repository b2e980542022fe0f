"""Rows of the log in words: what they are about, what changed, and which rows fit what a person types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _

from custodiet.web.knowledge import known_of
from custodiet.web.store.models import Known

if TYPE_CHECKING:
    from custodiet.web.estate import Estate

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
    if about.isdecimal() and _JOB.match(what):
        told = _("Import {number}") if what.startswith("import ") else _("Judging anew, {number}")
        return told.format(number=about)
    return about


def pairs(said: str) -> list[tuple[str, str, str]]:
    """What changed: (name, what it was, what it is); where nothing is compared, it was empty.

    Args:
        said: as the log has it, JSON or empty.
    """
    if not said:
        return []
    told = msgspec.json.decode(said)
    match told:
        case {"before": dict() as before, "after": dict() as after} if len(told) == 2:
            names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
            return [(name, _plain(before.get(name)), _plain(after.get(name))) for name in names]
        case dict():
            return [(str(name), "", _plain(value)) for name, value in told.items() if not _is_said(name, value)]
        case [before, after]:
            return [("", _plain(before), _plain(after))]
    return [("", "", _plain(told))]


def _is_said(name: str, value: Any) -> bool:
    return value in (None, "") or name == "asset"  # what the row is about


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(map(_plain, value))
        case dict():
            return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    return str(value)


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
