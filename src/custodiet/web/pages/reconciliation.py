"""Register, network and purchases side by side: where they agree, where not, and what somebody said to that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.db.models import Count
from django.http import Http404

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.generation import locked
from custodiet.web.lists import Paging, page_of, table
from custodiet.web.page import Asked, Deed, File, Page
from custodiet.web.progress import standings_of
from custodiet.web.rights import Right
from custodiet.web.standing import WORDS, Word
from custodiet.web.stated import Purchase
from custodiet.web.store.models import Published, Settled, Standing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from custodiet.web.estate import Estate

KINDS = ("surveillance", "unknown", "silent", "other")
Kind = Literal["surveillance", "unknown", "silent", "other"]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows."""

    kind: Kind = "surveillance"
    """Of devices: a printer on the network is in no register of cameras."""
    standing: Word | None = None
    """None: the first that has rows to look at."""
    site: Annotated[str, msgspec.Meta(max_length=254)] = ""
    page: int = 1


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row is in order as it stands."""

    why: str
    who: str
    at: datetime


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A device, and what each of the three says of it."""

    device: str
    label: str
    """Short name for people: address, host name or row."""
    described: str
    """How a register describes it, or what was bought; empty: neither says."""
    standing: str
    site: str
    registered: str
    """What the register says that it is."""
    seen: str
    """What the network says that it is."""
    bought: bool
    """Whether a purchase record knows it."""
    purchases: tuple[Purchase, ...]
    """What of it was bought, line by line."""
    found: str
    """Hash of what there is to settle."""
    settled: Because | None
    """What somebody said to it; none: nobody did since it last changed."""


class HowMany(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of one standing there are."""

    open: int
    settled: int


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """A page of rows."""

    kind: str
    standing: str
    counts: dict[str, HowMany]
    """Standing -> rows of this kind of device."""
    kinds: dict[str, int]
    """Kind of device -> rows that nobody settled, of all standings together."""
    sites: dict[str, str]
    """Sites to choose from, by id."""
    sources: dict[str, str]
    """Names of the sources of purchases, by id."""
    paging: Paging
    rows: tuple[Row, ...]


def _counts(estate: Estate, site: str, last: Published | None) -> dict[str, dict[str, HowMany]]:
    """Kind of device -> standing -> how many, as they were counted when they were put in, and those settled by now."""
    everything: dict[str, Counter[str]] = standings_of(last, site) if last else {}
    found = estate.rows(Standing).filter(settled=True)
    told = (found.filter(site=site) if site else found).order_by().values_list("kind", "standing")
    settled = {(kind, word): number for kind, word, number in told.annotate(number=Count("place"))}
    return {
        kind: {
            word: HowMany(
                open=everything.get(kind, Counter())[word] - settled.get((kind, word), 0),
                settled=settled.get((kind, word), 0),
            )
            for word in WORDS
        }
        for kind in KINDS
    }


def _last(estate: Estate) -> Published | None:
    return estate.rows(Published).order_by("-number").first()


def standing_now(estate: Estate, last: Published | None) -> dict[str, HowMany]:
    """Standing -> how many surveillance devices have it.

    Args:
        estate: the body.
        last: how many there were when it was last published; none: never.
    """
    return _counts(estate, "", last)["surveillance"]


def _chosen(asked: Asked[Question], counts: dict[str, HowMany]) -> str:
    """The standing that is asked for; without one, the first that has rows to look at."""
    return asked.query.standing or next((word for word in WORDS if counts[word].open), "match")


def _found(asked: Asked[Question], standing: str) -> QuerySet[Standing]:
    query, estate = asked.query, asked.estate
    found = estate.rows(Standing).filter(kind=query.kind, standing=standing, settled=False)
    return (found.filter(site=query.site) if query.site else found).order_by("place")


def _told(estate: Estate, rows: list[Standing]) -> Iterator[Row]:
    done = [row.found for row in rows if row.settled]
    said = {one.found: one for one in estate.rows(Settled).filter(found__in=done)} if done else {}
    names = [name for name in Row.__struct_fields__ if name not in ("settled", "purchases")]
    for row in rows:
        one = said.get(row.found)
        because = Because(why=one.why, who=one.who, at=one.at) if one else None
        yield Row(settled=because, purchases=_bought(row), **{name: getattr(row, name) for name in names})


def _bought(row: Standing) -> tuple[Purchase, ...]:
    return msgspec.json.decode(row.purchases, type=tuple[Purchase, ...]) if row.purchases else ()


def fetch(asked: Asked[Question]) -> Reconciliation:
    """The rows that fit, the devices that are worst judged first."""
    estate, kind = asked.estate, asked.query.kind
    counts = _counts(estate, asked.query.site, _last(estate))
    standing = _chosen(asked, counts[kind])
    rows, paging = page_of(_found(asked, standing), asked.query.page)
    head = estate.assessment()
    return Reconciliation(
        kind=kind,
        standing=standing,
        counts=counts[kind],
        kinds={kind: sum(one.open for one in told.values()) for kind, told in counts.items()},
        sources={source.id: PurePath(source.name).name for source in head.sources if source.kind == "purchase_record"}
        if head
        else {},
        sites={site.id: site.name for site in head.body.sites} if head and head.body else {},
        paging=paging,
        rows=tuple(_told(estate, rows)),
    )


_SAID = ("device", "label", "described", "standing", "site", "registered", "seen")
_LINE = {"bought": "what", "how_many": "quantity", "bought_on": "on", "bought_from": "supplier", "order": "record"}
"""Heading -> field of a purchase; several lines of one device stand behind each other."""


def as_csv(asked: Asked[Question]) -> File:
    """All rows that fit, as a table."""
    standing = _chosen(asked, _counts(asked.estate, asked.query.site, _last(asked.estate))[asked.query.kind])
    found = _found(asked, standing)

    def rows() -> Iterator[list[object]]:
        for row in found.iterator(2000):
            lines = _bought(row)
            of_lines = ("; ".join(str(getattr(one, name) or "") for one in lines) for name in _LINE.values())
            yield [*(getattr(row, name) for name in _SAID), *of_lines]

    return table("reconciliation", (*_SAID, *_LINE), rows)


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the list."""

    page: int = 1


class AllSettled(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that somebody settled and that did not change since."""

    paging: Paging
    rows: tuple[Row, ...]


def all_settled(asked: Asked[Pages]) -> AllSettled:
    """Of every kind and standing, the devices that are worst judged first."""
    found = asked.estate.rows(Standing).filter(settled=True).order_by("place")
    rows, paging = page_of(found, asked.query.page)
    return AllSettled(paging=paging, rows=tuple(_told(asked.estate, rows)))


class Settling(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row is in order."""

    found: Annotated[str, msgspec.Meta(max_length=64)]
    """Hash of what was seen when it was settled."""
    reason: Text


def _row(asked: Asked[Settling]) -> Standing:
    row = asked.estate.rows(Standing).filter(device=asked.path["device"]).first()
    if row is None:
        raise Http404
    if row.found != asked.query.found:  # it was concluded anew, and came out otherwise
        step = "Load the page again and look at what stands there now."
        raise UsageError("what there is to settle changed meanwhile", next_step=step)
    return row


def _back(asked: Asked[Settling], row: Standing) -> str:
    return f"/b/{asked.estate.id}/reconciliation/?kind={row.kind}&standing={row.standing}"


def settle(asked: Asked[Settling]) -> str:
    """Settle a row; it folds away until the device changes."""
    row, why = _row(asked), asked.query.reason.strip()
    said = {"standing": row.standing, "registered": row.registered, "seen": row.seen}
    _is(asked, row, settled=True)
    log.write(who=asked.person.email, what="row settled", body=asked.estate.id, about=row.device, said=said, why=why)
    Settled.objects.create(
        body=asked.estate.row,
        device=row.device,
        standing=row.standing,
        found=row.found,
        why=why,
        who=asked.person.email,
        at=datetime.now(UTC),
    )
    return _back(asked, row)


def reopen(asked: Asked[Settling]) -> str:
    """Open a settled row again; who settled it and why stays in the log."""
    row, why = _row(asked), asked.query.reason.strip()
    _is(asked, row, settled=False)
    log.write(who=asked.person.email, what="row opened again", body=asked.estate.id, about=row.device, why=why)
    return f"/b/{asked.estate.id}/settled/"


def _is(asked: Asked[Settling], row: Standing, *, settled: bool) -> None:
    asked.estate.rows(Settled).filter(found=row.found).delete()
    # what is being put in meanwhile, and is not to be seen yet, has the same thing to settle
    locked(asked.estate.id)
    Standing.everything.filter(body=asked.estate.row, device=row.device, found=row.found).update(settled=settled)


PAGE = Page(
    name="reconciliation",
    path="reconciliation/",
    says="Register, network and purchases side by side, and where they do not agree.",
    query=Question,
    data=Reconciliation,
    fetch=fetch,
    template="reconciliation.html",
    files={"csv": as_csv},
)
SETTLED = Page(
    name="settled",
    path="settled/",
    says="What somebody said to be in order where register, network and purchases do not agree.",
    query=Pages,
    data=AllSettled,
    fetch=all_settled,
    template="settled.html",
)
SETTLE = Deed(
    name="settle-row",
    path="reconciliation/<str:device>/settle/",
    says="Says why a device is in order where register, network and purchases do not agree.",
    right=Right.EDIT,
    form=Settling,
    do=settle,
)
REOPEN = Deed(
    name="reopen-row",
    path="reconciliation/<str:device>/open/",
    says="Opens a settled row again.",
    right=Right.EDIT,
    form=Settling,
    do=reopen,
)
