"""One rule of nftables: its conditions from left to right, and what it does at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import NamedTuple

from custodiet.reach.configs.lines import MOST_RANGES, NotUnderstood, Text, add_rule, address_range, shown
from custodiet.reach.network import ESTABLISHED, FRESH, Action, Device, Filter, Match, Rule, Translation
from custodiet.reach.sets import ALL_PORTS, ALL_PROTOCOLS, Range, Ranges, all_addresses, common, ranges, without
from custodiet.reach.words import ICMP, ICMP6, ICMP6_TYPES, ICMP_TYPES, PROTOCOLS, port, protocol, small


class Token(NamedTuple):
    """A word and the line it stands in."""

    text: str
    line: int


_VERDICTS: dict[str, Action] = {
    "accept": "permit", "drop": "deny", "reject": "deny", "return": "return", "jump": "jump", "goto": "goto",
}  # fmt: skip
_TRANSLATES = {
    "dnat": "destination",
    "redirect": "destination",
    "tproxy": "destination",
    "snat": "source",
    "masquerade": "source",
}
_STATES: dict[str, Ranges] = {"new": FRESH, "established": ESTABLISHED, "related": ESTABLISHED, "invalid": ()}
_PORTED = frozenset({"tcp", "udp", "th", "sctp", "dccp", "udplite"})


@dataclass(slots=True)
class _Meant:
    """The conditions read so far."""

    version: int
    source: Ranges | None = None
    destination: Ranges | None = None
    protocol: Ranges | None = None
    source_port: Ranges | None = None
    port: Ranges | None = None
    state: Ranges | None = None
    inward: tuple[str, ...] | None = None
    outward: tuple[str, ...] | None = None
    doubt: str = ""
    never: bool = False
    logs: bool = False
    does: list[str] = field(default_factory=list)

    def match(self) -> Match:
        """As a match."""
        return Match(
            self.source, self.destination, self.protocol, self.source_port, self.port, self.state,
            self.version, self.inward, self.outward,
        )  # fmt: skip


class Rules:
    """The rules of one table.

    Args:
        device: gets the translations.
        text: for the places.
        prefix: stands before the names of the table's chains.
        variables: what ``define`` gave.
    """

    def __init__(self, device: Device, text: Text, prefix: str, variables: dict[str, list[Token]]) -> None:
        self.prefix = prefix
        self._device = device
        self._text = text
        self._variables = variables
        self._sets: dict[str, list[str] | None] = {}

    def add_set(self, name: str, statements: list[list[Token]]) -> None:
        """A set or map with its elements; one whose elements change by themselves is not known."""
        elements: list[str] | None = []
        for statement in statements:
            words = [token.text for token in statement]
            if words[:2] == ["elements", "="]:
                elements = [word for word in words[2:] if word not in ("{", "}")]
            if words[:1] == ["flags"] and ("dynamic" in words or "timeout" in words):
                elements = None
                break
        self._sets[f"@{name}"] = elements

    def add(self, filter: Filter, statement: list[Token], version: int) -> None:
        """Read one rule into a chain."""
        place = self._text.place(statement[0].line)
        words = list(self._expanded(statement))
        text = shown(" ".join(words))
        if "vmap" in words:
            self._map(filter, words, version, place, text)
            return
        meant = _Meant(version)
        try:
            action, target = self._parse(meant, words)
        except (NotUnderstood, IndexError, ValueError) as fault:
            meant.doubt = str(fault) if isinstance(fault, NotUnderstood) else "it is cut short"
            action, target = _verdict_of(words)
        if meant.never:
            return
        if of := next((_TRANSLATES[word] for word in words if word in _TRANSLATES), ""):
            match = Match(version=version) if meant.doubt else meant.match()
            self._device.translations.append(Translation(of, match, place, text))  # type: ignore[arg-type]
            return
        if action is None:
            if meant.doubt:
                add_rule(filter, Rule("unknown", Match(version=version), place, text, doubt=meant.doubt))
            return
        # a condition that was not understood can only narrow down what was understood before it
        add_rule(filter, Rule(action, meant.match(), place, text, target, meant.doubt, meant.logs))

    def _expanded(self, statement: list[Token]) -> Iterator[str]:
        room = 50_000
        for token in statement:
            for one in self._variables.get(token.text, [token]) if token.text.startswith("$") else [token]:
                room -= 1
                if room > 0 and one.text != "\n":
                    yield one.text

    def _map(self, filter: Filter, words: list[str], version: int, place: str, text: str) -> None:
        """A verdict map gives one rule for each of its keys."""
        at = words.index("vmap")
        keys = words[at + 1 :]
        if keys[:1] and keys[0].startswith("@"):
            keys = ["{", *(self._sets.get(keys[0]) or ["?"]), "}"]
        inner = keys[1 : keys.index("}")] if "}" in keys and keys[0] == "{" else ["?"]
        entry: list[str] = []
        for word in [*inner, ","]:
            if word != ",":
                entry.append(word)
                continue
            if entry:
                colon = entry.index(":") if ":" in entry else 0
                if colon:
                    line = int(place.rpartition(":")[2])
                    self.add(
                        filter, [Token(w, line) for w in [*words[:at], *entry[:colon], *entry[colon + 1 :]]], version
                    )
                else:
                    add_rule(
                        filter, Rule("unknown", Match(version=version), place, text, doubt="the map is not understood")
                    )
            entry = []

    def _parse(self, meant: _Meant, words: list[str]) -> tuple[Action | None, str]:
        at = 0
        while at < len(words):
            word = words[at]
            if word in _VERDICTS:
                action = _VERDICTS[word]
                target = self.prefix + words[at + 1] if action in ("jump", "goto") else ""
                return action, target
            if word in _TRANSLATES:
                return None, ""
            at = self._one(meant, words, at)
        return None, ""

    def _one(self, meant: _Meant, words: list[str], at: int) -> int:
        """Read the condition or statement at a place; the place behind it comes back."""
        word = words[at]
        if word == "meta" and words[at + 1] in ("iif", "iifname", "oif", "oifname", "l4proto", "nfproto"):
            at, word = at + 1, words[at + 1]
        if word == "counter":
            return (
                at + 5
                if words[at + 1 : at + 2] == ["packets"]
                else at + 2
                if words[at + 1 : at + 2] == ["name"]
                else at + 1
            )
        if word == "comment":
            return at + 2
        if word == "log":
            meant.logs = True
            at += 1
            while at < len(words) and words[at] in ("prefix", "level", "group", "snaplen", "queue-threshold", "flags"):
                at += 2
            return at
        if word in ("continue", "notrack"):
            return at + 1
        if word == "flow" and words[at + 1] in ("add", "offload"):
            return at + 3
        values, negated, end = self._values(
            words, at + (1 if word in ("iif", "iifname", "oif", "oifname", "l4proto", "nfproto") else 2)
        )
        if word in ("iif", "iifname", "oif", "oifname"):
            names = tuple(value.strip('"') for value in values)
            if negated:
                raise NotUnderstood("an interface that it must not be")
            if word.startswith("i"):
                meant.inward = names
            else:
                meant.outward = names
        elif word == "nfproto":
            version = {"ipv4": 4, "ipv6": 6}.get(values[0] if len(values) == 1 else "", 0)
            self._family(meant, version, negated)
        elif word in ("ip", "ip6") and words[at + 1] in ("saddr", "daddr"):
            self._address(meant, 4 if word == "ip" else 6, words[at + 1], values, negated)
        elif word == "l4proto" or (word, words[at + 1]) in (("ip", "protocol"), ("ip6", "nexthdr")):
            if word != "l4proto":
                self._family(meant, 4 if word == "ip" else 6, False)
            self._narrow(meant, "protocol", _turned([r for v in values for r in _protocol(v)], negated, ALL_PROTOCOLS))
        elif word in _PORTED and words[at + 1] in ("sport", "dport"):
            if word != "th":
                number = PROTOCOLS[word] if word != "dccp" else 33
                self._narrow(meant, "protocol", ((number, number),))
            which = "port" if words[at + 1] == "dport" else "source_port"
            self._narrow(meant, which, _turned([_ports(value) for value in values], negated, ALL_PORTS))
        elif word in ("icmp", "icmpv6") and words[at + 1] == "type":
            number, types = (ICMP, ICMP_TYPES) if word == "icmp" else (ICMP6, ICMP6_TYPES)
            found = [_type(value, types) for value in values]
            self._narrow(meant, "protocol", ((number, number),))
            self._narrow(meant, "port", _turned(found, negated, (0, 255)))
        elif word == "ct" and words[at + 1] == "state":
            if unknown := [value for value in values if value not in _STATES]:
                raise NotUnderstood(f"the state {unknown[0][:40]!r}")
            state = ranges(span for value in values for span in _STATES[value])
            if negated and "new" not in values:
                state = FRESH if state else ranges([*FRESH, *ESTABLISHED])
            elif negated:
                state = () if state == ranges([*FRESH, *ESTABLISHED]) else ESTABLISHED
            self._narrow(meant, "state", state)
        else:
            raise NotUnderstood(f"the condition {' '.join(words[at : at + 3])[:60]!r}")
        return end

    def _values(self, words: list[str], at: int) -> tuple[list[str], bool, int]:
        """The values after a condition: one, several with commas, a set in braces or one with a name."""
        negated = False
        while words[at : at + 1] and words[at] in ("==", "!=", "=", "!"):
            negated |= words[at] in ("!=", "!")
            at += 2 if words[at] == "!" and words[at + 1 : at + 2] == ["="] else 1
        if at >= len(words):
            raise NotUnderstood("it is cut short")
        if words[at] == "{":
            end = words.index("}", at)
            return _elements(words[at + 1 : end]), negated, end + 1
        if words[at].startswith("@"):
            elements = self._sets.get(words[at])
            if elements is None:
                raise NotUnderstood(f"the set {words[at][:40]!r}")
            return _elements(elements), negated, at + 1
        values = [words[at]]
        at += 1
        while words[at : at + 1] == [","]:
            values.append(words[at + 1])
            at += 2
        return values, negated, at

    def _address(self, meant: _Meant, version: int, side: str, values: list[str], negated: bool) -> None:
        self._family(meant, version, False)
        found: list[Range] = []
        for value in values:
            found.append(_address(value, version))
        which = "source" if side == "saddr" else "destination"
        self._narrow(meant, which, _turned(found, negated, all_addresses(version)))

    def _family(self, meant: _Meant, version: int, negated: bool) -> None:
        if negated or not version:
            raise NotUnderstood("the family of addresses")
        if meant.version not in (0, version):
            meant.never = True
        meant.version = version

    def _narrow(self, meant: _Meant, which: str, to: Ranges) -> None:
        before = getattr(meant, which)
        setattr(meant, which, to if before is None else common(before, to))


def _elements(words: list[str]) -> list[str]:
    """The elements of a set: what stands behind one, as counters and comments, is left out."""
    if len(words) > 4 * MOST_RANGES:
        raise NotUnderstood("a set that is too large")
    found: list[str] = []
    fresh = True
    for word in words:
        if word == ",":
            fresh = True
        elif fresh:
            found.append(word)
            fresh = False
        elif word in (".", ":"):
            raise NotUnderstood("a set of several things together")
        elif word in ("timeout", "expires"):
            raise NotUnderstood("a set that changes by itself")
    return found


def _turned(found: list[Range], negated: bool, whole: Range) -> Ranges:
    return without([whole], found) if negated else ranges(found)


def _address(value: str, version: int) -> Range:
    low, dash, high = value.partition("-")
    if dash:
        try:
            first, last = ip_address(low), ip_address(high)
        except ValueError as fault:
            raise NotUnderstood(f"the address {value[:60]!r}") from fault
        if first.version != version or last.version != version or int(last) < int(first):
            raise NotUnderstood(f"the address {value[:60]!r}")
        return int(first), int(last)
    found, span = address_range(value)
    if found != version:
        raise NotUnderstood(f"the address {value[:60]!r}")
    return span


def _protocol(value: str) -> Ranges:
    meant = protocol(value)
    if meant is None:
        raise NotUnderstood(f"the protocol {value[:40]!r}")
    return meant


def _ports(value: str) -> Range:
    known = port(value)
    if known is not None:
        return known, known
    low, dash, high = value.partition("-")
    first, last = port(low), port(high)
    if not dash or first is None or last is None or last < first:
        raise NotUnderstood(f"the port {value[:40]!r}")
    return first, last


def _type(value: str, types: dict[str, int]) -> Range:
    number = types.get(value, small(value, 255))
    if number is None:
        raise NotUnderstood(f"the type {value[:40]!r}")
    return number, number


def _verdict_of(words: list[str]) -> tuple[Action | None, str]:
    """What a rule does whose conditions were not understood; anything, where even that is not clear."""
    for word in reversed(words):
        if word in ("accept", "drop", "reject"):
            return _VERDICTS[word], ""
    return "unknown", ""
