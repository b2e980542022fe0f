"""What was looked at and what was not, and how many devices came out how: no score, only numbers that can be opened."""

from __future__ import annotations

import msgspec

from custodiet.model import Source, Totals
from custodiet.web.page import Asked, Nothing, Page
from custodiet.web.publish import Scale


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A body at a glance, its scope first."""

    name: str
    """Of the body."""
    on: str
    """ISO 8601 date that it was judged for; empty: never."""
    sources: tuple[Source, ...]
    """What was looked at."""
    unseen: tuple[str, ...]
    """What could not be seen, in sentences."""
    totals: Totals | None
    """How many devices; none before the first assessment."""
    scale: Scale
    """The numbers of the charts."""


def fetch(asked: Asked[Nothing]) -> Overview:
    """From the last assessment."""
    head = asked.estate.assessment()
    scale = asked.estate.row.scale
    return Overview(
        name=asked.estate.name,
        on=head.on if head else "",
        sources=head.sources if head else (),
        unseen=head.unseen if head else (),
        totals=head.totals if head else None,
        scale=msgspec.msgpack.decode(bytes(scale), type=Scale) if scale else Scale(),
    )


PAGE = Page(
    name="overview",
    path="",
    says="What was looked at, what was found, and what could not be seen.",
    query=Nothing,
    data=Overview,
    fetch=fetch,
    template="overview.html",
)
