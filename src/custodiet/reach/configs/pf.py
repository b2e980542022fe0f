"""Rules of pf, as in ``pf.conf`` of OpenBSD and FreeBSD.

The last rule that means a packet decides, unless one of them says ``quick``: read are the quick ones in their order and
then the others from the last to the first, so that the first that holds decides, which is the same. Such a file names
neither addresses of interfaces nor routes, so a table of zones has to tell where its interfaces are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodiet.reach.configs.lines import Text, date_in, unread
from custodiet.reach.configs.pf_rules import Rules
from custodiet.reach.network import Binding, Device, Filter, Match, Reading, Rule

_HARMLESS = frozenset({"scrub", "altq", "queue", "timeout", "limit"})
_TOKEN = re.compile(r'"[^"\n]*"|<[^<>\s]*>|[{}(),=!]|[^\s{}(),="<>!]+|[<>]=?|"')
MOST_MACROS = 2_000
MOST_WORDS = 20_000
"""Of one rule, its macros written out."""


def recognise(text: str) -> bool:
    """Whether it looks like such rules."""
    found = re.findall(
        r"(?m)^\s*(?:block|pass)(?: +(?:in|out|log|quick|all|on|drop|return|inet6?|proto|from|to)\b|$)",
        text[:2_000_000],
    )
    return bool(found)


def read(text: Text) -> Reading:
    """Read one file of rules."""
    device = Device(text.name, text.name, "pf", routes_told=False)
    reading = Reading([device])
    for number, line in enumerate(text.lines[:200], 1):
        if line.lstrip().startswith("#") and (day := date_in(line)):
            reading.dated, reading.dated_by = day, text.place(number)
    made = _Reader(device, text)
    for number, words in _logical(text):
        made.line(number, words)
    made.finish()
    return reading


class _Reader:
    def __init__(self, device: Device, text: Text) -> None:
        self.device = device
        self.text = text
        self.macros: dict[str, list[str]] = {}
        self.rules = Rules(device, text)
        self.quick: dict[str, list[Rule]] = {"in": [], "out": []}
        self.slow: dict[str, list[Rule]] = {"in": [], "out": []}
        self.depth = 0

    def line(self, number: int, words: list[str]) -> None:
        """One line, its continuations with it."""
        place, said = self.text.place(number), " ".join(words)
        if self.depth:
            self.depth += words.count("{") - words.count("}")
            return  # inside an anchor, which was named as a whole
        if len(words) > 2 and words[1] == "=":
            if len(self.macros) < MOST_MACROS:
                self.macros[f"${words[0]}"] = list(self._inside(words[2:], whole=True))
            return
        words = list(self._inside(words))
        if len(words) > MOST_WORDS:
            self._mystery(place, said, "it is too long")
            return
        first = words[0] if words else ""
        if first == "table" and len(words) > 1:
            self.rules.table(words)
        elif first in ("pass", "block"):
            self._rule(place, said, words)
        elif first in ("match", "nat", "rdr", "binat", "nat-anchor", "rdr-anchor", "binat-anchor", "no"):
            self.rules.translation(place, said, words)
        elif first == "set":
            if words[1:3] == ["skip", "on"]:
                names = tuple(w for w in words[3:] if w not in "{},")
                for way in ("in", "out"):
                    match = Match(inward=names) if way == "in" else Match(outward=names)
                    self.quick[way].insert(0, Rule("permit", match, place, said[:200]))
        elif first == "anchor":
            self.depth = max(0, words.count("{") - words.count("}"))
            self._mystery(place, said, "what an anchor holds is not followed")
        elif first in ("include", "load"):
            self._mystery(place, said, "another file is not opened")
        elif first == "antispoof":
            unread(self.device, place, said, "stops")
        elif first not in _HARMLESS and first:
            self._mystery(place, said, "it is not understood")

    def _mystery(self, place: str, said: str, why: str) -> None:
        for way in ("in", "out"):
            self.quick[way].append(Rule("unknown", Match(), place, said[:200], doubt=why))

    def _rule(self, place: str, said: str, words: list[str]) -> None:
        for way, quick, rule in self.rules.read(place, said, words):
            (self.quick if quick else self.slow)[way].append(rule)

    def _inside(self, words: list[str], *, whole: bool = False) -> Iterator[str]:
        """The words with macros written out; quoted lists only where a macro is made, since labels are quoted too."""
        room = MOST_WORDS + 1
        for word in words:
            for one in self.macros.get(word, [word]):
                if whole and one.startswith('"'):
                    inner = [w for part in _TOKEN.findall(one.strip('"')) for w in self.macros.get(part, [part])]
                else:
                    inner = [one.strip('"') or '""']
                for each in inner:
                    room -= 1
                    if room < 0:
                        return
                    yield each

    def finish(self) -> None:
        """Make one filter for what comes in and one for what goes out."""
        for way in ("in", "out"):
            filter = self.device.filters[way] = Filter(way, default="permit", place=self.text.place(1))
            filter.default_text = f"pf lets {way} what no rule means"
            filter.rules = [*self.quick[way], *reversed(self.slow[way])]
            self.device.bindings.append(Binding(way, way, place=self.text.place(1)))


def _logical(text: Text) -> Iterator[tuple[int, list[str]]]:
    """Lines as words, with what a backslash joins; a list in braces may go over several lines."""
    words: list[str] = []
    begun = 1
    for number, line in enumerate(text.lines, 1):
        if not words:
            begun = number
        for hit in _TOKEN.finditer(_uncommented(line)):
            words.append(hit[0])
        if words and words[-1] == "\\":
            words.pop()
            continue
        open_list = words.count("{") > words.count("}") and words[0] != "anchor" and len(words) < MOST_WORDS
        if words and not open_list:
            yield begun, words
            words = []
    if words:
        yield begun, words


def _uncommented(line: str) -> str:
    quoted = False
    for at, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == "#" and not quoted:
            return line[:at]
    return line
