"""What a directive says of a device on a date: the rules that a naive judge gets wrong, each by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.catalog import Catalog, load_catalog
from custodiet.errors import CatalogError, UsageError
from custodiet.judge import QUESTIONS, Judge, directives_for, judge_asset, worst_first
from custodiet.judge.answers import settling
from custodiet.judge.events import history, there
from custodiet.model import (
    FIELDS,
    Answered,
    Asset,
    Body,
    Brand,
    Claim,
    Company,
    Conclusion,
    Decision,
    Directive,
    Finding,
    Flow,
    Identification,
    Observation,
    Relation,
    Site,
    Zone,
    observe,
)

LIMBS = (
    "holds-secret-or-above-routinely",
    "significant-share-dv-cleared",
    "routinely-used-by-ministers",
    "socpa-2005-government-location",
)
WMS, REMOVAL = "uk-co-wms-2022-11-24", "uk-co-removal-timeline-2024-04-29"
DHSC, PART_A, PART_B = "uk-dhsc-hikvision-stop-2022-04", "us-ndaa-889-a1A", "us-ndaa-889-a1B"
DEFINITION = "uk-co-sensitive-site-definition-2023-09"
ENTITY_LIST, PARLIAMENT, DEFENCE = "us-bis-entity-list-2019-10-09", "eu-ep-discharge-2021", "au-defence-removal-2023"


@cache
def catalog() -> Catalog:
    """Our own directives and words, with a handful of companies, so that a test says all it rests on."""
    loaded = load_catalog()
    companies = [
        Company(
            id="hikvision", name="Hikvision", seat="CN", relations=(Relation(kind="owns", to="ezviz", share=60.0),)
        ),
        Company(
            id="dahua",
            name="Dahua",
            seat="CN",
            relations=(
                Relation(kind="owns", to="lorex", since="2018-02", until="2022-11"),
                Relation(kind="owns", to="part", share=20.0),
            ),
        ),
        Company(id="huawei", name="Huawei", seat="CN"),
        Company(id="zte", name="ZTE", seat="CN"),
        Company(id="hytera", name="Hytera", seat="CN"),
        Company(id="ezviz", name="EZVIZ", seat="CN"),
        Company(id="lorex", name="Lorex", seat="CA"),
        Company(id="part", name="Part", seat="DE"),
        Company(id="axis", name="Axis", seat="SE"),
        Company(id="taiwan-maker", name="Taiwan Maker", seat="TW"),
        Company(id="no-seat", name="No Seat"),
        Company(id="uniview", name="Uniview", seat="CN"),
        Company(id="plant", name="European Plant", seat="NL"),
        Company(id="group", name="Group", seat="CN", relations=(Relation(kind="controls", to="plant"),)),
    ]
    return replace(
        loaded,
        version="of-this-test",
        companies={c.id: c for c in companies},
        brands={"western": Brand(id="western", name="W")},
    )


def signed(answer: str) -> Decision:
    return Decision(answer=answer, decided_by="security team", decided_on="2022-11-28")  # type: ignore[arg-type]


def site(limbs: str = "unknown", *, core: str = "unknown", **facts: str) -> Site:
    """A site whose four limbs all have the same answer."""
    decided = {limb: signed(limbs) for limb in LIMBS} | {key.replace("_", "-"): signed(a) for key, a in facts.items()}
    return Site(
        id="hq",
        name="Headquarters",
        facts=decided,
        zones=(
            Zone(id="cctv", subnets=("10.0.0.0/24",), core=signed(core)),
            Zone(id="spine", subnets=("10.9.0.0/24",), core=signed("yes")),
        ),
    )


def body(kind: str = "uk-central-department", *sites: Site, **facts: str) -> Body:
    decided = {key.replace("_", "-"): signed(answer) for key, answer in facts.items()}
    return Body(id="b", name="The Body", kind=kind, country="GB", sites=sites, facts=decided)


SECRET = msgspec.structs.replace(site("no"), facts=site("no").facts | {LIMBS[0]: signed("yes")})


def made(
    maker: str = "hikvision",
    confidence: float = 0.97,
    *,
    device_class: str = "camera",
    brand: str = "",
    against: Sequence[str] = (),
) -> Identification:
    """A dossier: camera and maker concluded, the rest unknown."""

    def band(value: str, sure: float) -> str:
        return "unknown" if not value else "certain" if sure >= 0.95 else "likely" if sure >= 0.75 else "possible"

    def claim(field: str, value: str) -> Claim:
        return Claim(
            field=field,
            value=value,
            technique="discovery-reply",
            strength=0.9,
            record=f"record-{value}",
            observations=(f"obs-{field}",),
            attribute="sadp.reply",
            observed="x",
        )

    values = {"device_class": (device_class, 0.97), "manufacturer": (maker, confidence), "brand": (brand, 0.9)}
    conclusions = []
    for field in FIELDS:
        value, sure = values.get(field, ("", 0.0))
        conclusions.append(
            Conclusion(
                field=field,
                value=value,
                confidence=sure if value else 0.0,
                band=band(value, sure),  # type: ignore[arg-type]
                claims_for=(claim(field, value),) if value else (),
                claims_against=tuple(claim(field, other) for other in against if field == "manufacturer"),
                settle="ask it over its own discovery" if field == "manufacturer" and sure < 0.75 else "",
            )
        )
    return Identification(asset="ast-1", conclusions=tuple(conclusions), catalog="test")


def register(installed: str = "", bought: str = "", **more: str) -> list[Observation]:
    values = {"installed_on": installed, "bought_on": bought, **more}
    rows = [("register.text", "a camera"), *((f"register.{key}", value) for key, value in values.items() if value)]
    return [observe("src-1", "row:1", attribute, value, "row 1") for attribute, value in rows]


def seen(day: str, last: str = "") -> list[Observation]:
    """What a capture saw at noon of these days."""

    def noon(text: str) -> float:
        return (date.fromisoformat(text) - date(1970, 1, 1)) / timedelta(seconds=1) + 43200.0

    when = noon(day)
    return [
        observe("src-2", "ip:10.0.0.5", "sadp.reply", "x", "packet 1", first_seen=when, last_seen=noon(last or day))
    ]


def judge(
    on: str,
    whose: Body | None,
    *ids: str,
    identification: Identification | None = None,
    observations: Sequence[Observation] = (),
    flows: Sequence[Flow] = (),
    site: str | None = "hq",
    zone: str | None = "cctv",
    placed_by: str = "",
) -> dict[str, Finding]:
    """Findings by ``directive/requirement``, and by requirement alone where one directive is asked."""
    asset = Asset(id="ast-1", label="camera", subjects=("src-1/row:1",), site=site, zone=zone, placed_by=placed_by)
    found = judge_asset(
        asset,
        identification or made(),
        observations or register(),
        flows,
        whose,
        directives_for(catalog(), list(ids) or None),
        catalog(),
        date.fromisoformat(on),
    )
    named = {f"{finding.directive}/{finding.requirement}": finding for finding in found}
    assert len(named) == len(found)
    for finding in found:
        check_shape(finding)
    return named | ({finding.requirement: finding for finding in found} if len(ids) == 1 else {})


def check_shape(finding: Finding) -> None:
    """What holds for every finding whatever it says."""
    assert tuple(answer.question for answer in finding.answers) == QUESTIONS
    assert finding.because.endswith(".") and 0.0 <= finding.confidence <= 1.0
    assert (finding.outcome == "cannot judge") <= bool(finding.missing)
    binds = catalog().directives[finding.directive].status in ("in force", "local decision", "guidance")
    assert (finding.status in ("satisfied", "not_applicable")) == (finding.severity == "none") or not binds
    assert "chinese" not in finding.because.casefold()
    if finding.strength != "must":
        assert finding.outcome not in ("prohibited", "must be gone", "overdue")


def answer(finding: Finding, question: str) -> Answered:
    return next(found for found in finding.answers if found.question == question)


def outcome(findings: dict[str, Finding], name: str) -> tuple[str, str]:
    return findings[name].outcome, findings[name].status


# --- the records


def test_every_date_of_every_record_is_a_date() -> None:
    Judge(None, directives_for(catalog(), None), catalog(), date(2024, 1, 1))
    broken = msgspec.structs.replace(catalog().directives[WMS], in_force="varies")
    with pytest.raises(CatalogError, match="varies"):
        Judge(None, [broken], catalog(), date(2024, 1, 1))


def test_the_words_of_the_records_are_known() -> None:
    for directive in catalog().directives.values():
        assert set(directive.addressees) <= set(catalog().body_kinds)
        assert set(directive.equipment) | set(directive.equipment_unclear) <= set(catalog().device_classes)
        assert not set(directive.equipment) & set(directive.equipment_unclear)
        for sentence in directive.requirements:
            assert sentence.demands in catalog().demands
            assert set(sentence.where) | set(sentence.purpose) <= set(directive.conditions)
            assert set(sentence.purpose_for) <= set(directive.covers.companies)
        assert len({s.id for s in directive.requirements}) == len(directive.requirements)


def test_a_quotation_names_the_source_in_which_it_was_read() -> None:
    quoted = [(d.id, s.id) for d in catalog().directives.values() for s in d.requirements if s.quotation]
    assert (WMS, "stop-installing") in quoted
    for directive in catalog().directives.values():
        read_in = {reference.where for reference in directive.references}
        for sentence in directive.requirements:
            assert not sentence.quotation or (sentence.quoted_from in read_in and sentence.language)


def test_an_unknown_directive_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Did you mean us-ndaa-889-a1B\?"):
        directives_for(catalog(), ["us-ndaa-889-a1b"])
    assert [d.id for d in directives_for(catalog(), [DHSC, WMS, DHSC])] == [DHSC, WMS]
    assert len(directives_for(catalog(), None)) == len(catalog().directives)


# --- the rules of section 8


def test_rule_1_the_uk_rule_is_about_deploying_on_sensitive_sites_and_not_about_buying_or_everywhere() -> None:
    bought = register(installed="2022-11-20", bought="2023-06-01")
    assert outcome(
        judge("2024-01-01", body("uk-central-department", SECRET), WMS, observations=bought), "stop-installing"
    ) == ("allowed", "satisfied")
    new = register(installed="2023-06-01")
    at_secret = judge("2024-01-01", body("uk-central-department", SECRET), WMS, observations=new)
    assert outcome(at_secret, "stop-installing") == ("prohibited", "not_satisfied")
    elsewhere = judge("2024-01-01", body("uk-central-department", site("no")), WMS, observations=new)
    assert outcome(elsewhere, "stop-installing") == ("out of scope", "not_applicable")


def test_rule_2_four_sentences_keep_four_strengths_and_consider_never_becomes_must() -> None:
    whose = body("uk-central-department", msgspec.structs.replace(SECRET, zones=site(core="yes").zones))
    found = judge("2024-01-01", whose, WMS, REMOVAL, observations=register(installed="2023-01-01"))
    assert {name.split("/")[1]: f.outcome for name, f in found.items() if WMS in name} == {
        "stop-installing": "prohibited",
        "disconnect-from-core": "allowed, discouraged",
        "consider-replacing": "decision required",
        "consider-extending": "out of scope",
    }
    assert outcome(found, f"{REMOVAL}/remove-by") == ("not addressed", "not_applicable")
    later = judge("2024-05-01", whose, WMS, REMOVAL, observations=register(installed="2023-01-01"))
    assert later[f"{REMOVAL}/remove-by"].outcome == "must be gone"
    assert later[f"{WMS}/consider-replacing"].outcome == "decision required"


def test_rule_3_no_list_of_companies_is_needed_for_the_uk_test() -> None:
    whose = body("uk-central-department", SECRET)
    found = judge("2024-01-01", whose, WMS, identification=made("uniview"), observations=register("2023-01-01"))
    assert found["stop-installing"].outcome == "prohibited"
    assert catalog().directives[WMS].covers.companies == ()


@pytest.mark.parametrize(
    ("maker", "said"),
    [
        ("hikvision", "yes"),
        ("axis", "no"),
        ("taiwan-maker", "unknown"),
        ("no-seat", "unknown"),
        ("plant", "unknown"),
        ("part", "no"),
        ("stranger", "unknown"),
    ],
)
def test_rule_4_the_legal_seat_of_the_producer_decides_and_not_a_share_or_the_sticker(maker: str, said: str) -> None:
    whose = body("uk-central-department", SECRET)
    found = judge(
        "2024-01-01", whose, WMS, identification=made(maker, brand="hikvision"), observations=register("2023-01-01")
    )
    assert answer(found["stop-installing"], "entity").answer == said
    assert found["stop-installing"].outcome == {"yes": "prohibited", "no": "allowed", "unknown": "cannot judge"}[said]


@pytest.mark.parametrize("limb", LIMBS)
def test_rule_5_any_one_limb_is_enough_and_says_who_decided(limb: str) -> None:
    one = msgspec.structs.replace(site("unknown"), facts={limb: signed("yes")})
    found = judge("2024-01-01", body("uk-central-department", one), WMS, observations=register("2023-01-01"))
    assert found["stop-installing"].outcome == "prohibited"
    assert f"decision:{limb}=yes (security team, 2022-11-28)" in answer(found["stop-installing"], "place").evidence


def test_rule_5_three_times_no_and_one_open_limb_is_not_a_no() -> None:
    open_one = msgspec.structs.replace(site("no"), facts={limb: signed("no") for limb in LIMBS[:3]})
    found = judge("2024-01-01", body("uk-central-department", open_one), WMS, observations=register("2023-01-01"))
    assert found["stop-installing"].outcome == "cannot judge"
    assert "Serious Organised Crime" in found["stop-installing"].missing[0]
    assert found["consider-extending"].outcome == "cannot judge"


def test_rule_5_an_answer_that_nobody_signed_counts_half_and_says_so() -> None:
    unsigned = msgspec.structs.replace(SECRET, facts={LIMBS[0]: Decision(answer="yes")})
    found = judge("2024-01-01", body("uk-central-department", unsigned), WMS, observations=register("2023-01-01"))
    assert found["stop-installing"].confidence == 0.5 and "nobody signed" in found["stop-installing"].because


def test_rule_6_the_core_network_sentence_is_not_tied_to_sensitive_sites() -> None:
    for limbs in ("no", "yes", "unknown"):
        found = judge("2024-01-01", body("uk-central-department", site(limbs, core="yes")), WMS)
        assert outcome(found, "disconnect-from-core") == ("allowed, discouraged", "not_satisfied")
    found = judge("2024-01-01", body("uk-central-department", site("yes", core="no")), WMS)
    assert outcome(found, "disconnect-from-core") == ("allowed", "satisfied")
    found = judge("2024-01-01", body("uk-central-department", site("yes", core="unknown")), WMS)
    assert outcome(found, "disconnect-from-core") == ("cannot judge", "undetermined")
    found = judge("2024-01-01", body("uk-central-department", site("yes")), WMS, zone=None)
    assert "in which network zone" in found["disconnect-from-core"].missing[0]


def test_rule_7_progress_of_the_removal_is_no_matter_of_one_device() -> None:
    found = judge("2025-01-01", body("uk-central-department", SECRET), REMOVAL)
    assert outcome(found, "publish") == ("out of scope", "not_applicable")


@pytest.mark.parametrize("kind", ["uk-central-department", "us-federal-agency", "exporter-to-listed-party", "other"])
def test_rule_8_the_entity_list_is_never_a_use_ban(kind: str) -> None:
    found = judge("2024-01-01", body(kind, SECRET), ENTITY_LIST)
    assert outcome(found, "do-not-export-to") == ("out of scope", "not_applicable")
    assert "export rule" in found["do-not-export-to"].because
    assert outcome(judge("2024-01-01", None, ENTITY_LIST), "do-not-export-to") == ("out of scope", "not_applicable")


def test_rule_9_part_a_and_part_b_have_different_addressees_and_dates() -> None:
    row = register(installed="2019-09-01", bought="2019-09-01")
    purpose = {"purpose_public_safety": "yes"}
    agency, contractor = body("us-federal-agency", **purpose), body("us-federal-contractor", **purpose)
    at_agency = judge("2020-01-01", agency, PART_A, PART_B, observations=row)
    assert at_agency[f"{PART_A}/stop-buying"].outcome == "prohibited"
    assert at_agency[f"{PART_B}/do-not-contract"].outcome == "not addressed"
    at_contractor = judge("2020-01-01", contractor, PART_A, PART_B, observations=row)
    assert at_contractor[f"{PART_A}/stop-buying"].outcome == "not addressed"
    assert "not yet in force" in at_contractor[f"{PART_B}/do-not-contract"].because
    later = judge("2021-01-01", contractor, PART_B, observations=row)
    assert later["do-not-contract"].outcome == "prohibited"


@pytest.mark.parametrize(
    ("maker", "purpose", "expected"),
    [
        ("hikvision", "unknown", "cannot judge"),
        ("dahua", "unknown", "cannot judge"),
        ("hytera", "yes", "prohibited"),
        ("ezviz", "unknown", "cannot judge"),
        ("hikvision", "no", "out of scope"),
        ("huawei", "unknown", "prohibited"),
        ("zte", "no", "prohibited"),
        ("axis", "yes", "allowed"),
    ],
)
def test_rule_10_the_purpose_limb_is_for_the_three_video_makers(maker: str, purpose: str, expected: str) -> None:
    purposes = [c for c in catalog().directives[PART_B].conditions if c.startswith("purpose-")]
    facts = {name.replace("-", "_"): purpose for name in purposes}
    whose = body("us-federal-contractor", **facts)
    found = judge("2021-06-01", whose, PART_B, identification=made(maker), observations=register(component="none"))
    assert found["do-not-contract"].outcome == expected
    if expected == "cannot judge":
        assert "public safety" in found["do-not-contract"].missing[0]


def test_rule_11_an_affiliate_without_a_percentage_is_a_question() -> None:
    whose = body("us-federal-contractor", purpose_public_safety="yes")
    found = judge("2021-06-01", whose, PART_B, identification=made("part"))
    assert found["do-not-contract"].outcome == "cannot judge"
    assert "20%" in found["do-not-contract"].because and "no percentage" in found["do-not-contract"].missing[0]


def test_rule_14_a_waiver_is_a_window_of_time_and_not_a_flag() -> None:
    window = Decision(
        answer="yes", decided_by="agency head", decided_on="2021-01-10", since="2021-02-01", until="2021-12-31"
    )
    facts = {"exception-889-waiver": window, "purpose-public-safety": signed("yes")}
    whose = msgspec.structs.replace(body("us-federal-contractor"), facts=facts)
    outcomes = {
        day: judge(day, whose, PART_B)["do-not-contract"].outcome
        for day in ("2021-01-31", "2021-02-01", "2021-12-31", "2022-01-01")
    }
    assert list(outcomes.values()) == ["prohibited", "allowed", "allowed", "prohibited"]
    after = judge("2022-01-01", whose, PART_B)["do-not-contract"]
    assert "only until 2021-12-31" in answer(after, "exception").because


def test_a_part_of_which_nobody_spoke_is_no_hit_where_a_reasonable_inquiry_is_asked_and_open_elsewhere() -> None:
    def told(part: str = "") -> str:
        whose = body("us-federal-contractor", purpose_public_safety="yes")
        found = judge("2024-01-01", whose, PART_B, identification=made("axis"), observations=register(component=part))
        return found["do-not-contract"].outcome

    assert [told(), told("Hikvision"), told("none"), told("Axis")] == ["allowed", "prohibited", "allowed", "allowed"]
    market = {
        part: judge(
            "2026-02-01", body("maker-or-importer"), "us-fcc-25-71", identification=made("axis"),
            observations=register(component=part, authorised_on="2026-01-15"),
        )["do-not-authorise"].outcome
        for part in ("", "none", "Huawei")
    }  # fmt: skip
    assert market == {"": "cannot judge", "none": "allowed", "Huawei": "prohibited"}


def test_an_exception_that_sentences_list_frees_from_these_and_not_from_the_rest() -> None:
    whose = body("dk-region", body_took_this_decision="yes", exception_upgraded="yes")
    found = judge("2023-01-01", whose, "dk-local-decisions", observations=register(bought="2022-11-01"))
    assert (found["wind-down"].outcome, found["stop-buying"].outcome) == ("allowed", "prohibited")


def test_a_second_report_is_due_so_many_days_after_the_first() -> None:
    facts = {"purpose-public-safety": "yes", "contract-carries-clause": "yes"}
    whose = body("us-federal-contractor", **facts)
    first = Decision(answer="yes", decided_by="contracts office", decided_on="2021-07-06", since="2021-07-06")
    whose = msgspec.structs.replace(whose, facts={**whose.facts, "decided-report-first": first})
    found = judge("2021-07-08", whose, "us-far-52-204-25-report")
    assert (found["report-first"].outcome, found["report-follow-up"].deadline) == ("allowed", "2021-07-20")


def test_rule_15_one_device_gets_a_different_answer_from_each_test() -> None:
    facts = {"purpose_public_safety": "yes"}
    dossier = made("uniview", brand="hikvision")
    uk = judge(
        "2024-01-01",
        body("uk-dhsc", SECRET),
        WMS,
        DHSC,
        identification=dossier,
        observations=register("2023-01-01", "2022-12-01"),
    )
    assert uk[f"{WMS}/stop-installing"].outcome == "prohibited"
    assert uk[f"{DHSC}/stop-buying"].outcome == "allowed"
    parts = register(component="none")
    us = judge("2024-01-01", body("us-federal-contractor", **facts), PART_B, identification=dossier, observations=parts)
    assert us["do-not-contract"].outcome == "allowed"


def test_rule_15_the_brand_is_never_the_maker() -> None:
    unknown = made("", brand="hikvision")
    found = judge(
        "2024-01-01", body("uk-dhsc", SECRET), DHSC, identification=unknown, observations=register(bought="2023-01-01")
    )
    assert found["stop-buying"].outcome == "cannot judge"
    assert "does not tell who produced it" in found["stop-buying"].because


def test_rule_16_exempt_and_undeployed_devices_still_have_findings() -> None:
    council = judge("2024-01-01", body("uk-local-authority", SECRET), WMS)
    assert len({f.requirement for f in council.values()}) == 4
    assert {f.outcome for f in council.values()} == {"not addressed"}
    assert answer(council["stop-installing"], "entity").answer == "yes"
    stored = judge(
        "2024-01-01",
        body("uk-central-department", SECRET),
        WMS,
        observations=register(bought="2023-01-01", status="In stock"),
    )
    assert outcome(stored, "stop-installing") == ("allowed", "satisfied")
    assert "bought and not installed" in stored["stop-installing"].because
    assert outcome(stored, "consider-replacing") == ("out of scope", "not_applicable")


@pytest.mark.parametrize(
    ("kind", "uk", "parliament", "defence"),
    [
        ("camera", "yes", "no", "yes"),
        ("thermal_camera", "yes", "yes", "unknown"),
        ("recorder", "yes", "no", "yes"),
        ("access_controller", "unknown", "no", "yes"),
        ("intercom", "unknown", "no", "yes"),
        ("surveillance", "unknown", "unknown", "unknown"),
        ("not_surveillance", "no", "no", "no"),
        ("", "unknown", "unknown", "unknown"),
    ],
)
def test_rule_17_equipment_differs_by_directive(kind: str, uk: str, parliament: str, defence: str) -> None:
    dossier = made(device_class=kind)
    for directive, said in ((WMS, uk), (PARLIAMENT, parliament), (DEFENCE, defence)):
        found = judge("2024-01-01", body(), directive, identification=dossier)
        assert {answer(f, "equipment").answer for f in found.values()} == {said}


def test_rule_18_traffic_to_a_core_zone_opens_the_owners_no_again() -> None:
    flow = Flow(
        id="flo-1", source="s", subject="ip:10.0.0.5", peer="ip:10.9.0.1", transport="tcp", port=80, bytes_out=1,
        bytes_in=1, packets_out=1, packets_in=1, first_seen=1.0, last_seen=1.0, locator="packet 1",
    )  # fmt: skip
    whose = body("uk-central-department", site("no", core="no"))
    found = judge("2024-01-01", whose, WMS, flows=[flow])["disconnect-from-core"]
    assert found.outcome == "cannot judge" and "flo-1" in answer(found, "network").evidence
    elsewhere = msgspec.structs.replace(flow, peer="ip:192.0.2.1")
    found = judge("2024-01-01", whose, WMS, flows=[elsewhere])["disconnect-from-core"]
    assert found.outcome == "allowed" and "of 1 conversation looked at, none went" in found.because
    assert "no traffic was looked at" in judge("2024-01-01", whose, WMS)["disconnect-from-core"].because


def test_rule_19_absence_of_evidence_is_not_compliance() -> None:
    nothing = judge("2024-01-01", body("uk-central-department", site()), WMS, identification=made("", device_class=""))
    assert {f.status for f in nothing.values()} == {"undetermined"}
    for finding in nothing.values():
        assert any("who made it" in fact for fact in finding.missing)
        assert any("what kind of device" in fact for fact in finding.missing)


def test_rule_19_a_clean_maker_is_a_no_only_when_likely() -> None:
    whose = body("uk-central-department", SECRET)
    for confidence, expected in ((0.97, "allowed"), (0.80, "allowed"), (0.60, "cannot judge")):
        found = judge(
            "2024-01-01", whose, WMS, identification=made("axis", confidence), observations=register("2023-01-01")
        )
        assert found["stop-installing"].outcome == expected
        assert found["stop-installing"].confidence == pytest.approx(confidence)


def test_rule_19_a_body_without_a_physical_audit_has_no_inventory() -> None:
    def inventory(**facts: str) -> Finding:
        (found,) = Judge(
            body("au-defence", **facts), directives_for(catalog(), [DEFENCE]), catalog(), date(2023, 6, 1)
        ).inventories()
        check_shape(found)
        return found

    assert (inventory().outcome, inventory().status) == ("cannot judge", "undetermined")
    assert inventory(decided_inventory="no").status == "not_satisfied"
    assert inventory(decided_inventory="yes").status == "satisfied"


def test_rule_26_what_is_no_rule_never_prints_as_one() -> None:
    thermal = made(device_class="thermal_camera")
    found = judge("2021-06-01", body("eu-parliament", SECRET), PARLIAMENT, identification=thermal)
    assert outcome(found, "remove") == ("allowed, discouraged", "not_applicable")
    assert "not a rule" in found["remove"].because and found["remove"].severity == "none"
    proposed = msgspec.structs.replace(catalog().directives[WMS], status="proposed")
    asset = Asset(id="a", label="a", subjects=(), site="hq", zone="cctv")
    whose = body("uk-central-department", SECRET)
    findings = judge_asset(asset, made(), register("2023-01-01"), (), whose, [proposed], catalog(), date(2024, 1, 1))
    assert {(f.outcome, f.status) for f in findings} == {("out of scope", "not_applicable")}
    definition = judge("2024-01-01", whose, "uk-co-sensitive-site-definition-2023-09")
    assert {f.status for f in definition.values()} == {"not_applicable"}


def test_rule_29_the_maker_is_judged_by_the_date_of_production() -> None:
    whose = body("us-federal-contractor", purpose_public_safety="yes")
    lorex = made("lorex")

    def result(on: str, bought: str = "") -> str:
        known = register(bought=bought, component="none")
        return judge(on, whose, PART_B, identification=lorex, observations=known)["do-not-contract"].outcome

    assert result("2021-06-01") == "prohibited"
    assert result("2024-06-01", bought="2021-03-01") == "prohibited"
    assert result("2024-06-01", bought="2023-03-01") == "allowed"
    assert result("2024-06-01") == "cannot judge"
    assert result("2024-06-01", bought="2017-03-01") == "allowed"


def test_rule_29_what_a_group_made_while_it_owned_the_maker_stays_a_question_under_the_law_of_the_seat() -> None:
    def asked(on: str, bought: str = "") -> str:
        found = judge(on, body(), WMS, identification=made("lorex"), observations=register(bought=bought))
        return answer(found["stop-installing"], "entity").answer

    assert asked("2021-06-01") == asked("2024-06-01", bought="2021-03-01") == asked("2024-06-01") == "unknown"
    assert asked("2024-06-01", bought="2023-03-01") == "no"


def altered(name: str, sentence: str, status: str, **fields: str) -> Directive:
    """A directive of ours with one sentence alone, and that one changed."""
    directive = catalog().directives[name]
    kept = next(one for one in directive.requirements if one.id == sentence)
    changed = msgspec.structs.replace(kept, **fields)
    return msgspec.structs.replace(directive, status=status, requirements=(changed,))


def test_what_may_be_done_is_never_a_decision_that_is_owed() -> None:
    asset = Asset(id="a", label="a", subjects=(), site="hq", zone="cctv")
    for status in ("in force", "guidance"):
        free = altered(WMS, "disconnect-from-core", status, demands="assess-risk", strength="may", network="")
        (found,) = judge_asset(asset, made(), register(), (), body(), [free], catalog(), date(2024, 1, 1))
        assert (found.outcome, found.status) == ("allowed", "satisfied")


def test_what_had_to_be_reported_by_a_day_is_owed_after_it() -> None:
    asset = Asset(id="a", label="a", subjects=(), site="hq", zone="cctv")
    owed = altered(DEFENCE, "remove-by", "in force", id="report", demands="report", event="reporting")
    for day, said in ((date(2023, 6, 30), "report due"), (date(2023, 7, 1), "report due")):
        (found,) = judge_asset(asset, made(), register("2022-01-01"), (), body("au-defence"), [owed], catalog(), day)
        assert found.outcome == said and found.deadline == "2023-06-30"


def test_an_inventory_that_nobody_is_bound_to_is_not_owed() -> None:
    for status, said in (("political", "allowed, discouraged"), ("record", "out of scope"), ("in force", "report due")):
        call = altered(DEFENCE, "inventory", status)
        (found,) = Judge(body("au-defence", decided_inventory="no"), [call], catalog(), date(2023, 6, 1)).inventories()
        assert found.outcome == said


# --- dates: the day before, the day, the day after


@pytest.mark.parametrize(
    ("directive", "sentence", "kind", "facts", "days"),
    [
        (WMS, "consider-replacing", "uk-central-department", {}, ["2022-11-23", "2022-11-24", "2022-11-25"]),
        (REMOVAL, "remove-by", "uk-central-department", {}, ["2024-04-28", "2024-04-29", "2024-04-30"]),
        (PART_B, "do-not-contract", "us-federal-contractor", {"purpose_public_safety": "yes"},
         ["2020-08-12", "2020-08-13", "2020-08-14"]),
        (DEFENCE, "remove-by", "au-defence", {}, ["2023-02-08", "2023-02-09", "2023-02-10"]),
        (DEFINITION, "publish", "uk-central-department", {}, ["2023-09-10", "2023-09-11", "2023-09-12"]),
        (ENTITY_LIST, "do-not-export-to", "exporter-to-listed-party", {}, ["2019-10-08", "2019-10-09", "2019-10-10"]),
        (PART_A, "stop-buying", "us-federal-agency", {}, ["2019-08-12", "2019-08-13", "2019-08-14"]),
    ],
)  # fmt: skip
def test_nothing_is_addressed_before_its_day(
    directive: str, sentence: str, kind: str, facts: dict[str, str], days: list[str]
) -> None:
    whose = body(kind, SECRET, **facts)
    row = register(installed="2018-01-01")
    before, same, after = (judge(day, whose, directive, observations=row)[sentence] for day in days)
    assert before.outcome == "not addressed" and "not yet in force" in before.because
    assert same.outcome == after.outcome != "not addressed"


@pytest.mark.parametrize(
    ("day", "expected"), [("2022-11-23", "allowed"), ("2022-11-24", "prohibited"), ("2022-11-25", "prohibited")]
)
def test_installing_is_judged_by_the_day_of_installing(day: str, expected: str) -> None:
    found = judge("2023-01-01", body("uk-central-department", SECRET), WMS, observations=register(installed=day))
    assert found["stop-installing"].outcome == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2019-08-12", "allowed"), ("2019-08-13", "prohibited"), ("2019-08-14", "prohibited")]
)
def test_buying_is_judged_by_the_day_of_buying(day: str, expected: str) -> None:
    whose = body("us-federal-agency", purpose_government_facilities="yes")
    assert judge("2022-01-01", whose, PART_A, observations=register(bought=day))["stop-buying"].outcome == expected


@pytest.mark.parametrize(
    ("directive", "kind", "last"),
    [(REMOVAL, "uk-central-department", "2025-04-30"), (DEFENCE, "au-defence", "2023-06-30")],
)
def test_a_deadline_passes_after_its_last_day(directive: str, kind: str, last: str) -> None:
    day = date.fromisoformat(last)
    whose = body(kind, SECRET)
    outcomes = [
        judge((day + timedelta(days=step)).isoformat(), whose, directive, observations=register("2022-11-20"))[
            "remove-by"
        ]
        for step in (-1, 0, 1)
    ]
    assert [f.outcome for f in outcomes] == ["must be gone", "must be gone", "overdue"]
    assert [f.severity for f in outcomes] == ["medium", "medium", "high"]
    assert {f.deadline for f in outcomes} == {
        catalog().directives[directive].requirements[-1 if directive == DEFENCE else 0].deadline
    }
    assert last in outcomes[2].because


def test_a_month_without_a_day_leaves_that_month_open() -> None:
    def bought(day: str, on: str = "2022-12-01") -> Finding:
        return judge(on, body("uk-dhsc", SECRET), DHSC, observations=register(bought=day))["stop-buying"]

    assert bought("2022-03-31").outcome == "allowed"
    assert bought("2022-04-15").outcome == "cannot judge"
    assert bought("2022-04-30").outcome == "prohibited"
    assert bought("2022-05-01").outcome == "prohibited"
    assert bought("2022-03-01", on="2022-03-31").outcome == "not addressed"
    assert bought("2022-03-01", on="2022-04-15").outcome == "allowed"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2021-03-31", "not addressed"),
        ("2021-04-01", "cannot judge"),
        ("2021-04-29", "cannot judge"),
        ("2021-04-30", "allowed, discouraged"),
        ("2021-05-01", "allowed, discouraged"),
    ],
)
def test_in_the_month_of_a_text_without_a_day_nobody_can_say(on: str, expected: str) -> None:
    thermal, row = made(device_class="thermal_camera"), register("2020-01-01")
    found = judge(on, body("eu-parliament"), PARLIAMENT, identification=thermal, observations=row)["remove"]
    assert found.outcome == expected
    if expected == "cannot judge":
        assert "the day in 2021-04" in found.missing[0]


# --- what bounds a date that nobody wrote


def test_seen_before_the_instruction_means_installed_before() -> None:
    found = judge("2023-01-01", body("uk-central-department", SECRET), WMS, observations=seen("2022-11-20"))
    assert found["stop-installing"].outcome == "allowed"
    assert "seen on 2022-11-20, so it was installed before" in found["stop-installing"].because


@pytest.mark.parametrize("day", ["2022-11-24", "2022-12-20"])
def test_seen_on_the_day_or_later_leaves_the_installing_open(day: str) -> None:
    found = judge("2023-01-01", body("uk-central-department", SECRET), WMS, observations=seen(day))
    assert found["stop-installing"].outcome == "cannot judge"
    assert found["stop-installing"].missing[0].startswith("the date it was installed")


def test_bought_after_means_installed_after_and_installed_before_means_bought_before() -> None:
    whose = body("uk-dhsc", SECRET)
    found = judge("2023-06-01", whose, WMS, observations=register(bought="2023-01-05"))
    assert found["stop-installing"].outcome == "prohibited"
    found = judge("2023-06-01", whose, DHSC, observations=register(installed="2021-01-05"))
    assert found["stop-buying"].outcome == "allowed"


def test_a_register_and_a_capture_that_contradict_give_no_answer() -> None:
    both = [*register(installed="2022-12-05"), *seen("2022-11-01")]
    found = judge("2023-01-01", body("uk-central-department", SECRET), WMS, observations=both)["stop-installing"]
    assert found.outcome == "cannot judge" and "which is right" in found.missing[0]
    assert len(answer(found, "verb").evidence) == 2


@pytest.mark.parametrize("written", ["24-11-2022", "soon", "", "2022-13-45"])
def test_a_date_that_is_no_date_is_as_good_as_none(written: str) -> None:
    found = judge("2023-01-01", body("uk-central-department", SECRET), WMS, observations=register(installed=written))
    assert found["stop-installing"].outcome == "cannot judge"


def test_overdue_needs_a_sight_after_the_deadline_or_a_source_that_still_lists_it() -> None:
    whose = body("uk-central-department", SECRET)
    gone = judge("2025-06-01", whose, REMOVAL, observations=seen("2022-11-20", "2024-06-01"))["remove-by"]
    assert gone.outcome == "cannot judge" and "still there" in gone.missing[0]
    still = judge("2025-06-01", whose, REMOVAL, observations=seen("2022-11-20", "2025-05-01"))["remove-by"]
    assert still.outcome == "overdue" and still.confidence == pytest.approx(0.97)
    listed = judge("2025-06-01", whose, REMOVAL, observations=register("2022-11-20"))["remove-by"]
    assert listed.outcome == "overdue" and listed.confidence == pytest.approx(0.7)


def test_a_register_that_says_removed_is_a_statement_and_not_a_removal() -> None:
    row = register(installed="2022-11-20", status="Verwijderd")
    found = judge("2025-06-01", body("uk-central-department", SECRET), REMOVAL, observations=row)["remove-by"]
    assert found.outcome == "cannot judge" and "removal record" in found.missing[0]


def test_what_is_installed_after_the_date_judged_is_not_there_yet() -> None:
    found = judge(
        "2023-01-01", body("uk-central-department", SECRET), WMS, observations=register(installed="2023-05-01")
    )
    assert found["stop-installing"].outcome == "allowed" and "after the date judged" in found["stop-installing"].because
    assert found["consider-replacing"].outcome == "out of scope"


# --- decisions, body, place


def test_a_recorded_decision_satisfies_a_sentence_that_says_consider() -> None:
    facts = SECRET.facts | {"decided-consider-replacing": signed("no")}
    found = judge("2024-01-01", body("uk-central-department", msgspec.structs.replace(SECRET, facts=facts)), WMS)
    assert outcome(found, "consider-replacing") == ("allowed", "satisfied")
    cited = answer(found["consider-replacing"], "verb").evidence
    assert cited == ("decision:decided-consider-replacing=no (security team, 2022-11-28)",)
    whose = body("uk-central-department", site("no"))
    found = judge("2024-01-01", whose, WMS)
    assert outcome(found, "consider-extending") == ("decision required", "undetermined")
    assert "decided-consider-extending" in found["consider-extending"].missing[0]
    whose = body("uk-central-department", site("no"), decided_consider_extending="yes")
    assert outcome(judge("2024-01-01", whose, WMS), "consider-extending") == ("allowed", "satisfied")


def test_the_four_limbs_before_their_definition_are_used_with_a_remark() -> None:
    whose = body("uk-central-department", SECRET)
    remark = "no definition was published before 2023-09-11"
    assert remark in answer(judge("2023-09-10", whose, WMS)["consider-replacing"], "place").because
    assert remark not in answer(judge("2023-09-11", whose, WMS)["consider-replacing"], "place").because


def test_without_a_sites_file_the_maker_is_still_answered() -> None:
    found = judge("2024-01-01", None, site=None, zone=None)
    hits = found[f"{WMS}/consider-replacing"]
    assert outcome(found, f"{WMS}/consider-replacing") == ("cannot judge", "undetermined")
    assert answer(hits, "body").answer == "unknown" and answer(hits, "entity").answer == "yes"
    assert any("sites file" in fact for fact in hits.missing)
    assert not {f.status for f in found.values()} & {"not_satisfied"}


def test_a_wider_kind_of_body_is_addressed_too() -> None:
    found = judge("2024-01-01", body("uk-dhsc", SECRET), WMS, observations=register("2023-01-01"))
    assert found["stop-installing"].outcome == "prohibited"
    found = judge("2024-01-01", body("uk-central-department", SECRET), DHSC, observations=register(bought="2023-01-01"))
    assert found["stop-buying"].outcome == "not addressed"


def test_an_unknown_site_is_named_as_the_missing_fact() -> None:
    found = judge("2024-01-01", body("uk-central-department", SECRET), WMS, site=None, zone=None)
    assert "at which site it hangs: give its subnet" in found["consider-replacing"].missing[0]


def test_a_place_of_the_register_that_is_no_site_is_to_become_one() -> None:
    """Nobody is told to name in the register what stands there."""
    why = "the register says Stadhuis, and no site is called that"
    whose = body("uk-central-department", SECRET)
    found = judge("2024-01-01", whose, WMS, site=None, zone=None, placed_by=why)
    needed = found["consider-replacing"].missing[0]
    assert needed == f"at which site it hangs: {why}: make it a site in the sites file"
    clash = "registers name different sites: Stadhuis / Kade"
    found = judge("2024-01-01", whose, WMS, site=None, zone=None, placed_by=clash)
    assert found["consider-replacing"].missing[0].endswith("in the sites file, or make the registers agree")


def test_confidence_is_the_least_of_what_the_verdict_rests_on_and_leaves_severity_alone() -> None:
    whose = body("uk-central-department", SECRET)
    sure = judge("2024-01-01", whose, WMS, observations=register("2023-01-01"))["stop-installing"]
    less = judge(
        "2024-01-01",
        whose,
        WMS,
        identification=made("hikvision", 0.8, against=("axis",)),
        observations=register("2023-01-01"),
    )
    assert sure.confidence == pytest.approx(0.97)
    assert less["stop-installing"].confidence == pytest.approx(0.8)
    assert sure.severity == less["stop-installing"].severity == "high"
    assert "1 claims say otherwise (Axis)" in less["stop-installing"].because
    assert {"obs-manufacturer", "record-axis", "company:hikvision"} <= set(
        answer(less["stop-installing"], "entity").evidence
    )


def test_worst_first_keeps_equals_in_order() -> None:
    found = tuple(
        judge("2026-01-01", body("uk-central-department", SECRET), observations=register("2023-01-01")).values()
    )
    ordered = worst_first(found)
    assert ordered[0].status == "not_satisfied" and ordered[-1].status == "not_applicable"
    assert sorted(f.requirement for f in ordered) == sorted(f.requirement for f in found)


# --- properties

MAKERS = st.sampled_from(["", "hikvision", "dahua", "ezviz", "lorex", "axis", "taiwan-maker", "plant", "stranger"])
CLASSES = st.sampled_from(["", "camera", "thermal_camera", "recorder", "intercom", "surveillance", "not_surveillance"])
BODIES = st.one_of(
    st.none(),
    st.builds(
        lambda kind, limbs, core: body(kind, site(limbs, core=core)),
        st.sampled_from(sorted(catalog().body_kinds)),
        st.sampled_from(["yes", "no", "unknown"]),
        st.sampled_from(["yes", "no", "unknown"]),
    ),
)
DAYS = st.dates(date(2017, 1, 1), date(2028, 1, 1))
DEVICES = st.tuples(
    st.builds(made, MAKERS, st.floats(0.0, 1.0), device_class=CLASSES, brand=st.sampled_from(["", "western"])),
    st.builds(
        lambda installed, bought, status, when: [
            *register(installed, bought, status=status),
            *(seen(when) if when else []),
        ],
        st.one_of(st.just(""), DAYS.map(str), st.just("2022-11"), st.text(max_size=8)),
        st.one_of(st.just(""), DAYS.map(str), st.just("2022")),
        st.sampled_from(["", "removed", "in stock", "in use"]),
        st.one_of(st.just(""), DAYS.map(str)),
    ),
    st.sampled_from([None, "hq", "elsewhere"]),
    st.sampled_from([None, "cctv", "spine"]),
)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.lists(DEVICES, min_size=1, max_size=3), DEVICES, BODIES, DAYS)
def test_a_device_is_judged_alone_and_always_alike(devices: list, added: tuple, whose: Body | None, on: date) -> None:
    """Another device, clean or not, changes nothing; asking again gives the same; every finding has its shape."""

    def findings(bench: Judge, device: tuple) -> tuple[Finding, ...]:
        identification, observations, at, zone = device
        asset = Asset(id="a", label="a", subjects=(), site=at, zone=zone)
        return bench.asset(asset, identification, observations, (), whole=True)

    directives: Sequence[Directive] = directives_for(catalog(), None)
    alone = [findings(Judge(whose, directives, catalog(), on), device) for device in devices]
    shared = Judge(whose, directives, catalog(), on)
    clean = (made("axis"), register(), "hq", "cctv")
    together = [(findings(shared, clean), findings(shared, added), findings(shared, device))[2] for device in devices]
    assert alone == together
    for found in alone:
        assert len(found) == sum(len(directive.requirements) for directive in directives)
        for finding in found:
            check_shape(finding)


def test_a_missing_fact_reads_as_one_sentence() -> None:
    said = settling("who made it", "A reply to a maker's own discovery (SADP, DHIP) would settle who made it.")
    assert said == "who made it: a reply to a maker's own discovery (SADP, DHIP) would settle it"
    assert settling("what it is", "MAC table of its switch") == "what it is: MAC table of its switch"


def test_a_class_that_is_no_noun_is_put_into_words() -> None:
    found = judge("2024-01-01", body(), WMS, identification=made(device_class="not_surveillance"))
    because = answer(found["disconnect-from-core"], "equipment").because
    assert because.startswith("it is a device that is not for surveillance; in scope is a camera")


def test_a_later_removal_does_not_count_before_its_day() -> None:
    past = history(
        Asset(id="ast-1", label="x", subjects=()), register("2019-05-01", removed_on="2024-03-01", status="verwijderd")
    )
    assert there(past, date(2022, 12, 1)).holds is True
    assert there(past, date(2024, 3, 2)).holds is False


def test_advice_to_assess_is_met_by_a_recorded_assessment_and_is_never_a_breach() -> None:
    def asked(whose: Body) -> Finding:
        found = judge(
            "2024-01-01",
            whose,
            "uk-npsa-ncst-guidance",
            identification=made("axis"),
            observations=register("2020-05-01"),
        )
        return found["assess-risk"]

    open_one = asked(body())
    assert (open_one.outcome, open_one.status, open_one.severity) == ("decision required", "undetermined", "low")
    assert asked(body(decided_assess_risk="yes")).outcome == "allowed"


def test_a_clock_does_not_run_before_the_day_that_starts_it() -> None:
    facts = {"purpose-public-safety": "yes", "contract-carries-clause": "yes"}
    whose = body("us-federal-contractor", **facts)
    first = Decision(answer="yes", decided_by="contracts office", decided_on="2026-02-12", since="2026-02-12")
    whose = msgspec.structs.replace(whose, facts={**whose.facts, "identified": first})
    early = judge("2022-03-20", whose, "us-far-52-204-25-report")["report-first"]
    assert (
        early.outcome == "report due" and early.deadline == "" and "is not recorded, or had not come" in early.because
    )
    assert judge("2026-02-12", whose, "us-far-52-204-25-report")["report-first"].deadline == "2026-02-13"
