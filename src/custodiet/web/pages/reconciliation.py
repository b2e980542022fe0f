"""Register, network and purchases side by side: where they agree, where not, and what somebody said to that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.db.models import Count

from custodiet.web.lists import Paging, page_of, table
from custodiet.web.page import Asked, File, Page
from custodiet.web.progress import standings_of
from custodiet.web.standing import WORDS, Word
from custodiet.web.stated import Purchase
from custodiet.web.store.models import Published, Settled, Standing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from custodiet.model import Assessment
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
    was: Because | None
    """What somebody said to it before it changed, where nobody settled it since; none: nobody did."""


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


def told(estate: Estate, rows: list[Standing]) -> Iterator[Row]:
    """Rows of the table, with what people said to them."""
    every = estate.rows(Settled).filter(device__in=[row.device for row in rows]).order_by("number")
    said = {(one.device, one.found): Because(why=one.why, who=one.who, at=one.at) for one in every}
    last = {device: because for (device, _), because in said.items()}
    names = [name for name in Row.__struct_fields__ if name not in ("settled", "was", "purchases")]
    for row in rows:
        settled = said.get((row.device, row.found)) if row.settled else None
        was = None if row.settled else last.get(row.device)
        told = {name: getattr(row, name) for name in names}
        yield Row(settled=settled, was=was, purchases=_bought(row), **told)


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
        sources=purchase_records(head),
        sites=sites_of(head),
        paging=paging,
        rows=tuple(told(estate, rows)),
    )


def purchase_records(head: Assessment | None) -> dict[str, str]:
    """Names of the sources of purchases, by id."""
    records = (source for source in (head.sources if head else ()) if source.kind == "purchase_record")
    return {source.id: PurePath(source.name).name for source in records}


def sites_of(head: Assessment | None) -> dict[str, str]:
    """Names of sites, by id."""
    return {site.id: site.name for site in head.body.sites} if head and head.body else {}


_SAID = ("device", "label", "described", "standing", "site", "registered", "seen")
_LINE = {"bought": "what", "how_many": "quantity", "bought_on": "on", "bought_from": "supplier", "order": "record"}
"""Heading -> field of a purchase; several lines of one device stand behind each other."""
COLUMNS = (*_SAID, *_LINE)
"""Of a table of rows."""


def as_csv(asked: Asked[Question]) -> File:
    """All rows that fit, as a table."""
    standing = _chosen(asked, _counts(asked.estate, asked.query.site, _last(asked.estate))[asked.query.kind])
    found = _found(asked, standing)

    return table("reconciliation", COLUMNS, lambda: map(cells, found.iterator(2000)))


def cells(row: Standing) -> list[object]:
    """A row as `COLUMNS`."""
    lines = _bought(row)
    of_lines = ("; ".join(str(getattr(one, name) or "") for one in lines) for name in _LINE.values())
    return [*(getattr(row, name) for name in _SAID), *of_lines]


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
