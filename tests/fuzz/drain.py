"""Reading any bytes to the end, as the audit would, whatever they are; and what must be true of all that comes out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Flow, Issue, Observation, Source, Tally
from custodiet.sources.base import HEAD_SIZE, Reader, ReadOptions


def drain(reader: Reader, data: bytes, name: str = "given") -> None:
    """Recognise and read; nothing but `SourceError` may come out, and what is yielded must be well formed."""
    assert reader.recognise(data[:HEAD_SIZE], name) in (True, False)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        kind = reader.kind_of(path, name) if reader.kind_of else reader.kind
        source = Source(id="src-0", kind=kind, format=reader.id, name=name, sha256="", size=len(data))
        try:
            *items, tally = reader.read(path, source, ReadOptions())
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


def consume(facts: Iterable[tuple[str, str]]) -> None:
    """Facts of a message: none is empty, and each can be stored."""
    for attribute, value in facts:
        assert value, attribute
        value.encode()


def _is_plain(text: str, allowed: str = "") -> bool:
    text.encode()  # no half of a surrogate pair
    return not any(sign < " " and sign not in allowed for sign in text)
