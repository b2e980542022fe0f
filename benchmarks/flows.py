"""Flows of captures: do they cost the reader its speed, and do they agree with argus?

1. speed: CPU seconds of the whole process that reads a capture of 64 MB with and without flows. "Without" is the same
   reader with the adding up of volume, the hours, the giving out of flows and all that watches over the capture
   switched off; what finds conversations stays, since names need it too. A second capture has the same packets spread
   over 26 hours, so that every window holds several hours and every conversation several slices. With ``--before DIR``
   (``git worktree add DIR COMMIT``) the reader as it was there is measured beside it. Asked: at least 0.8.
2. agreement: argus (``argus -X -r``, ``ra``) reads the same packets, and both are added up by client, server, transport
   and port of the server. Asked: the same flows, and bytes within 0.1%; what differs is shown with its reason.

argus counts frames and ours counts the network layer; it also does not look behind two VLAN tags, and it counts what an
interface adds to fill a frame. So it gets the packets of IP without tags and filling, and 14 bytes of Ethernet are taken
off for every packet; ours reads the capture as it is.

    python benchmarks/flows.py [--runs 7] [--before DIR] [--folder DIR] [CAPTURE...]

Captures that are given are compared too. The exit code is 1 when flows or bytes disagree beyond what is explained.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from capture import OURS, run, with_bytecode

WITHOUT = """
from custodiet.sources.pcap import flows, reader, sides, volumes, watching
from custodiet.model.source import Watched
volumes.Volumes.add = lambda self, *_: None
volumes.Volumes.finish = lambda self, *_: iter(())
sides.Sides.add = sides.Sides.over = lambda self, *_: None
watching.Watching.add = lambda self, *_: None
watching.Watching.watched = lambda self, lost: Watched()
flows.HOUR = float("inf")  # all of time is one hour
"""
HOURS = 26
ASKED_SPEED = 0.8
ASKED_BYTES = 0.001
_TAGS = (0x8100, 0x88A8, 0x9100)
_ETHERNET = 14

Key = tuple[str, str, str, int]
"""Client, server, transport and port of the server."""
Talk = tuple[frozenset[str], str]
"""Two addresses and a transport, whoever began."""
_NAMES = {6: "tcp", 17: "udp"}
_IGMP = "ip/2"


def talk(key: Key) -> Talk:
    """What a flow is part of; of IGMP only the sender, since argus shows a number where the group would stand."""
    return frozenset(key[:1] if key[2] == _IGMP else key[:2]), key[2]


@dataclass
class Sums:
    """What one tool counted for one flow."""

    out: int = 0
    back: int = 0
    packets_out: int = 0
    packets_back: int = 0

    def add(self, out: int, back: int, packets_out: int, packets_back: int) -> None:
        """Add one record."""
        self.out += out
        self.back += back
        self.packets_out += packets_out
        self.packets_back += packets_back

    @property
    def bytes(self) -> int:
        """In both directions."""
        return self.out + self.back

    @property
    def packets(self) -> int:
        """In both directions."""
        return self.packets_out + self.packets_back


# --- captures


def records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each packet of a little-endian pcap begins, its captured and its whole length."""
    at = 24
    while at + 16 <= len(data):
        captured, length = struct.unpack_from("<II", data, at + 8)
        yield at + 16, captured, length
        at += 16 + captured


def spread(source: Path, target: Path) -> None:
    """The same packets, evenly over `HOURS` hours."""
    data = bytearray(source.read_bytes())
    places = [at - 16 for at, _captured, _length in records(data)]
    for number, at in enumerate(places):
        micro = round(1_750_000_000e6 + HOURS * 3600e6 * number / len(places))
        struct.pack_into("<II", data, at, *divmod(micro, 1_000_000))
    target.write_bytes(data)


def shift(source: Path, target: Path) -> None:
    """The same packets at the same pace, with the turn of an hour in their middle."""
    data = bytearray(source.read_bytes())
    places = [at - 16 for at, _captured, _length in records(data)]
    (middle,) = struct.unpack_from("<I", data, places[len(places) // 2])
    for at in places:
        (second,) = struct.unpack_from("<I", data, at)
        struct.pack_into("<I", data, at, second - middle + 1_750_003_200 // 3600 * 3600)
    target.write_bytes(data)


def plain(source: Path, target: Path) -> tuple[dict[str, int], set[Talk]]:
    """Write only what is IP, without tags and without what fills a frame.

    Returns:
        What was left out, by name, and between whom there were pieces of packets.

    Raises:
        ValueError: a link layer other than Ethernet.
    """
    data = source.read_bytes()
    if data[:4] != b"\xd4\xc3\xb2\xa1":
        converted = target.with_suffix(".whole.pcap")
        subprocess.run(["editcap", "-F", "pcap", str(source), str(converted)], check=True, capture_output=True)
        data = converted.read_bytes()
    if struct.unpack_from("<I", data, 20)[0] & 0xFFFF != 1:
        raise ValueError("not Ethernet")
    left_out: dict[str, int] = defaultdict(int)
    pieces: set[Talk] = set()
    parts = [data[:24]]
    for at, captured, length in records(data):
        frame, tags = data[at : at + captured], 0
        while struct.unpack_from(">H", frame, 12 + tags)[0] in _TAGS:
            tags += 4
        kind = struct.unpack_from(">H", frame, 12 + tags)[0]
        if kind not in (0x0800, 0x86DD):
            left_out["ARP frames" if kind == 0x0806 else "other frames that are not IP"] += 1
            continue
        size_at = _ETHERNET + tags + (2 if kind == 0x0800 else 4)
        size = struct.unpack_from(">H", frame, size_at)[0]
        if size:  # else the interface cuts the packet later: what was seen is what there is
            length = min(length - tags, _ETHERNET + size + (40 if kind == 0x86DD else 0))
        frame = (frame[:12] + frame[12 + tags :])[:length]
        if kind == 0x0800 and struct.unpack_from(">H", frame, 20)[0] & 0x3FFF:
            ends = (str(ip_address(frame[at : at + 4])) for at in (26, 30))
            pieces.add(talk((*ends, _NAMES.get(frame[23], ""), 0)))
        parts.append(data[at - 16 : at - 8] + struct.pack("<II", len(frame), length) + frame)
    target.write_bytes(b"".join(parts))
    return dict(left_out), pieces


# --- speed


def speed(folder: Path, runs: int, before: Path | None) -> bool:
    """Print what reading costs with and without flows; was enough of the speed kept?"""
    from make_capture import write

    small, long = folder / "town.pcap", folder / "town-26h.pcap"
    write(small, 64)
    spread(small, long)
    environment = with_bytecode(folder)
    pinned = ["taskset", "-c", str(max(os.sched_getaffinity(0)))] if shutil.which("taskset") else []
    ways = {"with flows": (OURS, environment), "without": (OURS.replace("path =", WITHOUT + "path =", 1), environment)}
    if before is not None:
        ways["before"] = (OURS, {**environment, "PYTHONPATH": str(before / "src")})
    kept = True
    print(f"CPU seconds of the whole process, medians of {runs} interleaved runs")
    for path, name in ((small, "64 MB, 10 seconds of a town"), (long, f"the same packets over {HOURS} hours")):
        costs: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(runs + 1):
            for way, (script, settings) in ways.items():
                cost = run([*pinned, sys.executable, "-c", script, str(path)], settings).cpu
                if number:  # the first is for the page cache and the bytecode
                    costs[way].append(cost)
        middle = {way: statistics.median(found) for way, found in costs.items()}
        print(f"  {name}")
        for way, cpu in middle.items():
            least = min(costs[way])
            ratio = (
                "" if way == "with flows" else f"   with flows we keep {cpu / middle['with flows']:.2f} of its speed"
            )
            print(f"    {way:11} {cpu:6.3f} (least {least:.3f}) {path.stat().st_size / 1e6 / cpu:6,.0f} MB/s{ratio}")
        share = middle["without"] / middle["with flows"]
        kept &= share >= ASKED_SPEED
    print(f"  asked: at least {ASKED_SPEED} of the speed: {'yes' if kept else 'NO'}")
    return kept


# --- agreement


def ours(path: Path) -> dict[Key, Sums]:
    """Our flows, all hours together."""
    from custodiet.model import Flow, Source
    from custodiet.sources.base import ReadOptions
    from custodiet.sources.pcap.reader import READER

    source = Source(id="src-benchmark", kind="capture", format="pcap", name=path.name, sha256="0" * 64, size=1)
    found: dict[Key, Sums] = defaultdict(Sums)
    for flow in READER.read(path, source, ReadOptions()):
        if isinstance(flow, Flow):
            key = (flow.subject[3:], flow.peer[3:], flow.transport, flow.port)
            found[key].add(flow.bytes_out, flow.bytes_in, flow.packets_out, flow.packets_in)
    return found


_NUMBERS = {"icmp": 1, "igmp": 2, "ipv6-icmp": 58, "gre": 47, "esp": 50, "ah": 51, "ospf": 89, "pim": 103, "vrrp": 112}
_TRANSPORTS = {"tcp": "tcp", "udp": "udp", "rtp": "udp", "rtcp": "udp", "udt": "udp"}


def theirs(path: Path) -> dict[Key, Sums]:
    """The records of argus added up, in bytes of the network layer."""
    out = path.with_suffix(".argus")
    out.unlink(missing_ok=True)  # argus writes behind what is there
    subprocess.run(["argus", "-X", "-r", str(path), "-w", str(out)], check=True, capture_output=True)
    fields = ["saddr", "daddr", "proto", "sport", "dport", "spkts", "dpkts", "sbytes", "dbytes"]
    command = ["ra", "-X", "-r", str(out), "-n", "-u", "-c", ",", "-s", *(f"{field}:60" for field in fields)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[Key, Sums] = defaultdict(Sums)
    for row in csv.reader(text.splitlines()):
        if len(row) != len(fields) or row[2] in ("man", "Proto"):
            continue
        client, server, name = str(ip_address(row[0])), str(ip_address(row[1])), row[2]
        transport = _TRANSPORTS.get(name) or f"ip/{_NUMBERS.get(name, name)}"
        port = int(row[4], 0) if transport in ("tcp", "udp") and row[4] else 0
        packets_out, packets_back, out_bytes, back_bytes = map(int, row[5:])
        found[client, server, transport, port].add(
            out_bytes - _ETHERNET * packets_out, back_bytes - _ETHERNET * packets_back, packets_out, packets_back
        )
    return found


TURNED = "only what answers was captured: argus takes who came first, ours knows the port of a server"
PIECES = "with later pieces of large packets: argus keeps them apart, since only the first has ports"
GROUPS = "IGMP: argus 3.0 shows how many groups are reported where ours has the address"
LEFT_OUT = "{}: no flow of ours, and left out of what argus got"


def compare(path: Path, folder: Path) -> bool:
    """Print how our flows and those of argus differ; do they agree beyond what is explained?"""
    copy = folder / "plain.pcap"
    try:
        left_out, pieces = plain(path, copy)
    except (ValueError, struct.error, subprocess.CalledProcessError) as error:
        print(f"\n{path.name}: not compared ({error})")
        return True
    mine, other = ours(path), theirs(copy)
    same = {key for key in mine.keys() & other.keys() if mine[key] == other[key]}
    apart: dict[Talk, tuple[set[Key], set[Key]]] = defaultdict(lambda: (set(), set()))
    for side, sums in enumerate((mine, other)):
        for key in sums.keys() - same:
            apart[talk(key)][side].add(key)
    reasons: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    unexplained = []
    for which, (one, two) in apart.items():
        total, packets = (sum(getattr(mine[key], name) for key in one) for name in ("bytes", "packets"))
        reason = ""
        if (total, packets) == tuple(sum(getattr(other[key], name) for key in two) for name in ("bytes", "packets")):
            if which[1] == _IGMP:
                reason = GROUPS
            elif which in pieces:
                reason = PIECES
            elif {key[:2] for key in one} == {(key[1], key[0]) for key in two}:
                reason = TURNED
        if reason:
            flows, size = reasons[reason]
            reasons[reason] = (flows + len(one), size + total)
        else:
            unexplained.append((sorted(one), sorted(two)))
    all_mine, all_other = sum(one.bytes for one in mine.values()), sum(one.bytes for one in other.values())
    off = abs(all_mine - all_other) / max(all_other, 1)
    print(f"\n{path.name}: {len(mine):,} flows of ours, {len(other):,} of argus")
    print(f"  {len(same):7,} flows {sum(mine[key].bytes for key in same):13,} bytes  the same, with the same bytes")
    for reason, (flows, size) in sorted(reasons.items()):
        print(f"  {flows:7,} flows {size:13,} bytes  {reason}")
    for name, count in sorted(left_out.items()):
        print(f"  {count:7,} frames {'':19} {LEFT_OUT.format(name)}")
    for one, two in unexplained[:5]:
        print(f"  not explained: ours {one}, argus {two}")
    print(f"  all bytes: {all_mine:,} and {all_other:,}; {100 * off:.4f}% apart, {len(unexplained)} not explained")
    return off <= ASKED_BYTES and not unexplained


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("captures", type=Path, nargs="*", help="captures to compare besides the made ones")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--before", type=Path, help="a checkout of an earlier commit")
    parser.add_argument("--folder", type=Path, help="where captures are made; default: a temporary folder")
    arguments = parser.parse_args()
    from make_capture import write

    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        good = speed(folder, arguments.runs, arguments.before) if arguments.runs else True
        if shutil.which("argus") is None or shutil.which("ra") is None:
            print("argus is not here: flows were not compared")
            return not good
        small, turn = folder / "town-16.pcap", folder / "town-16-turn-of-the-hour.pcap"
        write(small, 16, seed=8)
        shift(small, turn)
        for path in (small, turn, *arguments.captures):
            good &= compare(path, folder)
    return not good


if __name__ == "__main__":
    sys.exit(main())
