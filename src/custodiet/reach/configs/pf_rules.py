"""One rule of pf: what it means, and what of it is not understood."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from custodiet.reach.configs.lines import MOST_RANGES, NotUnderstood, Text, address_range, shown
from custodiet.reach.network import Action, Device, Match, Rule, Translation
from custodiet.reach.sets import ALL_PORTS, Network, Range, Ranges, all_addresses, network_range, ranges, without
from custodiet.reach.words import ICMP, ICMP6, ICMP6_TYPES, ICMP_TYPES, port, protocol, small

_STATE = frozenset({"keep", "modulate", "synproxy", "state", "no", "once", "allow-opts"})
_WITH_VALUE = frozenset({"label", "tag", "queue", "prio", "ridentifier", "flags"})
_TRANSLATES = {"rdr-to": "destination", "divert-to": "destination", "af-to": "destination", "binat-to": "destination",
               "nat-to": "source"}  # fmt: skip
_Families = dict[int, Ranges | None]


class Rules:
    """Rules with the tables they name."""

    def __init__(self, device: Device, text: Text) -> None:
        self._device = device
        self._text = text
        self._tables: dict[str, list[tuple[Network, bool]] | None] = {}

    def table(self, words: list[str]) -> None:
        """``table <name> { ... }``; one that is filled from elsewhere or while running is not known."""
        fixed = "{" in words and "file" not in words and len(words) <= MOST_RANGES
        try:
            self._tables[words[1]] = list(_entries(words[words.index("{") + 1 :])) or None if fixed else None
        except ValueError:
            self._tables[words[1]] = None

    def read(self, place: str, said: str, words: list[str]) -> Iterator[tuple[str, bool, Rule]]:
        """A ``pass`` or ``block`` rule, for each direction and family: direction, whether it is quick, the rule."""
        action: Action = "permit" if words[0] == "pass" else "deny"
        parsed = _Parsed(self._tables)
        try:
            parsed.read(words[1:])
        except (NotUnderstood, IndexError, ValueError) as fault:
            parsed.doubt = str(fault) if isinstance(fault, NotUnderstood) else "it is cut short"
        if parsed.unknown:
            action = "unknown"
        text = shown(said)
        if parsed.translates and action == "permit":
            self._note(parsed, place, text)
        for way in ("in", "out"):
            if parsed.way in ("", way):
                for match in parsed.matches(way):
                    rule = Rule(action, match, place, text, doubt=parsed.doubt, logs=parsed.logs)
                    yield way, parsed.quick, rule

    def translation(self, place: str, said: str, words: list[str]) -> None:
        """``match``, ``nat``, ``rdr`` and their like."""
        if words[0] == "no":
            return
        if "anchor" in words[0]:
            of = "source" if words[0].startswith("nat") else "destination"
            self._device.translations.append(Translation(of, Match(), place, shown(said)))  # type: ignore[arg-type]
            return
        if words[0] == "match":
            parsed = _Parsed(self._tables)
            try:
                parsed.read(words[1:])
            except (NotUnderstood, IndexError, ValueError):
                parsed.doubt = "not understood"
            if not any(word in words for word in (*_TRANSLATES, "route-to", "rtable")):
                return
            parsed.translates = next((_TRANSLATES[w] for w in words if w in _TRANSLATES), "destination")
            self._note(parsed, place, shown(said))
            return
        name = words[words.index("on") + 1] if "on" in words[:-1] else ""
        named = (name,) if name and name[0].isalpha() and name != "egress" else None
        if words[0] in ("nat", "binat"):
            match = Match(outward=named)
            self._device.translations.append(Translation("source", match, place, shown(said)))
        if words[0] in ("rdr", "binat"):
            self._device.translations.append(Translation("destination", Match(inward=named), place, shown(said)))

    def _note(self, parsed: _Parsed, place: str, text: str) -> None:
        way = "in" if parsed.translates == "destination" else "out"
        matches = [Match()] if parsed.doubt else list(parsed.matches(way))
        for match in matches:
            self._device.translations.append(Translation(parsed.translates, match, place, text))  # type: ignore[arg-type]
        if parsed.binat:
            self._device.translations.append(Translation("source", Match(), place, text))


class _Parsed:
    """A rule read word by word."""

    def __init__(self, tables: dict[str, list[tuple[Network, bool]] | None]) -> None:
        self._tables = tables
        self.way = ""
        self.quick = self.logs = self.unknown = self.binat = False
        self.doubt = ""
        self.translates = ""
        self._on: tuple[str, ...] | None = None
        self._received: tuple[str, ...] | None = None
        self._version = 0
        self._protocol: Ranges | None = None
        self._from: _Families = {4: None, 6: None}
        self._to: _Families = {4: None, 6: None}
        self._from_port: Ranges | None = None
        self._to_port: Ranges | None = None

    def matches(self, way: str) -> Iterator[Match]:
        """What it means, family by family where that matters."""
        inward, outward = (self._on, None) if way == "in" else (self._received, self._on)
        plain = self._from == {4: None, 6: None} == self._to
        for version in [self._version] if plain else [4, 6]:
            if self._version not in (0, version):
                continue
            key = version or 4
            source, destination = self._from.get(key, ()), self._to.get(key, ())
            if source == () or destination == ():
                continue
            yield Match(
                source, destination, self._protocol, self._from_port, self._to_port, None, version, inward, outward
            )

    def read(self, words: list[str]) -> None:
        """Read everything behind ``pass`` or ``block``."""
        # ways and quick come first, so that a rule which is not understood further on stands in its right place
        head = words[:12]
        self.quick = "quick" in words
        self.way = "in" if head[:1] == ["in"] else self.way
        at = 0
        doubts: list[str] = []
        while at < len(words):
            word = words[at]
            if word in ("in", "out"):
                self.way = word
            elif (
                word in ("quick", "all", "drop", "return", "return-rst", "return-icmp", "return-icmp6")
                or word in _STATE
            ):
                pass
            elif word == "(":
                at = words.index(")", at)
            elif word == "log":
                self.logs = True
            elif word in ("on", "received-on"):
                names, at = _list(words, at + 1)
                if "!" in names or "egress" in names or not all(name[-1:].isdigit() or "." in name for name in names):
                    doubts.append(f"which interfaces {' '.join(names)[:40]!r} are")
                elif word == "on":
                    self._on = tuple(names)
                else:
                    self._received = tuple(names)
                continue
            elif word in ("inet", "inet6"):
                self._version = 4 if word == "inet" else 6
            elif word == "proto":
                names, at = _list(words, at + 1)
                self._protocol = ranges(span for name in names for span in _protocol(name))
                continue
            elif word in ("from", "to"):
                at = self._side(word, words, at + 1)
                continue
            elif word in ("icmp-type", "icmp6-type"):
                names, at = _list(words, at + 1)
                types, number = (ICMP_TYPES, ICMP) if word == "icmp-type" else (ICMP6_TYPES, ICMP6)
                if words[at : at + 1] == ["code"]:
                    doubts.append("the code of a message")
                    at += 2
                self._protocol = ((number, number),)
                self._to_port = ranges(_type(name, types) for name in names)
                continue
            elif word in _WITH_VALUE:
                _, at = _list(words, at + 1)
                continue
            elif word == "set":
                pass
            elif word in _TRANSLATES:
                self.translates = _TRANSLATES[word]
                self.binat = word == "binat-to"
                break
            elif word in ("route-to", "reply-to", "dup-to"):
                self.unknown = True
                self.doubt = f"it is sent on by {word}"
                return
            else:
                doubts.append(f"what {' '.join(words[at : at + 3])[:40]!r} means")
                break
            at += 1
        self.doubt = "; ".join(doubts[:2])

    def _side(self, side: str, words: list[str], at: int) -> int:
        if words[at] != "port":
            found, at = self._addresses(words, at)
            if side == "from":
                self._from = found
            else:
                self._to = found
        if words[at : at + 1] == ["port"]:
            numbers, at = _port_list(words, at + 1)
            if side == "from":
                self._from_port = numbers
            else:
                self._to_port = numbers
        return at

    def _addresses(self, words: list[str], at: int) -> tuple[_Families, int]:
        if words[at] == "any":
            return {4: None, 6: None}, at + 1
        items: list[list[str]] = [[]]
        if words[at] == "{":
            end = words.index("}", at)
            if end - at > MOST_RANGES:
                raise NotUnderstood("a list that is too large")
            for word in words[at + 1 : end]:
                if word == ",":
                    continue
                if items[-1] and items[-1][-1] not in ("!", "(", "-") and word not in (")", "-"):
                    items.append([])
                items[-1].append(word)
            end += 1
        else:
            end = at
            while words[end] in ("!", "("):
                end += 1
            end += 1
            if words[at] == "(" or "(" in words[at:end]:
                end = words.index(")", at) + 1
            if words[end : end + 1] == ["-"]:
                end += 2
            items = [words[at:end]]
        found: dict[int, list[Range]] = {4: [], 6: []}
        for item in items:
            for version, spans in self._item(item).items():
                found[version] += spans or []
        return {version: ranges(spans) for version, spans in found.items()}, end

    def _item(self, item: list[str]) -> dict[int, Ranges]:
        negated = item[:1] == ["!"]
        words = item[1:] if negated else item
        if len(words) == 3 and words[1] == "-":
            version, low = address_range(words[0])
            other, high = address_range(words[2])
            if version != other or high[1] < low[0]:
                raise NotUnderstood(f"the addresses {' '.join(words)[:60]!r}")
            meant: dict[int, Ranges] = {version: ((low[0], high[1]),)}
        elif len(words) == 1 and words[0].startswith("<"):
            meant = self._table(words[0])
        elif words == ["any"]:
            meant = {v: (all_addresses(v),) for v in (4, 6)}
        elif len(words) == 1:
            version, span = address_range(words[0])
            meant = {version: (span,)}
        else:
            raise NotUnderstood(f"the addresses {' '.join(words)[:60]!r}")
        if negated:
            return {v: without([all_addresses(v)], meant.get(v, ())) for v in (4, 6)}
        return meant

    def _table(self, name: str) -> dict[int, Ranges]:
        entries = self._tables.get(name)
        if entries is None:
            raise NotUnderstood(f"the table {name[:40]}")
        meant: dict[int, Ranges] = {}
        exact = any(out for _, out in entries)
        for version in (4, 6):
            own = [(net, out) for net, out in entries if net.version == version]
            if not exact:
                meant[version] = ranges(network_range(net) for net, _ in own)
                continue
            if len(own) > 2000:
                raise NotUnderstood(f"the table {name[:40]}, which is too large")
            spans: Ranges = ()
            for net, out in sorted(own, key=lambda entry: entry[0].prefixlen):  # the most exact entry decides
                span = network_range(net)
                spans = without(spans, [span]) if out else ranges([*spans, span])
            meant[version] = spans
        return meant


def _entries(words: list[str]) -> Iterator[tuple[Network, bool]]:
    """Networks, and whether each is taken out."""
    out = False
    for word in words:
        if word == "!":
            out = True
        elif word not in ("}", ","):
            yield ip_network(word, strict=False), out
            out = False


def _list(words: list[str], at: int) -> tuple[list[str], int]:
    """One word, or several in braces."""
    if words[at] == "{":
        end = words.index("}", at)
        return [word for word in words[at + 1 : end] if word != ","], end + 1
    if words[at] == "!":
        return words[at : at + 2], at + 2
    if words[at] == "(":
        end = words.index(")", at)
        return words[at + 1 : end], end + 1
    return [words[at]], at + 1


def _port_list(words: list[str], at: int) -> tuple[Ranges, int]:
    if words[at] == "{":
        end = words.index("}", at)
        found = [span for word in words[at + 1 : end] if word != "," for span in _ports([word])]
        return ranges(found), end + 1
    operators = ("=", "!", "<", ">", "<=", ">=", "!=", "=")
    if words[at] in operators:
        end = at + 1
        while words[end] in operators:
            end += 1
        return _ports(words[at : end + 1]), end + 1
    if words[at + 1 : at + 3] and words[at + 1] in ("<", ">", "<>", "><"):
        raise NotUnderstood("ports between two others")
    return _ports([words[at]]), at + 1


def _ports(words: list[str]) -> Ranges:
    *operator, written = words
    sign = "".join(operator)
    low, colon, high = written.partition(":")
    first = port(low)
    last = port(high) if colon else first
    if first is None or last is None or last < first:
        raise NotUnderstood(f"the port {written[:40]!r}")
    if sign in ("", "="):
        return ((first, last),)
    if sign == "!=":
        return without([ALL_PORTS], [(first, last)])
    if sign == "<":
        return ((0, first - 1),) if first else ()
    if sign == "<=":
        return ((0, first),)
    if sign == ">":
        return ((first + 1, 65535),) if first < 65535 else ()
    if sign == ">=":
        return ((first, 65535),)
    raise NotUnderstood(f"the ports after {sign[:10]!r}")


def _protocol(name: str) -> Ranges:
    meant = protocol(name)
    if meant is None:
        raise NotUnderstood(f"the protocol {name[:40]!r}")
    return meant


def _type(name: str, types: dict[str, int]) -> Range:
    number = types.get(name, small(name, 255))
    if number is None:
        raise NotUnderstood(f"the type {name[:40]!r}")
    return number, number
