"""The dates of directives in their order, as they are known, and as a calendar file that a calendar can read."""

from __future__ import annotations

from datetime import date

import msgspec

from custodiet.catalog import load_catalog
from custodiet.law.calendar import as_ics, calendar, running
from custodiet.model import Body, Covers, Decision, Directive, Reference, Requirement, Window

RULE = Directive(
    id="rule", title="A rule; with, signs\n", issuer="somebody", jurisdiction="US", instrument="statute", binding="b",
    addressees=("other",), announced="2021-01-01", in_force="2021-03", status="in force", equipment=("camera",),
    covers=Covers(), references=(Reference(where="gazette"),), confidence="high",
    suspensions=(Window(since="2022-01-01", until="2022-02", text="off"),),
    requirements=(
        Requirement(id="gone", demands="remove-by", strength="must", event="keeping", text="Gone", deadline="2023"),
        Requirement(
            id="tell", demands="report", strength="must", event="reporting", text="Tell", within="P1BD",
            after="identified",
        ),
    ),
)  # fmt: skip


def test_what_begins_is_asked_from_its_first_day_and_what_is_due_on_its_last() -> None:
    found = [(one.day.isoformat(), one.as_known, one.kind) for one in calendar([RULE])]
    assert found == [
        ("2021-03-01", "2021-03", "holds from"),
        ("2022-01-01", "2022-01-01", "suspended from"),
        ("2022-02-28", "2022-02", "suspended until"),
        ("2023-12-31", "2023", "due"),
    ]


def test_a_deadline_that_runs_has_a_day_only_where_its_begin_was_recorded() -> None:
    (run,) = running([RULE])
    assert (run.requirement, run.within, run.after) == ("tell", "P1BD", "identified")
    found = Decision(answer="yes", since="2021-07-02", decided_by="us", decided_on="2021-07-02")
    body = Body(id="b", name="B", kind="other", country="US", facts={"identified": found})
    assert [one.day.isoformat() for one in calendar([RULE], body) if one.requirement == "tell"] == ["2021-07-06"]
    (due,) = [one for one in calendar([RULE], body) if one.requirement == "tell"]
    assert due.text == "Tell (B: it was identified on 2021-07-02)"
    no = msgspec.structs.replace(body, facts={"identified": Decision(answer="no", decided_on="2021-07-02")})
    assert not [one for one in calendar([RULE], no) if one.requirement == "tell"]


def test_the_calendar_file_holds_no_line_that_data_could_end() -> None:
    text = as_ics(calendar([RULE]), date(2026, 1, 1))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2] == "END:VCALENDAR" and lines[-1] == ""
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = text.replace("\r\n ", "")
    assert "A rule\\; with\\, signs " in whole
    assert "DTSTART;VALUE=DATE:20231231\r\nDTEND;VALUE=DATE:20240101" in text


def test_a_calendar_shows_what_is_no_rule_and_which_day_is_not_known() -> None:
    called = msgspec.structs.replace(RULE, status="political")
    lines = as_ics(calendar([called]), date(2026, 1, 1)).replace("\r\n ", "").split("\r\n")
    assert "SUMMARY:[political] holds from: rule (2021-03\\; the day is not known)" in lines
    assert "SUMMARY:[political] suspended from: rule" in lines
    assert "SUMMARY:due: rule (2023\\; the day is not known)" in as_ics(calendar([RULE]), date(2026, 1, 1))


def test_every_directive_of_the_catalog_has_its_dates() -> None:
    known = load_catalog()
    entries = calendar(tuple(known.directives.values()))
    assert {one.directive for one in entries} >= {d.id for d in known.directives.values() if d.in_force}
    assert list(entries) == sorted(entries, key=lambda one: (one.day, one.directive, one.requirement, one.kind))
    uids = [
        line for line in as_ics(entries, date(2026, 1, 1)).replace("\r\n ", "").split("\r\n") if line.startswith("UID")
    ]
    assert len(uids) == len(set(uids)) == len(entries)
