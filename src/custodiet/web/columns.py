"""The devices of a body column by column: whatever is asked of a list costs the same, whoever asks and for what.

A column holds the different values of one field and, for each device in the order of the list, the place of its value
among them. Filters, counts and sorting are a few passes over such columns, which even for 250,000 devices are small;
the rows of the devices are read for the one page that is shown. Columns are written when a case is put into the
tables, are seen when its devices are, and are kept in memory by the moment of that.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, compress, islice, repeat

import msgspec

from custodiet.web.column_writer import BETWEEN, SEVERAL, SINGLE
from custodiet.web.estate import Estate
from custodiet.web.held import Held
from custodiet.web.store import models

HELD = 64 << 20
"""Bytes of columns that a process keeps in memory; beyond it those that were longest not asked for are let go."""

COUNTED = 300
"""Counts that are remembered of a body."""

FOUND = 16
"""Searches whose answers are remembered of a body, for the next page of their lists."""

Selection = bytes
"""A byte a device, 255 where it fits and 0 where it does not."""


class Field:
    """One field of all devices.

    Args:
        names: the different values, sorted.
        codes: of each device, the place of its value among them.
        several: whether a value is several words.
    """

    def __init__(self, names: list[str], codes: array[int], *, several: bool) -> None:
        self.names, self.several = names, several
        self.narrow = bytes(codes.tolist()) if len(names) <= 256 else b""
        """The codes where a byte is enough for each; empty where it is not."""
        # numbers are made once for all devices that share them, since making them takes longer than counting them
        shared = list(range(len(names)))
        self.codes: Sequence[int] = self.narrow or list(map(shared.__getitem__, codes))

    def where(self, fits: Callable[[str], bool]) -> Selection:
        """The devices whose value fits; of several words, those of which one does."""
        table = bytes(
            255 if (any(map(fits, name.split(BETWEEN))) if self.several else fits(name)) else 0 for name in self.names
        )
        if self.narrow:
            return self.narrow.translate(table.ljust(256, b"\0"))
        return bytes(map(table.__getitem__, self.codes))

    def count(self, chosen: Selection | None) -> Counter[str]:
        """Value -> how many of the chosen devices have it; of several words, each is counted. None: all devices."""
        if chosen is None:
            return self._all.copy()
        if not self.narrow:
            return self._spread(Counter(compress(self.codes, chosen)))
        # what is not chosen becomes a 0 too, so that those with the first value are what is left of the chosen
        kept = _and(self.narrow, chosen)
        counted = Counter({code: number for code in range(1, len(self.names)) if (number := kept.count(code))})
        first = chosen.count(255) - counted.total()
        return self._spread(counted + Counter({0: first}))

    @cached_property
    def _all(self) -> Counter[str]:
        return self._spread(Counter(self.codes))

    def _spread(self, counted: Counter[int]) -> Counter[str]:
        if not self.several:
            return Counter({self.names[code]: number for code, number in counted.items()})
        spread: Counter[str] = Counter()
        for code, number in counted.items():
            for word in filter(None, self.names[code].split(BETWEEN)):
                spread[word] += number
        return spread

    @cached_property
    def rising(self) -> list[int]:
        """Places of the devices by value, those without one last."""
        unknown = len(self.names)
        keys = [unknown if name == "" else code for code, name in enumerate(self.names)]
        return sorted(range(len(self.codes)), key=list(map(keys.__getitem__, self.codes)).__getitem__)

    @cached_property
    def falling(self) -> list[int]:
        """The same with the last value first, those without one last all the same."""
        keys = [1 if name == "" else -code for code, name in enumerate(self.names)]
        return sorted(range(len(self.codes)), key=list(map(keys.__getitem__, self.codes)).__getitem__)


class Columns:
    """The devices of a body, column by column.

    Args:
        rows: field -> its names and codes, as `Writer` wrote them.
    """

    def __init__(self, rows: Mapping[str, tuple[bytes, bytes]]) -> None:
        self._fields: dict[str, Field] = {}
        self.total = 0
        for field in (*SINGLE, *SEVERAL):
            names, codes = rows.get(field, (msgspec.msgpack.encode([]), zlib.compress(b"")))
            read = array("I", zlib.decompress(codes))
            self._fields[field] = Field(msgspec.msgpack.decode(names, type=list[str]), read, several=field in SEVERAL)
            self.total = len(read)
        self._text = zlib.decompress(rows["words"][1]) if "words" in rows else b""
        self._by_label = array("I", zlib.decompress(rows["by_label"][1])) if "by_label" in rows else array("I")
        self.size = len(self._text) + self.total * 8 * (len(self._fields) + 1)

        self._counted: dict[str, Counter[str]] = {}
        self._found: dict[tuple[str, ...], Selection] = {}

    def remember(self, question: str, count: Callable[[], Counter[str]]) -> Counter[str]:
        """What was counted under a question, so that the next page of a list waits for none of it."""
        if question not in self._counted:
            if len(self._counted) >= COUNTED:
                self._counted.clear()
            self._counted[question] = count()
        return self._counted.get(question) or count()

    def __getitem__(self, field: str) -> Field:
        return self._fields[field]

    def value(self, field: str, place: int) -> str:
        """The value of a field of the device at a place, from 0."""
        one = self._fields[field]
        return one.names[one.codes[place]]

    def quantities(self, chosen: Selection | None) -> tuple[int, int]:
        """How many of the chosen stand for several devices, and for how many devices all of them stand."""
        stands = {int(name or 1): number for name, number in self["quantity"].count(chosen).items()}
        return sum(number for each, number in stands.items() if each > 1), sum(e * n for e, n in stands.items())

    def search(self, terms: Iterable[str]) -> Selection:
        """The devices in whose words each of the terms stands, whatever its case."""
        wanted = tuple(sorted({term.lower() for term in terms}, key=lambda term: (-len(term), term)))
        if wanted not in self._found:
            if len(self._found) >= FOUND:
                self._found.clear()
            self._found[wanted] = self._search(wanted)
        return self._found.get(wanted) or self._search(wanted)

    def _search(self, terms: tuple[str, ...]) -> Selection:
        chosen: Selection | None = None
        for term in terms:  # the longest first, since it stands in the fewest
            wanted = term.encode("utf-8", "surrogatepass")
            if chosen is not None and chosen.count(255) * 16 < self.total:
                chosen = self._among(chosen, wanted)
            else:
                chosen = both(chosen, self._hits(wanted))
        return bytes(self.total) if chosen is None else chosen

    def _hits(self, wanted: bytes) -> Selection:
        found = bytearray(self.total)
        # what stands between two hits tells by its line ends how many devices lie between them
        pieces = self._text.split(wanted)[:-1] if wanted else []
        for place in accumulate(map(bytes.count, pieces, repeat(b"\n"))):
            found[place] = 255
        return bytes(found)

    def _among(self, chosen: Selection, wanted: bytes) -> Selection:
        """The same for few devices: each is looked at by itself."""
        found, begins = bytearray(self.total), self._begins
        for place in compress(range(self.total), chosen):
            if self._text.find(wanted, begins[place], begins[place + 1] - 1) >= 0:
                found[place] = 255
        return bytes(found)

    @cached_property
    def _begins(self) -> array[int]:
        """Where the words of each device begin in the text, and where the next would."""
        return array("Q", accumulate((len(line) + 1 for line in self._text.split(b"\n")), initial=0))

    def places(self, chosen: Selection | None, by: str = "", start: int = 0, stop: int | None = None) -> list[int]:
        """Places of some of the chosen devices, from 0.

        Args:
            chosen: which fit; none: all.
            by: empty for the order of the list, ``label``, or a field; a field with ``-`` before it, backwards.
            start, stop: which of them, as of a list.
        """
        if not by:
            every = range(self.total)
            return list(islice(every if chosen is None else compress(every, chosen), start, stop))
        field = self._fields.get(by.removeprefix("-"))
        ordered = self._by_label if field is None else field.falling if by.startswith("-") else field.rising
        return list(islice(ordered if chosen is None else filter(chosen.__getitem__, ordered), start, stop))


def both(one: Selection | None, other: Selection | None) -> Selection | None:
    """The devices that are in both; none stands for all."""
    if one is None or other is None:
        return other if one is None else one
    return _and(one, other)


def _and(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "little") & int.from_bytes(other, "little")).to_bytes(len(one), "little")


def number(chosen: Selection | None, total: int) -> int:
    """How many devices are chosen."""
    return total if chosen is None else chosen.count(255)


def _read(estate: Estate) -> Columns:
    return Columns({row.field: (bytes(row.names), bytes(row.codes)) for row in estate.rows(models.Column)})


_held: Held[Columns] = Held(_read, room=HELD, size=lambda one: one.size)


def columns_of(estate: Estate) -> Columns:
    """The columns of a body as they were last written."""
    return _held.of(estate)
