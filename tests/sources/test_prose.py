"""Plain text: a sentence is an observation, and what is no text people wrote is left to others."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read

from custodiet.sources.prose import READER

TENDER = "Bestek camera's\r\n\r\nDe inschrijver levert 12 domecamera's. Hikvision is niet toegestaan.\n  Met groet\n"


def test_each_sentence_is_one_observation_with_its_line(tmp_path: Path) -> None:
    found = read(READER, TENDER.encode(), tmp_path, "bestek.txt")
    assert [(one.subject, one.value, one.locator) for one in found.observations] == [
        ("line:1", "Bestek camera's", "line 1"),
        ("line:3.1", "De inschrijver levert 12 domecamera's.", "line 3"),
        ("line:3.2", "Hikvision is niet toegestaan.", "line 3"),
        ("line:4", "Met groet", "line 4"),
    ]
    assert {one.attribute for one in found.observations} == {"register.text"}
    assert (found.tally.unit, found.tally.total, found.tally.issues) == ("lines", 4, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_is_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    found = read(READER, "één camera, café".encode(encoding), tmp_path, "a.txt")
    assert found.facts("line:1") == {"register.text": "één camera, café"}


@pytest.mark.parametrize(
    "name", ["README.txt", "readme-first.txt", "LICENSE.txt", "notes.md", "a.log", "a.csv", "notes"]
)
def test_files_that_are_about_other_things_are_left_alone(name: str) -> None:
    assert not READER.recognise(TENDER.encode(), name)


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"12 34\n56", b"\x1b[31m red text here", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_text_is_left_alone(data: bytes) -> None:
    assert not READER.recognise(data, "a.txt")


def test_a_line_that_is_none_is_an_issue_and_the_rest_is_read(tmp_path: Path) -> None:
    data = b"een camera\n" + b"x" * 200_000 + b"\ntwee recorders\n"
    found = read(READER, data, tmp_path, "a.txt")
    assert found.subjects == ["line:1", "line:3"]
    assert "line 2: the line is too long" in found.reasons
