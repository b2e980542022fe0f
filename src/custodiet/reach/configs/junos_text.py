"""Junos configurations as flat statements, whether they were written with braces or as ``set`` lines.

``firewall { filter f { term t { then accept; } } }`` and ``set firewall filter f term t then accept`` give the same
words. What is inactive is left out. A bracketed list gives one statement for each of its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from custodiet.reach.configs.lines import Text

DEEPEST = 40
"""Braces within braces."""
MOST_STATEMENTS = 500_000
MOST_WORDS = 60

_TOKEN = re.compile(r'"[^"\n]*"|/\*|#|[{};\[\]]|[^\s{};\[\]"#]+|"')


class Statement(NamedTuple):
    """One statement."""

    words: tuple[str, ...]
    line: int
    """Counted from 1."""


class Broken(Exception):
    """The file does not hold together; the place is its argument."""


def is_set_form(text: Text) -> bool:
    """Whether it is made of ``set`` lines."""
    for line in text.lines[:5000]:
        if line.startswith(("set ", "delete ", "deactivate ")):
            return True
        if line.rstrip().endswith("{"):
            return False
    return False


def statements(text: Text) -> list[Statement]:
    """All that is active.

    Raises:
        Broken: braces do not fit, or there is too much.
    """
    found: list[Statement] = []
    for one in _set_lines(text) if is_set_form(text) else _curly(text):
        found.append(one)
        if len(found) > MOST_STATEMENTS:
            raise Broken(one.line)
    off = {one.words[1:] for one in found if one.words[:1] == ("deactivate",)}
    # a line that was cut behind its first word was a statement all the same
    found = [Statement(one.words[1:] or ("?", *one.words), one.line) for one in found if one.words[:1] == ("set",)]
    if off:
        found = [o for o in found if not any(o.words[:n] in off for n in range(1, len(o.words) + 1))]
    return found


def _set_lines(text: Text) -> Iterator[Statement]:
    for number, line in enumerate(text.lines, 1):
        words = [_bare(token) for token in _TOKEN.findall(line) if token not in ("[", "]")]
        if not words or words[0] in ("#", "/*"):
            continue
        if "[" in line:
            yield from _listed([t for t in _TOKEN.findall(line) if t != ";"], number)
        elif words[0] in ("set", "deactivate"):
            yield Statement(tuple(words[:MOST_WORDS]), number)
        else:
            yield Statement(("set", "?", *words[:8]), number)


def _curly(text: Text) -> Iterator[Statement]:
    stack: list[list[str]] = []
    words: list[str] = []
    begun = 1
    comment = False
    for number, line in enumerate(text.lines, 1):
        at = 0
        if comment:
            at = line.find("*/") + 2
            if at < 2:
                continue
            comment = False
        for hit in _TOKEN.finditer(line):
            part = hit[0]
            if hit.start() < at:
                continue
            if part == "#":
                break
            if part == "/*":
                at = line.find("*/", hit.end()) + 2
                if at < 2:
                    comment = True
                    break
                continue
            if part == "{":
                stack.append(words)
                words = []
                if len(stack) > DEEPEST:
                    raise Broken(number)
            elif part == "}":
                if not stack:
                    raise Broken(number)
                if words:
                    yield from _whole(stack, words, begun)
                stack.pop()
                words = []
            elif part == ";":
                if words:
                    yield from _whole(stack, words, begun)
                words = []
            else:
                if not words:
                    begun = number
                words.append(_bare(part) if part not in "[]" else part)
    if stack:
        raise Broken(len(text.lines))
    if words:
        yield from _whole(stack, words, begun)


def _whole(stack: list[list[str]], words: list[str], line: int) -> Iterator[Statement]:
    path = [word for level in stack for word in level] + words
    if "inactive:" in path:
        return
    path = [word for word in path if word not in ("replace:", "protect:")]
    yield from _listed(["set", *path], line)


def _listed(words: list[str], line: int) -> Iterator[Statement]:
    """One statement for each value in brackets."""
    if "[" not in words:
        yield Statement(tuple(words[:MOST_WORDS]), line)
        return
    first = words.index("[")
    last = words.index("]", first) if "]" in words[first:] else len(words)
    head, tail = tuple(_bare(w) for w in words[:first][:MOST_WORDS]), tuple(words[last + 1 :][:MOST_WORDS])
    for value in words[first + 1 : last]:
        yield Statement((*head, _bare(value), *tail), line)


def _bare(token: str) -> str:
    return token.strip('"')
