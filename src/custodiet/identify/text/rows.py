"""A row or a sentence that names several things -> a subject for each, with how many; between reading and resolving.

A row that carries a MAC, an address, a serial number or a tag is one device, whatever else its words name. The whole
words stay with every part as ``register.line``, and all parts keep the place of the row, so that each is walked back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.identify.statements import class_in_words, name_of
from custodiet.identify.text.ahead import read_ahead
from custodiet.identify.text.cuts import LINES, Cut, Words
from custodiet.identify.text.lines import LineItem
from custodiet.identify.text.mentions import Asks
from custodiet.model import Flow, Issue, Observation, Tally, observe
from custodiet.sources.base import Item

ONE_DEVICE = {"register.mac", "register.ip", "register.serial", "register.tag", "register.hostname"}
"""Attributes that name a single device."""

_Row: TypeAlias = list[Observation] | Flow | Issue | Tally
"""The observations of one row, or what else a reader yields."""

SILENT = "lines that name no device"
"""How lines of a text are counted that speak of other things."""


def split_rows(
    items: Iterable[Item],
    matcher: Asks,
    *,
    prose: bool = False,
    processes: Callable[[int], None] = lambda _number: None,
) -> Iterator[Item]:
    """Rows with several things as several subjects; everything else as it is.

    Args:
        items: what a reader of a register, of purchases or of a text yields; a row's observations stand together.
        matcher: the records, made ready.
        prose: the items are lines of a text, most of which name no device; those are counted and left out.
        processes: called once with in how many processes it is done.

    Yields:
        The items, in their order.
    """
    silent = 0
    for one, made_of_it in read_ahead(_rows(items), _words_of, matcher, prose, processes):
        if isinstance(one, list):
            silent += made_of_it.silent
            yield from _split(one, made_of_it, matcher.catalog)
        elif isinstance(one, Tally) and silent:
            yield msgspec.structs.replace(one, not_covered={**one.not_covered, SILENT: silent})
        else:
            yield one


def _rows(items: Iterable[Item]) -> Iterator[_Row]:
    """The observations of each row together; everything else as it is."""
    row: list[Observation] = []
    for item in items:
        if isinstance(item, Observation) and (not row or item.subject == row[0].subject):
            row.append(item)
            continue
        if row:
            yield row
        row = [item] if isinstance(item, Observation) else []
        if not isinstance(item, Observation):
            yield item
    if row:
        yield row


def _words_of(row: _Row) -> Words | None:
    """What of a row may name several things; none where nothing does."""
    if not isinstance(row, list):
        return None
    texts: list[tuple[str, str]] = []
    counted = False
    for one in row:
        if one.attribute in ONE_DEVICE:
            return None
        if one.attribute in LINES:
            texts.append((one.attribute, one.value))
        counted = counted or one.attribute == "register.quantity"
    return Words(texts, counted) if texts else None


def _split(row: Sequence[Observation], cut: Cut, catalog: Catalog) -> Sequence[Observation]:
    if cut.silent:
        return ()
    if cut.things:
        line = [one for one in row if one.attribute in LINES][cut.line]
        return list(_parts(row, line, cut.things, catalog))
    return [*row, _about(row[0], "register.quantity", str(cut.quantity))] if cut.quantity else row


def _parts(
    row: Sequence[Observation], line: Observation, things: Sequence[LineItem], catalog: Catalog
) -> Iterator[Observation]:
    for number, thing in enumerate(things, start=1):
        own = msgspec.structs.replace(row[0], subject=f"{row[0].subject}/{number}")
        yield _about(own, line.attribute, line.value[thing.start : thing.end])
        yield _about(own, "register.line", line.value)
        if thing.quantity:
            yield _about(own, "register.quantity", str(thing.quantity))
        for one in row:
            if one is not line and _holds_for(one, thing, catalog):
                yield observe(one.source, own.subject, one.attribute, one.value, one.locator)


def _holds_for(one: Observation, thing: LineItem, catalog: Catalog) -> bool:
    """Whether another column of the row speaks of this thing too."""
    match one.attribute:
        case "register.text" | "register.name" | "register.model":
            return False  # it names the things as the line does, or one of them
        case "register.quantity":
            return thing.quantity is None
        case "register.brand":
            return thing.brand in ("", name_of("brand", one.value, catalog))
        case "register.class":
            return thing.device_class in ("", class_in_words(one.value))
        case _:
            return True


def _about(row: Observation, attribute: str, value: str) -> Observation:
    return observe(row.source, row.subject, attribute, value, row.locator)
