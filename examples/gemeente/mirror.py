"""Twenty-six hours at the mirror port of the camera network: who talks to the outside, who does not, who is not seen.

Packets are kept to their first 144 bytes, as people do when they capture for a day; the sizes are those of the wire.
The mirror was switched off for 48 minutes in the night, which is part of every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from packets import Capture, Host

HOURS, ROUND = 26, 270
"""Length of the capture, and seconds between two signs of life."""

GAP = (17 * 3600 + 40 * 60, 18 * 3600 + 28 * 60)
"""Seconds after the begin between which the mirror port gave nothing."""

SNAP = 144
"""Bytes of a packet that were kept."""

Event = tuple[float, Callable[[], None]]
"""Seconds after the begin, and what is sent then."""


@dataclass
class Line:
    """A TCP conversation that stays open: what each side said so far, in bytes."""

    capture: Capture
    client: Host
    server: Host
    port: int
    client_port: int
    said: dict[str, int] = field(default_factory=lambda: {">": 1000, "<": 5000})

    def say(self, side: str, payload: bytes = b"", flags: int = 0x18) -> None:
        """One segment of the client (``>``) or the server (``<``)."""
        other = "<" if side == ">" else ">"
        ends = (self.client, self.server, self.client_port, self.port)
        source, target, source_port, port = ends if side == ">" else (ends[1], ends[0], ends[3], ends[2])
        acknowledged = self.said[other] if flags & 0x10 else 0
        self.capture.segment(source, target, source_port, port, self.said[side], acknowledged, flags, payload)
        self.said[side] += len(payload) + (1 if flags & 0x03 else 0)

    def open(self) -> None:
        """The handshake."""
        for side, flags in ((">", 0x02), ("<", 0x12), (">", 0x10)):
            self.say(side, flags=flags)

    def close(self) -> None:
        """The end, from both sides."""
        for side in (">", "<"):
            self.say(side, flags=0x11)


def keeps_alive(line: Line, first: float, hello: bytes, out: bytes, back: bytes, hours: int = HOURS) -> Iterator[Event]:
    """A device that stays in touch: it says hello once, and a few bytes every round."""

    def begin() -> None:
        line.open()
        line.say(">", hello)
        line.say("<", b"\x16\x03\x03\x00\x02\x02\x00")

    def again() -> None:
        line.say(">", out)
        line.say("<", back)

    yield first, begin
    yield from ((at, again) for at in _rounds(first + ROUND, hours))


def uploads(line: Line, first: float, seconds: int, hello: bytes, rate: int) -> Iterator[Event]:
    """A stream sent out: so many packets of 1,400 bytes a second, with an answer to every tenth."""

    def begin() -> None:
        line.open()
        line.say(">", hello)

    def packet(number: int) -> Callable[[], None]:
        def send() -> None:
            line.say(">", bytes(1400))
            if number % 10 == 9:
                line.say("<", flags=0x10)

        return send

    yield first, begin
    yield from ((first + 1 + number / rate, packet(number)) for number in range(seconds * rate))
    yield first + seconds + 2, line.close


def looks_at(line: Line, first: float, question: bytes, answer: bytes, hours: int = HOURS) -> Iterator[Event]:
    """A recorder that asks a camera every round whether it is still there."""

    def ask() -> None:
        line.say(">", question)
        line.say("<", answer)

    yield first, line.open
    yield from ((at, ask) for at in _rounds(first + 1, hours))


def sets_its_clock(capture: Capture, host: Host, server: Host, hours: int = HOURS) -> Iterator[Event]:
    """A question to the time server every hour."""

    def ask() -> None:
        capture.datagram(host, server.ip, 123, 123, b"\x23" + bytes(47))
        capture.answer(server.ip, host, 123, 123, b"\x24\x02" + bytes(46))

    yield from ((hour * 3600 + 77.0, ask) for hour in range(hours))


def _rounds(first: float, hours: int) -> Iterator[float]:
    at = first
    while at < hours * 3600:
        yield at
        at += ROUND


def play(capture: Capture, events: Iterator[Event], gap: tuple[float, float] = GAP) -> None:
    """Let everything happen in its order; what happens while the mirror is off is not in the capture."""
    begin = capture.clock
    for seconds, happen in sorted(events, key=lambda event: event[0]):
        capture.off = gap[0] <= seconds < gap[1]
        capture.clock = begin + seconds
        happen()
