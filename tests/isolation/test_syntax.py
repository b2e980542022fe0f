"""The check of syntax: by the target's own tool where it is, and never a guess."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from custodiet.isolation.syntax import check_syntax
from custodiet.isolation.targets import TARGETS
from isolation.factory import device, parties, written
from report.nasty import nasty_strings


def tool(folder: Path, body: str) -> str:
    path = folder / "tool"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_tool_that_takes_the_file_is_believed(tmp_path: Path) -> None:
    own = tool(tmp_path, 'test "$1 $2" = "-c -f" && test -f "$3"')
    rules = tmp_path / "x.nft"
    rules.write_text("")
    assert check_syntax("nftables", rules, lambda _name: own).state == "fine"


def test_a_tool_that_refuses_is_quoted(tmp_path: Path) -> None:
    own = tool(tmp_path, "echo 'line 3: syntax error' >&2; exit 1")
    told = check_syntax("nftables", tmp_path / "x", lambda _name: own)
    assert told.state == "wrong"
    assert "line 3: syntax error" in told.says


def test_a_tool_without_the_right_says_nothing_about_the_file(tmp_path: Path) -> None:
    own = tool(tmp_path, "echo 'netlink: Error: Operation not permitted' >&2; exit 1")
    told = check_syntax("nftables", tmp_path / "x", lambda _name: own)
    assert told.state == "not checked"
    assert "nft -c -f" in told.says


def test_a_tool_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = check_syntax("pf", tmp_path / "x.pf", lambda _name: None)
    assert told.state == "not checked"
    assert "pfctl -n -a custodiet -f" in told.says


def test_a_tool_that_cannot_be_started_is_no_fault_of_the_rules(tmp_path: Path) -> None:
    told = check_syntax("pf", tmp_path / "x.pf", lambda _name: str(tmp_path / "none"))
    assert told.state == "not checked"


@pytest.mark.parametrize("target", [name for name in TARGETS if name not in ("nftables", "pf")])
def test_targets_without_a_tool_say_how_to_check(target: str, tmp_path: Path) -> None:
    told = check_syntax(target, tmp_path / "x")
    assert told.state == "not checked"
    assert len(told.says) > 40


def test_nft_takes_our_rules_and_refuses_broken_ones(tmp_path: Path) -> None:
    if not (shutil.which("nft") or shutil.which("/usr/sbin/nft")):
        pytest.skip("nft is not installed")
    rules = tmp_path / "custodiet-isolation.nft"
    rules.write_text(written()["custodiet-isolation.nft"])
    told = check_syntax("nftables", rules)
    if told.state == "not checked":
        pytest.skip(told.says)
    assert told.state == "fine", told.says
    nasty = (device(number % 250 + 1, label=name) for number, name in enumerate(nasty_strings()))
    rules.write_text(written(parties(*nasty))["custodiet-isolation.nft"])
    assert check_syntax("nftables", rules).state == "fine", "a name changes nothing"
    rules.write_text(rules.read_text().replace("policy accept", "policy perhaps"))
    assert check_syntax("nftables", rules).state == "wrong"
