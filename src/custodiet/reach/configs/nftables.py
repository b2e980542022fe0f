"""Rule sets of nftables, as ``nft list ruleset`` prints them.

Read are the chains that stand where packets are forwarded, with their jumps, sets and verdict maps. Such a file names
neither addresses of interfaces nor routes, so a table of zones has to tell where its interfaces are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from custodiet.reach.configs.lines import NotUnderstood, Text, date_in, opaque
from custodiet.reach.configs.nftables_rules import Rules, Token
from custodiet.reach.network import Binding, Device, Filter, Reading
from custodiet.reach.words import small

_TOKEN = re.compile(r'"[^"\n]*"|[{};,=]|[^\s{};,="]+|"')
_PRIORITIES = {"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100}
_STAGES = {"forward": "through", "prerouting": "in", "postrouting": "out", "ingress": "in"}
DEEPEST = 8
"""Braces within braces."""
MOST_TOKENS = 4_000_000


class _Base(NamedTuple):
    """A chain that stands somewhere by itself."""

    priority: int
    binding: Binding


def recognise(text: str) -> bool:
    """Whether it looks like such a rule set."""
    return bool(re.search(r"(?m)^\s*(?:add )?table (?:inet|ip6?|bridge|netdev|arp) [\w-]+ ?\{", text[:2_000_000]))


def read(text: Text) -> Reading:
    """Read one rule set."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.device = Device(text.name, text.name, "nftables", routes_told=False)
        self.reading = Reading([self.device])
        self.bases: list[_Base] = []
        self.variables: dict[str, list[Token]] = {}

    def read(self) -> Reading:
        """All tables; where the file does not hold together, what follows is passed over."""
        for number, line in enumerate(self.text.lines[:200], 1):
            if line.lstrip().startswith("#") and (day := date_in(line)):
                self.reading.dated, self.reading.dated_by = day, self.text.place(number)
        tokens = _tokens(self.text)
        last = 1
        try:
            for statement, body in _blocks(tokens, 0):
                last = statement[0].line if statement else last
                self._top(statement, body)
        except (NotUnderstood, RecursionError):
            opaque(self.device, self.text.place(last), "", "the file does not hold together from here on")
        self.device.bindings += [base.binding for base in sorted(self.bases, key=lambda base: base.priority)]
        return self.reading

    def _top(self, statement: list[Token], body: list[Token] | None) -> None:
        words = [token.text for token in statement]
        if words[:1] == ["add"]:
            words, statement = words[1:], statement[1:]
        if words[:1] == ["define"] and len(words) > 2 and words[2] == "=":
            braced = [Token("{", statement[0].line), *(body or []), Token("}", statement[0].line)]
            self.variables[f"${words[1]}"] = braced if body is not None else statement[3:]
        elif words[:1] == ["table"] and body is not None:
            family = words[1] if len(words) > 2 else "ip"
            self._table(family, words[-1], body, statement[0].line)
        elif words[:1] not in (["flush"], ["destroy"], ["delete"]) and (words[:1] != ["table"]) and words:
            opaque(self.device, self.text.place(statement[0].line), " ".join(words), "it is not understood")

    def _table(self, family: str, name: str, body: list[Token], line: int) -> None:
        if family == "arp":
            return
        if family == "bridge":
            opaque(self.device, self.text.place(line), f"table bridge {name}", "bridges are not followed")
            return
        rules = Rules(self.device, self.text, f"{family} {name} ", self.variables)
        chains: list[tuple[str, list[Token], int]] = []
        for statement, inner in _blocks(body, 1):
            words = [token.text for token in statement]
            if words[:1] in (["set"], ["map"]) and inner is not None and len(words) > 1:
                rules.add_set(words[1], [s for s, _ in _statements(inner)])
            elif words[:1] == ["chain"] and inner is not None and len(words) > 1:
                chains.append((words[1], inner, statement[0].line))
            elif (
                words[:1]
                not in (
                    ["flowtable"],
                    ["counter"],
                    ["quota"],
                    ["limit"],
                    ["ct"],
                    ["comment"],
                    ["flags"],
                    ["secmark"],
                    ["synproxy"],
                )
                and words
            ):
                opaque(self.device, self.text.place(statement[0].line), " ".join(words), "it is not understood")
        for chain, inner, at in chains:
            self._chain(family, rules, chain, inner, at)

    def _chain(self, family: str, rules: Rules, name: str, body: list[Token], line: int) -> None:
        version = {"ip": 4, "ip6": 6}.get(family, 0)
        key = rules.prefix + name
        filter = self.device.filters[key] = Filter(key, default="return", place=self.text.place(line))
        stage, kind = "", ""
        for statement, _ in _statements(body):
            words = [token.text for token in statement]
            if words[:1] == ["type"] and "hook" in words:
                filter.default = "permit"
                filter.default_text = f"chain {name}: policy accept"
                kind, stage = (
                    words[1],
                    _STAGES.get(
                        words[words.index("hook") + 1 : words.index("hook") + 2][0]
                        if len(words) > words.index("hook") + 1
                        else "",
                        "",
                    ),
                )
                if stage and kind != "nat":
                    at = words.index("device") + 1 if "device" in words else 0
                    where = words[at].strip('"') if 0 < at < len(words) else ""
                    binding = Binding(key, stage, where, version, self.text.place(line))  # type: ignore[arg-type]
                    self.bases.append(_Base(_priority(words), binding))
            elif words[:1] == ["policy"]:
                filter.default = "deny" if words[1:2] == ["drop"] else "permit"
                filter.default_text = f"chain {name}: policy {words[1] if len(words) > 1 else ''}"
            elif words and words[0] not in ("comment", "flags"):
                rules.add(filter, statement, version)


def _priority(words: list[str]) -> int:
    if "priority" not in words:
        return 0
    rest = words[words.index("priority") + 1 :]
    if not rest:
        return 0
    first = _PRIORITIES.get(rest[0])
    if first is None:
        return -(small(rest[0].lstrip("-"), 10**6) or 0) if rest[0].startswith("-") else small(rest[0], 10**6) or 0
    if len(rest) > 2 and rest[1] in ("+", "-"):
        more = small(rest[2], 10**6) or 0
        return first + more if rest[1] == "+" else first - more
    return first


def _tokens(text: Text) -> list[Token]:
    found: list[Token] = []
    for number, line in enumerate(text.lines, 1):
        for hit in _TOKEN.finditer(line):
            if hit[0].startswith("#"):
                break
            found.append(Token(hit[0], number))
        continued = bool(found) and found[-1].text == "\\"
        if continued:
            found.pop()
        else:
            found.append(Token("\n", number))
        if len(found) > MOST_TOKENS:
            break
    return found


def _blocks(tokens: list[Token], depth: int) -> Iterator[tuple[list[Token], list[Token] | None]]:
    """Statements with the block in braces that ends them; none where there is no such block."""
    if depth > DEEPEST:
        raise NotUnderstood("braces within braces")
    words: list[Token] = []
    at = 0
    while at < len(tokens):
        text = tokens[at].text
        if text == "{":
            end = _closing(tokens, at)
            yield words, tokens[at + 1 : end]
            words, at = [], end
        elif text == "}":
            raise NotUnderstood("a brace too many")
        elif text in ("\n", ";"):
            if words:
                yield words, None
            words = []
        else:
            words.append(tokens[at])
        at += 1
    if words:
        yield words, None


def _statements(tokens: list[Token]) -> Iterator[tuple[list[Token], None]]:
    """Statements up to the end of a line; braces are part of them."""
    words: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.text == "{") - (token.text == "}")
        if token.text in ("\n", ";") and depth <= 0:
            if words:
                yield words, None
            words = []
        elif token.text != "\n":
            words.append(token)
    if words:
        yield words, None


def _closing(tokens: list[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text == "{") - (tokens[place].text == "}")
        if depth == 0:
            return place
    raise NotUnderstood("a brace is not closed")
