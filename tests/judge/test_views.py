"""What a camera looks at counts where the text is about the place: one yes is a yes, and a no takes a no of all."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest

from custodiet.catalog import load_catalog
from custodiet.errors import UsageError
from custodiet.judge import Judge
from custodiet.judge.answers import place_told
from custodiet.judge.events import OR_ELSE, Told
from custodiet.judge.notes import Notes
from custodiet.judge.views import views_of
from custodiet.law.cases import Thing, _dossier, _observations
from custodiet.model import Asset, Body, Decision, DeviceNote, Finding, Identifier, Site
from custodiet.sites import load_sites

WMS, REMOVAL, AUSTRALIA = (
    "uk-co-wms-2022-11-24", "uk-co-removal-timeline-2024-04-29", "au-finance-electorate-offices-2023",
)  # fmt: skip
DAY = date(2025, 6, 1)
LIMBS = (
    "holds-secret-or-above-routinely",
    "significant-share-dv-cleared",
    "routinely-used-by-ministers",
    "socpa-2005-government-location",
)
catalog = cache(load_catalog)


def signed(answer: str) -> Decision:
    return Decision(answer=answer, decided_by="security team", decided_on="2022-11-28")  # type: ignore[arg-type]


def place(id: str, answer: str, **more: str) -> Site:
    """Where the first limb has this answer and the others are no; `more` comes on top."""
    facts = {limb: signed("no") for limb in LIMBS} | {LIMBS[0]: signed(answer)}
    return Site(id=id, name=id.title(), facts=facts | {k.replace("_", "-"): signed(v) for k, v in more.items()})


def note(*looks_at: str, **more: Any) -> DeviceNote:
    told = {"decided_by": "guard", "decided_on": "2025-01-02"} | more
    return DeviceNote(serial="S1", looks_at=looks_at, **told)


def body(*sites: Site, notes: tuple[DeviceNote, ...] = (), **more: Any) -> Body:
    told = {"kind": "uk-central-department", "country": "GB"} | more
    return Body(id="b", name="B", sites=sites, devices=notes, **told)


def told(here: Site | None, whose: Body, on: date = DAY) -> Told:
    """The answer about the place for the camera of the first note."""
    directive = catalog().directives[REMOVAL]
    views = views_of(whose, whose.devices, whose.devices[0], here.id if here else None)
    found = place_told(directive.requirements[0], directive, "", here, whose, on, "", "", views)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("here", "there", "holds"),
    [
        ("yes", "yes", True),
        ("yes", "unknown", True),
        ("yes", "no", True),
        ("unknown", "yes", True),
        ("no", "yes", True),
        ("unknown", "unknown", None),
        ("unknown", "no", None),
        ("no", "unknown", None),
        ("no", "no", False),
    ],
)
def test_the_worst_of_both_places_is_the_answer(here: str, there: str, holds: bool | None) -> None:
    depot, ministry = place("depot", here), place("ministry", there)
    found = told(depot, body(depot, ministry, notes=(note("ministry"),)))
    assert found.holds is holds
    # told from where: the place it hangs at needs no view, and a view is named
    assert ("it looks at Ministry" in found.because) == (here != "yes" and there != "no")
    if holds is None:
        assert len(found.missing.split(OR_ELSE)) == (here == "unknown") + (there == "unknown")
    if holds and here != "yes":
        assert "note:looks_at=ministry (guard, 2025-01-02)" in found.evidence
        assert f"decision:{LIMBS[0]}=yes (security team, 2022-11-28)" in found.evidence
    if holds is False:
        assert "Ministry" in found.because and found.confidence == 1.0


def test_of_several_places_one_yes_is_enough_and_one_open_keeps_it_open() -> None:
    depot, park, ministry, street = place("d", "no"), place("p", "no"), place("m", "yes"), place("s", "unknown")
    sites = (depot, park, ministry, street)
    assert told(depot, body(*sites, notes=(note("p", "s", "m"),))).holds is True
    assert told(depot, body(*sites, notes=(note("p", "s"),))).holds is None
    assert told(depot, body(*sites, notes=(note("p"),))).holds is False
    # nobody knows where it hangs, and what it looks at is enough for a yes and not for a no
    assert told(None, body(*sites, notes=(note("m"),))).holds is True
    assert told(None, body(*sites, notes=(note("p"),))).holds is None


def test_a_statement_that_nobody_signed_makes_a_yes_less_sure_and_leaves_a_no() -> None:
    depot, ministry, park = place("d", "no"), place("m", "yes"), place("p", "no")
    of = body(depot, ministry, park, notes=(note("m", decided_by=""),))
    assert (told(depot, of).holds, told(depot, of).confidence) == (True, 0.5)
    assert "nobody signed" in told(depot, of).because
    of = body(depot, ministry, park, notes=(note("p", decided_by=""),))
    assert (told(depot, of).holds, told(depot, of).confidence) == (False, 1.0)


def test_answers_for_the_body_hold_for_its_own_places_and_not_for_those_of_others() -> None:
    depot, bare = place("d", "no"), Site(id="bare", name="Bare")
    facts = {limb: signed("no") for limb in LIMBS}
    own = body(depot, bare, notes=(note("bare"),), facts=facts)
    assert told(depot, own).holds is False
    theirs = body(depot, notes=(note("bare"),), facts=facts, others=(bare,))
    assert told(depot, theirs).holds is None


def test_what_was_decided_about_the_device_itself_comes_first() -> None:
    depot, ministry = place("d", "no"), place("m", "yes")
    whose = body(depot, ministry, notes=(note("m", facts={LIMBS[0]: signed("no")}),))
    assert told(depot, whose).holds is False


def test_what_several_people_say_is_put_together_and_hides_nothing_else_that_is_known() -> None:
    depot, park, ministry = place("depot", "no"), place("park", "no"), place("ministry", "yes")
    facts = note("park", decided_by="", facts={"exception-any": signed("yes")})
    whose = body(depot, park, ministry, notes=(facts, note("ministry"), note("park")))
    notes = Notes(whose)
    asset = Asset(id="a", label="a", subjects=(), identifiers=(Identifier(kind="serial", value="S1", identity=True),))
    assert notes.of(asset) is facts
    views = views_of(whose, notes.looking(asset), notes.of(asset), "depot")
    assert {(view.site.id, view.signed) for view in views} == {("park", True), ("ministry", True)}


def judged(whose: Body, *directives: str, at: str = "depot", serial: str = "S1") -> dict[str, Finding]:
    asset = Asset(
        id=f"ast-{serial}", label="camera", subjects=(), site=at,
        identifiers=(Identifier(kind="serial", value=serial, identity=True),),
    )  # fmt: skip
    judge = Judge(whose, [catalog().directives[id] for id in directives], catalog(), DAY)
    thing = Thing(maker="hikvision", installed="2023-03-01")
    found = judge.asset(asset, _dossier(thing), _observations(thing), (), whole=True)
    return {one.requirement: one for one in found}


def test_only_the_camera_that_looks_is_judged_by_what_it_sees() -> None:
    depot, ministry = place("depot", "no"), place("ministry", "yes")
    whose = body(depot, ministry, notes=(note("ministry"),))
    judge = Judge(whose, [catalog().directives[REMOVAL]], catalog(), DAY)
    thing = Thing(maker="hikvision", installed="2023-03-01")
    outcomes = []
    for serial in ("S2", "S1", "S3"):  # before and after the one that looks: no answer of it is another's
        asset = Asset(
            id=f"ast-{serial}", label="camera", subjects=(), site="depot",
            identifiers=(Identifier(kind="serial", value=serial, identity=True),),
        )  # fmt: skip
        outcomes.append(judge.asset(asset, _dossier(thing), _observations(thing), ())[0])
    assert [one.outcome for one in outcomes] == ["out of scope", "overdue", "out of scope"]
    assert "it looks at Ministry" in outcomes[1].because and outcomes[1].severity == "high"


def test_a_text_about_where_it_hangs_does_not_ask_what_it_sees() -> None:
    """The electorate offices: cameras in them were to go, and not those across the street."""
    depot, office = place("depot", "no", electorate_office="no"), place("office", "no", electorate_office="yes")
    of = {"kind": "au-commonwealth-entity", "country": "AU", "also": ("au-finance-department",)}
    whose = body(depot, office, notes=(note("office"),), **of)
    directive = catalog().directives[AUSTRALIA]
    whose = msgspec.structs.replace(whose, kind=directive.addressees[0], also=directive.addressees)
    assert judged(whose, AUSTRALIA)["remove-by"].outcome == "out of scope"
    assert judged(whose, AUSTRALIA, at="office")["remove-by"].outcome != "out of scope"


def test_the_network_and_the_purpose_are_not_asked_of_what_it_sees() -> None:
    for directive in catalog().directives.values():
        for sentence in directive.requirements:
            assert set(sentence.in_view) <= set(sentence.where)
            assert not any(word.startswith(("purpose-", "contract-", "decided-")) for word in sentence.in_view)


def test_a_sites_file_says_what_a_camera_looks_at(tmp_path: Any) -> None:
    path = tmp_path / "sites.yml"
    head = "id: b\nname: B\nkind: uk-central-department\ncountry: GB\nsites: [{ id: depot, name: Depot }]\n"
    more = "others: [{ id: ministry, name: The Ministry, facts: { routinely-used-by-ministers: { answer: yes } } }]\n"
    path.write_text(head + more + "devices: [{ serial: S1, looks_at: [ministry, depot] }]\n")
    read = load_sites(path)
    assert read.devices[0].looks_at == ("ministry", "depot")
    assert [view.site.name for view in views_of(read, read.devices, None, "depot")] == ["The Ministry"]
    for text, said in (
        (head + more + "devices: [{ serial: S1, looks_at: [ministri] }]\n", "there is no site ministri to look at"),
        (head + more.replace("ministry", "depot"), "stands twice"),
        (head + "others: [{ id: m, name: M, zones: [{ id: z }] }]\n", "no zones here"),
    ):
        path.write_text(text)
        with pytest.raises(UsageError, match=said):
            load_sites(path)
