"""A supposed scope changes whom or where a text addresses, and nothing of it prints as law."""

from __future__ import annotations

from datetime import date

import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.errors import UsageError
from custodiet.judge import directives_for
from custodiet.law.cases import Case, Of, Thing, run
from custodiet.law.what_if import SCOPES, what_if, widened
from custodiet.model import Body, Directive

WMS = "uk-co-wms-2022-11-24"
COUNCIL = Body(id="c", name="Council", kind="uk-local-authority", country="GB")


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog()


def asked(directive: Directive, known: Catalog, says: str = "allowed", **site: str) -> str:
    case = Case(
        asks="stop-installing", on="2023-05-01", says=says, why="", body=Of(kind="uk-local-authority"),  # type: ignore[arg-type]
        site=site, device=Thing(maker="hikvision", installed="2023-02-01"),
    )  # fmt: skip
    (told,) = run(directive, (case,), known)
    assert told.finding.force == directive.status
    return f"{told.finding.outcome}: {told.finding.because}"


def test_a_council_is_addressed_only_in_supposition(known: Catalog) -> None:
    (law,) = directives_for(known, [WMS])
    (supposed,) = what_if([law], "councils", COUNCIL, known)
    secret = {"holds-secret-or-above-routinely": "yes"}
    assert asked(law, known, **secret).startswith("not addressed")
    assert asked(supposed, known, **secret).startswith("prohibited: Prohibited: only if its scope were wider")
    assert supposed.status == "what if" and law.status == "in force"


def test_every_site_asks_no_limb_and_drops_the_sentence_for_the_others(known: Catalog) -> None:
    (law,) = directives_for(known, [WMS])
    (supposed,) = what_if([law], "every-site", None, known)
    assert all(not sentence.where for sentence in supposed.requirements)
    assert {s.id for s in law.requirements} - {s.id for s in supposed.requirements} == {"consider-extending"}
    assert [s.strength for s in supposed.requirements] == ["must", "should", "consider"]


def test_only_what_the_scope_is_about_changes(known: Catalog) -> None:
    every = directives_for(known, None)
    for scope in SCOPES:
        for before, after in zip(every, what_if(every, scope, COUNCIL, known), strict=True):
            assert after == before or after.status == "what if", (scope, before.id)
            assert (after.covers, after.announced) == (before.covers, before.announced)


def test_a_proposal_is_supposed_to_hold_from_its_announcement(known: Catalog) -> None:
    every = directives_for(known, None)
    changed = [one for one in what_if(every, "proposed", None, known) if one.status == "what if"]
    assert changed
    assert {known.directives[one.id].status for one in changed} == {"proposed"}
    assert all(one.in_force and all(s.strength == "must" for s in one.requirements) for one in changed)


def test_the_rules_of_another_country_address_the_body(known: Catalog) -> None:
    theirs = what_if((), "country:tw", COUNCIL, known)
    assert theirs and {one.jurisdiction for one in theirs} == {"TW"}
    assert all("uk-local-authority" in one.addressees and one.status == "what if" for one in theirs)


@pytest.mark.parametrize(("scope", "near"), [("council", "councils"), ("country:XX", "Known are"), ("law", "")])
def test_an_unknown_scope_is_refused(scope: str, near: str, known: Catalog) -> None:
    with pytest.raises(UsageError) as fault:
        what_if((), scope, COUNCIL, known)
    assert near in (fault.value.next_step or "")


def test_no_scope_touches_a_date(known: Catalog) -> None:
    for scope in ("councils", "all-public-bodies", "every-site"):
        for before, after in zip(
            directives_for(known, None), what_if(directives_for(known, None), scope, COUNCIL, known), strict=True
        ):
            assert (before.in_force, before.until, before.suspensions) == (
                after.in_force,
                after.until,
                after.suspensions,
            )
    assert date(2022, 11, 24).isoformat() == known.directives[WMS].in_force


def test_every_public_body_means_those_of_the_country_whose_text_it_is(known: Catalog) -> None:
    every = tuple(known.directives.values())
    town = Body(id="t", name="Town", kind="nl-municipality", country="NL")
    countries = {one.jurisdiction for one in widened(every, "all-public-bodies", town)}
    assert {"NL", "EU"} <= countries and not countries & {"AU", "TW", "GB", "US", "LT"}
    assert widened(every, "every-site", town) == every
    assert widened(every, "councils", None) == every
