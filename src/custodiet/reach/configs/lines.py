"""What the readers of configurations share: lines with their places, addresses as people write them, and limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface, ip_network

from custodiet.reach.network import Action, Device, Filter, Match, Rule, Scope, Unread
from custodiet.reach.sets import ALL_PORTS, Range, Ranges, all_addresses, network_range, ranges, without

LONGEST_LINE = 20_000
"""Characters; a longer line is passed over."""
MOST_UNREAD = 5_000
"""Lines not understood that are kept of one device; the first of them already keeps an answer open."""
MOST_RANGES = 100_000
"""Ranges in one group of addresses or ports."""
MOST_RULES = 200_000
"""Rules of one device."""
DEEPEST = 16
"""Groups within groups."""
SHOWN = 200
"""Characters of a line that are kept."""

_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(slots=True)
class Text:
    """A file as lines, counted from 1."""

    name: str
    lines: list[str] = field(default_factory=list)

    def place(self, number: int) -> str:
        """``file:line``."""
        return f"{self.name}:{number}"


def unread(device: Device, place: str, text: str, scope: Scope, why: str = "", interface: str = "") -> None:
    """Note a line that was passed over."""
    if len(device.unread) < MOST_UNREAD:
        device.unread.append(Unread(place, shown(text), scope, why, interface))


def opaque(device: Device, place: str, text: str, why: str) -> None:
    """Note something that may let through or stop anything, so that nothing at all is known of the device."""
    unread(device, place, text, "device", why)
    unread(device, place, text, "stops", why)


def shown(text: str) -> str:
    """A line, cut short."""
    line = " ".join(text[: 4 * SHOWN].split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def words_of(text: str) -> frozenset[str]:
    """A list of words, as people read it best."""
    return frozenset(text.split())


class NotUnderstood(Exception):
    """A part of a rule that means nothing to the reader; caught where the rule is made."""


def add_rule(filter: Filter, rule: Rule) -> None:
    """Add a rule; the last that there is room for may do anything."""
    if len(filter.rules) < MOST_RULES:
        filter.rules.append(rule)
    elif len(filter.rules) == MOST_RULES:
        filter.rules.append(Rule("unknown", Match(), rule.place, "more rules follow than are read", doubt="too many"))


def mystery(place: str, text: str, why: str = "it is not understood", action: Action = "unknown") -> Rule:
    """A rule that may mean any packet."""
    return Rule(action, Match(), place, shown(text), doubt=why)


def address_range(text: str) -> tuple[int, Range]:
    """An address or a network with its prefix length: version and range.

    Raises:
        NotUnderstood: it is neither.
    """
    try:
        if "/" in text:
            network = ip_network(text, strict=False)
            return network.version, network_range(network)
        address = ip_address(text)
    except ValueError as fault:
        raise NotUnderstood(f"{text[:60]!r} is no address") from fault
    return address.version, (int(address), int(address))


def wildcard(address: str, mask: str) -> Ranges:
    """IPv4 addresses by a mask whose set bits may be anything.

    Raises:
        NotUnderstood: it is none, or it means too many ranges.
    """
    low, free = _four(address), _four(mask)
    low &= ~free & 0xFFFFFFFF
    tail = 0
    while free >> tail & 1:
        tail += 1
    loose = [bit for bit in range(tail, 32) if free >> bit & 1]
    if len(loose) > 8:
        raise NotUnderstood(f"the mask {mask[:20]} has too many loose bits")
    found = []
    for number in range(1 << len(loose)):
        first = low
        for at, bit in enumerate(loose):
            first |= (number >> at & 1) << bit
        found.append((first, first | (1 << tail) - 1))
    return ranges(found)


def masked(address: str, mask: str) -> Range:
    """IPv4 addresses by a net mask.

    Raises:
        NotUnderstood: it is none.
    """
    return address_range(f"{address}/{mask}")[1]


def _four(text: str) -> int:
    version, (first, last) = address_range(text)
    if version != 4 or first != last:
        raise NotUnderstood(f"{text[:60]!r} is no IPv4 address")
    return first


def port_ranges(operator: str, numbers: list[int]) -> Ranges:
    """Ports by an operator as ``eq``, ``range``, ``gt``.

    Raises:
        NotUnderstood: no such operator.
    """
    first, last = ALL_PORTS
    if operator == "eq":
        return ranges((n, n) for n in numbers)
    if operator == "range" and len(numbers) == 2:
        return ((numbers[0], numbers[1]),) if numbers[0] <= numbers[1] else ()
    if len(numbers) == 1:
        only = numbers[0]
        if operator == "gt":
            return ((only + 1, last),) if only < last else ()
        if operator == "lt":
            return ((first, only - 1),) if only > first else ()
        if operator == "ge":
            return ((only, last),)
        if operator == "le":
            return ((first, only),)
    if operator in ("neq", "ne"):
        return without([ALL_PORTS], [(n, n) for n in numbers])
    raise NotUnderstood(f"the ports after {operator[:20]!r}")


def everything(version: int) -> Ranges:
    """All addresses of IPv4 or IPv6."""
    return (all_addresses(version),)


def is_interface_address(text: str) -> bool:
    """Whether it is an address with a prefix length."""
    try:
        ip_interface(text)
    except ValueError:
        return False
    return "/" in text


def date_in(text: str) -> str:
    """The date in a line: ISO, or a month by name as in ``Tue Mar 3 2026``; empty: none that is sure."""
    found = _DATE.search(text)
    if found:
        year, month, day = (int(part) for part in found[1].split("-"))
        return found[1] if year > 1990 and 1 <= month <= 12 and 1 <= day <= 31 else ""
    words = text.replace(",", " ").split()
    for at, word in enumerate(words):
        month_name = word[:3].lower()
        if month_name not in _MONTHS or len(word) > 9:
            continue
        near = [w for w in words[max(0, at - 1) : at + 4] if w.isascii() and w.isdigit()]
        day_word = next((w for w in near if len(w) <= 2 and 1 <= int(w) <= 31), "")
        year_word = next((w for w in near if len(w) == 4 and 1990 < int(w) < 2200), "")
        if day_word and year_word:
            return f"{year_word}-{_MONTHS.index(month_name) + 1:02}-{int(day_word):02}"
    return ""
