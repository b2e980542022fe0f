"""Lines read ahead in another process: the same items, and what was told is kept as what was read here."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator

import pytest

from custodiet.errors import CustodietError, SourceError
from custodiet.identify import Matcher, claims_of_value
from custodiet.identify.text import ahead, lines, mentions, numbers
from custodiet.identify.text.rows import split_rows
from custodiet.model import Tally, observe
from custodiet.sources.base import Item
from ours import our_matcher

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")

THINGS = ("4x DS-2CD2143G2-I en 1x DS-7608NI-K2", "Hikvison camera buiten", "bureaustoel", "2 st. Axis P3245-LVE dome")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return our_matcher()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes a few rows many; gets the lines that are read in this process, of which nothing is known when it begins."""
    read: list[str] = []
    here, real = os.getpid(), lines._read

    def reading(text: str, *given: object) -> object:
        if os.getpid() == here:
            read.append(text)
        return real(text, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(lines, "_read", reading)
    for memory in (lines._LINES, numbers._REMEMBERED, mentions._SPELLINGS):
        memory.clear()
    monkeypatch.setattr(ahead, "MANY", 3)
    monkeypatch.setattr(ahead, "ROWS", 5)
    monkeypatch.setattr(ahead, "processors", lambda: 2)
    return read


def register(rows: int) -> Iterator[Item]:
    for number in range(rows):
        text = f"{THINGS[number % 4]} order {100000 + number} voor gebouw {number % 30}"
        yield observe("src-1", f"row:{number}", "register.text", text, f"row {number}")
        yield observe("src-1", f"row:{number}", "register.site", "Markt 1", f"row {number}")
    yield Tally(source="src-1", unit="rows", total=rows, read=rows, issues=0)


def test_the_same_items_in_the_same_order(matcher: Matcher, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    several = list(split_rows(register(120), matcher, processes=told.append))
    assert told == [2]
    assert len(asked) == 3  # the rows before there was another process
    monkeypatch.setattr(ahead, "processors", lambda: 1)
    lines._LINES.clear()
    assert list(split_rows(register(120), matcher, processes=told.append)) == several
    assert told == [2, 1]
    assert len(asked) > 60
    assert any(item.subject == "row:4/2" for item in several if not isinstance(item, Tally))
    assert isinstance(several[-1], Tally)


def test_lines_of_a_text_that_name_nothing_are_counted_alike(
    matcher: Matcher, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    several = list(split_rows(register(40), matcher, prose=True))
    monkeypatch.setattr(ahead, "processors", lambda: 1)
    assert list(split_rows(register(40), matcher, prose=True)) == several
    assert several[-1].not_covered  # type: ignore[union-attr]


def test_what_was_told_serves_the_identification(matcher: Matcher, asked: list[str]) -> None:
    list(split_rows(register(120), matcher))
    text = f"{THINGS[1]} order 100101 voor gebouw 11"
    same = numbers.alike(text, matcher)
    assert same != text
    heard = mentions.known_to_be_heard(same, matcher, repair=True)
    assert heard
    mentions._SPELLINGS.clear()
    assert tuple(mentions.heard_in(same, matcher, repair=True)) == heard
    assert any(claim.value == "hikvision" for claim in claims_of_value("register.text", text, matcher))


def test_few_rows_are_read_here(matcher: Matcher, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MANY", 1000)
    told: list[int] = []
    list(split_rows(register(20), matcher, processes=told.append))
    assert told == [1]
    assert len(asked) == 20


def test_what_breaks_off_gives_all_rows_before(matcher: Matcher, asked: list[str]) -> None:
    def broken() -> Iterator[Item]:
        yield from list(register(23))[:-1]
        raise SourceError("the table breaks off", place="row 23")

    got: list[Item] = []
    with pytest.raises(SourceError, match="breaks off"):
        got.extend(split_rows(broken(), matcher))
    # of the row that was being read nothing is known to be whole
    assert {one.subject.partition("/")[0] for one in got} == {f"row:{n}" for n in range(22)}  # type: ignore[union-attr]


def test_a_killed_process_is_told(matcher: Matcher, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    monkeypatch.setattr(ahead, "cut", lambda *_, **__: os._exit(9) if os.getpid() != here else ahead.AS_IS)
    with pytest.raises(CustodietError, match="ended from outside"):
        list(split_rows(register(60), matcher))


def test_ends_with_who_asked(matcher: Matcher, asked: list[str]) -> None:
    rows = split_rows(register(500), matcher)
    for _ in range(40):
        next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()
