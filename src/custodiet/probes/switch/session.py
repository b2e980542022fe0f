"""A talk with one switch: one question at a time, at a rate, within budgets, each answer kept without the owner's word.

A word or account is shown once: where nothing comes back the first time, it is not sent again, since a switch may lock
an account or raise an alarm. Whatever is not an answer of the one who was asked is counted and passed over.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from custodiet.errors import UsageError, WireError
from custodiet.model.exchange import Exchange, Outcome
from custodiet.probes.pace import Pace
from custodiet.probes.restraint import Budget, Limits
from custodiet.probes.switch.account import Account, Community
from custodiet.probes.switch.frames import Again, Denied, frames_of
from custodiet.probes.switch.request import Kind, Request
from custodiet.wire.ber_write import number, octets, sequence
from custodiet.wire.snmp_pdu import Oid, Pdu

SHORTEST_SECRET = 4
"""Bytes: shorter words occur in any answer by chance."""
MOST_STRANGE = 64
"""Datagrams that are no answer, while we wait for one."""

_TELL_ERRORS = {  # IP_RECVERR and IPV6_RECVERR
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How much is asked of one switch at most."""

    rows: int = 50_000
    """Of one table."""
    packets: int = 20_000
    seconds: float = 1800.0
    waits: float = 4.0
    """Seconds for one answer."""


class Nothing(Exception):
    """No answer came; its text is for people."""

    def __init__(self, outcome: Outcome, words: str) -> None:
        super().__init__(words)
        self.outcome: Outcome = outcome


class Spent(Exception):
    """A bound is reached; its text is for people."""


class Hands(NamedTuple):
    """What a talk needs of the world around it."""

    now: Callable[[], float]
    """Seconds since 1970 UTC."""
    clock: Callable[[], float]
    """Seconds that only grow."""
    sleep: Callable[[float], None]
    leaves: Callable[[int, str], None]
    """Called with our port and the id of the question before a packet leaves."""
    left: Callable[[int, int, str], None]
    """Called with our port, the packet's bytes on the network layer and the id of the question when it has left."""
    kept: Callable[[Exchange], None]


class Session:
    """A talk.

    Args:
        host: address of the switch.
        who: what the owner gave.
        pace: when packets may leave.
        bounds: how much.
        hands: see there.
        port: where the agent listens.

    Raises:
        UsageError: the host is no address.
    """

    def __init__(
        self, host: str, who: Community | Account, pace: Pace, bounds: Bounds, hands: Hands, *, port: int = 161
    ) -> None:
        self.host, self.port, self.bounds = host, port, bounds
        self._pace, self._hands = pace, hands
        self._secrets = [one for one in who.secrets() if len(one) >= SHORTEST_SECRET]
        self._frames = frames_of(who, hands.clock, secrets.randbits(31))
        self._budget = Budget(Limits(device_packets=bounds.packets, all_packets=bounds.packets))
        self._ends = hands.clock() + bounds.seconds
        self._known = False
        self._last = 0.0
        self.strange = 0
        """Datagrams that were no answer."""
        self.others: set[str] = set()
        """Addresses that answered what they were not asked."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError) as fault:
            raise UsageError(
                f"{host[:60]!r} is no address",
                next_step="Give the switch by its address: looking up its name would send packets elsewhere.",
            ) from fault
        family, self._peer = found[0][0], found[0][4]
        self._headers = 48 if family == socket.AF_INET6 else 28
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(*_TELL_ERRORS[family], 1)
        self._socket.bind(("", 0))
        self.own_port: int = self._socket.getsockname()[1]

    @property
    def packets(self) -> int:
        """Sent so far."""
        return self._budget.packets

    def ask(self, question: str, kind: Kind, names: tuple[Oid, ...], rows: int = 0) -> Pdu:
        """Ask, and wait for the answer.

        Args:
            question: id of the table it belongs to.
            kind: of the three.
            names: what is asked for.
            rows: of ``get-bulk``.

        Raises:
            Nothing: no answer.
            Denied: the switch refuses the owner's word.
            Spent: a bound is reached.
        """
        request = Request(kind=kind, names=names, number=secrets.randbelow(0x7FFFFFFF) + 1, rows=rows)
        again = tries = 0
        while True:
            at = self._send(question, request)
            tries += 1
            begun = self._hands.clock()
            try:
                read, raw = self._answer(request, begun)
            except Again:
                again, tries = again + 1, 0
                if again > 2:
                    raise Denied("the switch asks for the same thing again and again") from None
                continue
            except Denied:
                self._keep(question, at, "answered")
                raise
            except Nothing as nothing:
                if nothing.outcome == "silent" and tries < (1 if self._frames.tells and not self._known else 2):
                    continue
                self._keep(question, at, nothing.outcome)
                raise
            self._known = True
            self._last = self._hands.clock() - begun
            self._keep(question, at, "answered", raw, self._last)
            return read

    def _send(self, question: str, request: Request) -> float:
        hands = self._hands
        # as long as its last answer took it is left in peace: tables cost a small processor much
        hands.sleep(max(self._pace.wait(), min(self._last, 1.0)))
        if refusal := self._budget.refusal(self.host):
            raise Spent(refusal)
        if hands.clock() > self._ends:
            raise Spent(f"the {self.bounds.seconds:.0f} seconds for this switch are over")
        hands.leaves(self.own_port, question)
        at = hands.now()
        try:
            sent = self._socket.sendto(request.filled(self._frames), self._peer)
        except OSError as fault:
            raise _no_way(fault) from fault
        self._budget.sent(self.host)
        hands.left(self.own_port, sent + self._headers, question)
        return at

    def _answer(self, request: Request, begun: float) -> tuple[Pdu, bytes]:
        strange = 0
        while strange < MOST_STRANGE:
            left = begun + self.bounds.waits - self._hands.clock()
            if left <= 0:
                break
            self._socket.settimeout(left)
            try:
                payload, sender = self._socket.recvfrom(65535)
            except TimeoutError:
                break
            except OSError as fault:
                raise _no_way(fault) from fault
            if sender[:2] != self._peer[:2]:
                strange += 1
                self.others.add(str(sender[0])[:60])
                continue
            try:
                return self._frames.opened(payload, request)
            except WireError:
                strange += 1
        self.strange += strange
        if strange:
            raise Nothing("silent", f"what came back was no answer ({strange} datagrams)")
        raise Nothing("silent", "nothing came back")

    def _keep(self, question: str, at: float, outcome: Outcome, raw: bytes = b"", rtt: float = 0.0) -> None:
        """The exchange as it is kept: version 2c, with an empty community; the owner's word nowhere."""
        for one in self._secrets:
            raw = raw.replace(one, b"*" * len(one))
        answers = (sequence(number(1), octets(b""), raw),) if raw else ()
        self._hands.kept(
            Exchange(
                question=question,
                target=self.host.partition("%")[0],
                port=self.port,
                at=at,
                outcome=outcome,
                answers=answers,
                rtt=rtt,
            )
        )

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def _no_way(fault: OSError) -> Nothing:
    if isinstance(fault, ConnectionRefusedError):
        return Nothing("refused", "nobody listens there")
    return Nothing("unreachable", f"there is no way to it: {fault.strerror or 'unknown'}")
