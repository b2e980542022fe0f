"""Directives side by side say what each record says, and rank nothing."""

from __future__ import annotations

from custodiet.catalog import load_catalog
from custodiet.judge import directives_for
from custodiet.law.compare import QUESTIONS, compare, who_is_meant, within_in_words


def test_each_column_is_one_directive_and_each_row_one_question() -> None:
    known = load_catalog()
    asked = directives_for(known, ["uk-co-wms-2022-11-24", "us-ndaa-889-a1B", "eu-ep-discharge-2021"])
    head, *rows = compare(asked, known)
    assert head == ("", "uk-co-wms-2022-11-24", "us-ndaa-889-a1B", "eu-ep-discharge-2021")
    assert [row[0] for row in rows] == list(QUESTIONS)
    assert {len(row) for row in rows} == {4}
    by_question = {row[0]: row[1:] for row in rows}
    uk, us, eu = by_question["what it asks"]
    assert uk == "1. must stop installing; 2. should disconnect from core; 3. consider replacing; 4. consider extending"
    assert "report" in us and "must" not in eu
    assert "National Intelligence Law" in by_question["who or what is meant"][0]
    assert "subsidiaries and affiliates" in by_question["who or what is meant"][1]
    assert by_question["what it is"][2].endswith("political")


def test_place_network_and_purpose_are_told_by_sentence() -> None:
    known = load_catalog()
    rows = compare(directives_for(known, ["uk-co-wms-2022-11-24", "us-ndaa-889-a1B"]), known)[1:]
    by_question = {row[0]: row[1:] for row in rows}
    sensitive, core, others = by_question["where"][0].split(" | ")
    assert sensitive.startswith("1, 3: where one is a yes: ")
    assert core == "2: everywhere", "the sentence on core networks is not tied to sensitive sites"
    assert others.startswith("4: where none of these is a yes: ")
    assert by_question["network"] == ("1, 3, 4: whatever the network | 2: core", "")
    assert by_question["purpose"][0] == "" and "public safety" in by_question["purpose"][1]


def test_deadlines_that_run_are_written_for_people() -> None:
    assert within_in_words("P1BD", "identified") == "within one business day after it was identified"
    assert within_in_words("P10BD", "report-first") == "within ten business days after the first report"
    assert within_in_words("P30D", "some-event") == "within 30 days after some event"


def test_a_test_that_only_people_can_answer_is_told_with_its_question() -> None:
    known = load_catalog()
    (told,) = who_is_meant(known.directives["nl-motion-26643-830"], known)
    assert told.endswith("?") and "decide" in told
