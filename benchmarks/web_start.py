"""How soon ``custodiet serve`` shows its first page, and how much memory it has when nobody asks for anything.

    python benchmarks/web_start.py [--case FILE] [--idle SECONDS]

Starts the server with a new folder and no case, with the example's case (``make audit`` makes it), again with the same
folder, when that case is there already, and each of these once before so that the disk's cache is warm. Printed are the
seconds until the first page was answered, the processor's time of all its processes until then, and, after it was left
alone for half a minute, the memory of the server and of its worker: as the system counts it for each, and together with
what they share counted once.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from register import shared_out
from web_import import family, free_port, used

FIRST_PAGE = 3.0
"""Seconds."""
IDLE_MIB = 200
EXAMPLE = Path(__file__).resolve().parents[1] / "out" / "waterwijk" / "waterwijk.sqlite"


def resident(process: int) -> float:
    """MiB of a process, with all that it has in common with others."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def first_page(folder: Path, case: Path | None, idle: float) -> tuple[float, float, list[tuple[float, float]]]:
    """Seconds, CPU seconds, and after a while (resident, shared out) MiB of the server and what it started."""
    port = free_port()
    command = [sys.executable, "-m", "custodiet", "serve", "--folder", str(folder), "--port", str(port)]
    # without bytecode every start compiles the program anew, which no installed program does
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    with (folder.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *(["--case", str(case)] if case else [])], stdout=log, stderr=log, env=environment
        )
    try:
        while not answered(port):
            if process.poll() is not None:
                raise SystemExit((folder.parent / "server.log").read_text())
            time.sleep(0.01)
        took, cpu = time.perf_counter() - begin, used(process.pid)
        time.sleep(idle)
        memory = [(resident(one), shared_out(one)) for one in family(process.pid)] if idle else []
    finally:
        process.terminate()
        process.wait(30)
    return took, cpu, memory


def answered(port: int) -> bool:
    """Whether the first page that anybody sees comes."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    try:
        connection.request("GET", "/sign-in/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--case", type=Path, default=EXAMPLE, help="instead of the example's")
    read.add_argument("--idle", type=float, default=30.0, help="seconds to be left alone")
    told = read.parse_args()
    if not told.case.exists():
        raise SystemExit(f"{told.case} is not there: make it with: make audit")
    print(f"load of this machine {os.getloadavg()[0]:.1f}")
    fine = True
    with tempfile.TemporaryDirectory(prefix="custodiet-benchmark-") as name:
        first_page(Path(name, "warm"), told.case, 0)
        for words, folder, case in (
            ("nothing there", "bare", None),
            ("with a new case", "case", told.case),
            ("with a case that is there", "case", told.case),
        ):
            took, cpu, memory = first_page(Path(name, folder), case, told.idle)
            each = ", ".join(f"{whole:.0f}" for whole, _ in memory)
            together = sum(share for _, share in memory)
            print(f"{words:26}{took:6.2f} s{cpu:6.2f} CPU s   idle MiB: {each}; together {together:.0f}")
            fine = fine and took < FIRST_PAGE and together < IDLE_MIB
    print(f"limits {FIRST_PAGE:.0f} s and {IDLE_MIB} MiB together: {'held' if fine else 'NOT HELD'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
