"""Reading any bytes to the end with one reader of scans or logs, which may also yield flows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Flow, Issue, Observation, Source, Tally
from custodiet.sources.base import HEAD_SIZE, Reader, ReadOptions


def drain(reader: Reader, data: bytes) -> None:
    """Recognise and read; nothing but `SourceError` may come out, and what is yielded must be well formed."""
    assert reader.recognise(data[:HEAD_SIZE], "given") in (True, False)
    source = Source(id="src-0", kind=reader.kind, format=reader.id, name="given", sha256="", size=len(data))
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            *items, tally = reader.read(Path(file.name), source, ReadOptions())
        except SourceError as error:
            assert error.reason and error.next_step and "\n" not in str(error)
            return
    assert isinstance(tally, Tally)
    assert tally.total == tally.read + tally.issues
    for item in items:
        match item:
            case Observation():
                assert item.value.strip() and item.subject and len(item.value) <= 4000
                assert _is_plain(item.value, "\t\r\n") and _is_plain(item.locator) and _is_plain(item.subject)
            case Flow():
                assert min(item.bytes_out, item.bytes_in, item.packets_out, item.packets_in, item.port) >= 0
                assert item.port < 65536 and item.first_seen <= item.last_seen
            case Issue():
                assert item.reason and _is_plain(item.reason) and _is_plain(item.place)
            case _:
                raise AssertionError(f"a reader yielded {type(item).__name__} before its end")


def _is_plain(text: str, allowed: str = "") -> bool:
    text.encode()  # no half of a surrogate pair
    return not any(sign < " " and sign not in allowed for sign in text)
