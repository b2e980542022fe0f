"""The whole assessment as JSON for programs: the nouns as they are, with times in ISO 8601 and UTC.

One object: the head, and under ``entries`` its entries, one on each line. `custodiet.report.schema` describes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import IO, Any, get_args

import msgspec

from custodiet.identify.dossier import Dossier
from custodiet.model import Assessment, Entry
from custodiet.report.guard import json_bytes
from custodiet.report.laws import Law
from custodiet.report.words import iso

MOMENTS = frozenset({"first_seen", "last_seen", "collected_at", "begin"})
"""Fields of the nouns that are seconds since 1970 in the model and ISO 8601 here; none where there is no time."""

SPANS = frozenset({"spans"})
"""Fields that are stretches of time: pairs of such moments."""


def write_json(
    file: IO[bytes], assessment: Assessment, entries: Iterable[Entry], laws: Mapping[str, Law] | None = None
) -> None:
    """Write the assessment; entries are written as they come, so that memory does not grow with them.

    Args:
        file: where.
        assessment: the head.
        entries: in the order in which they shall stand.
        laws: what the directives say that findings name by their ids, as `laws_of` gives it.
    """
    file.writelines(json_lines(assessment, entries, laws))


def json_lines(
    assessment: Assessment, entries: Iterable[Entry], laws: Mapping[str, Law] | None = None
) -> Iterator[bytes]:
    """The assessment piece by piece; arguments as for `write_json`."""
    head = json_bytes(document(assessment) | {"laws": laws or {}})
    yield head[:-1] + b',"entries":['
    between = b"\n"
    for entry in entries:
        yield between + json_bytes(document(entry))
        between = b",\n"
    yield b"\n]}\n"


def dossier_bytes(dossier: Dossier) -> bytes:
    """A dossier as a file of its own, indented for people.

    Times stay seconds since 1970, since whoever works it out again reads the nouns as they are.
    """
    return msgspec.json.format(json_bytes(dossier), indent=2) + b"\n"


def document(noun: msgspec.Struct) -> dict[str, Any]:
    """A noun as the JSON document has it."""
    written: dict[str, Any] = msgspec.to_builtins(noun)
    _write_moments(noun, written)
    return written


def _write_moments(noun: msgspec.Struct, written: dict[str, Any]) -> None:
    for field, holds_nouns in _timed_fields(type(noun)):
        value = getattr(noun, field)
        if field in SPANS:
            written[field] = [[iso(begin), iso(end)] for begin, end in value]
        elif not holds_nouns:
            written[field] = iso(value)
        elif isinstance(value, tuple):
            for inner, inner_written in zip(value, written[field], strict=True):
                _write_moments(inner, inner_written)
        elif value is not None:
            _write_moments(value, written[field])


@cache
def _timed_fields(noun: type[msgspec.Struct]) -> tuple[tuple[str, bool], ...]:
    """The fields that are moments, and with true those that hold nouns with moments in them."""
    found = []
    for field in msgspec.structs.fields(noun):
        if field.name in MOMENTS | SPANS:
            found.append((field.name, False))
        elif any(_timed_fields(part) for part in _nouns(field.type)):
            found.append((field.name, True))
    return tuple(found)


def _nouns(kind: Any) -> list[type[msgspec.Struct]]:
    """The nouns a type names: ``tuple[Flow, ...]`` names `Flow`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [noun for part in get_args(kind) for noun in _nouns(part)]
