"""The log of a sweep: one file to which lines are only added, each before or at the moment at which its matter happens.

Every line has reached the system before the program goes on, so a killed program loses nothing that is written here; a
last line that was cut is passed over. The file tells where to go on, holds every exchange, and is the ledger too: pages
of packets stand between the exchanges they belong to, and the end is signed. It is read again like any other source.
"""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import IntegrityError, SourceError, UsageError
from custodiet.model.exchange import Exchange
from custodiet.probes.knock import Answer, Heard
from custodiet.probes.ledger import PAGE, PAGE_SECONDS, Packet, Page, Pages, Seal, seal
from custodiet.probes.plan import Plan
from custodiet.probes.restraint import Override
from custodiet.probes.sweep import Before

FORMAT = "custodiet-find/1"
LONGEST_LINE = 8 << 20
"""Bytes of one line: the longest is a page of the ledger or the answers to one question."""


class Head(msgspec.Struct, frozen=True, kw_only=True, tag="head"):
    """The first line."""

    format: str
    plan: Plan
    tool: str
    witnessed: bool
    """Whether packets were seen as they left; else the kernel counted them."""


class Knocking(msgspec.Struct, frozen=True, kw_only=True, tag="knocking"):
    """Knocks of a part of the plan are about to be sent."""

    part: int
    first: int
    last: int


class Knocked(msgspec.Struct, frozen=True, kw_only=True, tag="heard"):
    """A knock was answered."""

    address: str
    port: int
    heard: Heard


class Asking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="asking"):
    """A question is about to be put."""

    question: str
    address: str
    port: int
    interface: str = ""
    """Where it goes to many at once: on which interface."""


class Exchanged(msgspec.Struct, frozen=True, kw_only=True, tag="exchange"):
    """What a question brought."""

    exchange: Exchange


class LeftAlone(msgspec.Struct, frozen=True, kw_only=True, tag="left-alone"):
    """A device is not asked any more."""

    address: str
    why: str


class Ledgered(msgspec.Struct, frozen=True, kw_only=True, tag="page"):
    """A page of the ledger."""

    page: Page


class Overridden(msgspec.Struct, frozen=True, kw_only=True, tag="override"):
    """Somebody answers for a forbidden port."""

    override: Override


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag="resumed"):
    """The sweep went on after a stop."""

    at: float
    tool: str


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the addresses of one network."""

    network: str
    asked: int
    answered: int
    refused: int
    silent: int
    not_asked: int
    why_not: str = ""


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """The sweep came to its end, or was stopped in an orderly way."""

    at: float
    complete: bool
    trouble: str = ""
    """Why it was stopped, where the user did not ask for it."""
    coverage: tuple[Coverage, ...]
    worst_lag: float
    """Seconds by which we were late at most."""
    other_packets: int
    """Packets of other programs to the same addresses, which are not ours."""
    ledger: Seal


Line: TypeAlias = Head | Overridden | Knocking | Knocked | Asking | Exchanged | LeftAlone | Ledgered | Resumed | End
encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


class SweepLog:
    """A log that is being written; a `custodiet.probes.sweep.Log`.

    Args:
        path: the file; it is made, or added to where a sweep is resumed.
        resumed: whether it is.
        before: the last page of the ledger of the interrupted sweep.
        packets: those on its pages.

    Raises:
        FileExistsError: there is such a file, and nothing says that it shall be added to.
        UsageError: another program writes to it.
    """

    def __init__(self, path: Path, *, resumed: bool = False, before: Page | None = None, packets: int = 0) -> None:
        self.path = path
        how = 0 if resumed else os.O_CREAT | os.O_EXCL
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | how, 0o600)
        try:
            _lock(self._file, path, fcntl.LOCK_EX)
            _cut_off(self._file)
        except BaseException:
            os.close(self._file)
            raise
        self.ledger = Pages(before)
        self._pages = before.number if before else 0
        self._packets = packets

    def write(self, line: Line) -> None:
        """Add a line; it has reached the system when this returns."""
        data = memoryview(encode(line) + b"\n")
        while data:
            data = data[os.write(self._file, data) :]

    def knocking(self, stage: int, first: int, last: int) -> None:
        """As in `Log`."""
        self.write(Knocking(part=stage, first=first, last=last))

    def heard(self, answer: Answer) -> None:
        """As in `Log`."""
        self.write(Knocked(address=answer.address, port=answer.port, heard=answer.heard))

    def asking(self, question: str, address: str, port: int, interface: str = "") -> None:
        """As in `Log`."""
        self.write(Asking(question=question, address=address, port=port, interface=interface))

    def exchange(self, exchange: Exchange) -> None:
        """As in `Log`."""
        self.write(Exchanged(exchange=exchange))

    def left_alone(self, address: str, why: str) -> None:
        """As in `Log`."""
        self.write(LeftAlone(address=address, why=why))

    def write_override(self, override: Override) -> None:
        """Somebody answers for a forbidden port."""
        self.write(Overridden(override=override))

    def packet(self, packet: Packet) -> None:
        """One packet that left."""
        self.ledger.add(packet)
        self._packets += packet.packets
        if self.ledger.full or self.ledger.old:
            self.turn_page()

    def turn_page(self) -> None:
        """Write down the packets that wait."""
        if page := self.ledger.take():
            self._pages += 1
            self.write(Ledgered(page=page))

    @property
    def packets(self) -> int:
        """Packets so far."""
        return self._packets

    def seal(self, key: Ed25519PrivateKey) -> Seal:
        """Write down the rest of the ledger, and sign it; the `End` that holds the seal is still to be written."""
        self.turn_page()
        return seal(self._pages, self._packets, self.ledger.last, self.ledger.gaps, key)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)


def _lock(file: int, path: Path, how: int) -> None:
    """Two programs at one sweep would both ask, and spoil its log; the system takes a lock back from a killed one."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            "this sweep is still running", place=str(path), next_step="Wait until it has ended, or stop it."
        ) from None
    except OSError:
        pass  # a file system without locks


def _cut_off(file: int) -> None:
    """Take away a last line that was cut when its program was killed, so that the next one begins anew."""
    end = os.fstat(file).st_size
    tail = os.pread(file, LONGEST_LINE, max(0, end - LONGEST_LINE))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, end - len(tail) + tail.rfind(b"\n") + 1)


def read_log(path: Path) -> Iterator[Line]:
    """The lines of a log; a last line that was cut is passed over.

    Raises:
        SourceError: it is no log of a sweep.
        IntegrityError: a line in the middle is none of ours.
    """
    with path.open("rb") as file:
        yield from _lines(file, str(path))


def lines_of(text: bytes, name: str) -> Iterator[Line]:
    """The lines of a log, or of a part of it, that is kept elsewhere; errors as in `read_log`."""
    yield from _lines(io.BytesIO(text), name)


def _lines(file: IO[bytes], name: str) -> Iterator[Line]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        try:
            read = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            if not line.endswith(b"\n"):
                return
            if number == 1:
                raise SourceError("it is no log of a sweep", place=name) from fault
            raise IntegrityError("a line of the log cannot be read", place=f"{name}, line {number}") from fault
        if number == 1 and not (isinstance(read, Head) and read.format == FORMAT):
            raise SourceError("it is no log of a sweep that this version reads", place=name)
        yield read


KILLED = (
    f"The sweep was killed: what it had sent in its last {PAGE_SECONDS:g} seconds (at most {PAGE:,} packets) and could "
    "not write down any more is missing."
)
"""What a ledger leaves open when the program that wrote it was not able to end in order."""


class Interrupted(msgspec.Struct, kw_only=True):
    """A sweep as its log has it."""

    head: Head
    before: Before
    page: Page | None = None
    """The last page of its ledger."""
    packets: int = 0
    end: End | None = None
    """None where it was killed before it could sign; what it had not yet paged is then in no ledger."""
    gaps: tuple[str, ...] = ()
    """What its ledger leaves open."""


def interrupted(path: Path) -> Interrupted:
    """How far a sweep has come.

    Raises:
        SourceError: it is no log of a sweep.
        IntegrityError: it was damaged.
        UsageError: it is still running.
    """
    found: Interrupted | None = None
    with path.open("rb") as file:
        _lock(file.fileno(), path, fcntl.LOCK_SH)
    for line in read_log(path):
        if isinstance(line, Head):
            found = Interrupted(head=line, before=Before())
            continue
        assert found is not None
        before = found.before
        match line:
            case Knocking():
                before.knocked[line.part] = max(before.knocked.get(line.part, 0), line.last)
            case Knocked():
                before.heard.append(Answer(line.address, line.port, line.heard))
            case Asking():
                if line.interface:
                    before.searched.add((line.question, line.address, line.port, line.interface))
                else:
                    before.asked.add((line.question, line.address, line.port))
            case Exchanged():
                exchange = line.exchange
                before.ended.add((exchange.question, exchange.target, exchange.port))
                if exchange.answers:
                    before.answered.add((exchange.question, exchange.sender or exchange.target, exchange.port))
            case LeftAlone():
                before.left_alone[line.address] = line.why
            case Ledgered():
                found.page = line.page
                found.packets += sum(packet.packets for packet in line.page.packets())
            case End():
                found.end = line
                found.gaps = line.ledger.gaps
            case Resumed():
                found.gaps = _open_after(found)
                found.end = None
            case Head() | Overridden():
                pass
    if found is None:
        raise SourceError("it is empty", place=str(path), next_step="Begin the sweep anew.")
    found.gaps = _open_after(found)
    return found


def _open_after(found: Interrupted) -> tuple[str, ...]:
    return found.gaps if found.end else tuple(dict.fromkeys((*found.gaps, KILLED)))
