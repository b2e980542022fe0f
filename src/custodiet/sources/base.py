"""What a reader is: a file of this package that recognises one format and yields what it says.

A reader never decides whether something is a camera; it only passes on what the source says, with its place.
It knows nothing of the case file, of fingerprints or of directives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from custodiet.model import Flow, Issue, Observation, Source, Tally
from custodiet.model.source import SourceKind

Item: TypeAlias = Observation | Flow | Issue | Tally
"""What a reader yields; the last item is its `Tally`."""


def _silent(_done: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user may say about how to read.

    Args:
        progress: called now and then with the number of bytes of the source that are done.
        columns: for tables, heading -> field, as the user corrected it or as it was remembered from an earlier run;
            a heading that is absent here is guessed.
        kind: for tables, ``register`` or ``purchase_record`` where the user said which; empty: guessed.
        zone: name of the time zone in which logs without one were written, as ``Europe/Amsterdam``; empty: not said,
            and UTC is assumed.
    """

    progress: Callable[[int], None] = _silent
    columns: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One format.

    Args:
        id: short name, for example ``pcap``; stored with every source.
        title: name for people.
        kind: the kind of source it makes (tables may decide per file, see `kind_of`).
        recognise: (first 64 KiB of the file, file name) -> is it mine? By content; the name only settles ties.
            Must not raise on any bytes.
        read: (path, source, options) -> items; must yield a `Tally` last, must turn bad rows into `Issue` and go on,
            raises `SourceError` only where the structure is so wrong that reading on would be guessing.
        fields: the fields that `ReadOptions.columns` may name, where what is read depends on it.
        kind_of: (path, file name) -> kind, where one reader serves several kinds; raises no `SourceError`.
        unpacks: the kinds of compression, ``gzip`` and ``zstd``, that ``read`` itself unpacks on the way; a file packed
            otherwise is unpacked first.
        collected: path -> when the data was collected, in seconds since 1970, and by whom, where the data says so.
        zoned: whether what is read may depend on `ReadOptions.zone`, which then is a part of the source's identity.
    """

    id: str
    title: str
    kind: SourceKind
    recognise: Callable[[bytes, str], bool]
    read: Callable[[Path, Source, ReadOptions], Iterator[Item]]
    fields: Callable[[], Collection[str]] | None = None
    kind_of: Callable[[Path, str], SourceKind] | None = None
    unpacks: frozenset[str] = frozenset()
    collected: Callable[[Path], tuple[float | None, str | None]] | None = None
    zoned: bool = False


LINES = frozenset({"gzip", "zstd"})
"""What readers unpack that go through `lines`."""

HEAD_SIZE = 65536
"""How many bytes of a file the readers may look at to recognise it."""
