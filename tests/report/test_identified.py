"""The list of who made what: it counts, it names the next command, and what devices said stays text."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import get_args

import msgspec
import pytest

from custodiet.identify.text import LineItem, Role
from custodiet.model import Issue
from custodiet.report import guard
from custodiet.report.identified import Line, show, write_json

from .factory import CAPTURE, FakeNames, assessment, entries, silent_device, with_text_everywhere
from .nasty import nasty_strings

ITEM = LineItem(quantity=20, start=0, end=8, model="DS-2CD2143G2-I", brand="hikvision", manufacturer="hikvision",
                device_class="camera")  # fmt: skip


def shown(given: list[object], lines: list[Line] | None = None, **more: object) -> str:
    file = io.StringIO()
    makers = Counter(entry.identification.get("manufacturer").band for entry in given)  # type: ignore[attr-defined]
    show(guard.console(file, colour=False, width=80), assessment(), given, lines or [], FakeNames(), makers, **more)  # type: ignore[arg-type]
    return file.getvalue()


def test_each_device_is_a_small_table() -> None:
    text = shown(list(entries()))
    assert "1. Camera, Hikvision DS-2CD2143G2-I, sold as HiLook" in text
    for label in ("maker", "label", "how sure", "why"):
        assert f"     {label}" in text


def test_what_is_silent_is_counted_and_shown_when_asked() -> None:
    assert "1 device gave no sign of what it is: -vv shows it." in shown([silent_device()])
    assert "gave no sign of what it is: -vv" not in shown([silent_device()], verbosity=2)


def test_the_next_command_quotes_what_a_shell_would_read() -> None:
    assert "--case 'a b.sqlite'" in shown(list(entries()), case="a b.sqlite")


def test_a_line_is_told_with_its_place() -> None:
    line = Line("standard input", 3, "20x DS-2CD2143G2-I dome", ITEM)
    text = shown([], [line])
    assert "1. 20 × Camera, Hikvision DS-2CD2143G2-I  standard input, line 3" in text
    assert "1 thing named in lines of text: what people wrote, not what a device answered." in " ".join(text.split())


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role != "is"])
def test_what_a_line_only_mentions_is_no_thing(role: Role) -> None:
    mentioned = msgspec.structs.replace(ITEM, role=role, why="behind «for»")
    text = shown([], [Line("x", 1, "for Hikvision", mentioned)])
    assert "1." not in text
    assert "   - No thing of its own  x, line 1" in text
    assert "mentions  20 × Camera, Hikvision DS-2CD2143G2-I: only what" in text
    assert "(behind «for»)" in " ".join(text.split())
    assert "0 things named" in " ".join(text.split())


def test_a_mention_stands_under_its_line_and_takes_no_number() -> None:
    second = msgspec.structs.replace(ITEM, quantity=1, model="AC-2")
    mentioned = msgspec.structs.replace(ITEM, quantity=None, model="AC-3", role="compatible")
    text = "20x DS-2CD2143G2-I dome, works with AC-3, and AC-2"
    told = shown([], [*(Line("x", 1, text, one) for one in (ITEM, mentioned, second)), Line("x", 2, "AC-2", second)])
    places = [told.index(part) for part in ("1. 20 × ", "2. Camera, Hikvision AC-2", "mentions  ", "3. Camera")]
    assert places == sorted(places)
    assert told.count("mentions") == 1
    assert "AC-3: only what it must work with" in told
    assert "4." not in told


@pytest.mark.parametrize("text", nasty_strings()[::7])
def test_nasty_text_stays_text(text: str) -> None:
    _, found = with_text_everywhere(text)
    line = Line(text, 1, text, LineItem(start=0, end=2, model=text, why=text))
    printed = shown(list(found), [line], verbosity=2)
    assert not any(ord(char) < 32 and char != "\n" for char in printed)
    file = io.BytesIO()
    write_json(file, assessment(), found, [line])
    assert len(json.loads(file.getvalue())["devices"]) == len(found)


def test_words_that_stand_in_the_line_are_quoted() -> None:
    mentioned = msgspec.structs.replace(ITEM, role="for", why="voor")
    assert "(“voor”)" in " ".join(shown([], [Line("x", 1, "beugel voor Hikvision", mentioned)]).split())


def test_what_was_not_read_names_its_file() -> None:
    issue = Issue(source=CAPTURE, place="packet 2", reason="the file ends inside a packet", severity="incomplete")
    whole = Issue(source=CAPTURE, place="hall.pcap", reason="it is damaged", severity="incomplete")
    file = io.StringIO()
    head = msgspec.structs.replace(assessment(), issues=(issue, whole), skipped=())
    show(guard.console(file, colour=False, width=80), head, [], [], FakeNames(), {})
    assert "hall.pcap, packet 2: the file ends" in file.getvalue()
    assert "  hall.pcap: it is damaged." in file.getvalue()
