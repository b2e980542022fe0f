"""What the questions of a device to name servers show by themselves: data inside names, and names only asked for.

Whoever may ask a name server, even one inside, reaches the owner of every domain: the question itself is passed on to
him. Many different long names under one domain are therefore a way out, whoever answers them. A few plain names are
not: they only show with whom the device wanted to talk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log2

from custodiet.egress.names import Names
from custodiet.egress.owners import UNKNOWN, Owner, Owners
from custodiet.egress.sums import Talk, Talks
from custodiet.model import Observation

MANY = 20
"""Different long names under one domain: a cloud gives a device one or two."""
LONG = 20
"""Characters below the domain: as much as 12 bytes in base 32."""
SHORTER = 12
"""Characters below the domain that are enough where they look like anything but a word."""
MIXED = 3.0
"""Bits a character, of the characters of one name: words of people repeat more."""

HEADERS = 60
"""Bytes of a question around its name: IPv4, UDP and DNS."""

PLACES = {"com", "co", "org", "net", "gov", "edu", "ac", "gob", "or", "ne", "go"}
"""Second labels under which others register: a domain under them has three labels."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Questions under one domain that look like data.

    Args:
        domain: the domain.
        names: different long names under it.
        characters: in them, below the domain.
        bytes: of the questions, at the least.
        observations: that show it.
    """

    domain: str
    names: int
    characters: int
    bytes: int
    observations: tuple[Observation, ...]


def channels(names: Names) -> list[Channel]:
    """Domains under which the device asked for so many different long names that they may carry data."""
    groups: dict[str, list[tuple[str, list[Observation]]]] = {}
    for name, seen in names.asked.items():
        domain = domain_of(name)
        below = name[: -len(domain)].rstrip(".")
        if domain and _is_long(below):
            groups.setdefault(domain, []).append((name, seen))
    found = []
    for domain, told in sorted(groups.items()):
        if len(told) >= MANY:
            found.append(
                Channel(
                    domain=domain,
                    names=len(told),
                    characters=sum(len(name) - len(domain) - 1 for name, _ in told),
                    bytes=sum((len(name) + HEADERS) * sum(o.count for o in seen) for name, seen in told),
                    observations=tuple(seen[0] for _, seen in told),
                )
            )
    return found


def domain_of(name: str) -> str:
    """The domain that somebody registered, as far as a name shows it; empty for names that no one owns."""
    labels = [label for label in name.split(".") if label]
    if len(labels) < 2 or labels[-1] in ("arpa", "local", "lan", "home", "internal", "localhost"):
        return ""
    several = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in PLACES
    return ".".join(labels[-3 if several else -2 :])


def _is_long(below: str) -> bool:
    packed = below.replace(".", "")
    return len(packed) >= LONG or (len(packed) >= SHORTER and _bits(packed) >= MIXED)


def _bits(text: str) -> float:
    counts = Counter(text).values()
    return -sum(number / len(text) * log2(number / len(text)) for number in counts)


def carrier(talks: Iterable[Talk]) -> Talk | None:
    """The conversation by which the questions left the device: that with the name server it sent most to."""
    asked = [talk for talk in talks if talk.began and talk.port == 53 and talk.transport in ("udp", "tcp")]
    return max(asked, key=lambda t: (sum(flow.bytes_out for flow in t.flows), t.key), default=None)


def owner_of(channel: Channel, owners: Owners, maker: str) -> Owner:
    """Whose the domain is; what it serves stays unknown, since nobody knows what was inside."""
    record = owners.record(channel.domain)
    told = f"{channel.names:,} different long names under {channel.domain}: data may leave inside DNS questions."
    if record is None or record.shelf:
        return Owner(UNKNOWN, because=told)
    return Owner(
        UNKNOWN,
        owner=record.company,
        of_maker=owners.is_family(record.company, maker),
        endpoint=record.id,
        because=told,
    )


def only_asked(names: Names, talks: Talks, owners: Owners, maker: str) -> list[str]:
    """Names of its maker that the device asked for, and with none of whose addresses it was seen to talk."""
    contacted = {name for talk in talks.of("outside") for name in names.names(talk.address)}
    found = []
    for name, seen in names.asked.items():
        record = owners.record(name)
        if record is None or record.shelf or name in contacted or not owners.is_family(record.company, maker):
            continue
        if any(one.attribute == "dns.query" for one in seen):
            found.append(name)
    return sorted(found)
