"""Reach: a made town of 2,000 cameras behind an access list of 2,000 lines, asked by the command as a user runs it.

Makes its own case and its own router: four camera networks, a core of two zones, an access list out of the camera
networks and one into them. ``--named`` of the devices stand in a line of their own, the rest only in networks. Printed
are the seconds of `custodiet reach` alone; reading the register first is not counted.

    python benchmarks/reach.py [--devices 2000] [--lines 2000] [--named 200]

The exit code is 1 when it takes more than 20 s.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

LIMIT = 20.0
COMMAND = [sys.executable, "-m", "custodiet"]
SITES = """\
id: town
name: Town
kind: nl-municipality
country: NL
sites:
  - id: hall
    name: Hall
    zones:
      - {{ id: core, subnets: [10.0.0.0/24], core: {yes} }}
      - {{ id: registers, subnets: [10.0.1.0/24], core: {yes} }}
      - {{ id: cameras, subnets: [10.8.0.0/22], core: {no} }}
"""
DECIDED = '{{ answer: "{0}", decided_by: owner, decided_on: 2026-01-01 }}'


def address(number: int) -> str:
    """The address of a camera; there are 250 in each of the networks."""
    third = number // 250
    return f"10.{8 if third < 4 else 9}.{third}.{number % 250 + 2}"


def access_list(name: str, lines: int, named: list[str], *, out: bool, dice: random.Random) -> Iterator[str]:
    """Permits and denies of hosts and networks that are in use somewhere, then a deny of everything."""
    yield f"ip access-list extended {name}"
    for number in range(lines - 2):
        if number < len(named):
            camera = f"host {named[number]}"
        else:
            camera = f"10.{dice.choice([7, 7, 7, 30, 31, 40])}.{dice.randrange(256)}.{dice.randrange(64) * 4} 0.0.0.3"
        other = f"host 10.0.{dice.randrange(2, 4) if number % 20 else 0}.{dice.randrange(2, 250)}"
        ends = (camera, other) if out else (other, camera)
        yield f" permit tcp {ends[0]} {ends[1]} eq {dice.choice([22, 80, 443, 445, 3389])}"
    yield " deny ip any 10.0.0.0 0.0.255.255" if out else " deny ip 10.0.0.0 0.0.255.255 any"
    yield " deny ip any any"


def router(lines: int, named: list[str]) -> str:
    """The configuration of the one router."""
    dice = random.Random(7)
    text = ["! Last configuration change at 16:20:05 CET Sun Nov 1 2026 by admin", "hostname r1", "ip routing"]
    for number, network in enumerate(["10.0.0", "10.0.1"]):
        text += [f"interface Vlan{10 + number}", f" ip address {network}.1 255.255.255.0"]
    networks = [f"10.8.{third}" for third in range(4)] + [f"10.9.{third}" for third in range(4, 40)]
    for number, network in enumerate(networks):
        text += [f"interface Vlan{100 + number}", f" ip address {network}.1 255.255.255.0"]
        text += [" ip access-group FROM-CAMERAS in", " ip access-group TO-CAMERAS out"]
    text += ["interface GigabitEthernet0/1", " ip address 198.51.100.2 255.255.255.252"]
    text += ["ip route 0.0.0.0 0.0.0.0 198.51.100.1"]
    text += access_list("FROM-CAMERAS", lines // 2, named, out=True, dice=dice)
    text += access_list("TO-CAMERAS", lines - lines // 2, named, out=False, dice=dice)
    return "\n".join(text) + "\n"


def main() -> int:
    """Make, ask, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--devices", type=int, default=2000)
    asked.add_argument("--lines", type=int, default=2000)
    asked.add_argument("--named", type=int, default=200)
    given = asked.parse_args()
    with TemporaryDirectory() as text:
        folder = Path(text)
        case = folder / "case.sqlite"
        addresses = [address(number) for number in range(given.devices)]
        rows = [f"C-{number:05},Camera,Hikvision,{one}" for number, one in enumerate(addresses)]
        (folder / "register.csv").write_text("Tag,Description,Brand,IP\n" + "\n".join(rows) + "\n", encoding="utf-8")
        sites = SITES.format(yes=DECIDED.format("yes"), no=DECIDED.format("no"))
        (folder / "sites.yml").write_text(sites, encoding="utf-8")
        named = random.Random(3).sample(addresses, min(given.named, len(addresses)))
        (folder / "r1.cfg").write_text(router(given.lines, named), encoding="utf-8")
        audit = ["audit", folder / "register.csv", "--sites", folder / "sites.yml", "--case", case, "--quiet"]
        subprocess.run([*COMMAND, *map(str, audit)], check=False)
        begin = time.perf_counter()
        reach = ["reach", "--case", case, folder / "r1.cfg", "--json"]
        told = subprocess.run([*COMMAND, *map(str, reach)], check=False, capture_output=True)
        seconds = time.perf_counter() - begin
        devices = json.loads(told.stdout)["devices"]
        found = Counter(path["status"] for device in devices for path in device["paths"])
        print(f"{len(devices):,} devices, {given.lines:,} lines, {given.named:,} named: {seconds:.1f} s; {dict(found)}")
    return 1 if seconds > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
