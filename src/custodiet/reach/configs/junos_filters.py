"""Firewall filters of Junos: terms with conditions and actions, and the lists of prefixes they name."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from custodiet.reach.configs.junos_text import Statement
from custodiet.reach.configs.lines import MOST_RANGES, NotUnderstood, Text, add_rule, words_of
from custodiet.reach.network import ESTABLISHED, FRESH, Action, Device, Filter, Match, Rule
from custodiet.reach.sets import ALL_PORTS, Network, Range, Ranges, common, network_range, ranges, without
from custodiet.reach.words import ICMP, ICMP6, ICMP6_TYPES, ICMP_TYPES, TCP, port, protocol, small

_SIDE_EFFECTS = words_of(
    """count log syslog policer forwarding-class loss-priority sample three-color-policer dscp port-mirror
    port-mirror-instance packet-mode service-accounting prefix-action"""
)
_KINDS = {
    "source-address": "source-address", "destination-address": "destination-address", "address": "address",
    "source-prefix-list": "source-address", "destination-prefix-list": "destination-address", "prefix-list": "address",
    "protocol": "protocol", "next-header": "protocol", "payload-protocol": "protocol", "source-port": "source-port",
    "destination-port": "destination-port", "port": "port", "icmp-type": "icmp", "tcp-established": "state",
    "tcp-initial": "state",
}  # fmt: skip
"""Condition -> the field it narrows down."""
_Term = list[tuple[tuple[str, ...], int]]


class Filters:
    """The filters of one device, made when all statements are read."""

    def __init__(self, device: Device, text: Text) -> None:
        self._device = device
        self._text = text
        self._terms: dict[str, dict[str, _Term]] = {}
        self._lists: dict[str, list[str]] = {}

    def statement(self, one: Statement) -> bool:
        """A statement of ``firewall``; false where it is not understood at all."""
        words = one.words[1:]
        family = "inet"
        if words[:1] == ("family",) and len(words) > 1:
            family, words = words[1], words[2:]
        if words[:1] in (("policer",), ("three-color-policer",), ("load-balance-group",)):
            return True
        if family not in ("inet", "inet6"):
            return True  # filters of other families stand where no packet is routed; where they are bound is named
        if words[:1] != ("filter",) or len(words) < 3:
            return False
        terms = self._terms.setdefault(f"{family} {words[1]}", {})
        if words[2] == "term" and len(words) > 3:
            terms.setdefault(words[3], []).append((words[4:], one.line))
            return True
        if words[2] in ("interface-specific", "physical-interface-filter"):
            return True
        terms.setdefault("?", []).append((("?", *words[2:]), one.line))
        return True

    def option(self, words: tuple[str, ...]) -> bool:
        """A statement of ``policy-options``."""
        if words[:1] == ("prefix-list",) and len(words) > 2:
            self._lists.setdefault(words[1], []).append(" ".join(words[2:]))
        return True

    def finish(self) -> None:
        """Make the rules."""
        for name, terms in self._terms.items():
            version = 6 if name.startswith("inet6") else 4
            first = next((line for term in terms.values() for _, line in term), 1)
            filter = self._device.filters[name] = Filter(name, place=self._text.place(first))
            filter.default_text = f"filter {name}: what no term accepts is discarded"
            for term, statements in terms.items():
                for rule in self._term(term, statements, version):
                    add_rule(filter, rule)

    def _term(self, name: str, statements: _Term, version: int) -> Iterator[Rule]:
        place = self._text.place(statements[0][1])
        froms = [(words[1:], line) for words, line in statements if words[:1] == ("from",)]
        thens = [words[1:] for words, _ in statements if words[:1] == ("then",) and len(words) > 1]
        other = [words for words, _ in statements if words and words[0] not in ("from", "then")]
        text = f"term {name}: " + "; ".join(" ".join(words) for words, _ in statements)[:180]
        action, doubt = _action(thens)
        if action == "none":
            return
        if other:
            doubt = f"what {' '.join(other[0])[:60]!r} means"
        built = _Conditions(version, self._lists)
        for words, _ in froms:
            try:
                built.add(words)
            except NotUnderstood as fault:
                doubt = str(fault)
        try:
            matches = list(built.matches())
        except NotUnderstood as fault:
            matches, doubt = [Match(version=version)], str(fault)
        for match in matches:
            yield Rule(action, match, place, text, doubt=doubt, logs="log" in text)  # type: ignore[arg-type]


def _action(thens: list[tuple[str, ...]]) -> tuple[Action | str, str]:
    """What a term does, and what of it is not understood; ``none``: it only counts."""
    action: Action | str = "permit"
    doubt = ""
    for words in thens:
        what = words[0]
        if what == "accept":
            action = "permit"
        elif what in ("discard", "reject"):
            action = "deny"
        elif what == "next":
            action = "none"
        elif what not in _SIDE_EFFECTS:
            action, doubt = "unknown", f"the action {' '.join(words)[:60]!r}"
            break
    return action, doubt


class _Conditions:
    """The conditions of one term: values of one kind are alternatives, kinds are all asked."""

    def __init__(self, version: int, lists: dict[str, list[str]]) -> None:
        self._version = version
        self._lists = lists
        self._networks: dict[str, list[tuple[Network, bool]]] = {}
        self._numbers: dict[str, list[Range]] = {}
        self._state: Ranges | None = None
        self._lost: set[str] = set()

    def add(self, words: tuple[str, ...]) -> None:
        """One condition.

        Raises:
            NotUnderstood: it is none that is known, or its value is not; what was known of its kind is then dropped,
                so that the term never seems to mean less than it may.
        """
        kind = _KINDS.get(words[0])
        if kind is None:
            raise NotUnderstood(f"the condition {' '.join(words)[:60]!r}")
        try:
            self._add(kind, words)
        except (NotUnderstood, ValueError, IndexError) as fault:
            self._lost.add(kind)
            why = str(fault) if isinstance(fault, NotUnderstood) else f"what {' '.join(words)[:60]!r} means"
            raise NotUnderstood(why) from fault

    def _add(self, kind: str, words: tuple[str, ...]) -> None:
        what, rest = words[0], words[1:]
        if what.endswith("prefix-list"):
            self._list(kind, rest)
        elif kind.endswith("address"):
            net = ip_network(rest[0], strict=False)
            if net.version != self._version:
                raise NotUnderstood(f"the address {rest[0][:40]!r}")
            self._networks.setdefault(kind, []).append((net, rest[1:2] == ("except",)))
        elif kind == "protocol":
            meant = protocol(rest[0])
            if meant is None:
                raise NotUnderstood(f"the protocol {rest[0][:40]!r}")
            self._numbers.setdefault(kind, []).extend(meant)
        elif kind.endswith("port"):
            span = ports(rest[0])
            self._numbers.setdefault(kind, []).append(span)
        elif kind == "icmp":
            types = ICMP6_TYPES if self._version == 6 else ICMP_TYPES
            number = types.get(rest[0], small(rest[0], 255))
            if number is None:
                raise NotUnderstood(f"the type {rest[0][:40]!r}")
            self._numbers.setdefault(kind, []).append((number, number))
        else:
            self._state = ESTABLISHED if what == "tcp-established" else FRESH

    def _list(self, kind: str, rest: tuple[str, ...]) -> None:
        written = self._lists.get(rest[0])
        if written is None or len(written) > MOST_RANGES:
            raise NotUnderstood(f"the list {rest[0][:40]!r}")
        nets = [ip_network(text, strict=False) for text in written]
        known = self._networks.setdefault(kind, [])
        known += [(net, rest[1:2] == ("except",)) for net in nets if net.version == self._version]

    def matches(self) -> Iterator[Match]:
        """What the term means: more than one where an address or port may be on either side."""
        source, destination = self._addresses("source-address"), self._addresses("destination-address")
        either, port = self._addresses("address"), self._known("port")
        protocols = self._known("protocol")
        far_or_type = self._known("destination-port")
        if self._state is not None:
            protocols = _both(protocols, ((TCP, TCP),))
        if (types := self._known("icmp")) is not None:
            protocols = _both(protocols, ((ICMP6, ICMP6),) if self._version == 6 else ((ICMP, ICMP),))
            far_or_type = _both(far_or_type, types)
        sides = [(source, destination)]
        if either is not None:
            sides = [(_both(source, either), destination), (source, _both(destination, either))]
        for here, there in sides:
            own, far = self._known("source-port"), far_or_type
            pairs = [(own, far)] if port is None else [(_both(own, port), far), (own, _both(far, port))]
            for one, other in pairs:
                yield Match(here, there, protocols, one, other, self._state, self._version)

    def _known(self, kind: str) -> Ranges | None:
        return ranges(self._numbers[kind]) if kind in self._numbers and kind not in self._lost else None

    def _addresses(self, kind: str) -> Ranges | None:
        """The most exact network decides, as the router does it."""
        found = self._networks.get(kind)
        if found is None or kind in self._lost:
            return None
        if found and all(out for _, out in found):
            raise NotUnderstood("only exceptions are given")
        if not any(out for _, out in found):
            return ranges(network_range(net) for net, _ in found)
        if len(found) > 2000:
            raise NotUnderstood("a list with exceptions, which is too large")
        meant: Ranges = ()
        for net, out in sorted(found, key=lambda item: item[0].prefixlen):
            span = network_range(net)
            meant = without(meant, [span]) if out else ranges([*meant, span])
        return meant


def _both(one: Ranges | None, other: Ranges | None) -> Ranges | None:
    if one is None or other is None:
        return other if one is None else one
    return common(one, other)


def ports(written: str) -> Range:
    """A port, or two with a hyphen between.

    Raises:
        NotUnderstood: it is neither.
    """
    known = port(written)
    if known is not None:
        return known, known
    low, dash, high = written.partition("-")
    first, last = port(low), port(high)
    if not dash or first is None or last is None or last < first or last > ALL_PORTS[1]:
        raise NotUnderstood(f"the port {written[:40]!r}")
    return first, last
