"""Which payloads cannot tell their maker, and that no answer of ours has a part in that."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from custodiet.evaluate import knowable
from custodiet.evaluate.knowable import MEANS, Knowable, spelt
from labels import KNOWLEDGE, line, read
from small import catalog


def why_not(folder: Path, *lines: str) -> list[str]:
    known = catalog(folder / "catalog", *KNOWLEDGE)
    good, _ = read(folder, list(lines), known)
    rule = Knowable(known, good)
    return [rule.why_not(one) for one in good]


@pytest.mark.parametrize(
    "one",
    [
        line("a", "Server: Zorg 1", maker="Zorg"),
        line("a", "Server: whatever it says", maker="Zorg"),
        line("a", {"favicon_md5": "0" * 32}, maker="Zorg"),
        line("a", "00:00:5E:00:00:01", maker="Acme", kind="mac"),
        line("a", "12:34:56:00:00:01", maker="Zorg", kind="mac"),
        line("a", "0A:1B:2C:00:00:01", maker="Module", kind="mac"),
        line("a", {"url": "rtsp://192.0.2.1/zorg-media/1"}, maker="Zorg", kind="rtsp"),
        line("a", {"hostname": "zorg", "mac": "0A:1B:2C:00:00:01"}, maker="Zorg", kind="dhcp"),
        line("a", {"nothing": "we read"}, maker="Zorg", kind="tls"),
    ],
)
def test_it_can_be_known(tmp_path: Path, one: str) -> None:
    assert why_not(tmp_path, one) == [""]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (line("a", maker="unknown"), "nobody knows"),
        (line("a", certainty="brand-only"), "nobody knows"),
        (line("a", "0A:1B:2C:00:00:01", maker="Zorg", kind="mac"), "address of another"),
        (line("a", "12:34:56:00:00:01", "Zorg", kind="mac", note="registered to: Chips Ltd"), "address of another"),
        (
            line("a", {"mac": "0A:1B:2C:00:00:01", "vendor_class": "udhcp 1.2"}, maker="Zorg", kind="dhcp"),
            "address of another",
        ),
        (line("a", {"url": "rtsp://192.0.2.1/live/1.sdp"}, maker="Zorg", kind="rtsp"), "names only software or kind"),
        (line("a", {"vendor_class": "udhcp 1.21"}, maker="Zorg", kind="dhcp"), "names only software or kind"),
    ],
)
def test_it_cannot_be_known(tmp_path: Path, one: str, reason: str) -> None:
    assert why_not(tmp_path, one) == [reason]
    assert reason in MEANS


def test_what_two_makers_share_tells_neither_but_what_they_spell_does(tmp_path: Path) -> None:
    shared = "Server: Strange/2.0"
    assert why_not(
        tmp_path, line("a", shared, "Zorg"), line("b", shared, "Blurb"), line("c", "Server: Own", "Own")
    ) == [
        "shared with another maker",
        "shared with another maker",
        "",
    ]
    assert why_not(tmp_path, line("a", shared, "Zorg"), line("b", shared, "Zorg Inc")) != ["", ""]
    assert why_not(tmp_path, line("a", shared, "Strange"), line("b", shared, "Blurb")) == [
        "",
        "shared with another maker",
    ]


def test_a_short_name_must_stand_as_a_word(tmp_path: Path) -> None:
    known = catalog(tmp_path / "catalog")
    good, _ = read(tmp_path, [line("a", "Server: HP 12", "HP"), line("b", "Server: PHP/5", "HP")], known)
    assert [spelt(one) for one in good] == [True, False]


def test_a_brand_that_is_a_general_word_is_not_spelt_by_it(tmp_path: Path) -> None:
    known = catalog(tmp_path / "catalog")
    good, _ = read(tmp_path, [line("a", "Server: Linux/2.6", "Linux")], known)
    assert not spelt(good[0])


def test_the_rule_sees_neither_answers_nor_fingerprints() -> None:
    source = inspect.getsource(knowable)
    assert "identify" not in source
    assert "fingerprints" not in source.replace("a fingerprint or", "")
