"""What one scan record says, as one row: where it was seen, by what the device names itself, what speaks about it.

A row holds no text of the device: addresses and serial numbers become 64-bit digests, everything else is a word of the
catalog or of the export. It knows nothing of files and engines; what comes out is the same wherever it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO

import pyarrow as pa

from custodiet.errors import WireError
from custodiet.identify.batch import matcher_of
from custodiet.identify.evidence import Evidence
from custodiet.identify.match import Matcher
from custodiet.resolve import identity_attributes
from custodiet.resolve.identity import as_identifier, is_local_mac
from custodiet.sources.exports.base import Fact, ScanRecord
from custodiet.sources.exports.reader import EXPORTS
from custodiet.sources.exports.rows import MAX_ROW, Rows
from custodiet.sources.lines import RawLines

WORD = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        pa.field("address", pa.uint64(), nullable=False),  # digest of the address; of a refused row its number
        pa.field("identity", pa.uint64(), nullable=False),  # digest of a serial number or MAC; 0 where none was shown
        pa.field("evidence", WORD, nullable=False),  # what the catalog says of it, as `identify.evidence` writes it
        pa.field("country", WORD, nullable=False),  # as the export says; empty: not said
        pa.field("network", WORD, nullable=False),  # owner of the network as the export says; empty: not said
        pa.field("day", pa.int32(), nullable=False),  # days since 1970; -1 where the export has no time
        pa.field("refused", WORD, nullable=False),  # why the line could not be read; empty: it was
    ]
)

FIELDS = ("device_class", "manufacturer", "brand")
"""What is concluded of every device."""

LINES = pa.schema(
    [pa.field("format", pa.string()), pa.field("first", pa.int64()), pa.field("lines", pa.large_binary())]
)
"""Whole lines of an export: its format, the number of the first line, and the lines as they stand in the file."""

_DAY = 86_400


class Gathering:
    """Rows being gathered from records.

    Args:
        matcher: the fingerprints of a catalog, made ready.
    """

    def __init__(self, matcher: Matcher) -> None:
        attributes = matcher.catalog.attributes
        kinds = identity_attributes({name: attribute.reads_as for name, attribute in attributes.items()})
        self._kinds = {attribute: kind for attribute, kind in kinds.items() if kind in ("serial", "mac")}
        self._evidence = Evidence(matcher, FIELDS)
        self._columns: list[list[int | str]] = [[] for _ in SCHEMA]

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, record: ScanRecord) -> None:
        """Add what one record says."""
        day = -1 if record.at is None else int(record.at // _DAY)
        self._add(
            digest("address", record.address), self._identity_of(record.facts), self._evidence.of_pairs(record.facts),
            record.country, record.network, day, "",
        )  # fmt: skip

    def refuse(self, number: int, reason: str) -> None:
        """Add a row that could not be read."""
        self._add(number, 0, "", "", "", -1, reason)

    def take(self) -> pa.RecordBatch:
        """The rows gathered so far; gathering begins anew."""
        columns = [
            pa.array(values, pa.string()).dictionary_encode() if field.type == WORD else pa.array(values, field.type)
            for values, field in zip(self._columns, SCHEMA, strict=True)
        ]
        self._columns = [[] for _ in SCHEMA]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)

    def _add(self, *values: int | str) -> None:
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def _identity_of(self, facts: Iterable[Fact]) -> int:
        """The digest of the serial number or burned-in MAC the record shows; of several, always the same one."""
        found = []
        for attribute, value in facts:
            kind = self._kinds.get(attribute)
            if kind is not None:
                named = as_identifier(kind, value)
                if named and not (kind == "mac" and is_local_mac(named)):
                    found.append((kind, named))
        return digest(*max(found)) if found else 0


def rows_of_lines(
    batches: Iterable[pa.RecordBatch], folders: tuple[str, ...] | None = None
) -> Iterator[pa.RecordBatch]:
    """Rows for lines of exports.

    Args:
        batches: as `LINES` says.
        folders: catalog folders; none: the catalog that came with the program.

    Yields:
        Rows as `SCHEMA` says, one batch for each batch.
    """
    for batch in batches:
        yield rows_of_block(batch, folders)


def rows_of_block(batch: pa.RecordBatch, folders: tuple[str, ...] | None = None) -> pa.RecordBatch:
    """Rows for some lines of an export, see `rows_of_lines`; what was decided before is remembered in this process."""
    gathering = _gathering(folders)
    gathering.take()  # what a batch that failed may have left
    formats, firsts, blocks = (batch.column(name).to_pylist() for name in LINES.names)
    for format, first, block in zip(formats, firsts, blocks, strict=True):
        _read(EXPORTS[format].decode, first, block, gathering)
    return gathering.take()


@lru_cache(4)
def _gathering(folders: tuple[str, ...] | None) -> Gathering:
    return Gathering(matcher_of(folders))


def _read(decode: Callable[[bytes], Iterable[ScanRecord]], first: int, block: bytes, gathering: Gathering) -> None:
    for number, row in Rows(RawLines(BytesIO(block), _silent, limit=MAX_ROW), "lines"):
        if row is None:
            gathering.refuse(first + number - 1, f"the line is longer than {MAX_ROW >> 20} MiB")
            continue
        try:
            for record in decode(row):
                gathering.add(record)
        except WireError as error:
            gathering.refuse(first + number - 1, error.reason)


def digest(kind: str, value: str) -> int:
    """64 bits of a value, never 0, so that 0 can say that there is none."""
    return int.from_bytes(blake2b(f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1


def _silent(_done: int) -> None:
    """Report progress to nobody."""
