"""Whose an outside address is: by name, by address, by port; a lead names nobody."""

from __future__ import annotations

from functools import cache

from custodiet.catalog import load_catalog
from custodiet.egress.owners import SERVES, Owner, Owners


@cache
def owners() -> Owners:
    return Owners(load_catalog(), "2022-12-01")


def of(
    address: str = "203.0.113.80",
    *names: str,
    transport: str = "tcp",
    port: int = 443,
    maker: str = "hikvision",
    began: bool = True,
) -> Owner:
    return owners().of(address, names, transport, port, began, maker)


def test_a_name_that_leads_to_a_record_names_the_owner() -> None:
    one = of("203.0.113.80", "dev.hik-connect.com")
    assert (one.serves, one.owner, one.of_maker) == ("vendor cloud", "hikvision", True)
    assert one.because == "By the name dev.hik-connect.com."


def test_a_relay_reached_by_its_address_without_any_name_is_still_named() -> None:
    one = of("118.193.64.9")
    assert (one.serves, one.owner, one.endpoint) == ("P2P relay", "ezviz", "ezviz-relay-addresses")
    assert one.of_maker  # a daughter of the maker
    assert "no name that it asked for" in one.because


def test_the_cloud_of_another_is_not_of_the_maker() -> None:
    one = of("203.0.113.80", "www.dahuap2pcloud.com")
    assert one.owner
    assert not one.of_maker
    assert not of("203.0.113.80", "dev.hik-connect.com", maker="").of_maker


def test_a_port_that_relays_use_is_a_lead_and_no_owner() -> None:
    one = of("203.0.113.80", transport="udp", port=8800, maker="dahua")
    assert (one.serves, one.owner, one.of_maker) == ("unknown", "", False)
    assert one.because.startswith("Unknown, on a port that relays of ")
    assert of("203.0.113.80", "example.org", transport="udp", port=8800).because == ""
    assert of("203.0.113.80", transport="udp", port=8800, began=False).because == ""


def test_a_record_that_nobody_confirmed_names_no_owner_and_is_told() -> None:
    shelf = next(
        r for r in owners().catalog.endpoints.values() if r.shelf and r.names and not r.names[0].startswith("*")
    )
    one = of("203.0.113.80", shelf.names[0])
    assert (one.owner, one.endpoint) == ("", "")
    assert "nobody confirmed" in one.because


def test_time_and_names_by_their_ports_only_where_the_device_calls() -> None:
    assert of(transport="udp", port=123).serves == "time server"
    assert of(transport="udp", port=53).serves == "name server"
    assert of(transport="udp", port=123, began=False).serves == "unknown"


def test_the_factory_address_is_nobodys_cloud() -> None:
    assert of("192.168.1.64", port=80).serves == "unknown"


def test_everything_served_is_of_the_closed_list() -> None:
    catalog = owners().catalog
    for record in catalog.endpoints.values():
        for name in record.names:
            assert of("203.0.113.80", name.replace("*.", "a.")).serves in SERVES
