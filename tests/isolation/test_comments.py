"""The narrow alphabet of comments: whatever a device is called, nothing of it can act."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.isolation.comments import comment, word


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Camera 10.20.8.12", "Camera 10.20.8.12"),
        ('x" accept; drop table', "x_ accept_ drop table"),
        ("a\npermit ip any any", "a_permit ip any any"),
        ("*/ } ; {", "unnamed"),
        ("", "unnamed"),
        ("Hal é – 3e verdieping", "Hal _ _ 3e verdieping"),
        ("-- -no shutdown", "no shutdown"),
    ],
)
def test_a_name_is_cut_to_what_ends_nothing(said: str, shown: str) -> None:
    assert comment(said) == shown


@given(st.text())
@settings(deadline=None, max_examples=200, derandomize=True)
def test_no_text_leaves_the_alphabet(said: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._:,-]{0,95}", comment(said))
    assert re.fullmatch(r"[A-Za-z0-9-]{1,30}", word(said))
