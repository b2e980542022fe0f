"""What is counted: totals that add up, issues that are bounded, and a file that ended too early."""

from __future__ import annotations

from custodiet.model import Issue, Source, Tally
from custodiet.sources.ledger import MOST_ISSUES, Facts, Ledger, plain

SOURCE = Source(id="src-1", kind="log", format="x", name="given", sha256="", size=0)


def test_totals_add_up_and_issues_are_told_up_to_a_bound() -> None:
    ledger = Ledger(SOURCE, "lines")
    ledger.read()
    told = [issue for number in range(MOST_ISSUES + 3) for issue in ledger.refuse(f"line {number}", "broken")]
    assert len(told) == MOST_ISSUES
    rest, tally = ledger.close()
    assert isinstance(rest, Issue) and rest.reason.startswith("3 more issues")
    assert isinstance(tally, Tally)
    assert (tally.total, tally.read, tally.issues) == (MOST_ISSUES + 4, 1, MOST_ISSUES + 3)


def test_a_file_that_ended_too_early_leaves_the_result_incomplete() -> None:
    ledger = Ledger(SOURCE, "lines")
    assert list(ledger.cut_short("")) == []
    (issue,) = ledger.cut_short("it ends in the middle")
    assert issue.severity == "incomplete" and issue.next_step
    (tally,) = ledger.close()
    assert isinstance(tally, Tally) and not tally.whole


def test_a_unit_that_is_refused_is_counted_so_the_file_was_read_to_its_end() -> None:
    ledger = Ledger(SOURCE, "lines")
    assert list(ledger.refuse("line 1", "broken")) and list(ledger.remark("line 2", "odd"))
    (tally,) = ledger.close()
    assert isinstance(tally, Tally) and tally.whole


def test_names_that_are_not_covered_are_bounded() -> None:
    ledger = Ledger(SOURCE, "lines")
    for number in range(1000):
        ledger.not_covered(f"made up {number}")
    (tally,) = ledger.close()
    assert isinstance(tally, Tally)
    assert len(tally.not_covered) == 101 and sum(tally.not_covered.values()) == 1000


def test_the_same_fact_is_told_once_with_its_span_of_time() -> None:
    facts = Facts("src-1")
    facts.add("ip:10.0.0.5", "http.server", "x", "line 1", 5.0)
    facts.add("ip:10.0.0.5", "http.server", "x", "line 2", 3.0, 9.0)
    facts.add("ip:10.0.0.5", "http.server", " ", "line 3", 1.0)
    (seen,) = facts.drain()
    assert (seen.locator, seen.first_seen, seen.last_seen, seen.count) == ("line 1", 3.0, 9.0, 2)
    assert list(facts.drain()) == []


def test_what_is_stored_cannot_steer_anything() -> None:
    assert plain("a\x1b[31m\ud800") == "a\\x1b[31m\\xed\\xa0\\x80"
    assert len(plain("\x00" * 10_000)) <= 400
