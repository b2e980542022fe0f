"""Any bytes as a scan export in JSON: as a file, and as one row; Parquet has a target of its own.

One target serves censys, masscan, shodan and zgrab2, since the way from bytes to records is the same for all of
custodiet.sources.exports.reader.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from drain import consume, drain
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.errors import WireError
from custodiet.sources.exports.base import Export
from custodiet.sources.exports.reader import EXPORTS, reader_of
from custodiet.wire.json import json_object

FILES = {name: st.binary(max_size=400) | mutations(seeds(name)) for name in EXPORTS}
ROWS = {name: mutations([line for seed in seeds(name) for line in seed.splitlines()]) for name in EXPORTS}


def target(export: Export, data: bytes) -> None:
    """Read the bytes as a file and as a row."""
    drain(reader_of(export), data)
    with suppress(WireError):
        for record in export.decode(data.strip()):
            assert record.address and 0 <= record.port < 65536
            consume(record.facts)
            f"{record.transport}{record.country}{record.network}".encode()


def parsed(export: Export, data: bytes) -> None:
    """Take the bytes as JSON and the row apart; both ways say the same."""
    with suppress(WireError):
        row = json_object(data.strip())
        assert export.parse(row) == export.decode(data.strip())


@pytest.mark.parametrize("name", EXPORTS)
@FUZZ
@given(data=st.data())
def test_any_bytes(name: str, data: st.DataObject) -> None:
    target(EXPORTS[name], data.draw(FILES[name]))


@pytest.mark.parametrize("name", EXPORTS)
@FUZZ
@given(data=st.data())
def test_any_row(name: str, data: st.DataObject) -> None:
    row = data.draw(ROWS[name])
    target(EXPORTS[name], row)
    parsed(EXPORTS[name], row)
