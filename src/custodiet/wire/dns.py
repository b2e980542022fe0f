"""DNS, and its two kinds without a server: multicast DNS (port 5353) and LLMNR (port 5355).

Names keep the case they were sent in; the root is ``<Root>``, as Wireshark writes it; bytes that are not text are
``\\xNN``. A message cut in the middle gives what stands before the cut. Signatures and updates are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from struct import unpack_from
from typing import Literal

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ip import ipv4_text, ipv6_text
from custodiet.wire.text import text

Service = Literal["dns", "mdns", "llmnr"]

ROOT = "<Root>"
MAX_CACHED = 4096
"""How many names are kept as text: the same few are said again and again."""
MAX_NAME = 255
"""Bytes of a name, as the standard says; with every byte escaped four times as many characters."""
_TYPES = {
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    12: "PTR",
    13: "HINFO",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
    41: "OPT",
    47: "NSEC",
    64: "SVCB",
    65: "HTTPS",
    255: "ANY",
}
_MAX_ALIASES = 16
_ONE_LINE = {9: "\\x09", 10: "\\x0a", 13: "\\x0d"}  # line ends are no part of a name


class Question(msgspec.Struct, frozen=True):
    """What is asked."""

    name: str
    """The name, in the case it was sent."""
    type: str
    """Record type, as ``A``; ``TYPE99`` where we know no word."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One resource record."""

    name: str
    """Whom it is about."""
    type: str
    """Record type, as ``A``; ``TYPE99`` where we know no word."""
    value: str = ""
    """Address of A and AAAA, name of PTR, CNAME, NS and SRV, strings of TXT joined by blanks; empty for other types."""
    port: int = 0
    """Port of SRV."""
    strings: tuple[str, ...] = ()
    """The strings of TXT, each up to 400 characters."""


class Dns(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    id: int
    """Number that joins question and answer; 0 in multicast."""
    service: Service
    """Which of the three, as the caller knew by the port."""
    is_response: bool
    """An answer or announcement, not a question."""
    questions: tuple[Question, ...] = ()
    """What is asked, or was asked where this is an answer."""
    answers: tuple[Record, ...] = ()
    """The answers; in a multicast question: what the asker knows already, from others."""
    authorities: tuple[Record, ...] = ()
    """Who is responsible; in a multicast question: the records the asker is about to claim."""
    additionals: tuple[Record, ...] = ()
    """Records given along."""
    complete: bool = True
    """False when the message ended, or made no sense, before all its records were read."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the message says about its sender."""
        if not self.is_response:
            attribute = "mdns.query" if self.service == "mdns" else "dns.query"
            found = [(attribute, question.name) for question in self.questions]
            if self.service == "mdns":
                found += _announced(self.authorities)
        elif self.service == "mdns":
            found = _announced(self.answers + self.additionals)
        elif self.service == "llmnr":
            found = [("net.hostname", record.name) for record in self.answers if record.type in ("A", "AAAA")]
        else:
            return  # what a resolver answers is no fact about the resolver
        yield from dict.fromkeys(found)

    def facts_about_peer(self) -> Iterator[tuple[str, str]]:
        """What an answer says about the one who had asked: the question, and the addresses it was given."""
        if not self.is_response:
            return
        attribute = "mdns.query" if self.service == "mdns" else "dns.query"
        found = [(attribute, question.name) for question in self.questions]
        if self.service == "dns":
            asked_as = {record.value: record.name for record in self.answers if record.type == "CNAME"}
            for record in self.answers:
                if record.type not in ("A", "AAAA"):
                    continue
                name = record.name
                for _ in range(_MAX_ALIASES):  # the address holds for every alias that led to it
                    found.append(("dns.answer", f"{name}={record.value}"))
                    if name not in asked_as:
                        break
                    name = asked_as[name]
        yield from dict.fromkeys(found)


def parse_dns(payload: bytes, service: Service = "dns") -> Dns:
    """One message, as a datagram carries it.

    Args:
        payload: the datagram.
        service: ``mdns`` for port 5353, ``llmnr`` for port 5355; it decides what the message says about whom.

    Raises:
        WireError: shorter than its header, or not one of the announced records can be read.
    """
    if len(payload) < 12:
        raise WireError("DNS message shorter than its header")
    number, flags, *counts = unpack_from("!HHHHHH", payload)
    reader = _Reader(payload)
    questions: list[Question] = []
    sections: tuple[list[Record], list[Record], list[Record]] = ([], [], [])
    complete = True
    try:
        for _ in range(counts[0]):
            questions.append(reader.question())
        for section, count in zip(sections, counts[1:], strict=True):
            for _ in range(count):
                section.append(reader.record())
    except WireError:
        if not questions and not sections[0] and not sections[1] and not sections[2]:
            raise
        complete = False
    return Dns(
        id=number,
        service=service,
        is_response=flags & 0x8000 != 0,
        questions=tuple(questions),
        answers=tuple(sections[0]),
        authorities=tuple(sections[1]),
        additionals=tuple(sections[2]),
        complete=complete,
    )


def parse_dns_tcp(stream: bytes) -> tuple[Dns, ...]:
    """All messages of one side of a TCP connection, each behind its two bytes of length; the last may be cut.

    Raises:
        WireError: the first one cannot be read.
    """
    found: list[Dns] = []
    at = 0
    while at + 2 < len(stream):
        end = at + 2 + unpack_from("!H", stream, at)[0]
        try:
            found.append(parse_dns(stream[at + 2 : end]))
        except WireError:
            break
        at = end
    if not found:
        raise WireError("no DNS message in the stream")
    return tuple(found)


class _Reader:
    """A place in a message; names may point to earlier and later places in it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 12
        # What stands at the target of a pointer is read once: it keeps the time bounded by the length.
        self.pointed: dict[int, bytes] = {}

    def question(self) -> Question:
        name = self.name()
        kind = self.numbers("!HH", 4)[0]
        return Question(name, _TYPES.get(kind, f"TYPE{kind}"))

    def record(self) -> Record:
        name = self.name()
        number, _, _, length = self.numbers("!HHIH", 10)
        kind = _TYPES.get(number, f"TYPE{number}")
        start, end = self.at, self.at + length
        if end > len(self.data):
            raise WireError("DNS record is cut")
        raw = self.data[start:end]
        value, port = "", 0
        strings: tuple[str, ...] = ()
        if kind == "A" and length == 4:
            value = ipv4_text(raw)
        elif kind == "AAAA" and length == 16:
            value = ipv6_text(raw)
        elif kind in ("PTR", "CNAME", "NS"):
            value = self.name()
        elif kind == "SRV":
            port = self.numbers("!HHH", 6)[2]
            value = self.name()
        elif kind == "TXT":
            strings = tuple(_strings(raw))
            value = " ".join(strings)
        self.at = end
        return Record(name=name, type=kind, value=value, port=port, strings=strings)

    def numbers(self, layout: str, size: int) -> tuple[int, ...]:
        if self.at + size > len(self.data):
            raise WireError("DNS message is cut")
        found = unpack_from(layout, self.data, self.at)
        self.at += size
        return found

    def name(self) -> str:
        """The name at the present place, which moves behind it."""
        raw, self.at = self._labels(self.at)
        return name_text(raw)

    def _labels(self, at: int) -> tuple[bytes, int]:
        """The labels from `at` joined by dots, and the place behind their first part."""
        data = self.data
        labels: list[bytes] = []
        length = 0
        targets: dict[int, int] = {}  # target of a pointer -> number of labels before it
        after = -1
        while True:
            if at >= len(data):
                raise WireError("DNS name is cut")
            size = data[at]
            if size == 0:
                after = at + 1 if after < 0 else after
                break
            if size < 64:
                labels.append(data[at + 1 : at + 1 + size])
                length += 1 + size
                at += 1 + size
                if at > len(data) or length > MAX_NAME:
                    raise WireError("DNS name is cut or too long")
                continue
            if size < 192 or at + 2 > len(data):
                raise WireError("DNS label of an unknown kind")
            after = at + 2 if after < 0 else after
            at = unpack_from("!H", data, at)[0] & 0x3FFF
            if at in self.pointed:
                if self.pointed[at]:
                    labels.append(self.pointed[at])
                break
            if at in targets:
                raise WireError("DNS name points to itself")
            targets[at] = len(labels)
        for target, before in targets.items():
            self.pointed[target] = b".".join(labels[before:])
        whole = b".".join(labels)
        if len(whole) > MAX_NAME:
            raise WireError("DNS name is too long")
        return whole, after


@lru_cache(maxsize=MAX_CACHED)
def name_text(raw: bytes) -> str:
    """Labels joined by dots as text."""
    return text(raw, 4 * MAX_NAME).translate(_ONE_LINE) if raw else ROOT


def _strings(raw: bytes) -> Iterator[str]:
    """The strings of a TXT record, without empty ones."""
    at = 0
    while at < len(raw):
        size = raw[at]
        if said := raw[at + 1 : at + 1 + size]:
            yield text(said)
        at += 1 + size


def _announced(records: tuple[Record, ...]) -> list[tuple[str, str]]:
    """What multicast records say about the one who claims them; a name that begins with ``_`` is no host."""
    found: list[tuple[str, str]] = []
    for record in records:
        if record.type in ("A", "AAAA"):
            found.append(("mdns.host", record.name))
        elif record.type == "PTR" and record.name.lower().endswith((".in-addr.arpa", ".ip6.arpa")):
            found.append(("mdns.host", record.value))
        elif record.type == "PTR":
            named = record.value
            if record.name.lower().startswith("_services._dns-sd."):  # a list of types, not of instances
                named = record.value if _service(record.value)[1] else ""
            found += _of_service(named or record.name)
        elif record.type in ("SRV", "TXT"):
            found += _of_service(record.name)
            if record.type == "SRV" and record.value != ROOT:
                found.append(("mdns.host", record.value))
            found += [("mdns.txt", pair) for pair in record.strings]
    return [fact for fact in found if fact[0] != "mdns.host" or not (fact[1].startswith("_") or fact[1] == ROOT)]


def _of_service(name: str) -> Iterator[tuple[str, str]]:
    instance, service = _service(name)
    if service:
        yield "mdns.service", service
        if instance:
            yield "mdns.instance", instance


@lru_cache(maxsize=MAX_CACHED)
def _service(name: str) -> tuple[str, str]:
    """``AXIS M5014._axis-video._tcp.local`` in its two parts; no second part where there is no service type."""
    lowered = name.lower()
    transport = max(lowered.rfind("._tcp."), lowered.rfind("._udp."))
    if transport < 0:
        return name, ""
    start = name.rfind(".", 0, transport) + 1
    if not name.startswith("_", start):
        return name, ""
    instance = name[: max(0, start - 1)]
    if instance.lower().endswith("_sub"):  # a narrower kind of the service, not an instance
        instance = ""
    return instance, name[start:]
