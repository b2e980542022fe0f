"""Any bytes as an export of zgrab2: as a file, and as one row."""

from __future__ import annotations

from contextlib import suppress

from drain import consume, drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.sources.exports.reader import ZGRAB2_READER
from custodiet.sources.exports.zgrab2 import decode_zgrab2
from custodiet.wire.json import json_object


def target(data: bytes) -> None:
    """Read the bytes as a file and as a row."""
    drain(ZGRAB2_READER, data)
    with suppress(WireError):
        for record in decode_zgrab2(data.strip()):
            assert record.address and 0 <= record.port < 65536
            consume(record.facts)
            f"{record.transport}{record.country}{record.network}".encode()


def parsed(data: bytes) -> None:
    """Take the bytes as JSON and the row apart; both ways say the same."""
    from custodiet.sources.exports.zgrab2 import parse_zgrab2

    with suppress(WireError):
        row = json_object(data.strip())
        assert list(parse_zgrab2(row)) == list(decode_zgrab2(data.strip()))


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("zgrab2")))
def test_any_bytes(data: bytes) -> None:
    target(data)


@FUZZ
@given(mutations([line for seed in seeds("zgrab2") for line in seed.splitlines()]))
def test_any_row(data: bytes) -> None:
    target(data)
    parsed(data)
