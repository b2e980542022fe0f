"""Logs that programs write line by line about traffic: of firewalls and of name servers, often mixed in one file.

A syslog of a small router holds lines of its firewall and of its name server, so both readers know all dialects and
differ in what they are asked for. Here lines become flows and facts, and sums and doubts are kept.

A log says only what was logged. That nothing stands in it about a device is never told as a fact; what kind of silence
that is stands among the doubts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from custodiet.errors import SourceError
from custodiet.model import Flow, Source
from custodiet.model.observation import content_id
from custodiet.model.source import Doubt
from custodiet.sources.base import Item, ReadOptions
from custodiet.sources.ledger import Facts, Ledger
from custodiet.sources.lines import Lines, head_lines
from custodiet.sources.log_lines import MOST_COUNTED, Asked, Dialect, Lost, Passage, Skipped, Told
from custodiet.sources.log_times import LogClock
from custodiet.sources.watching_times import Directions, WatchingTimes
from custodiet.wire.address import ip_text, is_device_ip, is_device_mac, is_local_ip

MAX_LINE = 1 << 16
"""The most bytes of one line."""
MOST_OPEN = 50_000
"""Sessions and sums that wait for more lines; then the oldest are told as they are."""
MOST_BLOCKED = 200
"""Destinations that a firewall stopped which are named of one device, and ten thousand of all together."""
_MOST_BLOCKED_OF_ALL = 10_000
_LOOKED_AT = 600  # lines of the head by which a log is recognised
_HOUR = 3600.0


def recognises(head: bytes, kinds: Iterable[type[Dialect]]) -> bool:
    """Whether one of the first lines is told by one of these dialects.

    Must not raise on any bytes.
    """
    dialects = [kind() for kind in kinds]
    clock = LogClock("", 4e9)
    lines = head_lines(head)
    for line in [line for line in (lines[:-1] or lines) if line.strip()][:_LOOKED_AT]:
        if len(line) > MAX_LINE or "\0" in line:
            return False
        if any(isinstance(dialect.read(line, clock), Passage | Asked) for dialect in dialects):
            return True
    return False


class LogReading:
    """Reads one log line by line."""

    def __init__(self, source: Source, options: ReadOptions, path: Path, kinds: Sequence[type[Dialect]]) -> None:
        self._source = source
        self._lines = Lines(path, options.progress, limit=MAX_LINE)
        self._clock = LogClock(options.zone, path.stat().st_mtime)
        self._dialects = [kind() for kind in kinds]
        self._met: dict[str, Dialect] = {}
        self._ledger = Ledger(source, "lines")
        self._facts = Facts(source.id)
        self._times = WatchingTimes()
        self._directions = Directions()
        self._open: OrderedDict[tuple[str, ...], tuple[Passage, str]] = OrderedDict()
        self._blocked: dict[str, set[str]] = {}
        self._blocked_number = 0
        self._denied = self._allowed = self._unsaid = self._translated = self._asked = self._early = self._openings = 0
        self._both_ways = 0
        self._lost: dict[str, int] = {}

    def items(self) -> Iterator[Item]:
        """All that the log says, and the tally.

        Raises:
            SourceError: no line is told by a known dialect.
        """
        for number, line in self._lines:
            place = f"line {number}"
            if line is None:
                yield from self._ledger.refuse(place, f"the line is longer than {MAX_LINE:,} bytes")
                continue
            if not line.strip():
                continue
            told = self._told(line)
            if isinstance(told, Passage) and told.when is None:
                told = "a line without a time that can be read"
            if isinstance(told, str):
                yield from self._ledger.refuse(place, told)
                continue
            self._ledger.read()
            match told:
                case Passage():
                    yield from self._pass(told, place)
                case Asked():
                    self._ask(told, place)
                case Lost(sentence):
                    if sentence in self._lost or len(self._lost) < 5:
                        self._lost[sentence] = self._lost.get(sentence, 0) + 1
                case Skipped(what):
                    if what:
                        self._ledger.not_covered(what)
                case None:
                    self._ledger.not_covered("lines of other programs")
            if self._facts.full:
                yield from self._facts.drain()
        while self._open:
            _key, (passage, place) = self._open.popitem(last=False)
            yield from self._flow(passage, place)
        yield from self._facts.drain()
        if not self._met and not self._lines.cut:
            raise SourceError(
                "no line of it tells of traffic or of names asked for",
                place=self._source.name,
                next_step="Give the log as the program wrote it",
            )
        yield from self._remarks()
        yield from self._ledger.cut_short(self._lines.cut)
        yield from self._ledger.close(self._times.watched(self._doubts()))

    def _told(self, line: str) -> Told:
        for at, dialect in enumerate(self._dialects):
            told = dialect.read(line, self._clock)
            if told is not None:
                if at:  # the next line is most likely of the same program
                    self._dialects.insert(0, self._dialects.pop(at))
                self._met.setdefault(dialect.id, dialect)
                return told
        return None

    def _pass(self, passage: Passage, place: str) -> Iterator[Flow]:
        until = passage.when if passage.until is None else passage.until
        self._times.add(passage.when, until)
        self._ledger.saw(passage.when, until)
        self._denied += passage.allowed is False
        self._allowed += passage.allowed is True
        self._unsaid += passage.allowed is None
        self._translated += passage.translated
        self._both_ways += passage.both_ways
        self._openings += passage.packet and passage.allowed is not False
        self._about(passage, place)
        if passage.session:
            key: tuple[str, ...] = (passage.session,)
            if earlier := self._open.pop(key, None):
                if {earlier[0].src, earlier[0].dst} == {passage.src, passage.dst}:
                    passage, place = _joined(earlier, passage)
                else:  # the number was given to another session
                    yield from self._flow(*earlier)
            if passage.final:
                yield from self._flow(passage, place)
            else:
                self._open[key] = (passage, place)
        elif passage.packet:
            assert passage.when is not None
            hour = str(int(passage.when // _HOUR))
            key = (passage.src, passage.dst, passage.transport, str(passage.port), hour, str(passage.allowed))
            if same := self._open.get(key):
                _add(same[0], passage)
            else:
                self._open[key] = (passage, place)
        else:
            yield from self._flow(passage, place)
        if len(self._open) > MOST_OPEN:
            _key, (oldest, began) = self._open.popitem(last=False)
            self._early += not oldest.packet
            yield from self._flow(oldest, began)

    def _about(self, passage: Passage, place: str) -> None:
        """What the line shows of devices: only of addresses that are inside, since all others are somebody else's."""
        add, when = self._facts.add, passage.when
        if is_device_ip(passage.src) and is_local_ip(passage.src):
            subject = f"ip:{passage.src}"
            add(subject, "net.ip", passage.src, place, when)
            if passage.mac and is_device_mac(passage.mac):
                add(subject, "net.mac", passage.mac, place, when)
            if ip_text(passage.hostname) is None:
                add(subject, "net.hostname", passage.hostname, place, when)
            if passage.allowed is False:
                self._block(subject, passage, place)
        # Whoever was only called need not be there at all.
        if passage.packets_in and is_device_ip(passage.dst) and is_local_ip(passage.dst):
            add(f"ip:{passage.dst}", "net.ip", passage.dst, place, when)

    def _block(self, subject: str, passage: Passage, place: str) -> None:
        to = f"[{passage.dst}]" if ":" in passage.dst and passage.port else passage.dst
        value = f"{passage.transport} {to}:{passage.port}" if passage.port else f"{passage.transport} {to}"
        known = self._blocked.setdefault(subject, set()) if len(self._blocked) < _MOST_BLOCKED_OF_ALL else set()
        if value not in known:
            if len(known) >= MOST_BLOCKED or self._blocked_number >= _MOST_BLOCKED_OF_ALL:
                self._ledger.not_covered("further stopped destinations, which are told as flows only")
                return
            known.add(value)
            self._blocked_number += 1
        self._facts.add(subject, "firewall.blocked", value, place, passage.when)

    def _ask(self, asked: Asked, place: str) -> None:
        self._asked += 1
        self._times.add(asked.when)
        self._ledger.saw(asked.when)
        if not is_device_ip(asked.asker):
            return
        self._facts.add(f"ip:{asked.asker}", "dns.query", asked.name, place, asked.when)
        for answer in asked.answers:
            self._facts.add(f"ip:{asked.asker}", "dns.answer", answer, place, asked.when)

    def _flow(self, passage: Passage, place: str) -> Iterator[Flow]:
        assert passage.when is not None
        subject, peer, port = f"ip:{passage.src}", f"ip:{passage.dst}", passage.port
        until = passage.when if passage.until is None else max(passage.when, passage.until)
        if not passage.packet:
            self._directions.add(passage.transport, passage.packets_out, passage.packets_in)
        yield Flow(
            id=content_id("flow", self._source.id, subject, peer, passage.transport, port, place, str(passage.allowed)),
            source=self._source.id,
            subject=subject,
            peer=peer,
            transport=passage.transport,
            port=port,
            bytes_out=passage.bytes_out,
            bytes_in=passage.bytes_in,
            packets_out=passage.packets_out,
            packets_in=passage.packets_in,
            first_seen=passage.when,
            last_seen=until,
            locator=place,
        )

    def _remarks(self) -> Iterator[Item]:
        for dialect in self._met.values():
            if dialect.remark:
                yield from self._ledger.remark("", f"{dialect.title}: {dialect.remark}")
        if said := self._year_doubt():
            yield from self._ledger.remark(
                "",
                said,
                "If the file was copied later than in the year after, set its time of change back and read it anew.",
            )
        if self._unsaid:
            reason = f"in {_count(self._unsaid, 'line')} it is not said whether the packet was let through"
            step = "Let the rules of the firewall write a word such as DROP or ACCEPT in front."
            yield from self._ledger.remark("", reason, step)
        if self._early:
            reason = (
                f"too many sessions were open at once, and {self._early:,} were told before their end; "
                "what a later line says of them is counted again"
            )
            yield from self._ledger.remark("", reason, "Give the log in smaller pieces.")
        if self._times.left_out:
            reason = "the times are too scattered to keep; some of the time watched is left out"
            yield from self._ledger.remark("", reason)

    def _year_doubt(self) -> str:
        """The sentence on years that stand in no line; empty where all do."""
        told = " and ".join(str(year) for year in sorted(self._clock.guessed_years)[:3])
        return told and (
            f"the times carry no year and were read as of {told}, the latest that does not lie behind the last change "
            "of the file"
        )

    def _doubts(self) -> dict[Doubt, str]:
        doubts: dict[Doubt, str] = {}
        passages = self._denied + self._allowed + self._unsaid
        if passages and not self._allowed and self._denied:
            doubts["denied_only"] = (
                f"nothing in {_count(passages, 'line')} says that anything was let through, so this firewall wrote "
                "down what it stopped and not what went out"
            )
        if passages:
            doubts["part_logged"] = (
                "a firewall writes only what its rules are set to log: that nothing stands here about a device does "
                "not say that it sent nothing"
            )
        elif self._asked:
            doubts["part_logged"] = (
                f"in {_count(self._asked, 'line')} it tells which names were asked for and not what was sent then; "
                "a device that knows an address, or asks another name server, does not stand here"
            )
        said = [self._directions.doubt()]
        if self._openings:
            said.append(
                f"{_count(self._openings, 'line')} told the packet that opened a conversation; what was answered and "
                "how much followed does not stand here"
            )
        sentences: list[tuple[Doubt, str]] = [
            ("one_direction", "; ".join(sentence for sentence in said if sentence)),
            ("local_time", "; ".join(said for said in (self._clock.zone_doubt(), self._year_doubt()) if said)),
            ("clock_jump", self._clock.jump_doubt()),
            ("lost", "; ".join(f"{told} ({_count(number, 'time')})" for told, number in self._lost.items())),
        ]
        if self._both_ways:
            lines = _count(self._both_ways, "line")
            sentences.append(
                ("both_ways", f"in {lines} the bytes of both directions stand as one number; it counts as sent")
            )
        if self._translated:
            translated = f"in {_count(self._translated, 'line')} addresses were translated on the way"
            sentences.append(("translated", translated))
        return doubts | {doubt: sentence for doubt, sentence in sentences if sentence}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _add(earlier: Passage, more: Passage) -> None:
    """Add a packet to those of the same kind in the same hour."""
    assert earlier.when is not None and more.when is not None
    earlier.until = max(earlier.when if earlier.until is None else earlier.until, more.when)
    earlier.when = min(earlier.when, more.when)
    earlier.bytes_out = min(earlier.bytes_out + more.bytes_out, MOST_COUNTED)
    earlier.packets_out = min(earlier.packets_out + more.packets_out, MOST_COUNTED)


def _joined(held: tuple[Passage, str], more: Passage) -> tuple[Passage, str]:
    """A session told again: the sums of the later line, and who began and when as the earlier one said it."""
    earlier, place = held
    more.src, more.dst, more.port, more.transport = earlier.src, earlier.dst, earlier.port, earlier.transport
    assert earlier.when is not None and more.when is not None
    ended = more.when if more.until is None else more.until
    more.when, more.until = min(earlier.when, more.when), ended
    more.bytes_out, more.bytes_in = max(earlier.bytes_out, more.bytes_out), max(earlier.bytes_in, more.bytes_in)
    more.packets_out = max(earlier.packets_out, more.packets_out)
    more.packets_in = max(earlier.packets_in, more.packets_in)
    return more, place
