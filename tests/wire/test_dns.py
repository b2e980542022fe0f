"""DNS, multicast DNS and LLMNR: names as sent, and who is the one they speak of."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from struct import pack

import pytest
from frames import needs_tshark, packets, tshark

from custodiet.errors import WireError
from custodiet.wire.dns import Service, parse_dns, parse_dns_tcp
from custodiet.wire.link import parse_frame

ANSWER = 0x8400


def name(dotted: str) -> bytes:
    """The name in labels; a bar separates where a dot would be part of a label."""
    labels = dotted.split("|") if "|" in dotted else dotted.split(".")
    return b"".join(bytes([len(label.encode())]) + label.encode() for label in labels if label) + b"\0"


def question(dotted: str, kind: int = 1) -> bytes:
    return name(dotted) + pack("!HH", kind, 1)


def record(dotted: str, kind: int, data: bytes) -> bytes:
    return name(dotted) + pack("!HHIH", kind, 0x8001, 120, len(data)) + data


def message(
    questions: list[bytes] = [],  # noqa: B006  (never changed)
    answers: list[bytes] = [],  # noqa: B006
    authorities: list[bytes] = [],  # noqa: B006
    additionals: list[bytes] = [],  # noqa: B006
    flags: int = 0x0100,
) -> bytes:
    parts = [questions, answers, authorities, additionals]
    return pack("!HHHHHH", 7, flags, *map(len, parts)) + b"".join(part for section in parts for part in section)


def facts(payload: bytes, service: Service = "dns") -> list[tuple[str, str]]:
    return list(parse_dns(payload, service).facts())


A = bytes([192, 0, 2, 9])


def test_a_question() -> None:
    dns = parse_dns(message([question("Time.Example.ORG"), question("x.example", 28)]))
    assert (dns.id, dns.is_response, dns.complete) == (7, False, True)
    assert [(asked.name, asked.type) for asked in dns.questions] == [("Time.Example.ORG", "A"), ("x.example", "AAAA")]
    assert list(dns.facts()) == [("dns.query", "Time.Example.ORG"), ("dns.query", "x.example")]
    assert list(dns.facts_about_peer()) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (b"\0", "<Root>"),
        (b"\x03a b\x00", "a b"),
        (b"\x04caf\xe9\x00", "caf\\xe9"),
        ("\x05café\x00".encode(), "café"),
        (b"\x03a\x00b\x01c\x00", "a\\x00b.c"),
        (b"\x03a\nb\x00", "a\\x0ab"),  # a line end would forge a second name in a list
        (b"\x03a.b\x01c\x00", "a.b.c"),
    ],
)
def test_odd_names(labels: bytes, expected: str) -> None:
    assert parse_dns(message([labels + b"\0\x01\0\x01"])).questions[0].name == expected


def test_an_answer_speaks_of_the_one_who_asked() -> None:
    payload = message(
        [question("p2p.example")],
        [
            record("p2p.example", 5, name("eu.p2p.example")),
            record("eu.p2p.example", 5, name("lb.example")),
            record("lb.example", 1, A),
            record("lb.example", 28, bytes(15) + b"\x01"),
        ],
        flags=ANSWER,
    )
    dns = parse_dns(payload)
    assert list(dns.facts()) == [], "a resolver is not what it resolves"
    assert list(dns.facts_about_peer()) == [
        ("dns.query", "p2p.example"),
        ("dns.answer", "lb.example=192.0.2.9"),
        ("dns.answer", "eu.p2p.example=192.0.2.9"),
        ("dns.answer", "p2p.example=192.0.2.9"),
        ("dns.answer", "lb.example=::1"),
        ("dns.answer", "eu.p2p.example=::1"),
        ("dns.answer", "p2p.example=::1"),
    ]


def test_aliases_in_a_circle_end() -> None:
    circle = [record("a.example", 5, name("b.example")), record("b.example", 5, name("a.example"))]
    dns = parse_dns(message([], [*circle, record("a.example", 1, A)], flags=ANSWER))
    assert {value for _, value in dns.facts_about_peer()} == {"a.example=192.0.2.9", "b.example=192.0.2.9"}


SERVICE = "_axis-video._tcp.local"
CAMERA = "Door 1.5|_axis-video|_tcp|local"


def test_a_multicast_announcement() -> None:
    payload = message(
        answers=[
            record(SERVICE, 12, name(CAMERA)),
            record("_services._dns-sd._udp.local", 12, name("_rtsp._tcp.local")),
        ],
        additionals=[
            record(CAMERA, 33, pack("!HHH", 0, 0, 554) + name("axis-1.local")),
            record(CAMERA, 16, b"\x09path=live\x00\x08model=X1\x05"),
            record("axis-1.local", 1, A),
            record("9.2.0.192.in-addr.arpa", 12, name("axis-1.local")),
        ],
        flags=ANSWER,
    )
    dns = parse_dns(payload, "mdns")
    assert [(r.value, r.port) for r in dns.additionals if r.type == "SRV"] == [("axis-1.local", 554)]
    assert list(dns.facts()) == [
        ("mdns.service", SERVICE),
        ("mdns.instance", "Door 1.5"),
        ("mdns.service", "_rtsp._tcp.local"),
        ("mdns.host", "axis-1.local"),
        ("mdns.txt", "path=live"),
        ("mdns.txt", "model=X1"),
    ]


def test_a_subtype_is_not_an_instance() -> None:
    payload = message(answers=[record("_cam._sub._http._tcp.local", 12, name("Yard._http._tcp.local"))], flags=ANSWER)
    assert facts(payload, "mdns") == [("mdns.service", "_http._tcp.local"), ("mdns.instance", "Yard")]
    asked = message([question("_cam._sub._http._tcp.local", 12)])
    assert facts(asked, "mdns") == [("mdns.query", "_cam._sub._http._tcp.local")]


def test_what_an_asker_knows_already_belongs_to_others() -> None:
    payload = message([question(SERVICE, 12)], [record(SERVICE, 12, name(CAMERA))])
    assert facts(payload, "mdns") == [("mdns.query", SERVICE)]


def test_what_an_asker_is_about_to_claim_is_its_own() -> None:
    payload = message([question("cam.local", 255)], authorities=[record("cam.local", 1, A)])
    assert facts(payload, "mdns") == [("mdns.query", "cam.local"), ("mdns.host", "cam.local")]


def test_a_service_type_is_no_host() -> None:
    assert facts(message(answers=[record("_tcp.local", 1, A), record("", 1, A)], flags=ANSWER), "mdns") == []


def test_the_same_records_by_unicast_say_nothing_about_the_sender() -> None:
    assert facts(message(answers=[record(SERVICE, 12, name(CAMERA))], flags=ANSWER)) == []


def test_llmnr() -> None:
    assert facts(message([question("nvr7")]), "llmnr") == [("dns.query", "nvr7")]
    answer = message([question("nvr7")], [record("nvr7", 1, A)], flags=0x8000)
    assert facts(answer, "llmnr") == [("net.hostname", "nvr7")]


def test_pointers_back_and_forth() -> None:
    tail = name("example.org")
    head = pack("!HHHHHH", 0, 0, 2, 0, 0, 0)
    first = b"\x01a\xc0" + bytes([12 + 8 + 8]) + b"\0\x01\0\x01"  # points to what follows the questions
    second = b"\x01b\xc0" + bytes([12 + 2]) + b"\0\x01\0\x01"  # points to the pointer
    assert [asked.name for asked in parse_dns(head + first + second + tail).questions] == [
        "a.example.org",
        "b.example.org",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x05ab",
        b"\x01a\x00\x00",  # no room for the type
        b"\xc0\x0c\0\x01\0\x01",  # points to itself
        b"\xc0\x0e\xc0\x0c\0\x01\0\x01",
        b"\xc0\xff\0\x01\0\x01",  # behind the end
        b"\x41a\0\0\x01\0\x01",  # a label kind that was never used
        (b"\x3f" + b"a" * 63) * 4 + b"\0\0\x01\0\x01",  # 256 bytes
    ],
)
def test_names_that_cannot_be(body: bytes) -> None:
    with pytest.raises(WireError):
        parse_dns(pack("!HHHHHH", 0, 0, 1, 0, 0, 0) + body)


def test_a_message_that_is_cut_gives_what_it_has() -> None:
    whole = message([question("a.example")], [record("a.example", 1, A)], flags=ANSWER)
    assert parse_dns(whole).complete
    cut = parse_dns(whole[:-1])
    assert (cut.complete, [asked.name for asked in cut.questions], cut.answers) == (False, ["a.example"], ())


@pytest.mark.parametrize("data", [b"", b"\0" * 11])
def test_too_short(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_dns(data)


def test_over_tcp() -> None:
    one, two = message([question("a.example")]), message([question("b.example")])
    stream = pack("!H", len(one)) + one + pack("!H", len(two)) + two
    assert [dns.questions[0].name for dns in parse_dns_tcp(stream)] == ["a.example", "b.example"]
    assert [dns.complete for dns in parse_dns_tcp(stream[:-3])] == [True], "of the second not one question is whole"
    for broken in (b"", b"\0", b"\0\x04abcd", b"\xff\xff"):
        with pytest.raises(WireError):
            parse_dns_tcp(broken)


def test_time_is_bounded() -> None:
    pointers = b"".join(pack("!H", 0xC000 | at + 2) for at in range(12, 16000, 2)) + b"\0"
    chained = pack("!HHHHHH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF) + pointers
    many = pack("!HHHHHH", 0, 0, 0xFFFF, 0, 0, 0) + question(".".join(["a" * 60] * 4)) + b"\xc0\x0c\0\1\0\1" * 10000
    start = time.process_time()
    for data in (chained, many):
        with suppress(WireError):
            list(parse_dns(data, "mdns").facts())
    assert time.process_time() - start < 10


@pytest.mark.samples
def test_an_axis_camera(samples: Path) -> None:
    found = facts((samples / "discovery/Axis.bin").read_bytes(), "mdns")
    assert ("mdns.service", "_axis-video._tcp.local") in found
    assert ("mdns.instance", "AXIS M5014 - ACCC8E3C0419 H.264") in found
    assert ("mdns.txt", "macaddress=001122334455") in found
    assert not [value for attribute, value in found if attribute == "mdns.host"]


@needs_tshark
@pytest.mark.samples
def test_the_names_that_tshark_finds(samples: Path) -> None:
    total = 0
    for path in sorted((samples / "captures").glob("*.pcap")):
        theirs = Counter(found for row in tshark(path, "dns.qry.name") for found in row[0].split(",") if found)
        ours: Counter[str] = Counter()
        for data in packets(path):
            frame = parse_frame(data, 1)
            if frame.protocol == 17 and {frame.src_port, frame.dst_port} & {53, 5353, 5355}:
                dns = parse_dns(frame.payload)
                assert dns.complete
                ours.update(asked.name for asked in dns.questions)
        assert ours == theirs, path.name
        total += ours.total()
    assert total > 400
