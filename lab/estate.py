"""Who lives at which address: the same for the same seed, size and number of fragile cameras.

Subnets: two on the link of the scanning station (search by multicast reaches these), as many routed ones as are needed,
one that no router leads to, and one for the fragile cameras.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from lab import trunk
from lab.device import Device, Place
from lab.devices import FAMILIES, FRAGILE, Family

ALL = "10.77.0.0/16"
"""Every address of the estate."""
STATION = 250
"""Last number of the scanning station's address in the subnets on its link."""
OTHER = 253
"""Last number of the address from which devices of the family `elsewhere` answer."""
MOST_IN_SUBNET = 125
"""Devices of one subnet of 254 addresses."""


@dataclass(frozen=True, slots=True)
class Network:
    """One subnet."""

    name: str
    cidr: str
    kind: Literal["on link", "routed", "closed"]
    link: str = ""
    """Interface at both ends, where it is on the link."""


HALL = Network("hall", "10.77.20.0/24", "on link", "lan20")
OFFICE = Network("office", "10.77.21.0/24", "on link", "lan21")
CLOSED = Network("closed", "10.77.200.0/24", "closed")
FRAGILE_NETWORK = Network("fragile", "10.77.96.0/20", "routed")
_FIRST_ROUTED = 32
_MOST_ROUTED = 60


@dataclass(frozen=True, slots=True)
class Estate:
    """The whole."""

    seed: int
    networks: list[Network]
    devices: list[Device]
    trunk: list[Device]
    """Heard on the trunk, and not to be asked."""

    def manifest(self, name: str) -> dict[str, object]:
        """The truth, as it is written to a file."""
        return {
            "format": 1,
            "name": name,
            "seed": self.seed,
            "sweep_from": f"{name}-scan",
            "all": ALL,
            "log_in": {"user": "admin", "password": "proving-ground"},
            "snmp_community": "lab-read",
            "networks": [
                {"name": one.name, "cidr": one.cidr, "kind": one.kind, "interface": one.link or "up0"}
                for one in self.networks
            ],
            "devices": [device.truth() for device in self.devices],
            "trunk": [device.truth() for device in self.trunk],
        }


def estate(*, devices: int = 2000, seed: int = 7, fragile: int = 20) -> Estate:
    """Make the estate.

    Args:
        devices: how many addresses have somebody, without the fragile ones.
        seed: another seed, other addresses and models.
        fragile: how many fragile cameras there are beside them.
    """
    dice = random.Random(f"{seed} {devices}")
    families = _chosen(devices, dice)
    networks, places = _places(len(families), dice)
    made = [
        _made(family, address, network, number, dice)
        for (family, number), (address, network) in zip(families, places, strict=True)
    ]
    for index in range(min(fragile, 16 * 250)):
        address = f"10.77.{96 + index // 250}.{1 + index % 250}"
        made.append(_made(FRAGILE, address, FRAGILE_NETWORK, index, dice))
    if fragile:
        networks.append(FRAGILE_NETWORK)
    made.sort(key=lambda device: tuple(int(part) for part in device.address.split(".")))
    return Estate(seed, networks, made, trunk.devices(seed))


def _made(family: Family, address: str, network: Network, number: int, dice: random.Random) -> Device:
    device = family.make(Place(address, network.name, number, dice.randrange))
    if network.kind == "closed":
        device.seen, device.why_not = False, "its subnet is not routed to the scanning station"
    return device


def _chosen(count: int, dice: random.Random) -> list[tuple[Family, int]]:
    """Families in the shares of the list, each at least once where there is room, with a running number each."""
    whole = sum(family.share for family in FAMILIES)
    numbers = [max(1, count * family.share // whole) for family in FAMILIES]
    order = sorted(range(len(FAMILIES)), key=lambda index: -FAMILIES[index].share)
    step = 0
    while sum(numbers) != count:
        index = order[step % len(order)]
        step += 1
        if sum(numbers) < count:
            numbers[index] += 1
        elif numbers[index] > (1 if count >= len(FAMILIES) else 0):
            numbers[index] -= 1
    rows = [(family, index) for family, number in zip(FAMILIES, numbers, strict=True) for index in range(number)]
    dice.shuffle(rows)
    return rows


def _places(count: int, dice: random.Random) -> tuple[list[Network], list[tuple[str, Network]]]:
    """Subnets, and an address for each device."""
    on_link = min(110, max(8, count * 6 // 100))
    closed = min(60, max(2, count * 2 // 100))
    sizes = [(HALL, on_link), (OFFICE, on_link), (CLOSED, closed)]
    rest = count - sum(size for _network, size in sizes)
    if rest < 0:
        raise ValueError("an estate has at least 20 devices")
    routed = max(2, -(-rest // MOST_IN_SUBNET))
    if routed > _MOST_ROUTED:
        raise ValueError(f"an estate has at most {_MOST_ROUTED * MOST_IN_SUBNET} devices")
    for index in range(routed):
        network = Network(f"site{index + 1}", f"10.77.{_FIRST_ROUTED + index}.0/24", "routed")
        sizes.append((network, rest // routed + (1 if index < rest % routed else 0)))
    places = []
    for network, size in sizes:
        start = network.cidr.rpartition(".")[0]
        places += [(f"{start}.{last}", network) for last in dice.sample(range(1, STATION), size)]
    dice.shuffle(places)
    return [network for network, _size in sizes], places
