"""Record boundaries: the fast way finds what the plain way finds, whatever the bytes."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from custodiet.sources.pcap import plain as pcap_plain
from custodiet.sources.pcap import window as pcap_window
from custodiet.sources.pcap.boundaries import record_starts, words


def records(rng: random.Random, size: int, big: bool, noise: float = 0.0) -> bytearray:
    """Records up to a size; some hold bytes that look like the head of a record."""
    order = ">" if big else "<"
    data = bytearray()
    while len(data) < size:
        length = rng.choice([60, 60, 90, 1514, rng.randrange(0, 9000)])
        body = bytearray(rng.randbytes(length))
        if rng.random() < noise:
            for at in range(0, length - 40, 40):
                body[at : at + 16] = struct.pack(order + "IIII", 1_700_000_000, 5, 24, 24)
        data += struct.pack(order + "IIII", 1_700_000_000 + len(data) // 100000, 5, length, length) + body
    return data


def plain(data: bytearray, end: int, big: bool) -> tuple[list[int], int]:
    found, at = [], 0
    while at + 16 <= end:
        after = at + 16 + struct.unpack_from(">I" if big else "<I", data, at + 8)[0]
        if after > end:
            break
        found.append(at)
        at = after
    return found, at


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0])
def test_same_as_one_by_one(big: bool, noise: float) -> None:
    layout = pcap_plain.BIG if big else pcap_plain.LITTLE
    for seed in range(4):
        data = records(random.Random(seed), 600_000, big, noise)
        end = len(data) - seed * 31
        memory = data + bytes(pcap_window.SLACK)
        window = np.frombuffer(memory, dtype=np.uint8)
        starts, following = record_starts(memory, window, words(window, big), 0, end, layout)
        assert (starts.tolist(), following) == plain(data, end, big)


def test_damage_in_the_middle_is_found() -> None:
    data = records(random.Random(5), 600_000, False)
    starts, _ = plain(data, len(data), False)
    broken = starts[len(starts) // 2]
    struct.pack_into("<I", data, broken + 8, 0xFFFFFF00)
    memory = data + bytes(pcap_window.SLACK)
    window = np.frombuffer(memory, dtype=np.uint8)
    found, following = record_starts(memory, window, words(window, False), 0, len(data), pcap_plain.LITTLE)
    assert following == broken
    assert found.tolist() == starts[: starts.index(broken)]
