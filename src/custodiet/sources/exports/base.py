"""What a scan export says of one service, in the words every other source uses; and the small parts all formats share.

Formats differ in how they write a time, an owner or a country code; here these become one form. What a field of a
format means is known in its own file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from custodiet.errors import WireError
from custodiet.sources.ledger import plain
from custodiet.wire.address import ip_text

Fact: TypeAlias = tuple[str, str]
Scalar: TypeAlias = str | int | float | bool | None
"""A field that is one value, of whatever kind: tools change their minds between versions."""


class ScanRecord(msgspec.Struct, frozen=True, gc=False):
    """What one row says of one service of one address."""

    address: str
    """IPv4 or IPv6 in canonical form; for sources that know devices by another key, that key."""
    port: int = 0
    """Port; 0 where the row is about the address as a whole."""
    transport: str = ""
    """``tcp``, ``udp`` or as the export says, in lower case."""
    at: float | None = None
    """Seconds since 1970 UTC when the scanner saw it, where the export says so."""
    country: str = ""
    """ISO 3166 code as the export says, in upper case; empty: not said."""
    network: str = ""
    """Who holds the network as the export says, as ``AS64500 Example Telecom``; empty: not said."""
    facts: tuple[Fact, ...] = ()
    """(attribute, value) in the words of ``catalog/vocabulary/attributes.yml``, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One format of rows in JSON.

    Args:
        id: short name, as stored with a source.
        title: name for people.
        row: what is read of one row; other fields are passed over.
        records: such a row -> its records; raises `WireError` where it has no address or nothing that can be read.
        signs: whether a decoded row is one of this format; must not raise.
        marks: names of which three in the first bytes tell the format where the first row is longer than those.
        form: what the rows should be, for whoever has other ones.
    """

    id: str
    title: str
    row: type[msgspec.Struct]
    records: Callable[[Any], list[ScanRecord]]
    signs: Callable[[dict[str, Any]], bool]
    marks: tuple[str, ...]
    form: str

    def parse(self, row: Mapping[str, Any]) -> list[ScanRecord]:
        """The records of one row that was decoded elsewhere.

        Raises:
            WireError: no address, or a field of another form.
        """
        return self.records(converted(row, self.row))

    def decode(self, row: bytes) -> list[ScanRecord]:
        """The records of one row of JSON; the same as `parse` of it, without decoding what is not read.

        Raises:
            WireError: no JSON, no address, or a field of another form.
        """
        return self.records(decoded(row, _decoder_of(self.row)))


@lru_cache
def _decoder_of(kind: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def address_of(*written: object) -> str:
    """The first of these that is an address, canonical.

    Raises:
        WireError: none is.
    """
    for value in written:
        if isinstance(value, str) and (address := ip_text(value)):
            return address
    raise WireError("a row without an address that can be read")


def port_of(value: object) -> int:
    """A port as a number; 0 for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 5:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 65536 else 0


@lru_cache(maxsize=256, typed=True)
def transport_of(value: object) -> str:
    """The transport in lower case."""
    return plain(value.strip().lower(), 20) if isinstance(value, str) else ""


_EARLIEST, _LATEST = 631152000.0, 4102444800.0  # 1990 and 2100: what lies outside was no scan


def time_of(value: object) -> float | None:
    """Seconds since 1970 from ISO 8601 (UTC unless it names a zone) or from a number of seconds, also as text."""
    seconds: float
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) <= 12:
            seconds = float(value)
        else:
            try:
                value = value.removesuffix(" UTC")
                if value[-1:] != "Z" and not {"+", "-"} & set(value[19:]):
                    value = f"{value}+00:00" if len(value) > 10 else f"{value}T00:00+00:00"
                seconds = datetime.fromisoformat(value).timestamp()
            except (ValueError, OverflowError):
                return None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value) if -1e15 < value < 1e15 else 0.0
    else:
        return None
    return seconds if _EARLIEST <= seconds < _LATEST else None


@lru_cache(maxsize=1024, typed=True)
def country_of(value: Scalar) -> str:
    """A country code in upper case; what is longer than a code is kept as the export says it."""
    if not isinstance(value, str):
        return ""
    value = plain(value.strip(), 60)
    return value.upper() if len(value) <= 3 else value


@lru_cache(maxsize=16384, typed=True)
def network_of(number: Scalar, owner: Scalar) -> str:
    """Number and owner of a network as ``AS64500 Example Telecom``."""
    name = plain(" ".join(owner.split()), 120) if isinstance(owner, str) else ""
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 1 << 32:
        return f"AS{number} {name}".rstrip()
    if isinstance(number, str) and number.strip():
        digits = plain(number.strip().upper().removeprefix("AS"), 20)
        return f"AS{digits} {name}".rstrip() if digits.isdigit() else name or digits
    return name


def text_of(value: object, limit: int = 400) -> str:
    """A single value as text that may be stored; empty for lists, objects and nothing."""
    if isinstance(value, str):
        return plain(value.strip(), limit)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1 << 64:
        return str(value)
    return ""


def each_once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts without repeats and without empty values, in the order met."""
    found: dict[Fact, None] = {}
    for fact in facts:
        if fact[1] and not fact[1].isspace():
            found[fact] = None
    return tuple(found)


def decoded(row: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """A row as the type of the decoder.

    Raises:
        WireError: no JSON, or fields of another form.
    """
    try:
        return decoder.decode(row)
    except msgspec.ValidationError as error:
        raise WireError(f"a field has an unexpected form: {plain(str(error), 160)}") from error
    except UnicodeDecodeError:
        pass
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise WireError("the row is no JSON object") from error
    try:  # written in Windows-1252, or with bytes of a device put in as they came
        return decoder.decode(row.decode("cp1252", "backslashreplace"))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise WireError("the row is no JSON object") from error


def converted(row: object, kind: type[Any]) -> Any:
    """A row that was decoded elsewhere, as the type.

    Raises:
        WireError: fields of another form.
    """
    try:
        return msgspec.convert(row, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as error:
        raise WireError(f"a field has an unexpected form: {plain(str(error), 160)}") from error


def first_of(values: object, most: int) -> Iterator[Any]:
    """The first elements of a list; nothing for anything else."""
    if isinstance(values, list | tuple):
        yield from values[:most]
