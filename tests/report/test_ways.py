"""What faces say of ways: absence never without its configuration and date, the worst first, the same answers once."""

from __future__ import annotations

import io

import msgspec

from custodiet.model import Cited, ConfigRead, Reach, ReachPath
from custodiet.report import ways
from custodiet.report.html import write_html
from custodiet.report.summary import worst_first

from .factory import FakeNames, assessment, entries

HASH = "ab" * 32
READ = ConfigRead(name="r1.cfg", sha256=HASH, size=9, format="ios", of="2025-11-14", dated_by="r1.cfg:5 says so")


def way(status: str, name: str = "to core", **more: object) -> ReachPath:
    known = {"because": "nothing is let through", "configurations": ("r1.cfg",)} | more
    return ReachPath(way=name, place="hall/core", status=status, configured="open", **known)  # type: ignore[arg-type]


def reach(*paths: ReachPath, asset: str = "asset-1") -> Reach:
    return Reach(
        asset=asset, label=asset, zone="hall/cams", paths=paths, configurations=(READ,), doubts=("It holds if",)
    )


def test_absence_names_its_configuration_and_date() -> None:
    path = way("proved absent")
    assert ways.answer(path, reach(path)) == "Proved absent by configuration r1.cfg of 14 Nov 2025"


def test_what_was_seen_and_what_is_unknown_rest_on_no_configuration() -> None:
    for status, told in (("seen", "Seen in traffic"), ("unknown", "Unknown")):
        path = way(status)
        assert ways.answer(path, reach(path)) == told


def test_the_line_begins_with_the_worst() -> None:
    line = ways.line(reach(way("proved absent"), way("open", "from core")))
    assert line.startswith("Open by configuration r1.cfg of 14 Nov 2025: from the core zone hall/core to it; Proved")


def test_only_absence_is_calm() -> None:
    assert [status for status, state in ways.STATES.items() if state == "satisfied"] == ["proved absent"]


def test_the_same_answers_are_told_once_and_others_apart() -> None:
    all_of_them = ways.Together()
    for number in range(50):
        all_of_them.add(reach(way("proved absent"), asset=f"a{number}"))
    all_of_them.add(reach(way("open"), asset="b"))
    all_of_them.add(None)
    first, second = all_of_them.shown
    assert (first.total, second.total, second.left) == (1, 50, 10)
    assert all_of_them.counted == "of 51 devices: 1 open, 50 proved absent"
    assert all_of_them.group_of("a3") == all_of_them.group_of("a49") != all_of_them.group_of("b")
    assert all_of_them.group_of("nobody") == 0


def test_the_page_shows_rule_hash_engine_and_what_would_settle_it() -> None:
    rule = Cited("r1.cfg:46", "permit tcp <b>any</b> any")
    found = reach(way("open", rules=(rule,)), way("unknown", "from core", missing="the configuration of its gateway"))
    first, *rest = sorted(entries(), key=worst_first)
    given = [msgspec.structs.replace(first, reach=msgspec.structs.replace(found, asset=first.asset.id)), *rest]
    file = io.StringIO()
    write_html(file, assessment(), given, FakeNames())
    page = file.getvalue()
    assert 'id="reach"' in page and HASH in page and f"{HASH[:12]}…" in page
    assert "r1.cfg:46" in page and "permit tcp &lt;b&gt;any" in page and "<b>any" not in page
    assert "The configuration of its gateway." in page and "built-in analyser" in page
    without = io.StringIO()
    write_html(without, assessment(), sorted(entries(), key=worst_first), FakeNames())
    assert 'id="reach"' not in without.getvalue()
