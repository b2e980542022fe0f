"""Which parts of what was observed tell who made a device."""

from __future__ import annotations

import yaml

from custodiet.report import telling
from custodiet.report.words import TECHNIQUES

from .factory import claim, seen, sure

REPLY = "Description: SS-4\nBaseDesc: DS-2CD2143G0-I\nSerial: SS-4202006\nPort: 80"


def test_what_else_was_read_in_the_same_text_stands_with_it_the_strongest_first() -> None:
    reply = claim("manufacturer", "hikvision", seen("sadp.reply", REPLY, "packet 1"), "discovery-reply", span=(0, 13))
    model = claim(
        "manufacturer", "hikvision", seen("sadp.base", "DS-2CD2143G0-I", "packet 1"), "model-grammar", span=(0, 14)
    )
    serial = claim("manufacturer", "hikvision", seen("sadp.serial", "SS-4202006", "packet 1"), strength=0.95)
    shorter = claim("manufacturer", "hikvision", seen("register.model", "2CD2143G0-I", "row 1"))
    elsewhere = claim("manufacturer", "hikvision", seen("http.server", "DNVRS-Webs", "packet 2"))
    little = claim("manufacturer", "hikvision", seen("port", "80", "packet 2"))
    inside_a_word = claim("manufacturer", "hikvision", seen("name", "SS-4202", "packet 2"))
    another = claim("manufacturer", "axis", seen("name", "Description", "packet 2"))
    answer = sure("hikvision", reply, shorter, model, serial, elsewhere, little, inside_a_word, another)
    assert telling.within(reply, answer) == [serial, model]
    assert telling.within(reply, answer, most=1) == [serial]
    assert [REPLY[start:end] for start, end in telling.spans(reply, [serial, model])] == [
        "Description: ", "SS-4202006", "DS-2CD2143G0-I"
    ]  # fmt: skip
    assert telling.within(model, answer) == []


def test_each_kind_of_evidence_has_a_meaning() -> None:
    from small import VOCABULARY

    kinds = {one["id"] for one in yaml.safe_load((VOCABULARY / "techniques.yml").read_text(encoding="utf-8"))}
    assert set(telling.MEANINGS) == kinds == set(TECHNIQUES)
