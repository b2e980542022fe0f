"""The list of devices as a file: one row for each device that is shown, of all pages, in the order that is shown.

Read by programs and in spreadsheets, it is in English whoever takes it. Rows are made as they are sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.utils import translation

from custodiet.model import Entry
from custodiet.report import order, summary
from custodiet.report.csv import PART, Value
from custodiet.report.guard import json_bytes
from custodiet.report.speech import spoken
from custodiet.report.xlsx import write_table
from custodiet.web import lists
from custodiet.web.decided import Tag, told
from custodiet.web.estate import Estate
from custodiet.web.exports import WORKBOOK, Export, some_at_a_time
from custodiet.web.filters import Filters
from custodiet.web.language import Spoken
from custodiet.web.page import File
from custodiet.web.progress import earliest


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A device of the list, as a file has it."""

    what: str
    """What it is, in words."""
    how_sure: str
    how_fresh: str
    what_it_means: str
    outcome: str
    """As `report.order.outcome` says."""
    deadline: str
    """The first day by which a directive wants something done, ISO 8601; empty: none says one."""
    decisions: tuple[str, ...]
    """Those of people that stand and hold."""
    actions: tuple[str, ...]
    """Those that are open."""
    label: str
    """Short name for people: address, host name or row."""
    described: str
    """How a register describes it, or what was bought; empty: neither says."""
    address: str
    """IP addresses, separated by blanks."""
    mac: str
    """MAC addresses, separated by blanks."""
    site: str
    """Name of its site; empty: not known."""
    zone: str
    """Id of the zone; empty: not known."""
    device_class: str
    """A word of the vocabulary; empty: unknown."""
    brand: str
    """The name on the box."""
    maker: str
    """Who really made it."""
    model: str
    quantity: int
    """Devices this row stands for."""
    id: str
    """Of the device."""
    page: str
    """Address of its page."""


_WIDTHS = {"what": 46, "how_sure": 40, "how_fresh": 34, "what_it_means": 60, "decisions": 30, "actions": 30, "page": 60}
_WIDTHS |= {
    "label": 22,
    "described": 30,
    "address": 18,
    "mac": 18,
    "site": 22,
    "zone": 22,
    "maker": 22,
    "model": 22,
    "id": 25,
}

COLUMNS = Listed.__struct_fields__


class Listing(Export):
    """The devices that fit a question, ready to be written one a row.

    Args:
        estate, filters: as for `Export`.
        address: of the list, to which the id of a device is added for its page.
    """

    def __init__(self, estate: Estate, filters: Filters, address: str) -> None:
        super().__init__(estate, filters)
        self.name, self._address = f"{estate.id}-devices", address

    def csv(self) -> File:
        """As they come."""
        columns, beside = (*COLUMNS, *([PART] if self.part else ())), [self.part] if self.part else []
        return lists.table(self.called, columns, lambda: ([*_cells(row), *beside] for row in self._rows()))

    def json(self) -> File:
        """As they come, below the question that they fit."""
        return self._streamed("json", "application/json", self._json)

    def _json(self) -> Iterator[bytes]:
        yield json_bytes(self._about())[:-1] + b',"devices":['
        between = b"\n"
        for row in self._rows():
            yield between + json_bytes(row)
            between = b",\n"
        yield b"\n]}\n"

    def xlsx(self) -> File:
        """A workbook."""

        def write(path: Path) -> None:
            columns = {name: _WIDTHS.get(name, 14) for name in COLUMNS}
            about = self._about() | {"asked": "; ".join(self.asked)}
            write_table(path, "Devices", columns, map(_cells, self._rows()), about)

        return self._whole("xlsx", WORKBOOK, write)

    def _about(self) -> dict[str, Any]:
        return {
            "body": self.estate.name,
            "judged_for": self.head.on,
            "shown": len(self.places),
            "of": self.columns.total,
            "asked": self.asked,
        }

    def _rows(self) -> Iterator[Listed]:
        places = iter(self.places)
        for some in some_at_a_time(self.estate, self.places):
            # the language is put back before others are answered, which is between the groups
            with translation.override("en"), spoken(Spoken()):
                rows = [self._row(entry, next(places), described, tags) for entry, described, tags in some]
            yield from rows

    def _row(self, entry: Entry, place: int, described: str, tags: tuple[Tag, ...]) -> Listed:
        asset, names = entry.asset, self.known.names
        brand, maker, kind, model = (
            entry.identification.get(field).value for field in ("brand", "manufacturer", "device_class", "model")
        )
        own = summary.own_identifiers(asset)
        ips, macs = (" ".join(one.value for one in own if one.kind == name) for name in ("ip", "mac"))
        return Listed(
            what=summary.what(entry, names),
            how_sure=summary.how_sure(entry),
            how_fresh=summary.freshness(
                asset.last_seen, self.columns.value("seen_in", place), self.head.on, self.columns.value("named", place)
            ),
            what_it_means=summary.what_it_means(entry, names),
            outcome=order.outcome(entry),
            deadline=earliest(entry.findings),
            decisions=tuple(map(told, (tag for tag in tags if tag.what == "decision"))),
            actions=tuple(map(told, (tag for tag in tags if tag.what == "action"))),
            label=asset.label,
            described=described,
            address=ips,
            mac=macs,
            site=self.known.site(asset.site) if asset.site else "",
            zone=asset.zone or "",
            device_class=kind,
            brand=names.brand(brand) if brand else "",
            maker=names.company(maker) if maker else "",
            model=model,
            quantity=asset.quantity,
            id=asset.id,
            page=f"{self._address}{asset.id}/",
        )


def _cells(row: Listed) -> list[Value]:
    return ["; ".join(value) if isinstance(value, tuple) else value for value in msgspec.structs.astuple(row)]
