"""JSON objects: bounds, what is none, and values as text."""

from __future__ import annotations

import pytest

from custodiet.errors import WireError
from custodiet.wire.json import json_object, scalar


def test_an_object_is_read() -> None:
    assert json_object(b' {"a": 1, "b": ["x"]}') == {"a": 1, "b": ["x"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"7",
        b'{"a":1',
        b'{"a":\xff}',
        b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(WireError):
        json_object(raw)


def test_a_bound_is_held_before_anything_is_read() -> None:
    assert json_object(b'{"a":1}', 7) == {"a": 1}
    with pytest.raises(WireError, match="more than 6 bytes"):
        json_object(b'{"a":1}', 6)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "true"), (0, "0"), (1.5, "1.5"), (" x ", "x"), (int("9" * 400), ""), ("\ud800", "?"), (None, ""), ([], "")],
)
def test_values_as_text(value: object, shown: str) -> None:
    assert scalar(value) == shown
