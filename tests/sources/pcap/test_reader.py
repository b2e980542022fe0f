"""Captures as a whole: what is found in them, and what is told when they are damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pcap_factory import (
    MAC_A,
    START,
    block,
    ethernet,
    hello,
    interface,
    ip,
    packet,
    pcap,
    question,
    read,
    section,
    tcp,
    udp,
)

from custodiet.errors import SourceError
from custodiet.sources.pcap.reader import READER

QUERY = ethernet(ip(udp(question("cam.example")), 17))


def test_a_question_names_the_asker(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([QUERY, QUERY]))
    asked = found.one("dns.query")
    assert (asked.subject, asked.value, asked.locator) == ("ip:10.0.0.5", "cam.example", "packet 1")
    assert (asked.count, asked.first_seen, asked.last_seen) == (2, START + 5e-6, START + 1 + 5e-6)
    assert found.values("net.mac", "ip:10.0.0.5") == [MAC_A.hex(":")]
    assert found.tally is not None
    assert (found.tally.unit, found.tally.total, found.tally.read, found.tally.issues) == ("packets", 2, 2, 0)
    assert not found.issues


def test_reading_again_gives_the_same_ids(tmp_path: Path) -> None:
    data = pcap([QUERY, ethernet(ip(tcp(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), 6))])
    first, second = read(tmp_path, data), read(tmp_path, data)
    assert [one.id for one in first.observations + first.flows] == [
        one.id for one in second.observations + second.flows
    ]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_byte_orders_and_resolutions(tmp_path: Path, order: str, nano: bool) -> None:
    found = read(tmp_path, pcap([QUERY], order=order, nano=nano))
    assert found.one("dns.query").first_seen == pytest.approx(START + 5e-6, abs=1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_of_two_interfaces(tmp_path: Path, order: str) -> None:
    raw = ip(udp(question("raw.example")), 17)
    data = section(order) + interface(1, order) + interface(101, order, resolution=9, offset=100)
    data += block(4, b"name resolution is not for us", order) + block(0xBAD, b"unknown", order)
    data += (
        packet(QUERY, 0, order) + packet(raw, 1, order, stamp=1_500_000_000_000_000_000) + block(5, bytes(12), order)
    )
    found = read(tmp_path, data)
    assert found.values("dns.query") == ["cam.example", "raw.example"]
    assert found.observations[-1].first_seen == 1_500_000_100.0
    assert found.tally is not None
    assert found.tally.total == 2


def test_sections_of_other_byte_order(tmp_path: Path) -> None:
    data = section() + interface() + packet(QUERY)
    other = ethernet(ip(udp(question("other.example")), 17))
    data += section(">") + interface(1, ">") + packet(other, 0, ">")
    assert read(tmp_path, data).values("dns.query") == ["cam.example", "other.example"]


def test_simple_and_obsolete_blocks(tmp_path: Path) -> None:
    simple = block(3, struct.pack("<I", len(QUERY)) + QUERY)
    old = ethernet(ip(udp(question("old.example")), 17))
    stamp = int(START) * 1_000_000
    obsolete = block(2, struct.pack("<HHIIII", 0, 0, stamp >> 32, stamp & 0xFFFFFFFF, len(old), len(old)) + old)
    found = read(tmp_path, section() + interface() + packet(QUERY) + simple + obsolete)
    assert found.values("dns.query") == ["cam.example", "old.example"]
    assert found.one("net.mac").count == 3


TAGGED = [
    ((0x8100, 20),),
    ((0x88A8, 100), (0x8100, 20)),
    ((0x8100, 7), (0x8100, 8), (0x8100, 20)),
]


@pytest.mark.parametrize("tags", TAGGED)
def test_vlan_tags(tmp_path: Path, tags: tuple[tuple[int, int], ...]) -> None:
    found = read(tmp_path, pcap([ethernet(ip(udp(question("cam.example")), 17), tags=tags), QUERY]))
    assert found.one("dns.query").count == 2
    assert found.values("net.vlan") == ["20"]


SLL = struct.pack(">HHH6s2xH", 0, 1, 6, MAC_A, 0x0800)
SLL2 = struct.pack(">HHIHBB6s2x", 0x0800, 0, 1, 1, 0, 6, MAC_A)


@pytest.mark.parametrize(
    ("link", "head"),
    [(113, SLL), (276, SLL2), (101, b""), (12, b""), (228, b""), (0, b"\2\0\0\0"), (108, b"\0\0\0\2")],
)
def test_other_link_types(tmp_path: Path, link: int, head: bytes) -> None:
    found = read(tmp_path, pcap([head + ip(udp(question("cam.example")), 17)], link=link))
    assert found.values("dns.query") == ["cam.example"]
    assert found.values("net.mac") == ([MAC_A.hex(":")] if link in (113, 276) else [])


def test_ipv6_over_raw_and_with_extension_headers(tmp_path: Path) -> None:
    inside = udp(question("six.example"))
    frames = [
        ethernet(ip(inside, 17, "2001:db8::5", "2001:db8::9"), 0x86DD),
        ethernet(ip(inside, 17, "2001:db8::5", "2001:db8::9", extension=b"\x11\0\1\4\0\0\0\0"), 0x86DD),
    ]
    asked = read(tmp_path, pcap(frames)).one("dns.query")
    assert (asked.subject, asked.count) == ("ip:2001:db8::5", 2)
    raw = read(tmp_path, pcap([frame[14:] for frame in frames], link=229))
    assert raw.one("dns.query").count == 2


def test_ipv4_options(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([ethernet(ip(udp(question("cam.example")), 17, options=b"\x94\x04\0\0"))]))
    assert found.values("dns.query") == ["cam.example"]


@pytest.mark.parametrize("turned", [False, True])
def test_fragments_of_a_datagram(tmp_path: Path, turned: bool) -> None:
    whole = udp(question("long.example").ljust(3000, b"\0"))
    pieces = [
        ethernet(ip(whole[at : at + 1480], 17, fragment=at >> 3 | (0x2000 if at < 2960 else 0)))
        for at in range(0, len(whole), 1480)
    ]
    found = read(tmp_path, pcap(pieces[::-1] if turned else pieces))
    assert found.values("dns.query") == ["long.example"]


def test_dhcp_before_there_is_an_address(tmp_path: Path) -> None:
    message = struct.pack(">BBBBIHH", 1, 1, 6, 0, 9, 0, 0) + bytes(16) + MAC_A + bytes(202) + b"\x63\x82\x53\x63"
    message += bytes([53, 1, 1, 12, 5]) + b"cam-1" + b"\xff"
    frame = ethernet(ip(udp(message, 68, 67), 17, "0.0.0.0", "255.255.255.255"))
    named = read(tmp_path, pcap([frame])).one("dhcp.hostname")
    assert (named.subject, named.value) == (f"mac:{MAC_A.hex(':')}", "cam-1")


def test_arp_links_address_and_mac(tmp_path: Path) -> None:
    arp = struct.pack(">HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, MAC_A, bytes([10, 0, 0, 7]), bytes(6), bytes(4))
    linked = read(tmp_path, pcap([ethernet(arp, 0x0806)])).one("net.mac")
    assert (linked.subject, linked.value) == ("ip:10.0.0.7", MAC_A.hex(":"))


def test_lldp_speaks_of_its_mac(tmp_path: Path) -> None:
    lldp = b"\x02\x07\x04" + MAC_A + b"\x04\x05\x05eth0" + b"\x06\x02\0\x78" + b"\x0a\x05cam-9" + b"\0\0"
    named = read(tmp_path, pcap([ethernet(lldp, 0x88CC)])).one("lldp.system_name")
    assert (named.subject, named.value) == (f"mac:{MAC_A.hex(':')}", "cam-9")


def test_answers_from_any_port_are_told_by_content(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nSERVER: Lantern/1\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\n\r\n"
    found = read(tmp_path, pcap([ethernet(ip(udp(answer, 49152, 50000), 17))]))
    assert found.values("ssdp.server") == ["Lantern/1"]


def test_flow_has_the_opener_as_subject(tmp_path: Path) -> None:
    frames = [
        ethernet(ip(tcp(src_port=443, dst_port=50000, flags=0x12), 6, "10.0.0.9", "10.0.0.5")),
        ethernet(ip(tcp(b"x" * 10, 50000, 443), 6)),
        ethernet(ip(tcp(b"x" * 10, 50001, 443), 6)),
    ]
    (flow,) = read(tmp_path, pcap(frames)).flows
    assert (flow.subject, flow.peer, flow.transport, flow.port) == ("ip:10.0.0.5", "ip:10.0.0.9", "tcp", 443)
    assert (flow.bytes_out, flow.bytes_in, flow.packets_out, flow.packets_in) == (100, 40, 2, 1)
    assert (flow.first_seen, flow.last_seen, flow.locator) == (START + 5e-6, START + 2 + 5e-6, "packet 1")


def test_an_answer_seen_first_is_told_by_its_port(tmp_path: Path) -> None:
    frame = ethernet(ip(udp(b"late", 123, 50000), 17, "10.0.0.9", "10.0.0.5"))
    (flow,) = read(tmp_path, pcap([frame])).flows
    assert (flow.subject, flow.port, flow.bytes_in) == ("ip:10.0.0.5", 123, 32)


def test_other_protocols_are_flows_without_port(tmp_path: Path) -> None:
    (flow,) = read(tmp_path, pcap([ethernet(ip(b"\x08\0" + bytes(6), 1))])).flows
    assert (flow.transport, flow.port) == ("ip/1", 0)


def test_what_is_not_read_is_counted(tmp_path: Path) -> None:
    frames = [
        ethernet(ip(udp(b"\xc3" + bytes(30), 50000, 443), 17)),
        ethernet(ip(b"\0" * 20, 47)),
        ethernet(ip(udp(bytes(40), 50000, 4789), 17)),
    ]
    tally = read(tmp_path, pcap(frames)).tally
    assert tally is not None
    assert tally.not_covered == {"GRE packets": 1, "QUIC packets": 1, "VXLAN packets": 1}


def test_unknown_link_type_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([b"radio"], link=127))
    assert found.tally is not None
    assert found.tally.not_covered == {"packets of link type 127": 1}
    assert not found.observations


# --- damage


def test_cut_file_is_read_up_to_the_cut(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([QUERY, QUERY])[:-5])
    assert found.one("dns.query").count == 1
    (issue,) = found.issues
    assert (issue.place, issue.severity) == ("packet 2", "incomplete")
    assert issue.next_step
    assert (found.tally.read, found.tally.total, found.tally.whole) == (1, 1, False)
    assert read(tmp_path, pcap([QUERY, QUERY])).tally.whole


def test_cut_pcapng(tmp_path: Path) -> None:
    found = read(tmp_path, (section() + interface() + packet(QUERY) + packet(QUERY))[:-5])
    assert found.one("dns.query").count == 1
    assert [issue.place for issue in found.issues] == ["packet 2"]


def test_impossible_length_stops_the_reading(tmp_path: Path) -> None:
    data = pcap([QUERY]) + struct.pack("<IIII", 1, 1, 0xFFFFFFF0, 60) + QUERY
    found = read(tmp_path, data)
    assert found.values("dns.query") == ["cam.example"]
    assert "4,294,967,280" in found.issues[0].reason


def test_only_a_header_is_no_fault(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([]))
    assert not found.issues
    assert found.tally is not None
    assert (found.tally.total, found.tally.first_seen) == (0, None)


def test_snaplen_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([QUERY], snaplen=50))
    assert found.values("dns.query") == []
    (issue,) = found.issues
    assert (issue.place, issue.severity) == ("packet 1", "incomplete")
    assert "tcpdump -s 0" in issue.next_step


def test_snaplen_in_the_middle_of_headers(tmp_path: Path) -> None:
    for snaplen in range(1, len(QUERY)):
        found = read(tmp_path, pcap([QUERY, QUERY], snaplen=snaplen))
        assert found.tally is not None
        assert found.tally.total == 2


def test_broken_message_is_an_issue_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = ethernet(ip(udp(b"\1\2\3", 40000, 53), 17))
    found = read(tmp_path, pcap([broken, broken, QUERY]))
    (issue,) = found.issues
    assert issue.place == "packet 1"
    assert "1 more" in issue.reason
    assert found.values("dns.query") == ["cam.example"]
    assert found.tally is not None
    assert (found.tally.read, found.tally.issues) == (1, 2)


def test_a_wrong_guess_by_port_is_no_fault(tmp_path: Path) -> None:
    frames = [ethernet(ip(udp(bytes(range(40)), 50000, port), 17)) for port in (37020, 37810, 5050, 10000, 5060)]
    found = read(tmp_path, pcap(frames))
    assert not found.issues
    assert {one.attribute for one in found.observations} == {"net.mac"}


@pytest.mark.parametrize("data", [b"", b"\n\r\r\n", b"PK\3\4 no capture", b"\x1f\x8b broken"])
def test_no_capture(tmp_path: Path, data: bytes) -> None:
    assert not READER.recognise(data, "x.pcap") or data[:4] == b"\n\r\r\n"
    if data[:4] == b"\n\r\r\n":
        assert read(tmp_path, data).issues
        return
    with pytest.raises(SourceError, match=r"capture"):
        read(tmp_path, data)


def test_missing_file_is_one_sentence(tmp_path: Path) -> None:
    from pcap_factory import source

    from custodiet.sources.base import ReadOptions

    with pytest.raises(SourceError, match="cannot be read"):
        list(READER.read(tmp_path / "none", source(tmp_path / "none"), ReadOptions()))


def test_recognised_by_content() -> None:
    assert READER.recognise(pcap([]), "x.txt")
    assert READER.recognise(section(), "x")
    assert not READER.recognise(b"", "x.pcap")
    assert not READER.recognise(b"<?xml", "x.pcap")


def test_hello_in_a_capture(tmp_path: Path) -> None:
    frames = [ethernet(ip(tcp(hello("tls.example"), dst_port=443, seq=9), 6))]
    assert read(tmp_path, pcap(frames)).values("tls.server_name") == ["tls.example"]


@pytest.mark.samples
def test_samples(tmp_path: Path, samples: Path) -> None:
    for path in sorted((samples / "captures").iterdir()):
        found = read(tmp_path, path.read_bytes())
        assert found.tally is not None
        assert found.tally.total >= 24
        assert found.flows
        assert not [issue for issue in found.issues if issue.severity == "incomplete"]


def test_what_is_sealed_is_counted_and_no_fault(tmp_path: Path) -> None:
    version_3 = bytes.fromhex("3010020103300b020100020300ffe3040107")
    found = read(tmp_path, pcap([ethernet(ip(udp(version_3, 40000, 161), 17))] * 2))
    assert found.tally is not None
    assert found.tally.not_covered == {"SNMPv3 messages": 2}
    assert (found.tally.issues, found.issues) == (0, [])


def test_broken_snmp_is_still_a_fault(tmp_path: Path) -> None:
    found = read(tmp_path, pcap([ethernet(ip(udp(b"\x30\x03\x02\x01\x07", 40000, 161), 17))]))
    assert [issue.reason.startswith("SNMP message that cannot be read") for issue in found.issues] == [True]
