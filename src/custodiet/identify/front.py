"""Hyperscan in front of Python's ``re``: one pass over a value names the few expressions that are worth asking.

A front only ever proposes; what it proposes is asked again with ``re``, so it may name too much but never too little.
The engines differ in what a character is, so there are two databases. One is for plain values (printable ASCII). The
other reads any other character as one byte that every class of characters takes for its own, see `widened`. What the
engines may still read differently is proposed for every value. Without the package, or without a database, there is no
front and every expression is asked: the same answers, later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from custodiet.catalog import cache

_FORM = 4
"""Of what is stored; another form is another key."""

_READ_DIFFERENTLY = re.compile(
    "[\\x00-\\x1f\\x7f\u0130\u0131\u017f\u212a]" r"|\{,|\[:|\\(?:[vuUN]|[^ -~])|\(\?[a-zA-Z-]*[aLux]"
)
"""Signs of an expression that the engines may read differently: control characters, letters that are also an i, an s or
a k, a repeat without a lowest count, a class of POSIX, escapes and flags that mean another thing in one of them. Asking
too often is safe."""

_BEYOND = re.compile(r"[^\x00-\x7f]")

_NOT_LOOSENED = re.compile(r"\(\?<|\(\?!|\(\?\(|\\[0-9]|\(\?P=")
"""Where more is less: what must not follow or stand before."""

_NOT_WIDENED = re.compile(r"\(\?<?!|\(\?\(|\\[x0-9af]|\\[tnr]-|\[\^?[^\]]*\\b|\[\^[^\]]*(?:\\[WSD]|[^\x00-\x7f])")
"""Where more is less (what must not follow, what is not in a class of others), and where an odd character is meant."""

_PARTS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+,\d+\}|.", re.DOTALL)

MOST_REPEATS = 8
"""More repeats are not counted by a front: counting costs seconds to compile, and hardly less is proposed for it."""

_ODD = re.compile(r"[^\t\n\r -~]")
"""What is more than one byte, and what is a space or a line end in one engine only."""

_ASKED_WHOLE = re.compile("[\u0130\u0131\u017f\u212a]")
"""Letters that are also an i, an s or a k where case does not matter."""


class _Database(NamedTuple):
    """One compiled database, and the expressions that are not in it."""

    scan: Callable[..., None]
    always: list[int]


class Front:
    """Proposes expressions by their places in the list that it was made of.

    Args:
        plain: for values of printable ASCII.
        wide: for all others; nothing: every expression is asked of them.
    """

    def __init__(self, plain: _Database, wide: _Database | None) -> None:
        self._plain = plain
        self._wide = wide
        self._error: type[Exception] = _engine().error

    def candidates(self, value: str) -> list[int] | None:
        """Places of the expressions that may hold on a value, in order; nothing where all must be asked."""
        if value.isascii() and (value.isprintable() or not _ODD.search(value)):
            scan, always = self._plain
            text = value.encode()
        elif self._wide is None or _ASKED_WHOLE.search(value):
            return None
        else:
            scan, always = self._wide
            text = _ODD.sub("\x80", value).encode("latin-1")
        found = always.copy()
        try:
            scan(text, _propose, 0, found)
        except self._error:  # in use by another thread
            return None
        if len(found) > 1:
            found.sort()
        return found


def _propose(place: int, _start: int, _end: int, _flags: int, found: list[int]) -> None:
    found.append(place)


def loosened(regex: str) -> str:
    """An expression that holds wherever the given one does on plain values. Empty where it cannot be written so."""
    if _READ_DIFFERENTLY.search(regex):
        return ""
    if not _NOT_LOOSENED.search(regex):
        regex = "".join(_loosened(part[0]) for part in _PARTS.finditer(regex))
    return _BEYOND.sub(r"\\x81", regex)  # which no plain value holds


def _loosened(part: str) -> str:
    if part.startswith("{") and part.endswith("}"):
        least, most = part[1:-1].split(",")
        return f"{{{least},}}" if int(most) > MOST_REPEATS else part
    return part


def widened(regex: str) -> str:
    """An expression that holds wherever the given one does, when every odd character is read as the byte 0x80.

    Python's classes of words, digits and spaces take many odd characters in, so here they take in all; where a word
    ends cannot be told, so it may end anywhere. Empty where it cannot be written so.
    """
    if not regex or _READ_DIFFERENTLY.search(regex) or _NOT_WIDENED.search(regex):
        return ""
    return _BEYOND.sub(r"\\x80", "".join(_widened(_loosened(part[0])) for part in _PARTS.finditer(regex)))


def _widened(part: str) -> str:
    if part in (r"\w", r"\d", r"\s"):
        return rf"[\x80{part}]"
    if part in (r"\b", r"\B"):
        return "(?:)"
    if len(part) > 2 and part.startswith("[") and part[1] != "^" and re.search(r"\\[wds]", part):
        rest = part[1:]
        return r"[\x80" + (f"\\{rest}" if rest[0] in "]-" else rest)
    return part


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    """What the cache holds of one front; an empty database is none."""

    always: tuple[int, ...]
    database: bytes
    wide_always: tuple[int, ...]
    wide_database: bytes


def stored_front(regexes: Sequence[str]) -> Front | None:
    """The front kept from an earlier run, or nothing where there is none that can be used on this machine.

    Args:
        regexes: the expressions in their order; an empty one is no expression and is never proposed.
    """
    engine = _engine()
    if engine is None:
        return None
    content = cache.fetch_bytes("patterns", _key_of(regexes))
    if content is None:
        return None
    try:
        stored = msgspec.msgpack.decode(content, type=_Stored)
        plain = _loaded(engine, stored.database, stored.always, len(regexes))
        wide = _loaded(engine, stored.wide_database, stored.wide_always, len(regexes))
    except (ValueError, TypeError, engine.error):
        return None
    return Front(plain, wide) if plain else None


def build_front(regexes: Sequence[str]) -> Front | None:
    """Compile a front and keep it for later runs; 5 to 10 ms an expression. Nothing where there is no Hyperscan."""
    engine = _engine()
    if engine is None:
        return None
    plain, always = _built(engine, [loosened(regex) for regex in regexes], regexes)
    if plain is None:
        return None
    wide, wide_always = _built(engine, [widened(regex) for regex in regexes], regexes)
    stored = _Stored(
        tuple(always), engine.dumpb(plain), tuple(wide_always), b"" if wide is None else engine.dumpb(wide)
    )
    cache.keep_bytes("patterns", _key_of(regexes), msgspec.msgpack.encode(stored))
    return Front(_Database(plain.scan, always), None if wide is None else _Database(wide.scan, wide_always))


def _loaded(engine: Any, content: bytes, always: Sequence[int], count: int) -> _Database | None:
    if not content or (always and not 0 <= min(always) <= max(always) < count):
        return None
    database = engine.loadb(content, engine.HS_MODE_BLOCK)
    database.scratch = engine.Scratch(database)
    return _Database(database.scan, list(always))


def _built(engine: Any, given: Sequence[str], regexes: Sequence[str]) -> tuple[Any, list[int]]:
    """A database of the given expressions, and the places of those that are not in it.

    Args:
        engine: Hyperscan.
        given: what to compile, at each place; empty: nothing.
        regexes: what it stands for; empty: no expression at all.
    """
    places = [place for place, regex in enumerate(given) if regex]
    database = _compiled(engine, given, places)
    if database is None:
        places = [place for place in places if _compiled(engine, given, [place]) is not None]
        database = _compiled(engine, given, places)
    inside = set(places)
    return database, [place for place, regex in enumerate(regexes) if regex and place not in inside]


def _compiled(engine: Any, regexes: Sequence[str], given: Sequence[int]) -> Any:
    """A database of these places; nothing where the engine refuses one of them, or there are none."""
    if not given:
        return None
    database = engine.Database(mode=engine.HS_MODE_BLOCK)
    # PREFILTER: what the engine cannot do exactly it does too widely. SINGLEMATCH: one call a pattern, not one an end.
    flags = engine.HS_FLAG_SINGLEMATCH | engine.HS_FLAG_PREFILTER | engine.HS_FLAG_ALLOWEMPTY
    try:
        database.compile(
            expressions=[regexes[place].encode() for place in given],
            ids=list(given),
            elements=len(given),
            flags=[flags] * len(given),
        )
    except engine.error:
        return None
    return database


def _key_of(regexes: Sequence[str]) -> str:
    """A hash of the expressions and of the library that compiled them."""
    digest = hashlib.sha256(f"{_FORM}\x1f{_engine().__version__}".encode())
    for regex in regexes:
        digest.update(f"\x1f{len(regex)}:{regex}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _engine() -> Any:
    """The package, where it is installed: there are wheels for the common machines only."""
    try:
        import hyperscan
    except ImportError:
        return None
    return hyperscan
