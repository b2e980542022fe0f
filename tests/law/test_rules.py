"""Rules that a naive build gets wrong, on the records of the catalog; those about one device stand in test_judge.py."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.judge import Judge, directives_for
from custodiet.law.cases import Case, Of, Thing, run
from custodiet.model import (
    FIELDS,
    Asset,
    Body,
    Claim,
    Company,
    Conclusion,
    Decision,
    DeviceNote,
    Directive,
    EntityTest,
    Finding,
    Identification,
    Observation,
    Stated,
    observe,
)

PART_A, PART_B, GRANTS = "us-ndaa-889-a1A", "us-ndaa-889-a1B", "us-889-b-grants-2cfr200-216"
REPORT, CZECH, KOREA, WMS = "us-far-52-204-25-report", "cz-nukib-2025-09-03", "kr-military-2024", "uk-co-wms-2022-11-24"


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog()


def asked(known: Catalog, id: str, asks: str, on: str, kind: str, device: Thing, **facts: str) -> Finding:
    case = Case(asks=asks, on=on, says="allowed", why="", body=Of(kind=kind, facts=facts), site={}, device=device)
    (told,) = run(known.directives[id], (case,), known)
    return told.finding


def entity(finding: Finding) -> str:
    return next(one.answer for one in finding.answers if one.question == "entity")


def text_of(directive: Directive) -> str:
    return str(msgspec.json.encode(directive), "utf-8")


def test_rule_12_a_part_hits_a_device_of_a_clean_maker_and_a_certificate_clears_a_named_one(known: Catalog) -> None:
    part = Thing(maker="axis", component="Dahua", bought="2021-05-05")
    clean = Thing(maker="axis", component="none", bought="2021-05-05")
    for device, answer in ((part, "yes"), (clean, "no")):
        assert entity(asked(known, PART_A, "stop-buying", "2021-06-01", "us-federal-agency", device)) == answer
    certified = Thing(maker="hikvision", certificate="STQC ER 1", bought="2025-05-05")
    found = asked(
        known,
        "in-ppo-2024-03-06",
        "stop-buying",
        "2025-06-01",
        "in-public-buyer",
        certified,
        **{"falls-short-of-local-content": "no"},
    )
    assert (found.outcome, entity(found)) == ("allowed", "no")


def test_rule_13_the_clock_runs_in_business_days_from_identification(known: Catalog) -> None:
    first = known.directives[REPORT].requirements[0]
    assert (first.within, first.after) == ("P1BD", "identified")
    device = Thing(maker="dahua", installed="2021-01-05")
    facts = {
        condition: "yes"
        for condition in known.directives[REPORT].conditions
        if not condition.startswith(("decided", "exception"))
    }
    found = asked(
        known,
        REPORT,
        first.id,
        "2021-07-02",
        "us-federal-contractor",
        device,
        **(facts | {"identified": "yes 2021-07-02"}),
    )
    assert (found.outcome, found.deadline) == ("report due", "2021-07-06")  # a Friday before Independence Day
    assert not asked(
        known, REPORT, first.id, "2021-07-02", "us-federal-contractor", device, **facts | {"identified": "unknown"}
    ).deadline


def test_rule_20_the_denominator_of_a_survey_has_its_year(known: Catalog) -> None:
    survey = text_of(known.directives["nl-nos-survey-2022"])
    assert "345" in survey and "355" in survey and "2022" in survey


def test_rule_21_fifty_one_is_fifty_and_a_recorder(known: Catalog) -> None:
    survey = known.directives["nl-nos-survey-2022"]
    assert "50" in survey.equipment_text and "51" in survey.equipment_text and "recorder" in survey.equipment_text
    assert known.directives["nl-ftm-shodan-2022"].status == "record"


def test_rule_22_both_counts_of_a_body_are_kept_with_their_method(known: Catalog) -> None:
    removal = text_of(known.directives["au-defence-removal-2023"])
    assert "435" in removal and "physical audit" in removal and "one device" in removal


def test_rule_23_three_bases_of_one_survey_stay_three(known: Catalog) -> None:
    survey = text_of(known.directives["uk-obscc-police-survey-2022"])
    assert all(base in survey for base in ("36", "39", "91%"))


def test_rule_24_a_concern_list_may_name_a_western_brand_and_a_domestic_camera_may_be_foreign(known: Catalog) -> None:
    survey = known.directives["uk-obscc-police-survey-2022"]
    assert "honeywell" in survey.covers.companies and survey.status == "record"
    domestic = Thing(maker="hanwha", made_in="China", installed="2024-01-01")
    assert entity(asked(known, KOREA, "remove", "2024-10-01", "kr-military", domestic)) == "yes"
    at_home = Thing(maker="hikvision", made_in="KR", installed="2024-01-01")
    assert entity(asked(known, KOREA, "remove", "2024-10-01", "kr-military", at_home)) == "no"


def test_rule_25_a_company_order_and_an_export_rule_are_no_equipment_rules(known: Catalog) -> None:
    device = Thing(maker="hikvision", installed="2025-07-01")
    for id in ("ca-ica-hikvision-2025", "us-bis-entity-list-2019-10-09", "us-bis-affiliates-rule"):
        for sentence in known.directives[id].requirements:
            for kind in known.directives[id].addressees:
                found = asked(known, id, sentence.id, "2026-06-01", kind, device)
                assert found.outcome in ("out of scope", "not addressed"), (id, found.because)


def test_rule_26_what_binds_nobody_has_no_strength_of_a_rule(known: Catalog) -> None:
    device = Thing(maker="hikvision", installed="2025-07-01", brand="hikvision", made_in="CN", data_goes_to="CN")
    for directive in known.directives.values():
        if directive.status not in ("proposed", "political", "guidance", "record", "definition"):
            continue
        for sentence in directive.requirements:
            for kind in sentence.addressees or directive.addressees or ("other",):
                found = asked(known, directive.id, sentence.id, "2026-11-01", kind, device)
                assert found.outcome not in ("prohibited", "must be gone", "overdue"), (directive.id, found.because)
                assert found.severity in ("none", "low")


def test_rule_27_isolation_clears_a_rule_about_data_and_no_rule_about_makers(known: Catalog) -> None:
    isolated = Thing(
        maker="hikvision", data_goes_to="none", administered_from="none", installed="2024-01-01", bought="2024-01-01"
    )
    found = asked(known, CZECH, "assess-risk", "2025-10-01", "cz-regulated-entity", isolated)
    assert (found.outcome, entity(found)) == ("allowed", "no")
    assert entity(asked(known, PART_A, "stop-buying", "2025-10-01", "us-federal-agency", isolated)) == "yes"
    chatty = Thing(maker="axis", data_goes_to="NL, Hong Kong", administered_from="CZ", installed="2024-01-01")
    assert entity(asked(known, CZECH, "assess-risk", "2025-10-01", "cz-regulated-entity", chatty)) == "yes"


def test_rule_28_an_update_reopens_what_was_stated_about_the_old_firmware(known: Catalog) -> None:
    def build(day: str, text: str) -> Observation:
        seconds = (date.fromisoformat(day) - date(1970, 1, 1)).total_seconds()
        return observe("src-1", "ip:10.0.0.1", "isapi.firmware", text, "packet 1", first_seen=seconds)

    def said(*seen: Observation) -> str:
        claims = tuple(
            Claim(field="firmware", value=o.value, technique="self-declared", strength=0.9, record="r",
                  observations=(o.id,), attribute=o.attribute, observed=o.value)
            for o in seen
        )  # fmt: skip
        values: dict[str, Any] = {"device_class": "camera", "manufacturer": "axis", "firmware": seen[-1].value}
        dossier = Identification(
            asset="ast-1",
            catalog="",
            conclusions=tuple(
                Conclusion(field=f, value=values.get(f, ""), confidence=0.97 if f in values else 0.0,
                           band="certain" if f in values else "unknown", claims_for=claims if f == "firmware" else ())
                for f in FIELDS
            ),
        )  # fmt: skip
        note = DeviceNote(
            tag="W1",
            stated=Stated(data_goes_to="none", administered_from="none"),
            decided_by="us",
            decided_on="2025-10-01",
        )
        body = Body(id="b", name="B", kind="cz-regulated-entity", country="CZ", devices=(note,))
        from custodiet.model import Identifier

        asset = Asset(
            id="ast-1", label="a", subjects=(), identifiers=(Identifier(kind="tag", value="W1", identity=True),)
        )
        judge = Judge(body, directives_for(known, [CZECH]), known, date(2025, 12, 1))
        return entity(judge.asset(asset, dossier, seen, ())[0])

    old, new = build("2025-09-10", "V5.7.0"), build("2025-11-11", "V5.8.0")
    assert said(old) == "no"
    assert said(old, new) == "unknown"
    assert said(build("2025-01-01", "V5.6.0"), old) == "no", "stated after the change"


def test_rule_30_lists_of_sites_that_may_not_be_published_say_so(known: Catalog) -> None:
    for id in (WMS, "uk-co-sensitive-site-definition-2023-09", "uk-co-removal-timeline-2024-04-29"):
        assert "site" in known.directives[id].restricted


# --- what holds for all


def test_no_flag_stands_for_all_the_tests_of_a_country() -> None:
    """Ownership, seat, brand, factory and data are five facts; a field like ``is_chinese`` must not come back."""
    for noun in (Company, Asset, Identification, Conclusion, Directive, EntityTest, Finding, Observation, Body):
        for field in msgspec.structs.fields(noun):
            assert not any(word in field.name.casefold() for word in ("chinese", "china", "prc", "_cn", "foreign"))
    kinds = EntityTest.__annotations__["kind"]
    assert "TestKind" in str(kinds)


def _verdicts(seed: int) -> bytes:
    known = load_catalog()
    body = Body(
        id="b", name="B", kind="uk-central-department", also=("us-federal-contractor", "tw-public-body"), country="GB",
        facts={
            condition: Decision(answer="yes", decided_by="us", decided_on="2024-01-01")
            for condition in ("performing-federal-contract", "purpose-public-safety")
        },
    )  # fmt: skip
    judge = Judge(body, tuple(known.directives.values()), known, date(2026, 11, 1))
    makers = ["hikvision", "dahua", "axis", "lorex", ""]
    order = list(range(40))
    random.Random(seed).shuffle(order)
    found: dict[int, tuple[Finding, ...]] = {}
    for number in order:
        values = {"device_class": "camera", "manufacturer": makers[number % 5], "brand": makers[(number + 1) % 5]}
        dossier = Identification(
            asset=f"ast-{number}",
            catalog="",
            conclusions=tuple(
                Conclusion(field=f, value=values.get(f, ""), confidence=0.97 if values.get(f) else 0.0,
                           band="certain" if values.get(f) else "unknown")
                for f in FIELDS
            ),
        )  # fmt: skip
        # a moment near midnight, where a time zone would turn one day into another
        seen = observe("s", "ip:10.0.0.1", "net.ip", "10.0.0.1", "p", first_seen=1640995199.0 + number * 43200)
        asset = Asset(id=f"ast-{number}", label="d", subjects=())
        found[number] = judge.asset(asset, dossier, [seen], ())
    return msgspec.json.encode([found[number] for number in sorted(found)])


def test_verdicts_are_the_same_bytes_in_any_order_and_any_time_zone() -> None:
    here = _verdicts(1)
    assert _verdicts(2) == here
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_rules\n"
        "sys.stdout.buffer.write(test_rules._verdicts(3))"
    )
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": "7"}
        told = subprocess.run(
            [sys.executable, "-c", script, str(Path(__file__).parent)], env=environment, capture_output=True, check=True
        )
        assert told.stdout == here, zone
