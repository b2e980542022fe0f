"""Reading any bytes to the end with one reader, as the audit would, whatever they are."""

from __future__ import annotations

import tempfile
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Issue, Observation, Source, Tally
from custodiet.sources.base import HEAD_SIZE, Reader, ReadOptions


def drain(reader: Reader, data: bytes, name: str) -> None:
    """Recognise and read; nothing but `SourceError` may come out, and what is yielded must be well formed."""
    head = data[:HEAD_SIZE]
    assert reader.recognise(head, name) in (True, False)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        kind = reader.kind_of(path, name) if reader.kind_of else reader.kind
        source = Source(id="src-0", kind=kind, format=reader.id, name=name, sha256="", size=len(data))
        try:
            items = list(reader.read(path, source, ReadOptions()))
        except SourceError as error:
            assert error.reason and error.next_step and "\n" not in str(error)
            return
    tally = items[-1]
    assert isinstance(tally, Tally)
    assert tally.total == tally.read + tally.issues
    for item in items[:-1]:
        assert isinstance(item, Observation | Issue)
        if isinstance(item, Observation):
            assert item.value and item.subject and len(item.value) <= 4000
            assert not any(sign < " " and sign not in "\t\r\n" for sign in item.value)
            item.value.encode()  # no half of a surrogate pair
        else:
            assert item.reason
