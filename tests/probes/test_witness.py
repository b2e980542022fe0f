"""The witness sees what leaves and whose it is; nothing here goes further than the loopback interface."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from custodiet.probes.witness import JOINING, NOBODY_WAITS, Witness, segments_sent

HERE = "127.0.0.9"


@pytest.fixture
def witness() -> Iterator[Witness]:
    try:
        made = Witness({HERE}.__contains__, lambda: 5.0)
    except PermissionError:
        pytest.skip("this machine does not let us look at packets")
    yield made
    made.close()


def datagram(port: int = 9) -> socket.socket:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind(("127.0.0.1", 0))
    return sender


def test_our_datagram_is_seen_with_its_reason(witness: Witness) -> None:
    with datagram() as sender:
        port = sender.getsockname()[1]
        witness.ours("udp", port, "sadp-inquiry")
        sender.sendto(b"12345", (HERE, 37020))
        [packet] = [packet for packet in witness.read() if packet.protocol == "udp"]
    assert packet == (5.0, HERE, "udp", 37020, port, 33, 1, "sadp-inquiry")


def test_another_programs_packet_is_counted_and_not_ours(witness: Witness) -> None:
    with datagram() as sender:
        sender.sendto(b"12345", (HERE, 9))
        assert [packet for packet in witness.read() if packet.protocol == "udp"] == []
    assert witness.others == 1


def test_a_packet_to_an_address_that_was_not_asked_is_nothing_to_us(witness: Witness) -> None:
    with datagram() as sender:
        witness.ours("udp", sender.getsockname()[1], "x")
        sender.sendto(b"12345", ("127.0.0.8", 9))
        assert list(witness.read()) == []
    assert witness.others == 0


def test_every_packet_of_a_connection_is_seen(witness: Witness) -> None:
    with socket.create_server((HERE, 0)) as server, socket.socket() as client:
        client.bind(("127.0.0.1", 0))
        port = client.getsockname()[1]
        witness.ours("tcp", port, "http-root")
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert accepted.recv(100)
        told = segments_sent(client)
        packets = [packet for packet in witness.read() if packet.protocol == "tcp"]
        accepted.close()
    assert told == len(packets) == 3, "opening, its end, and the request"
    assert {packet.why for packet in packets} == {"http-root"}
    assert [packet.size for packet in packets][-1] > packets[1].size


def test_what_the_kernel_refuses_for_us_is_seen_too(witness: Witness) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HERE, 0))
        with datagram() as sender:
            port = sender.getsockname()[1]
        other.sendto(b"late", ("127.0.0.1", port))  # nobody waits there any more
        refused = [packet for packet in witness.read() if packet.protocol == "icmp"]
    assert [(packet.to, packet.why) for packet in refused] == [(HERE, NOBODY_WAITS)]


def test_a_word_to_routers_is_ours_only_where_we_joined_the_group(witness: Witness) -> None:
    def report(*groups: str) -> bytes:
        records = b"".join(b"\4\0\0\0" + socket.inet_aton(group) for group in groups)
        igmp = b"\x22\0\0\0\0\0" + len(groups).to_bytes(2, "big") + records
        head = b"\x46\0" + (24 + len(igmp)).to_bytes(2, "big") + b"\0\0\x40\0\1\2\0\0" + socket.inet_aton("10.0.0.1")
        return head + socket.inet_aton(HERE) + b"\x94\4\0\0" + igmp

    witness.joins("239.255.255.251")
    ours, others = report("224.0.0.7", "239.255.255.251"), report("239.1.1.1")
    packet = witness._read(ours, 0x0800)
    assert packet is not None and packet.why == JOINING
    assert witness._read(others, 0x0800) is None and witness.others == 1
    assert witness._read(others[:26], 0x0800) is None and witness._read(ours[:40], 0x0800) is None
    old = ours[:24] + b"\x16\0\0\0" + socket.inet_aton("239.255.255.251")
    assert witness._read(old, 0x0800) is not None
