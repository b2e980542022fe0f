"""How fast and in how much memory a large nmap scan is read, and judged.

    python benchmarks/nmap.py [HOSTS]

Makes the XML of a scan of 50,000 hosts (seeded, the same bytes each time: cameras, printers, servers and many silent
hosts) in a temporary folder and reads it, each reader in a process of its own:

- the floor: reading the bytes, and Python's own ``xml.etree`` walking over the tree and throwing it away;
- our reader, every observation made;
- the peer: python-libnmap, installed into a temporary environment; left out, with the reason, where it cannot be.

Then the whole ``custodiet audit`` of that file against its limits, where the command exists.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TextIO

RUNS = 3
PEER = "python-libnmap==0.7.3"
LIMIT_SECONDS = 30
LIMIT_MIB = 200
READER_SECONDS = 6
START = 1_700_000_000

# (product, version, device type, title, server, realm, address blocks, the name nmap prints for the block)
CAMERAS = [
    (
        "Hikvision IPCamera httpd",
        "",
        "webcam",
        "index",
        "App-webs/",
        "DS-2CD2143G0-I",
        "44:19:b6",
        "Hangzhou Hikvision",
    ),
    ("Dahua DVR httpd", "", "webcam", "WEB SERVICE", "", "Login to 4M0123PAG", "3c:ef:8c", "Zhejiang Dahua Technology"),
    ("Boa HTTPd", "0.94.14rc21", "", "AXIS", "Apache", "AXIS_ACCC8E012345", "ac:cc:8e", "Axis Communications"),
    ("Hanwha httpd", "", "webcam", "WiseNet", "lighttpd", "iPolis", "00:09:18", "Samsung Techwin"),
    ("Uniview httpd", "", "webcam", "Uniview", "", "IPC", "48:ea:63", "Zhejiang Uniview Technologies"),
]
PRINTERS = [
    ("HP HTTP Server", "HP Color LaserJet MFP M477", "printer", "HP Color LaserJet MFP M477fdw", "HP HTTP Server", ""),
    ("Brother httpd", "1.20", "printer", "Brother MFC-L8900CDW", "debut/1.20", ""),
]
SERVERS = [
    ("nginx", "1.18.0", "", "Welcome", "nginx/1.18.0", ""),
    ("Microsoft IIS httpd", "10.0", "", "IIS Windows Server", "Microsoft-IIS/10.0", ""),
    ("Apache httpd", "2.4.57", "", "Intranet", "Apache/2.4.57 (Debian)", ""),
]


def attribute(text: str) -> str:
    """Text as nmap writes it into an attribute."""
    return escape(text, quote=True).replace("\n", "&#xa;").replace("&#x27;", "&apos;")


def script(name: str, output: str) -> str:
    return f'<script id="{name}" output="{attribute(output)}"/>'


def port(number: int, service: str, inner: str = "", **named: str) -> str:
    names = "".join(f' {key}="{attribute(value)}"' for key, value in named.items() if value)
    return (
        f'<port protocol="tcp" portid="{number}"><state state="open" reason="syn-ack" reason_ttl="64"/>'
        f'<service name="{service}"{names} method="probed" conf="10"/>{inner}</port>\n'
    )


def web_scripts(title: str, server: str, realm: str) -> str:
    scripts = [script("http-title", title)]
    if server:
        scripts.append(script("http-server-header", server))
        scripts.append(
            script("http-headers", f"\n  Server: {server}\n  Content-Type: text/html\n  \n  (Request type: HEAD)\n")
        )
    if realm:
        scripts.append(script("http-auth", f"\nHTTP/1.1 401 Unauthorized\n  Digest qop=auth realm={realm} nonce=8f1c"))
    return "".join(scripts)


def camera_ports(chance: random.Random) -> tuple[str, str, str]:
    product, version, kind, title, server, realm, block, holder = chance.choice(CAMERAS)
    mac = block + "".join(f":{chance.randrange(256):02x}" for _ in range(3))
    answer = (
        f"HTTP/1\\.1\\x20401\\x20Unauthorized\\r\\nServer:\\x20{server}\\r\\nWWW-Authenticate:\\x20Digest\\x20realm="
        f'\\"{realm}\\",\\x20qop=\\"auth\\"\\r\\nContent-Length:\\x200\\r\\n\\r\\n'
    )
    fingerprint = f'SF-Port80-TCP:V=7.93%I=7%D=11/14%P=x86_64-pc-linux-gnu%r(GetRequest,A0,"{answer}");'
    ports = [
        port(80, "http", web_scripts(title, server, realm), product=product, version=version, devicetype=kind),
        port(554, "rtsp", script("rtsp-methods", "OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE"), product="rtspd"),
    ]
    if chance.random() < 0.4:
        ports.append(
            port(
                443, "https", script("ssl-cert", f"Subject: commonName={realm}/organizationName=Example/countryName=NL")
            )
        )
    if chance.random() < 0.3:
        ports.append(port(8000, "http-alt", servicefp=fingerprint))
    return "".join(ports), mac, holder


def other_ports(chance: random.Random, kinds: list[tuple[str, ...]], block: str) -> tuple[str, str, str]:
    product, version, kind, title, server, _realm = chance.choice(kinds)
    mac = block + "".join(f":{chance.randrange(256):02x}" for _ in range(3))
    ports = port(80, "http", web_scripts(title, server, ""), product=product, version=version, devicetype=kind)
    if kind == "printer":
        ports += port(9100, "jetdirect")
    else:
        ports += port(22, "ssh", script("ssh-hostkey", "\n  256 aa:bb (ED25519)"), product="OpenSSH", version="9.2p1")
    return ports, mac, "Hewlett Packard"


def hosts(count: int, chance: random.Random) -> Iterator[str]:
    for number in range(count):
        ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        draw = chance.random()
        if draw < 0.20:
            ports, mac, holder = camera_ports(chance)
        elif draw < 0.30:
            ports, mac, holder = other_ports(chance, PRINTERS, "3c:d9:2b")
        elif draw < 0.45:
            ports, mac, holder = other_ports(chance, SERVERS, "00:50:56")
        else:
            ports, mac, holder = "", "", ""
        hardware = f'<address addr="{mac.upper()}" addrtype="mac" vendor="{holder}"/>\n' if mac else ""
        closed = '<extraports state="closed" count="995">\n<extrareasons reason="resets" count="995"/>\n</extraports>\n'
        yield (
            f'<host starttime="{START + number // 10}" endtime="{START + number // 10 + 30}">'
            '<status state="up" reason="arp-response" reason_ttl="0"/>\n'
            f'<address addr="{ip}" addrtype="ipv4"/>\n{hardware}'
            f'<hostnames>\n<hostname name="h{number}.example.net" type="PTR"/>\n</hostnames>\n'
            f"<ports>{closed}{ports}</ports>\n"
            '<times srtt="262" rttvar="2226" to="100000"/>\n</host>\n'
        )


def write_scan(out: TextIO, count: int) -> None:
    """A scan of that many hosts; the same number gives the same bytes."""
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n'
        f'<nmaprun scanner="nmap" args="nmap -A 10.0.0.0/8" start="{START}" version="7.93" xmloutputversion="1.05">\n'
    )
    out.writelines(hosts(count, random.Random(20221124)))
    out.write(f'<runstats><finished time="{START + count}" exit="success"/></runstats>\n</nmaprun>\n')


FLOOR_BYTES = """
import sys
with open(sys.argv[1], "rb") as stream:
    while stream.read(1 << 20):
        pass
print("-")
"""
FLOOR_TREE = """
import sys
from xml.etree.ElementTree import iterparse
count = 0
events = iterparse(sys.argv[1], events=("start", "end"))
_, root = next(events)
for event, element in events:
    if event == "end" and element.tag == "host":
        count += 1
        root.clear()
print(count, "hosts")
"""
OURS = """
import sys
from pathlib import Path
from custodiet.model import Observation, Source, Tally
from custodiet.sources.base import ReadOptions
from custodiet.sources.nmap.xml import READER
path = Path(sys.argv[1])
source = Source(id="src-x", kind="scan", format=READER.id, name=path.name, sha256="", size=path.stat().st_size)
count = 0
for item in READER.read(path, source, ReadOptions()):
    count += isinstance(item, Observation)
    tally = item
assert isinstance(tally, Tally) and tally.issues == 0
print(tally.read, "hosts,", count, "observations")
"""
LIBNMAP = """
import sys
from libnmap.parser import NmapParser
report = NmapParser.parse_fromfile(sys.argv[1])
print(len(report.hosts), "hosts")
"""


def measure(command: list[str]) -> tuple[float, float, float, str]:
    """CPU seconds, wall seconds, peak MiB of one process, and the last line it printed."""
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as errors:
        began = os.times().elapsed
        process = subprocess.Popen(command, stdout=printed, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = os.times().elapsed - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        errors.seek(0)
        lines = printed.read().splitlines() or [""]
        if process.returncode not in (0, 3, 4):
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors.read()[-400:]}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, lines[-1]


def compare(label: str, command: list[str], runs: int = RUNS) -> tuple[float, float]:
    """Run, print the median, give CPU seconds and peak MiB."""
    results = [measure(command) for _ in range(runs)]
    cpu = statistics.median(result[0] for result in results)
    peak = max(result[2] for result in results)
    print(f"  {label:<44} {cpu:7.2f} s CPU  {peak:7.1f} MiB peak   {results[0][3]}")
    return cpu, peak


def peer_python(folder: Path) -> Path | str:
    """A Python that has the peer, or why there is none."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER],
        check=False,
        capture_output=True,
        text=True,
    )
    return python if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1]


SITES = """\
id: department
name: Department
kind: uk-central-department
country: GB
sites:
  - id: hq
    name: Headquarters
    facts:
      holds-secret-or-above-routinely: { answer: yes, decided_by: security team, decided_on: 2023-01-09 }
    zones:
      - { id: all, subnets: [10.0.0.0/8], core: { answer: no, decided_by: network owner, decided_on: 2023-01-09 } }
"""
"""A body that directives address, so that devices are judged."""


def audit_command() -> list[str] | None:
    """The audit on the command line of this environment, where this version has it."""
    program = Path(sys.executable).parent / "custodiet"
    if not program.exists():
        return None
    known = subprocess.run([program, "audit", "--help"], check=False, capture_output=True).returncode == 0
    return [str(program), "audit"] if known else None


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(prefix="custodiet-benchmark-") as name:
        folder = Path(name)
        path = folder / "scan.xml"
        with path.open("w", encoding="utf-8") as out:
            write_scan(out, count)
        print(f"nmap XML of {count:,} hosts, {path.stat().st_size / 1e6:.1f} MB; median of {RUNS} runs")
        compare("floor: read the bytes", [sys.executable, "-c", FLOOR_BYTES, str(path)])
        floor, _ = compare("floor: xml.etree walks and forgets", [sys.executable, "-c", FLOOR_TREE, str(path)])
        ours, memory = compare("custodiet: every observation", [sys.executable, "-c", OURS, str(path)])
        print(f"  we take {ours / floor:.1f} times the bare walk; limit for 50,000 hosts: {READER_SECONDS} s")
        python = peer_python(folder / "peer")
        if isinstance(python, str):
            print(f"  peer python-libnmap left out: {python}")
        else:
            peer, peer_memory = compare("peer: python-libnmap", [str(python), "-c", LIBNMAP, str(path)])
            print(f"  {peer / ours:.1f} times as fast as the peer, in 1/{peer_memory / memory:.0f} of its memory")
        failed = ours > READER_SECONDS * max(count, 50_000) / 50_000
        command = audit_command()
        if command is None:
            print("whole audit left out: this environment has no custodiet audit")
            return int(failed)
        (folder / "sites.yml").write_text(SITES, encoding="utf-8")
        command += ["--sites", str(folder / "sites.yml")]  # without a body nothing would be judged
        _, wall, peak, _ = measure([*command, str(path), "-q"])
        print(
            f"read, identified and judged: {wall:.1f} s (limit {LIMIT_SECONDS}), {peak:.0f} MiB peak (limit {LIMIT_MIB})"
        )
        kept = ["--out", str(folder / "out"), "--case", str(folder / "case.sqlite"), "-q"]
        _, whole, most, _ = measure([*command, str(path), *kept])
        written = sum(file.stat().st_size for file in (folder / "out").iterdir()) / 1e6
        print(
            f"the same with the case kept and all four reports written ({written:,.0f} MB): {whole:.1f} s, {most:.0f} MiB peak"
        )
        return int(failed or wall > LIMIT_SECONDS or peak > LIMIT_MIB)


if __name__ == "__main__":
    sys.exit(main())
