"""Where an address lies: the body's own, a group, or outside."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from custodiet.egress.place import Near, lies_outside, may_be_broadcast

CAMERA6 = "ip:2001:db8:1:2::5"


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("10.1.2.3", "inside"), ("172.31.0.1", "inside"), ("192.168.1.64", "inside"), ("169.254.1.1", "inside"),
        ("fd00::1", "inside"), ("fe80::1", "inside"), ("172.32.0.1", "outside"), ("203.0.113.80", "outside"),
        ("2001:db8::1", "outside"), ("64:ff9b::cb00:7150", "outside"), ("::ffff:10.0.0.1", "inside"),
        ("::ffff:203.0.113.8", "outside"), ("239.255.255.250", "to all"), ("ff02::c", "to all"),
        ("255.255.255.255", "to all"), ("0.0.0.0", None), ("127.0.0.1", None), ("::1", None), ("no address", None),
    ],
)  # fmt: skip
def test_without_a_sites_file(address: str, where: str | None) -> None:
    assert Near(()).where(f"ip:{address}") == where


def test_the_bodys_own_networks_are_inside_and_their_broadcast_is_to_all() -> None:
    near = Near([ip_network("203.0.113.0/25"), ip_network("2001:db8:1::/48")])
    assert near.where("ip:203.0.113.80") == "inside"
    assert near.where("ip:203.0.113.127") == "to all"
    assert near.where("ip:203.0.113.130") == "outside"
    assert near.where("ip:2001:db8:1:9::1") == "inside"
    assert near.where("ip:2001:db8:2::1") == "outside"


def test_a_public_address_on_the_same_link_is_inside_only_without_a_sites_file_and_is_told() -> None:
    near = Near((), [CAMERA6, "ip:10.0.0.5"])
    assert near.where("ip:2001:db8:1:2::9") == "inside"
    assert near.where("ip:2001:db8:1:3::9") == "outside"
    assert near.same_link == {"2001:db8:1:2::9"}
    assert Near([ip_network("10.0.0.0/8")], [CAMERA6]).where("ip:2001:db8:1:2::9") == "outside"


def test_a_private_address_of_the_device_makes_no_link() -> None:
    near = Near((), ["ip:fd00::5", "ip:fe80::5", "ip:198.51.100.5"])
    assert near.where("ip:198.51.100.6") == "outside"
    assert near.same_link == set()


def test_all_ones_that_never_answers_may_be_the_broadcast() -> None:
    assert may_be_broadcast("ip:10.0.0.255", 0)
    assert not may_be_broadcast("ip:10.0.0.255", 3)
    assert not may_be_broadcast("ip:203.0.113.255", 0)


@pytest.mark.parametrize(
    ("addresses", "outside"),
    [
        (["ip:203.0.113.5"], True),
        (["ip:203.0.113.5", "ip:10.0.0.5"], False),
        (["ip:198.51.100.7"], False),
        (["ip:2001:db8::5"], False),
        (["ip:0.0.0.0"], False),
        ([], False),
    ],
)
def test_who_stands_outside_is_known_by_public_addresses_that_are_nobodys_here(
    addresses: list[str], *, outside: bool
) -> None:
    assert lies_outside(addresses, (ip_network("198.51.100.0/24"),)) is outside
