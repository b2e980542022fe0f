"""Addresses inside messages."""

from __future__ import annotations

import pytest

from custodiet.wire.address import ipv4_of_bytes, ipv4_of_text, mac_of_bytes, mac_of_text


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
