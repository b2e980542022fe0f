"""Any bytes as a sites file: a body or one sentence, never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import UsageError
from custodiet.sites import Places, load_sites

KINDS = ("uk-central-department", "other")


def target(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    try:
        body = load_sites(path, kinds=KINDS)
    except UsageError as error:
        assert error.reason and str(path) in error.place and error.next_step
        return
    site, zone, why = Places(body).of(["10.0.0.7", "no address", "fd00::1"], [10, 99999], ["head OFFICE", "lab"])
    assert why and (zone is None or site is not None)


@FUZZ
@given(data=st.binary() | mutations(seeds("sites")))
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    target(data, tmp_path / "sites.yml")


@pytest.mark.parametrize("opening", [b"[", b"{", b"- ", b"? ", b"a: {", b"\n "])
def test_deep_nesting_is_refused_quickly(opening: bytes, tmp_path: Path) -> None:
    target(opening * 200_000, tmp_path / "sites.yml")
