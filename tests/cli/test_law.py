"""``law``, ``judge`` and ``events`` on the example town: what people and machines are told, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from story import ROOT, Told, custodiet

TOWN = ROOT / "examples" / "gemeente"
OWN = ["--catalog", TOWN / "catalog"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    subprocess.run([sys.executable, TOWN / "make.py", folder / "in"], check=True, capture_output=True)
    told = custodiet(
        "audit", folder / "in", "--sites", TOWN / "sites.yml", *OWN, "--on", "2025-12-01",
        "--case", folder / "town.sqlite", "-q",
    )  # fmt: skip
    assert told.code == 3, told.err
    return folder / "town.sqlite"


def judged(case: Path, *arguments: object) -> Told:
    return custodiet("judge", "--case", case, "--on", "2025-12-01", *OWN, *arguments)


# --- law


def test_a_directive_is_shown_sentence_by_sentence() -> None:
    out = custodiet("law", "show", "uk-co-wms-2022-11-24").out
    for number, said in enumerate(
        ("must stop installing", "should disconnect from core", "consider replacing", "consider extending"), start=1
    ):
        assert f"sentence {number}" in out and said in out
    assert out.count("(our paraphrase)") == 3 and out.count("(quoted, en, from:") == 1
    assert "sentence 5" not in out


def test_the_list_says_what_each_text_is() -> None:
    listed = custodiet("law", "list", "--jurisdiction", "nl", "--json").json
    assert {one["jurisdiction"] for one in listed} == {"NL"}
    assert {one["status"] for one in listed} >= {"political", "local decision"}
    assert custodiet("law", "list", "--jurisdiction", "uk", "--json").json == custodiet(
        "law", "list", "--jurisdiction", "GB", "--json"
    ).json  # fmt: skip
    assert "no directive of XX" in custodiet("law", "list", "--jurisdiction", "xx").err


def test_no_id_is_cut_in_eighty_columns() -> None:
    for command in ("list", "calendar"):
        out = custodiet("law", command).out
        assert "uk-procurement-act-2023-national-security" in out and "…" not in out
        assert "BD" not in out and all(len(line) <= 80 for line in out.splitlines())


def test_what_is_not_known_is_refused_and_not_proved() -> None:
    told = custodiet("law", "check", "uk-nonsense")
    assert told.code == 2 and "proves itself" not in told.out
    assert "1 asked" in custodiet("law", "check", "uk-co-wms-2022-11-24").out
    told = custodiet("law", "list", "--status", "inforce")
    assert told.code == 2 and "in force" in told.err


def test_texts_stand_side_by_side() -> None:
    head, *rows = custodiet("law", "compare", "us-ndaa-889-a1A", "us-ndaa-889-a1B", "--json").json
    assert head == ["", "us-ndaa-889-a1A", "us-ndaa-889-a1B"]
    assert {row[0]: row[1:] for row in rows}["in force"] == ["2019-08-13", "2020-08-13"]
    assert custodiet("law", "compare", "us-ndaa").code == 2


def test_the_calendar_can_be_read_by_calendars() -> None:
    text = custodiet("law", "calendar", "--jurisdiction", "gb", "--ics").out
    assert text.startswith("BEGIN:VCALENDAR\r\n") and "DTSTART;VALUE=DATE:20250430" in text
    late = custodiet("law", "calendar", "--since", "2027-01-01", "--json").json[0]
    assert late and all(one["day"] >= "2027-01-01" for one in late)
    assert custodiet("law", "calendar", "--since", "soon").code == 2


def test_an_answer_to_no_question_is_refused_by_every_command(case: Path, tmp_path: Path) -> None:
    sites = tmp_path / "sites.yml"
    sites.write_text("id: x\nname: X\nkind: other\ncountry: NL\nfacts: { no-such-question: yes }\n", encoding="utf-8")
    for command in (["events", "--case", case], ["law", "calendar"], ["judge", "--case", case]):
        told = custodiet(*command, "--sites", sites)
        assert told.code != 0 and "no-such-question" in told.err


# --- judge


def test_a_case_is_judged_for_another_day(case: Path) -> None:
    early = judged(case, "--on", "2024-06-30", "--json")
    assert not any(
        finding["outcome"] in ("overdue", "prohibited") for one in early.json["devices"] for finding in one["findings"]
    )
    now = judged(case, "--json").json
    outcomes = {f["outcome"] for one in now["devices"] for f in one["findings"] if f["force"] == "local decision"}
    assert "overdue" in outcomes


def test_the_case_keeps_its_audit(case: Path) -> None:
    before = custodiet("report", "--case", case, "--format", "json").out
    judged(case, "--on", "2020-01-01")
    judged(case, "--what-if", "all-public-bodies")
    assert custodiet("report", "--case", case, "--format", "json").out == before


def test_a_supposed_scope_stands_beside_the_law_and_is_called_a_supposition(case: Path) -> None:
    told = judged(case, "--jurisdiction", "gb", "--what-if", "all-public-bodies", "--json").json
    assert told["tallies"] == [], "no British text addresses a Dutch town"
    assert {one["status"] for one in told["supposed"]} == {"what if"}
    assert told["changes"] and {one["now"] for one in told["changes"]} == {"not addressed"}
    out = judged(case, "--jurisdiction", "gb", "--what-if", "all-public-bodies").out
    assert "WHAT IF all-public-bodies: a supposition, and no law" in out
    assert judged(case, "--what-if", "everything").code == 2


def test_who_is_not_addressed_is_told_why(case: Path) -> None:
    told = judged(case, "--jurisdiction", "gb", "--json").json
    said = {finding["directive"]: finding["because"] for finding in told["same_for_all"]}
    assert "Gemeente Waterwijk is nl-municipality" in said["uk-co-wms-2022-11-24"]


def test_one_device_stands_beside_every_text(case: Path) -> None:
    told = judged(case, "--asset", "10.20.8.12", "--json").json
    (device,) = told["devices"]
    by_text = {finding["directive"]: finding["outcome"] for finding in device["findings"]}
    assert by_text["uk-dhsc-hikvision-stop-2022-04"] == "not addressed"
    assert len(by_text) > 70
    out = judged(case, "--asset", "10.20.8.12", "--jurisdiction", "nl").out
    assert "outcome" in out and "waterwijk" in out
    assert judged(case, "--asset", "10.99.99.99").code == 2
    supposed = judged(case, "--asset", "10.20.8.12", "--jurisdiction", "gb", "--what-if", "all-public-bodies").out
    assert "a supposition, and no law" in supposed


# --- events


def test_every_event_has_a_day_and_who_says_so(case: Path) -> None:
    found = custodiet("events", "--case", case, "--json").json
    assert [one["day"] for one in found] == sorted(one["day"] for one in found)
    assert all(one["by"] for one in found)
    assert {one["what"] for one in found} >= {"bought", "installed", "first seen", "last seen", "firmware", "decided"}


def test_the_events_of_one_device_and_of_one_site(case: Path) -> None:
    of_one = custodiet("events", "10.20.8.11", "--case", case, "--json").json
    assert {one["label"] for one in of_one} == {"10.20.8.11"}
    of_site = custodiet("events", "--site", "stadhuis", "--case", case, "--json").json
    assert {one["site"] for one in of_site} == {"stadhuis"} and any(one["what"] == "decided" for one in of_site)
    assert custodiet("events", "--site", "nowhere", "--case", case).code == 2


def test_what_a_person_notes_of_a_device_is_an_event_and_a_fact(case: Path, tmp_path: Path) -> None:
    sites = tmp_path / "sites.yml"
    removed = "{ what: removed, on: 2025-11-20, by: facilities, note: report 7 }"
    note = f"devices:\n  - ip: 10.20.8.11\n    events: [{removed}]\n"
    sites.write_text((TOWN / "sites.yml").read_text(encoding="utf-8") + note, encoding="utf-8")
    events = custodiet("events", "10.20.8.11", "--case", case, "--sites", sites, *OWN, "--json").json
    assert [one["text"] for one in events if one["what"] == "removed"] == ["report 7"]
    told = judged(case, "--sites", sites, "--json").json
    gone = next(
        one
        for one in told["devices"] + [{"asset": {"label": "10.20.8.11"}, "findings": []}]
        if one["asset"]["label"] == "10.20.8.11"
    )
    assert not any(finding["outcome"] == "overdue" for finding in gone["findings"])
    assert json.dumps(told).count("overdue") > 0, "the others stay"
