"""Finding devices: hosts a second, packets a host and recall against nmap and masscan, and what it costs.

Makes proving grounds of its own, each in its namespaces, and sweeps them as fast as it goes (a preset of this script;
those of the product are gentle). Same estate, same run, same ports, packets counted by the router between the two.

    python benchmarks/find.py [--part nmap,masscan,busy,cost,whole,gentle] [--devices 60]

Needs root, nftables and iproute2; nmap and masscan where they are compared. nmap takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweeping import (
    CAMERA_PORTS,
    NOBODY,
    Ground,
    arrived,
    busy,
    identified,
    load,
    proving_ground,
    reachable,
    scratch,
    sweep,
    why_not,
)

PORTS = ",".join(map(str, CAMERA_PORTS))
NAME = f"cst-bench-{os.getpid()}"


def found_in(log: Path) -> tuple[set[str], set[str]]:
    """Addresses with an open port, and addresses of which something was heard."""
    opened, answered = set(), set()
    for line in log.open("rb"):
        if line.startswith(b'{"type":"heard"') and b'"open"' in line:
            opened.add(json.loads(line)["address"])
        elif line.startswith(b'{"type":"exchange"'):
            exchange = json.loads(line)["exchange"]
            if exchange.get("answers"):
                answered.add(exchange.get("sender") or exchange["target"])
    return opened, answered


def named(found: dict[str, dict[str, str]], rows: list[dict[str, Any]]) -> tuple[int, int]:
    """Of the devices whose maker the manifest expects to be named: how many are, and how many there are."""
    wanted = {row["address"]: row["expected"]["manufacturer"] for row in rows if "manufacturer" in row["expected"]}
    return sum(found.get(address, {}).get("manufacturer") == maker for address, maker in wanted.items()), len(wanted)


class Watch:
    """Counts packets on the way to the estate, and knows when the last one went by."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.begun = self.last = time.perf_counter()
        self._first = self._seen = arrived(ground)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            now = arrived(self._ground)
            if now != self._seen:
                self._seen, self.last = now, time.perf_counter()

    def end(self) -> tuple[int, float, float]:
        """Packets, seconds until the last of them, seconds until now."""
        self._over.set()
        self._thread.join()
        now = time.perf_counter()
        return arrived(self._ground) - self._first, self.last - self.begun, now - self.begun


def ours(ground: Ground, networks: list[str], label: str, **options: Any) -> dict[str, Any]:
    """Sweep and identify, measured from the start of the first process to the end of the last; printed."""
    rows = reachable(ground, networks)
    with scratch() as folder:
        watch = Watch(ground)
        begun = time.perf_counter()
        figures = sweep(ground, folder, networks=networks, **options)
        found, reading, cpu = identified(figures["log"])
        took = time.perf_counter() - begun
        packets, _, _ = watch.end()
        opened, _ = found_in(figures["log"])
    got, expected = named(found, rows)
    hosts = figures["addresses"]
    print(
        f"  {label:34} {took:7.1f} s ({figures['process']:.1f} sweep, {reading:.1f} identify)  {hosts / took:7.1f} hosts/s  "
        f"{packets / hosts:5.1f} packets/host ({figures['packets']:,} in the ledger, {packets:,} on the wire)  "
        f"found {sum(row['address'] in opened for row in rows)} of {len(rows)}, maker named {got} of {expected}  "
        f"CPU {figures['cpu'] + cpu:.1f} s  [{load()}]",
        flush=True,
    )
    return {"took": took, "rate": hosts / took, "packets": packets / hosts, "named": got, "hosts": hosts}


# --- against nmap


def part_nmap(devices: int) -> None:
    """To full identification: raw and without rights, against `nmap -sS -sV -T4`."""
    networks = ["10.77.32.0/24"]
    with proving_ground(f"{NAME}-n", devices=devices, fragile=0) as ground, scratch() as folder:
        rows = reachable(ground, networks)
        print(f"\nTo full identification: {networks[0]}, {len(rows)} devices with camera ports, ports {PORTS}")
        raw = ours(ground, networks, "custodiet find, raw")
        plain = ours(ground, networks, "custodiet find, connect, no rights", raw=False, witness=False, user=NOBODY)
        if not shutil.which("nmap"):
            print("  nmap is not here")
            return
        watch = Watch(ground)
        ground.run("nmap", "-n", "-Pn", "-sS", "-sV", "-T4", "-p", PORTS, "-oX", str(folder / "n.xml"), *networks,
                   seconds=3600)  # fmt: skip
        packets, _, took = watch.end()
        texts = nmap_texts(folder / "n.xml")
        words = {
            row["address"]: {row["maker"], row["brand"].lower()} - {""}
            for row in rows
            if "manufacturer" in row["expected"]
        }
        got = sum(any(word in texts.get(address, "") for word in wanted) for address, wanted in words.items())
        hosts = raw["hosts"]
        print(
            f"  {'nmap -sS -sV -T4':34} {took:7.1f} s{'':28}  {hosts / took:7.1f} hosts/s  {packets / hosts:5.1f} packets/host "
            f"({packets:,} on the wire)  found {sum(row['address'] in texts for row in rows)} of {len(rows)}, "
            f"maker or label named {got} of {len(words)}, any product {sum(bool(texts.get(row['address'])) for row in rows)}"
            f"  [{load()}]"
        )
        print(
            f"  raw: {raw['rate'] * took / hosts:.0f} times the hosts a second (30 wanted), "
            f"{raw['packets'] * hosts / packets:.2f} of the packets a host (0.20 wanted at most); "
            f"without rights: {plain['rate'] * took / hosts:.0f} times (10 wanted)"
        )


def nmap_texts(path: Path) -> dict[str, str]:
    """Address -> all that nmap says of its open ports, in lower case."""
    texts: dict[str, str] = {}
    for host in ElementTree.parse(path).getroot().iter("host"):  # written by the nmap we ran
        address = host.find("address").get("addr")  # type: ignore[union-attr]
        for port in host.iter("port"):
            if port.find("state").get("state") != "open":  # type: ignore[union-attr]
                continue
            said = port.find("service")
            parts = (
                []
                if said is None
                else [said.get(key, "") for key in ("product", "extrainfo", "devicetype", "hostname")]
            )
            parts += [one.text or "" for one in port.iter("cpe")]
            texts[address] = (texts.get(address, "") + " " + " ".join(parts)).lower().strip()
    return texts


# --- against masscan


def part_masscan(_: int) -> None:
    """Both at 10,000 packets a second over a /20 with about 400 devices."""
    networks, rate = ["10.77.32.0/20"], 10_000
    with proving_ground(f"{NAME}-m", devices=440, fragile=0) as ground, scratch() as folder:
        rows = reachable(ground, networks)
        print(f"\nAt {rate:,} packets a second: {networks[0]}, {len(rows)} devices with camera ports, ports {PORTS}")
        ours(ground, networks, "custodiet find, raw, identified", rate=float(rate))
        watch = Watch(ground)
        figures = sweep(ground, folder, networks=networks, rate=float(rate))
        packets, last, took = watch.end()
        opened, answered = found_in(figures["log"])
        hosts = figures["addresses"]
        report("custodiet find, raw, answers only", hosts, packets, last, took, rows, opened, answered)
        if not shutil.which("masscan"):
            print("  masscan is not here")
            return
        # the kernel must not take back what masscan opens; its own packets do not pass here
        ground.run("nft", "add table ip bench; add chain ip bench out { type filter hook output priority 0; }; "
                   "add rule ip bench out tcp sport 61000 drop")  # fmt: skip
        router = json.loads(
            subprocess.run(["ip", "-n", f"{ground.name}-router", "-j", "link", "show", "up0"], capture_output=True, check=True).stdout
        )[0]["address"]  # fmt: skip
        out = folder / "m.json"
        watch = Watch(ground)
        process = subprocess.Popen(
            ["ip", "netns", "exec", f"{ground.name}-scan", "masscan", *networks, "-p", PORTS, "--rate", str(rate),
             "--banners", "--adapter", "up0", "--adapter-ip", "10.70.0.2", "--source-port", "61000", "--router-mac",
             router, "--wait", "3", "-oJ", str(out)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.terminate()  # on a silent network it does not end by itself
            process.wait()
        packets, last, took = watch.end()
        opened, answered = set(), set()
        for line in out.read_text().splitlines():
            if line.startswith("{"):
                record = json.loads(line.rstrip(","))
                for port in record.get("ports", []):
                    opened.add(record["ip"])
                    if port.get("service", {}).get("banner"):
                        answered.add(record["ip"])
        report("masscan --banners", hosts, packets, last, took, rows, opened, answered)


def report(
    label: str, hosts: int, packets: int, last: float, took: float, rows: list[dict[str, Any]], opened: set[str], heard: set[str]
) -> None:  # fmt: skip
    print(
        f"  {label:34} {took:7.1f} s, last packet after {last:.1f} s  {hosts / took:7.1f} hosts/s ({hosts / last:.1f} until then)  "
        f"{packets / hosts:5.1f} packets/host  found {sum(row['address'] in opened for row in rows)} of {len(rows)}, "
        f"answers of {sum(row['address'] in heard for row in rows)}  [{load()}]",
        flush=True,
    )


# --- nobody missed


def part_busy(_: int) -> None:
    """Five runs on a quiet machine and five with both cores kept busy."""
    networks = ["10.77.32.0/21"]
    with proving_ground(f"{NAME}-b", devices=440, fragile=0) as ground:
        rows = reachable(ground, networks)
        print(f"\nNobody missed: {networks[0]}, {len(rows)} devices with camera ports")
        for label, cores, options in (
            ("raw, quiet", 0, {}),
            ("raw, cores busy", os.cpu_count() or 2, {}),
            ("connect, cores busy", os.cpu_count() or 2, {"raw": False, "witness": False}),
        ):
            with busy(cores):
                for number in range(5):
                    with scratch() as folder:
                        figures = sweep(ground, folder, networks=networks, seed=number, **options)
                        opened, answered = found_in(figures["log"])
                    speaks = {row["address"] for row in rows if set(row["tcp"]) & {80, 443, 554, 8080, 8443}}
                    print(
                        f"  {label:20} run {number + 1}: {figures['process']:5.1f} s, missed {sum(r['address'] not in opened for r in rows)} "
                        f"of {len(rows)}, no answer of {len(speaks - answered)} of {len(speaks)} that speak; "
                        f"late by {figures['worst_lag']:.2f} s at worst  [{load()}]",
                        flush=True,
                    )


# --- what it costs


def part_cost(devices: int) -> None:
    """CPU microseconds an address and a question."""
    with proving_ground(f"{NAME}-c", devices=440, fragile=0) as ground, scratch() as folder:
        print("\nCPU of the sweep (ledger, log and witness included)")
        for label, options in (
            ("raw, witnessed", {}),
            ("connect, witnessed", {"raw": False}),
            ("connect, no rights", {"raw": False, "witness": False, "at_once": 2000}),
        ):
            networks = ["10.77.128.0/19" if options == {} else "10.77.128.0/21"]
            empty = sweep(ground, folder, networks=networks, **options)
            knock = empty["cpu"] / empty["knocks"] * 1e6
            living = [str(row["address"]) for row in reachable(ground, ["10.77.32.0/20"])]
            full = sweep(ground, folder, networks=living, **options)
            rest = (full["cpu"] - len(living) * len(CAMERA_PORTS) * knock / 1e6) / full["questions"] * 1e6
            print(
                f"  {label:20} {empty['cpu'] / empty['addresses'] * 1e6:7.0f} µs an address where nobody lives ({knock:.0f} µs a knock), "
                f"{rest:7.0f} µs a question to one who lives ({full['questions']:,} questions)  [{load()}]",
                flush=True,
            )


def part_whole(_: int) -> None:
    """A /16 with 2,000 devices, as fast as it goes."""
    networks = ["10.77.0.0/16"]
    with proving_ground(f"{NAME}-w", devices=2000, fragile=0) as ground:
        rows = reachable(ground, networks)
        print(f"\nA whole {networks[0]}, {len(rows)} devices with camera ports")
        for number in range(5):
            with scratch() as folder:
                figures = sweep(ground, folder, networks=networks, seed=number, at_once=1000)
                opened, answered = found_in(figures["log"])
                line = ""
                if number == 0:
                    found, took, _ = identified(figures["log"])
                    line = "; identified in {:.1f} s, maker named {} of {}".format(took, *named(found, rows))
            speaks = {row["address"] for row in rows if set(row["tcp"]) & {80, 443, 554, 8080, 8443}}
            print(
                f"  run {number + 1}: {figures['process']:.1f} s, {figures['packets'] / figures['addresses']:.2f} packets an address, "
                f"missed {sum(row['address'] not in opened for row in rows)}, no answer of {len(speaks - answered)} of {len(speaks)} that speak, "
                f"CPU {figures['cpu']:.1f} s{line}  {figures['gaps'] or ''}[{load()}]",
                flush=True,
            )


# --- gentle


def part_gentle(devices: int) -> None:
    """What the plan says of a /16 in `gentle`, and a /24 of it in real time."""
    from custodiet.probes.plan import PRESETS, Plan, estimate
    from custodiet.probes.questions import questions_of, stages_of

    gentle = next(one for one in PRESETS if one.id == "gentle")
    first, *later = stages_of("gentle")
    plan = Plan(
        networks=("10.77.0.0/16",), questions=(), first=first, rest=tuple(port for stage in later for port in stage),
        preset="gentle", rate=gentle.rate, seed=1, started=0.0,
    )  # fmt: skip
    print("\nA /16 in `gentle`, against the 7 days of BOD 23-01")
    for share in (0.03, 0.1, 1.0):
        told = estimate(plan, questions_of("gentle"), addresses=65_534, share=share)
        print(
            f"  by calculation, {share:4.0%} of the addresses living: {told.packets:,} packets, {told.seconds / 3600:.1f} hours "
            f"({told.seconds / 86400:.2f} days)"
        )
    networks = ["10.77.32.0/24"]
    with proving_ground(f"{NAME}-g", devices=devices, fragile=0) as ground, scratch() as folder:
        living = sum(row["network"] == "site1" and row["drops"] != "all" for row in ground.devices)
        told = estimate(plan, questions_of("gentle"), addresses=254, share=living / 254)
        figures = sweep(ground, folder, networks=networks, preset="gentle", ports=[])
        print(
            f"  a /24 of it, {living} living, in real time: {figures['wall']:.0f} s and {figures['packets']:,} packets "
            f"(calculated {told.seconds:.0f} s, {told.packets:,}); a /16 as dense as this: {figures['wall'] * 258 / 86400:.2f} days"
        )


PARTS: dict[str, Callable[[int], None]] = {
    "nmap": part_nmap, "masscan": part_masscan, "busy": part_busy, "cost": part_cost, "whole": part_whole,
    "gentle": part_gentle,
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--part", default=",".join(PARTS))
    parser.add_argument(
        "--devices", type=int, default=240, help="of the estate of nmap and gentle; about a third is swept"
    )
    given = parser.parse_args()
    if reason := why_not():
        print(reason)
        return 2
    for name in given.part.split(","):
        PARTS[name](given.devices)
    return 0


if __name__ == "__main__":
    sys.exit(main())
