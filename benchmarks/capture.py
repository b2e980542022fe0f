"""Reading captures: are all names found, and what does a byte cost?

Makes its own capture, then

1. names: every DNS, TLS, DHCP, mDNS and SSDP name that tshark finds in the same file must be among ours, as pcap and
   as pcapng;
2. cost: CPU seconds (user and system, as the operating system counts them for the finished process) of our reader as
   a whole process, of ``tshark -T fields`` asked for the same fields, of ``ndpiReader`` asked for its flows with their
   names (``-q -C FLOWS.csv``), as ours gives them, and of ``cat``, which only reads the bytes: the physical limit. Runs
   are interleaved; medians are shown. Peak memory beside it.

    python benchmarks/capture.py [--big] [--runs 5] [--folder DIR]

``--big`` repeats the cost on 1.2 GB (tshark once). The exit code is 1 when a name is missing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

OURS = """
import gc, os, sys
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does when it starts
gc.set_threshold(100_000, 20, 20)  # as the program does before it loads the readers
from collections import deque
from pathlib import Path
from custodiet.model import Source
from custodiet.sources.base import ReadOptions
from custodiet.sources.pcap.reader import READER
path = Path(sys.argv[1])
source = Source(id="src-benchmark", kind="capture", format="pcap", name=path.name, sha256="0" * 64,
                size=path.stat().st_size)
items = READER.read(path, source, ReadOptions())
if len(sys.argv) > 2:
    import msgspec
    with open(sys.argv[2], "wb") as out:
        for item in items:
            out.write(msgspec.json.encode([type(item).__name__, item]) + b"\\n")
else:
    deque(items, maxlen=0)
"""
FIELDS = [
    *("frame.number", "frame.time_epoch", "frame.len", "eth.src", "ip.src"),
    *("ip.dst", "ipv6.src", "ipv6.dst", "ip.len", "tcp.srcport"),
    *("tcp.dstport", "udp.srcport", "udp.dstport", "_ws.col.Protocol", "dns.flags.response"),
    *("dns.qry.name", "dns.resp.name", "dns.resp.type", "dns.ptr.domain_name", "tls.handshake.extensions_server_name"),
    *("dhcp.option.hostname", "dhcp.option.vendor_class_id", "dhcp.fqdn.name", "http.server", "http.location"),
    *("http.unknown_header", "http.user_agent", "http.request.line", "http.response.line", "rtsp.request"),
    *("rtsp.response", "x509sat.uTF8String", "lldp.tlv.system.name"),
]
NAMED = ("DNS", "TLS", "DHCP", "mDNS", "SSDP")
_SHOWN = {"A", "AAAA", "PTR", "SRV", "TXT"}
_TYPE = {"1": "A", "28": "AAAA", "12": "PTR", "33": "SRV", "16": "TXT"}


@dataclass(frozen=True)
class Cost:
    """What one process used."""

    cpu: float
    """Seconds, user and system."""
    peak: float
    """MiB of memory at most."""


def run(command: list[str], environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end, output thrown away.

    Raises:
        RuntimeError: it failed.
    """
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environment) as process:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def with_bytecode(folder: Path) -> dict[str, str]:
    """An environment in which Python keeps compiled modules, as an installed program has them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def tshark(path: Path, fields: list[str]) -> list[str]:
    """The command that prints these fields."""
    return ["tshark", "-n", "-r", str(path), "-T", "fields", *(word for field in fields for word in ("-e", field))]


# --- names


def names_of_tshark(path: Path) -> dict[str, set[str]]:
    """Distinct names by kind, as tshark prints them."""
    fields = [
        *("_ws.col.Protocol", "dns.flags.response", "dns.qry.name", "dns.resp.name", "dns.resp.type"),
        *("dns.ptr.domain_name", "tls.handshake.extensions_server_name", "dhcp.option.hostname"),
        *("http.server", "http.location", "http.unknown_header", "http.request.line", "http.response.line"),
        *("frame.protocols", "tls.handshake.type"),
    ]
    command = [*tshark(path, fields), "-E", "separator=/t", "-E", "aggregator=\x1f"]
    output = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    found: dict[str, set[str]] = {kind: set() for kind in NAMED}
    for line in output.split("\n"):
        if not line:
            continue
        row = [cell.split("\x1f") if cell else [] for cell in line.split("\t")]
        _column, response, asked, named, kinds, pointed, server_names, hosts = row[:8]
        protocols = (row[13] or [""])[0].split(":")
        found["TLS"].update(server_names)
        found["DHCP"].update(hosts)
        if "mdns" in protocols:
            found["mDNS"].update(asked)
            if response[:1] in (["1"], ["True"]):
                found["mDNS"].update(
                    name for name, kind in zip(named, kinds, strict=False) if _TYPE.get(kind) in _SHOWN
                )
                found["mDNS"].update(pointed)
                found["mDNS"] -= {name for name in named if _is_no_name(name)}
        elif "dns" in protocols or "llmnr" in protocols:
            found["DNS"].update(asked)
        elif "ssdp" in protocols:
            found["SSDP"].update([*row[8], *row[9]])
            for header in [*row[10], *row[11], *row[12]]:
                name, _colon, value = header.replace("\\r\\n", "").partition(":")
                if name.strip().upper() in ("SERVER", "LOCATION", "USN", "ST", "NT"):
                    found["SSDP"].add(value.strip())
    return {kind: {name for name in names if name} for kind, names in found.items()}


def _is_no_name(name: str) -> bool:
    """An address written backwards, whose host is compared, and the question for all services."""
    return name.endswith((".in-addr.arpa", ".ip6.arpa")) or name.startswith("_services._dns-sd.")


def names_of_ours(path: Path, folder: Path) -> dict[str, set[str]]:
    """Distinct names by kind, as our observations hold them."""
    import msgspec

    out = folder / "items.jsonl"
    subprocess.run([sys.executable, "-c", OURS, str(path), str(out)], check=True)
    found: dict[str, set[str]] = {kind: set() for kind in NAMED}
    instances: dict[str, set[str]] = defaultdict(set)
    services: dict[str, set[str]] = defaultdict(set)
    for line in out.read_bytes().splitlines():
        kind, item = msgspec.json.decode(line)
        if kind != "Observation":
            continue
        attribute, value = item["attribute"], item["value"]
        if attribute == "dns.query":
            found["DNS"].add(value)
        elif attribute == "tls.server_name":
            found["TLS"].add(value)
        elif attribute == "dhcp.hostname":
            found["DHCP"].add(value)
        elif attribute in ("mdns.query", "mdns.host", "mdns.service"):
            found["mDNS"].add(value)
        elif attribute.startswith("ssdp."):
            found["SSDP"].add(value)
        if attribute == "mdns.instance":
            instances[item["subject"]].add(value)
        elif attribute == "mdns.service":
            services[item["subject"]].add(value)
    # We keep instance and service apart; tshark prints them as one name.
    for subject, ours in instances.items():
        found["mDNS"].update(f"{one}.{service}" for one in ours for service in services[subject])
    # An address asked backwards is kept as the host it belongs to.
    return found


def compare(path: Path, folder: Path) -> int:
    """Print the table of names; returns how many are missing."""
    theirs, ours = names_of_tshark(path), names_of_ours(path, folder)
    print(f"\nNames in {path.name} (distinct): tshark's, ours, missing")
    missing = 0
    for kind in NAMED:
        lost = sorted(theirs[kind] - ours[kind])
        share = 100.0 * (len(theirs[kind]) - len(lost)) / max(len(theirs[kind]), 1)
        print(
            f"  {kind:5} {len(theirs[kind]):7,} {len(ours[kind]):7,} {len(lost):7,}   {share:6.2f}%  {lost[:3] or ''}"
        )
        missing += len(lost)
    return missing


# --- cost


def measure(path: Path, runs: int, tshark_runs: int) -> None:
    """Print what each tool needs for one file."""
    megabytes = path.stat().st_size / 1e6
    commands = commands_for(path)
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    environment = with_bytecode(path.parent)
    for name in ("cat", "ours"):
        run(commands[name], environment)  # the file into the page cache, the bytecode onto the disk
    for at in range(runs):
        for name, command in commands.items():
            if shutil.which(command[0]) and (name != "tshark" or at < tshark_runs):
                costs[name].append(run(command, environment))
    print(f"\n{path.name}: {megabytes:,.0f} MB; medians of {runs} interleaved runs (tshark {min(runs, tshark_runs)})")
    print(f"  {'':11} {'CPU s':>8} {'MB / CPU s':>11} {'peak MiB':>9} {'ours is':>9}")
    middle = {name: statistics.median(one.cpu for one in found) for name, found in costs.items() if found}
    for name, cpu in middle.items():
        peak = max(one.peak for one in costs[name])
        ratio = f"{cpu / middle['ours']:8.2f}x" if name != "ours" else ""
        print(f"  {name:11} {cpu:8.3f} {megabytes / max(cpu, 1e-6):11,.0f} {peak:9.0f} {ratio:>9}")
    start = {name: statistics.median(run(command, environment).cpu for _ in range(3)) for name, command in starts(path)}
    beyond = {name: max(middle[name] - start[name], 1e-6) for name in start if name in middle}
    for name, cpu in beyond.items():
        ratio = f"{cpu / beyond['ours']:8.2f}x" if name != "ours" else ""
        said = f"beyond starting, which is {start[name]:.3f} s"
        print(f"  {name:11} {cpu:8.3f} {megabytes / cpu:11,.0f} {'':>9} {ratio:>9}   {said}")
    share = middle["cat"] / middle["ours"]
    print(f"  physical limit (reading the bytes): we are at {share:.3f} of it, {1 / share:.1f} times slower than cat")


def commands_for(path: Path) -> dict[str, list[str]]:
    """What is run, by name."""
    return {
        "cat": ["cat", str(path)],
        "ours": [sys.executable, "-c", OURS, str(path)],
        "ndpiReader": ["ndpiReader", "-i", str(path), "-q", "-C", str(path.with_suffix(".flows.csv"))],
        "tshark": tshark(path, FIELDS),
    }


def starts(path: Path) -> list[tuple[str, list[str]]]:
    """The same commands on a capture of the first packet alone: what starting costs."""
    one = path.with_suffix(".one.pcap")
    with path.open("rb") as file:
        head = file.read(24 + 16)
        length = int.from_bytes(head[32:36], "little")
        one.write_bytes(head + file.read(length))
    return [
        (name, command) for name, command in commands_for(one).items() if name != "cat" and shutil.which(command[0])
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--big", action="store_true", help="also 1.2 GB")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where captures are made; default: a temporary folder")
    arguments = parser.parse_args()
    from make_capture import write

    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        small, other = folder / "town.pcap", folder / "town.pcapng"
        write(small, 64)
        write(other, 16, pcapng=True, seed=8)
        missing = 0
        if shutil.which("tshark"):
            missing = compare(small, folder) + compare(other, folder)
        else:
            print("tshark is not here: names were not compared")
        measure(small, arguments.runs, arguments.runs)
        if arguments.big:
            big = folder / "town-big.pcap"
            write(big, 1200)
            measure(big, arguments.runs, 1)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
