"""``custodiet apart``: a person undoes a merge, on the record, and the next audit follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from story import MAKER_MAC, Town, camera_capture, custodiet, town


@pytest.fixture
def merged(tmp_path: Path) -> Town:
    home = town(tmp_path)
    home.put("camera.pcap", camera_capture())
    home.put("register.csv", f"Omschrijving;Objectnr;MAC-adres\r\nDome camera;W-1;{MAKER_MAC}\r\n")
    return home


def assets(home: Town) -> list[dict]:
    told = home.audit("--case", home.folder / "c.sqlite", "--json")
    return [entry["asset"] for entry in told.json["entries"]]


def apart(home: Town, left: str, right: str) -> int:
    return custodiet(
        "apart", left, right, "--case", home.folder / "c.sqlite", "--by", "J. Jansen", "--reason", "two devices"
    ).code


def test_a_decision_undoes_a_merge_at_the_next_audit(merged: Town) -> None:
    (one,) = assets(merged)
    (merge,) = one["merged_by"]
    assert apart(merged, merge["left"], merge["right"]) == 0
    two = assets(merged)
    assert len(two) == 2
    assert sorted(key for asset in two for key in asset["subjects"]) == sorted(one["subjects"])
    assert all(asset["merged_by"] == [] for asset in two)


def test_a_decision_holds_however_its_sides_are_named_and_stays(merged: Town) -> None:
    (one,) = assets(merged)
    left, right = one["subjects"]
    assert apart(merged, right, left) == 0
    assert len(assets(merged)) == 2
    assert len(assets(merged)) == 2


def test_nothing_changes_before_the_next_audit(merged: Town) -> None:
    (one,) = assets(merged)
    apart(merged, *one["subjects"])
    told = custodiet("report", "--case", merged.folder / "c.sqlite", "--format", "json")
    assert len(told.json["entries"]) == 1


@pytest.mark.parametrize("wrong", ["src-x/ip:10.0.0.5", "10.0.0.5", ""])
def test_a_subject_that_the_case_does_not_know_is_refused(merged: Town, wrong: str) -> None:
    (one,) = assets(merged)
    assert apart(merged, one["subjects"][0], wrong) == 2
    assert len(assets(merged)) == 1


def test_the_decision_and_who_took_it_are_kept(merged: Town) -> None:
    from custodiet.casefile import Case

    (one,) = assets(merged)
    apart(merged, *one["subjects"])
    with Case(merged.folder / "c.sqlite") as case:
        ((left, right, by, on, reason),) = case.decisions("apart")
    assert [left, right] == one["subjects"]
    assert (by, reason) == ("J. Jansen", "two devices")
    assert len(on) == 10
