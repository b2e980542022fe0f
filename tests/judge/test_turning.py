"""Which days make a body come out otherwise though nothing new was read."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from custodiet.catalog import load_catalog
from custodiet.judge import turns_between
from custodiet.model import Body, Decision, Directive, Site, Zone

SINCE, TODAY = date(2026, 3, 10), date(2026, 3, 20)


@pytest.fixture(scope="module")
def plain() -> Directive:
    """A directive that names no day."""
    found = next(iter(load_catalog().directives.values()))
    requirement = msgspec.structs.replace(
        found.requirements[0], deadline="", applies_from="", applies_until="", exceptions=()
    )
    covers = msgspec.structs.replace(found.covers, tests=())
    return msgspec.structs.replace(
        found, in_force="", until="", suspensions=(), covers=covers, requirements=(requirement,)
    )


def body(**over: Any) -> Body:
    return Body(id="b", name="B", kind="nl-municipality", country="NL", **over)


@pytest.mark.parametrize(
    ("day", "turns"),
    [("2026-03-09", False), ("2026-03-10", True), ("2026-03-20", True), ("2026-03-21", False), ("2026-03", False),
     ("2026-02", False), ("2026", False), ("", False)],
)  # fmt: skip
@pytest.mark.parametrize("field", ["deadline", "applies_from", "applies_until", "in_force", "until"])
def test_days_of_a_directive(plain: Directive, field: str, day: str, turns: bool) -> None:
    if field in ("in_force", "until"):
        directive = msgspec.structs.replace(plain, **{field: day})
    else:
        requirement = msgspec.structs.replace(plain.requirements[0], **{field: day})
        directive = msgspec.structs.replace(plain, requirements=(requirement,))
    assert turns_between([directive], None, SINCE, TODAY) is turns


def test_a_month_ends_with_its_last_day(plain: Directive) -> None:
    directive = msgspec.structs.replace(plain, until="2026-02")
    assert turns_between([directive], None, date(2026, 2, 28), date(2026, 3, 1))
    assert not turns_between([directive], None, date(2026, 3, 1), date(2026, 3, 2))


def test_the_end_of_an_exception_or_an_answer(plain: Directive) -> None:
    ends = Decision(answer="yes", until="2026-03-15")
    for told in (
        body(facts={"waiver": ends}),
        body(sites=(Site(id="s", name="S", facts={"sensitive": ends}),)),
        body(sites=(Site(id="s", name="S", zones=(Zone(id="z", core=ends),)),)),
        body(others=(Site(id="o", name="O", facts={"sensitive": ends}),)),
    ):
        assert turns_between([plain], told, SINCE, TODAY)
    assert not turns_between([plain], body(facts={"waiver": Decision(answer="yes")}), SINCE, TODAY)


def test_on_the_same_day_nothing_turned(plain: Directive) -> None:
    directive = msgspec.structs.replace(plain, until=SINCE.isoformat())
    assert not turns_between([directive], None, SINCE, SINCE)
