"""A worker does one job under the system calls that the unit of systemd allows, and nothing else is allowed.

    python tests/web/under_a_unit.py FOLDER UNIT

Ends with 77 where the filter cannot be made here, and tells why.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
import time
from pathlib import Path

CANNOT = 77
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO(EPERM)


def sets() -> dict[str, list[str]]:
    """The sets of system calls as systemd has them."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True).stdout
    found: dict[str, list[str]] = {}
    name = ""
    for line in told.splitlines():
        if line.startswith("@"):
            name = line.strip()
            found[name] = []
        elif name and line.startswith(" ") and not line.strip().startswith("#"):
            found[name].append(line.strip())
    return found


def allowed(unit: str) -> set[str]:
    """What the lines ``SystemCallFilter`` of a unit allow, one after the other."""
    known = sets()

    def flat(name: str) -> set[str]:
        return set().union(*map(flat, known[name])) if name in known else {name}

    calls = flat("@default") | {"execve"}
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, re.M):
        named = set().union(*map(flat, line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls | flat("@default")


def shut_in(calls: set[str]) -> None:
    """From now on this process and its children can do these alone."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError as fault:
        print(fault)
        sys.exit(CANNOT)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    made = library.seccomp_init(REFUSE)
    for call in calls:
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            library.seccomp_rule_add(made, ALLOW, number, 0)
    if library.seccomp_load(made):
        print("the filter is not taken here")
        sys.exit(CANNOT)


def main(folder: Path, unit: str) -> int:
    calls = allowed(unit)
    if "read" not in calls:
        print("systemd does not tell its sets here")
        return CANNOT
    shut_in(calls)
    from kills import Run

    from custodiet.web.config import read_config
    from custodiet.web.jobs.keeper import keep_worker
    from custodiet.web.start import migrate, start

    config = read_config(folder, {})
    start(config)
    migrate()
    run = Run(folder, 0)
    run.ask(0)
    end = keep_worker(config)
    begin = time.monotonic()
    while run.seen()["open"] and time.monotonic() - begin < 60:
        time.sleep(0.5)
    end()
    return 1 if run.seen()["open"] or run.seen()["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]).read_text()))
