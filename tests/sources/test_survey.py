"""Answers of bodies to surveys."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read

from custodiet.sources.survey import READER

ANSWER = (
    '{"country": "NL", "body": "Gemeente Voorbeeld", "date": "2021-03-05", "makers": ["A", "B"],'
    ' "devices": {"dome": 3, "PTZ": 2}, "open": false, "plan": "vervangen\\nin 2022", "note": ""}'
)


def test_every_value_is_an_answer_with_its_question(tmp_path: Path) -> None:
    outcome = read(READER, ANSWER.encode(), tmp_path)
    assert [one.value for one in outcome.observations] == [
        "country=NL",
        "body=Gemeente Voorbeeld",
        "date=2021-03-05",
        "makers=A",
        "makers=B",
        "devices, dome=3",
        "devices, PTZ=2",
        "open=no",
        "plan=vervangen in 2022",
    ]
    assert outcome.subjects == ["answer:1"]
    assert outcome.observations[0].first_seen == 1614902400.0
    assert (outcome.tally.unit, outcome.tally.first_seen) == ("answers", 1614902400.0)


def test_no_makers_is_not_the_answer_none(tmp_path: Path) -> None:
    outcome = read(READER, b'{"body": "B", "makers": [], "answer": null}', tmp_path)
    assert [one.value for one in outcome.observations] == ["body=B"]


def test_bad_lines_and_dates_are_issues(tmp_path: Path) -> None:
    bad_date = '{"body": "B", "answer": "x", "date": "gisteren"}'
    outcome = read(READER, f"{ANSWER}\n\n[1]\n{bad_date}\n{{\n".encode(), tmp_path)
    assert [issue.place for issue in outcome.issues] == ["line 3", "line 4", "line 5"]
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (4, 2, 2)
    assert outcome.subjects == ["answer:1", "answer:4"]


@pytest.mark.parametrize(
    "head", [b"", b'{"body": "x"}', b'{"body": 1, "makers": []}', b'{"makers": []}', b'{"body": " ", "answer": "x"}']
)
def test_other_json_is_not_recognised(head: bytes) -> None:
    assert not READER.recognise(head, "x.jsonl")


@pytest.mark.samples
def test_real_answers(samples: Path, tmp_path: Path) -> None:
    outcome = read(READER, (samples / "surveys" / "uk-foi.jsonl").read_bytes(), tmp_path)
    assert outcome.tally.issues == 0 and len(outcome.subjects) == outcome.tally.total
