"""Hyperscan in front of Python's ``re``: one pass over a value names the few expressions that are worth asking.

A front only ever proposes; what it proposes is asked again with ``re``, so it may name too much but never too little.
Hence everything in which the two engines may differ goes past it: values with a byte outside printable ASCII, and
expressions written in a way that Hyperscan refuses or could read more narrowly. Without the package, or without a
database, there is no front and every expression is asked: the same answers, later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from custodiet.catalog import cache

_FORM = 1
"""Of what is stored; another form is another key."""

_READ_DIFFERENTLY = re.compile(r"[^ -~]|\{,|\[:|\\[vuUN]|\(\?[a-zA-Z-]*[aLux]")
"""Signs of an expression that the engines may read differently: anything but printable ASCII, a repeat without a lowest
count, a class of POSIX, escapes and flags that mean another thing in one of them. Asking too often is safe."""

_ODD = re.compile(r"[^\t\n\r -~]")
"""What is a space or a line end in one engine only, and what is more than one byte."""


class Front:
    """A compiled database and the expressions that are not in it.

    Args:
        database: Hyperscan's; the number of an expression is its place in the list it was made of.
        always: places of the expressions that are proposed for every value, in order.
    """

    def __init__(self, database: Any, always: Sequence[int]) -> None:
        self._scan = database.scan
        self._always = list(always)
        self._error: type[Exception] = _engine().error

    def candidates(self, value: str) -> list[int] | None:
        """Places of the expressions that may hold on a value, in order; nothing where all must be asked."""
        if not (value.isascii() and value.isprintable()) and _ODD.search(value):
            return None
        found = self._always.copy()
        try:
            self._scan(value.encode(), _propose, 0, found)
        except self._error:  # in use by another thread
            return None
        if len(found) > 1:
            found.sort()
        return found


def _propose(place: int, _start: int, _end: int, _flags: int, found: list[int]) -> None:
    found.append(place)


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    """What the cache holds of one front."""

    always: tuple[int, ...]
    database: bytes


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
        if stored.always and not 0 <= min(stored.always) <= max(stored.always) < len(regexes):
            return None
        database = engine.loadb(stored.database, engine.HS_MODE_BLOCK)
        database.scratch = engine.Scratch(database)
        return Front(database, stored.always)
    except (ValueError, TypeError, engine.error):
        return None


def build_front(regexes: Sequence[str]) -> Front | None:
    """Compile a front and keep it for later runs; 1 to 5 ms an expression. Nothing where Hyperscan is not installed."""
    engine = _engine()
    if engine is None:
        return None
    given = [place for place, regex in enumerate(regexes) if regex and not _READ_DIFFERENTLY.search(regex)]
    database = _compiled(engine, regexes, given)
    if database is None:
        given = [place for place in given if _compiled(engine, regexes, [place]) is not None]
        database = _compiled(engine, regexes, given)
    if database is None:
        return None
    inside = set(given)
    always = tuple(place for place, regex in enumerate(regexes) if regex and place not in inside)
    content = msgspec.msgpack.encode(_Stored(always, engine.dumpb(database)))
    cache.keep_bytes("patterns", _key_of(regexes), content)
    return Front(database, always)


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
