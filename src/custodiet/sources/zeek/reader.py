"""Zeek's logs, as TSV with its ``#`` headers or as JSON with one object a line; several logs may follow one another.

Which log a line belongs to is told by ``#path`` or ``_path``, else by its fields. What each log says about a device
stands in `custodiet.sources.zeek.logs`; here it is only cut into fields.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Flow, Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines, object_of
from custodiet.sources.zeek.certificates import Certificates
from custodiet.sources.zeek.logs import LOGS, guess_log, read_conn
from custodiet.sources.zeek.watching import OWN_LOGS, Watching

MAX_LINE = 1 << 20
"""The most bytes of one line; a DNS answer or a chain of certificates may be long."""
_MAX_FIELDS = 1000

_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|\\)")


class _Shape:
    """How the lines of a TSV log are to be read: what its ``#`` headers said so far."""

    def __init__(self) -> None:
        self.separator = "\t"
        self.set_separator = ","
        self.empty = "(empty)"
        self.unset = "-"
        self.log = ""
        self.fields: list[str] = []

    def header(self, line: str) -> bool:
        """Take one ``#`` line; False when it cannot be understood."""
        if line.startswith("#separator"):
            written = line[len("#separator") :].strip()
            separator = _unescaped(written)
            self.separator = separator if len(separator) == 1 else "\t"
            self.fields, self.log = [], ""
            return len(separator) == 1
        name, *values = line.split(self.separator)
        match name, values:
            case "#set_separator", [value]:
                self.set_separator = _unescaped(value) or ","
            case "#empty_field", [value]:
                self.empty = value
            case "#unset_field", [value]:
                self.unset = value
            case "#path", [value]:
                self.log = value
            case "#fields", [_, *_] if len(values) <= _MAX_FIELDS:
                self.fields = values
            case (("#types" | "#open" | "#close"), _):
                pass
            case _:
                return line.startswith("# ")  # a remark of a person
        return True

    def row(self, line: str) -> Row | None:
        """The fields of a line that have a value; None when their number is wrong."""
        values = line.split(self.separator)
        if len(values) != len(self.fields):
            return None
        unset = self.unset
        return Row({name: value for name, value in zip(self.fields, values, strict=True) if value != unset}, self)


class Row:
    """One line of a log. TSV values are unescaped only when they are asked for; JSON values have their types."""

    __slots__ = ("_shape", "_values")

    def __init__(self, values: dict[str, object], shape: _Shape | None = None) -> None:
        self._values = values
        self._shape = shape

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """A value as text; empty when it is not there."""
        value = self._values.get(name)
        if isinstance(value, str):
            if self._shape is None:
                return value
            if value == self._shape.empty:
                return ""
            return _unescaped(value) if "\\" in value else value
        if isinstance(value, bool):
            return "T" if value else "F"
        if isinstance(value, int | float):
            return str(value)
        return ""

    def items(self, name: str) -> list[str]:
        """The members of a set or vector; empty when it is not there."""
        value = self._values.get(name)
        if isinstance(value, list):
            return [str(item) for item in value if isinstance(item, str | int | float)]
        if not isinstance(value, str):
            return []
        if self._shape is None:
            return [value]
        if value == self._shape.empty:
            return []
        return [_unescaped(item) if "\\" in item else item for item in value.split(self._shape.set_separator)]

    def number(self, name: str) -> int:
        """A count; 0 when it is not there or is none."""
        value = self._values.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
            return int(value)
        return value if isinstance(value, int) and 0 <= value < 1 << 63 else 0

    def time(self, name: str = "ts") -> float | None:
        """Seconds since 1970 UTC, from seconds or from ISO 8601; None when it is not there."""
        value = self._values.get(name)
        if isinstance(value, str) and "T" in value:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return None
            value = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        try:
            seconds = float(value) if isinstance(value, str | int | float) else -1.0
        except (ValueError, OverflowError):
            return None
        return seconds if 0 <= seconds < 1e11 else None


def _unescaped(value: str) -> str:
    """Zeek writes ``\\xNN`` for a byte that may not stand there, and doubles the backslash."""
    raw = _ESCAPE.sub(
        lambda match: bytes([int(match[1], 16)]) if match[1] else b"\\", value.encode("utf-8", "surrogatepass")
    )
    return raw.decode("utf-8", "backslashreplace")


def recognise(head: bytes, _name: str) -> bool:
    """Whether the first line is Zeek's header, or an object with the fields of one of its logs."""
    lines = [line for line in head_lines(head) if line.strip()]
    if not lines:
        return False
    if lines[0].startswith("#separator "):
        return True
    if lines[0].startswith(("#fields\t", "#path\t")):
        return True
    row = object_of(lines[0])
    return row is not None and "ts" in row and bool(_log_of(row))


def _log_of(values: dict[str, object]) -> str:
    named = values.get("_path")
    return named if isinstance(named, str) and named else guess_log(values)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read one or several logs.

    Raises:
        SourceError: no line of the file belongs to a log.
    """
    lines = Lines(path, options.progress, limit=MAX_LINE)
    ledger = Ledger(source, "lines")
    facts = Facts(source.id)
    certificates = Certificates()
    watching = Watching()
    shape = _Shape()
    known = False
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        if not line.strip():
            continue
        if line.startswith("#"):
            if not shape.header(line):
                yield from ledger.remark(place, "a header of the log that cannot be understood")
            continue
        row: Row | None
        if line.startswith("{"):
            values = object_of(line)
            row, log = (Row(values), _log_of(values)) if values is not None else (None, "")
        elif shape.fields:
            row, log = shape.row(line), shape.log or guess_log(shape.fields)
        else:
            yield from ledger.refuse(place, "a line before any #fields header")
            continue
        if row is None:
            reason = "the line is no JSON object" if line.startswith("{") else _columns(line, shape)
            yield from ledger.refuse(place, reason)
            continue
        known = True
        when = row.time()
        if log == "x509":
            certificates.described(row, place)
        elif log == "ssl":
            certificates.shown(row)
        if log in OWN_LOGS:
            OWN_LOGS[log](watching, row)
        problem = yield from _read_row(log, row, when, place, source.id, facts, ledger, watching)
        if problem:
            yield from ledger.refuse(place, problem)
        else:
            ledger.saw(when)
            ledger.read()
        if facts.full:
            yield from facts.drain()
    for subject, attribute, value, place, when in certificates.facts():
        facts.add(subject, attribute, value, place, when)
        if facts.full:
            yield from facts.drain()
    yield from facts.drain()
    if certificates.unclaimed:
        ledger.not_covered("certificates that no connection in this file shows", certificates.unclaimed)
        yield from ledger.remark(
            "",
            "certificates are described whose servers are not in this file",
            "Put ssl.log and x509.log into one file, one after the other.",
        )
    if not known and not lines.cut and not shape.fields:
        raise SourceError(
            "no line belongs to a log of Zeek", place=source.name, next_step="Give the logs as Zeek wrote them"
        )
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close(watching.watched())


def _columns(line: str, shape: _Shape) -> str:
    return f"{line.count(shape.separator) + 1} columns where the header names {len(shape.fields)}"


def _read_row(
    log: str,
    row: Row,
    when: float | None,
    place: str,
    source: str,
    facts: Facts,
    ledger: Ledger,
    watching: Watching,
) -> Generator[Flow, None, str]:
    """Read one line of a known log; returns what is wrong with it, or nothing."""
    if log == "conn":
        flow = read_conn(row, when, place, source, facts)
        if flow is None:
            return "a connection without addresses, port or time that can be read"
        watching.conversation(flow, row)
        yield flow
        return ""
    if log == "x509" or log in OWN_LOGS:
        return ""
    function = LOGS.get(log)
    if function is None:
        ledger.not_covered(f"{log or 'unknown'}.log lines")
        return ""
    found = function(row)
    if found is None:
        return f"a line of {log}.log without an address that can be read"
    for subject, attribute, value in found:
        facts.add(subject, attribute, value, place, when)
    return ""


READER = Reader(
    id="zeek",
    title="Zeek logs",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
