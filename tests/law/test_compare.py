"""Directives side by side say what each record says, and rank nothing."""

from __future__ import annotations

from custodiet.catalog import load_catalog
from custodiet.judge import directives_for
from custodiet.law.compare import QUESTIONS, compare


def test_each_column_is_one_directive_and_each_row_one_question() -> None:
    known = load_catalog()
    asked = directives_for(known, ["uk-co-wms-2022-11-24", "us-ndaa-889-a1B", "eu-ep-discharge-2021"])
    head, *rows = compare(asked, known)
    assert head == ("", "uk-co-wms-2022-11-24", "us-ndaa-889-a1B", "eu-ep-discharge-2021")
    assert [row[0] for row in rows] == list(QUESTIONS)
    assert {len(row) for row in rows} == {4}
    by_question = {row[0]: row[1:] for row in rows}
    uk, us, eu = by_question["what it asks"]
    assert uk.startswith("must stop installing; should disconnect from core; consider replacing; consider extending")
    assert "report" in us and "must" not in eu
    assert "National Intelligence Law" in by_question["who or what is meant"][0]
    assert "subsidiaries and affiliates" in by_question["who or what is meant"][1]
    assert by_question["what it is"][2].endswith("political")
