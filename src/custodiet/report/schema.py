"""The JSON Schema of ``assessment.json``, made from the nouns themselves, so that it cannot drift from them.

``python -m custodiet.report.schema`` prints it; ``docs/reference/assessment.schema.json`` holds it and a test compares.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from typing import Any

import msgspec

from custodiet import model
from custodiet.model import SCHEMA_VERSION, Assessment, Entry
from custodiet.model.company import Reference
from custodiet.report.json import MOMENTS, SPANS
from custodiet.report.laws import Law, Sentence

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_MOMENT = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
_BESIDE: dict[str, type] = {one.__name__: one for one in (Law, Sentence, Reference)}
"""What is no noun of ours and stands in the file too."""
_SPAN = {"type": "array", "items": _MOMENT, "minItems": 2, "maxItems": 2}


def assessment_schema() -> dict[str, Any]:
    """The schema as JSON values."""
    (head, _entry, law), parts = msgspec.json.schema_components([Assessment, Entry, Law], ref_template="#/$defs/{name}")
    del head
    for name, part in parts.items():
        sentences = _sentences(_BESIDE.get(name) or getattr(model, name))
        for field, described in part["properties"].items():
            if field in MOMENTS:
                described.clear()
                described |= _MOMENT
            elif field in SPANS:
                described.clear()
                described |= {"type": "array", "items": _SPAN}
            described.pop("default", None)
            described["description"] = sentences[field]
        # Every field is always written, so a reader need not know our defaults.
        part["required"] = list(part["properties"])
        part["additionalProperties"] = False
    whole = parts.pop("Assessment")
    whole["properties"]["schema"]["const"] = SCHEMA_VERSION
    whole["properties"]["entries"] = {
        "type": "array",
        "items": {"$ref": "#/$defs/Entry"},
        "description": "The devices, worst first.",
    }
    whole["properties"]["laws"] = {
        "type": "object",
        "additionalProperties": law,
        "description": "The directives by which was judged, but for those that say nothing of any device here, by id.",
    }
    whole["required"] += ["laws", "entries"]
    return {"$schema": _DRAFT, **whole, "$defs": dict(sorted(parts.items()))}


def _sentences(noun: type) -> dict[str, str]:
    """The sentence that stands under each field in the source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(noun))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            found[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return found


def schema_text() -> str:
    """The schema as the file in ``docs/reference`` has it."""
    return json.dumps(assessment_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
