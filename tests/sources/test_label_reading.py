"""Labels of devices that people read."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read

from custodiet.sources import READERS
from custodiet.sources.intake import make_source
from custodiet.sources.label_reading import ATTRIBUTES, BRAND, READER

PHOTO = "0123456789abcdef" * 4
LABEL = (
    '{"label": {"brand": "Voorbeeld", "model": " VX  1000 ", "mac": "4419B6000011", "fcc_id": "2AXAB-VX1"},'
    f' "photo": "{PHOTO}", "confirmed_by": "ans@example.org", "confirmed_at": "2021-03-05T00:00:00Z",'
    ' "read": {"lines": [{"text": "S/N: 12345678"}]}}'
)


def test_what_was_confirmed_is_read_and_what_a_program_read_is_not(tmp_path: Path) -> None:
    outcome = read(READER, LABEL.encode(), tmp_path)
    assert [(one.attribute, one.value) for one in outcome.observations] == [
        ("register.brand", "Voorbeeld"),
        ("label.brand", "Voorbeeld"),
        ("register.model", "VX 1000"),
        ("register.mac", "44:19:b6:00:00:11"),
        ("register.fcc_id", "2AXAB-VX1"),
    ]
    assert outcome.subjects == ["label:1"]
    assert {one.locator for one in outcome.observations} == {f"line 1, photo {PHOTO[:16]}"}
    times = {time for one in outcome.observations for time in (one.first_seen, one.last_seen)}
    assert times == {None}, "a label shows no device on a network, and when its photo was taken nobody knows"


def test_the_source_was_collected_when_its_last_label_was_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    for text, told in (
        (LABEL, (1_614_902_400.0, "ans@example.org")),
        (
            f"{LABEL}\n{LABEL.replace('2021-03-05T00:00:00Z', '2021-03-06T00:00:00')}\n",
            (1_614_988_800.0, "ans@example.org"),
        ),
        (f"{LABEL}\n{LABEL.replace('ans@', 'bo@')}\n{{", (1_614_902_400.0, None)),
        ('{"label": {"brand": "V"}, "photo": "' + PHOTO + '"}', (None, None)),
    ):
        path.write_text(text, encoding="utf-8")
        source = make_source(path, path.name, READER)
        assert (source.collected_at, source.collected_by) == told


def test_what_is_no_address_is_told(tmp_path: Path) -> None:
    outcome = read(READER, LABEL.replace("4419B6000011", "see box").encode(), tmp_path)
    assert [issue.reason for issue in outcome.issues] == ["no MAC address: see box"]
    assert "register.mac" not in {one.attribute for one in outcome.observations}


@pytest.mark.parametrize("line", ['{"label": {}, "photo": "x"}', '{"label": {}}', "{", '{"body": "B", "answer": 1}'])
def test_other_lines_are_refused_and_no_label(line: str, tmp_path: Path) -> None:
    assert not READER.recognise(line.encode(), "x.jsonl")
    outcome = read(READER, f"{LABEL}\n{line}".encode(), tmp_path)
    assert (outcome.tally.read, outcome.tally.issues) == (1, 1)


def test_it_is_recognised_before_all_others_and_its_attributes_are_known() -> None:
    from custodiet.catalog.load import load_catalog

    assert next(each.id for each in READERS if each.recognise(LABEL.encode(), "x.jsonl")) == "label"
    assert {BRAND, *ATTRIBUTES.values()} <= set(load_catalog().attributes)
