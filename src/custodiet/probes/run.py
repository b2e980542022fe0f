"""One sweep from its plan to its signed end: the log, the witness, the rate and the key, put together.

It decides nothing itself. What may be looked at and sent without further rights is found out by trying, and what is
lost without them is told in a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import signal
import socket
import struct
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network, ip_address, ip_network
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet import __version__
from custodiet.probes.knock import RawKnocks
from custodiet.probes.ledger import PAGE_SECONDS, Packet, Protocol
from custodiet.probes.log import FORMAT, Coverage, End, Head, Interrupted, Resumed, SweepLog
from custodiet.probes.pace import Pace, Shared
from custodiet.probes.plan import Plan, Preset, preset_of
from custodiet.probes.question import Question
from custodiet.probes.questions import QUESTIONS
from custodiet.probes.restraint import Limits, Override
from custodiet.probes.settling import unsettled
from custodiet.probes.sweep import Seen, Sweep, coverage
from custodiet.probes.witness import Witness

TOOL = f"custodiet {__version__}"
SHOWN_EVERY = 0.5
"""Seconds between two looks at how far it is."""
MOST_SETTLING = 10.0
"""Seconds to wait for what the kernel still sends: it waits five and asks three times, a second apart."""
_LINKED = 0x41
"""Flags of an interface that is up and running: cable in, other side there (linux/if.h)."""
UNSEEN = (
    "Packets were counted by the kernel for each connection and not seen as they left: without the right to look at "
    "packets the ledger is no exact copy of the wire. Those that find a hardware address are not in it; those that "
    "close a connection are reckoned; attempts at addresses of the own network where nobody is are counted, though "
    "they never left."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What this process may do."""

    raw: bool
    """Write segments of its own."""
    witness: bool
    """Look at packets as they leave."""

    def lost(self) -> Iterator[str]:
        """What is lost without them, in sentences."""
        if not self.raw:
            yield (
                "Without the right to write segments (CAP_NET_RAW) each port is tried by a connection of the system: "
                "slower, and with two packets more for each open port."
            )
        if not self.witness:
            yield UNSEEN


def rights() -> Rights:
    """Find out by trying; nothing is sent."""
    raw = seen = False
    try:
        RawKnocks(socket.AF_INET).close()
        raw = True
    except OSError:
        pass
    try:
        Witness(lambda _: False).close()
        seen = True
    except OSError:
        pass
    return Rights(raw=raw, witness=seen)


def interfaces_of(networks: Sequence[str]) -> list[str]:
    """Names of the interfaces, loopback left out, whose own IPv4 network overlaps one of these."""
    wanted = [one for one in map(ip_network, networks) if isinstance(one, IPv4Network)]
    return [
        name
        for name, own in own_interfaces()
        if not own.ip.is_loopback and any(own.network.overlaps(one) for one in wanted)
    ]


def near_of(addresses: Sequence[str]) -> set[str]:
    """Those of the addresses that are on this machine's own networks."""
    own = [(int(one.network[0]), int(one.network[-1])) for _, one in own_interfaces() if not one.ip.is_loopback]
    found = set()
    for address in addresses:
        if ":" not in address:
            number = int.from_bytes(socket.inet_aton(address), "big")
            if any(first <= number <= last for first, last in own):
                found.add(address)
    return found


def _ways_to(networks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Those interfaces that are up and have a link, with their addresses."""
    names = set(interfaces_of(networks))
    yield from ((name, str(one)) for name, one in own_interfaces() if name in names and _is_linked(name))


def _is_linked(name: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            told = fcntl.ioctl(asking, 0x8913, struct.pack("256s", name.encode()[:15]))  # SIOCGIFFLAGS
        except OSError:
            return False
    (flags,) = struct.unpack_from("=H", told, 16)
    return bool(flags & _LINKED == _LINKED)


def count_near(networks: Sequence[str]) -> int:
    """How many addresses of these networks are on the own networks of this machine, which looks for each by itself."""
    wanted = [one for one in map(ip_network, networks) if isinstance(one, IPv4Network)]
    own = {one.network for _, one in own_interfaces() if not one.ip.is_loopback}
    return sum(min(one.num_addresses, mine.num_addresses) for one in wanted for mine in own if one.overlaps(mine))


def own_interfaces() -> Iterator[tuple[str, IPv4Interface]]:
    """The interfaces of this machine that have an IPv4 address: name, address and network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            packed = struct.pack("256s", name.encode()[:15])
            try:
                address = fcntl.ioctl(asking, 0x8915, packed)[20:24]  # SIOCGIFADDR
                mask = fcntl.ioctl(asking, 0x891B, packed)[20:24]  # SIOCGIFNETMASK
            except OSError:
                continue  # it has no IPv4 address
            yield name, IPv4Interface((address, str(ip_address(mask))))


def routers() -> Iterator[str]:
    """Addresses of the routers that this machine sends by, as its IPv4 routes name them."""
    try:
        lines = Path("/proc/self/net/route").read_text("ascii", "replace").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        way = line.split()[2:3]
        if way and way[0].strip("0"):
            yield socket.inet_ntoa(struct.pack("=I", int(way[0], 16)))


def questions_of(plan: Plan) -> list[Question]:
    """The questions of a plan, in order."""
    known = {question.id: question for question in QUESTIONS}
    return [known[id] for id in plan.questions if id in known]


async def run_sweep(
    plan: Plan,
    path: Path,
    key: Ed25519PrivateKey,
    *,
    may: Rights,
    turns: Path | None = None,
    resume: Interrupted | None = None,
    questions: Sequence[Question] | None = None,
    preset: Preset | None = None,
    limits: Limits | None = None,
    overrides: Sequence[Override] = (),
    interfaces: Sequence[str] | None = None,
    look: Callable[[Seen, Sweep], None] = lambda *_: None,
    started: Callable[[Sweep], None] = lambda _: None,
) -> End:
    """Run one sweep.

    Args:
        plan: what is to be done.
        path: the log; made, or added to where a sweep is resumed.
        key: signs the ledger.
        may: what this process may do.
        turns: a file that all jobs of this machine share, so that the rate holds for them together; none: this alone.
        resume: what an interrupted sweep had done.
        questions: others than those of the plan's ids, for tests and benchmarks.
        preset: another than the plan's, likewise.
        limits: what is spent at most.
        overrides: forbidden ports that somebody answers for.
        interfaces: for questions to many; none: those whose own network is asked.
        look: called now and then with how far it is.
        started: called once with the sweep, so that it can be stopped.

    Returns:
        The last line of the log.
    """
    loop = asyncio.get_running_loop()
    log = SweepLog(
        path,
        resumed=resume is not None,
        before=resume.page if resume else None,
        packets=resume.packets if resume else 0,
    )
    shared = Shared(turns) if turns else None
    if resume:
        log.ledger.gaps.extend(resume.gaps)
    pace = Pace(plan.rate, time.monotonic, shared)
    addresses = plan.addresses()
    own = {str(one.ip) for _, one in own_interfaces()}
    asked = set(addresses) - own  # what this machine tells itself is on no wire
    near = interfaces_of(plan.networks) if interfaces is None else list(interfaces)
    witness = Witness(lambda to: to in asked or _is_group(to), ways=set(routers())) if may.witness else None
    try:
        if resume:
            log.write(Resumed(at=time.time(), tool=TOOL))
        else:
            log.write(Head(format=FORMAT, plan=plan, tool=TOOL, witnessed=may.witness))
        for one in overrides:
            log.write_override(one)

        def count(why: str, to: str, protocol: str, port: int, packets: int) -> None:
            if witness is None and packets:
                kind: Protocol = "udp" if protocol == "udp" else "tcp"
                log.packet(Packet(time.time(), to, kind, port, 0, 0, packets, why))
                pace.left(packets)

        def drain() -> None:
            assert witness is not None
            before = log.packets
            for packet in witness.read():
                log.packet(packet)
            pace.left(log.packets - before)

        if witness:
            loop.add_reader(witness.fileno(), drain)
        sweep = Sweep(
            plan,
            preset or preset_of(plan),
            questions_of(plan) if questions is None else questions,
            log,
            pace,
            raw=may.raw,
            witness=witness,
            count=count,
            before=resume.before if resume else None,
            limits=limits,
            overrides=overrides,
            interfaces=near,
            own=own,
            near=near_of(addresses),
        )
        started(sweep)

        async def show() -> None:
            turned = time.monotonic()
            ways = set(_ways_to(plan.networks))
            while True:
                sweep.seen.packets = log.packets
                look(sweep.seen, sweep)
                if gone := sorted(ways - set(_ways_to(plan.networks))):
                    # what is for a network of our own would leave by another way, or not at all
                    sweep.stop(f"the interface {gone[0][0]} went away, lost its link or has another address")
                if time.monotonic() - turned >= PAGE_SECONDS:
                    log.turn_page()  # also what waits while nothing leaves
                    turned = time.monotonic()
                await asyncio.sleep(SHOWN_EVERY)

        showing = loop.create_task(show())
        try:
            await sweep.run()
        finally:
            showing.cancel()
        if witness:
            await _settled(asked | set(routers()))
        ended = time.time()
        if witness:
            await asyncio.sleep(0.05)  # the last packets are on their way to us
            drain()
            if witness.lost:
                log.ledger.gaps.append(f"{witness.lost} packets left faster than they could be written down.")
        else:
            log.ledger.gaps.append(UNSEEN)
        sweep.seen.packets = log.packets
        look(sweep.seen, sweep)
        end = End(
            at=ended,
            complete=not sweep.stopped,
            trouble=sweep.trouble,
            coverage=tuple(covered(plan, addresses, sweep)),
            worst_lag=sweep.lag.worst,
            other_packets=witness.others if witness else 0,
            ledger=log.seal(key),
        )
        log.write(end)
        return end
    finally:
        if witness:
            loop.remove_reader(witness.fileno())
            witness.close()
        if shared:
            shared.close()
        log.close()


async def _settled(asked: Collection[str]) -> None:
    """Return when the kernel has nothing more to send to these because of us, or when it should have long ago."""
    until = time.monotonic() + MOST_SETTLING
    with contextlib.suppress(OSError):
        while time.monotonic() < until and any(one in asked for one in unsettled()):
            await asyncio.sleep(0.1)


def sweep_until_stopped(
    plan: Plan,
    path: Path,
    key: Ed25519PrivateKey,
    *,
    may: Rights,
    turns: Path,
    resume: Interrupted | None,
    overrides: Sequence[Override],
    look: Callable[[Seen, Sweep], None],
) -> End:
    """`run_sweep` to its end, or until the user or the system asks it to stop, which it then does in order.

    What was asked is still heard, and the ledger is signed.
    """

    def started(sweep: Sweep) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, sweep.stop)

    return asyncio.run(
        run_sweep(plan, path, key, may=may, turns=turns, resume=resume, overrides=overrides, look=look, started=started)
    )


def _is_group(address: str) -> bool:
    one = ip_address(address)
    return one.is_multicast or address == "255.255.255.255"


def covered(plan: Plan, addresses: Sequence[str], sweep: Sweep) -> Iterator[Coverage]:
    """What became of the addresses of each network of a plan."""
    became = dict(coverage(addresses, sweep.devices))
    own = {str(one.ip) for _, one in own_interfaces()}
    counted: set[str] = set()
    for text in plan.networks:
        network = ip_network(text)
        within = [one for one in addresses if one not in counted and ip_address(one) in network]
        counted.update(within)
        here = [one for one in within if one not in own]
        mine = [one for one in here if one not in sweep.no_way or one in sweep.devices]
        by = {outcome: sum(became[one] == outcome for one in mine) for outcome in ("answered", "refused", "silent")}
        asked = min(len(mine), sweep.asked) if sweep.stopped else len(mine)
        by["silent"] = max(0, asked - by["answered"] - by["refused"])
        reasons = {
            "excluded, or the first and last of a network" if plan.excluded else "the first and last of the network": (
                network.num_addresses - len(within)
            ),
            "this machine itself": len(within) - len(here),
            "no route of this machine leads there": len(here) - len(mine),
            "it was stopped before their turn": len(mine) - asked,
        }
        told = [(reason, number) for reason, number in reasons.items() if number]
        why = told[0][0] if len(told) == 1 else "; ".join(f"{number:,}: {reason}" for reason, number in told)
        yield Coverage(network=text, asked=asked, not_asked=network.num_addresses - asked, why_not=why, **by)
