"""Devices found again by MAC first; an address alone never says more than it can."""

from __future__ import annotations

from custodiet.isolation.recognise import Found
from custodiet.model import Asset, Identifier
from isolation.proof import MAC, asset

OTHER = "00:11:22:99:99:99"


def there(*identifiers: tuple[str, str, bool], id: str = "x") -> Asset:
    return Asset(
        id=id, label="x", subjects=(),
        identifiers=tuple(Identifier(kind=kind, value=value, identity=own) for kind, value, own in identifiers),
    )  # fmt: skip


def test_a_mac_finds_a_device_at_its_new_address() -> None:
    now = Found([there(("mac", MAC, True), ("ip", "10.0.0.77", True))]).of(asset())
    assert now.by == "MAC"
    assert now.addresses == {"ip:10.0.0.77"}
    assert not now.doubts


def test_an_address_that_another_mac_has_now_is_another_device() -> None:
    now = Found([there(("mac", OTHER, True), ("ip", "10.0.0.5", True))]).of(asset())
    assert now.addresses == frozenset()
    assert not now.by
    assert OTHER in now.remarks[0]


def test_an_address_alone_is_told_as_such() -> None:
    now = Found([there(("ip", "10.0.0.5", True))]).of(asset())
    assert now.by == "address"
    assert "address alone" in now.doubts[0]
    assert Found([]).of(asset()).addresses == {"ip:10.0.0.5"}, "flow records name addresses that nobody observed"


def test_behind_a_router_it_stays_in_doubt() -> None:
    now = Found([there(("mac", OTHER, False), ("ip", "10.0.0.5", True))]).of(asset())
    assert "behind a router" in now.doubts[0]


def test_an_address_that_changed_hands_is_in_doubt_for_both() -> None:
    both = there(("mac", MAC, True), ("mac", OTHER, True), ("ip", "10.0.0.5", True))
    found = Found([both])
    one, two = asset(), asset(mac=OTHER, id="ast-2")
    found.claim([one, two])
    assert found.of(one).doubts
    assert found.of(two).doubts
    assert Found([both]).of(one).doubts, "the other MAC is of no device of the case"


def test_ipv6_addresses_come_with_the_mac() -> None:
    v6 = ("ip", "2001:db8::5", True)
    now = Found([there(("mac", MAC, True), ("ip", "10.0.0.5", True), v6)]).of(asset())
    assert now.addresses == {"ip:10.0.0.5", "ip:2001:db8::5"}
