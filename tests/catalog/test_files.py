"""A user's folder may hold anything: whatever the bytes, a record is read or refused with a sentence."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.factories import FINGERPRINT, WORDS
from custodiet.catalog import Attribute
from custodiet.catalog.files import line_of, read_record, read_words, repeated_keys
from custodiet.errors import CatalogError
from custodiet.model import Fingerprint

RECORD = FINGERPRINT.format(id="x", attribute="rtsp.server", regex="a(?P<firmware>b)", maker="m").encode()


def target(data: bytes) -> None:
    """Read the bytes as a record and as a vocabulary; only a refusal may come out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yml"
        path.write_bytes(data)
        for read, shape in ((read_record, Fingerprint), (read_words, Attribute)):
            try:
                read(path, shape)  # type: ignore[operator]
            except CatalogError as error:
                assert error.place
                assert error.next_step


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    target(data)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(
    st.sampled_from([RECORD, WORDS["attributes"].encode()]),
    st.integers(0, 600),
    st.integers(0, 30),
    st.sampled_from(
        [b"", b"\x00", b"&a ", b"*a", b": ", b"- ", b"[", b"{", b"'", b'"', b"\t", b"\xff", b"? ", b"!!x "]
    ),
)
def test_a_record_with_a_part_replaced(seed: bytes, at: int, cut: int, piece: bytes) -> None:
    target(seed[:at] + piece + seed[at + cut :])


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a {b: *a}", "a: &a [x]\nb: [*a, *a]\n"])
def test_an_alias_to_itself_ends(text: str) -> None:
    assert repeated_keys(text) == []


def test_repeated_keys_are_found_at_every_depth() -> None:
    assert repeated_keys("a: 1\nb:\n  - c: 1\n    c: 2\na: 2\n") == [(5, "a"), (4, "c")]


@pytest.mark.parametrize(
    ("path", "line"), [(("a",), 1), (("b", 1), 4), (("b", 1, "c"), 4), (("b", 9), 2), (("nowhere",), 1)]
)
def test_the_line_of_a_value(path: tuple[str | int, ...], line: int) -> None:
    assert line_of("a: 1\nb:\n  - x\n  - c: y\n", path) == line
