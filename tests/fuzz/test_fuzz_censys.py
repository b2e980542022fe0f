"""Any bytes as an export of censys: as a file, and as one row."""

from __future__ import annotations

from contextlib import suppress

from drain import consume, drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.sources.exports.censys import decode_censys
from custodiet.sources.exports.reader import CENSYS_READER
from custodiet.wire.json import json_object


def target(data: bytes) -> None:
    """Read the bytes as a file and as a row."""
    drain(CENSYS_READER, data)
    with suppress(WireError):
        for record in decode_censys(data.strip()):
            assert record.address and 0 <= record.port < 65536
            consume(record.facts)
            f"{record.transport}{record.country}{record.network}".encode()


def parsed(data: bytes) -> None:
    """Take the bytes as JSON and the row apart; both ways say the same."""
    from custodiet.sources.exports.censys import parse_censys

    with suppress(WireError):
        row = json_object(data.strip())
        assert list(parse_censys(row)) == list(decode_censys(data.strip()))


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("censys")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(mutations([line for seed in seeds("censys") for line in seed.splitlines()]))
def test_any_row(data: bytes) -> None:
    target(data)
    parsed(data)
