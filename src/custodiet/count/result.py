"""What was counted, by whatever people asked for, and what the number is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import nearest
from custodiet.count.gather import Counted
from custodiet.count.tally import Kind
from custodiet.errors import UsageError
from custodiet.model import Issue

FORMAT = 1
"""Version of the JSON form."""

BY = {
    "maker": "manufacturer",
    "brand": "brand",
    "class": "device_class",
    "country": "country",
    "network": "network",
}
"""Word of the command line -> field of `tally.Kind`."""

BANDED = {"maker": "manufacturer_band", "brand": "brand_band", "class": "class_band"}
"""Columns that are conclusions, in the order in which one of them decides how sure a row is."""

_EPOCH = date(1970, 1, 1)


class CountRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    values: tuple[str, ...]
    """One for each column asked for: ids of the catalog, or what the export says; empty where it is not known."""
    devices: int
    """How many."""
    certain: int
    """Of them, those of which the first concluded column is certain."""
    likely: int
    """Of them, likely."""
    possible: int
    """Of them, possible."""


class CountResult(msgspec.Struct, frozen=True, kw_only=True):
    """A count of the devices that answered a scan."""

    format: int = FORMAT
    """Version of this form."""
    by: tuple[str, ...]
    """The columns."""
    rows: tuple[CountRow, ...]
    """Most devices first."""
    records: int
    """Records that were counted."""
    devices: int
    """Different devices in them."""
    surveillance: int
    """Of the devices, those that are surveillance devices."""
    other: int
    """Those that are something else."""
    unclear: int
    """Those of which nothing seen says what they are."""
    unowned: int
    """Records that do not show to which of several devices behind one address they belong."""
    first_day: str
    """ISO 8601 date of the earliest record that has a time; empty: none has."""
    last_day: str
    """ISO 8601 date of the latest."""
    shown: str
    """``surveillance`` or ``all``: which devices the rows are of."""
    sources: tuple[str, ...]
    """Names of what was read."""
    issues: tuple[Issue, ...] = ()
    """What could not be read."""
    catalog: str
    """Version of the catalog that spoke."""
    tool: str
    """Version of the program."""
    means: str
    """What the number is, and what it is not."""


def columns(by: str) -> tuple[str, ...]:
    """The columns a user asked for, as ``maker,country``.

    Raises:
        UsageError: there is no such column, or one stands twice.
    """
    asked = tuple(word.strip().lower() for word in by.split(","))
    for word in asked:
        if word not in BY:
            raise UsageError(f"{word or '(nothing)'} is no column", place="--by", next_step=nearest(word, BY))
    if len(set(asked)) < len(asked):
        raise UsageError("a column stands twice", place="--by", next_step="Name each column once.")
    return asked


def summarise(
    counted: Counted,
    by: Sequence[str],
    catalog: Catalog,
    *,
    everything: bool,
    sources: Sequence[str],
    issues: Sequence[Issue] = (),
    tool: str,
) -> CountResult:
    """The table of what was counted.

    Args:
        counted: from an engine.
        by: from `columns`.
        catalog: says which device classes are surveillance.
        everything: show all devices, otherwise surveillance devices only.
        sources: names of what was read.
        issues: what could not be read.
        tool: version of the program.
    """
    total: Counter[bool | None] = Counter()
    rows: dict[tuple[str, ...], Counter[str]] = {}
    banded = next((BANDED[word] for word in BANDED if word in by), "class_band")
    for kind, number in counted.kinds.items():
        watches = catalog.surveillance(kind.device_class)
        total[watches] += number
        if everything or watches:
            row = rows.setdefault(tuple(_value(kind, word) for word in by), Counter())
            row["devices"] += number
            row[getattr(kind, banded)] += number
    table = [
        CountRow(
            values=values, devices=of["devices"], certain=of["certain"], likely=of["likely"], possible=of["possible"]
        )
        for values, of in rows.items()
    ]
    return CountResult(
        by=tuple(by),
        rows=tuple(sorted(table, key=lambda row: (-row.devices, row.values))),
        records=counted.rows,
        devices=sum(total.values()),
        surveillance=total[True],
        other=total[False],
        unclear=total[None],
        unowned=counted.unowned,
        first_day=_day(counted.first_day),
        last_day=_day(counted.last_day),
        shown="all" if everything else "surveillance",
        sources=tuple(sources),
        issues=tuple(issues),
        catalog=catalog.version,
        tool=tool,
        means=_means(_day(counted.first_day), _day(counted.last_day)),
    )


def _value(kind: Kind, word: str) -> str:
    value: str = getattr(kind, BY[word])
    return value


def _day(number: int | None) -> str:
    if number is None:
        return ""
    try:
        return (_EPOCH + timedelta(days=number)).isoformat()
    except OverflowError:
        return ""


def _means(first: str, last: str) -> str:
    when = "at a time the files do not tell" if not first else f"on {first}" if first == last else f"{first} to {last}"
    return (
        f"Devices that answered a scan from outside ({when}), of all owners, counted once each. "
        "It is never the installed base: what stood behind a firewall, was off or was not asked is not in it."
    )
