"""What the words of a row make of it: one thing, several, or nothing that is told.

It sees the words alone, so that they can be read in another process than the row stands in.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.identify.text.lines import LineItem, read_line
from custodiet.identify.text.mentions import Asks

LINES = ("register.text", "register.model")
"""Attributes whose values may name several things."""

MOST_PARTS = 50
"""Subjects made of one row."""


class Words(msgspec.Struct, array_like=True):
    """The words of a row that may name several things."""

    texts: list[tuple[str, str]]
    """(attribute, value) of those of `LINES`."""
    counted: bool
    """Whether the row has a number of things of its own."""


class Cut(msgspec.Struct, array_like=True, omit_defaults=True):
    """What is made of a row."""

    things: tuple[LineItem, ...] = ()
    """The things that become a subject each; none: the row stays one."""
    line: int = 0
    """Which of the row's texts names them."""
    quantity: int = 0
    """How many of its one thing its words tell; 0: they do not, or the row does."""
    silent: bool = False
    """Its words speak of no device, and it is left out."""


AS_IS = Cut()


def cut(words: Words, matcher: Asks, *, prose: bool) -> Cut:
    """Read the words of a row.

    Args:
        words: of a row that carries nothing that names a single device.
        matcher: the records, made ready.
        prose: it is a line of a text, most of which name no device.
    """
    catalog = matcher.catalog
    read = [(attribute, _things(text, matcher)) for attribute, text in words.texts]
    if prose and not any(_is_told(thing, catalog) for _, things in read for thing in things):
        return Cut(silent=True)
    models = any(things for attribute, things in read if attribute == "register.model")
    for place, (attribute, things) in enumerate(read):
        # a model of its own makes the row about that model; its description may name what comes with it
        alone = attribute == "register.model" or not models
        if alone and len(things) > 1 and any(_matters(thing, catalog) for thing in things):
            told = [thing for thing in things if _is_told(thing, catalog)] if prose else things
            return Cut(things=tuple(told[:MOST_PARTS]), line=place)
    if words.counted:
        return AS_IS
    numbers = {things[0].quantity for _, things in read if len(things) == 1 and things[0].quantity}
    return Cut(quantity=numbers.pop() or 0) if len(numbers) == 1 else AS_IS


def _things(text: str, matcher: Asks) -> Sequence[LineItem]:
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
