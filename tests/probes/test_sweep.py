"""A sweep of a few addresses on the loopback interface: what it asks, what it writes down, and what a stop costs."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import UsageError
from custodiet.probes import run
from custodiet.probes.knock import RawKnocks
from custodiet.probes.ledger import PAGE_SECONDS, Packet, verify
from custodiet.probes.log import (
    KILLED,
    Asking,
    End,
    Exchanged,
    Head,
    Interrupted,
    Ledgered,
    LeftAlone,
    SweepLog,
    interrupted,
    read_log,
)
from custodiet.probes.pace import Pace
from custodiet.probes.plan import LOOKING, PRESETS, Plan, estimate
from custodiet.probes.question import Question
from custodiet.probes.restraint import Limits
from custodiet.probes.run import Rights, rights, run_sweep
from custodiet.probes.sweep import Sweep

NEAR = f"127.0.{91 + 4 * int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))}"
"""Addresses of this process of the test run alone, since another may run the same tests."""
NETWORK = f"{NEAR}.0/27"
ALIVE = (f"{NEAR}.3", f"{NEAR}.9", f"{NEAR}.20")
KEY = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
PAGE = Question(
    id="page",
    title="a page",
    sends="a request for the front page",
    category="read",
    harmless="It only reads.",
    transport="tcp",
    ports=(8081,),
    requests=(b"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",),
)
SEARCH = Question(
    id="search",
    title="a search",
    sends="a search",
    category="discovery",
    harmless="Devices were built to answer it.",
    transport="udp",
    ports=(37021,),
    requests=(b"who is there {uuid}",),
    waits=0.4,
)
QUICK = PRESETS[-1].__class__(id="quick", means="for tests", rate=None, at_once=8, gap=0.05, knocks_gap=0.0)


@dataclass
class Town:
    """Devices that count what they were asked."""

    requests: Counter[str] = field(default_factory=Counter)
    searches: Counter[str] = field(default_factory=Counter)
    slow: float = 0.0
    resets: bool = False


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(made, stop, ready)), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield made
    stop.set()
    thread.join(10)


async def _serve(town: Town, stop: threading.Event, ready: threading.Event) -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            town.requests[writer.get_extra_info("sockname")[0]] += 1
            await asyncio.sleep(town.slow)
            if town.resets:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            writer.write(b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nContent-Length: 2\r\n\r\nhi")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    class Answers(asyncio.DatagramProtocol):
        def __init__(self, address: str) -> None:
            self.address = address

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
            town.searches[self.address] += 1
            self.transport.sendto(b"I am", sender)  # type: ignore[attr-defined]

    loop = asyncio.get_running_loop()
    servers = [await asyncio.start_server(page, address, 8081) for address in ALIVE]
    ends = [
        await loop.create_datagram_endpoint(lambda a=address: Answers(a), local_addr=(address, 37021))
        for address in ALIVE[:2]
    ]
    ready.set()
    while not stop.is_set():
        await asyncio.sleep(0.02)
    for server in servers:
        server.close()
    for transport, _ in ends:
        transport.close()


def plan(**changed: object) -> Plan:
    plain = {
        "networks": (NETWORK,), "questions": ("page", "search"), "first": (8081,), "rest": (8000,),
        "preset": "standard", "rate": None, "seed": 7, "started": 1e9,
    }  # fmt: skip
    return Plan(**(plain | changed))  # type: ignore[arg-type]


def swept(
    path: Path,
    may: Rights | None = None,
    *,
    resume: Interrupted | None = None,
    questions: tuple[Question, ...] = (PAGE, SEARCH),
    **more: object,
) -> End:
    whole = plan(**{key: more.pop(key) for key in ("rate", "networks") if key in more})
    return asyncio.run(
        run_sweep(
            resume.head.plan if resume else whole, path, KEY, may=may or rights(), questions=questions,
            preset=QUICK, resume=resume, **({"interfaces": ()} | more),  # type: ignore[arg-type]
        )
    )  # fmt: skip


def exchanges(path: Path) -> dict[tuple[str, str], str]:
    found = [line.exchange for line in read_log(path) if isinstance(line, Exchanged)]
    assert len({(one.question, one.target) for one in found}) == len(found), "nobody is asked twice"
    return {(one.question, one.target): one.outcome for one in found}


WAYS = [pytest.param(True, id="raw"), pytest.param(False, id="connect")]


@pytest.mark.parametrize("raw", WAYS)
def test_what_lives_is_asked_and_answers(town: Town, tmp_path: Path, raw: bool) -> None:
    if raw and not rights().raw:
        pytest.skip("this machine does not let us write segments")
    end = swept(tmp_path / "a.find", Rights(raw=raw, witness=rights().witness))
    [network] = end.coverage
    assert (network.asked, network.answered, network.refused, network.silent) == (30, 3, 27, 0)
    assert network.not_asked == 2 and end.complete
    got = exchanges(tmp_path / "a.find")
    assert {target for (question, target), outcome in got.items() if outcome == "answered" and question == "page"} == {
        *ALIVE
    }
    assert {
        target for (question, target), outcome in got.items() if outcome == "answered" and question == "search"
    } == {*ALIVE[:2]}
    assert got["search", ALIVE[2]] == "refused"
    assert town.requests == dict.fromkeys(ALIVE, 1) and town.searches == dict.fromkeys(ALIVE[:2], 1)


def test_the_ledger_holds_every_packet_and_is_signed(town: Town, tmp_path: Path) -> None:
    if not rights().witness:
        pytest.skip("this machine does not let us look at packets")
    end = swept(tmp_path / "a.find")
    lines = list(read_log(tmp_path / "a.find"))
    packets = list(verify((line.page for line in lines if isinstance(line, Ledgered)), end.ledger))
    # where the machine is busy the kernel asks again where a neighbour is: that is accounted for too
    assert {packet.why for packet in packets} - {"to find the hardware address"} == {"knock", "page", "search"}
    assert sum(packet.why == "search" for packet in packets) == 30 + sum(
        outcome == "silent" for outcome in exchanges(tmp_path / "a.find").values()
    )
    pages = Counter(packet.to for packet in packets if packet.why == "page")
    assert set(pages) == {*ALIVE} and all(3 <= number <= 7 for number in pages.values())
    assert end.ledger.gaps == ()


def test_without_rights_the_kernel_counts_and_the_gap_is_told(town: Town, tmp_path: Path) -> None:
    end = swept(tmp_path / "a.find", Rights(raw=False, witness=False))
    assert "counted by the kernel" in end.ledger.gaps[0]
    lines = list(read_log(tmp_path / "a.find"))
    packets = list(verify((line.page for line in lines if isinstance(line, Ledgered)), end.ledger))
    assert sum(packet.packets for packet in packets if packet.why == "page") >= 3 * len(ALIVE)


def test_a_device_that_breaks_off_is_left_alone(town: Town, tmp_path: Path) -> None:
    town.resets = True
    swept(tmp_path / "a.find")
    left = {line.address: line.why for line in read_log(tmp_path / "a.find") if isinstance(line, LeftAlone)}
    assert set(left) == {*ALIVE} and all("broke off" in why for why in left.values())
    assert not town.searches, "nothing more is asked of it"


def test_a_budget_is_kept(town: Town, tmp_path: Path) -> None:
    swept(tmp_path / "a.find", limits=Limits(device_packets=4))
    left = {line.address: line.why for line in read_log(tmp_path / "a.find") if isinstance(line, LeftAlone)}
    assert set(left) >= {*ALIVE} and all("spent" in why for why in left.values())
    assert not town.requests


def test_a_stop_is_orderly_and_the_rest_is_done_later(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "a.find"

    def started(sweep: Sweep) -> None:
        asyncio.get_running_loop().call_later(0.1, sweep.stop)

    first = swept(path, rate=60.0, started=started)
    assert not first.complete and first.coverage[0].why_not.endswith("it was stopped before their turn")
    before = interrupted(path)
    second = swept(path, resume=before)
    assert second.complete
    got = exchanges(path)
    assert sum(outcome == "answered" for (question, _), outcome in got.items() if question == "page") == 3
    assert town.requests == dict.fromkeys(ALIVE, 1) and town.searches == dict.fromkeys(ALIVE[:2], 1)
    lines = list(read_log(path))
    assert KILLED not in second.ledger.gaps
    pages = [line.page for line in lines if isinstance(line, Ledgered)]
    assert len(list(verify(pages, second.ledger))) > 0


def test_questions_to_many_are_not_put_again_and_their_groups_are_no_devices(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "a.find"
    many = msgspec.structs.replace(SEARCH, groups=("239.1.2.3", "broadcast"))

    def started(sweep: Sweep) -> None:
        asyncio.get_running_loop().call_later(2.3, sweep.stop)

    stopped = swept(path, rate=40.0, questions=(PAGE, many), interfaces=("lo",), started=started)
    assert not stopped.complete
    before = interrupted(path)
    assert {(address, on) for _, address, _, on in before.before.searched} == {("239.1.2.3", "lo"), ("broadcast", "lo")}
    sweeps: list[Sweep] = []
    assert swept(path, resume=before, questions=(PAGE, many), interfaces=("lo",), started=sweeps.append).complete
    asked = Counter(
        (line.question, line.address, line.interface) for line in read_log(path) if isinstance(line, Asking)
    )
    assert asked["search", "239.1.2.3", "lo"] == asked["search", "broadcast", "lo"] == 1
    assert set(asked.values()) == {1}
    assert all(address.startswith(NEAR) for address in sweeps[0].devices)


def test_what_was_asked_when_it_was_killed_is_written_down_as_not_known(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "a.find"
    log = SweepLog(path)
    log.write(Head(format="custodiet-find/1", plan=plan(), tool="test", witnessed=True))
    log.asking("page", ALIVE[0], 8081)
    log.close()
    swept(path, resume=interrupted(path))
    assert exchanges(path)["page", ALIVE[0]] == "late"
    assert town.requests == dict.fromkeys(ALIVE[1:], 1)


def test_a_sweep_that_is_running_is_not_gone_on_with_by_another(tmp_path: Path) -> None:
    path = tmp_path / "a.find"
    log = SweepLog(path)
    log.write(Head(format="custodiet-find/1", plan=plan(), tool="t", witnessed=False))
    with pytest.raises(UsageError, match="still running"):
        interrupted(path)
    with pytest.raises(UsageError, match="still running"):
        SweepLog(path, resumed=True)
    log.close()
    assert interrupted(path).end is None


def test_a_line_that_was_cut_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.find"
    log = SweepLog(path)
    log.write(Head(format="custodiet-find/1", plan=plan(), tool="t", witnessed=False))
    log.asking("page", ALIVE[0], 8000)
    log.close()
    path.write_bytes(path.read_bytes()[:-9])  # as a kill in the middle of writing leaves it
    log = SweepLog(path, resumed=True)
    log.asking("page", ALIVE[1], 8000)
    log.close()
    assert interrupted(path).before.asked == {("page", ALIVE[1], 8000)}


def test_a_page_is_turned_after_some_seconds(tmp_path: Path) -> None:
    log = SweepLog(tmp_path / "a.find")
    for at in (0.0, 1.0, PAGE_SECONDS, PAGE_SECONDS + 1):
        log.packet(Packet(at, ALIVE[0], "udp", 1, 2, 30, 1, "page"))
    log.close()
    [line] = [line for line in (tmp_path / "a.find").read_bytes().splitlines() if b'"page"' in line]
    assert log.packets == 4 and line.startswith(b'{"type":"page"')


def test_a_stopped_sweep_counts_as_silent_only_whom_it_asked(town: Town, tmp_path: Path) -> None:
    def started(sweep: Sweep) -> None:
        asyncio.get_running_loop().call_later(0.1, sweep.stop)

    [network] = swept(tmp_path / "a.find", rate=60.0, started=started).coverage
    assert network.asked == network.answered + network.refused + network.silent < 30
    assert network.asked + network.not_asked == 32


def test_an_interface_is_linked_while_it_is_there_up_and_running(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run._is_linked("lo") and not run._is_linked("no-such-link")
    for flags, linked in ((0x1043, True), (0x1003, False), (0x1002, False), (0x1042, False)):
        monkeypatch.setattr("fcntl.ioctl", lambda *_, f=flags: bytes(16) + struct.pack("=H", f) + bytes(8))
        assert run._is_linked("lo") is linked


def test_an_interface_that_goes_away_stops_the_sweep(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = iter([[("up0", "10.0.0.2/24")], [("up0", "10.0.0.2/24")]])
    monkeypatch.setattr("custodiet.probes.run._ways_to", lambda _: next(there, []))
    end = swept(tmp_path / "a.find", rate=20.0)
    assert not end.complete and end.trouble == "the interface up0 went away, lost its link or has another address"
    assert end.coverage[0].asked < 30
    monkeypatch.setattr("custodiet.probes.run._ways_to", lambda _: [])
    assert swept(tmp_path / "a.find", resume=interrupted(tmp_path / "a.find")).trouble == ""


def test_an_address_without_a_route_was_not_asked(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not rights().raw:
        pytest.skip("this machine does not let us write segments")
    send, far = RawKnocks.send, f"{NEAR}.30"

    def no_way(knocks: RawKnocks, address: str, port: int) -> bool:
        if address == far:
            raise OSError(errno.ENETUNREACH, "no route")
        return send(knocks, address, port)

    monkeypatch.setattr(RawKnocks, "send", no_way)
    [network] = swept(tmp_path / "a.find").coverage
    assert (network.asked, network.silent, network.not_asked) == (29, 0, 3)
    assert "1: no route of this machine leads there" in network.why_not


def test_a_neighbour_that_is_looked_for_takes_the_turns_of_that(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    wait = Pace.wait
    monkeypatch.setattr(Pace, "wait", lambda pace, packets=1: waited.append(packets) or wait(pace, packets))
    monkeypatch.setattr("custodiet.probes.run.near_of", set)
    swept(tmp_path / "a.find")
    assert waited[0] == 30 * LOOKING


@pytest.mark.parametrize("moment", [0.4, 2.3])
def test_a_killed_sweep_goes_on_and_asks_nobody_twice(town: Town, tmp_path: Path, moment: float) -> None:
    path = tmp_path / "a.find"
    script = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path; from test_sweep import swept\n"
        "swept(Path(sys.argv[1]), rate=25.0)\n"
    )
    folders = [str(Path(__file__).parent)]
    process = subprocess.Popen([sys.executable, "-c", script, str(path), *folders])
    until = time.monotonic() + 30
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(moment)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    asked = dict(town.requests)
    end = swept(path, resume=interrupted(path))
    assert end.complete
    exchanges(path)
    assert all(number == 1 for number in town.requests.values()), (asked, town.requests)
    assert set(town.requests) == {*ALIVE}, "nobody is forgotten"
    assert all(number == 1 for number in town.searches.values())
    pages = [line.page for line in read_log(path) if isinstance(line, Ledgered)]
    list(verify(pages, end.ledger))
    assert KILLED in end.ledger.gaps, "what was sent and not yet paged is in no ledger, and that is said"
    assert interrupted(path).gaps.count(KILLED) == 1, "a later seal says it too, once"


def test_the_estimate_grows_with_what_lives() -> None:
    few = estimate(plan(rate=50.0), [PAGE, SEARCH], addresses=1000, share=0.01)
    many = estimate(plan(rate=50.0), [PAGE, SEARCH], addresses=1000, share=1.0)
    assert few.packets < many.packets
    assert many.seconds - few.seconds == pytest.approx((many.packets - few.packets) / 50)


def test_the_estimate_counts_the_pauses_of_a_device() -> None:
    one = estimate(plan(rate=50.0), [PAGE, SEARCH], addresses=1, share=1.0)
    many = estimate(plan(rate=50.0), [PAGE] * 22, addresses=1, share=1.0)
    gap = next(preset.gap for preset in PRESETS if preset.id == plan().preset)
    assert one.seconds > one.packets / 50 + 2 * gap
    assert many.seconds - one.seconds == pytest.approx((many.packets - one.packets) / 50 + 20 * gap)


def test_the_order_is_shuffled_and_the_same_again() -> None:
    ordered = plan().addresses()
    assert ordered == plan().addresses() != sorted(ordered, key=socket.inet_aton)
    assert len(ordered) == 30 and f"{NEAR}.0" not in ordered
    assert f"{NEAR}.3" not in plan(excluded=(f"{NEAR}.0/29",)).addresses()
