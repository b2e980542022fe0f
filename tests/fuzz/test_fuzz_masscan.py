"""Any bytes as an export of masscan: as a file, and as one row."""

from __future__ import annotations

from contextlib import suppress

from drain import consume, drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.sources.exports.masscan import decode_masscan
from custodiet.sources.exports.reader import MASSCAN_READER
from custodiet.wire.json import json_object


def target(data: bytes) -> None:
    """Read the bytes as a file and as a row."""
    drain(MASSCAN_READER, data)
    with suppress(WireError):
        for record in decode_masscan(data.strip()):
            assert record.address and 0 <= record.port < 65536
            consume(record.facts)
            f"{record.transport}{record.country}{record.network}".encode()


def parsed(data: bytes) -> None:
    """Take the bytes as JSON and the row apart; both ways say the same."""
    from custodiet.sources.exports.masscan import parse_masscan

    with suppress(WireError):
        row = json_object(data.strip())
        assert list(parse_masscan(row)) == list(decode_masscan(data.strip()))


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("masscan")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(mutations([line for seed in seeds("masscan") for line in seed.splitlines()]))
def test_any_row(data: bytes) -> None:
    target(data)
    parsed(data)
