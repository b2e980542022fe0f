"""Verdicts for people: nothing is cut at 80 columns, the law's words stand beside the verdict, lateness is told."""

from __future__ import annotations

import io

import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.law.verdicts import Verdicts
from custodiet.model import Asset, Finding, Identification
from custodiet.model.finding import Answered
from custodiet.report import guard
from custodiet.report.judged import Judged, because, decisions, one_device


def finding(**over: object) -> Finding:
    given: dict[str, object] = {
        "asset": "ast-1", "directive": "us-far-52-204-25-report", "requirement": "report-first", "strength": "must",
        "on": "2026-03-20", "status": "not_satisfied", "outcome": "report due", "severity": "high", "confidence": 0.9,
        "because": "Report due: by 2026-02-13 at the latest.", "deadline": "2026-02-13", "force": "in force",
    }  # fmt: skip
    return Finding(**(given | over))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_a_report_that_is_late_says_so() -> None:
    assert because(finding()).endswith("at the latest. That day has passed.")
    assert "passed" not in because(finding(on="2026-02-13"))
    assert "passed" not in because(finding(outcome="overdue"))
    assert "passed" not in because(finding(deadline=""))


def test_one_device_is_told_in_eighty_columns_with_the_words_of_the_law(catalog: Catalog) -> None:
    found = (
        finding(),
        finding(directive="uk-procurement-act-2023-national-security", requirement="exclude-supplier",
                status="not_applicable", outcome="not addressed", because="Not addressed: another body.", deadline=""),
        finding(directive="us-ndaa-889-a1B", requirement="report", status="not_applicable", outcome="allowed",
                because="Allowed: a waiver stands.", deadline=""),
    )  # fmt: skip
    asset = Asset(id="ast-1", label="10.0.0.1", subjects=())
    one = Verdicts(
        asset=asset, identification=Identification(asset="ast-1", conclusions=(), catalog="x"), findings=found
    )
    told = Judged(on="2026-03-20", body="B", tallies=(), devices=(one,), same_for_all=())
    file = io.StringIO()
    screen = guard.console(file, colour=False, width=80)
    for part in one_device(one, told, catalog):
        screen.print(part)
    out = file.getvalue()
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "…" not in out
    assert "must report within one business day after it was identified" in " ".join(out.split())
    assert "(our paraphrase)" in out and "That day has passed." in out
    assert out.index("a waiver stands") < out.index("Texts that say nothing"), "a waiver is no silence"
    assert out.index("Texts that say nothing of this device") < out.index("uk-procurement-act-2023-national-security")
    assert out.count("who or what is meant") == 2, "once for a text, and not once for a sentence"
    assert "asked of its maker and of its component, as far as is known" in " ".join(out.split())


def test_who_decided_is_told_with_the_question_in_plain_words(catalog: Catalog) -> None:
    law = catalog.directives["uk-co-wms-2022-11-24"]
    cited = "decision:routinely-used-by-ministers=yes (departmental security team, 2023-10-02)"
    place = Answered(question="place", answer="yes", because="x", evidence=("obs-1", cited))
    (told,) = decisions(finding(answers=(place,)), law)
    assert told == "Do Ministers routinely use this location? yes (departmental security team, 2023-10-02)"
    core = Answered(
        question="network", answer="no", because="x", evidence=("decision:core:hq/cctv=no (owner, 2023-01-02)",)
    )
    (told,) = decisions(finding(answers=(core,)), law)
    assert told == "Is the zone hq/cctv part of a core network? no (owner, 2023-01-02)"
