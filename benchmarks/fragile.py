"""Fragile cameras, printers and controllers, and the rate as it is on the wire.

    python benchmarks/fragile.py [--part sweeps,rate] [--sweeps 100] [--cameras 20] [--factor 10]

`sweeps`: so many sweeps of so many fragile cameras in the default preset. What is scaled: one estate with `factor` times
the cameras is swept with `factor` times the rate and devices at once, a `factor`th as often; so each camera gets the same
questions with the same pauses as it would. One sweep is done unscaled beside it, over printers and controllers too.
`rate`: frames that leave, counted by a tap of its own, against what was asked; alone, and two jobs beside each other.
Needs root, nftables and iproute2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from sweeping import Ground, figures_of, load, proving_ground, scratch, start, sweep, why_not

from lab.tap import Frame, tapped  # isort: skip

NAME = f"cst-frag-{os.getpid()}"


def harm(ground: Ground) -> str:
    """What the estate has counted."""
    status = ground.status()
    return (
        f"dead {len(status['dead'])} of {status['fragile']}, pages printed {sum(status['wasted_pages'].values())}, "
        f"machines touched {sum(status['touched_machines'].values())}, log-ins {status['log_ins_tried']}; "
        f"at most {status['most_packets_in_a_second']} packets in a second and "
        f"{status['most_connections_at_once']} connections at once"
    )


def part_sweeps(given: argparse.Namespace) -> bool:
    """Many sweeps of fragile cameras."""
    rounds = -(-given.sweeps // given.factor)
    with proving_ground(f"{NAME}-a", devices=40, fragile=given.cameras * given.factor) as ground, scratch() as folder:
        fragile = [str(row["address"]) for row in ground.devices if row["fragile"]]
        print(
            f"\nFragile cameras in `gentle`: {given.sweeps} sweeps of {given.cameras}, as {rounds} of {len(fragile)} at "
            f"{given.factor} times the rate and devices at once; pauses of each device unscaled"
        )
        for number in range(rounds):
            figures = sweep(
                ground, folder, networks=fragile, preset="gentle", ports=[], rate=50.0 * given.factor,
                beside=given.factor, seed=number,
            )  # fmt: skip
            print(
                f"  {number + 1}: {figures['wall']:.0f} s, {figures['packets'] / len(fragile):.0f} packets a camera, "
                f"{figures['answered']} answered, {figures['left_alone']} left alone; {harm(ground)}  [{load()}]",
                flush=True,
            )
        good = not ground.status()["dead"]
    with proving_ground(f"{NAME}-b", devices=80, fragile=given.cameras) as ground, scratch() as folder:
        there = [str(row["address"]) for row in ground.devices if row["seen"]]
        for preset in ("gentle", "standard"):
            figures = sweep(ground, folder, networks=there, preset=preset, questions=preset, ports=[], near=True)
            print(
                f"  unscaled, {preset}, {len(there)} devices with printers and controllers: {figures['wall']:.0f} s, "
                f"{figures['left_alone']} left alone; {harm(ground)}  [{load()}]",
                flush=True,
            )
        status = ground.status()
        return good and not (status["dead"] or status["wasted_pages"] or status["touched_machines"])


def measured(frames: list[Frame]) -> float:
    """Frames a second between the first and the last; the last one's turn has only begun."""
    return (len(frames) - 1) / (frames[-1].at - frames[0].at)


def worst_second(frames: list[Frame]) -> int:
    """The most frames in any second."""
    most = first = 0
    for last, frame in enumerate(frames):
        while frames[first].at <= frame.at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def part_rate(given: argparse.Namespace) -> bool:
    """The rate on the wire."""
    good = True
    with proving_ground(f"{NAME}-r", devices=440, fragile=0) as ground, scratch() as folder:
        lives, empty = ["10.77.32.0/20"], ["10.77.128.0/20"]
        tasks: list[tuple[str, float, float, list[dict[str, Any]]]] = [
            ("silence", 0.5, 60, [{"networks": empty}]),
            ("silence", 5, 30, [{"networks": empty}]),
            ("devices", 5, 90, [{"networks": lives}]),
            ("devices", 50, 30, [{"networks": lives}]),
            ("devices", 500, 15, [{"networks": lives}]),
            ("devices", 2000, 8, [{"networks": lives}]),
            ("two jobs", 50, 30, [{"networks": ["10.77.32.0/22"]}, {"networks": ["10.77.36.0/22"]}]),
            ("two jobs", 500, 12, [{"networks": ["10.77.32.0/22"]}, {"networks": ["10.77.36.0/22"]}]),
        ]
        print("\nFrames that leave a second, by a tap beside the sweep")
        for label, rate, seconds, jobs in tasks:
            turns = str(folder / f"turns{time.time_ns()}")
            with tapped(f"{ground.name}-scan", Path(folder / "tap")) as frames:
                running = [
                    start(ground, folder, rate=rate, seconds=seconds, turns=turns, seed=number, **job)
                    for number, job in enumerate(jobs)
                ]
                figures = [figures_of(one) for one in running]
            packets = sum(one["packets"] for one in figures)
            # after the stop only what was begun comes to its end; two jobs do not begin together
            begun = max(next(f.at for f in frames if f.to in _of(job)) for job in jobs)
            counted = [frame for frame in frames if begun <= frame.at <= begun + seconds - 0.5]
            got = measured(counted)
            off = 100 * (got / rate - 1)
            good = good and abs(off) <= 2
            print(
                f"  {label:9} asked {rate:6g}/s: {got:9.3f}/s ({off:+.2f} %) over {counted[-1].at - counted[0].at:.0f} s, "
                f"{len(frames):,} frames on the wire, {packets:,} in the ledger; most in a second {worst_second(counted)}; "
                f"late by {max(one['worst_lag'] for one in figures):.2f} s  [{load()}]",
                flush=True,
            )
    return good


class _of:
    """The addresses of a job."""

    def __init__(self, job: dict[str, Any]) -> None:
        from ipaddress import ip_network

        self._networks = [ip_network(one) for one in job["networks"]]

    def __contains__(self, address: str) -> bool:
        from ipaddress import ip_address

        return any(ip_address(address) in network for network in self._networks)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--part", default="sweeps,rate")
    parser.add_argument("--sweeps", type=int, default=100)
    parser.add_argument("--cameras", type=int, default=20)
    parser.add_argument("--factor", type=int, default=10)
    given = parser.parse_args()
    if reason := why_not():
        print(reason)
        return 2
    parts = {"sweeps": part_sweeps, "rate": part_rate}
    results = {name: parts[name](given) for name in given.part.split(",")}
    print(json.dumps(results))
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
