"""The readers, in the order in which they are asked.

A format with a magic number comes before one that is only text, and a text format with a strict first line before one
that any file with commas would satisfy. Adding a format is one file here, one line below, one test, one fuzz target.
A reader is imported when its turn comes: whoever gives a capture does not wait for the parts that read workbooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import overload

from custodiet.sources.base import Reader


class _Readers(Sequence[Reader]):
    """Readers by module and name, imported one after another.

    Args:
        names: ``module:NAME``, the module as seen from this package.
    """

    def __init__(self, *names: str) -> None:
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, at: int) -> Reader: ...
    @overload
    def __getitem__(self, at: slice) -> list[Reader]: ...
    def __getitem__(self, at: int | slice) -> Reader | list[Reader]:
        if isinstance(at, slice):
            return [_load(name) for name in self._names[at]]
        return _load(self._names[at])

    def __iter__(self) -> Iterator[Reader]:
        return map(_load, self._names)


def _load(name: str) -> Reader:
    module, _colon, attribute = name.partition(":")
    reader = getattr(import_module(f"{__name__}.{module}"), attribute)
    assert isinstance(reader, Reader), name
    return reader


READERS: Sequence[Reader] = _Readers(
    # magic numbers
    "pcap.reader:READER",
    "netflow.reader:READER",
    "netflow.nfdump:NFCAPD",
    "exports.parquet:READER",
    "tables.reader:WORKBOOK",
    # XML and text that names itself in its first lines
    "nmap.xml:READER",
    "nmap.text:READER",
    "zeek.reader:READER",
    "leases:READER",
    # logs known by the form of their lines; a firewall's first, since its log may hold lines of a name server and both
    # readers read both
    "firewall.reader:READER",
    "dns_logs.reader:READER",
    "netflow.nfdump:READER",
    # JSON, told apart by its keys
    "exchanges:READER",
    "isapi:READER",
    "labelled.reader:READER",
    "survey:READER",
    "label_reading:READER",
    "exports.reader:SHODAN_READER",
    "exports.reader:ZGRAB2_READER",
    "exports.reader:CENSYS_READER",
    "exports.reader:MASSCAN_READER",
    "flow_json:READER",
    "suricata.reader:READER",
    # one reply a file; some are binary without a magic number, so after everything that has one
    "discovery_reply:READER",
    # text known by the shape of its rows
    "device_type:READER",
    "address_tables:READER",
    "tables.reader:CSV",
    # any sentence would satisfy it
    "prose:READER",
)
