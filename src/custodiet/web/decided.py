"""What people decided about devices and have to do to them, looked up for a whole list.

These are few beside the devices, and change at any time, so no column holds them: which devices have one is looked up
where a list is narrowed by that, and what it is together with the rows of the devices that are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import msgspec
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from custodiet.model import ActionKind
from custodiet.report import words
from custodiet.web.dates import today
from custodiet.web.labels import ACTIONS, DECISIONS
from custodiet.web.people import Kind
from custodiet.web.store.models import Device, Note, Work

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from custodiet.web.estate import Estate


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that stands, or an action that is open."""

    what: str
    """``decision`` or ``action``."""
    kind: str
    """A word of `people.Kind`, or of `model.ActionKind`."""
    value: str
    """The maker, where that was decided; who answers for the action."""
    until: str
    """ISO 8601 date until which the decision holds, or by which the action is due; empty: none is said."""


def decided(estate: Estate, total: int) -> bytes:
    """The devices of a body that have a decision or an open action, as a selection of its columns.

    Args:
        estate: whose.
        total: how many devices its columns hold.
    """
    some = _decisions(estate).values("device").union(_open(estate).values("asset"))
    found = bytearray(total)
    for place in estate.devices().filter(id__in=some).values_list("place", flat=True):
        if place <= total:
            found[place - 1] = 255
    return bytes(found)


def with_tags(estate: Estate, devices: QuerySet[Device]) -> QuerySet[Device]:
    """Devices with what was decided of them and is to be done, in the same question to the tables; see `tags_of`."""
    said = _decisions(estate).filter(device=OuterRef("id")).order_by("-number")
    to_do = _open(estate).filter(asset=OuterRef("id")).order_by("-number")
    found = {("decision", kind): (said.filter(kind=kind), "value", "until") for kind in get_args(Kind)}
    found |= {("action", kind): (to_do.filter(kind=kind), "owner", "due") for kind in get_args(ActionKind)}
    return devices.annotate(
        **{
            _column(*name): Subquery(rows.values(tag=JSONObject(value=value, until=until))[:1])
            for name, (rows, value, until) in found.items()
        }
    )


def tags_of(row: Any) -> tuple[Tag, ...]:
    """The decisions and then the open actions of a row of `with_tags`, the latest of each kind."""
    return tuple(
        Tag(what=what, kind=kind, value=told["value"] if kind != "apart" else "", until=told["until"])
        for what, kinds in (("decision", Kind), ("action", ActionKind))
        for kind in get_args(kinds)
        if (told := getattr(row, _column(what, kind)))
    )


def _column(what: str, kind: str) -> str:
    return f"{what}_{kind.replace('-', '_')}"


def _decisions(estate: Estate) -> QuerySet[Note]:
    """Those that stand and still hold."""
    standing = estate.rows(Note).filter(withdrawn=None).exclude(kind="note")
    return standing.exclude(until__gt="", until__lt=today().isoformat())


def _open(estate: Estate) -> QuerySet[Work]:
    return estate.rows(Work).filter(state="open")


def told(tag: Tag) -> str:
    """A decision or an action for people; what they wrote in it is shown as text of theirs."""
    name = str(DECISIONS[tag.kind][0] if tag.what == "decision" else ACTIONS[tag.kind])
    if tag.value and tag.what == "decision":
        name = f"{name} {tag.value}"
    if tag.until:
        shape = _("{what}, up to and including {day}") if tag.what == "decision" else _("{what}, due {day}")
        name = shape.format(what=name, day=words.day(tag.until))
    return name if tag.what == "decision" or not tag.value else f"{name} ({tag.value})"
