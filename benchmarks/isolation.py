"""Are 200 isolated and 200 leaking cameras told apart? Captures are made, read as a user would, and held against truth.

    python benchmarks/isolation.py [--isolated 200] [--leaking 200] [--keep DIR]

Three captures after isolation: 50 hours, in which every leak comes at least once; 26 hours; and 8 hours, too short for
anybody to be called isolated. The recorder and the resolver of the cameras go outside all the time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab.leaks import DAY, START, Camera, estate, frames, register, write

HOURS = (50, 26, 8)


def custodiet(*arguments: object) -> tuple[int, bytes, float]:
    """Exit code, output and seconds of a command in a process of its own."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "custodiet", *map(str, arguments)], stdout=subprocess.PIPE, check=False
    )
    return done.returncode, done.stdout, time.perf_counter() - began


def told_apart(folder: Path, cameras: list[Camera], hours: int) -> bool:
    """Print what was said of each kind of camera; whether nothing was missed and nobody accused."""
    capture = folder / f"after-{hours}.pcap"
    packets = write(capture, frames(cameras, hours))
    code, out, seconds = custodiet(
        "isolate", "verify", "--case", folder / "case.sqlite", "--before", folder / "before.pcap", "--after", capture,
        "--key", folder / "key", "--out", folder / f"statement-{hours}.json", "--json",
    )  # fmt: skip
    said = {one["label"]: one for one in json.loads(out)["statement"]["predicate"]["devices"]}
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for camera in cameras:
        table[camera.kind][said[camera.host.ip]["verdict"]] += 1
    checked, _, _ = custodiet("isolate", "check", folder / f"statement-{hours}.json", "--captures", capture, "-q")
    print(
        f"\n{hours} hours after: {packets:,} packets, {capture.stat().st_size / 1e6:,.0f} MB, "
        f"verified in {seconds:.1f} s, exit code {code}; isolate check: {checked}"
    )
    words = ("isolated as far as seen", "leaks", "doubtful", "too short", "not seen")
    print(f"  {'in truth':<20}" + "".join(f"{word.partition(' as')[0]:>11}" for word in words))
    for kind in sorted(table):
        print(f"  {kind or 'isolated':<20}" + "".join(f"{table[kind][word]:>11,}" for word in words))
    missed = sum(number for kind, told in table.items() if kind for word, number in told.items() if word == words[0])
    unnamed = sum(number for kind, told in table.items() if kind for word, number in told.items() if word != "leaks")
    accused = table[""]["leaks"]
    told_isolated = table[""][words[0]]
    print(
        f"  leaking and called isolated: {missed}; leaking and not called so: {unnamed}; "
        f"isolated and accused: {accused}; isolated and called so: {told_isolated} of {table[''].total()}"
    )
    if checked != 0 or missed or accused:
        return False
    return (hours < 24 and not told_isolated) or (hours >= 24 and not unnamed and told_isolated == table[""].total())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--isolated", type=int, default=200)
    parser.add_argument("--leaking", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="keep captures and statements in this folder")
    given = parser.parse_args()
    cameras = estate(given.isolated, given.leaking)
    with tempfile.TemporaryDirectory(prefix="isolation-") as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "key").write_bytes(bytes(range(32)))
        (folder / "list.csv").write_text(register(cameras), encoding="utf-8")
        custodiet("identify", folder / "list.csv", "--case", folder / "case.sqlite", "-q")
        packets = write(folder / "before.pcap", frames(cameras, 26, before=True, start=START - 30 * DAY))
        print(f"{given.isolated} isolated and {given.leaking} leaking cameras; 26 hours before: {packets:,} packets")
        good = [told_apart(folder, cameras, hours) for hours in HOURS]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nlargest process: {peak:,.0f} MiB; {'all as it should be' if all(good) else 'NOT as it should be'}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
