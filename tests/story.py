"""Short ways to tell a story through the real command line, and the small files that stories need.

`custodiet` runs the command in this process, which is quick; `in_a_process` starts one, for memory, signals and ends.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import xlsxwriter

from small import fingerprint, write

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "gemeente"


@dataclass(frozen=True)
class Told:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str
    memory: int = 0
    """Bytes at its peak, where it ran in a process of its own."""

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def complaints(self) -> list[str]:
        """The lines of the error stream."""
        return self.err.splitlines()


class _Stream(io.TextIOWrapper):
    """A standard stream that is kept."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="")

    def said(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined]


@contextmanager
def _streams(given: bytes, arguments: Sequence[str]) -> Iterator[tuple[_Stream, _Stream]]:
    out, err = _Stream(), _Stream()
    with (
        mock.patch.object(sys, "argv", ["custodiet", *arguments]),
        mock.patch.object(sys, "stdin", _Stream(given)),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        yield out, err


def custodiet(*arguments: object, given: bytes = b"") -> Told:
    """Run a command in this process, exactly as the installed program would."""
    from custodiet.cli import main

    before = os.umask(0o022)  # a command that keeps secrets changes that of its whole process
    os.umask(before)
    with _streams(given, [str(argument) for argument in arguments]) as (out, err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            os.umask(before)
        return Told(code, out.said(), err.said())


_TELLS_PEAK = """
import atexit
peak = open({0!r}, "w")

@atexit.register
def tell_peak():
    # not getrusage: that counts what the parent held when it forked
    with open("/proc/self/status") as told, peak:
        peak.write(next(line.split()[1] for line in told if line.startswith("VmHWM")))
"""


def in_a_process(
    *arguments: object, given: bytes = b"", env: Mapping[str, str] | None = None, before: str = "", folder: Path
) -> Told:
    """Run a command in a process of its own.

    Args:
        arguments: of the command.
        given: standard input.
        env: added to the environment.
        before: Python that runs first in that process, for limits and sudden ends.
        folder: where its output is kept.
    """
    program = f"{_TELLS_PEAK.format(str(folder / '.peak'))}\n{before}\nfrom custodiet.cli import main\nmain()"
    kept_in, kept_out, kept_err = (folder / f".{name}" for name in ("stdin", "stdout", "stderr"))
    kept_in.write_bytes(given)
    with kept_in.open("rb") as stdin, kept_out.open("wb") as stdout, kept_err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(env or {})},
        )
        code = process.wait()
    peak = folder / ".peak"
    memory = int(peak.read_text() or 0) * 1024  # nothing from a process that was killed
    return Told(code, kept_out.read_text(), kept_err.read_text(), memory)


# --- what is read ---------------------------------------------------------------------------------------------------

MAKER_MAC = "00:00:5e:00:53:01"
OTHER_MAC = "00:1b:54:00:00:09"


def capture(*frames: bytes, order: str = "<", magic: int = 0xA1B2C3D4, cut_at: int = 0) -> bytes:
    """A capture file with one frame a second."""
    data = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, cut_at or 262144, 1)
    for number, frame in enumerate(frames):
        kept = frame[: cut_at or len(frame)]
        data += struct.pack(f"{order}IIII", 1_763_300_000 + number, 0, len(kept), len(frame)) + kept
    return data


def datagram(payload: bytes, mac: str = MAKER_MAC, ip: str = "10.0.0.5", port: int = 37020) -> bytes:
    """A frame with a UDP datagram to everybody."""
    head = struct.pack(">BBHHHBBH", 0x45, 0, 28 + len(payload), 1, 0, 64, 17, 0)
    packet = head + bytes(map(int, ip.split("."))) + b"\xef\xff\xff\xfa"
    packet += struct.pack(">HHHH", port, port, 8 + len(payload), 0) + payload
    return bytes.fromhex("01005e7ffffa") + bytes.fromhex(mac.replace(":", "")) + b"\x08\x00" + packet


def sadp(model: str = "AC-1234", serial: str = "AC-1234202001", **more: str) -> bytes:
    """A reply of a discovery protocol, as XML."""
    fields = {"DeviceDescription": model, "DeviceSN": serial, "IPv4Address": "10.0.0.5", **more}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch>{inner}</ProbeMatch>'.encode()


NOTICE = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nSERVER: AcmeCam/1.0 AC-1234\r\n\r\n"
)


def camera_capture(**how: Any) -> bytes:
    """A capture in which one camera of Acme says who it is."""
    return capture(datagram(NOTICE, port=1900), **how)


def scan(hosts: str = "", end: str = "</nmaprun>") -> bytes:
    """An nmap report; without hosts it has one, 10.0.0.9 with a neutral web server."""
    if not hosts:
        hosts = (
            '<host starttime="1763300000" endtime="1763300009"><status state="up"/>'
            f'<address addr="10.0.0.9" addrtype="ipv4"/><address addr="{OTHER_MAC.upper()}" addrtype="mac"/>'
            '<ports><port protocol="tcp" portid="80"><state state="open"/><service name="http"/></port></ports></host>'
        )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n'
        f'<nmaprun scanner="nmap" args="nmap -oX x 10.0.0.0/24" start="1763300000" version="7.93">{hosts}{end}\n'
    ).encode()


REGISTER = (
    "Objectnr;Omschrijving;Merk;Type;MAC-adres;IP-adres;Locatie;Geplaatst op\r\n"
    f"W-1;Dome camera café;SeeS;AC-1234;{MAKER_MAC.upper()};10.0.0.5;Stadhuis;12-06-2023\r\n"
    "W-2;Printer;Drukker;P-1;;10.0.0.7;Stadhuis;11-01-2019\r\n"
)


def workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """An honest workbook of one sheet."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Objecten")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


# --- what is known --------------------------------------------------------------------------------------------------

RULE = """
id: acme-rule
title: Rule about Acme (invented)
issuer: Nobody
jurisdiction: NL
instrument: local decision
binding: policy-binding-on-issuer
addressees: [nl-municipality]
announced: 2024-01-01
in_force: 2024-01-01
status: in force
equipment: [camera]
covers: { tests: [{ kind: named, companies: [acme] }] }
requirements:
  - { id: gone, demands: remove-by, strength: must, event: keeping, deadline: 2025-01-01, text: "They are gone." }
references: []
confidence: high
added: 2026-11-21
"""

SITES = """
id: town
name: Town
kind: nl-municipality
country: NL
sites:
  - id: hall
    name: Stadhuis
    zones:
      - { id: office, name: office, subnets: [10.0.0.0/24] }
"""


@cache
def knowledge(folder: Path) -> Path:
    """A catalog folder, to be read beside ours: the maker Acme, one rule about it and one sign of it."""
    return write(
        folder,
        {
            "companies/acme.yml": "id: acme\nname: Acme Cameras Ltd\nseat: XA\n",
            "brands/sees.yml": "id: sees\nname: SeeS\ncompany: acme\nmakes: [acme]\n",
            "address_blocks/acme.yml": (
                "id: acme\nregistrant: ACME CAMERAS\ncompany: acme\nblocks: [00005E]\n"
                "says: { manufacturer: acme }\nstrength: strong\n"
            ),
            "directives/acme-rule.yml": RULE,
        },
        fingerprint(
            "acme-server",
            "ssdp.server",
            "{ manufacturer: acme, device_class: camera }",
            regex="^AcmeCam/",
            technique="discovery-reply",
            strength="decisive",
        ),
    )


def shared_knowledge() -> Path:
    """The catalog folder of all towns."""
    return Path(os.environ["XDG_CACHE_HOME"]) / "acme"


@dataclass(frozen=True)
class Town:
    """A folder with inputs, a sites file and a catalog, and the options that name them."""

    folder: Path
    catalog: Path

    @property
    def inputs(self) -> Path:
        return self.folder / "in"

    @property
    def options(self) -> list[str]:
        return [
            "--sites", str(self.folder / "sites.yml"), "--catalog", str(self.catalog),
            "--directive", "acme-rule", "--on", "2025-12-01",
        ]  # fmt: skip

    def put(self, name: str, data: bytes | str) -> Path:
        """Write one input."""
        path = self.inputs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def audit(self, *arguments: object, given: bytes = b"") -> Told:
        """Audit these inputs, or the whole folder when none is named, with the options of the town."""
        first = str(arguments[0]) if arguments else "--"
        inputs = [] if first == "-" or not first.startswith("-") else [self.inputs]
        return custodiet("audit", *self.options, *inputs, *arguments, given=given)


def town(folder: Path) -> Town:
    """A town without inputs yet; all towns share one catalog folder, which is then read from the cache."""
    made = Town(folder, knowledge(shared_knowledge()))
    made.inputs.mkdir(parents=True)
    (folder / "sites.yml").write_text(SITES, encoding="utf-8")
    return made
