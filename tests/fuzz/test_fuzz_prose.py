"""Any bytes as a text, and any text as a line of a register."""

from __future__ import annotations

from functools import cache

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.identify import Matcher, claims_of_value
from custodiet.identify.text import read_line, split_rows
from custodiet.model import observe
from custodiet.sources.prose import READER
from ours import our_matcher

WORDS = (
    "4x 20 twee aantal: qty Hikvision Hikvison Dahua Axis DS-2CD2143G2-I DS 2CD2143G2-I NVR camera's switch voor for "
    "vervangt i.p.v. geen niet compatibel met of gelijkwaardig , ; / + ( ) . - – ' İ ß ﬁ \u2028 \x00 2,8 mm 4MP"
)


@cache
def matcher() -> Matcher:
    return our_matcher()


def target(data: bytes) -> None:
    """Read the bytes as a text."""
    drain(READER, data, "x.txt")


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("prose")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join))
def test_any_line(line: str) -> None:
    for item in read_line(line, matcher()):
        assert 0 <= item.start <= item.end <= len(line)
        assert item.quantity is None or item.quantity > 0
    claims_of_value("register.text", line, matcher())
    for one in split_rows([observe("src-0", "row:1", "register.text", line or "x", "row 1")], matcher()):
        assert one.locator == "row 1"  # type: ignore[union-attr]
