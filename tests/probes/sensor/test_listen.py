"""Listening on a wire between two namespaces: what is heard, what is sent (nothing), and trouble of every kind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from custodiet.errors import UsageError
from custodiet.probes.sensor.listen import Limits, Stats, listen

if TYPE_CHECKING:
    from conftest import Wire

Listening = Callable[..., "subprocess.Popen[str]"]

SENDER = bytes.fromhex("3c5282010203")
ARP = b"\xff" * 6 + SENDER + bytes.fromhex("0806 0001 0800 06 04 0001") + SENDER + b"\x0a\0\0\7" + bytes(10)
VIDEO = b"\x02" + bytes(5) + SENDER + bytes.fromhex("0800 45000030 00000000 40110000 0a000007 0a000008")
VIDEO += bytes.fromhex("4e20 9c40 001c 0000") + b"\x80\x60" + bytes(18)
TAGGED = ARP[:12] + bytes.fromhex("8100 0014") + ARP[12:]


def told(process: subprocess.Popen[str], until: str = "stats") -> list[list[Any]]:
    """What the listening process says, up to a word."""
    assert process.stdout is not None
    found = []
    for line in process.stdout:
        found.append(json.loads(line))
        if found[-1][0] == until:
            break
    return found


def ended(process: subprocess.Popen[str]) -> list[list[Any]]:
    """Stop it in order; what it says until its end."""
    assert process.stdin is not None
    process.stdin.close()
    said = told(process)
    process.wait(10)
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    return said


def children(process: subprocess.Popen[str]) -> list[int]:
    """Processes that it started; ``ip netns exec`` becomes the process it starts."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def counters(wire: Wire, name: str, end: str) -> tuple[int, int]:
    """Frames received and sent by an interface."""
    counts = json.loads(wire.ip("-n", name, "-s", "-j", "link", "show", end))[0]["stats64"]
    return counts["rx"]["packets"], counts["tx"]["packets"]


def test_it_hears_and_sends_nothing(wire: Wire, listening: Listening) -> None:
    before = counters(wire, wire.hear, wire.here)
    process = listening()
    wire.speak(*[ARP, VIDEO, VIDEO] * 50)
    time.sleep(1.5)
    *batches, (_, stats, unaccounted) = ended(process)
    after = counters(wire, wire.hear, wire.here)
    assert after[0] - before[0] == 150
    assert after[1] - before[1] == 0  # the hour of listening, shortened
    assert counters(wire, wire.send, wire.there)[0] == 0
    assert (stats["seen"], stats["lost"], unaccounted) == (150, 0, 0)
    assert 50 <= stats["passed"] == stats["kept"] < 60  # all ARP, and perhaps the headers of some video
    assert stats["trouble"] == ""
    [(_, _, total, facts, issues)] = batches
    assert total == stats["kept"] and issues == []
    assert "ip:10.0.0.7 net.mac 3c:52:82:01:02:03" in facts


def test_all_is_kept_where_it_is_wanted(wire: Wire, listening: Listening) -> None:
    process = listening(keep="all")
    wire.speak(*[ARP, VIDEO] * 20)
    *batches, (_, stats, unaccounted) = ended(process)
    assert (stats["seen"], stats["kept"], unaccounted) == (40, 40, 0)
    assert sum(batch[2] for batch in batches) == 40


def test_the_tag_that_the_kernel_takes_out_is_there(wire: Wire, listening: Listening) -> None:
    process = listening(keep="all")
    wire.speak(TAGGED, VIDEO[:12] + bytes.fromhex("8100 0014") + VIDEO[12:])
    batch, _stats = ended(process)
    assert batch[2] == 2
    assert "ip:10.0.0.7 net.vlan 20" in batch[3]


def test_files_are_handed_over_while_it_goes_on(wire: Wire, listening: Listening, tmp_path: Path) -> None:
    process = listening(each=0.5)
    for _ in range(3):
        wire.speak(*[ARP] * 10)
        assert told(process, "batch")[-1][2] == 10
    *_, (_, stats, unaccounted) = ended(process)
    assert (stats["kept"], unaccounted) == (30, 0)
    assert [path.name for path in (tmp_path / "spool").iterdir()] == ["lock"]


def test_it_ends_by_itself_when_the_time_is_over(listening: Listening) -> None:
    process = listening(seconds=0.5)
    assert told(process)[-1][0] == "stats"
    ended(process)


def test_an_interface_that_vanishes_ends_it_and_what_was_heard_is_there(wire: Wire, listening: Listening) -> None:
    process = listening()
    wire.speak(*[ARP] * 10)
    time.sleep(0.5)
    wire.ip("-n", wire.hear, "link", "del", wire.here)
    batch, (_, stats, _) = told(process)
    assert batch[2] == 10
    assert stats["trouble"] == f"the interface {wire.here} is not there any more"
    ended(process)


def test_an_interface_that_is_down_is_waited_for(wire: Wire, listening: Listening) -> None:
    process = listening(each=1.0)
    wire.ip("-n", wire.hear, "link", "set", wire.here, "down")
    time.sleep(1.5)
    wire.ip("-n", wire.hear, "link", "set", wire.here, "up")
    time.sleep(1.5)
    wire.speak(*[ARP] * 10)
    *_, (_, stats, _) = ended(process)
    assert (stats["kept"], stats["trouble"]) == (10, "")


def test_the_process_that_captures_has_no_rights_left(listening: Listening) -> None:
    process = listening()
    [child] = children(process)
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines())
    assert status["Uid"].split() == status["Gid"].split() == ["65534"] * 4
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Groups"].strip() == ""
    ended(process)


def test_this_process_too_can_give_up_its_rights(wire: Wire, listening: Listening) -> None:
    process = listening(give_up=True)
    status = Path(f"/proc/{process.pid}/status").read_text()
    assert {line.split()[1] for line in status.splitlines() if line.startswith("Cap")} == {"0" * 16}
    wire.speak(*[ARP] * 10)
    batch, (_, stats, unaccounted) = ended(process)
    assert (batch[2], stats["kept"], unaccounted) == (10, 10, 0)


def test_the_right_to_capture_is_all_it_needs(wire: Wire, tmp_path: Path) -> None:
    if not shutil.which("setpriv"):
        pytest.skip("the program setpriv is not here")
    only = ["setpriv", "--inh-caps=-all,+net_raw", "--bounding-set=-all,+net_raw", sys.executable]
    process = wire.listen(tmp_path / "spool", python=only)
    assert process.stdout is not None and "listening" in process.stdout.readline()
    status = Path(f"/proc/{process.pid}/status").read_text()
    assert {line.split()[1] for line in status.splitlines() if line.startswith("CapEff")} == {f"{1 << 13:016x}"}
    wire.speak(*[ARP] * 10)
    batch, (_, stats, unaccounted) = ended(process)
    assert (batch[2], stats["kept"], unaccounted) == (10, 10, 0)


def test_killed_at_any_moment_what_was_heard_is_handed_over_next_time(
    wire: Wire, listening: Listening, tmp_path: Path
) -> None:
    process = listening()
    [child] = children(process)
    wire.speak(*[ARP] * 10)
    time.sleep(0.6)
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    for _ in range(50):
        if not is_running(child):
            break
        time.sleep(0.05)
    assert not is_running(child)
    said = ended(wire.listen(tmp_path / "spool", seconds=1))
    batch = next(one for one in said if one[0] == "batch")
    assert batch[1] is True and batch[2] == 10
    assert "ip:10.0.0.7 net.mac 3c:52:82:01:02:03" in batch[3]


def test_when_the_process_that_captures_dies_it_is_told(wire: Wire, listening: Listening) -> None:
    process = listening()
    [child] = children(process)
    wire.speak(*[ARP] * 10)
    time.sleep(0.5)
    os.kill(child, signal.SIGKILL)
    batch, (_, stats, _) = told(process)
    assert batch[2] == 10
    assert stats["trouble"] == "the process that captures ended unexpectedly"
    ended(process)


def test_ctrl_c_and_the_end_of_the_terminal_are_for_the_parent(wire: Wire, listening: Listening) -> None:
    process = listening()
    [child] = children(process)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child, number)
    wire.speak(ARP)
    *_, (_, stats, unaccounted) = ended(process)
    assert (stats["kept"], stats["trouble"], unaccounted) == (1, "", 0)


def test_no_such_interface_names_those_that_are_there(tmp_path: Path) -> None:
    for name in ("nosuch0", "a name that is much too long", ""):
        with pytest.raises(UsageError, match=r"no such interface.*\blo\b"):
            listen(name, folder=tmp_path, batches=lambda _: None, stop=threading.Event())


def test_without_the_right_it_says_what_is_lost_and_how_to_give_it() -> None:
    code = (
        "import threading, pathlib\n"
        "from custodiet.probes.sensor import rights\n"
        "from custodiet.probes.sensor.listen import listen\n"
        "rights.give_up()\n"
        "listen('lo', folder=pathlib.Path('/nonexistent'), batches=print, stop=threading.Event())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert "this user may not capture" in last and "mDNS" in last
    assert "sudo setcap cap_net_raw+ep" in last and str(Path(sys.executable).resolve()) in last


def test_what_the_taker_raises_ends_it_and_the_file_stays(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("capturing needs root")

    def full(_batch: object) -> None:
        raise RuntimeError("the case is full")

    left = tmp_path / "lo-20250101T000000Z-000000.pcap"
    left.write_bytes(b"")
    with pytest.raises(RuntimeError, match="the case is full"):
        listen("lo", folder=tmp_path, batches=full, stop=threading.Event(), seconds=5)
    assert left.exists()
    assert not any(thread.name == "sensor" for thread in threading.enumerate())


def test_whoever_takes_too_slowly_loses_frames_that_are_counted(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("capturing needs root")
    go_on, stop = threading.Event(), threading.Event()
    sizes = []

    def slow(_batch: object) -> None:
        go_on.wait(20)

    def talk() -> None:
        time.sleep(0.5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for _ in range(30_000):
                out.sendto(bytes(1400), ("127.0.0.1", 5353))
        time.sleep(1.2)
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
        stop.set()
        go_on.set()

    talking = threading.Thread(target=talk)
    talking.start()
    limits = Limits(seconds=60, size=1 << 20, waiting=1, ring=2 << 20)
    stats = listen("lo", folder=tmp_path, batches=slow, stop=stop, limits=limits)
    talking.join()
    assert stats.passed >= 30_000
    assert stats.lost > 20_000
    assert stats.unaccounted == 0
    assert sizes[0] < 10 << 20  # of 42 MiB


def test_what_came_since_a_moment() -> None:
    one = Stats(since=1.0, until=5.0, seen=10, passed=6, kept=5, lost=1, full=1, bytes=100)
    two = Stats(since=1.0, until=9.0, seen=30, passed=20, kept=15, lost=4, full=2, bytes=300, trouble="x")
    part = two - one
    assert (part.since, part.until, part.seen, part.kept, part.lost) == (5.0, 9.0, 20, 10, 3)
    assert (part.left_out, two.unaccounted, part.trouble) == (6, 1, "x")
