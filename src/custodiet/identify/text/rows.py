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
from custodiet.identify.text.lines import LineItem, read_line
from custodiet.identify.text.mentions import Asks
from custodiet.model import Flow, Issue, Observation, Tally, observe
from custodiet.sources.base import Item

ONE_DEVICE = {"register.mac", "register.ip", "register.serial", "register.tag", "register.hostname"}
"""Attributes that name a single device."""

MOST_PARTS = 50
"""Subjects made of one row."""

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
    for one in read_ahead(_rows(items), _texts_of, matcher, processes):
        if isinstance(one, list):
            told = _split(one, matcher, prose)
            silent += not told
            yield from told
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


def _named_in(row: Sequence[Observation]) -> list[Observation]:
    """What of a row may name several things."""
    texts = [one for one in row if one.attribute in ("register.text", "register.model")]
    return texts if not texts or ONE_DEVICE.isdisjoint(one.attribute for one in row) else []


def _texts_of(row: _Row) -> list[str]:
    return [one.value for one in _named_in(row)] if isinstance(row, list) else []


def _split(row: Sequence[Observation], matcher: Asks, prose: bool) -> Sequence[Observation]:
    texts = _named_in(row)
    if not texts:
        return row
    read = [(one, _things(one.value, matcher)) for one in texts]
    if prose and not any(_is_told(thing, matcher.catalog) for _, things in read for thing in things):
        return ()
    models = [things for one, things in read if one.attribute == "register.model" and things]
    for line, things in read:
        # a model of its own makes the row about that model; its description may name what comes with it
        alone = line.attribute == "register.model" or not models
        if alone and len(things) > 1 and any(_matters(thing, matcher.catalog) for thing in things):
            told = [thing for thing in things if _is_told(thing, matcher.catalog)] if prose else things
            return list(_parts(row, line, told[:MOST_PARTS], matcher.catalog))
    if not any(one.attribute == "register.quantity" for one in row):
        numbers = {things[0].quantity for _, things in read if len(things) == 1 and things[0].quantity}
        if len(numbers) == 1:
            return [*row, _about(row[0], "register.quantity", str(numbers.pop()))]
    return row


def _things(text: str, matcher: Asks) -> list[LineItem]:
    """The things of a line that can stand alone: a model, a device, or a number of something."""
    return [
        item
        for item in read_line(text, matcher)
        if item.role == "is" and (item.model or item.quantity or _matters(item, matcher.catalog))
    ]


def _matters(item: LineItem, catalog: Catalog) -> bool:
    return bool(item.model) or catalog.surveillance(item.device_class) is True


def _is_told(item: LineItem, catalog: Catalog) -> bool:
    """Whether a sentence speaks of devices that are there, and not of cameras in general."""
    return bool(item.model or (item.brand and item.device_class) or (item.quantity and _matters(item, catalog)))


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
        case "register.text" | "register.model":
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
