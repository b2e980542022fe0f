"""One switch from the first question to the signed end of the log.

The log is that of a sweep, of one address and with other questions, and is read by the same reader.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import UsageError
from custodiet.model.exchange import Outcome
from custodiet.probes.ledger import Packet
from custodiet.probes.log import FORMAT, Coverage, End, Head, SweepLog
from custodiet.probes.pace import Pace, Shared
from custodiet.probes.plan import Plan
from custodiet.probes.restraint import Scope, port_refusal
from custodiet.probes.run import TOOL, Rights, routers
from custodiet.probes.switch.account import Account, Community
from custodiet.probes.switch.frames import Denied
from custodiet.probes.switch.session import Bounds, Hands, Nothing, Session, Spent
from custodiet.probes.switch.walk import Walked, get, walk
from custodiet.probes.witness import Witness
from custodiet.wire.mib import SYSTEM, TABLES, Table

PRESET = "switch"
"""What stands for a preset in the plan; such a log is no sweep that could be gone on with."""
RATE = 20.0
"""Packets a second; a switch answers between its other work."""
MOST_SILENT = 2
"""Tables in a row to which nothing came back, and the switch is left alone."""
UNSEEN = (
    "Packets were counted as they were handed to the kernel and not seen as they left: without the right to look at "
    "packets, those that find the hardware address of the switch or its router are not in the ledger."
)
SILENCE = (
    "it may be off, may not speak SNMP, may answer only other addresses than ours, or take a wrong community in silence"
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one table."""

    table: Table
    rows: int
    fault: str = ""
    """Why it is not whole; empty: it is, as far as our account may see it."""
    skipped: bool = False
    """Not asked, since another table said the same."""


class Told(msgspec.Struct, kw_only=True):
    """What became of a switch."""

    tables: list[Asked] = []
    trouble: str = ""
    """Why it was left before all was asked, in words; empty: it was not."""
    denied: bool = False
    """The switch does not take the owner's word."""
    stopped: bool = False
    """The user stopped it."""
    remarks: list[str] = []
    packets: int = 0
    key: str = ""
    """The key that signed the ledger."""
    gaps: tuple[str, ...] = ()
    """What is missing in the ledger."""


def plan_of(host: str, *, rate: float, started: float, public: bool = False, port: int = 161) -> Plan:
    """The plan for one switch.

    Raises:
        UsageError: it is no single address, or one that may not be asked.
    """
    plain = host.partition("%")[0]
    try:
        ip_address(plain)
    except ValueError as fault:
        raise UsageError(
            f"{host[:60]!r} is no address",
            next_step="Give the switch by its address: looking up its name would send packets elsewhere.",
        ) from fault
    scope = Scope([plain], public=public)
    if refusal := port_refusal(port):
        raise UsageError(refusal, next_step="Give the port of its SNMP agent, which is 161 nearly everywhere.")
    return Plan(
        networks=tuple(map(str, scope.networks)),
        questions=(SYSTEM.id, *(table.id for table in TABLES)),
        first=(),
        rest=(),
        preset=PRESET,
        rate=rate,
        seed=0,
        started=started,
    )


def run_switch(
    plan: Plan,
    host: str,
    who: Community | Account,
    path: Path,
    key: Ed25519PrivateKey,
    *,
    may: Rights,
    turns: Path | None = None,
    bounds: Bounds | None = None,
    port: int = 161,
    look: Callable[[Asked], None] = lambda _: None,
) -> Told:
    """Ask one switch.

    Args:
        plan: of `plan_of`.
        host: its address, with the interface (``%eth0``) where that is needed.
        who: what the owner gave.
        path: the log; made here.
        key: signs the ledger.
        may: what this process may do.
        turns: a file that all jobs of this machine share, so that the rate holds for them together.
        bounds: how much at most.
        port: of its agent.
        look: called after each table.

    Returns:
        what became of it; a `KeyboardInterrupt` ends it in order too.
    """
    plain = host.partition("%")[0]
    log = SweepLog(path)
    shared = Shared(turns) if turns else None
    witness = Witness(lambda to: to == plain, ways=set(routers())) if may.witness else None
    told = Told()

    def drain() -> None:
        if witness:
            for packet in witness.read():
                log.packet(packet)

    def leaves(own_port: int, why: str) -> None:
        if witness:
            drain()  # what left before still belongs to the question before
            witness.ours("udp", own_port, why)

    def left(own_port: int, size: int, why: str) -> None:
        if witness is None:
            log.packet(Packet(time.time(), plain, "udp", port, own_port, size, 1, why))

    hands = Hands(time.time, time.monotonic, time.sleep, leaves, left, log.exchange)
    session = None
    first: Outcome = "silent"
    try:
        log.write(Head(format=FORMAT, plan=plan, tool=TOOL, witnessed=witness is not None))
        session = Session(host, who, Pace(plan.rate, time.monotonic, shared), bounds or Bounds(), hands, port=port)
        try:
            for asked in _ask_all(session, lambda table: log.asking(table.id, plain, port)):
                first = "answered"
                told.tables.append(asked)
                look(asked)
        except Denied as denied:
            told.trouble, told.denied, first = f"{denied}; it was asked once and not again", True, "answered"
        except Nothing as nothing:
            first = nothing.outcome if not told.tables else first
            told.trouble = str(nothing) if told.tables or first != "silent" else f"{nothing}: {SILENCE}"
        except Spent as spent:
            told.trouble = str(spent)
        except KeyboardInterrupt:
            told.trouble, told.stopped = "it was stopped", True
        told.remarks = list(_remarks(session))
        if witness:
            time.sleep(0.05)  # the last packet is on its way to us
        ended = time.time()  # whatever left until now is read below
        if witness:
            drain()
            if witness.lost:
                log.ledger.gaps.append(f"{witness.lost} packets left faster than they could be written down.")
        else:
            log.ledger.gaps.append(UNSEEN)
        sealed = log.seal(key)
        told.packets, told.key, told.gaps = sealed.packets, sealed.key, sealed.gaps
        covered = Coverage(
            network=plan.networks[0],
            asked=1,
            answered=int(first == "answered"),
            refused=int(first in ("refused", "unreachable")),
            silent=int(first == "silent"),
            not_asked=0,
        )
        log.write(
            End(
                at=ended,
                complete=not told.trouble,
                coverage=(covered,),
                worst_lag=0.0,
                other_packets=witness.others if witness else 0,
                ledger=sealed,
            )
        )
        return told
    finally:
        if session:
            session.close()
        if witness:
            witness.close()
        if shared:
            shared.close()
        log.close()


def _ask_all(session: Session, asking: Callable[[Table], None]) -> Iterator[Asked]:
    """The switch itself, then its tables; silence at the first is the end, since nothing is known of it."""
    asking(SYSTEM)
    begun = get(session, SYSTEM)
    yield Asked(table=SYSTEM, rows=begun.rows, fault=begun.fault)
    rows: dict[str, int] = {}
    silent = 0
    for table in TABLES:
        if table.unless and rows.get(table.unless):
            yield Asked(table=table, rows=0, skipped=True)
            continue
        asking(table)
        try:
            walked = walk(session, table)
            silent = 0
        except Nothing as nothing:
            silent += 1
            if silent >= MOST_SILENT or nothing.outcome != "silent":
                raise Nothing(nothing.outcome, f"it stopped answering: {nothing}") from None
            walked = Walked(0, str(nothing))
        rows[table.id] = walked.rows
        yield Asked(table=table, rows=walked.rows, fault=walked.fault)


def _remarks(session: Session) -> Iterator[str]:
    for other in sorted(session.others)[:3]:
        yield f"{other} answered what {session.host} was asked, and was not believed; ask that address if it is yours."
    if session.strange:
        yield f"{session.strange} datagrams came back that are no answers; they are not kept."
