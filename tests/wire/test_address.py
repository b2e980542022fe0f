"""Addresses in every way that people, programs and devices write them."""

from __future__ import annotations

import pytest

from custodiet.wire.address import (
    ip_text,
    ipv4_of_bytes,
    ipv4_of_text,
    is_device_ip,
    is_device_mac,
    is_local_ip,
    mac_of_bytes,
    mac_of_text,
    mac_text,
)


@pytest.mark.parametrize("written", ["02-A1-B2-C3-D4-E5", "02:a1:b2:c3:d4:e5", "02a1b2c3d4e5", " 02:a1:b2:c3:d4:e5 "])
def test_spellings(written: str) -> None:
    assert mac_of_text(written) == "02:a1:b2:c3:d4:e5"


@pytest.mark.parametrize(
    "written", ["", "00:00:00:00:00:00", "01:00:5e:00:00:01", "02:a1-b2:c3:d4:e5", "02:a1:b2", "zz:a1:b2:c3:d4:e5"]
)
def test_no_mac_of_a_device(written: str) -> None:
    assert mac_of_text(written) == ""


def test_addresses() -> None:
    assert mac_of_bytes(b"\x02\0\0\0\0") == ""
    assert ipv4_of_bytes(bytes((10, 0, 0, 5))) == ipv4_of_text(" 10.0.0.5") == "10.0.0.5"
    for nobody in ("0.0.0.0", "239.255.255.250", "127.0.0.1", "255.255.255.255", "10.0.0.05x", "fe80::1"):
        assert ipv4_of_text(nobody) == ""
    assert ipv4_of_bytes(b"abc") == ""
    assert mac_of_bytes(bytes(6)) == mac_of_bytes(b"\x01\0^\0\0\x16") == ""
    assert mac_of_bytes(b"\x02\0\0\0\0\x01") == "02:00:00:00:00:01"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("255.255.255.255", "255.255.255.255"),
        ("FE80::0001%eth0", "fe80::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("10.0.0.256", None),
        ("010.0.0.1", None),
        ("10.0.0", None),
        ("١0.0.0.1", None),
        ("10.0.0.5\n", None),
        ("44:19:b6:01:02:03", None),
        (":" * 1000, None),
        ("", None),
    ],
)
def test_ip(written: str, canonical: str | None) -> None:
    assert ip_text(written) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "44:19:B6:01:02:03",
        "44-19-b6-01-02-03",
        "44:19:b6:1:2:3",
        "4419.b601.0203",
        "4419-b601-0203",
        "4419b6010203",
        "4419b6-010203",
    ],
)
def test_mac(written: str) -> None:
    assert mac_text(written) == "44:19:b6:01:02:03"


@pytest.mark.parametrize(
    "written", ["", "44:19", "44:19-b6:01:02:03", "44:19:b6:01:02:03:04", "44:19:b6:01:02:zz", "4419"]
)
def test_no_mac(written: str) -> None:
    assert mac_text(written) is None


def test_which_can_be_a_device() -> None:
    assert is_device_ip("10.0.0.5") and is_device_ip("2001:db8::1")
    assert not any(is_device_ip(ip) for ip in ("0.0.0.0", "224.0.0.22", "255.255.255.255", "ff02::1"))
    assert is_device_mac("44:19:b6:01:02:03") and is_device_mac("02:00:00:00:00:01")
    assert not any(is_device_mac(mac) for mac in ("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:16", "00:00:00:00:00:00"))
    assert is_local_ip("100.64.0.1") and is_local_ip("fe80::1")
    assert not any(is_local_ip(ip) for ip in ("203.0.113.9", "172.32.0.1", "2001:db8::1"))
