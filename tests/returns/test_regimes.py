"""Each regime: its fields, what is missing at the top, what may be published, and that no fact is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bodies import BODY_OF, Bodies, cells, questions

from custodiet.returns.questions import QUESTIONS
from custodiet.returns.regimes import REGIMES
from custodiet.returns.us_889_initial import FIELDS
from story import custodiet

HIKVISION, DAHUA = "Hangzhou Hikvision Digital Technology Co., Ltd.", "Zhejiang Dahua Technology Co., Ltd."
UK_SITES = ["Lock House", "Junction Court", "Museum of Waterways", "Ferry House", "Visitor Centre", "site-01"]


def test_every_regime_has_a_body_that_is_tested() -> None:
    assert {one.id for one in REGIMES} == set(BODY_OF)


@pytest.mark.parametrize("regime", BODY_OF)
def test_what_every_return_says(bodies: Bodies, regime: str) -> None:
    paper = bodies.make(regime, "--signed", "A. Example")
    assert paper["regime"] == regime
    assert paper["as_of"] == json.loads(json.dumps(paper))["as_of"] and len(paper["as_of"]) == 10
    assert paper["signed_by"] == "A. Example"
    assert paper["method"] and paper["unseen"] and paper["sections"]
    assert [section["id"] for section in paper["sections"]][-1] == "sources"
    asked = paper["missing"]
    assert asked, "these examples all lack something"
    assert all(one["question"] for one in asked)
    for section in paper["sections"]:
        for table in section["tables"]:
            assert all(len(row["cells"]) == len(table["columns"]) for row in table["rows"])
            assert len({row["key"] for row in table["rows"]}) == len(table["rows"]), table["id"]


@pytest.mark.parametrize("regime", BODY_OF)
def test_the_public_part_names_no_device_and_no_file(bodies: Bodies, regime: str) -> None:
    paper = bodies.make(regime, "--public")
    text = json.dumps(paper, ensure_ascii=False)
    assert paper["publication"] == "public"
    assert all(section["publication"] == "public" for section in paper["sections"])
    for told in ("192.0.2.", "198.51.100.", "203.0.113.", "10.20.", "44:19:b6", "register.csv", "scan.xml"):
        assert told not in text
    assert all(not one["about"] for one in paper["missing"])


@pytest.mark.parametrize("regime", BODY_OF)
def test_without_a_sites_file_no_fact_is_invented(bodies: Bodies, regime: str) -> None:
    """Only what the register and the scan say may stand there; whatever people would have said is missing."""
    paper = bodies.make(regime, body="nobody")
    assert paper["body"] == "" and paper["signed_by"] == ""
    text = json.dumps(paper)
    for told in ("EX-0000", "0EX00", "Aerostructures", "government property"):
        assert told not in text
    assert [one["publication"] for one in paper["missing"][-2:]] == ["public", "public"]  # whose, and who signs


# --- United Kingdom


def test_uk_tells_for_each_sensitive_site_class_state_and_day(bodies: Bodies) -> None:
    paper = bodies.make("uk-department")
    rows = {row[0]: row[1:] for row in cells(paper, "sensitive")}
    assert len(rows) == 24
    assert rows["Lock House"][:7] == [
        "routinely holds SECRET or above", "departmental security team", "2023-10-02",
        "yes", "yes", "2023-05", "nothing to connect",
    ]  # fmt: skip
    assert rows["Navigation House"][3:6] == ["yes", "no", "–"]
    assert rows["Navigation House"][7].startswith("listed building")
    assert rows["Junction Court"][6:] == ["connected", None]
    assert rows["Ferry House"][3] == "none found"
    assert questions(paper)["return-keep-reason"] == ["Junction Court", "Canal Office", "Embankment House",
                                                      "Drawbridge House", "Coal Wharf House"]  # fmt: skip
    assert questions(paper)["decided-consider-extending"] == ["Visitor Centre"]
    assert [row[:3] for row in cells(paper, "other")] == [
        ["Boatyard Depot", "no such equipment was found", "not treated like one"],
        ["Museum of Waterways", "still has such equipment", "treated like a sensitive site"],
        ["Visitor Centre", "no such equipment was found", None],
    ]


def test_uk_public_part_gives_shares_and_dates_without_a_site(bodies: Bodies) -> None:
    paper = bodies.make("uk-department", "--public")
    assert [row[1] for row in cells(paper, "progress")] == [24, 7, 11, 6, 0, 0, 17]
    assert cells(paper, "progress")[-1][2] == "65%"
    assert cells(paper, "years") == [["2023", 5], ["2024", 6]]
    text = json.dumps(paper)
    assert not [name for name in UK_SITES if name in text]
    assert paper["due"][0]["because"].endswith("; that day has passed")
    assert any("1 February 2026" in sentence for sentence in paper["method"])


def test_uk_small_numbers_are_withheld_on_an_earlier_day(bodies: Bodies) -> None:
    paper = bodies.make("uk-department", "--public", on="2023-08-01")
    rows = cells(paper, "progress")
    full = bodies.make("uk-department", on="2023-08-01")
    states = [row[5] for row in cells(full, "sensitive")]
    shown = [row[1] for row in rows[1:6]]
    assert "withheld" in shown and shown.count("withheld") > 1
    assert not any(isinstance(number, int) and 0 < number < 5 for number in shown)
    assert states.count("yes") == 2
    assert rows[0][1] == "withheld"
    assert rows[-1][2] == "withheld"


def test_uk_what_changed_is_told_and_publicly_without_a_site(bodies: Bodies, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    bodies.write("uk-department", before, on="2024-08-01")
    full = bodies.make("uk-department", "--previous", before)
    assert full["previous"] == "2024-08-01"
    assert {"Summit Court"} <= {one["row"] for one in full["changed"]}
    open_paper = bodies.make("uk-department", "--previous", before, "--public")
    text = json.dumps(open_paper)
    assert open_paper["changed"]
    assert not [name for name in [*UK_SITES, "Summit Court"] if name in text]


def test_uk_a_site_of_which_nothing_was_read_is_not_called_free(bodies: Bodies, tmp_path: Path) -> None:
    sites = (bodies.folder / "uk-department" / "sites.yml").read_text()
    site = "  - id: unseen\n    name: Unseen House\n    facts:\n      routinely-used-by-ministers: { answer: 'yes' }\n"
    changed = tmp_path / "sites.yml"
    changed.write_text(sites.replace("devices:\n", f"{site}devices:\n"))
    paper = bodies.make("uk-department", "--sites", changed)
    assert next(row for row in cells(paper, "sensitive") if row[0] == "Unseen House")[4:6] == ["not known", "–"]
    assert any("Unseen House" in one["about"] for one in paper["missing"])


def test_uk_what_a_camera_looks_at_stands_in_the_list_and_moves_no_site(bodies: Bodies, tmp_path: Path) -> None:
    """It hangs where it hangs, and progress is counted in sites that had equipment."""
    before = bodies.make("uk-department")
    sites = (bodies.folder / "uk-department" / "sites.yml").read_text()
    changed = tmp_path / "sites.yml"
    looks = "devices:\n  - ip: 192.0.2.1\n    looks_at: [palace]\n    decided_by: guard\n    decided_on: 2025-01-01\n"
    others = "others: [{ id: palace, name: The Palace }]\n"
    changed.write_text(sites.replace("devices:\n", others + looks))
    paper = bodies.make("uk-department", "--sites", changed)
    assert [row[2] for row in cells(paper, "devices") if row[2] != "–"] == ["The Palace"]
    for table in ("sensitive", "progress"):
        assert cells(paper, table) == cells(before, table)


# --- United States


def test_us_initial_has_the_nine_fields_and_its_day(bodies: Bodies) -> None:
    paper = bodies.make("us-889-initial")
    items = next(section for section in paper["sections"] if section["id"] == "items")["tables"]
    assert len(items) == 2
    for item in items:
        assert [row["cells"][0] for row in item["rows"]][:9] == [title for _, title in FIELDS]
    first = {row["key"]: row["cells"][1] for row in items[0]["rows"]}
    assert first["contract"] == "EX-0000-24-C-0017 (example)"
    assert first["supplier"] == "Keystone Alarm Example Inc."
    assert (first["brand"], first["model"]) == ("Hikvision", "DS-2CD2143G2-I")
    assert first["uei"] is None and first["cage"] is None
    assert {row["key"]: row["cells"][1] for row in items[1]["rows"]}["cage"] == "0EX00 (example)"
    assert questions(paper)["return-supplier-cage"] == ["203.0.113.11", "203.0.113.12"]
    # identified on Thursday 12 February 2026
    assert [one["by"] for one in paper["due"]] == ["2026-02-13"]


def test_us_business_days_step_over_a_holiday(bodies: Bodies, tmp_path: Path) -> None:
    sites = (bodies.folder / "us-contractor" / "sites.yml").read_text()
    changed = tmp_path / "sites.yml"
    # Monday 16 February 2026 is Washington's Birthday
    changed.write_text(sites.replace("since: 2026-02-12", "since: 2026-02-13"))
    paper = bodies.make("us-889-initial", "--sites", changed)
    assert [one["by"] for one in paper["due"]] == ["2026-02-17"]


def test_us_without_a_day_of_identification_no_day_is_made_up(bodies: Bodies, tmp_path: Path) -> None:
    lines = (bodies.folder / "us-contractor" / "sites.yml").read_text().splitlines()
    changed = tmp_path / "sites.yml"
    changed.write_text("\n".join(line for line in lines if not line.startswith("  identified:")))
    paper = bodies.make("us-889-initial", "--sites", changed)
    assert [one["by"] for one in paper["due"]] == [""]
    assert "identified" in questions(paper)


def test_us_follow_up_runs_from_the_first_report(bodies: Bodies, tmp_path: Path) -> None:
    assert "decided-report-first" in questions(bodies.make("us-889-follow-up"))
    sites = (bodies.folder / "us-contractor" / "sites.yml").read_text()
    changed = tmp_path / "sites.yml"
    reported = "  decided-report-first: { answer: 'yes', decided_by: x, decided_on: 2026-02-13 }\nsites:\n"
    changed.write_text(sites.replace("sites:\n", reported, 1))
    paper = bodies.make("us-889-follow-up", "--sites", changed)
    assert [one["by"] for one in paper["due"]] == ["2026-03-02"]
    assert {"return-mitigation-further", "return-prevention", "return-prevention-added"} <= set(questions(paper))


def test_us_representation_is_of_people_and_contradictions_are_told(bodies: Bodies, tmp_path: Path) -> None:
    paper = bodies.make("us-889-representation")
    rows = {row[0]: row[1:] for row in cells(paper, "representation")}
    assert [row[0] for row in rows.values()] == [None, None, None]
    assert "in use by what was found: 3" in rows["Uses covered equipment or services"]
    sites = (bodies.folder / "us-contractor" / "sites.yml").read_text()
    changed = tmp_path / "sites.yml"
    changed.write_text(sites.replace("sites:\n", "  return-use-covered: { answer: 'no' }\nsites:\n", 1))
    paper = bodies.make("us-889-representation", "--sites", changed)
    assert cells(paper, "representation")[1][1] == "does not"
    assert any("contradicts" in note for note in paper["notes"])


def test_us_grants_asks_for_the_money_of_each_purchase(bodies: Bodies) -> None:
    paper = bodies.make("us-grants")
    rows = {row[0]: row[1:] for row in cells(paper, "purchases")}
    assert rows["Hikvision DS-2CD2143G2-I"][:5] == [
        2,
        "2019-11-04",
        "Keystone Alarm Example Inc.",
        "PO-11802",
        "no: paid from overhead",
    ]
    assert {"return-funding-source", "return-exclusion-evidence"} <= set(questions(paper))


# --- the others


def test_au_parliament_lays_register_and_scan_side_by_side(bodies: Bodies) -> None:
    paper = bodies.make("au-parliament")
    # one camera was removed, one is no maker's that was asked for; two devices in no register answer, and stay open
    assert cells(paper, "numbers") == [
        ["camera", HIKVISION, 1, 1, 1, 1],
        ["recorder", DAHUA, 1, 1, 1, 1],
        ["All", "–", 2, 2, 2, 2],
    ]
    assert [row[0] for row in cells(paper, "open")] == ["198.51.100.12", "198.51.100.13"]
    plans = {row[0]: row[1:] for row in cells(paper, "plan")}
    assert plans["remove and replace"][0] == "2026-08-31"
    assert "Lighthouse Office" in questions(paper)["return-removal-plan"]
    assert "Wharf House" not in json.dumps(bodies.make("au-parliament", "--public"))


def test_au_pspf_lists_assets_with_what_people_assessed(bodies: Bodies) -> None:
    paper = bodies.make("au-pspf")
    texts = [row[4] for row in cells(paper, "assets")]
    assert "duties under foreign law" in texts and None in texts
    assert {"return-foci-assessment", "return-foci-treatment"} <= set(questions(paper))


def test_tw_register_has_its_eleven_columns(bodies: Bodies) -> None:
    paper = bodies.make("tw-register")
    section = next(one for one in paper["sections"] if one["id"] == "register")
    assert [c["id"] for c in section["tables"][0]["columns"]] == [
        "item", "brand", "model", "number", "unit", "connected", "measures", "reason", "approvals", "replaced", "audit",
    ]  # fmt: skip
    assert {"return-unit", "return-approvals", "return-audit"} <= set(questions(paper))
    assert "open" in {one["id"] for one in paper["sections"]}, "the question at the top points at this table"


def test_nl_council_is_dutch_and_names_makers_places_and_purchases(bodies: Bodies) -> None:
    paper = bodies.make("nl-council")
    makers = {(row[0], row[1]) for row in cells(paper, "makers")}
    assert ("Hangzhou Hikvision Digital Technology Co., Ltd.", "SafeSight") in makers
    assert any(maker == "maker niet bekend" for maker, _ in makers)
    assert {row[0] for row in cells(paper, "places")} == {"Bibliotheek", "Milieustraat", "Stadhuis"}
    assert any(row[2] == "2021-0442" for row in cells(paper, "contracts"))
    assert {"return-contract", "return-phase-out", "return-costs"} <= set(questions(paper))
    english = [s for s in paper["unseen"] if " the " in s or " was " in s]
    assert not english, english


def test_cz_risk_is_czech_and_says_what_traffic_showed(bodies: Bodies) -> None:
    paper = bodies.make("cz-risk")
    assert any("protistran viděno" in row[5] for row in cells(paper, "devices"))
    assert {"return-data-goes-to", "return-risk", "return-risk-treatment"} <= set(questions(paper))
    assert not [s for s in paper["unseen"] if " the " in s and "katalog" not in s.casefold()]


def test_in_certificates_asks_by_model(bodies: Bodies) -> None:
    paper = bodies.make("in-certificates")
    assert "Hikvision DS-2CD2143G2-I" in [row[0] for row in cells(paper, "models")]
    assert {"return-certificate", "return-local-content", "return-test-evidence"} <= set(questions(paper))


def test_gdpr_file_works_out_no_purpose(bodies: Bodies) -> None:
    paper = bodies.make("gdpr-file")
    rows = cells(paper, "cameras")
    assert rows and all(row[3:] == [None] * 6 for row in rows)
    assert {"return-purpose", "return-retention", "return-transfers"} <= set(questions(paper))


def test_answers_of_people_come_from_the_sites_file_alone(bodies: Bodies, tmp_path: Path) -> None:
    """Each question has one key; an answer under it fills its place and takes the question away."""
    sites = (bodies.folder / "us-contractor" / "sites.yml").read_text()
    answered = "".join(
        f"  {id}: {{ answer: 'yes', reason: said {id} }}\n" for id in QUESTIONS if f"\n  {id}:" not in sites
    )
    changed = tmp_path / "sites.yml"
    changed.write_text(sites.replace("sites:\n", f"{answered}sites:\n", 1))
    for regime in BODY_OF:
        paper = bodies.make(regime, "--sites", changed, body="us-contractor")
        assert not [key for key in questions(paper) if key in QUESTIONS], regime


# --- the command


def test_what_is_refused(bodies: Bodies, tmp_path: Path) -> None:
    case = bodies.folder / "us-contractor.sqlite"
    told = custodiet("return", "us-grant", "--case", case, "--out", tmp_path / "x.json")
    assert told.code == 2 and "us-grants" in told.err
    told = custodiet("return", "us-grants", "--case", case, "--out", tmp_path / "x.pdf")
    assert told.code == 2 and ".docx" in told.err
    other = tmp_path / "other.json"
    bodies.write("us-grants", other)
    told = custodiet("return", "us-889-initial", "--case", case, "--out", tmp_path / "x.json", "--previous", other)
    assert told.code == 2 and "another regime" in told.err
    other.write_bytes(b"[" * 100_000)
    told = custodiet("return", "us-889-initial", "--case", case, "--out", tmp_path / "x.json", "--previous", other)
    assert told.code == 2 and "no return" in told.err
    assert not (tmp_path / "x.json").exists()
