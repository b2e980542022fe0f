"""Any bytes as Parquet."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from drain import drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.sources.exports.parquet import HEADINGS, READER, parse_parquet


def target(data: bytes) -> None:
    """Read the bytes as Parquet."""
    drain(READER, data)


@FUZZ
@given(st.binary(max_size=400) | st.binary(max_size=400).map(b"PAR1".__add__) | mutations(seeds("parquet")))
def test_any_bytes(data: bytes) -> None:
    target(data)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes() | st.dates()


@FUZZ
@given(st.dictionaries(st.sampled_from([*HEADINGS, "http.title", "tls.san"]), VALUES | st.lists(VALUES, max_size=3)))
def test_any_row(row: dict[str, Any]) -> None:
    with suppress(WireError):
        for record in parse_parquet({"address": "192.0.2.1"} | row):
            assert record.address and 0 <= record.port < 65536
