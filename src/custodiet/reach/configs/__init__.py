"""Configuration files of routers, switches and firewalls -> what they say of the network, whatever their format.

Nothing is fetched and no file that another names is opened: what a configuration includes from elsewhere is named as
passed over. A file of no known format is refused, since to leave it out unseen would make a path look closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import NamedTuple

from custodiet.dates import parse_date
from custodiet.errors import SourceError
from custodiet.model.reach import ConfigRead
from custodiet.reach.answer import Configurations
from custodiet.reach.configs import ios, junos, nftables, pf, tables
from custodiet.reach.configs.lines import LONGEST_LINE, Text, opaque
from custodiet.reach.network import Device, Reading, Segment

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes."""
MOST_LINES = 1_000_000


class Format(NamedTuple):
    """One format of configurations."""

    id: str
    recognise: Callable[[str], bool]
    read: Callable[[Text], Reading]


FORMATS = [
    Format("junos", junos.recognise, junos.read),  # before the others: its braces and its `set` are like no other
    Format("nftables", nftables.recognise, nftables.read),
    Format("ios", ios.recognise, ios.read),
    Format("tables", tables.recognise, tables.read),  # a heading is surer than pf's plain words
    Format("pf", pf.recognise, pf.read),
]
"""In the order in which they are tried."""


def read_configurations(files: Mapping[str, bytes], as_of: str = "", told_as: str = "") -> Configurations:
    """Read configuration files.

    Args:
        files: name as the user gave it -> bytes.
        as_of: ISO 8601 date of which they are, as the user says; empty: what each file says of itself.
        told_as: how the date was told; empty: as an option of the command.

    Raises:
        SourceError: a file is of no known format, or too large.
    """
    devices: list[Device] = []
    segments: list[Segment] = []
    read: list[ConfigRead] = []
    for name, data in files.items():
        format, reading = read_configuration(name, data)
        devices += reading.devices
        segments += reading.segments
        dated, by = (as_of, told_as or "told with --as-of") if as_of else (reading.dated, "")
        if dated and not as_of:
            by = f"{reading.dated_by} says so"
        read.append(
            ConfigRead(
                name=name,
                sha256=sha256(data).hexdigest(),
                size=len(data),
                format=format,
                devices=tuple(device.name for device in reading.devices),
                of=dated,
                dated_by=by,
                passed_over=len({line.place for device in reading.devices for line in device.unread}),
            )
        )
    return Configurations(tuple(devices), tuple(segments), tuple(read))


def read_configuration(name: str, data: bytes) -> tuple[str, Reading]:
    """Read one file: the id of its format, and what it says.

    Raises:
        SourceError: it is of no known format, or too large.
    """
    step = "Export it as docs/reach.md says"
    if len(data) > LARGEST_FILE:
        raise SourceError(f"this file is larger than {LARGEST_FILE:,} bytes", place=name, next_step=step)
    try:
        whole = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        whole = data.decode("latin-1")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise SourceError(f"this file has more than {MOST_LINES:,} lines", place=name, next_step=step)
    long = [number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE]
    for number in long:
        lines[number - 1] = ""
    whole = "\n".join(lines)
    for format in FORMATS:
        if format.recognise(whole):
            reading = format.read(Text(name, lines))
            for device in reading.devices:
                for number in long[:100]:
                    opaque(device, f"{name}:{number}", "", f"a line of more than {LONGEST_LINE:,} characters")
            _check_date(reading)
            return format.id, reading
    known = "Cisco IOS, Junos, nftables, pf or a table of rules or zones"
    raise SourceError(f"this is no configuration we can read ({known})", place=name, next_step=step)


def _check_date(reading: Reading) -> None:
    """A date that is none is as good as none told."""
    try:
        parse_date(reading.dated)
    except ValueError:
        reading.dated = reading.dated_by = ""
