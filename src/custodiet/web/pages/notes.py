"""What people say and decide about one device, with who, when and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import msgspec
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model import Entry
from custodiet.web import log
from custodiet.web.dates import day, today
from custodiet.web.generation import locked
from custodiet.web.page import RECORDED, Asked, Deed
from custodiet.web.people import Kind
from custodiet.web.rights import Right
from custodiet.web.store.models import Decided, Note
from custodiet.web.written import Reason

Short = Annotated[str, msgspec.Meta(max_length=400)]


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A note."""

    text: Reason


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with its reason."""

    kind: Kind
    reason: Reason
    maker: Short = ""
    """Who made it, where that is decided."""
    until: Short = ""
    """ISO 8601 date until which it holds; empty: no end."""
    left: Short = ""
    right: Short = ""
    """The two subjects that are not one device, where that is decided."""


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """Which note or decision is taken back, and why."""

    number: int
    reason: Reason


OfDevice: TypeAlias = Asked[Noted] | Asked[Decision] | Asked[Withdrawn]
"""Whatever is asked of one device."""


def _log(asked: OfDevice, what: str, said: object = None, why: str = "") -> None:
    about = asked.path["device"]
    log.write(who=asked.person.email, what=what, body=asked.estate.id, about=about, said=said, why=why)


def _entry(asked: OfDevice) -> Entry:
    entry = asked.estate.entry(asked.path["device"])
    if entry is None:
        raise Http404
    return entry


def _back(asked: OfDevice) -> str:
    return f"/b/{asked.estate.id}/devices/{asked.path['device']}/#people"


def note(asked: Asked[Noted]) -> str:
    """Keep a note."""
    entry, text = _entry(asked), asked.query.text
    _keep(asked, entry, "note", text)
    _log(asked, "note kept", why=text)
    return _back(asked)


def decide(asked: Asked[Decision]) -> str:
    """Record a decision; two devices that are not one are told apart when it is next concluded."""
    entry, told = _entry(asked), asked.query
    value, reason = "", told.reason
    until = day(told.until)
    if until and until < today():
        raise UsageError(_("that day has passed"), place=told.until, next_step=_("Choose a day to come, or none."))
    if told.kind == "made-by":
        value = told.maker.strip()
        if not value:
            raise UsageError("nobody is named as the maker", next_step="Write who made it.")
    said = {"kind": told.kind, "value": value, "until": told.until}
    if told.kind == "apart":
        value = _apart(asked, entry, reason)
    _keep(asked, entry, told.kind, reason, value=value, until=until.isoformat() if until else "")
    _log(asked, "decision recorded", said, reason)
    return _back(asked)


def _apart(asked: Asked[Decision], entry: Entry, reason: str) -> str:
    left, right = asked.query.left, asked.query.right
    if left == right or not {left, right} <= set(entry.asset.subjects):
        step = "Choose two of those that were put together."
        raise UsageError("these are not two that were put together as this device", next_step=step)
    locked(asked.estate.id)  # so that the number below is given once
    rows = asked.estate.rows(Decided)
    if not rows.filter(kind="apart", left_side=left, right_side=right).exists():
        Decided.objects.create(
            body=asked.estate.row,
            number=(rows.aggregate(Max("number"))["number__max"] or 0) + 1,
            kind="apart",
            left_side=left,
            right_side=right,
            decided_by=asked.person.email,
            decided_on=datetime.now(UTC).date().isoformat(),
            reason=reason,
        )
    return f"{left} | {right}"


def _keep(
    asked: Asked[Noted] | Asked[Decision], entry: Entry, kind: str, text: str, value: str = "", until: str = ""
) -> None:
    Note.objects.create(
        body=asked.estate.row,
        device=entry.asset.id,
        kind=kind,
        value=value,
        until=until,
        text=text,
        who=asked.person.email,
        at=datetime.now(UTC),
    )


def withdraw(asked: Asked[Withdrawn]) -> str:
    """Take back a note or a decision; it stays in sight, with who took it back and why."""
    row = asked.estate.rows(Note).filter(device=asked.path["device"], number=asked.query.number).first()
    if row is None or row.withdrawn:
        raise UsageError("there is no such note or decision that stands", next_step="Load the page again.")
    if row.kind == "apart":
        step = "Bring in what shows that they are one; the sources are read together again."
        raise UsageError("two devices that were told apart are not put together by hand", next_step=step)
    row.withdrawn, row.withdrawn_by = datetime.now(UTC), asked.person.email
    row.withdrawn_why = asked.query.reason
    row.save()
    said = {"kind": row.kind, "value": row.value, "number": row.number}
    _log(asked, "decision withdrawn", said, row.withdrawn_why)
    return _back(asked)


NOTE = Deed(
    name="keep-note",
    path="devices/<str:device>/note/",
    says="Keeps a note on a device.",
    right=Right.EDIT,
    form=Noted,
    do=note,
    done=RECORDED,
)
DECIDE = Deed(
    name="decide-device",
    path="devices/<str:device>/decide/",
    says="Records a decision about a device, with its reason.",
    right=Right.DECIDE,
    form=Decision,
    do=decide,
    done=RECORDED,
)
WITHDRAW = Deed(
    name="withdraw-note",
    path="devices/<str:device>/withdraw/",
    says="Takes back a note or a decision on a device.",
    right=Right.DECIDE,
    form=Withdrawn,
    do=withdraw,
    done=RECORDED,
)
