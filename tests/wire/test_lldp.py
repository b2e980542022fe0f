"""LLDP and the inventory of LLDP-MED."""

from __future__ import annotations

from struct import pack

import pytest

from custodiet.errors import WireError
from custodiet.wire.lldp import parse_lldp


def element(kind: int, value: bytes) -> bytes:
    return pack("!H", kind << 9 | len(value)) + value


def inventory(subtype: int, value: bytes) -> bytes:
    return element(127, b"\x00\x12\xbb" + bytes([subtype]) + value)


CHASSIS = element(1, b"\x04\x02\xa1\xb2\xc3\xd4\xe5")
END = b"\0\0"
CAMERA = b"".join(
    [
        CHASSIS,
        element(2, b"\x03\x02\xa1\xb2\xc3\xd4\xe6"),
        element(3, b"\0\x78"),
        element(4, b"eth0"),
        element(5, b"axis-1\0"),
        element(6, b"Network camera"),
        element(7, b"\x00\xb4\x00\x84"),
        element(8, b"\x05\x01\xc0\x00\x02\x05\x02\x00\x00\x00\x01\x00"),
        element(8, b"\x11\x02" + bytes(15) + b"\x01" + b"\x02\x00\x00\x00\x01\x00"),
        element(127, b"\x00\x80\xc2\x01\x00\x01"),
        inventory(1, b"\x00\x01\x04"),
        inventory(9, b"ExampleCam"),
        inventory(10, b"EX-100"),
        inventory(8, b"A1"),
        inventory(6, b"5.1"),
        inventory(7, b""),
        END,
    ]
)


def test_a_camera() -> None:
    message = parse_lldp(CAMERA)
    assert message.complete
    assert message.port_description == "eth0"
    assert list(message.facts()) == [
        ("lldp.chassis_id", "02:a1:b2:c3:d4:e5"),
        ("net.mac", "02:a1:b2:c3:d4:e5"),
        ("net.ip", "192.0.2.5"),
        ("net.ip", "::1"),
        ("lldp.port_id", "02:a1:b2:c3:d4:e6"),
        ("lldp.system_name", "axis-1"),
        ("lldp.system_description", "Network camera"),
        ("lldp.capabilities", "bridge,station-only"),
        ("lldp.inventory", "manufacturer=ExampleCam"),
        ("lldp.inventory", "model=EX-100"),
        ("lldp.inventory", "serial=A1"),
        ("lldp.inventory", "firmware=5.1"),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\x07switch-3", "switch-3"),
        (b"\x05\x01\xc0\x00\x02\x05", "192.0.2.5"),
        (b"\x05\x06abc", "\\x06abc"),
        (b"\x04abc", "abc"),  # says MAC and is none
        (b"\x07\0", ""),
    ],
)
def test_other_chassis_ids(value: bytes, expected: str) -> None:
    message = parse_lldp(element(1, value) + END)
    assert (message.chassis_id, message.chassis_mac) == (expected, "")
    assert dict(message.facts()) == ({"lldp.chassis_id": expected} if expected else {})


def test_inventory_of_another_organisation_is_none() -> None:
    assert parse_lldp(CHASSIS + element(127, b"\x00\x12\xbc\x0aEX-100") + END).inventory == ()


def test_nothing_behind_the_end_is_read() -> None:
    assert parse_lldp(CHASSIS + END + element(5, b"no")).system_name == ""


def test_a_message_that_is_cut() -> None:
    message = parse_lldp(CHASSIS + element(5, b"axis-1") + element(6, b"Network camera")[:-3])
    assert (message.system_name, message.system_description, message.complete) == ("axis-1", "", False)


@pytest.mark.parametrize("data", [b"", END, CHASSIS[:4], element(5, b"x") + CHASSIS, element(1, b"\x04"), b"\xff" * 40])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse_lldp(data)
