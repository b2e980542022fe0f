"""The passive sensor: how many packets a second does it hear without loss, and does any vanish uncounted?

Makes a capture of a town hall's network, and two network namespaces joined by a veth pair. In one of them the capture
is replayed at rising rates; in the other our sensor listens, puts what it hears into files and reads them into
observations, all on one core. Printed for each rate: packets sent, seen, passed by the filter, kept, and lost as the
kernel counts them, and CPU seconds of each process. Beside it, how many frames a second the ring and plain `recv_into`
take from the kernel, and how much of what the whole capture says is still said behind the filter.

    python benchmarks/sensor.py [--seconds 5] [--rates 20000,50000,100000] [--megabytes 64] [--soak 60]

Needs root, for the namespaces. The exit code is 1 when packets vanish that nobody counted.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

SEND, HEAR = "cst-sensor-send", "cst-sensor-hear"
LEFT, RIGHT = "cstsend0", "csthear0"
_SOL_PACKET, _BYPASS = 263, 20
_IGNORE_OUTGOING = 23


# --- the wire


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def make_wire() -> None:
    """Two namespaces in which nobody says anything unasked."""
    remove_wire()
    for name in (SEND, HEAR):
        ip("netns", "add", name)
        for what in ("all", "default"):
            ip("netns", "exec", name, "sysctl", "-qw", f"net.ipv6.conf.{what}.disable_ipv6=1")
    ip("link", "add", LEFT, "netns", SEND, "type", "veth", "peer", "name", RIGHT, "netns", HEAR)
    for name, end in ((SEND, LEFT), (HEAR, RIGHT)):
        ip("-n", name, "link", "set", end, "mtu", "9000", "arp", "off", "up")


def remove_wire() -> None:
    for name in (SEND, HEAR):
        subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)


def dropped_on_the_way() -> int:
    """Packets that the kernel counts as dropped between the sender's socket and the interface that is listened on.

    What it counts as dropped behind that (nobody here answers to those addresses) was heard before.
    """
    output = subprocess.run(["ip", "-n", SEND, "-s", "-j", "link", "show", LEFT], capture_output=True, check=True)
    counts = json.loads(output.stdout)[0]["stats64"]["tx"]
    return int(counts["dropped"] + counts["errors"])


# --- the sender


def frames_of(path: Path) -> list[bytes]:
    data, at, found = path.read_bytes(), 24, []
    while at + 16 <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at + 16 : at + 16 + size])
        at += 16 + size
    return found


def send(path: Path, rate: int, seconds: float) -> None:
    """Replay at a rate, in groups of a millisecond; prints how many were sent."""
    frames = frames_of(path)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as out:
        out.setsockopt(_SOL_PACKET, _BYPASS, 1)
        out.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
        out.bind((LEFT, 0))
        print("ready", flush=True)
        sys.stdin.readline()
        sent = refused = at = 0
        begin = time.perf_counter()
        while (now := time.perf_counter() - begin) < seconds:
            due = int(now * rate) - sent if rate else 500
            if due <= 0:
                time.sleep(0.0005)
                continue
            for _ in range(min(due, 2000)):
                try:
                    out.send(frames[at])
                    sent += 1
                except OSError:
                    refused += 1
                at = at + 1 if at + 1 < len(frames) else 0
        took = time.perf_counter() - begin
    used = os.times()
    print(json.dumps({"sent": sent, "refused": refused, "took": took, "cpu": used.user + used.system}))


# --- the listener


def hear(folder: Path, keep: str, ring: int, each: float = 2) -> None:
    """Listen until standard input ends, read every file, print what was heard and how memory went."""
    from custodiet.probes.sensor.listen import Batch, Limits, listen
    from custodiet.probes.sensor.reading import Today, read_batch, source_of

    held: list[int] = []  # KiB after each file
    stop, today, items, begun = threading.Event(), Today(), Counter[str](), threading.Event()

    def take(batch: Batch) -> None:
        for item in read_batch(batch, source_of(batch), today):
            items[type(item).__name__] += 1
        held.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") >> 10)

    def progress(_stats: object) -> None:
        if not begun.is_set():
            begun.set()
            print("ready", flush=True)

    def wait() -> None:
        sys.stdin.readline()
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
    limits = Limits(seconds=each, size=64 << 20, ring=ring << 20)
    stats = listen(RIGHT, folder=folder, batches=take, stop=stop, keep=keep, limits=limits, progress=progress)  # type: ignore[arg-type]
    own, child = os.times(), os.times()
    print(
        json.dumps(
            {
                **{name: getattr(stats, name) for name in ("seen", "passed", "kept", "lost", "full", "bytes")},
                "trouble": stats.trouble,
                "unaccounted": stats.unaccounted,
                "observations": items["Observation"],
                "flows": items["Flow"],
                "held": held,
                "parent": own.user + own.system,
                "child": child.children_user + child.children_system,
            }
        )
    )


def hear_plainly() -> None:
    """The other way: one call a frame, with its time."""
    buffer = bytearray(65536)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as heard:
        heard.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE
        heard.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
        heard.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        heard.settimeout(0.2)
        heard.bind((RIGHT, 3))
        print("ready", flush=True)
        done = threading.Event()
        threading.Thread(target=lambda: (sys.stdin.readline(), done.set()), daemon=True).start()
        kept = size = 0
        while True:
            try:
                got, times, _flags, _who = heard.recvmsg_into([buffer], 64)
                kept += 1
                size += got + len(times)
            except TimeoutError:
                if done.is_set():
                    break
        passed, lost = struct.unpack("=2I", heard.getsockopt(_SOL_PACKET, 6, 8))
    own = os.times()
    counts = {"seen": passed, "passed": passed, "kept": kept, "lost": lost, "full": 0, "bytes": size, "trouble": ""}
    rest = {"unaccounted": passed - kept - lost, "observations": 0, "flows": 0, "child": 0.0}
    print(json.dumps({**counts, **rest, "parent": own.user + own.system}))


# --- one run


def start(where: str, core: int, *words: str) -> subprocess.Popen[str]:
    command = ["ip", "netns", "exec", where, "taskset", "-c", str(core), sys.executable, __file__, *words]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    )
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise RuntimeError(f"{words[0]} did not start")
    return process


def replay(path: Path, folder: Path, way: str, keep: str, rate: int, seconds: float, ring: int, each: float = 2) -> int:
    """Replay at one rate and print what came of it; returns how many packets nobody counted.

    Args:
        each: seconds after which a file is rotated.
    """
    before = dropped_on_the_way()
    cores = sorted(os.sched_getaffinity(0))
    listener = start(HEAR, cores[-1], way, str(folder), keep, str(ring), str(each))
    sender = start(SEND, cores[0], "send", str(path), str(rate), str(seconds))
    sent = json.loads(sender.communicate("go\n")[0])
    time.sleep(0.5)
    heard = json.loads(listener.communicate("stop\n")[0])
    after = dropped_on_the_way()
    on_the_way = after - before
    vanished = abs(sent["sent"] - heard["seen"] - on_the_way) + abs(heard["unaccounted"])
    reached = sent["sent"] / sent["took"]
    share = (heard["parent"] + heard["child"]) / sent["took"]
    print(
        f"  {way:6} {keep:6} {reached:9,.0f} {sent['sent']:9,} {heard['seen']:9,} {heard['passed']:9,} {heard['kept']:9,} "
        f"{heard['lost']:7,} {on_the_way:6,} {vanished:8,}   {sent['cpu']:6.2f} {heard['child']:6.2f} {heard['parent']:6.2f} "
        f"{100 * share:5.0f}%  {heard['observations']:6,} {heard['flows']:6,} {heard['trouble']}"
    )
    held = heard.get("held", [])
    if len(held) > 50:
        middle = len(held) // 2
        print(
            f"  memory over {len(held)} files: {held[10]:,} KiB after 10, {held[middle]:,} after {middle}, {held[-1]:,} at the end"
        )
    return int(vanished)


# --- what the filter costs in knowledge


def through_filter(path: Path, out: Path, keep: str) -> int:
    """Write the capture as the kernel's filter leaves it; returns how many frames passed.

    A pair of sockets of this machine takes filters too, so this needs no right and no network.
    """
    from custodiet.probes.sensor.child import attach
    from custodiet.probes.sensor.filter import build_filter

    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    attach(right, build_filter(keep, 1))  # type: ignore[arg-type]
    right.setblocking(False)
    passed, data, at = 0, path.read_bytes(), 24
    with out.open("wb") as file:
        file.write(data[:24])
        while at + 16 <= len(data):
            seconds, fraction, captured, size = struct.unpack_from("<4I", data, at)
            left.send(data[at + 16 : at + 16 + captured])
            try:
                frame = right.recv(captured)
            except BlockingIOError:
                pass
            else:
                passed += 1
                file.write(struct.pack("<4I", seconds, fraction, len(frame), size) + frame)
            at += 16 + captured
    return passed


def facts_of(path: Path) -> dict[str, set[tuple[str, str]]]:
    from custodiet.model import Observation, Source
    from custodiet.sources.base import ReadOptions
    from custodiet.sources.pcap.reader import READER

    source = Source(id="src-benchmark", kind="capture", format="pcap", name="", sha256="0" * 64, size=0)
    found: dict[str, set[tuple[str, str]]] = {}
    for item in READER.read(path, source, ReadOptions()):
        if isinstance(item, Observation):
            found.setdefault(item.attribute, set()).add((item.subject, item.value))
    return found


def compare(path: Path, folder: Path) -> None:
    whole = facts_of(path)
    frames = sum(1 for _ in each(path))
    for keep in ("words", "flows"):
        left = folder / f"{keep}.pcap"
        passed = through_filter(path, left, keep)
        still = facts_of(left)
        total = sum(map(len, whole.values()))
        kept = sum(len(whole[name] & still.get(name, set())) for name in whole)
        bytes_left = left.stat().st_size / path.stat().st_size
        print(
            f"\nBehind the filter '{keep}': {passed:,} of {frames:,} frames, {100 * bytes_left:.1f}% of the bytes, "
            f"{kept:,} of {total:,} facts ({100 * kept / total:.2f}%)"
        )
        for name in sorted(whole):
            missing = whole[name] - still.get(name, set())
            if missing:
                print(f"  {name:28} {len(whole[name]):7,} facts, {len(missing):6,} missing, such as {min(missing)}")


def each(path: Path) -> Iterator[int]:
    data, at = path.read_bytes(), 24
    while at + 16 <= len(data):
        yield at
        at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")


def main() -> int:
    if sys.argv[1:2] == ["send"]:
        send(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
        return 0
    if sys.argv[1:2] in (["ring"], ["plain"]):
        if sys.argv[1] == "plain":
            hear_plainly()
        else:
            hear(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
        return 0
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument(
        "--rates", default="20000,50000,100000,150000,0", help="packets a second; 0: as fast as it goes"
    )
    parser.add_argument("--megabytes", type=float, default=64)
    parser.add_argument("--ring", type=int, default=32, help="MiB")
    parser.add_argument(
        "--soak", type=float, default=0, help="seconds of listening with files rotated five times a second"
    )
    parser.add_argument("--keep", default="words,flows,all")
    arguments = parser.parse_args()
    if os.geteuid():
        print("this needs root, for the namespaces")
        return 2
    from make_capture import write

    vanished = 0
    with tempfile.TemporaryDirectory(prefix="cst-sensor-") as name:
        folder = Path(name)
        path = folder / "town.pcap"
        write(path, arguments.megabytes)
        compare(path, folder)
        make_wire()
        try:
            print(
                "\n  way    keep    packets/s      sent      seen    passed      kept    lost on way vanished   CPU s: sender  child parent  "
                "core    facts  flows"
            )
            for rate in map(int, arguments.rates.split(",")):
                for keep in arguments.keep.split(","):
                    vanished += replay(path, folder / "spool", "ring", keep, rate, arguments.seconds, arguments.ring)
                vanished += replay(path, folder / "spool", "plain", "all", rate, arguments.seconds, arguments.ring)
            if arguments.soak:
                print(f"\n  {arguments.soak:,.0f} seconds with five files a second: weeks in small")
                for keep in arguments.keep.split(","):
                    vanished += replay(path, folder / "spool", "ring", keep, 20000, arguments.soak, arguments.ring, 0.2)
        finally:
            remove_wire()
    print(f"\n{vanished:,} packets vanished that nobody counted")
    return 1 if vanished else 0


if __name__ == "__main__":
    sys.exit(main())
