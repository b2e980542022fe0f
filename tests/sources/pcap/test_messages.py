"""What is remembered of a message: all that its reading rests on."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pcap_factory import Found, ethernet, ip, pcap, read, tcp, udp

from custodiet.sources.pcap.messages import read_datagram, same_content


def probe_match(number: str = "uuid:1", scopes: str = "onvif://www.onvif.org/name/Lantern", inside: str = "") -> bytes:
    return (
        f"<s:Envelope><s:Header><a:MessageID>{number}</a:MessageID><a:RelatesTo>{number}</a:RelatesTo></s:Header>"
        f"<s:Body><d:ProbeMatches><d:ProbeMatch><d:Types>{inside}</d:Types><d:Scopes>{scopes}</d:Scopes>"
        "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    ).encode()


def test_an_answer_is_the_same_under_another_number() -> None:
    one, two = probe_match("uuid:1"), probe_match("urn:uuid:2-3")
    assert same_content(one, 3702) == same_content(two, 3702)
    assert read_datagram(one, 3702) == read_datagram(two, 3702)


@pytest.mark.parametrize(
    "other",
    [
        probe_match(scopes="onvif://www.onvif.org/name/Ember"),
        probe_match("1<!-- -->"),
        probe_match(inside="<a:MessageID>uuid:2</a:MessageID>"),
        b"<ProbeMatch><MessageID>uuid:1</MessageID></ProbeMatch>",
        b"<ProbeMatch><MessageID>uuid:2</MessageID></ProbeMatch>",
    ],
)
def test_an_answer_with_other_words_is_another(other: bytes) -> None:
    known = [
        probe_match(),
        probe_match(inside="<a:MessageID>uuid:1</a:MessageID>"),
        b"<ProbeMatch><MessageID>uuid:3</MessageID></ProbeMatch>",
    ]
    assert same_content(other, 3702) not in [same_content(one, 3702) for one in known]


@pytest.mark.parametrize("port", [67, 68, 5355])
def test_what_is_too_short_for_a_number_is_kept_whole(port: int) -> None:
    assert same_content(bytes(7), port) != same_content(b"\0" * 6 + b"\1", port)


# --- ways in


SOAP = (
    b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:AddPortMapping '
    b'xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewExternalPort>8000</NewExternalPort><NewProtocol>TCP'
    b"</NewProtocol><NewInternalPort>80</NewInternalPort><NewInternalClient>%s</NewInternalClient>"
    b"<NewLeaseDuration>0</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>"
)


def asked(client: bytes) -> tuple[bytes, bytes]:
    """Head and body of a request."""
    body = SOAP % client
    head = (
        b"POST /ctl HTTP/1.1\r\nHost: 10.0.0.1:49152\r\nContent-Length: %d\r\nContent-Type: text/xml\r\n"
        b'SOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"\r\n\r\n'
    )
    return head % len(body), body


def to_router(payload: bytes, seq: int) -> bytes:
    return ethernet(ip(tcp(payload, 50000, 49152, seq=seq), 6, "10.0.0.5", "10.0.0.1"))


def of_mappings(found: Found) -> list[tuple[str, str, str, int]]:
    return [
        (one.subject, one.attribute.removeprefix("upnp.port_mapping"), one.value, one.count)
        for one in found.observations
        if one.attribute.startswith("upnp.port_mapping")
    ]


def test_a_mapping_is_asked_for(tmp_path: Path) -> None:
    """Head and body come apart, as most clients send them."""
    head, body = asked(b"10.0.0.5")
    opening = ethernet(ip(tcp(b"", 50000, 49152, seq=99, flags=2), 6, "10.0.0.5", "10.0.0.1"))
    frames = [opening, to_router(head, 100), to_router(body, 100 + len(head))]
    assert of_mappings(read(tmp_path, pcap(frames))) == [
        ("ip:10.0.0.5", "", "tcp 8000 -> 10.0.0.5:80", 1),
        ("ip:10.0.0.5", "_lease", "tcp 8000: without end", 1),
    ]


def test_a_mapping_for_another_is_about_both(tmp_path: Path) -> None:
    found = of_mappings(read(tmp_path, pcap([to_router(b"".join(asked(b"10.0.0.7")), 1)])))
    assert ("ip:10.0.0.5", "", "tcp 8000 -> 10.0.0.7:80", 1) in found
    assert ("ip:10.0.0.7", "", "tcp 8000 -> 10.0.0.7:80", 1) in found


@pytest.mark.parametrize("client", [b"0.0.0.0", b"239.1.2.3", b"", b"%s%n"])
def test_nobody_is_told_of_a_mapping_for_nobody(tmp_path: Path, client: bytes) -> None:
    found = of_mappings(read(tmp_path, pcap([to_router(b"".join(asked(client)), 1)])))
    assert {subject for subject, *_rest in found} == {"ip:10.0.0.5"}


def test_the_answer_is_about_the_one_who_asked(tmp_path: Path) -> None:
    body = b"<s:Envelope><s:Body><u:AddPortMappingResponse/></s:Body></s:Envelope>"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    frame = ethernet(ip(tcp(answer, 49152, 50000), 6, "10.0.0.1", "10.0.0.5"))
    assert of_mappings(read(tmp_path, pcap([frame]))) == [("ip:10.0.0.5", "_answer", "granted", 1)]


def test_nat_pmp_and_its_answer(tmp_path: Path) -> None:
    ask = struct.pack(">BBHHHI", 0, 2, 0, 80, 8000, 7200)
    answer = struct.pack(">BBHIHHI", 0, 130, 0, 12345, 80, 8000, 7200)
    frames = [
        ethernet(ip(udp(ask, 50000, 5351), 17, "10.0.0.5", "10.0.0.1")),
        ethernet(ip(udp(answer, 5351, 50000), 17, "10.0.0.1", "10.0.0.5")),
        ethernet(ip(udp(b"\0\0", 50000, 5351), 17, "10.0.0.5", "10.0.0.1")),
    ]
    found = read(tmp_path, pcap(frames))
    assert found.issues == []
    assert of_mappings(found) == [
        ("ip:10.0.0.5", "", "tcp 8000 -> port 80", 1),
        ("ip:10.0.0.5", "_lease", "tcp 8000: 7200 s", 1),
        ("ip:10.0.0.5", "_answer", "granted tcp 8000 -> port 80 for 7200 s", 1),
    ]
