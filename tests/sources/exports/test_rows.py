"""Objects in a file, however they stand: each comes once, and what is broken costs itself."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.sources.exports import rows
from custodiet.sources.exports.rows import Rows, first_row
from custodiet.sources.lines import RawLines

ROW = {"a": '{"}\\', "b": [{"c": 1}, "]"], "e": "\n\u20ac"}


def walk(data: bytes, limit: int = 1 << 16) -> tuple[list[tuple[int, bytes | None]], str, str]:
    """(number, row) pairs, what they are counted as, and why they ended."""
    layout = first_row(data[:65536])[2]
    found = Rows(RawLines(cast(Any, io.BytesIO(data)), lambda _done: None, limit=limit), layout)
    return list(found), found.unit, found.cut


@pytest.mark.parametrize(
    ("data", "unit"),
    [
        (b"%s\n%s\n", "line"),
        (b"%s\r\n\r\n%s", "line"),
        (b"\xef\xbb\xbf%s\n%s\n", "line"),
        (b"[\n%s\n,\n%s\n]\n", "line"),
        (b"[\n%s,\n%s,\n]\n", "line"),
        (b"[%s,\n%s]", "line"),
        (b"[%s,%s]", "object"),
        (b"%s %s", "object"),
        (b"[\n  %s, %s\n]", "object"),
    ],
)
def test_every_layout_gives_the_same_rows(data: bytes, unit: str) -> None:
    row = json.dumps(ROW).encode()
    found, counted, cut = walk(data % (row, row))
    assert [one for _, one in found] == [row, row]
    assert (counted, cut) == (unit, "")


def test_objects_over_many_lines() -> None:
    data = json.dumps([ROW, ROW, {}], indent=2).encode()
    found, unit, cut = walk(data)
    assert [json.loads(one or b"") for _, one in found] == [ROW, ROW, {}]
    assert (unit, cut) == ("object", "")


def test_the_end_that_old_masscan_wrote() -> None:
    assert [number for number, _ in walk(b'[\n{"ip": 1},\n{finished: 1}\n]\n')[0]] == [2]


def test_text_between_objects_is_told() -> None:
    assert walk(b'{"a": 1} oops {"b": 2} "x" {}')[0] == [
        (1, b'{"a": 1}'), (2, b"?"), (3, b'{"b": 2}'), (4, b"?"), (5, b"{}"),
    ]  # fmt: skip
    assert walk(b'{"a": 1} {"b": ')[0][-1] == (2, b"{")
    assert walk(b'{"a": 1} tail')[0][-1] == (2, b"?")


def test_a_line_that_is_too_long_costs_only_itself() -> None:
    found = walk(b'{"a": 1}\n{"b": "' + b"x" * 100 + b'"}\n{"c": 3}\n', limit=50)[0]
    assert found == [(1, b'{"a": 1}'), (2, None), (3, b'{"c": 3}')]


def test_an_object_that_is_too_long_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROW", 1 << 18)
    found, _unit, cut = walk(b'{"a": 1} {"b": "' + b"x" * (1 << 20) + b'"} {"c": 3}')
    assert found == [(1, b'{"a": 1}'), (2, None)]
    assert "longer than" in cut


def test_a_string_over_many_pieces() -> None:
    long = json.dumps({"b": 'x"{' * 300_000}).encode()
    found = walk(b"[%s,%s]" % (long, long))[0]
    assert [one for _, one in found] == [long, long]


def test_a_packed_file() -> None:
    assert walk(gzip.compress(b'{"a": 1}\n{"b": 2}\n'))[0] == [(1, b'{"a": 1}'), (2, b'{"b": 2}')]


def test_the_first_row() -> None:
    assert first_row(b' [ {"a": "}"} , {"b"') == (b'{"a": "}"}', True, "objects")
    assert first_row(b'{"a": 1}\n{"b": 2}') == (b'{"a": 1}', True, "lines")
    assert first_row(b'{"a": 1}') == (b'{"a": 1}', True, "lines")
    assert first_row(b'{"a": "xx') == (b'{"a": "xx', False, "lines")
    assert first_row(b'{\n"a": "xx')[1:] == (False, "objects")
    for other in (b"", b"[]", b"7", b"a,b\n", b"<x/>", b"\x1f\x8b\x00", b"[" * 70000):
        assert not first_row(other)[1]


@settings(deadline=None, max_examples=100, derandomize=True)
@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=1, max_size=3), max_size=6),
    st.sampled_from([None, 1]),
)
def test_whatever_the_strings_hold(values: list[dict[str, str]], indent: int | None) -> None:
    data = json.dumps(values, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert [json.loads(one or b"") for _, one in walk(data)[0]] == values
