"""Any bytes as a dossier: a list of differences, or one sentence why it cannot be read; never anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import SourceError
from custodiet.identify import recompute as module
from custodiet.identify.recompute import parse_dossier, recompute


@pytest.fixture(autouse=True, scope="module")
def little_time() -> Iterator[None]:
    """What runs away is to be stopped soon."""
    before, module.SECONDS = module.SECONDS, 2.0
    yield
    module.SECONDS = before


def target(data: bytes) -> None:
    try:
        found = recompute(parse_dossier(data, "x.json"))
    except SourceError as fault:
        assert fault.reason and fault.next_step
        return
    assert all(isinstance(difference, str) and difference for difference in found)


@FUZZ
@given(data=st.binary() | mutations(seeds("dossier")))
def test_any_bytes(data: bytes) -> None:
    target(data)


def test_the_seed_is_read_to_its_end() -> None:
    (seed,) = seeds("dossier")
    assert isinstance(recompute(parse_dossier(seed)), list)  # weighing may change; what is written then does not


@pytest.mark.parametrize("piece", [b'{"a":', b"[", b'"\\ud800', b"1e999,"])
def test_deep_and_long_is_refused_quickly(piece: bytes) -> None:
    target(piece * 100_000)


@FUZZ
@given(pattern=st.text(st.sampled_from("ab(|)*+?{}[]\\d.^$,1239:P<>="), max_size=60))
def test_any_expression(pattern: str) -> None:
    (seed,) = seeds("dossier")
    plain = json.loads(seed)
    plain["records"]["fingerprints"][0]["when"] = {"regex": pattern, "equals": []}
    target(json.dumps(plain).encode())
