"""Flow records of Joy: one JSON object a line, plain or gzip, each a conversation with what Joy saw in it.

Joy counts the bytes of payload, not those on the network layer; its numbers are passed on as they are. Which side began
is the side that Joy saw first, unless the ports show that it saw the answer first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from custodiet.errors import SourceError, WireError
from custodiet.model import Flow, Source
from custodiet.model.observation import content_id
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines, object_of
from custodiet.sources.pcap.messages import DATAGRAM_PORTS, NOTHING, read_datagram, read_stream
from custodiet.sources.watching_times import Directions, WatchingTimes
from custodiet.wire.address import ip_text
from custodiet.wire.head import without_password
from custodiet.wire.http import parse_header_block
from custodiet.wire.ip import TCP, UDP, parse_ip
from custodiet.wire.x509 import distinguished_name

MAX_LINE = 8 << 20
"""The most bytes of one line; a long conversation lists each of its packets."""
_MOST_PACKET = 8192  # digits of the packet that Joy keeps
_MOST = 200  # messages of one kind in one conversation that are read

_TRANSPORT = {6: "tcp", 17: "udp"}
_MDNS = 5353


def recognise(head: bytes, _name: str) -> bool:
    """Whether a line begins as an object with Joy's short names; the first line may be Joy's settings."""
    lines = [line for line in head_lines(head) if line.strip()][:2]
    # The first record may be longer than the head, and its names come in no fixed order.
    return any(line.startswith("{") and sum(f'"{name}":' in line for name in _JOY) >= 4 for line in lines)


_JOY = (
    "sa",
    "da",
    "pr",
    "sp",
    "dp",
    "bytes_out",
    "num_pkts_out",
    "time_start",
    "ppi",
    "ipt",
    "rseq",
    "olen",
    "byte_dist",
)


def read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Read flow records.

    Raises:
        SourceError: no line of the file is one.
    """
    lines = Lines(path, options.progress, limit=MAX_LINE)
    ledger = Ledger(source, "flows")
    facts = Facts(source.id)
    times, directions = WatchingTimes(), Directions()
    known = False
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield from ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        if not line.strip():
            continue
        record = object_of(line)
        if record is None:
            yield from ledger.refuse(place, "the line is no JSON object")
            continue
        if "sa" not in record and "version" in record:
            continue  # the settings Joy ran with; no flow
        flow, turned = _flow(record, place, source.id)
        if flow is None:
            yield from ledger.refuse(place, "a flow without addresses, protocol or time that can be read")
            continue
        known = True
        ledger.saw(flow.first_seen, flow.last_seen)
        ledger.read()
        times.add(flow.first_seen, flow.last_seen, flow.packets_out + flow.packets_in)
        directions.add(flow.transport, flow.packets_out, flow.packets_in)
        yield flow
        for subject, attribute, value in dict.fromkeys(_facts(record, flow, turned)):
            facts.add(subject, attribute, value, place, flow.first_seen, flow.last_seen)
        if facts.full:
            yield from facts.drain()
    yield from facts.drain()
    if not known and not lines.cut:
        raise SourceError("no line is a flow record", place=source.name, next_step="Give the file as Joy wrote it")
    yield from ledger.cut_short(lines.cut)
    sentence = directions.doubt()
    yield from ledger.close(times.watched({"one_direction": sentence} if sentence else {}))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else 0


def _time(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e11 else None


def _flow(record: dict[str, Any], place: str, source: str) -> tuple[Flow | None, bool]:
    """The flow, and whether its direction was turned."""
    began, answered = ip_text(str(record.get("sa"))), ip_text(str(record.get("da")))
    protocol = record.get("pr")
    first = _time(record.get("time_start"))
    if began is None or answered is None or first is None or not isinstance(protocol, int) or not 0 <= protocol < 256:
        return None, False
    last = _time(record.get("time_end"))
    out = [_count(record.get("bytes_out")), _count(record.get("num_pkts_out"))]
    back = [_count(record.get("bytes_in")), _count(record.get("num_pkts_in"))]
    port, own = _port(record.get("dp")), _port(record.get("sp"))
    turned = bool(own) and _answers(record, own, port)
    if turned:
        began, answered, port, out, back = answered, began, own, back, out
    transport = _TRANSPORT.get(protocol, f"ip/{protocol}")
    subject, peer = f"ip:{began}", f"ip:{answered}"
    flow = Flow(
        id=content_id("flow", source, subject, peer, transport, port, place),
        source=source,
        subject=subject,
        peer=peer,
        transport=transport,
        port=port,
        bytes_out=out[0],
        bytes_in=back[0],
        packets_out=out[1],
        packets_in=back[1],
        first_seen=first,
        last_seen=first if last is None else max(first, last),
        locator=place,
    )
    return flow, turned


def _port(value: object) -> int:
    number = _count(value)
    return number if number < 65536 else 0


def _answers(record: dict[str, Any], own: int, port: int) -> bool:
    """Whether the side that Joy saw first is the one that answers: a service's port against one that clients draw."""
    if own >= 1024 or port < 1024:
        return False
    sent = _part(_part(record, "tcp"), "out").get("flags")
    return not (isinstance(sent, str) and "S" in sent and "A" not in sent)


def _part(record: object, name: str) -> dict[str, Any]:
    value = record.get(name) if isinstance(record, dict) else None
    return value if isinstance(value, dict) else {}


def _list(record: object, name: str) -> list[Any]:
    value = record.get(name) if isinstance(record, dict) else None
    return value[:_MOST] if isinstance(value, list) else []


def _facts(record: dict[str, Any], flow: Flow, turned: bool) -> Iterator[tuple[str, str, str]]:
    yield flow.subject, "net.ip", flow.subject[3:]
    asks = "mdns.query" if flow.port == _MDNS else "dns.query"
    for message in _list(record, "dns"):
        name = message.get("qn") if isinstance(message, dict) else None
        if isinstance(name, str):
            yield flow.subject, asks, name
        for answer in _list(message, "rr"):
            address = ip_text(str(answer.get("a", ""))) if isinstance(answer, dict) else None
            if address and isinstance(name, str):
                yield flow.subject, "dns.answer", f"{name}={address}"
    out, back = ("in", "out") if turned else ("out", "in")
    for exchange in _list(record, "http"):
        yield from _http(_list(exchange, out), flow.subject, flow.peer)
        yield from _http(_list(exchange, back), flow.peer, flow.subject)
    tls = _part(record, "tls")
    for name in _list(tls, "sni"):
        if isinstance(name, str):
            yield flow.subject, "tls.server_name", name
    for certificate in _list(tls, "s_cert")[:1]:
        for attribute, part in (("tls.subject", "subject"), ("tls.issuer", "issuer")):
            yield flow.peer, attribute, _name(_list(certificate, part))
    for side, subject in ((out, flow.subject), (back, flow.peer)):
        system = _part(record, "probable_os").get(side)
        if isinstance(system, str):
            yield subject, "service.os", system
    for side in ("out", "in"):
        yield from _first_packet(record.get(f"idp_{side}"))


_ASKED = {"Host": "http.host", "User-Agent": "http.user_agent", "uri": "http.asked_path"}


def _http(fields: list[Any], sender: str, other: str) -> Iterator[tuple[str, str, str]]:
    """Joy writes each header as an object of one name, and the first line as ``method``, ``uri``, ``code``."""
    pairs = [
        (name, value) for field in fields if isinstance(field, dict) for name, value in field.items() if name and value
    ]
    words = {name for name, _ in pairs}
    if "method" in words or "uri" in words:
        for name, value in pairs:
            if name == "uri" and isinstance(value, str):
                value = without_password(value)
                yield other, "http.path", value
            if name in _ASKED and isinstance(value, str):
                yield sender, _ASKED[name], value
        return
    skipped = ("version", "code", "reason", "body")
    block = "\n".join(f"{name}: {value}" for name, value in pairs if name not in skipped and isinstance(value, str))
    try:
        for attribute, value in parse_header_block(block.encode("utf-8", "surrogatepass")).facts():
            yield sender, attribute, value
    except WireError:
        return


def _name(parts: list[Any]) -> str:
    pairs = [(key, value) for part in parts if isinstance(part, dict) for key, value in part.items()]
    return distinguished_name([(key, value) for key, value in pairs if isinstance(value, str)])


def _first_packet(written: object) -> Iterator[tuple[str, str, str]]:
    """What the first packet with data says, which Joy keeps in hexadecimal with its IP header."""
    if not isinstance(written, str) or len(written) > _MOST_PACKET:
        return
    try:
        frame = parse_ip(bytes.fromhex(written))
        if frame.protocol == UDP:
            known = sorted({frame.src_port, frame.dst_port} & DATAGRAM_PORTS)
            said = read_datagram(frame.payload, known[0] if known else 0)
        elif frame.protocol == TCP and frame.payload:
            server = min(frame.src_port, frame.dst_port)
            said = read_stream(frame.payload, server, greets=False, ended=True) or NOTHING
        else:
            return
    except (WireError, ValueError):
        return  # the flow itself is read; a packet that Joy cut short is no fault of the file
    for attribute, value in said.own:
        yield said.subject or f"ip:{frame.src_ip}", attribute, value
    for attribute, value in said.peer:
        yield f"ip:{frame.dst_ip}", attribute, value
    yield from said.others


READER = Reader(
    id="flow-json",
    title="Joy flow records",
    kind="log",
    recognise=recognise,
    read=read,
    unpacks=LINES,
)
