"""Logs of firewalls in the common ways of writing; lines of a name server between them are read too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from custodiet.model import Source
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.dns_logs.dialects import DNS
from custodiet.sources.firewall.dialects import FIREWALLS
from custodiet.sources.log_reading import LogReading, recognises


def recognise(head: bytes, _name: str) -> bool:
    """Whether one of the first lines is that of a firewall that is known."""
    return recognises(head, FIREWALLS)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read a log.

    Raises:
        SourceError: no line of it is one of a program that is known.
    """
    yield from LogReading(source, options, path, [*FIREWALLS, *DNS]).items()


READER = Reader(
    id="firewall",
    title="firewall logs (netfilter, pf, Cisco ASA, FortiGate, Palo Alto, Juniper SRX, Check Point, RouterOS, Windows)",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
    zoned=True,
)
