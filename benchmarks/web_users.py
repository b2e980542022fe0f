"""Many people at work on one large body at once, as the server and they themselves bear it.

    python benchmarks/web_users.py [--users 50] [--minutes 10] [--devices 250000] [--folder DIR]

``custodiet serve`` is a process of its own, over the body that ``benchmarks/web.py`` makes; with a folder, what was made
there is used again. Each of the people has a session and a connection of their own, and thinks for one to five seconds
between two pages (seeded): overviews, filtered lists, searches, devices, reconciliation, changes, sites and work are
looked at; notes, decisions, actions and answers about sites are written; now and then the devices of a site are taken
as a file. At the beginning files of 20,000 devices are brought into another body of the same server.

Printed are how many answers there were of each kind, the times within which half, 95 and 99 of 100 came, the longest,
what failed, and the memory of the server and its worker.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

from web_import import BODY, Browser, bring, family, free_port, make_register, make_scan, peak, prepare, served, used

import web

P95_MS = 800
BROUGHT_IN = 20_000
"""Devices that are brought into another body meanwhile."""
KINDS = {
    "overview": 10, "list": 22, "search": 14, "device": 20, "reconciliation": 5, "changes": 3, "sites": 4, "work": 5,
    "note": 6, "decision": 2, "action": 4, "site answer": 2, "export": 3,
}  # fmt: skip
"""Of a hundred pages, how many are of each kind."""


class Known:
    """What people know of the body: by what they filter, and which devices there are."""

    def __init__(self, browser: Browser) -> None:
        from custodiet.catalog import load_catalog

        listed = json.loads(browser.ask("/b/made/devices/?as=json"))
        far = json.loads(browser.ask("/b/made/devices/?as=json&page=40"))
        self.devices = [row["id"] for row in (*listed["rows"], *far["rows"])]
        self.makers = sorted(load_catalog().companies)[:60]
        self.sites = [f"site-{number:03}" for number in range(web.SITES)]
        told = json.loads(browser.ask(f"/b/made/sites/{self.sites[0]}/?as=json"))
        self.conditions = sorted(_conditions(told))


def _conditions(told: object) -> Iterator[str]:
    """Ids of all conditions that are named anywhere in an answer."""
    if isinstance(told, dict):
        if isinstance(told.get("condition"), str) and told["condition"]:
            yield told["condition"]
        for value in told.values():
            yield from _conditions(value)
    elif isinstance(told, list):
        for value in told:
            yield from _conditions(value)


class Times:
    """What everybody waited for, and what failed."""

    def __init__(self) -> None:
        self.of, self.faults = defaultdict[str, list[float]](list), list[str]()
        self._lock = threading.Lock()

    def add(self, kind: str, milliseconds: float) -> None:
        with self._lock:
            self.of[kind].append(milliseconds)

    def failed(self, kind: str, fault: Exception) -> None:
        with self._lock:
            self.faults.append(f"{kind}: {type(fault).__name__}: {fault}"[:300])


def address(kind: str, known: Known, chance: random.Random) -> tuple[str, dict[str, str] | None]:
    """Where to go, and the form to send there."""
    device, site = chance.choice(known.devices), chance.choice(known.sites)
    maker, due = quote(chance.choice(known.makers)), (date.today() + timedelta(days=chance.randrange(200))).isoformat()
    one = f"devices/{device}/"
    match kind:
        case "list":
            return "devices/?" + chance.choice(
                [
                    f"maker={maker}",
                    f"site={site}&outcome=undetermined",
                    f"outcome=not_satisfied&page={chance.randrange(1, 200)}",
                    f"unseen={chance.randrange(30, 800)}&sort=seen",
                    f"source=register&maker={maker}",
                ]
            ), None
        case "search":
            return (
                f"devices/?q={chance.choice([f'ds-{chance.randrange(3000):04}', site, f'10.{chance.randrange(4)}.'])}",
                None,
            )
        case "device":
            return one, None
        case "note":
            return f"{one}note/", {"text": "Looked at it: the label agrees."}
        case "decision":
            return f"{one}decide/", {"kind": "accepted", "reason": "It is isolated and proven to be.", "until": due}
        case "action":
            kind_of = chance.choice(["isolate", "replace", "remove"])
            return f"{one}action/", {"kind": kind_of, "due": due}
        case "site answer":
            said = {"condition": chance.choice(known.conditions), "answer": chance.choice(["yes", "no", "unknown"])}
            return "site-decision/", {"site": site, "reason": "So says the plan of the building.", **said}
        case "export":
            return f"devices/?site={site}&outcome=not_satisfied&as=csv", None
        case "changes" | "sites" | "work" | "reconciliation":
            return f"{kind}/", None
    return "", None


def visit(number: int, browser: Browser, known: Known, times: Times, until: float) -> None:
    """One of the people, until a moment."""
    chance = random.Random(number)
    kinds = [kind for kind in KINDS if kind != "site answer" or known.conditions]
    while time.monotonic() + (pause := chance.uniform(1, 5)) < until:
        time.sleep(pause)
        [kind] = chance.choices(kinds, [KINDS[one] for one in kinds])
        path, form = address(kind, known, chance)
        begin = time.perf_counter()
        try:
            browser.ask(f"/b/made/{path}", form=form, accept="text/html")
        except (RuntimeError, OSError, http.client.HTTPException) as fault:
            times.failed(kind, fault)
            browser.again()
        times.add(kind, (time.perf_counter() - begin) * 1000)


def meanwhile(browser: Browser, files: list[Path], done: list[str]) -> None:
    """Files are brought into another body; what came of it."""
    with suppress(OSError, RuntimeError):
        import_ = bring(browser, files)
        while True:
            time.sleep(1)
            told = json.loads(browser.ask(import_))
            done[:] = [told["state"], told["reason"]]
            if told["state"] not in ("waiting", "running"):
                return


def part(times: list[float], of_hundred: int) -> float:
    return sorted(times)[-(-len(times) * of_hundred // 100) - 1]


def measure(folder: Path, users: int, minutes: float) -> bool:
    """All of it; whether nothing failed and they did not wait too long."""
    cookies = prepare(folder, "decider", users, "made")
    [editor] = prepare(folder, "editor")
    port, times, done = free_port(), Times(), ["not begun", ""]
    register, scan = folder / "register.csv", folder / "scan.jsonl"
    make_register(register, range(BROUGHT_IN * 11 // 20))
    make_scan(scan, range(BROUGHT_IN * 8 // 20, BROUGHT_IN))
    print(f"{users} users for {minutes:g} minutes; load of this machine {os.getloadavg()[0]:.1f}", flush=True)
    with served(folder, port) as server:
        known = Known(Browser(port, cookies[0]))
        until, cpu = time.monotonic() + minutes * 60, used(server.pid)
        threads = [
            threading.Thread(target=visit, args=(number, Browser(port, cookie), known, times, until))
            for number, cookie in enumerate(cookies)
        ]
        threads.append(threading.Thread(target=meanwhile, args=(Browser(port, editor), [register, scan], done)))
        for thread in threads:
            thread.start()
        worker = 0.0
        while any(thread.is_alive() for thread in threads[:-1]):
            time.sleep(1)
            worker = max([worker, *map(peak, family(server.pid)[1:])])
        print(f"the server took {used(server.pid) - cpu:.0f} CPU s, its worker included")
        print(f"most MiB: server {peak(server.pid):.0f}, worker {worker:.0f}")
        threads[-1].join(600)
    print(f"{'':16}{'answers':>9}{'p50':>9}{'p95':>9}{'p99':>9}{'longest':>9}   in ms")
    all_of = [one for each in times.of.values() for one in each]
    for kind, each in [*times.of.items(), ("all", all_of)]:
        told = "".join(f"{one:9.0f}" for one in (part(each, 50), part(each, 95), part(each, 99), max(each)))
        print(f"{kind:16}{len(each):9}{told}")
    for fault in times.faults[:10]:
        print(f"failed: {fault}")
    print(f"the import of another body: {' '.join(done)}")
    fine = not times.faults and done[0] == "done" and part(all_of, 95) < P95_MS
    print(f"{len(times.faults)} errors; limit none and 95 of 100 within {P95_MS} ms: {'held' if fine else 'NOT HELD'}")
    return fine


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--users", type=int, default=50)
    read.add_argument("--minutes", type=float, default=10)
    read.add_argument("--devices", type=int, default=250_000)
    read.add_argument("--folder", type=Path, help="where everything stands, which is kept and used again")
    told = read.parse_args()
    with tempfile.TemporaryDirectory(prefix="custodiet-benchmark-") as name:
        folder = told.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        prepare(folder, "editor")
        from django.db import transaction

        from custodiet.web.store.models import Body, Device

        if not Device.objects.filter(body="made").exists():
            Body.objects.filter(id="made").delete()
            with transaction.atomic():
                web.make(told.devices)
        print(f"{Device.objects.filter(body='made').count():,} devices in body made, {BODY} beside it")
        return 0 if measure(folder, told.users, told.minutes) else 1


if __name__ == "__main__":
    sys.exit(main())
