"""Ten million flow records of a day: read, added up, joined to devices, and told whose the other sides are.

    python benchmarks/flows_many.py [--records 10000000] [--folder DIR] [--no-nfdump] [--only command|steps]

Makes its own input (seeded, the same bytes each time): an IPFIX file of a router that served 1,000 devices and 20,000
addresses outside for a day, a register of the devices, and a DNS log with the names they asked for. Then

1. ``custodiet egress --case CASE FILES`` as a user runs it, as a whole process on two processors: seconds and memory;
2. the same steps one after another in one process, with the seconds of each;
3. a plain walk of the same file, a ``struct`` per record added up in a dictionary, to compare with;
4. nfdump, where it is installed: ``nfcapd`` is given the same messages on the loopback interface at a pace it can keep,
   ``nfdump`` adds them up by conversation; processor seconds of both. It must have counted the same bytes, or what it
   lost is told.

The exit code is 1 where 60 seconds or 1 GiB are exceeded, or where bytes are missing.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from ipaddress import IPv4Address
from pathlib import Path

import numpy as np

DEVICES, PEERS, HOURS = 1_000, 20_000, 24
BEGIN = 1_773_014_400  # 2026-03-09 00:00:00 UTC
PER_MESSAGE = 27
LIMIT_SECONDS, LIMIT_MIB = 60.0, 1024.0
FIELDS = [
    (8, 4),
    (12, 4),
    (7, 2),
    (11, 2),
    (4, 1),
    (6, 1),
    (5, 1),
    (10, 4),
    (14, 4),
    (152, 8),
    (153, 8),
    (1, 8),
    (2, 8),
]
RECORD = np.dtype(
    [("src", ">u4"), ("dst", ">u4"), ("sport", ">u2"), ("dport", ">u2"), ("protocol", "u1"), ("flags", "u1"),
     ("tos", "u1"), ("inside", ">u4"), ("outside", ">u4"), ("first", ">u8"), ("last", ">u8"), ("bytes", ">u8"),
     ("packets", ">u8")]
)  # fmt: skip
NAMES = ["dev.hik-connect.com", "litedev.hik-connect.com", "www.easy4ipcloud.com", "pool.ntp.org", "push.example.net"]
PORTS = [443, 443, 443, 8883, 123, 53, 15301, 32100, 10554, 6800]
"""Some are such that nobody can tell from the port who serves."""

STEPS = """
import gc, os, resource, sys, time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
gc.set_threshold(100_000, 20, 20)
from pathlib import Path
from custodiet import audit, talking
from custodiet.casefile import Case
from custodiet.cli.common import load
from custodiet.identify import Matcher
from custodiet.report.order import worst_first
from custodiet.sources import READERS
folder, inputs = Path(sys.argv[1]), sys.argv[2:]
begun = time.perf_counter()
def told(what):
    global begun
    now = time.perf_counter()
    print(f"   {what:<46}{now - begun:8.1f} s   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MiB", flush=True)
    begun = now
catalog = load(None)
matcher = Matcher(catalog)
told("load the catalog")
with Case(folder / "steps.case") as case:
    for given in inputs:
        audit.read_inputs(case, [given], READERS, folder, matcher=matcher)
        told(f"read {Path(given).name}")
    audit.conclude(case, matcher, None, worst_first)
    told("join to devices and identify")
    found = list(talking.egress_of_case(case, catalog, None, on="2026-03-10"))
    told("attribute to devices and owners")
    peers = [peer for one in found for peer in one.peers]
    flows = case._db.execute("select count(*), sum(bytes_out + bytes_in) from flow").fetchone()
    print(f"   {len(found):,} devices, {sum(one.peers_total for one in found):,} peers, of {len(peers):,} that are shown "
          f"{sum(bool(peer.owner) for peer in peers):,} have an owner; {flows[0]:,} flows hold {flows[1]:,} bytes")
    print(f"BYTES {flows[1]}")
"""


def make(path: Path, number: int) -> int:
    """Write the IPFIX file; returns the bytes that its records tell."""
    dice = np.random.default_rng(6)
    fields = b"".join(struct.pack(">HH", *field) for field in FIELDS)
    template = struct.pack(">HHHH", 2, 8 + len(fields), 256, len(FIELDS)) + fields
    sequence, octets = 0, 0
    body = PER_MESSAGE * RECORD.itemsize
    message = np.dtype([("head", "V20"), ("records", RECORD, PER_MESSAGE)])
    with path.open("wb") as out:
        for hour in range(HOURS):
            some = number // HOURS // (2 * PER_MESSAGE) * PER_MESSAGE
            conversations = np.sort(dice.integers(0, 3_600_000, some)) + (BEGIN + hour * 3600) * 1000
            device = dice.integers(0, DEVICES, some)
            peer = device * (PEERS // DEVICES) + dice.integers(0, PEERS // DEVICES, some)
            records = np.zeros((some, 2), dtype=RECORD)
            inner = (10 << 24) + (device // 250 << 8) + device % 250 + 1
            outer = (198 << 24) + (18 << 16) + peer
            port = np.array(PORTS)[peer % len(PORTS)]
            own = dice.integers(32768, 61000, some)
            lasted = dice.integers(20, 20_000, some)
            sent, got = dice.integers(200, 20_000, some), dice.integers(200, 4_000, some)
            for way, (here, there, from_, to, count) in enumerate(
                ((inner, outer, own, port, sent), (outer, inner, port, own, got))
            ):
                one = records[:, way]
                one["src"], one["dst"], one["sport"], one["dport"] = here, there, from_, to
                one["protocol"] = np.where(np.isin(port, (123, 53, 32100)), 17, 6)
                one["flags"] = np.where(one["protocol"] == 6, 0x1B, 0)
                one["first"] = conversations + way * 3
                one["last"] = one["first"] + lasted
                one["bytes"], one["packets"] = count, count // 400 + 1
                octets += int(count.sum())
            flat = records.reshape(-1)
            whole = len(flat) // PER_MESSAGE
            packed = np.zeros(whole, dtype=message)
            packed["records"] = flat[: whole * PER_MESSAGE].reshape(whole, PER_MESSAGE)
            heads = np.zeros(whole, dtype=np.dtype([("version", ">u2"), ("length", ">u2"), ("at", ">u4"),
                                                    ("sequence", ">u4"), ("domain", ">u4"), ("set", ">u2"), ("size", ">u2")]))  # fmt: skip
            heads["version"], heads["length"], heads["domain"] = 10, 20 + body, 7
            heads["at"] = packed["records"]["last"].max(axis=1) // 1000 + 1
            heads["sequence"] = sequence + np.arange(whole) * PER_MESSAGE
            heads["set"], heads["size"] = 256, 4 + body
            packed["head"] = heads.view("V20")
            at = int(heads["at"][0])
            out.write(struct.pack(">HHIII", 10, 16 + len(template), at, sequence, 7) + template)
            packed.tofile(out)
            sequence += whole * PER_MESSAGE
    return octets


def make_register(path: Path) -> None:
    kinds = ["Hikvision,DS-2CD2143G2-I", "Dahua,IPC-HDW2831T-AS", "Axis,M3046-V", "Bosch,NBE-3502-AL"]
    lines = ["ip address,mac address,manufacturer,model,description"]
    for number in range(DEVICES):
        ip = IPv4Address((10 << 24) + (number // 250 << 8) + number % 250 + 1)
        lines.append(f"{ip},02:00:00:00:{number >> 8:02x}:{number & 255:02x},{kinds[number % 4]},IP camera")
    path.write_text("\n".join(lines) + "\n")


def make_names(path: Path) -> None:
    with path.open("w") as out:
        out.write(
            "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tanswers\n"
        )
        for peer in range(PEERS):
            device = peer // (PEERS // DEVICES)
            ip = IPv4Address((10 << 24) + (device // 250 << 8) + device % 250 + 1)
            answer = IPv4Address((198 << 24) + (18 << 16) + peer)
            name = NAMES[peer % len(NAMES)]
            out.write(f"{BEGIN + peer % 3600}.0\tC{peer}\t{ip}\t40000\t10.0.0.254\t53\tudp\t{name}\t{answer}\n")


def run(command: list[str], **more: object) -> tuple[float, float, float, int]:
    """Seconds, processor seconds, MiB at most, and exit code of a command."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, **more)  # type: ignore[call-overload]
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode


def plain_walk(path: Path) -> tuple[float, int]:
    """A struct per record and a dictionary: processor seconds, and the bytes found."""
    begun = time.process_time()
    one = struct.Struct(">IIHHBBBIIQQQQ")
    sums: defaultdict[tuple[int, int, int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    with path.open("rb") as stream:
        while len(head := stream.read(16)) == 16:
            _, length = struct.unpack_from(">HH", head)
            data = stream.read(length - 16)
            if data[0] == 0:  # templates
                continue
            for src, dst, sport, dport, protocol, _f, _t, _i, _o, first, _l, octets, packets in one.iter_unpack(
                data[4:]
            ):
                found = sums[src, dst, protocol, min(sport, dport), first // 3_600_000]
                found[0] += octets
                found[1] += packets
    return time.process_time() - begun, sum(found[0] for found in sums.values())


def nfdump(path: Path, folder: Path) -> None:
    """nfcapd on the loopback interface, and nfdump over what it wrote."""
    store = folder / "nfcapd"
    store.mkdir()
    port = 29_995
    command = ["nfcapd", "-b", "127.0.0.1", "-p", str(port), "-w", str(store), "-t", "3600", "-B", "16000000"]
    collector = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sent, begun, pace = 0, time.perf_counter(), 25_000
    with path.open("rb") as stream:
        while len(head := stream.read(16)) == 16:
            sender.sendto(head + stream.read(struct.unpack_from(">HH", head)[1] - 16), ("127.0.0.1", port))
            sent += 1
            if sent % 250 == 0 and (ahead := sent / pace - (time.perf_counter() - begun)) > 0:
                time.sleep(ahead)
    time.sleep(2)
    collector.terminate()
    _, _, used = os.wait4(collector.pid, 0)
    collector.returncode = 0
    print(
        f"   nfcapd, {sent:,} messages: {used.ru_utime + used.ru_stime:.1f} processor seconds, {used.ru_maxrss / 1024:.0f} MiB"
    )
    with (folder / "nfdump.txt").open("w") as out:
        made = run(["nfdump", "-R", str(store), "-A", "srcip,dstip,dstport,proto", "-o", "csv"], stdout=out)
    print(
        f"   nfdump -A by addresses, port and protocol: {made[0]:.1f} s, {made[1]:.1f} processor seconds, {made[2]:.0f} MiB"
    )
    told = subprocess.run(["nfdump", "-R", str(store), "-I"], capture_output=True, text=True, check=False).stdout
    said = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    print(
        f"   it counted {said.get('Flows', '?')} records and {said.get('Bytes', '?')} bytes, the rest was lost on the way"
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--records", type=int, default=10_000_000)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--no-nfdump", action="store_true")
    asked.add_argument("--only", choices=["command", "steps"], help="leave the other parts out")
    given = asked.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        flows, register, names = folder / "day.ipfix", folder / "register.csv", folder / "dns.log"
        octets = make(flows, given.records)
        make_register(register)
        make_names(names)
        print(f"{given.records:,} records in {flows.stat().st_size / 1e6:,.0f} MB, {octets:,} bytes of traffic; "
              f"{os.process_cpu_count() if hasattr(os, 'process_cpu_count') else len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}")  # fmt: skip
        inputs = [str(flows), str(register), str(names)]
        for left in folder.glob("*.case"):
            left.unlink()
        failed = False
        if given.only != "steps":
            print("1. custodiet egress, as a whole")
            command = [
                sys.executable,
                "-m",
                "custodiet",
                "egress",
                "--quiet",
                "--case",
                str(folder / "all.case"),
                *inputs,
            ]
            seconds, processor, memory, _code = run(command, stdout=subprocess.DEVNULL)
            print(f"   {seconds:.1f} s, {processor:.1f} processor seconds, {memory:.0f} MiB "
                  f"(at most {LIMIT_SECONDS:.0f} s and {LIMIT_MIB:.0f} MiB)")  # fmt: skip
            failed |= seconds > LIMIT_SECONDS * given.records / 10_000_000 or memory > LIMIT_MIB
        if given.only != "command":
            print("2. step by step, in one process")
            told = subprocess.run(
                [sys.executable, "-c", STEPS, str(folder), *inputs], stdout=subprocess.PIPE, text=True, check=True
            )
            *lines, last = told.stdout.splitlines()
            print("\n".join(lines))
            failed |= last != f"BYTES {octets}"
            if last != f"BYTES {octets}":
                print("   BYTES ARE MISSING")
        if not given.only:
            walked, found = plain_walk(flows)
            print(
                f"3. a struct per record and a dictionary: {walked:.1f} processor seconds for the sums alone, {found:,} bytes"
            )
            if shutil.which("nfcapd") and not given.no_nfdump:
                print("4. nfdump")
                nfdump(flows, folder)
        print(f"   this script itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
