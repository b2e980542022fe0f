"""Any bytes as a picture: pixels written anew and nothing else of them, or a sentence why not."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

Image = pytest.importorskip("PIL.Image", reason="the extra `web` is not installed")

from custodiet.web.picture_writer import Refused, rewritten  # noqa: E402 (only where Pillow is there)

MOST = 250_000
"""Pixels: what a mutation makes larger is refused, and costs no time."""


def target(data: bytes, kind: str) -> None:
    try:
        written, width, height, content = rewritten(data, kind, 20, MOST)
    except Refused as fault:
        assert str(fault) and "\n" not in str(fault)
        return
    assert 1 <= width <= 20 and 1 <= height <= 20
    with Image.open(io.BytesIO(content), formats=(written.upper(),)) as image:
        assert image.size == (width, height) and image.mode in ("L", "RGB")
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} and not image.getexif()


@FUZZ
@given(data=st.binary() | mutations(seeds("pictures")), kind=st.sampled_from(["PNG", "JPEG", "WEBP"]))
def test_any_bytes(data: bytes, kind: str) -> None:
    target(data, kind)


@pytest.mark.parametrize("seed", seeds("pictures"), ids=lambda seed: seed[:4].hex())
def test_the_seeds_are_pictures(seed: bytes) -> None:
    from custodiet.web.pictures import kind_of

    assert rewritten(seed, kind_of(seed), 20, MOST)[3]
