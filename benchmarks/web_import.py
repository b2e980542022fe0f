"""How long a large estate takes from files in a browser to pages, and what that needs.

    python benchmarks/web_import.py [DEVICES] [--folder DIR]

Makes files (seeded, the same bytes each time): a register in CSV with 11 rows for 20 devices, and a scan as JSON lines
with 12 answers for 20 devices, three of which the register has too; 250,000 devices give 1,000,000 observations. They are sent to ``custodiet serve``, a process of its own with a new embedded database, or that of
``CUSTODIET_DATABASE_URL``, which must be empty; its worker reads them, joins what it read, concludes, judges by what
binds a Dutch municipality, and puts that into the tables.

Printed are seconds and the processor's time of each phase, of all processes of the server together; the most memory of
each; and, as long as it is put in, how long somebody else waited for a note to be written.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from register import DEVICES, shared_out

LIMIT = 300
"""Seconds, from the first byte that is sent to the last row."""
LONGEST_NOTE = 2.0
"""Seconds that a note may wait while an estate is put in."""
BODY = "large"
PHASES = {
    "gathering": "checkout",
    "reading": "read",
    "joining": "join",
    "identifying": "identify and judge",
    "putting": "publish",
}
"""First word of what a job says that it does -> how it is called here."""
_TICK = os.sysconf("SC_CLK_TCK")


def address(number: int) -> str:
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def make_register(path: Path, devices: range) -> None:
    """A row a device: brand, model, address and place."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Merk;Model;IP-adres;Locatie\n")
        for number in devices:
            brand, model = chance.choice(DEVICES)
            file.write(f"{brand};{model};{address(number)};Gebouw {chance.randrange(300)}\n")


def make_scan(path: Path, devices: range) -> None:
    """An answer a device, as zgrab2 writes them: an address, a port and a server."""
    chance = random.Random(8)
    servers = ["App-webs/", "Boa/0.94.14rc21", "lighttpd/1.4.35", "nginx", "GoAhead-Webs", "Webs"]
    with path.open("w", encoding="utf-8") as file:
        for number in devices:
            response = {
                "status_line": "200 OK",
                "status_code": 200,
                "headers": {"server": [chance.choice(servers)], "content_type": ["text/html"]},
            }
            grab = {
                "status": "success",
                "protocol": "http",
                "timestamp": f"2026-04-{1 + number % 28:02}T19:38:11Z",
                "result": {"response": response},
            }
            file.write(json.dumps({"ip": address(number), "data": {"http": grab}}) + "\n")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Browser:
    """Somebody who is signed in, with a connection that stays open."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie = port, cookie
        self._token = cookie.partition("csrf=")[2].partition(";")[0]
        self.again()

    def again(self) -> None:
        """Begin with a new connection."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)

    def ask(
        self,
        path: str,
        *,
        form: dict[str, str] | None = None,
        body: object = None,
        kind: str = "",
        accept: str = "application/json",
    ) -> bytes:
        """The answer to a question or a form."""
        headers = {
            "Cookie": self._cookie,
            "Host": "localhost",
            "Accept": accept,
            "Connection": "keep-alive",
        }
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self._token}).encode()
            kind = "application/x-www-form-urlencoded"
        if body is not None:
            headers |= {"Content-Type": kind, "X-CSRFToken": self._token}
            if hasattr(body, "size"):
                headers["Content-Length"] = str(body.size)
        self._connection.request("POST" if body is not None else "GET", path, body=body, headers=headers)  # type: ignore[arg-type]
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status not in (200, 302):
            raise RuntimeError(f"{path.partition('?')[0]}: {answer.status} {told[:200]!r}")
        return told if answer.status == 200 else (answer.headers["Location"] or "").encode()


class Form:
    """Files and fields as a browser sends them, made while they are sent."""

    def __init__(self, fields: dict[str, str], files: list[Path]) -> None:
        line = b"--a-line-that-no-file-has\r\nContent-Disposition: form-data; "
        self._parts: list[bytes | Path] = [
            line + f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()
        ]
        for path in files:
            head = f'name="file"; filename="{path.name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
            self._parts += [line + head.encode(), path, b"\r\n"]
        self._parts.append(b"--a-line-that-no-file-has--\r\n")
        self.kind = "multipart/form-data; boundary=a-line-that-no-file-has"
        self.size = sum(part.stat().st_size if isinstance(part, Path) else len(part) for part in self._parts)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
                continue
            with part.open("rb") as file:
                while piece := file.read(1 << 20):
                    yield piece


def prepare(folder: Path, role: str, people: int = 1, body: str = BODY) -> list[str]:
    """Tables, a body if it is not there, and people of a role in it.

    Returns:
        the cookies of each of them.
    """
    from custodiet.web.config import read_config
    from custodiet.web.start import migrate, start

    start(read_config(folder, os.environ))
    migrate()
    from django.db import connections
    from django.test import Client

    from custodiet.web.store.models import Body, Membership, Person

    told = {"name": "Large", "kind": "nl-municipality", "country": "NL"}
    row, _ = Body.objects.get_or_create(id=body, defaults=told)
    cookies = []
    for number in range(people):
        person, _ = Person.objects.get_or_create(email=f"{role}{number}@example.org", defaults={"name": "Somebody"})
        Membership.objects.update_or_create(person=person, body=row, defaults={"role": role})
        client = Client()
        client.force_login(person)
        client.cookies["csrf"] = f"{number:032}"
        cookies.append("; ".join(f"{name}={one.value}" for name, one in client.cookies.items()))
    connections.close_all()
    return cookies


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """``custodiet serve`` as its users start it."""
    command = [sys.executable, "-m", "custodiet", "serve", "--folder", str(folder), "--port", str(port)]
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        else:
            raise RuntimeError((folder / "server.log").read_text(errors="replace")[-2000:])
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def family(process: int) -> list[int]:
    """A process and all that it started, in whichever of its threads."""
    found = [process]
    for one in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += (each for child in one.read_text().split() for each in family(int(child)))
        except OSError:
            continue
    return found


def used(process: int) -> float:
    """Seconds of the processor that a process, all that it started, and what of that ended took."""
    total = 0.0
    for one in family(process):
        try:
            told = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, told[11:15])) / _TICK
    return total


def peak(process: int) -> float:
    """MiB that a process had at most."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", told)
    return int(found[1]) / 1024 if found else 0.0


class Notes:
    """Somebody who writes a note every so often; how long each took, by phase."""

    def __init__(self, browser: Browser, device: str) -> None:
        self._browser, self._device = browser, device
        self.phase, self.longest, self.faults = "", Counter[str](), list[str]()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        while not self._ended.wait(0.25):
            phase, begin = self.phase, time.perf_counter()
            try:
                self._browser.ask(f"/b/{BODY}/devices/{self._device}/note/", form={"text": "looked at it"})
            except (RuntimeError, OSError, http.client.HTTPException) as fault:
                self.faults.append(str(fault)[:300])
                if not isinstance(fault, RuntimeError):
                    return
            took = time.perf_counter() - begin
            for one in {phase, self.phase}:
                self.longest[one] = max(self.longest[one], took)

    def end(self) -> None:
        self._ended.set()
        self._thread.join()


def bring(browser: Browser, files: list[Path]) -> str:
    """Send files to be read at once; the address of the import."""
    form = Form({"at_once": "1"}, files)
    return browser.ask(f"/b/{BODY}/imports/send/", body=form, kind=form.kind).decode()


def follow(
    browser: Browser, import_: str, server: int, notes: Notes | None = None
) -> Iterator[tuple[str, float, float]]:
    """(phase, seconds, CPU seconds) of an import until its end, a little at a time."""
    begin, cpu, phase = time.perf_counter(), used(server), "waiting"
    while True:
        time.sleep(0.25)
        told = json.loads(browser.ask(import_))
        now, cpu_now = time.perf_counter(), used(server)
        yield phase, now - begin, cpu_now - cpu
        begin, cpu = now, cpu_now
        if told["state"] not in ("waiting", "running"):
            if told["state"] != "done":
                raise RuntimeError(f"{told['state']}: {told['reason']}")
            return
        doing = re.split(r"[ |]", told["doing"] or "waiting")[0].lower()
        phase = PHASES.get(doing, phase if doing == "waiting" else doing)
        if notes:
            notes.phase = phase


def measure(folder: Path, devices: int) -> bool:
    """All of it; whether it was quick enough."""
    print(f"{devices:,} devices; load of this machine {os.getloadavg()[0]:.1f}")
    [cookie] = prepare(folder, "editor")
    port = free_port()
    small, register, scan = folder / "first.csv", folder / "register.csv", folder / "scan.jsonl"
    make_register(small, range(devices, devices + 3))
    make_register(register, range(devices * 11 // 20))
    make_scan(scan, range(devices * 8 // 20, devices))
    with served(folder, port) as server:
        browser = Browser(port, cookie)
        for _ in follow(browser, bring(browser, [small]), server.pid):
            pass
        listed = json.loads(browser.ask(f"/b/{BODY}/devices/?as=json"))
        notes = Notes(Browser(port, cookie), listed["rows"][0]["id"])
        seconds, cpu, together = Counter[str](), Counter[str](), 0.0
        begin, cpu_before = time.perf_counter(), used(server.pid)
        import_ = bring(browser, [register, scan])
        seconds["upload"], cpu["upload"] = time.perf_counter() - begin, used(server.pid) - cpu_before
        peaks = dict[int, float]()
        try:
            for phase, took, cpu_took in follow(browser, import_, server.pid, notes):
                seconds[phase] += took
                cpu[phase] += cpu_took
                processes = family(server.pid)
                peaks |= {process: max(peak(process), peaks.get(process, 0)) for process in processes}
                together = max(together, sum(map(shared_out, processes)))
        finally:
            notes.end()
        for phase in seconds:
            waited = f"{notes.longest[phase]:7.2f} s longest note" if notes.longest[phase] else ""
            print(f"{phase:20}{seconds[phase]:8.1f} s{cpu[phase]:8.1f} CPU s{waited}")
        print(f"{'all':20}{seconds.total():8.1f} s{cpu.total():8.1f} CPU s")
        worker = [process for process in peaks if process != server.pid]
        each = ", ".join(f"{peaks[process]:.0f}" for process in worker)
        print(f"most MiB: server {peaks[server.pid]:.0f}; worker and its copies {each}; together {together:.0f}")
        told = json.loads(browser.ask(import_))["came"]["after"]
    print(", ".join(f"{name} {number:,}" for name, number in rows().items()))
    for fault in notes.faults[:3]:
        print(f"a note failed: {fault}")
    quick = seconds.total() < LIMIT
    waited = max(notes.longest.values(), default=0.0)
    print(f"limit {LIMIT} s on two quiet cores: {'held' if quick else 'NOT HELD'} ({told['assets']:,} devices)")
    print(f"limit {LONGEST_NOTE:.0f} s for a note: {'held' if waited < LONGEST_NOTE else 'NOT HELD'} ({waited:.2f} s)")
    return quick and waited < LONGEST_NOTE and not notes.faults


def rows() -> dict[str, int]:
    """How many rows there are now."""
    from custodiet.web.store import models

    tables = {"devices": models.Device, "observations": models.Observation, "standings": models.Standing}
    return {name: model._default_manager.filter(body=BODY).count() for name, model in tables.items()}


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("devices", type=int, nargs="?", default=250_000)
    read.add_argument("--folder", type=Path, help="where everything stands, which is kept; it must be empty")
    told = read.parse_args()
    with tempfile.TemporaryDirectory(prefix="custodiet-benchmark-") as name:
        folder = told.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        return 0 if measure(folder, told.devices) else 1


if __name__ == "__main__":
    sys.exit(main())
