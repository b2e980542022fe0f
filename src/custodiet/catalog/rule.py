"""What one fingerprint says of one value: the same answer when a device is identified and when a record is checked."""

from __future__ import annotations

import re
from typing import NamedTuple

from custodiet.model import Fingerprint

_PLACE = re.compile(r"\{(\w+)\}")


class Held(NamedTuple):
    """The condition of a fingerprint held."""

    says: dict[str, str]
    """Field of an identification -> value, with the groups filled in; a field that stayed empty is left out."""
    span: tuple[int, int]
    """Start and end of the part of the value that held."""


def ask(record: Fingerprint, pattern: re.Pattern[str] | None, value: str) -> Held | None:
    """Whether a fingerprint holds on a value, and what it says then.

    Args:
        record: the fingerprint.
        pattern: its compiled expression; none where its condition is a list of values.
        value: the value as observed.
    """
    if pattern is None:
        return Held(record.says, (0, len(value))) if value in record.when.equals else None
    found = pattern.search(value)
    if found is None:
        return None
    groups = {name: text for name, text in found.groupdict().items() if text}
    says = {field: fill(text, groups) for field, text in record.says.items()}
    return Held({field: text for field, text in says.items() if text}, found.span())


def fill(template: str, groups: dict[str, str]) -> str:
    """Put named groups into ``{group}`` places; a place whose group is absent makes the whole value empty."""
    places = _PLACE.findall(template)
    if any(place not in groups for place in places):
        return ""
    return _PLACE.sub(lambda place: groups[place[1]], template) if places else template
