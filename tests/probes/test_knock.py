"""Knocks on the loopback interface: what is open, what refuses, and what nobody may answer for another."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from custodiet.probes.knock import Answer, RawKnocks, _segment

HERE = {socket.AF_INET: "127.0.0.9", socket.AF_INET6: "::1"}


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def knocks(request: pytest.FixtureRequest) -> Iterator[RawKnocks]:
    try:
        made = RawKnocks(request.param)
    except PermissionError:
        pytest.skip("this machine does not let us write segments")
    except OSError:
        pytest.skip("this machine has no such addresses")
    yield made
    made.close()


def heard(knocks: RawKnocks, wait: float = 0.3) -> set[Answer]:
    time.sleep(wait)
    return set(knocks.read())


def test_an_open_and_a_closed_port_are_told_apart(knocks: RawKnocks) -> None:
    here = HERE[knocks._family]
    with socket.socket(knocks._family) as server, socket.socket(knocks._family) as closed:
        server.bind((here, 0))
        server.listen()
        closed.bind((here, 0))
        ports = server.getsockname()[1], closed.getsockname()[1]
        assert all(knocks.send(here, port) for port in ports)
        assert heard(knocks) == {Answer(here, ports[0], "open"), Answer(here, ports[1], "refused")}


def test_an_answer_with_another_number_does_not_count(knocks: RawKnocks) -> None:
    def answer(number: int, flags: int = 0x12) -> bytes:
        head = struct.pack("!HHIIBBHHH", 80, knocks.port, 7, number, 0x50, flags, 100, 0, 0)
        return (b"\x45" + bytes(19) if knocks._family == socket.AF_INET else b"") + head

    right = (knocks._number("192.0.2.1", 80) + 1) & 0xFFFFFFFF
    assert knocks._read(answer(right), "192.0.2.1") == Answer("192.0.2.1", 80, "open")
    assert knocks._read(answer(right, 0x14), "192.0.2.1") == Answer("192.0.2.1", 80, "refused")
    assert knocks._read(answer(right), "192.0.2.2") is None, "somebody else answered"
    assert knocks._read(answer(right + 1), "192.0.2.1") is None
    assert knocks._read(answer(right, 0x10), "192.0.2.1") is None, "no opening"
    assert knocks._read(b"\x45" * 30, "192.0.2.1") is None
    assert knocks._read(b"\x45", "192.0.2.1") is None


def test_the_checksum_is_that_of_tcp() -> None:
    source, target = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 99])
    segment = _segment(source, target, 40000, 554, 0xFFFFFFFF)
    whole = source + target + struct.pack("!HH", 6, len(segment)) + segment
    total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_no_way_is_told(knocks: RawKnocks) -> None:
    if knocks._family == socket.AF_INET6:
        pytest.skip("asked of IPv4 alone")
    with pytest.raises(OSError):
        knocks.send("255.255.255.255", 80)
