"""DHCP: what a client says of itself, and the lease it gets."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address
from pathlib import Path
from struct import pack

import pytest
from frames import needs_tshark, packets, tshark

from custodiet.errors import WireError
from custodiet.wire.dhcp import parse_dhcp, parse_dhcp6
from custodiet.wire.ip import quoted
from custodiet.wire.link import parse_frame

MAC = bytes.fromhex("02a1b2c3d4e5")


def option(number: int, value: bytes) -> bytes:
    return bytes([number, len(value)]) + value


def dhcp(
    *options: bytes,
    op: int = 1,
    client: bytes = bytes(4),
    given: bytes = bytes(4),
    server_name: bytes = b"",
    boot_file: bytes = b"",
    hardware: bytes = b"\x01\x06",
    cookie: bytes = b"\x63\x82\x53\x63",
) -> bytes:
    head = bytes([op]) + hardware + b"\0" + b"\x11\x22\x33\x44" + bytes(4) + client + given + bytes(8)
    fixed = head + MAC.ljust(16, b"\0") + server_name.ljust(64, b"\0") + boot_file.ljust(128, b"\0")
    assert len(fixed) == 236
    return fixed + cookie + b"".join(options) + b"\xff"


REQUEST = dhcp(
    option(53, b"\x03"),
    option(50, b"\x0a\0\0\x05"),
    option(54, b"\x0a\0\0\x01"),
    option(61, b"\x01" + MAC),
    b"\0\0",  # padding between options
    option(12, b"IPC\0"),
    option(60, b"udhcp 1.22.1"),
    option(55, b"\x01\x03\x06\x2a"),
    option(81, b"\0\0\0IPC.example."),
    client=b"\x0a\0\0\x05",
)


def test_a_request() -> None:
    message = parse_dhcp(REQUEST)
    assert (message.op, message.message_type, message.complete) == (1, 3, True)
    assert (message.requested, message.server_id, message.client_id) == ("10.0.0.5", "10.0.0.1", "0102a1b2c3d4e5")
    assert list(message.facts()) == [
        ("net.mac", "02:a1:b2:c3:d4:e5"),
        ("net.ip", "10.0.0.5"),
        ("dhcp.hostname", "IPC"),
        ("dhcp.vendor_class", "udhcp 1.22.1"),
        ("dhcp.parameter_list", "1,3,6,42"),
        ("dhcp.client_fqdn", "IPC.example"),
    ]
    assert message.lease() is None


def test_a_server_says_nothing_about_itself_but_the_lease() -> None:
    message = parse_dhcp(dhcp(option(53, b"\x05"), option(12, b"IPC"), op=2, given=b"\x0a\0\0\x05"))
    assert list(message.facts()) == []
    assert message.lease() == ("02:a1:b2:c3:d4:e5", "10.0.0.5")


@pytest.mark.parametrize("kind", [2, 6])  # offer, NAK
def test_only_an_ack_confirms(kind: int) -> None:
    assert parse_dhcp(dhcp(option(53, bytes([kind])), op=2, given=b"\x0a\0\0\x05")).lease() is None


def test_an_ack_to_an_inform_confirms_the_address_in_use() -> None:
    assert parse_dhcp(dhcp(option(53, b"\x05"), op=2, client=b"\x0a\0\0\x07")).lease() == (
        "02:a1:b2:c3:d4:e5",
        "10.0.0.7",
    )


def test_options_in_place_of_the_names() -> None:
    message = parse_dhcp(
        dhcp(
            option(53, b"\x01"),
            option(52, b"\x03"),
            boot_file=option(60, b"dslforum") + b"\xff",
            server_name=option(12, b"nvr") + b"\xff",
        )
    )
    assert (message.vendor_class, message.hostname) == ("dslforum", "nvr")
    plain = parse_dhcp(dhcp(option(53, b"\x01"), boot_file=option(60, b"dslforum") + b"\xff"))
    assert plain.vendor_class == "", "a boot file name is not options unless the message says so"


def test_an_option_in_two_parts_is_one() -> None:
    assert parse_dhcp(dhcp(option(12, b"front-"), option(12, b"door"))).hostname == "front-door"


def test_fqdn_in_labels() -> None:
    assert parse_dhcp(dhcp(option(81, b"\x05\0\0\x03cam\x07example\0"))).fqdn == "cam.example"
    assert parse_dhcp(dhcp(option(81, b"\0\0"))).fqdn == ""


def test_names_that_are_no_text() -> None:
    assert parse_dhcp(dhcp(option(12, b"\xb4\xf3\x1b"))).hostname == "\\xb4\\xf3\\x1b"


def test_bootp_and_other_hardware() -> None:
    message = parse_dhcp(dhcp(option(12, b"x"), cookie=bytes(4), hardware=b"\x20\x14"))
    assert (message.message_type, message.hostname, message.client_mac) == (0, "", "")
    assert list(message.facts()) == []


def test_options_that_are_cut() -> None:
    message = parse_dhcp(REQUEST[: REQUEST.index(b"udhcp") + 3])
    assert (message.hostname, message.vendor_class, message.complete) == ("IPC", "", False)


@pytest.mark.parametrize("data", [b"", REQUEST[:235], b"\x03" + REQUEST[1:]])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_dhcp(data)


def option6(number: int, value: bytes) -> bytes:
    return pack("!HH", number, len(value)) + value


SOLICIT = (
    b"\x01\xaa\xbb\xcc"
    + option6(1, b"\x00\x03\x00\x01" + MAC)
    + option6(39, b"\x00\x03cam\x07example\x00")
    + option6(16, b"\0\0\x27\x10" + b"\0\x04NVR1\0\x03abc")
)


def test_dhcp6() -> None:
    message = parse_dhcp6(SOLICIT)
    assert (message.message_type, message.duid_mac, message.complete) == (1, "02:a1:b2:c3:d4:e5", True)
    assert list(message.facts()) == [("dhcp.vendor_class", "NVR1 abc"), ("dhcp.client_fqdn", "cam.example")]


def test_dhcp6_behind_relays() -> None:
    wrapped = SOLICIT
    for _ in range(2):
        wrapped = b"\x0c\x00" + bytes(32) + option6(9, wrapped)
    assert parse_dhcp6(wrapped) == parse_dhcp6(SOLICIT)


def test_dhcp6_reply() -> None:
    address = ip_address("2001:db8::5").packed
    reply = parse_dhcp6(b"\x07abc" + option6(3, bytes(12) + option6(5, address + bytes(8))) + SOLICIT[4:])
    assert reply.addresses == ("2001:db8::5",)
    assert list(reply.facts()) == []


@pytest.mark.parametrize("data", [b"", b"\x01ab", b"\x00abc", b"\x99abc", b"\x0c\0" + bytes(32) + option6(9, b"\x01")])
def test_other_dhcp6_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_dhcp6(data)


def test_dhcp6_that_is_cut() -> None:
    assert parse_dhcp6(SOLICIT[:-1]).complete is False
    assert parse_dhcp6(SOLICIT[:6]).complete is False


@needs_tshark
@pytest.mark.samples
def test_the_names_that_tshark_finds(samples: Path) -> None:
    total = 0
    for path in sorted((samples / "captures").glob("*.pcap")):
        rows = tshark(path, "dhcp.option.hostname", "dhcp.option.vendor_class_id")
        theirs = [Counter(row[column] for row in rows if row[column]) for column in (0, 1)]
        ours: list[Counter[str]] = [Counter(), Counter()]
        for data in packets(path):
            frame = parse_frame(data, 1)
            frame = quoted(frame) or frame  # tshark reads on inside an ICMP error
            if frame.protocol == 17 and {frame.src_port, frame.dst_port} & {67, 68}:
                message = parse_dhcp(frame.payload)
                ours[0].update([message.hostname] if message.hostname else [])
                ours[1].update([message.vendor_class] if message.vendor_class else [])
        # tshark does not read on inside an ICMP redirect; we do, so we may see a name once more.
        assert ours[0] >= theirs[0], path.name
        assert ours[1] >= theirs[1], path.name
        assert [set(found) for found in ours] == [set(found) for found in theirs], path.name
        total += ours[0].total()
    assert total >= 15
