"""Devices that no line tells apart are worked out once, long filters are passed over at a glance: no answer differs."""

from __future__ import annotations

import random

import pytest

from custodiet.model import Asset, Identifier
from custodiet.reach import Analyst
from custodiet.reach.alike import Alike
from custodiet.reach.configs import read_configurations
from custodiet.reach.evaluate import Account
from networks import body


def device(number: int, *addresses: str) -> Asset:
    named = tuple(Identifier(kind="ip", value=one, identity=True) for one in addresses)
    return Asset(id=f"asset-{number}", label=str(number), subjects=(), identifiers=named, site="hall", zone="cams")


def place(dice: random.Random) -> str:
    """Somebody in a rule: anybody, a host, a network, or hosts picked by a wildcard."""
    address = f"10.{dice.choice([1, 1, 1, 2, 9])}.{dice.choice([0, 0, 0, 1])}.{dice.randrange(16)}"
    wildcard = dice.choice(["0.0.0.1", "0.0.0.3", "0.0.0.254", "0.0.0.255", "0.0.255.255"])
    return dice.choice(["any", f"host {address}", f"host {address}", f"{address} {wildcard}"])


def rules(name: str, dice: random.Random) -> list[str]:
    lines = [f"ip access-list extended {name}"]
    for _ in range(dice.choice([3, 12, 60])):
        port = dice.choice(["", "", " eq 443", " range 20 30", " established", " time-range NIGHT"])
        protocol = "tcp" if port else dice.choice(["ip", "udp", "icmp"])
        lines.append(f" {dice.choice(['permit', 'deny'])} {protocol} {place(dice)} {place(dice)}{port}")
    return lines


def router(dice: random.Random) -> bytes:
    text = ["! Last configuration change at 14:03:22 CET Tue Mar 3 2026 by admin", "hostname r1", "ip routing"]
    for name, network in (("Vlan1", "10.1.0.1"), ("Vlan2", "10.2.0.1"), ("Vlan9", "10.9.0.1")):
        text += [f"interface {name}", f" ip address {network} 255.255.255.0"]
        text += [f" ip access-group F{dice.randrange(3)} {way}" for way in ("in", "out") if dice.random() < 0.7]
    if dice.random() < 0.5:
        text += ["interface Gi0/1", " ip address 198.51.100.2 255.255.255.252", "ip route 0.0.0.0 0.0.0.0 198.51.100.1"]
    for number in range(3):
        text += rules(f"F{number}", dice)
    return "\n".join([*text, "end", ""]).encode()


def devices(dice: random.Random) -> list[Asset]:
    """One or two addresses each, some in networks that no configuration knows, one of no address."""

    def address() -> str:
        return f"10.{dice.choice([1, 1, 1, 1, 2, 7])}.0.{dice.randrange(2, 18)}"

    made = [device(n, *{address() for _ in range(dice.choice([1, 1, 1, 2, 3]))}) for n in range(12)]
    return [*made, device(90), device(91, "fd00::5"), device(92, "203.0.113.9")]


@pytest.mark.parametrize("seed", range(12))
def test_together_and_one_by_one_are_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    given = read_configurations({"r1.cfg": router(dice)}, "")
    asked = devices(dice)
    together = Analyst(given, body())
    found = [together.reach(one) for one in asked]
    monkeypatch.setattr(Account, "relevant", lambda _self, filter, _pieces: filter.rules)
    assert found == [Analyst(given, body()).reach(one) for one in asked]


def test_the_comparison_meets_every_kind_of_answer() -> None:
    """Else it would compare little."""
    met = set()
    for seed in range(12):
        dice = random.Random(seed)
        analyst = Analyst(read_configurations({"r1.cfg": router(dice)}, ""), body())
        met |= {(path.way, path.status) for one in devices(dice) for path in analyst.reach(one).paths}
    assert {(way, status) for way in ("to core", "from core") for status in ("open", "proved absent", "unknown")} <= met


def test_many_devices_of_one_segment_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"hostname r1\ninterface Vlan1\n ip address 10.1.0.1 255.255.255.0\n ip access-group F in\n"
    text += b"interface Vlan9\n ip address 10.9.0.1 255.255.255.0\n"
    text += b"ip access-list extended F\n permit tcp host 10.1.0.9 any eq 80\n deny ip any any\n"
    analyst = Analyst(read_configurations({"r1.cfg": text}, "2026-11-01"), body())
    worked = 0
    alone = Analyst._worked_out

    def counted(self: Analyst, *how: object) -> object:
        nonlocal worked
        worked += 1
        return alone(self, *how)  # type: ignore[arg-type]

    monkeypatch.setattr(Analyst, "_worked_out", counted)
    statuses = [analyst.reach(device(n, f"10.1.0.{n}")).paths[0].status for n in range(2, 200)]
    assert statuses.count("open") == 1
    assert worked == 3 * 4  # below, at and above the address that is named, four ways each


def test_everything_that_is_named_cuts() -> None:
    text = b"hostname r1\ninterface Vlan1\n ip address 10.1.0.1 255.255.255.0\nip route 10.3.0.0 255.255.0.0 10.1.0.7\n"
    given = read_configurations({"r1.cfg": text}, "2026-11-01")
    alike = Alike(given.devices, [{4: ((50, 60),)}])
    at = [alike.position(4, ((number, number),)) for number in (49, 50, 60, 61, 0x0A03_0000, 0x0A03_FFFF, 0x0A04_0000)]
    assert at[0] != at[1] == at[2] != at[3]
    assert at[4] == at[5] != at[6]
