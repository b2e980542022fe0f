"""The estate on paper: the same each time, everybody once, nothing without a reason."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from lab.device import INDUSTRIAL_PORTS, PRINTER_PORTS
from lab.devices import FAMILIES
from lab.estate import estate
from lab.network import NotPossible, down, rules


def test_the_same_each_time() -> None:
    assert estate(devices=100).manifest("x") == estate(devices=100).manifest("x")
    assert estate(devices=100).manifest("x") != estate(devices=100, seed=8).manifest("x")


def test_two_thousand_addresses_of_more_than_ten_makers_in_several_subnets() -> None:
    whole = estate(devices=2000, fragile=500)
    assert len({device.address for device in whole.devices}) == len(whole.devices) == 2500
    assert len({device.mac for device in whole.devices}) == 2500
    assert len({device.maker for device in whole.devices if device.maker}) >= 10
    assert len({device.brand for device in whole.devices if device.maker in ("hikvision", "dahua")}) >= 9
    assert sum(device.fragile for device in whole.devices) == 500
    networks = {network.name: ip_network(network.cidr) for network in whole.networks}
    assert len(networks) >= 15
    for device in whole.devices:
        assert ip_address(device.address) in networks[device.network]
        assert device.seen or device.why_not


@pytest.mark.parametrize("count", [40, 60, 200])
def test_a_small_estate_has_every_family(count: int) -> None:
    families = {device.family for device in estate(devices=count, fragile=0).devices}
    assert len(families) == len(FAMILIES)


def test_no_camera_stands_on_a_port_for_paper_or_machines() -> None:
    for device in estate(devices=200).devices:
        if device.family not in ("printer", "controller"):
            assert not {*device.tcp, *device.udp} & {*PRINTER_PORTS, *INDUSTRIAL_PORTS}


def test_hidden_channels_are_on_no_network_of_the_estate() -> None:
    recorders = [device for device in estate(devices=200).devices if device.channels]
    assert recorders
    for device in recorders:
        assert not any(ip_address(channel) in ip_network("10.77.0.0/16") for channel in device.channels)


def test_who_keeps_silent_is_not_let_through() -> None:
    whole = estate(devices=60)
    silent = next(device.address for device in whole.devices if device.drops == "all")
    text = rules(whole, "drop")
    assert silent not in text.partition("set live {")[2].partition("}")[0]
    assert "!= @live drop" in text
    assert "!= @live drop" not in rules(whole, "refuse")


@pytest.mark.parametrize("name", ["lab", "cst-lab;reboot", "cst-../x", ""])
def test_only_names_of_our_own_are_removed(name: str) -> None:
    with pytest.raises(NotPossible):
        down(name)
