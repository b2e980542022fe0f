"""Counting a country: records a second, memory, what a second process gains, and what Spark costs.

Makes its own export in Shodan's form (packed with gzip) and counts it with one process, with two, and with Spark on two
cores of this machine, all in one run; every way must give the same table. The peers are the parts of the way that
cannot be saved: unpacking the file, and unpacking and decoding its JSON.

    python benchmarks/count.py [--records 5000000] [--spark-records 500000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

UNPACK = "import gzip, sys\nwith gzip.open(sys.argv[1]) as f:\n    while f.read(1 << 20): pass"
DECODE = """
import gzip, sys, msgspec
decode = msgspec.json.Decoder(dict).decode
with gzip.open(sys.argv[1]) as f:
    for line in f: decode(line)
"""
COUNT = [sys.executable, "-m", "custodiet", "count", "--by", "maker,country,class", "--all", "--json"]


@dataclass(frozen=True)
class Cost:
    """What a command and all its processes used."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system, of all processes."""
    peak: float
    """MiB of all processes together at the moment they were most, sampled ten times a second."""
    said: bytes
    """Standard output."""


def run(command: list[str]) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed.
    """
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL) as process:
            peak = 0.0
            while True:
                done, status, usage = os.wait4(process.pid, os.WNOHANG)
                if done:
                    break
                peak = max(peak, memory_of(process.pid))
                time.sleep(0.5)  # looking costs a tenth of a core at this pace, and half of one at ten times a second
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begun
        out.seek(0)
        if process.returncode not in (0, 4):
            raise RuntimeError(f"{command[:5]} ended with {process.returncode}")
        return Cost(wall, usage.ru_utime + usage.ru_stime, peak, out.read())


def memory_of(pid: int) -> float:
    """MiB that a process and those it started hold, shared pages counted once (PSS)."""
    total = 0.0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
            for thread in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except (OSError, StopIteration):
            continue
    return total


def shown(name: str, cost: Cost, records: int) -> None:
    print(f"  {name:28} {cost.wall:8.1f} {cost.cpu:8.1f} {records / cost.wall:12,.0f} {cost.peak:9.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--spark-records", type=int, default=500_000, help="0 leaves Spark out")
    parser.add_argument("--folder", type=Path, help="where the export is made; default: a temporary folder")
    arguments = parser.parse_args()
    from make_scan import write

    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        path, small = Path(name, "scan.jsonl.gz"), Path(name, "small.jsonl.gz")
        write(path, arguments.records)
        print(f"{arguments.records:,} records, {path.stat().st_size / 1e6:,.0f} MB packed")
        print(f"  {'':28} {'wall s':>8} {'CPU s':>8} {'records/s':>12} {'peak MiB':>9}")
        for what, program in (("unpacking alone", UNPACK), ("unpacking and JSON alone", DECODE)):
            shown(what, run([sys.executable, "-c", program, str(path)]), arguments.records)
        one = run([*COUNT, "--jobs", "1", str(path)])
        shown("ours, one process", one, arguments.records)
        two = run([*COUNT, "--jobs", "2", str(path)])
        shown("ours, two workers", two, arguments.records)
        same = one.said == two.said
        print(f"  two workers are {one.wall / two.wall:.2f} times one; the same table: {'yes' if same else 'NO'}")
        if arguments.spark_records:
            write(small, arguments.spark_records)
            print(f"{arguments.spark_records:,} records")
            local = run([*COUNT, "--jobs", "2", str(small)])
            shown("ours, two workers", local, arguments.spark_records)
            spark = run([*COUNT, "--engine", "spark", "--master", "local[2]", str(small)])
            shown("Spark local[2]", spark, arguments.spark_records)
            same = same and spark.said == local.said
            print(
                f"  Spark takes {spark.wall / local.wall:.1f} times as long; the same table: {'yes' if same else 'NO'}"
            )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
