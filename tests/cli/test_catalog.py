"""``custodiet catalog``: check, stats and show, of our records and of a user's own."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from small import RECORDS, write
from story import RULE, custodiet, knowledge


def test_check_names_file_record_fault_and_remedy(tmp_path: Path) -> None:
    folder = write(tmp_path, RECORDS, {"companies/acme.yml": "id: other\nname: Acme\n"})
    told = custodiet("catalog", "check", folder)
    assert told.code == 1
    assert "acme.yml" in told.err
    assert told.out.endswith("fault(s).\n")


def test_stats_count_what_we_know() -> None:
    told = custodiet("catalog", "stats")
    assert told.code == 0
    counted = dict(line.split(None, 1)[::-1] for line in told.out.splitlines() if line)
    for kind in ("companies", "brands", "fingerprints", "directives", "http.server"):
        assert int(counted[kind].replace(",", "")) > 0


def test_stats_show_the_first_makers_and_all_of_them_when_asked() -> None:
    few, all_of_them = (custodiet("catalog", "stats", *more).out for more in ((), ("-v",)))
    assert "more: -v shows them" in few
    assert "more: -v" not in all_of_them
    assert len(few.splitlines()) < 70 < len(all_of_them.splitlines())
    assert max(map(len, all_of_them.splitlines())) <= 80
    counted = json.loads(custodiet("catalog", "stats", "--json").out)
    assert len(counted["by_maker"]) > 20


def test_show_prints_a_record_that_yaml_reads_again(tmp_path: Path) -> None:
    told = custodiet("catalog", "show", "acme-rule", "--catalog", knowledge(tmp_path))
    record = yaml.safe_load(told.out)
    assert record["id"] == "acme-rule"
    assert record["requirements"][0]["text"] == yaml.safe_load(RULE)["requirements"][0]["text"]


def test_show_of_a_maker_prints_company_brand_and_address_blocks() -> None:
    told = custodiet("catalog", "show", "hikvision")
    records = list(yaml.safe_load_all(told.out))
    assert [line for line in told.out.splitlines() if line.startswith("# ")] == [
        "# companies",
        "# brands",
        "# address blocks",
    ]
    assert [record["id"] for record in records] == ["hikvision"] * 3
    assert "blocks" in records[2]


def test_show_of_an_unknown_id_names_what_is_near() -> None:
    told = custodiet("catalog", "show", "hikvison")
    assert told.code == 2
    assert "hikvision" in told.err


def test_hostile_records_do_not_act_on_the_terminal(tmp_path: Path) -> None:
    evil = {"companies/evil.yml": 'id: evil\nname: "\\e]0;owned\\a\\e[31mEvil"\n'}
    told = custodiet("catalog", "show", "evil", "--catalog", write(tmp_path, evil))
    assert told.code == 0
    assert "Evil" in told.out
    assert "\x1b" not in told.out


def test_names_near_a_wrong_one_are_told_once() -> None:
    told = custodiet("catalog", "show", "hikvison")
    assert told.code == 2
    near = told.err.partition("Near it: ")[2].strip(". \n").split(", ")
    assert "hikvision" in near
    assert len(near) == len(set(near))
