"""The whole assessment as JSON for programs: the nouns as they are, with times in ISO 8601 and UTC.

One object: the head, and under ``entries`` its entries, one on each line. `custodiet.report.schema` describes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import msgspec

from custodiet.model import Assessment, Entry
from custodiet.report.guard import json_bytes
from custodiet.report.words import iso

MOMENTS = frozenset({"first_seen", "last_seen", "collected_at"})
"""Fields of the nouns that are seconds since 1970 in the model and ISO 8601 here; none where there is no time."""


def write_json(file: IO[bytes], assessment: Assessment, entries: Iterable[Entry]) -> None:
    """Write the assessment; entries are written as they come, so that memory does not grow with them."""
    head = json_bytes(document(assessment))
    file.write(head[:-1] + b',"entries":[')
    between = b"\n"
    for entry in entries:
        file.write(between + json_bytes(document(entry)))
        between = b",\n"
    file.write(b"\n]}\n")


def document(value: Any) -> Any:
    """A noun as the JSON document has it."""
    if isinstance(value, msgspec.Struct):
        return {
            field: iso(inner) if field in MOMENTS else document(inner)
            for field in value.__struct_fields__
            if (inner := getattr(value, field)) is not msgspec.UNSET
        }
    if isinstance(value, tuple | list):
        return [document(inner) for inner in value]
    if isinstance(value, dict):
        return {key: document(inner) for key, inner in value.items()}
    return value
