import io
import json
from pathlib import Path

import jsonschema
import pytest

from custodiet.report.json import write_json
from custodiet.report.schema import assessment_schema, schema_text

from .factory import assessment, entries, with_text_everywhere

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "assessment.schema.json"


def example() -> dict[str, object]:
    file = io.BytesIO()
    write_json(file, assessment(), entries())
    return dict(json.loads(file.getvalue()))


def validator() -> jsonschema.Draft202012Validator:
    schema = assessment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_the_one_of_the_nouns() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), (
        "write it again: python -m custodiet.report.schema > docs/reference/assessment.schema.json"
    )


def test_what_we_write_is_valid() -> None:
    validator().validate(example())
    file = io.BytesIO()
    head, given = with_text_everywhere("<\x1b\ud800>")
    write_json(file, head, given)
    validator().validate(json.loads(file.getvalue()))


@pytest.mark.parametrize(
    ("field", "value"), [("schema", "99.0"), ("on", 20221201), ("surprise", 1), ("entries", [{}]), ("totals", None)]
)
def test_what_we_do_not_write_is_not(field: str, value: object) -> None:
    assert not validator().is_valid(example() | {field: value})


def test_moments_are_text() -> None:
    broken = json.loads(json.dumps(example()))
    broken["entries"][0]["asset"]["last_seen"] = 1669012200.0
    assert not validator().is_valid(broken)


def test_each_field_has_its_sentence() -> None:
    schema = assessment_schema()
    for noun in (schema, *schema["$defs"].values()):
        for field, described in noun["properties"].items():
            assert described["description"].endswith("."), f"{noun['title']}.{field}"
