"""How fast and in how much memory a large register is identified.

    python benchmarks/register.py [ROWS]

Makes a register of 100,000 rows (seeded, the same bytes each time) in a temporary folder: half the rows have columns
for brand, model and serial number, half say all of it in one sentence of their own, with a count and an order number.
Then, each in a process of its own:

- the floor: reading the same file with Python's ``csv``;
- ours: ``custodiet identify`` as a user calls it, the catalog in its cache; run twice, for its time and, watched, for
  its memory, since whoever looks at the memory of processes five times a second takes time from them;
- the peer: a plain loop of ``re`` that asks every expression for brands and models of the words of each row, and does
  nothing else; it is timed on the first 5,000 rows and told for all.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LIMIT_SECONDS = 30
LIMIT_MIB = 512
"""Of all processes together, what they share counted once."""

ASKED_BY_PEER = 5_000
SAMPLED = 0.2
"""Seconds between two looks at the memory."""

DEVICES = [
    ("Axis", "P3245-LVE"),
    ("Bosch", "NDE-3502-AL"),
    ("Dahua", "DH-IPC-HDBW4231F-AS"),
    ("Dahua", "IPC-HFW2831TP-ZAS"),
    ("Hanwha", "QNV-8080R"),
    ("Hanwha", "XRN-810S"),
    ("Hikvision", "DS-2CD2143G2-I"),
    ("Hikvision", "DS-7608NI-K2"),
    ("Reolink", "RLC-810A"),
    ("Sony", "SNC-VB770"),
    ("Uniview", "IPC3614LE-ADF28K"),
    ("Vivotek", "FD9189-HT"),
]
WORDS = [
    "dome camera",
    "bullet camera buiten",
    "intercom hoofdingang",
    "recorder 16 kanaals",
    "switch 24 poorts",
    "telefoon toestel",
    "printer kantoor",
    "kantoormeubel",
]
HEADINGS = ["Nr", "Merk", "Model", "Omschrijving", "Locatie", "Serienummer"]


def make_register(path: Path, rows: int) -> None:
    """A register in which brands, models, sentences and serial numbers take turns."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(HEADINGS)
        for number in range(rows):
            brand, model = chance.choice(DEVICES)
            words, place = chance.choice(WORDS), f"Gebouw {chance.randrange(300)}"
            if chance.random() < 0.5:
                told = f"{words} {chance.randrange(1, 40)}x verdieping {chance.randrange(12)}"
                writer.writerow([number, brand, model, told, place, f"SN{chance.randrange(10**9)}"])
            else:
                order = chance.randrange(10**6)
                told = f"{chance.randrange(1, 41)} st. {brand} {model} {words} incl. montage order {order}"
                writer.writerow([number, "", "", told, place, ""])


class Used(NamedTuple):
    """What a command needed."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of all its processes."""
    largest: float
    """MiB at the peak of its largest process."""
    together: float
    """MiB of all its processes at their peak, what they share counted once; 0 where the system does not tell."""
    processes: int
    """At most at a time."""


def timed(command: list[str], *, watched: bool = False) -> Used:
    """Run a command to its end.

    Args:
        command: what to run.
        watched: look at the memory of all its processes, which takes time from them.
    """
    # without bytecode every start compiles the program anew, which no installed program does
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment)
    together, most = 0.0, 1
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        if watched:
            sizes = [shared_out(id) for id in family(process.pid)]
            together, most = max(together, sum(sizes)), max(most, len(sizes))
        time.sleep(SAMPLED if time.perf_counter() - begun > 1 else SAMPLED / 20)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    return Used(time.perf_counter() - begun, cpu, used.ru_maxrss / 1024, together, most)


def family(process: int) -> list[int]:
    """A process and all that it started; itself alone where the system does not tell."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        children = []
    return [process, *(id for child in children for id in family(int(child)))]


def shared_out(process: int) -> float:
    """MiB of a process, with its share of what it has in common with others."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("Pss:")), 0.0)


def read_only(path: Path) -> None:
    """The floor."""
    with path.open(encoding="utf-8", newline="") as stream:
        print(f"rows read by csv: {sum(1 for _ in csv.reader(stream, delimiter=';')):,}")


def ask_everything(path: Path) -> None:
    """The peer: every expression for brands and models, of the columns of each row."""
    import re

    from custodiet.catalog import load_catalog

    catalog = load_catalog()
    records = [*catalog.by_attribute("device.text"), *catalog.by_attribute("device.model")]
    searches = [re.compile(record.when.regex).search for record in records if record.when.regex]
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    some = rows[:ASKED_BY_PEER]
    begun = time.process_time()
    held = sum(
        sum(search(word) is not None for search in searches)
        for row in some
        for word in filter(None, (row["Merk"], row["Model"], *row["Omschrijving"].split()))
    )
    seconds = (time.process_time() - begun) * len(rows) / max(len(some), 1)
    print(f"peer (re alone, {len(searches)} expressions, {held:,} matches): {seconds:6.1f} CPU s for all rows")


def main() -> None:
    if "--read" in sys.argv:
        read_only(Path(sys.argv[-1]))
        return
    if "--ask" in sys.argv:
        ask_everything(Path(sys.argv[-1]))
        return
    rows = next((int(one.replace("_", "")) for one in sys.argv[1:] if one[:1].isdigit()), 100_000)
    with tempfile.TemporaryDirectory(prefix="custodiet-benchmark-") as folder:
        path = Path(folder) / "register.csv"
        make_register(path, rows)
        size = path.stat().st_size / 1e6
        print(f"{rows:,} rows, {size:.1f} MB; load of this machine {os.getloadavg()[0]:.1f}")
        command = [sys.executable, "-m", "custodiet", "identify"]
        timed([sys.executable, "-c", "from custodiet.catalog import load_catalog; load_catalog()"])  # fills the cache
        floor = timed([sys.executable, __file__, "--read", str(path)], watched=True)
        ours = timed([*command, str(path), "-q"])
        memory = timed([*command, str(path), "-q"], watched=True)
        ours = memory._replace(wall=ours.wall, cpu=ours.cpu)
        for name, used in (("csv alone", floor), ("identify", ours)):
            print(
                f"{name:10} {used.wall:6.1f} s  {used.cpu:6.1f} CPU s in {used.processes} process(es)  "
                f"{used.largest:5.0f} MiB the largest, {used.together:5.0f} MiB together  "
                f"{rows / used.wall:9,.0f} rows a second"
            )
        timed([sys.executable, __file__, "--ask", str(path)])
        held = "held" if ours.wall < LIMIT_SECONDS else "NOT HELD"
        print(f"limit {LIMIT_SECONDS} s on two quiet cores: {held}")
        print(f"limit {LIMIT_MIB} MiB: {'held' if ours.together < LIMIT_MIB else 'NOT HELD'}")


if __name__ == "__main__":
    main()
