"""Where a fact came from, what was read there and what could not be read."""

from __future__ import annotations

from typing import Literal

import msgspec

SourceKind = Literal[
    "capture", "scan", "log", "register", "purchase_record", "label", "survey_answer", "labelled", "live"
]
Method = Literal["examine", "interview", "test"]

Doubt = Literal[
    "clock_jump",
    "one_direction",
    "duplicates",
    "sampled",
    "local_time",
    "translated",
    "lost",
    "denied_only",
    "part_logged",
    "both_ways",
]
"""What makes sums of traffic doubtful.

clock_jump     times go back, or the clock was set on the way
one_direction  of conversations that must have two, only one was seen
duplicates     the same packets came twice, as from two taps
sampled        only one of so many packets was counted
local_time     times carry no zone or no year, so one was assumed
translated     several devices stand behind one address
lost           whoever captured says that it lost packets
denied_only    a firewall wrote down what it stopped, and nothing that it let through
part_logged    such a log tells some of the traffic only: names asked for, alerts, what a rule was set to log
both_ways      the bytes of both directions stand as one number, which is counted as sent
"""

SILENCE = 300.0
"""Seconds without anything after which it is not known whether anybody was still watching."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One file, stream or conversation that we read."""

    id: str
    """``src-`` and the first 16 hexadecimal digits of the SHA-256, so that the same bytes are the same source; a table
    read with corrected headings has a few digits more."""
    kind: SourceKind
    """What sort of source it is; a register is a statement by people, a capture is what devices said, a label is what
    somebody read on the device itself."""
    format: str
    """The id of the reader that recognised it, for example ``pcap``."""
    name: str
    """The name under which the user gave it."""
    sha256: str
    """Hash of the bytes as read, so that evidence can be checked years later."""
    size: int
    """Bytes."""
    read_with: dict[str, str] = {}
    """For tables: headings whose meaning the user corrected -> the field they were read as; for logs without a zone:
    ``zone`` -> the zone that the user gave."""
    method: Method = "examine"
    """How it was obtained, in OSCAL's three words."""
    collected_at: float | None = None
    """Seconds since 1970 UTC when the data was collected, where the data says so."""
    collected_by: str | None = None
    """Who collected it, where somebody said so."""


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with our input: said, counted, and the rest was still read."""

    source: str
    """Id of the source, or the file name where no source could be made of it."""
    place: str
    """Packet, line, row or element; empty when the whole file is meant."""
    reason: str
    """What is wrong, in plain words."""
    next_step: str = ""
    """What the user can do about it."""
    severity: Literal["note", "incomplete"] = "note"
    """``incomplete`` when something that should have been read was not, so that the result lacks it."""


class Relied(msgspec.Struct, frozen=True, kw_only=True):
    """A file beside the sources on which answers of this case rest: it was asked about one thing, and not read in."""

    kind: Literal["isolation proof", "configuration"]
    """What it was asked: traffic, rules or log behind a statement on isolation, or a configuration behind an answer on
    what a device can reach."""
    name: str
    """The name under which the user gave it."""
    sha256: str
    """Hash of its bytes."""
    since: str
    """ISO 8601 date of its earliest thing, or of what it describes; empty: not known."""
    until: str
    """The same of its latest."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """How well a source of traffic watched: when it saw anything at all, and what makes its sums doubtful."""

    spans: tuple[tuple[float, float], ...] = ()
    """Stretches in which something was seen at least every `SILENCE` seconds, in order; seconds since 1970 UTC."""
    sampled: int = 1
    """One of so many packets was counted by whoever exported it; 1: all."""
    doubts: dict[Doubt, str] = {}
    """What was noticed -> where and how often, in a sentence for people."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader did with a source: everything in scope is read, named as ignored, or an issue."""

    source: str
    """Id of the source."""
    unit: str
    """What is counted: packets, rows, lines, hosts."""
    total: int
    """How many there were."""
    read: int
    """How many gave an observation or were understood to hold none of interest."""
    issues: int
    """How many could not be read at all; where a part of one was taken, it counts as read."""
    whole: bool = True
    """False: a part could not be read of which nobody knows how much is in it, as behind the place where a file breaks
    off."""
    first_seen: float | None = None
    """Earliest time in the source, seconds since 1970 UTC."""
    last_seen: float | None = None
    """Latest time in the source, seconds since 1970 UTC."""
    not_covered: dict[str, int] = {}
    """What was there but tells this version nothing, by name and number, for example ``QUIC packets``; what is counted
    in `unit` is a part of what was read."""
    columns: dict[str, str] = {}
    """For tables: heading as found -> field it was read as (empty text: ignored)."""
    watched: Watched | None = None
    """For sources of traffic: how well they watched."""
