"""What a person writes into a form: kept without the space around it, and never space alone.

A form says so by the type of a field, so that no deed has to think of it; ids and secrets are taken as they come.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, TypeAlias, get_args

import msgspec

WRITTEN: dict[str, Any] = {"written": True}
"""Marks such a type."""

Reason: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=4000, extra=WRITTEN)]
"""Why something is so, or is done; a note too."""

Remark: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000, extra=WRITTEN)]
"""The same where it may be left out."""


def without_space(form: type[msgspec.Struct], fields: dict[str, object]) -> dict[str, object]:
    """The fields of a form as they are kept.

    Args:
        form: what it holds.
        fields: what was sent; those in which nothing is written are left out, as if they had not been filled in.
    """
    kept = dict(fields)
    for one in msgspec.structs.fields(form):
        text = kept.get(one.name)
        if is_written(one.type) and isinstance(text, str):
            kept[one.name] = text.strip()
            if not _is_said(text):
                del kept[one.name]
    return kept


def is_written(kind: object) -> bool:
    """Whether that is the type of what a person writes."""
    return any(isinstance(one, msgspec.Meta) and one.extra == WRITTEN for one in get_args(kind))


def _is_said(text: str) -> bool:
    """Whether there is anything to see: a letter, a number, a sign; not what only takes room, or no room at all."""
    return any(unicodedata.category(one)[0] in "LNPS" for one in text)
