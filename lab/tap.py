"""Sees every frame that leaves a namespace, beside whatever sends them and sharing no code with it.

    ip netns exec NAME-scan python -m lab.tap FILE

Writes one line a frame, ``seconds interface protocol to from_port port size``, in the order in which they left; the
size is that of the packet without its frame. It says ``ready`` when it looks, and ends with its standard input.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_OUTGOING = 4
_TIMES, _ROOM, _STATISTICS, _LEVEL = 35, 33, 6, 263
_NAMES = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp"}


class Frame(NamedTuple):
    """One frame that left."""

    at: float
    interface: str
    protocol: str
    to: str
    from_port: int
    port: int
    size: int


def frame(at: float, interface: str, data: bytes) -> Frame:
    """What a frame of Ethernet is; of one that is no IPv4 and no ARP only the kind is told."""
    kind, packet = data[12:14], data[14:]
    if kind == b"\x08\x06":
        return Frame(at, interface, "arp", socket.inet_ntoa(packet[24:28]), 0, 0, 28)
    if kind != b"\x08\x00":
        return Frame(at, interface, kind.hex(), "0.0.0.0", 0, 0, len(packet))
    size, number = struct.unpack_from("!2xH5xB", packet)
    head = (packet[0] & 15) * 4
    ports = struct.unpack_from("!HH", packet, head) if number in (6, 17) else (0, 0)
    return Frame(at, interface, _NAMES.get(number, str(number)), socket.inet_ntoa(packet[16:20]), *ports, size)


def look(path: Path) -> None:
    """Write down what leaves until standard input ends."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as tap, path.open("w") as file:
        tap.setsockopt(socket.SOL_SOCKET, _ROOM, 64 << 20)
        tap.setsockopt(socket.SOL_SOCKET, _TIMES, 1)
        tap.setblocking(False)
        print("ready", flush=True)
        ending = False
        while True:
            ready, _, _ = select.select([tap] if ending else [tap, sys.stdin], [], [], 0.3 if ending else None)
            if sys.stdin in ready:
                ending = True
            if ending and tap not in ready:
                break
            with contextlib.suppress(BlockingIOError):
                while True:
                    data, told, _, (interface, _, kind, *_) = tap.recvmsg(128, 64)
                    if kind != _OUTGOING or interface == "lo":
                        continue
                    seconds, nanoseconds = struct.unpack("qq", told[0][2])
                    file.write(" ".join(map(str, frame(seconds + nanoseconds / 1e9, interface, data))) + "\n")
        _, lost = struct.unpack("II", tap.getsockopt(_LEVEL, _STATISTICS, 8))
        file.write(f"lost {lost}\n")


@contextmanager
def tapped(namespace: str, path: Path) -> Iterator[list[Frame]]:
    """What leaves a namespace while the block lasts; the list is filled when it ends.

    Raises:
        RuntimeError: the tap did not begin, or lost frames.
    """
    found: list[Frame] = []
    process = subprocess.Popen(
        ["ip", "netns", "exec", namespace, sys.executable, "-m", "lab.tap", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
        env={key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the tap did not begin")
        yield found
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
    *lines, last = path.read_text().splitlines()
    if last != "lost 0":
        raise RuntimeError(f"the tap: {last}")
    for line in lines:
        at, interface, protocol, to, from_port, port, size = line.split()
        found.append(Frame(float(at), interface, protocol, to, int(from_port), int(port), int(size)))


if __name__ == "__main__":
    look(Path(sys.argv[1]))
