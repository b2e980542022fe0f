"""Logs of name servers; lines of a firewall between them are read too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from custodiet.model import Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.dns_logs.dialects import DNS
from custodiet.sources.firewall.dialects import FIREWALLS
from custodiet.sources.log_reading import LogReading, recognises


def recognise(head: bytes, _name: str) -> bool:
    """Whether one of the first lines is that of a name server that is known."""
    return recognises(head, DNS)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read a log.

    Raises:
        SourceError: no line of it is one of a program that is known.
    """
    yield from LogReading(source, options, path, [*DNS, *FIREWALLS]).items()


READER = Reader(
    id="dns-log",
    title="DNS logs (dnsmasq and Pi-hole, BIND, Unbound, PowerDNS, Windows DNS, AdGuard Home)",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
    zoned=True,
)
