"""Puts the questions of a plan to its addresses, sparingly, and writes down everything in the order it happens.

First every address is knocked at on a few ports, twice where it stays silent; then the rest of the ports only where
something lives; and with each device that lives one conversation at a time is held, with a pause after each. What is
about to be asked is written down before it is asked, so that after any stop nobody is asked twice, and what was heard
is written down at once. Silence while we ourselves were too slow counts for nothing and is asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from custodiet.model.exchange import Exchange
from custodiet.probes.knock import Answer, RawKnocks
from custodiet.probes.lag import Lag
from custodiet.probes.pace import Pace
from custodiet.probes.plan import LOOKING, PER_CONNECTION, ROUNDS, Plan, Preset
from custodiet.probes.question import Question
from custodiet.probes.restraint import Budget, Distress, Limits, Override, port_refusal
from custodiet.probes.talk import MOST_DATAGRAMS, PATIENCE, Datagrams, Talk, converse
from custodiet.probes.witness import Witness

SEARCHING = 2.0
"""Seconds in which answers to a question to many come."""
BY_CONNECTING = 0.95
"""Seconds to wait for a port that is tried by a connection: then the kernel would ask once more by itself."""


SECOND_STAGE = 20
"""Number of the first part in which the ports are tried that are asked only where something lives."""


class Log(Protocol):
    """Where everything is written down; each call has reached the system when it returns."""

    def knocking(self, stage: int, first: int, last: int) -> None:
        """Knocks of a stage from one place in their order to another are about to be sent."""

    def heard(self, answer: Answer) -> None:
        """A knock was answered."""

    def asking(self, question: str, address: str, port: int, interface: str = "") -> None:
        """A question is about to be put; to many at once on an interface, where one is named."""

    def exchange(self, exchange: Exchange) -> None:
        """What a question brought."""

    def left_alone(self, address: str, why: str) -> None:
        """A device is not asked any more."""


@dataclass(slots=True)
class Device:
    """An address at which something lives."""

    address: str
    open: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    asked: set[tuple[str, int]] = field(default_factory=set)
    """Questions that were put, or are about to be."""
    answered: set[tuple[str, int]] = field(default_factory=set)
    waiting: deque[tuple[Question, int]] = field(default_factory=deque)
    busy: bool = False
    ready: float = 0.0
    """When it may be asked again, by the monotonic clock."""
    distress: Distress = field(default_factory=Distress)
    left_alone: str = ""
    """Why it is not asked any more; empty: it is."""


@dataclass(slots=True)
class Before:
    """What an interrupted sweep had done."""

    knocked: dict[int, int] = field(default_factory=dict)
    """Stage -> place in its order up to which knocks were sent."""
    heard: list[Answer] = field(default_factory=list)
    asked: set[tuple[str, str, int]] = field(default_factory=set)
    """Question, address and port of all that was put."""
    searched: set[tuple[str, str, int, str]] = field(default_factory=set)
    """Question, group, port and interface of all that was put to many at once."""
    ended: set[tuple[str, str, int]] = field(default_factory=set)
    """Of those asked, the ones of which it is written down what came of them."""
    answered: set[tuple[str, str, int]] = field(default_factory=set)
    left_alone: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """What the sweep has come to so far, for whoever watches."""

    addresses: int = 0
    knocks: int = 0
    knocks_planned: int = 0
    alive: int = 0
    open: int = 0
    exchanges: Counter[str] = field(default_factory=Counter)
    """Outcome -> how many questions."""
    left_alone: int = 0
    packets: int = 0
    """As the ledger has them."""
    stage: str = ""


class Sweep:
    """One sweep.

    Args:
        plan: what is to be done.
        preset: what one device may be asked.
        questions: those of the plan, in order.
        log: where everything is written down.
        pace: the rate.
        raw: whether knocks are segments of our own; else connections are opened, which needs no right.
        witness: sees what leaves; none: the kernel's own count is used.
        count: called with question and packets where there is no witness.
        before: what an interrupted sweep had done.
        overrides: forbidden ports that somebody answers for.
        interfaces: those on whose own networks questions may also go to many at once.
        own: addresses of this machine, which are not asked; what it hears from them are its own questions.
        near: addresses on this machine's own networks, for each of which the system looks before anything is sent.
    """

    def __init__(
        self,
        plan: Plan,
        preset: Preset,
        questions: Sequence[Question],
        log: Log,
        pace: Pace,
        *,
        raw: bool,
        witness: Witness | None = None,
        count: Callable[[str, str, str, int, int], None] = lambda *_: None,
        before: Before | None = None,
        limits: Limits | None = None,
        overrides: Sequence[Override] = (),
        interfaces: Sequence[str] = (),
        own: Set[str] = frozenset(),
        near: Set[str] = frozenset(),
    ) -> None:
        self._plan, self._preset, self._log, self._pace = plan, preset, log, pace
        self._tcp = [question for question in questions if question.transport == "tcp"]
        self._udp = [question for question in questions if question.transport == "udp" and question.asks == "device"]
        self._raw, self._witness, self._count = raw, witness, count
        self._before = before or Before()
        self._budget = Budget(limits)
        self._overrides = overrides
        self._interfaces, self._own, self._near = interfaces, own, near
        self._addresses = plan.addresses()
        self._scope = set(self._addresses)
        self.devices: dict[str, Device] = {}
        """Address -> what lives there."""
        self.lag = Lag(time.monotonic)
        self.seen = Seen(addresses=len(self._addresses))
        self._talks = asyncio.Semaphore(preset.at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._knocks: dict[int, RawKnocks] = {}
        self._sockets: dict[tuple[str, int, str], Datagrams] = {}
        self._open: dict[tuple[str, str], Exchange] = {}
        """Question and address -> a datagram that waits for its answers."""
        self._part = 0
        self._datagrams_planned = False
        self._segments: dict[str, float] = {}
        """Question -> segments that it took lately."""
        self.stopped = False
        """Whether it ended before all was asked."""
        self.trouble = ""
        """Why it was stopped, where the user did not ask for it."""
        self.no_way: set[str] = set()
        """Addresses to which no route of this machine leads."""
        self.asked = 0
        """Addresses that were knocked at, or are about to be."""

    # --- the whole

    async def run(self) -> None:
        """Do it all; returns when the last answer is in, or soon after `stop`."""
        lag = asyncio.create_task(self.lag.run())
        try:
            self._remember(self._before)
            for interface in self._interfaces:
                self.seen.stage = f"searching on {interface}"
                await self._ask_many(interface)
            await self._knock(1, self._addresses, self._plan.first)
            alive = [address for address in self._addresses if address in self.devices]
            await self._knock(2, alive, self._plan.rest)
            self._datagrams_planned = True
            for device in list(self.devices.values()):
                self._plan_datagrams(device)
            self.seen.stage = "asking those that are there"
            while self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            lag.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await lag
            for knocks in self._knocks.values():
                asyncio.get_running_loop().remove_reader(knocks.fileno())
                knocks.close()
            for datagrams in self._sockets.values():
                datagrams.close()

    def stop(self, trouble: str = "") -> None:
        """Ask nothing more; what was asked is still heard.

        Args:
            trouble: why, where the user did not ask for it.
        """
        self.stopped, self.trouble = True, trouble

    def to_go(self) -> float:
        """Seconds that are still to come: for packets at the rate, or for the pauses of the device asked most."""
        longest = max((len(device.waiting) for device in self.devices.values()), default=0)
        return max(self._ahead() / self._plan.rate if self._plan.rate else 0.0, longest * self._preset.gap)

    def _ahead(self) -> float:
        """Packets that are still to come, as far as can be told by what answered so far."""
        known = min(1.0, len(self.devices) / max(1, self.asked))
        alive = known * len(self._addresses)
        packets = float(max(0, self.seen.knocks_planned - self.seen.knocks))
        packets += PER_CONNECTION * sum(len(device.waiting) for device in self.devices.values())
        if self._part < SECOND_STAGE:
            packets += alive * len(self._plan.rest)
            if not self._part % 2:
                packets += (len(self._addresses) - alive) * len(self._plan.first)
        if not self._datagrams_planned:
            packets += ROUNDS * alive * sum(len(question.ports) for question in self._udp)
        return packets

    def _remember(self, before: Before) -> None:
        for question, address, port in sorted(before.asked - before.ended):
            # it was asked and is not asked again; whether it answered is not known any more
            self._record(Exchange(question=question, target=address, port=port, at=time.time(), outcome="late"))
        self.seen.exchanges["answered"] = len(before.answered)
        for question, address, port in before.asked:
            if address not in self._scope:
                continue
            device = self._device(address)
            device.asked.add((question, port))
            if (question, address, port) in before.answered:
                device.answered.add((question, port))
        for address, why in before.left_alone.items():
            self._device(address).left_alone = why
            self.seen.left_alone += 1
        for answer in before.heard:
            self._heard(answer, again=True)

    # --- knocking

    async def _knock(self, stage: int, addresses: Sequence[str], ports: Sequence[int]) -> None:
        allowed = [port for port in ports if not port_refusal(port, self._overrides)]
        for number in range(ROUNDS):
            where = "everywhere" if stage == 1 else "where somebody is"
            self.seen.stage = f"trying {len(allowed)} ports {where}" + (", once more those that kept silent" * number)
            self._part = stage * 10 + number
            if await self._send(self._part, addresses, allowed, again=number > 0):
                await asyncio.sleep(self._preset.answer)

    def _is_silent(self, address: str, port: int) -> bool:
        """Whether it is worth a second knock: nothing came back from this port."""
        device = self.devices.get(address)
        return device is None or (port not in device.open and port not in device.refused and not device.left_alone)

    async def _send(self, part: int, addresses: Sequence[str], ports: Sequence[int], *, again: bool) -> int:
        """Knock at each port of each address, or at those that were silent; returns how often.

        Port by port, so that one address is not knocked at in a row. Places in the log are of the whole order, so that
        what was heard since does not move them.
        """
        begin, sent, number = self._before.knocked.get(part, 0), 0, len(addresses)
        self.seen.knocks_planned = self.seen.knocks + number * len(ports) - begin
        # a fiftieth of a second at a time, so that the packets of a second are spread over it
        step = max(1, min(64, int((self._plan.rate or 3200) / 50)))
        for index, port in enumerate(ports):
            first, passed = max(0, begin - index * number), time.monotonic()
            turns: list[str] = []
            for place in range(first, number):
                address = addresses[place]
                if address not in self._own and (not again or self._is_silent(address, port)):
                    turns.append(address)
                if len(turns) < step and place + 1 < number:
                    continue
                if self.stopped:
                    return sent
                if turns:
                    await asyncio.sleep(self._pace.wait(sum(map(self._cost, turns))))
                    self._log.knocking(part, index * number + first, index * number + place + 1)
                    for address in turns:
                        if not self._knock_at(address, port):
                            await self._knock_patiently(address, port)
                    sent += len(turns)
                self.seen.knocks += place + 1 - first
                self.asked = max(self.asked, place + 1)
                first, turns = place + 1, []
            if sent and index + 1 < len(ports):
                await asyncio.sleep(max(0.0, passed + self._preset.knocks_gap - time.monotonic()))
        return sent

    def _cost(self, address: str) -> int:
        """Packets that a knock will take: where nobody is known to be, the system looks for a neighbour in vain."""
        return LOOKING if address in self._near and address not in self.devices else 1

    def _knock_at(self, address: str, port: int) -> bool:
        """Knock with a segment of our own; False: that has to wait, or is not how it is done here."""
        if not self._raw:
            return False
        knocks = self._knocks_for(socket.AF_INET6 if ":" in address else socket.AF_INET)
        try:
            if not knocks.send(address, port):
                return False
        except OSError:
            self.no_way.add(address)  # nothing was sent
            return True
        self._knocked(address)
        if self._witness is None:
            self._count("knock", address, "tcp", port, 1)
        return True

    async def _knock_patiently(self, address: str, port: int) -> None:
        if self._raw:
            await asyncio.sleep(0.002)
            while not self._knock_at(address, port):
                await asyncio.sleep(0.002)
            return
        await self._talks.acquire()
        self._knocked(address)
        self._start(self._knock_by_connecting(address, port))

    def _knocked(self, address: str) -> None:
        self._budget.sent(address)
        if device := self.devices.get(address):
            # a knock is something that it has to bear, too
            device.ready = max(device.ready, time.monotonic() + self._preset.gap)

    def _knocks_for(self, family: int) -> RawKnocks:
        if family not in self._knocks:
            knocks = self._knocks[family] = RawKnocks(family)
            if self._witness:
                self._witness.ours("tcp", knocks.port, "knock")

            def hear() -> None:
                for answer in knocks.read():
                    self._heard(answer)

            asyncio.get_running_loop().add_reader(knocks.fileno(), hear)
        return self._knocks[family]

    async def _knock_by_connecting(self, address: str, port: int) -> None:
        try:
            opening = min(BY_CONNECTING, self._preset.answer)
            talk = await converse(KNOCK, address, port, witness=self._witness, opening=opening)
        finally:
            self._talks.release()
        self._count("knock", address, "tcp", port, talk.segments)
        if talk.exchange.outcome == "answered":
            self._heard(Answer(address, port, "open"))
        elif talk.exchange.outcome == "refused":
            self._heard(Answer(address, port, "refused"))

    def _heard(self, answer: Answer, *, again: bool = False) -> None:
        if answer.address not in self._scope:
            return
        device = self._device(answer.address)
        if answer.heard == "refused":
            # where everything refuses one line says so; where something lives it is kept for which port
            if not again and answer.port not in device.refused and (not device.refused or device.open):
                self._log.heard(answer)
            device.refused.add(answer.port)
            return
        if answer.port in device.open:
            return
        device.open.add(answer.port)
        device.distress.opened(answer.port, time.monotonic())
        self.seen.open += 1
        if not again:
            self._log.heard(answer)
        for question in self._tcp:
            if answer.port in question.ports and not question.after:
                self._put(device, question, answer.port)

    def _device(self, address: str) -> Device:
        device = self.devices.get(address)
        if device is None:
            device = self.devices[address] = Device(address)
            self.seen.alive += 1
        return device

    # --- conversations

    def _put(self, device: Device, question: Question, port: int) -> None:
        """Have a question put when its turn comes; each is put once."""
        if (question.id, port) in device.asked or device.left_alone or port_refusal(port, self._overrides):
            return
        device.asked.add((question.id, port))
        device.waiting.append((question, port))
        if not device.busy:
            device.busy = True
            self._start(self._attend(device))

    def _start(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attend(self, device: Device) -> None:
        """Put all questions that wait for one device, one after the other."""
        try:
            while device.waiting and not device.left_alone and not self.stopped:
                question, port = device.waiting.popleft()
                packets = len(question.requests) * ROUNDS if question.transport == "udp" else PER_CONNECTION
                if spent := self._budget.refusal(device.address, packets):
                    self._leave_alone(device, spent)
                    break
                self._budget.sent(device.address, packets)
                await asyncio.sleep(max(0.0, device.ready - time.monotonic()))
                if question.transport == "udp":
                    self._start(self._ask_by_datagram(device, question, port))  # its answer is not waited for
                else:
                    async with self._talks:
                        await self._talk(device, question, port)
                device.ready = time.monotonic() + self._preset.gap
        finally:
            device.busy = False

    async def _talk(self, device: Device, question: Question, port: int) -> None:
        begun = time.monotonic()
        talk = await self._converse(device, question, port)
        if _says_nothing(talk.exchange, question) and self.lag.between(begun, time.monotonic()):
            again = time.monotonic()
            talk = await self._converse(device, question, port)
            if talk.exchange.outcome == "silent" and self.lag.between(again, time.monotonic()):
                talk = talk._replace(exchange=msgspec.structs.replace(talk.exchange, outcome="late"))
        self._record(talk.exchange)
        if talk.exchange.answers:
            device.answered.add((question.id, port))
            for other in self._tcp:
                if other.after == question.id and port in other.ports:
                    self._put(device, other, port)
        self._watch_over(device, talk, late=self.lag.between(begun, time.monotonic()))

    async def _converse(self, device: Device, question: Question, port: int) -> Talk:
        expected = self._segments.get(question.id, float(PER_CONNECTION))
        await asyncio.sleep(self._pace.wait(expected))
        self._log.asking(question.id, device.address, port)
        patience = self._preset.greeting if question.category == "greeting" else PATIENCE
        talk = await converse(question, device.address, port, witness=self._witness, patience=patience)
        self._count(question.id, device.address, "tcp", port, talk.segments)
        self._pace.return_turns(expected - talk.segments)
        self._segments[question.id] = max(1.0, expected + (talk.segments - expected) / 4)
        return talk

    def _watch_over(self, device: Device, talk: Talk, *, late: bool) -> None:
        """Leave a device alone at the first sign of distress."""
        exchange, now = talk.exchange, time.monotonic()
        sign = ""
        if talk.broken:
            sign = device.distress.reset(exchange.port, now)
        elif exchange.outcome == "answered":
            device.distress.opened(exchange.port, now)
            sign = device.distress.answered("tcp", exchange.port, now, exchange.rtt, lag=self.lag.worst if late else 0)
        elif exchange.outcome == "refused":
            sign = device.distress.refused(exchange.port, now)
        elif exchange.outcome == "silent":
            sign = device.distress.silent("tcp", exchange.port, now, late=late)
        if sign:
            self._leave_alone(device, sign)

    def _leave_alone(self, device: Device, why: str) -> None:
        device.left_alone = why
        device.waiting.clear()
        self.seen.left_alone += 1
        self._log.left_alone(device.address, why)

    def _record(self, exchange: Exchange) -> None:
        self.seen.exchanges[exchange.outcome] += 1
        self._log.exchange(exchange)

    # --- datagrams

    def _plan_datagrams(self, device: Device) -> None:
        for question in self._udp:
            for port in question.ports:
                self._put(device, question, port)

    async def _ask_by_datagram(self, device: Device, question: Question, port: int) -> None:
        """Ask, and once more where nothing comes back."""
        family = socket.AF_INET6 if ":" in device.address else socket.AF_INET
        try:
            datagrams = self._datagrams(question, family)
        except OSError:
            return
        self._log.asking(question.id, device.address, port)
        key = (question.id, device.address)
        for number in range(ROUNDS):
            await asyncio.sleep(self._pace.wait(len(question.requests)))
            exchange = Exchange(
                question=question.id, target=device.address, port=port, at=time.time(), outcome="silent"
            )
            self._open[key] = exchange
            with contextlib.suppress(OSError):
                while not datagrams.send(device.address, port):
                    await asyncio.sleep(0.002)
            size = sum(map(len, question.requests))
            self._count(question.id, device.address, "udp", port, len(question.requests) if size else 0)
            begun = time.monotonic()
            await asyncio.sleep(question.waits)
            heard = self._open.pop(key)
            if heard.outcome != "silent" or number + 1 == ROUNDS:
                if heard.outcome == "silent" and self.lag.between(begun, time.monotonic()):
                    heard = msgspec.structs.replace(heard, outcome="late")
                self._record(heard)
                break
            if device.left_alone or self.stopped:
                self._record(heard)
                break

    def _datagrams(self, question: Question, family: int, interface: str = "") -> Datagrams:
        key = (question.id, family, interface)
        if key not in self._sockets:
            self._sockets[key] = Datagrams(
                question,
                family,
                self._witness,
                lambda sender, port, data, at: self._arrived(question, sender, port, data, at),
                lambda target, port: self._refused(question, target),
                interface=interface,
            )
        return self._sockets[key]

    def _refused(self, question: Question, target: str) -> None:
        waiting = self._open.get((question.id, target))
        if waiting is not None and not waiting.answers:
            self._open[question.id, target] = msgspec.structs.replace(waiting, outcome="refused")

    def _arrived(self, question: Question, sender: str, port: int, data: bytes, at: float) -> None:
        if sender in self._own:
            return
        key = (question.id, sender)
        waiting = self._open.get(key)
        if waiting is not None:
            if len(waiting.answers) < MOST_DATAGRAMS:
                rtt = waiting.rtt or max(0.0, at - waiting.at)
                self._open[key] = msgspec.structs.replace(
                    waiting, outcome="answered", answers=(*waiting.answers, data), rtt=rtt
                )
            return
        # an answer to a question put to many, from another address than was asked, or one that came late
        target = next(iter(question.groups), "") if question.groups else sender
        self._record(
            Exchange(
                question=question.id,
                target=target,
                port=port,
                at=at,
                outcome="answered",
                sender=sender,
                answers=(data,),
            )
        )
        if sender in self._scope:
            self._device(sender).asked.update((question.id, port) for port in question.ports)

    async def _ask_many(self, interface: str) -> None:
        """Put the questions that may go to many at once on one interface; what was put before is not put again."""
        todo = [
            (question, group, port)
            for question in self._udp
            for group in question.groups
            for port in question.ports
            if (question.id, group, port, interface) not in self._before.searched
        ]
        if not todo:
            return
        for question, group, port in todo:
            if self.stopped:
                break
            await asyncio.sleep(self._pace.wait(len(question.requests)))
            self._log.asking(question.id, group, port, interface)
            to = "255.255.255.255" if group == "broadcast" else group
            family = socket.AF_INET6 if ":" in to else socket.AF_INET
            with contextlib.suppress(OSError):
                self._datagrams(question, family, interface).send(to, port)
                self._count(question.id, to, "udp", port, len(question.requests))
        await asyncio.sleep(SEARCHING)
        for key in [key for key in self._sockets if key[2] == interface]:
            # we leave the groups while it is still seen; the devices themselves are asked from other sockets
            self._sockets.pop(key).close()


def _says_nothing(exchange: Exchange, question: Question) -> bool:
    """Whether it may be that we did not hear what was said."""
    return exchange.outcome == "silent" or (exchange.outcome == "answered" and not exchange.answers)


KNOCK = Question(
    id="knock",
    title="whether a port is open",
    sends="the opening of a connection, which is closed at once; nothing is said over it",
    category="connect",
    harmless="Every device takes connections; this one ends before anything is asked.",
    transport="tcp",
    ports=(),
    waits=0.0,
    most=0,
)
"""The question that is no more than knocking."""


def coverage(addresses: Iterable[str], devices: dict[str, Device]) -> Iterator[tuple[str, str]]:
    """Address and what became of it: ``answered``, ``refused`` or ``silent``."""
    for address in addresses:
        device = devices.get(address)
        yield address, "silent" if device is None else "answered" if device.open or device.answered else "refused"
