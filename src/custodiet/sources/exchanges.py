"""The log of a sweep: what our questions brought, one exchange a line, read as any other source.

The exchanges hold the answers as they came, so they are read by the same two functions that read captures, and reading
an old log with a newer version finds more. What an answer says is a fact about the address that sent it. A redirect in
an answer is such a fact; nothing is ever asked because of it. Tables of switches are joined by `switch_tables`. The
other lines of the log (what was about to be asked, pages of the ledger) say nothing about devices.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import msgspec

from custodiet.errors import SourceError, WireError
from custodiet.model import Source
from custodiet.model.exchange import Exchange
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger, plain
from custodiet.sources.lines import RawLines, head_lines
from custodiet.sources.pcap.messages import NOTHING, Said, read_datagram, read_stream
from custodiet.sources.switch_tables import QUESTIONS as OF_SWITCHES
from custodiet.sources.switch_tables import SwitchTables
from custodiet.wire.address import ip_text
from custodiet.wire.dns import parse_dns

FORMAT = "custodiet-find/1"
MAX_LINE = 8 << 20
"""The most bytes of one line."""
MOST_ANSWERS = 64
"""Answers of one exchange that are read."""
MOST_BYTES = 65536
"""Bytes of one answer that are read."""

DATAGRAMS = {
    "sadp-inquiry": 37020,
    "dhip-search": 37810,
    "dhip-search-old": 5050,
    "ws-discovery-probe": 3702,
    "mdns-services": 5353,
    "ssdp-search": 1900,
    "xiongmai-search": 34569,
    "tvt-search": 23456,
    "hanwha-search": 7701,
    "bosch-search": 1757,
    "sony-search": 2380,
    "vivotek-search": 10000,
    "foscam-search": 10000,
    "ubiquiti-search": 10001,
    "reolink-search": 2000,
    "vstarcam-search": 8600,
    "vision360-search": 3600,
    "snmp-get": 161,
}
"""Questions that are answered by datagrams -> port of their protocol; a device may answer from another. All other
questions are put over a connection."""
RESOLVER = "reverse-dns"
"""The question that a name server answers about the address."""

_LATEST = 1e11  # seconds since 1970 that no log can have

Fact = tuple[str, str, str]
"""Subject, attribute, value."""


def subject_of(exchange: Exchange) -> str:
    """Whom the answers are about: the one who sent them; empty where the log names no single address."""
    sender = exchange.sender if exchange.sender and exchange.question != RESOLVER else exchange.target
    address = ip_text(sender)
    return f"ip:{address}" if address and not _is_group(address) else ""


def elsewhere(exchange: Exchange) -> str:
    """A sentence where another address answered than was asked; empty where all is as it should be."""
    asked, sender = ip_text(exchange.target), ip_text(exchange.sender)
    if not asked or not sender or asked == sender or _is_group(asked) or exchange.question == RESOLVER:
        return ""
    return f"{asked} was asked and {sender} answered; the answer is kept as that one's"


def _is_group(address: str) -> bool:
    return address == "255.255.255.255" or ip_address(address).is_multicast


def place_of(exchange: Exchange, number: int) -> str:
    """Where an answer stands: the question, its port where it is one of several, and the number of the answer."""
    port = "" if exchange.question in DATAGRAMS or exchange.question == RESOLVER else f", tcp/{exchange.port}"
    return f"question {plain(exchange.question, 60)}{port}, answer {number}"


def read_answer(exchange: Exchange, number: int) -> tuple[Fact, ...]:
    """What one answer says.

    Args:
        exchange: of which it is.
        number: its place among the answers, from 0.

    Raises:
        WireError: it is not what was asked for, or says nothing that can be read.
    """
    data = exchange.answers[number][:MOST_BYTES]
    subject = subject_of(exchange)
    if exchange.question == RESOLVER:
        names = [record.value for record in parse_dns(data).answers if record.type == "PTR"]
        return tuple((subject, "net.hostname", name) for name in names)
    if not data:
        return ()
    if exchange.question in DATAGRAMS:
        said = read_datagram(data, DATAGRAMS[exchange.question])
    else:
        said = read_stream(data, exchange.port, greets=True, ended=True) or NOTHING
    if not (said.own or said.others or said.not_covered):
        raise WireError(f"an answer of {len(data):,} bytes that cannot be read, beginning {data[:8].hex()}")
    return _facts(said, subject)


def _facts(said: Said, subject: str) -> tuple[Fact, ...]:
    return (*((subject, attribute, value) for attribute, value in said.own), *said.others)


def read_exchange(exchange: Exchange, facts: Facts, ledger: Ledger) -> Iterator[Item]:
    """Add what an exchange says to the facts; yields an issue for each answer that cannot be read.

    Args:
        exchange: what a question brought.
        facts: where facts are gathered.
        ledger: where answers are counted.
    """
    subject = subject_of(exchange)
    if not subject or not 0 <= exchange.port < 65536:
        if exchange.answers:
            yield from ledger.refuse(place_of(exchange, 1), "an answer of which the log names no address or port")
        return
    at = exchange.at if 0 <= exchange.at < _LATEST else None
    ledger.saw(at)
    if exchange.outcome == "answered" and exchange.question != RESOLVER:
        # a port is open that answered; the address is in use
        first = place_of(exchange, 1)
        facts.add(subject, "net.ip", subject[3:], first, at)
        if exchange.question not in DATAGRAMS:
            facts.add(subject, "net.port", f"tcp/{exchange.port}", first, at)
    if remark := elsewhere(exchange):
        yield from ledger.remark(place_of(exchange, 1), remark)
    if len(exchange.answers) > MOST_ANSWERS:
        yield from ledger.remark(
            place_of(exchange, MOST_ANSWERS + 1),
            f"{len(exchange.answers) - MOST_ANSWERS} more answers to one question are not read",
        )
    for number in range(min(len(exchange.answers), MOST_ANSWERS)):
        place = place_of(exchange, number + 1)
        try:
            said = read_answer(exchange, number)
        except WireError as error:
            yield from ledger.refuse(f"{subject}, {place}", error.reason)
            continue
        ledger.read()
        for about, attribute, value in said:
            facts.add(about, attribute, value, place, at)


# --- the log


class _Network(msgspec.Struct, frozen=True):
    """What became of the addresses of one network."""

    network: str = ""
    asked: int = 0
    answered: int = 0
    refused: int = 0
    silent: int = 0
    not_asked: int = 0
    why_not: str = ""


class _Line(msgspec.Struct, frozen=True):
    """A line, as much of it as says something about devices."""

    type: str
    format: str = ""
    exchange: Exchange | None = None
    address: str = ""
    port: int = 0
    heard: str = ""
    why: str = ""
    coverage: tuple[_Network, ...] = ()
    complete: bool = False


def _limits(line: _Line, ledger: Ledger) -> Iterator[Item]:
    """What a sweep left open: addresses that kept silent or were not asked, devices that were left alone."""
    if line.type == "left-alone":
        reason = f"it was left alone, since {plain(line.why, 200)}; what else it would have said is not known"
        yield from ledger.remark(plain(line.address, 60), reason)
    for one in line.coverage:
        told = f"{one.asked:,} addresses were asked: {one.answered:,} answered, {one.refused:,} refused"
        left = f"; {one.not_asked:,} were not asked ({plain(one.why_not, 200)})" if one.not_asked else ""
        yield from ledger.remark(plain(one.network, 60), f"{told}, {one.silent:,} stayed silent{left}")
    if line.type == "end" and not line.complete:
        reason = "the sweep was stopped before all was asked"
        yield from ledger.remark("the end", reason, "Go on with the sweep: find --resume.", severity="incomplete")


_decode = msgspec.json.Decoder(_Line).decode


def _recognise(head: bytes, _name: str) -> bool:
    first = next(iter(head_lines(head)), "")
    return first.startswith("{") and '"format":"custodiet-find/' in first[:200]


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    lines = RawLines(path, options.progress, limit=MAX_LINE)
    ledger = Ledger(source, "answers")
    facts = Facts(source.id)
    switches = SwitchTables()
    known = False
    end: _Line | None = None
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        if not line.strip():
            continue
        try:
            read = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield from ledger.refuse(
                place,
                "the line cannot be read; the last line of a sweep that was stopped may be cut",
                "Go on with the sweep: find --resume.",
            )
            continue
        if not known:
            if read.format != FORMAT:
                raise SourceError(
                    f"a log of a sweep in the format {read.format!r:.60}, which this version does not read",
                    place=source.name,
                    next_step="Read it with the version that wrote it, or a later one.",
                )
            known = True
        if read.exchange is not None and read.exchange.question in OF_SWITCHES:
            at = read.exchange.at if 0 <= read.exchange.at < _LATEST else None
            ledger.saw(at)
            yield from switches.add(read.exchange, at, facts, ledger)
        elif read.exchange is not None:
            yield from read_exchange(read.exchange, facts, ledger)
        elif read.heard == "open" and (address := ip_text(read.address)) and 0 < read.port < 65536:
            facts.add(f"ip:{address}", "net.port", f"tcp/{read.port}", place)
        if read.type in ("end", "resumed"):
            end = read if read.type == "end" else None  # a sweep that went on after a stop has a later end
        else:
            yield from _limits(read, ledger)
        if facts.full:
            yield from facts.drain()
    if known:
        yield from _limits(end or _Line(type="end"), ledger)
    yield from switches.finish(facts, ledger)
    yield from facts.drain()
    if not known and not lines.cut:
        raise SourceError("the log of a sweep has no first line", place=source.name, next_step="Begin the sweep anew.")
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


READER = Reader(
    id="exchanges",
    title="log of a sweep (custodiet find)",
    kind="scan",
    recognise=_recognise,
    read=_read,
    unpacks=LINES,
)
