"""What is to be done about devices: by whom, when, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model import Action, ActionKind, ActionState
from custodiet.web import log
from custodiet.web.burndown import Burndown, burndown_of
from custodiet.web.dates import day, today
from custodiet.web.lists import Paging, page_of, table
from custodiet.web.page import RECORDED, Asked, Deed, File, Nothing, Page
from custodiet.web.people import ToDo, owners, to_do
from custodiet.web.rights import Right
from custodiet.web.store.models import Work
from custodiet.web.written import Remark

if TYPE_CHECKING:
    from django.db.models import QuerySet

Word = Annotated[str, msgspec.Meta(max_length=254)]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which actions."""

    owner: Word = ""
    """Address of who answers for it; ``nobody``: nobody yet."""
    state: Word = "open"
    """``open``, ``done``, ``dropped``, or ``all``."""
    kind: Word = ""
    due: Word = ""
    """ISO 8601 date by which they are due."""
    page: int = 1


class WorkList(msgspec.Struct, frozen=True, kw_only=True):
    """Actions, those due first in front, and how many sites are left."""

    today: str
    """ISO 8601 date: what is due before it and still open is late."""
    owners: tuple[str, ...]
    """Addresses of people who may answer for one."""
    paging: Paging
    rows: tuple[ToDo, ...]
    burndown: Burndown


def _found(asked: Asked[Question]) -> QuerySet[Work]:
    query, found = asked.query, asked.estate.rows(Work)
    if query.owner:
        found = found.filter(owner="" if query.owner == "nobody" else query.owner.strip().lower())
    if query.state != "all":
        found = found.filter(state=query.state)
    if query.kind:
        found = found.filter(kind=query.kind)
    if last := day(query.due):
        found = found.filter(due__lte=last.isoformat()).exclude(due="")
    return found.order_by("due", "number")


def fetch(asked: Asked[Question]) -> WorkList:
    """The actions that fit."""
    rows, paging = page_of(_found(asked), asked.query.page)
    return WorkList(
        today=today().isoformat(),
        owners=owners(asked.estate),
        paging=paging,
        rows=tuple(map(to_do, rows)),
        burndown=burndown_of(asked.estate),
    )


def as_csv(asked: Asked[Question]) -> File:
    """All actions that fit, as a table."""
    found, names = _found(asked), Action.__struct_fields__

    def rows() -> Iterator[list[object]]:
        for row in found.iterator(2000):
            yield [row.number, row.label, *(getattr(row, name) for name in names), row.who, row.at.isoformat()]

    return table("work", ("number", "label", *names, "set_by", "set_at"), rows)


class One(msgspec.Struct, frozen=True, kw_only=True):
    """One action, to be changed."""

    work: ToDo
    owners: tuple[str, ...]


def _row(asked: Asked[Nothing] | Asked[Changed]) -> Work:
    row = asked.estate.rows(Work).filter(number=asked.path["number"]).first()
    if row is None:
        raise Http404
    return row


def one(asked: Asked[Nothing]) -> One:
    """By the number in the address."""
    return One(work=to_do(_row(asked)), owners=owners(asked.estate))


class New(msgspec.Struct, frozen=True, kw_only=True):
    """A new action."""

    kind: ActionKind
    owner: Word = ""
    due: Word = ""
    """ISO 8601 date."""
    evidence: Remark = ""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """An action as it is to be."""

    state: ActionState
    owner: Word = ""
    due: Word = ""
    evidence: Remark = ""


def _checked(asked: Asked[New] | Asked[Changed], kind: str, state: str) -> tuple[str, str, str]:
    """Owner, due date and evidence, or a refusal that says what is wrong with them."""
    told = asked.query
    owner, due, evidence = told.owner.strip().lower(), day(told.due), told.evidence
    if owner and owner not in owners(asked.estate):
        step = "Choose somebody who has a role in this body."
        raise UsageError("nobody here has that address", place=owner, next_step=step)
    if kind == "accept" and not asked.may(Right.DECIDE):
        raise UsageError("to accept a device is a decision", next_step="Ask somebody who may decide.")
    if state != "open" and not evidence:
        step = "Write what shows that it was done, or why it is not going to be."
        raise UsageError("an action ends with its evidence", next_step=step)
    return owner, due.isoformat() if due else "", evidence


def add(asked: Asked[New]) -> str:
    """Set an action on a device."""
    told, device = asked.query, asked.path["device"]
    owner, due, evidence = _checked(asked, told.kind, "open")
    if due and due < today().isoformat():  # a day that went by later may stand: it is overdue, and can be changed
        raise UsageError(_("that day has passed"), place=due, next_step=_("Choose a day to come, or none."))
    label = asked.estate.devices().filter(id=device).values_list("label", flat=True).first()
    if label is None:
        raise Http404
    action = Action(asset=device, kind=told.kind, owner=owner, due=due, evidence=evidence)
    fields = msgspec.structs.asdict(action)
    Work.objects.create(body=asked.estate.row, label=label, who=asked.person.email, at=datetime.now(UTC), **fields)
    log.write(who=asked.person.email, what="action set", body=asked.estate.id, about=device, said=action)
    return f"/b/{asked.estate.id}/devices/{device}/#people"


def change(asked: Asked[Changed]) -> str:
    """Change an action; what it was stands in the log."""
    row = _row(asked)
    before = to_do(row).action
    owner, due, evidence = _checked(asked, row.kind, asked.query.state)
    after = msgspec.structs.replace(before, state=asked.query.state, owner=owner, due=due, evidence=evidence)
    said = {"before": before, "after": after}
    log.write(who=asked.person.email, what="action changed", body=asked.estate.id, about=row.asset, said=said)
    for name, value in msgspec.structs.asdict(after).items():
        setattr(row, name, value)
    row.save()
    return f"/b/{asked.estate.id}/work/"


LIST = Page(
    name="work",
    path="work/",
    says="What is to be done about devices: by whom, when, and how far it is.",
    query=Question,
    data=WorkList,
    fetch=fetch,
    template="work.html",
    files={"csv": as_csv},
)
ONE = Page(
    name="action",
    path="work/<int:number>/",
    says="One action.",
    query=Nothing,
    data=One,
    fetch=one,
    template="action.html",
)
ADD = Deed(
    name="set-action",
    path="devices/<str:device>/action/",
    says="Sets an action on a device.",
    right=Right.EDIT,
    form=New,
    do=add,
    done=RECORDED,
)
CHANGE = Deed(
    name="change-action",
    path="work/<int:number>/change/",
    says="Changes an action.",
    right=Right.EDIT,
    form=Changed,
    do=change,
    done=RECORDED,
)
