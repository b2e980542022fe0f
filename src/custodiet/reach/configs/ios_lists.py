"""Access lists and object groups of Cisco IOS: what each line means, and what of it is not understood."""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.reach.configs.lines import (
    DEEPEST,
    MOST_RANGES,
    MOST_RULES,
    NotUnderstood,
    Text,
    add_rule,
    address_range,
    everything,
    masked,
    mystery,
    port_ranges,
    shown,
    wildcard,
)
from custodiet.reach.network import ESTABLISHED, Action, Device, Filter, Match, Rule
from custodiet.reach.sets import Range, Ranges, ranges
from custodiet.reach.words import ICMP, ICMP6, ICMP6_TYPES, ICMP_TYPES, TCP, UDP, port, protocol, small

_IGNORED = ("log", "log-input")
_OPERATORS = ("eq", "neq", "gt", "lt", "range")
_Service = tuple[Ranges | None, Ranges | None]
"""Protocols and ports."""
MOST_SERVICES = 500
"""Services of one group, with the groups in it."""
MOST_IN_ALL = 2_000_000
"""Ranges of addresses of all rules together."""


class Lists:
    """The lists of one device; made when all groups are known, since a group may stand below the list that names it."""

    def __init__(self, device: Device, text: Text) -> None:
        self._device = device
        self._text = text
        self._networks: dict[str, list[str]] = {}
        self._services: dict[str, list[str]] = {}
        self._ready: dict[str, Ranges] = {}
        self._services_ready: dict[str, list[_Service]] = {}
        self._lost: set[str] = set()
        self._room = MOST_IN_ALL
        self._lines: list[tuple[Filter, str, int, str]] = []

    def numbered(self, number: int, words: list[str], line: str) -> None:
        """One line of a numbered list."""
        if len(words) < 2:
            return
        plain = small(words[0], 9999) or 0
        kind = "standard" if plain < 100 or 1300 <= plain < 2000 else "extended"
        self._lines.append((self._filter(words[0], number), kind, number, line.split(None, 2)[2]))

    def named(self, number: int, words: list[str], inner: list[tuple[int, str]]) -> None:
        """A named list with its lines."""
        six = words[0].lower() == "ipv6"
        kind = "ipv6" if six else words[2].lower()
        name = words[2] if six else words[3] if len(words) > 3 else ""
        if kind not in ("ipv6", "standard", "extended") or not name:
            return  # logging and numbering of lists
        filter = self._filter(f"6:{name}" if six else name, number)
        self._lines += [(filter, kind, at, line) for at, line in inner]

    def group(self, kind: str, name: str, inner: list[tuple[int, str]]) -> None:
        """An object group."""
        groups = {"network": self._networks, "v4-network": self._networks, "service": self._services}.get(kind)
        if groups is not None:
            groups[name] = [line for _, line in inner]

    def finish(self) -> None:
        """Make the rules."""
        for filter, kind, number, line in self._lines:
            if len(filter.rules) > MOST_RULES:
                continue
            for rule in self._rules(kind, number, line):
                add_rule(filter, rule)
        for filter in self._device.filters.values():
            name = filter.name.removeprefix("6:")
            filter.default = "deny" if filter.rules else "permit"
            filter.default_text = f"access list {name}: what no line permits is denied"
            if not filter.rules:
                filter.default_text = f"access list {name}: a list without lines lets everything through"

    def _filter(self, name: str, number: int) -> Filter:
        found = self._device.filters.get(name)
        if found is None:
            found = self._device.filters[name] = Filter(name, place=self._text.place(number))
        return found

    def _rules(self, kind: str, number: int, line: str) -> Iterator[Rule]:
        place = self._text.place(number)
        words = line.split()
        while words and (words[0].isdigit() or words[0].lower() == "sequence"):
            words = words[1:]
        first = words[0].lower() if words else "remark"
        if first in ("remark", "statistics"):
            return
        if first == "evaluate":
            yield Rule("permit", Match(state=ESTABLISHED), place, shown(line))
            return
        if first not in ("permit", "deny"):
            yield mystery(place, line)
            return
        action: Action = "permit" if first == "permit" else "deny"
        try:
            if kind == "standard":
                yield _standard(action, words[1:], place, shown(line))
            else:
                yield from self._extended(action, words[1:], 6 if kind == "ipv6" else 4, place, shown(line))
        except (NotUnderstood, IndexError, ValueError) as fault:
            why = str(fault) if isinstance(fault, NotUnderstood) else "it is cut short"
            yield Rule(action, Match(version=6 if kind == "ipv6" else 4), place, shown(line), doubt=why)

    def _extended(self, action: Action, words: list[str], version: int, place: str, text: str) -> Iterator[Rule]:
        left = _Words(words)
        services: list[_Service]
        if left.peek() == "object-group":
            left.take()
            services = self._service(left.take(), ())
        else:
            named = left.take()
            meant = protocol(named)
            if meant is None:
                raise NotUnderstood(f"the protocol {named[:40]!r}")
            if named.lower() in ("icmp", "ipv6-icmp") and version == 6:
                meant = ((ICMP6, ICMP6),)
            services = [(None if meant[0] == (0, 255) else meant, None)]
        source, source_port = self._side(left, version)
        destination, ports = self._side(left, version)
        state, doubt, logs = None, "", False
        for word in left:
            low = word.lower()
            types = ICMP6_TYPES if version == 6 else ICMP_TYPES
            icmp = services[0][0] in (((ICMP, ICMP),), ((ICMP6, ICMP6),))
            if low in _IGNORED:
                logs = True
            elif low == "established":
                state = ESTABLISHED
            elif low == "reflect":
                left.take()
            elif icmp and (number := types.get(low, small(low, 255))) is not None and ports is None:
                ports = ((number, number),)
            elif icmp and small(low, 255) is not None:
                doubt = doubt or "the code of a message"
            else:
                doubt = doubt or f"what {low[:40]!r} means"
                break
        for protocols, service_ports in services:
            wanted = service_ports if ports is None else ports
            match = Match(source, destination, protocols, source_port, wanted, state, version)
            yield Rule(action, match, place, text, doubt=doubt, logs=logs)

    def _side(self, left: _Words, version: int) -> tuple[Ranges, Ranges | None]:
        word = left.take()
        low = word.lower()
        if low == "any":
            where = everything(version)
        elif low == "host":
            where = (address_range(left.take())[1],)
        elif low in ("object-group", "addrgroup"):
            where = self._network(left.take(), ())
        elif "/" in word or ":" in word:
            where = (address_range(word)[1],)
        else:
            where = wildcard(word, left.take())
        self._room -= len(where)
        if self._room < 0:
            raise NotUnderstood("a list of addresses, for which there is no room left")
        ports: Ranges | None = None
        if left.peek() in _OPERATORS:
            operator = left.take().lower()
            numbers: list[int] = []
            most = 2 if operator == "range" else 10 if operator in ("eq", "neq") else 1
            while len(numbers) < most and (number := port(left.peek())) is not None:
                if numbers and left.peek() in ICMP_TYPES and not left.peek().isdigit():
                    break
                numbers.append(number)
                left.take()
            if not numbers:
                raise NotUnderstood(f"the port {left.peek()[:40]!r}")
            ports = port_ranges(operator, numbers)
        return where, ports

    # --- groups

    def _network(self, name: str, within: tuple[str, ...]) -> Ranges:
        if name in self._ready:
            return self._ready[name]
        if name not in self._networks or name in within or len(within) >= DEEPEST or name in self._lost:
            raise NotUnderstood(f"the group {name[:40]!r}")
        self._lost.add(name)  # until it was read to its end
        found: list[Range] = []
        for line in self._networks[name]:
            words = line.split()
            while words and words[0].isdigit():
                words = words[1:]
            low = words[0].lower() if words else "description"
            if low == "description":
                continue
            if low == "group-object":
                found += self._network(words[1], (*within, name))
            elif low == "host":
                found.append(address_range(words[1])[1])
            elif low == "any":
                found += everything(4)
            elif low == "range":
                first, last = (address_range(word)[1][0] for word in words[1:3])
                found.append((first, max(first, last)))
            elif "/" in words[0]:
                found.append(address_range(words[0])[1])
            else:
                found.append(masked(words[0], words[1]))
            if len(found) > MOST_RANGES:
                raise NotUnderstood(f"the group {name[:40]!r}, which is too large")
        self._lost.discard(name)
        self._ready[name] = ranges(found)
        return self._ready[name]

    def _service(self, name: str, within: tuple[str, ...]) -> list[_Service]:
        if name in self._services_ready:
            return self._services_ready[name]
        if name not in self._services or name in within or len(within) >= DEEPEST or name in self._lost:
            raise NotUnderstood(f"the group {name[:40]!r}")
        self._lost.add(name)
        found: list[_Service] = []
        for line in self._services[name]:
            words = line.split()
            low = words[0].lower() if words else "description"
            if low == "group-object" and len(words) > 1:
                found += self._service(words[1], (*within, name))
            elif low != "description":
                found.append(_service_line(low, words[1:], line))
            if len(found) > MOST_SERVICES:
                raise NotUnderstood(f"the group {name[:40]!r}, which is too large")
        self._lost.discard(name)
        self._services_ready[name] = found
        return found


def _service_line(named: str, rest: list[str], line: str) -> _Service:
    meant = ranges([(TCP, TCP), (UDP, UDP)]) if named == "tcp-udp" else protocol(named)
    if meant is None or (rest and rest[0].lower() == "source"):
        raise NotUnderstood(f"the service {line[:40]!r}")
    ports = None
    if rest:
        operator = rest[0].lower() if rest[0].lower() in _OPERATORS else "eq"
        numbers = [port(word) for word in (rest[1:] if rest[0].lower() in _OPERATORS else rest)]
        if None in numbers or not numbers:
            raise NotUnderstood(f"the service {line[:40]!r}")
        ports = port_ranges(operator, [n for n in numbers if n is not None])
    return (None if meant[0] == (0, 255) else meant), ports


class _Words:
    """Words taken one after the other."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0

    def __iter__(self) -> Iterator[str]:
        while self._at < len(self._words):
            yield self.take()

    def peek(self) -> str:
        """The next word; empty where there is none."""
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self) -> str:
        """The next word.

        Raises:
            NotUnderstood: there is none.
        """
        if self._at >= len(self._words):
            raise NotUnderstood("it is cut short")
        self._at += 1
        return self._words[self._at - 1]


def _standard(action: Action, words: list[str], place: str, text: str) -> Rule:
    left = _Words(words)
    word = left.take()
    if word.lower() == "any":
        where = everything(4)
    elif word.lower() == "host":
        where = (address_range(left.take())[1],)
    elif left.peek() and left.peek().lower() not in _IGNORED:
        where = wildcard(word, left.take())
    else:
        where = (address_range(word)[1],)
    rest = [word.lower() for word in left]
    doubt = "" if all(word in _IGNORED for word in rest) else f"what {rest[0][:40]!r} means"
    return Rule(action, Match(source=where, version=4), place, text, doubt=doubt, logs=bool(rest) and not doubt)
