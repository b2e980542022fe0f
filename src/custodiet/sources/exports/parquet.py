"""Parquet with one service a row: address, port, answer, country, owner of the network, under whatever headings.

The headings are guessed, shown with the tally and corrected with ``--column``; a heading that is a word of the
vocabulary of attributes (``http.title``) is read as that. Rows come in batches, and of a file only the columns that
are read are unpacked, so memory does not grow with it. Needs the package ``pyarrow`` (the extra ``bulk``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import msgspec

from custodiet.catalog.contents import Attribute
from custodiet.catalog.files import read_words
from custodiet.catalog.load import default_folder
from custodiet.errors import SourceError, WireError
from custodiet.model import Source, Tally
from custodiet.sources.base import Item, Reader, ReadOptions
from custodiet.sources.exports.answers import answer_facts, favicon_fact, http_facts, md5_fact
from custodiet.sources.exports.base import (
    Fact,
    ScanRecord,
    address_of,
    country_of,
    each_once,
    network_of,
    port_of,
    text_of,
    time_of,
    transport_of,
)
from custodiet.sources.exports.reader import observed
from custodiet.sources.ledger import Facts, Ledger, plain
from custodiet.wire.text import text

ROWS = 4096
"""Rows in memory at a time."""
MOST_ROW_GROUP = 8 << 30
"""Bytes of one group of rows, unpacked, as the file says."""
MOST_METADATA = 64 << 20
_INSTALL = "Install it with: pip install 'custodiet[bulk]', or export JSON lines instead"

# What is compared is the heading in small letters without signs. The first of a list that a file has is the one read.
HEADINGS = {
    "address": ("ipstr", "ip", "address", "ipaddress", "saddr", "addr", "host", "hostip", "ipv4", "ipv6"),
    "port": ("port", "portid", "dport", "sport", "serviceport", "portnumber"),
    "transport": ("transport", "transportprotocol", "proto", "protocol"),
    "at": ("timestamp", "observedat", "scantime", "scannedat", "time", "date", "day", "lastseen", "lastupdatedat"),
    "country": ("countrycode", "locationcountrycode", "country", "locationcountry", "cc", "geo"),
    "asn": ("asn", "asnumber", "autonomoussystemasn", "autonomoussystem"),
    "org": ("org", "organization", "owner", "network", "asname", "asorg", "autonomoussystemname", "isp"),
    "data": ("data", "banner", "response", "answer", "payload", "raw"),
    "body": ("body", "html", "httphtml", "httpbody", "page"),
    "title": ("title", "httptitle", "htmltitle"),
    "server": ("server", "httpserver"),
    "favicon": ("favicon", "faviconhash", "httpfaviconhash", "faviconmmh3", "mmh3"),
    "subject": ("subjectdn", "tlssubject", "sslsubject", "certsubject"),
    "issuer": ("issuerdn", "tlsissuer", "sslissuer", "certissuer"),
    "hostname": ("hostname", "reversedns", "rdns", "ptr"),
    "product": ("product", "serviceproduct"),
    "version": ("version", "serviceversion"),
}  # fmt: skip
"""Field -> headings that mean it."""
_AS_ATTRIBUTE = {
    "title": "http.title",
    "server": "http.server",
    "subject": "tls.subject",
    "issuer": "tls.issuer",
    "hostname": "net.hostname",
}


def plan_columns(headings: list[str], said: Mapping[str, str], attributes: frozenset[str]) -> dict[str, str]:
    """Heading -> field or attribute; an empty text for a column that is not read.

    Args:
        headings: of the file; parts of a column of objects joined with a dot.
        said: heading -> field as the user corrected it; what is no field here is another table's.
        attributes: words of the vocabulary.
    """
    plan = dict.fromkeys(headings, "")
    for heading in headings:
        if heading in said and (said[heading] in HEADINGS or said[heading] in attributes or not said[heading]):
            plan[heading] = said[heading]
        elif heading in attributes:
            plan[heading] = heading
    taken = set(plan.values())
    keys = {heading: "".join(sign for sign in heading.lower() if sign.isalnum()) for heading in headings}
    for field, known in HEADINGS.items():
        if field in taken:
            continue
        for key in known:
            free = next((one for one in headings if keys[one] == key and not plan[one] and one not in said), None)
            if free is not None:
                plan[free] = field
                break
    return plan


def fields() -> frozenset[str]:
    """What a column of a file can be read as."""
    return _attributes().union(HEADINGS)


@cache
def _attributes() -> frozenset[str]:
    """The words of the vocabulary that came with the program."""
    return frozenset(word.id for word in read_words(default_folder() / "vocabulary" / "attributes.yml", Attribute))


class _File:
    """An open Parquet file and how its columns are read."""

    def __init__(self, path: Path, name: str, said: Mapping[str, str]) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise SourceError(
                "Parquet needs the package pyarrow, which is not installed", place=name, next_step=_INSTALL
            ) from error
        self._faults: tuple[type[BaseException], ...] = (pa.ArrowException, OSError, ValueError, OverflowError)
        self._name = name
        self._pa = pa
        try:
            self._file = pq.ParquetFile(
                path,
                pre_buffer=False,
                buffer_size=1 << 20,
                thrift_string_size_limit=MOST_METADATA,
                thrift_container_size_limit=1 << 20,
            )
            headings = [_heading(self._file.schema.column(at).path) for at in range(len(self._file.schema))]
        except self._faults as error:
            raise self.damaged(error) from error
        self.plan = plan_columns(list(dict.fromkeys(headings)), said, _attributes())
        self.rows = self._file.metadata.num_rows
        if "address" not in self.plan.values():
            raise SourceError(
                f"no column looks like an address; there are: {plain(', '.join(self.plan), 300)}",
                place=name,
                next_step="Say which it is with --column 'HEADING=address'",
            )

    def damaged(self, error: BaseException) -> SourceError:
        """What to say of a file that the library refuses."""
        why = plain(" ".join(str(error).split()), 160)
        return SourceError(
            f"the Parquet file cannot be read: {why}", place=self._name, next_step="Export it again, or copy it again"
        )

    def batches(self, progress: Callable[[int], None], size: int) -> Iterator[list[dict[str, Any]]]:
        """Rows by field, some thousand at a time."""
        wanted = {heading for heading, field in self.plan.items() if field}
        schema = self._file.schema
        paths = [schema.column(at).path for at in range(len(schema))]
        columns = [path for path in paths if _heading(path) in wanted]
        done = 0
        try:
            self._check_groups()
            for batch in self._file.iter_batches(batch_size=ROWS, columns=columns, use_threads=False):
                yield self._by_field(batch)
                done += batch.num_rows
                progress(size * done // max(self.rows, 1))
        except self._faults as error:
            raise self.damaged(error) from error

    def _check_groups(self) -> None:
        # Nothing is asked of a single column here: the library ends the program where the file lies about one.
        for at in range(self._file.metadata.num_row_groups):
            if self._file.metadata.row_group(at).total_byte_size > MOST_ROW_GROUP:
                raise SourceError(
                    f"a group of rows is larger than {MOST_ROW_GROUP >> 30} GiB",
                    place=self._name,
                    next_step="Write it with smaller groups of rows, of a million or less",
                )

    def _by_field(self, batch: Any) -> list[dict[str, Any]]:
        table = self._pa.Table.from_batches([batch])
        while any(self._pa.types.is_struct(field.type) for field in table.schema):
            table = table.flatten()
        values = {
            self.plan.get(_heading(name), ""): column.to_pylist()
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
        values.pop("", None)
        return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def _heading(path: str) -> str:
    """The name of a column as people know it; lists have levels of their own in Parquet."""
    for level in (".list.element", ".list.item", ".bag.array_element"):
        path = path.removesuffix(level)
    return path


def parse_parquet(row: Mapping[str, Any]) -> Iterator[ScanRecord]:
    """The record of one row.

    Args:
        row: field of `HEADINGS` or attribute -> value, as Python has it.

    Raises:
        WireError: no address.
    """
    port, transport = port_of(row.get("port")), transport_of(_text(row.get("transport")))
    yield ScanRecord(
        _address(row.get("address")),
        port,
        transport,
        _time(row.get("at")),
        country_of(_text(row.get("country"))),
        network_of(_scalar(row.get("asn")), _text(row.get("org"))),
        each_once(_facts(row, port, transport)),
    )


def _address(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 32:
        return str(IPv4Address(value))
    if isinstance(value, bytes) and len(value) in (4, 16):
        return address_of(str(IPv4Address(value) if len(value) == 4 else IPv6Address(value)))
    return address_of(_text(value))


def _time(value: object) -> float | None:
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    elif isinstance(value, date):
        value = value.isoformat()
    elif isinstance(value, int) and value >= 1 << 36:  # thousandths of a second, or finer
        while value >= 1 << 36:
            value //= 1000
    return time_of(value)


def _scalar(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return text(value, 4000)
    return value if isinstance(value, str) else ""


def _facts(row: Mapping[str, Any], port: int, transport: str) -> Iterator[Fact]:
    data, body = row.get("data"), row.get("body")
    head = data if isinstance(data, str | bytes) else ""
    page = body.decode("utf-8", "replace") if isinstance(body, bytes) else body if isinstance(body, str) else ""
    if page:
        shown = head.decode("utf-8", "replace") if isinstance(head, bytes) else head
        yield from http_facts(shown if shown.startswith("HTTP/") else "", page)
    elif head:
        yield from answer_facts(head, port, transport)
    for field, value in row.items():
        if value is None or field in ("data", "body"):
            continue
        if field == "favicon" or field == "favicon.mmh3":
            yield from favicon_fact(value)
        elif field == "favicon.md5":
            yield from md5_fact(value)
        elif field == "product":
            yield "service.product", " ".join(filter(None, (text_of(_text(value)), text_of(_text(row.get("version"))))))
        elif attribute := _AS_ATTRIBUTE.get(field, field if "." in field else ""):
            for one in value[:8] if isinstance(value, list) else [value]:
                shown = _text(one) if isinstance(one, bytes) else text_of(one, 4000)
                yield attribute, " ".join(shown.split()) if attribute == "http.title" else shown


def parquet_records(
    path: Path,
    name: str,
    *,
    progress: Callable[[int], None],
    refused: Callable[[str, str], None],
    columns: Mapping[str, str],
) -> Iterator[ScanRecord]:
    """Every record of a file, for counting; see `reader.records` for the arguments."""
    file = _File(path, name, columns)
    number = 0
    for batch in file.batches(progress, path.stat().st_size):
        for row in batch:
            number += 1
            try:
                yield from parse_parquet(row)
            except WireError as error:
                refused(f"row {number}", error.reason)


def _recognise(head: bytes, _name: str) -> bool:
    return head.startswith(b"PAR1")


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    file = _File(path, source.name, options.columns)
    ledger = Ledger(source, "rows")
    facts = Facts(source.id)
    number = 0
    try:
        for batch in file.batches(options.progress, source.size):
            for row in batch:
                number += 1
                try:
                    for record in parse_parquet(row):
                        ledger.saw(record.at)
                        observed(record, facts, f"row {number}")
                except WireError as error:
                    yield from ledger.refuse(f"row {number}", error.reason, "Each row needs an address")
                    continue
                ledger.read()
            if facts.full:
                yield from facts.drain()
    except SourceError as error:
        if number == 0:
            raise
        yield from ledger.remark(f"after row {number}", error.reason, error.next_step, severity="incomplete")
    yield from facts.drain()
    for item in ledger.close():
        shown = {plain(heading, 100): field for heading, field in file.plan.items()}
        yield msgspec.structs.replace(item, columns=shown) if isinstance(item, Tally) else item


READER = Reader(
    id="parquet",
    title="scan data in Parquet",
    kind="scan",
    recognise=_recognise,
    read=_read,
    fields=fields,
)
