import io
import json
import re

import pytest

from custodiet.model import SCHEMA_VERSION, Assessment, Entry
from custodiet.report.json import write_json

from .factory import assessment, entries, relabelled_camera, with_text_everywhere
from .nasty import nasty_strings


def written(head: Assessment | None = None, given: list[Entry] | None = None) -> bytes:
    file = io.BytesIO()
    write_json(file, head or assessment(), iter(entries() if given is None else given))
    return file.getvalue()


def test_the_whole_content() -> None:
    whole = json.loads(written())
    assert whole["schema"] == SCHEMA_VERSION
    assert whole["body"]["name"] == "Example Town"
    assert [entry["asset"]["id"] for entry in whole["entries"]] == [entry.asset.id for entry in entries()]
    first = whole["entries"][0]
    assert first["findings"][0]["answers"][2]["evidence"][0] == relabelled_camera().evidence[0].id
    assert first["identification"]["conclusions"][2]["claims_for"][1]["span"] == [14, 23]
    assert whole["tallies"][1]["columns"] == {"Merk": "brand", "Objectnr": "tag", "Kleur": ""}


def test_times_are_iso() -> None:
    whole = json.loads(written())
    assert whole["sources"][0]["collected_at"] == "2022-11-21T06:30:00.000Z"
    assert whole["sources"][1]["collected_at"] is None
    assert whole["entries"][0]["evidence"][0]["first_seen"] == "2022-11-21T06:30:00.000Z"
    moments = re.findall(rb'"(?:first_seen|last_seen|collected_at)":([^,}]+)', written())
    assert moments
    assert all(moment == b"null" or moment.endswith(b'Z"') for moment in moments)


def test_an_entry_a_line() -> None:
    assert written().count(b"\n") == len(entries()) + 2
    assert json.loads(written(given=[]))["entries"] == []


def test_a_heading_with_the_name_of_a_moment_is_left_alone() -> None:
    head, given = with_text_everywhere("first_seen")
    assert json.loads(written(head, given))["tallies"][0]["not_covered"] == {"first_seen": 7}


@pytest.mark.parametrize("text", nasty_strings())
def test_nasty_text_cannot_break_it(text: str) -> None:
    raw = written(*with_text_everywhere(text))
    label = json.loads(raw)["entries"][0]["asset"]["label"]
    surrogate = any("\ud800" <= char <= "\udfff" for char in text)
    assert label == text or (surrogate and r"\u{D" in label)
    assert b"<" not in raw
    assert b"\x1b" not in raw
