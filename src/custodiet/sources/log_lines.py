"""Lines of logs about traffic, as programs write them: what one line can say, and what a dialect is.

A *dialect* is how one program writes. It knows its own lines and says of each what went where (`Passage`) or who asked
for which name (`Asked`). Times, sums and counting are done for all of them in `log_reading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from custodiet.sources.log_times import LogClock


@dataclass(slots=True, kw_only=True)
class Passage:
    """What one line says went, or was to go, from one address to another."""

    src: str
    """Address of the side that began, in canonical form."""
    dst: str
    """Address of the other side."""
    transport: str
    """``tcp``, ``udp`` or ``ip/N``."""
    port: int = 0
    """Port of the other side."""
    when: float | None = None
    """When it began, seconds since 1970 UTC; none: the line carries no time that can be read."""
    until: float | None = None
    """When it ended."""
    allowed: bool | None = None
    """Whether it was let through; none: the line does not say."""
    bytes_out: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    packets_in: int = 0
    packet: bool = False
    """The line tells one packet: packets of one kind are added up by the hour."""
    both_ways: bool = False
    """``bytes_out`` is the sum of both directions: the line tells no more."""
    session: str = ""
    """The number of a session of which several lines tell; empty: this line tells all."""
    final: bool = True
    """False where a later line of the session will tell the same again, with more."""
    mac: str = ""
    """MAC that the sender had on the segment of the firewall, in canonical form."""
    hostname: str = ""
    """Name of the sender as the firewall knows it."""
    translated: bool = False
    """The line shows that addresses were translated on the way."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """What one line says of a name that was asked for."""

    asker: str
    """Address of who asked, in canonical form."""
    name: str
    """The name; empty where only the answer is told."""
    answers: tuple[str, ...] = ()
    """``name=address`` for each address that was answered."""
    when: float | None = None
    """Seconds since 1970 UTC."""


@dataclass(slots=True, frozen=True)
class Lost:
    """The program says that it could not write down all."""

    sentence: str


@dataclass(slots=True, frozen=True)
class Skipped:
    """A line of this program that is known and tells nothing that belongs here; counted under its name."""

    what: str = ""


Told: TypeAlias = Passage | Asked | Lost | Skipped | str | None
"""What a dialect makes of a line: text is the reason why it cannot be read, None: the line is not of this program."""


class Dialect:
    """How one program writes; made anew for each file, since some lines depend on lines before."""

    id = ""
    """Short name."""
    title = ""
    """Name for people."""
    remark = ""
    """What its lines leave open about the sums, as a sentence; empty: nothing."""

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line. Must be quick to say None, and must not raise."""
        raise NotImplementedError


_NUMBERS = {"6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp", "tcp6": "tcp", "udp6": "udp"}
_NAMES = {"icmp": 1, "igmp": 2, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "icmp6": 58, "ipv6-icmp": 58, "sctp": 132}


def transport_of(written: str) -> str:
    """``tcp``, ``udp`` or ``ip/N`` for a protocol as logs write it, by name or by number; empty for none of them."""
    word = written.strip().lower()
    if found := _NUMBERS.get(word):
        return found
    number = _NAMES.get(word, -1)
    if number < 0 and word.isascii() and word.isdigit() and len(word) <= 3:
        number = int(word)
    return f"ip/{number}" if 0 <= number < 256 else ""


def count_of(written: str | None) -> int:
    """A number that is no less than nought and can be stored; 0 for all else."""
    if not written or len(written) > 18 or not (written.isascii() and written.isdigit()):
        return 0
    return int(written)


MOST_COUNTED = (1 << 63) - 1
"""The largest sum that can be stored; only a made file reaches it."""


def port_of(written: str | None) -> int:
    """A port; 0 for all else."""
    port = count_of(written)
    return port if port < 65536 else 0
