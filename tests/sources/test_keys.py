"""Addresses in every way people write them."""

from __future__ import annotations

import pytest

from custodiet.sources.keys import ip_text, is_device_ip, is_device_mac, is_local_ip, mac_text


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
