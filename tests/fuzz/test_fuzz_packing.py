"""Any bytes as packed data, and as a file behind the door of the audit."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.sources.exports.rows import first_row
from custodiet.sources.packing import Packed, packing_of, plain_head, unpacked


def target(data: bytes) -> None:
    """Unpack what says that it is packed."""
    assert len(plain_head(data)) <= max(65536, len(data))
    first_row(data)
    for packing in {packing_of(data), "gzip", "zstd"} - {""}:
        with suppress(Packed):
            for piece in unpacked(iter([data[:100], data[100:]]), packing):
                assert piece


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("packing")))
def test_any_bytes(data: bytes) -> None:
    target(data)
