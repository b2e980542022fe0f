"""CDP."""

from __future__ import annotations

from struct import pack

import pytest

from custodiet.errors import WireError
from custodiet.wire.cdp import parse_cdp

HEAD = b"\x02\xb4\0\0"


def element(kind: int, value: bytes) -> bytes:
    return pack("!HH", kind, len(value) + 4) + value


def address(raw: bytes) -> bytes:
    protocol = b"\x01\x01\xcc" if len(raw) == 4 else b"\x02\x08\xaa\xaa\x03\0\0\0\x86\xdd"
    return protocol + pack("!H", len(raw)) + raw


ADDRESSES = pack("!I", 2) + address(b"\xc0\x00\x02\x05") + address(bytes(15) + b"\x01")
CAMERA = HEAD + b"".join(
    [
        element(1, b"ACCC8E000001"),
        element(2, ADDRESSES),
        element(3, b"eth0"),
        element(4, b"\0\0\0\x10"),
        element(5, b"10.12.3"),
        element(6, b"ExampleCam EX-100"),
        element(0x16, pack("!I", 1) + address(b"\xc0\x00\x02\x05")),
    ]
)


def test_a_camera() -> None:
    message = parse_cdp(CAMERA)
    assert (message.port_id, message.complete) == ("eth0", True)
    assert list(message.facts()) == [
        ("cdp.device_id", "ACCC8E000001"),
        ("cdp.platform", "ExampleCam EX-100"),
        ("cdp.version", "10.12.3"),
        ("net.ip", "192.0.2.5"),
        ("net.ip", "::1"),
    ]


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        b"\0\0\0\1",
        b"\xff\xff\xff\xff",
        pack("!I", 1) + address(bytes(4)),
        ADDRESSES[:10],
        pack("!I", 9) + b"\1\xff\xcc",
    ],
)
def test_address_lists_that_hold_nothing(listed: bytes) -> None:
    assert parse_cdp(HEAD + element(1, b"x") + element(2, listed)).addresses == ()


def test_an_address_of_another_protocol_is_passed_over() -> None:
    listed = pack("!I", 2) + b"\x01\x01\x81" + pack("!H", 4) + b"abcd" + address(b"\xc0\x00\x02\x05")
    assert parse_cdp(HEAD + element(2, listed)).addresses == ("192.0.2.5",)


@pytest.mark.parametrize("tail", [element(6, b"EX-100")[:-1], pack("!HH", 6, 3), pack("!HH", 6, 0)])
def test_a_message_that_is_cut(tail: bytes) -> None:
    message = parse_cdp(HEAD + element(1, b"cam") + tail)
    assert (message.device_id, message.platform, message.complete) == ("cam", "", False)


@pytest.mark.parametrize("data", [b"", HEAD, b"\x09" + CAMERA[1:], HEAD + b"\0\1\0", HEAD + pack("!HH", 1, 2)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_cdp(data)
