"""What registers and purchase records say of a device in words of their own: by which people know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

import msgspec

from custodiet.model import Observation
from custodiet.report.summary import with_model

ATTRIBUTES = (
    "register.text", "register.brand", "register.model", "register.site", "register.location", "register.tag",
    "register.supplier", "register.contract", "register.bought_on", "register.quantity", "register.custodiet_id",
)  # fmt: skip
"""What is looked at of each row."""

KINDS = ("register", "purchase_record")
"""Kinds of source that say it."""

_NOT_SEARCHED = frozenset({"register.bought_on", "register.quantity", "register.custodiet_id"})
_TEXT_LIMIT = 300
_WORDS_LIMIT = 1_000
MOST = 20
"""Purchases of one device that are kept."""


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a purchase record."""

    what: str
    """What was bought, as the record writes it; empty: it does not say."""
    quantity: int
    """How many; 0: it does not say."""
    on: str
    """When, ISO 8601; empty: it does not say."""
    supplier: str
    """From whom; empty: it does not say."""
    record: str
    """Number of the order, invoice or contract; empty: it does not say."""
    source: str
    """Id of the source."""
    locator: str
    """Where in it the line stands."""


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one device."""

    described: str = ""
    """How a register describes it, or what was bought where only a purchase record knows it."""
    words: str = ""
    """By which it is found too."""
    purchases: tuple[Purchase, ...] = ()
    ours: frozenset[str] = frozenset()
    """``source/subject`` of rows that went out from here and came back as they were: no word of a register. A row to
    which its program gave a number is one."""


def stated_of(observations: Iterable[Observation], kinds: Mapping[str, str]) -> Stated:
    """What is said of a device.

    Args:
        observations: those of `ATTRIBUTES`; of one row together.
        kinds: id of a source -> its kind.
    """
    texts: list[str] = []
    bought: list[Purchase] = []
    words: dict[str, None] = {}
    ours: set[str] = set()
    for (source, subject), rows in groupby(observations, key=lambda one: (one.source, one.subject)):
        row = list(rows)
        words |= {one.value.lower()[:_TEXT_LIMIT]: None for one in row if one.attribute not in _NOT_SEARCHED}
        said = {one.attribute.removeprefix("register."): one.value[:_TEXT_LIMIT] for one in reversed(row)}
        if "custodiet_id" in said and "tag" not in said:
            ours.add(f"{source}/{subject}")
        if kinds.get(source) == "purchase_record":
            bought.append(_purchase(said, row[0]))
        elif text := said.get("text"):
            texts.append(text)
    return Stated(
        described=next(iter((*texts, *(one.what for one in bought))), ""),
        words=" ".join(words)[:_WORDS_LIMIT],
        purchases=tuple(bought[:MOST]),
        ours=frozenset(ours),
    )


def _purchase(said: Mapping[str, str], first: Observation) -> Purchase:
    quantity = said.get("quantity", "")
    return Purchase(
        what=said.get("text") or with_model(said.get("brand", ""), said.get("model", "")),
        quantity=int(quantity) if quantity.isdecimal() and len(quantity) < 10 else 0,
        on=said.get("bought_on", ""),
        supplier=said.get("supplier", ""),
        record=said.get("contract", ""),
        source=first.source,
        locator=first.locator,
    )
