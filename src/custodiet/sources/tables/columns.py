"""Which column of a table means what.

Pure: headings and a few values in, fields out. A field is the last word of a ``register.`` attribute. What the user
said about a heading comes first, then what the heading says, then what its values look like. It never guesses a brand
or a model from values: that would be identification, and belongs elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from custodiet.errors import SourceError
from custodiet.sources.tables.values import is_like_ip, one_line, read_ip, read_mac

TableKind = Literal["register", "purchase_record"]

IGNORED = ""
"""The field of a column that is not read."""

_SHARE = 0.6
"""Share of the values of a column that must be addresses before the column counts as one of addresses."""
_NAMES = frozenset({"name", "text", "hostname"})
"""Fields of names: a device without one is often called by its address, and its neighbour by a name."""
_MOVABLE = frozenset({IGNORED, "name", "text", "location", "hostname", "networked"})
"""Fields that a heading such as “Adres” may stand for while the values show something more exact."""
DATES = frozenset({"installed_on", "bought_on", "removed_on"})
"""Fields that hold a day."""
_PURCHASE_FIELDS = frozenset({"supplier", "contract", "quantity", "bought_on"})
_REGISTER_FIELDS = frozenset({"mac", "ip", "hostname", "serial", "tag", "firmware", "installed_on", "status"})
_SIGNS = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,200}[)\]]")


class _ByKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    register: tuple[str, ...]
    purchase_record: tuple[str, ...]
    beside: dict[str, tuple[str, ...]] = {}
    """Another heading of the same table -> fields to try then, in this order."""


class Headings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record ``catalog/vocabulary/columns.yml``; every heading is normalised on loading, see `headings`."""

    fields: dict[str, tuple[str, ...]]
    """Field -> headings that mean it."""
    ambiguous: dict[str, _ByKind] = {}
    """Heading -> fields to try in this order, by kind of table."""
    purchase_signs: tuple[str, ...] = ()
    """Headings of columns that are not read but show a purchase list."""
    noise: tuple[str, ...] = ()
    """Words that may be left out of a heading."""


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The vocabulary of columns, ready to be asked.

    Args:
        by_heading: normalised heading -> field.
        ambiguous: normalised heading -> kind of table -> fields in order.
        beside: normalised heading -> another one of the table -> fields in order.
        signs: normalised headings that show a purchase list.
        noise: words that may be left out of a heading.
        fields: all fields.
    """

    by_heading: dict[str, str]
    ambiguous: dict[str, dict[str, tuple[str, ...]]]
    beside: dict[str, dict[str, tuple[str, ...]]]
    signs: frozenset[str]
    noise: frozenset[str]
    fields: tuple[str, ...]


def column_words(record: Headings) -> ColumnWords:
    """Prepare the vocabulary.

    Raises:
        ValueError: a heading that means two fields.
    """
    by_heading: dict[str, str] = {}
    for field, names in record.fields.items():
        for name in names:
            known = by_heading.setdefault(heading_key(name), field)
            if known != field:
                raise ValueError(f"the heading {name} means {known} and {field}")
    ambiguous = {
        heading_key(name): {"register": one.register, "purchase_record": one.purchase_record}
        for name, one in record.ambiguous.items()
    }
    if twice := by_heading.keys() & ambiguous.keys():
        raise ValueError(f"the heading {sorted(twice)[0]} is both certain and ambiguous")
    return ColumnWords(
        by_heading=by_heading,
        ambiguous=ambiguous,
        beside={
            heading_key(name): {heading_key(other): fields for other, fields in one.beside.items()}
            for name, one in record.ambiguous.items()
        },
        signs=frozenset(map(heading_key, record.purchase_signs)),
        noise=frozenset(map(heading_key, record.noise)),
        fields=tuple(record.fields),
    )


def heading_key(heading: str) -> str:
    """A heading without case, accents, blanks and signs."""
    return "".join(_words(heading))


def _words(heading: str) -> list[str]:
    text = unicodedata.normalize("NFKD", heading[:200].casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return [word for word in _SIGNS.split(text) if word]


def _keys(heading: str, words: ColumnWords) -> list[str]:
    """The keys under which a heading is looked up, the most literal one first."""
    bare = _BRACKETS.sub(" ", heading[:200])
    quiet = [word for word in _words(bare) if word not in words.noise]
    return list(dict.fromkeys(key for key in (heading_key(heading), heading_key(bare), "".join(quiet)) if key))


def is_known(heading: str, words: ColumnWords) -> bool:
    """Whether the vocabulary knows this heading in any way."""
    return any(key in words.by_heading or key in words.ambiguous or key in words.signs for key in _keys(heading, words))


def known_headings(cells: Sequence[str], words: ColumnWords) -> int:
    """How many different headings of a row the vocabulary knows; a long text is no heading."""
    return len({heading_key(cell) for cell in cells if cell and len(cell) <= 80 and is_known(cell, words)})


def guess_kind(headings: Sequence[str], words: ColumnWords) -> TableKind:
    """Whether a table with these headings lists devices or purchases."""
    fields: set[str] = set()
    signs = 0
    for heading in headings:
        keys = _keys(heading, words)
        fields.update(words.by_heading[key] for key in keys[:1] if key in words.by_heading)
        fields.update(words.by_heading[key] for key in keys[1:] if key in words.by_heading)
        signs += any(key in words.signs for key in keys)
    purchase = len(fields & _PURCHASE_FIELDS) + (signs > 0)
    register = len(fields & _REGISTER_FIELDS)
    return "purchase_record" if purchase > register and purchase >= (2 if register else 1) else "register"


def map_columns(
    headings: Sequence[str],
    samples: Sequence[Sequence[str]],
    words: ColumnWords,
    *,
    kind: str = "register",
    said: dict[str, str] | None = None,
) -> list[str]:
    """The field of each column; `IGNORED` for one that is not read.

    Args:
        headings: one per column, as found; made unique by the caller.
        samples: a few values per column, in the same order.
        words: the vocabulary.
        kind: ``register`` or ``purchase_record``, which settles headings such as “Datum”.
        said: heading -> field as the user said or as was remembered; wins over every guess. Headings that are not
            in this table may be another's, with fields of their own.

    Raises:
        SourceError: the user named a field that does not exist.
    """
    chosen = _said(said or {})
    fields: list[str | None] = []
    waiting: list[int] = []
    for index, heading in enumerate(headings):
        field = chosen.get(heading, chosen.get(heading_key(heading)))
        if field and field not in words.fields:
            raise SourceError(
                f"“{field[:40]}” is not a field of a register",
                place=f"column {heading[:60]}",
                next_step=f"Use one of: {', '.join(words.fields)}; or leave it empty to skip the column",
            )
        if field is None:
            keys = _keys(heading, words)
            field = next((words.by_heading[key] for key in keys if key in words.by_heading), None)
            ambiguous = next((key for key in keys if key in words.ambiguous), None)
            if field is None and ambiguous is not None:
                waiting.append(index)
            elif field is None or field in _MOVABLE:
                values = samples[index] if index < len(samples) else ()
                field = _by_content(values, all_of_them=field in _NAMES) or field or IGNORED
        fields.append(field)
    there = {key: index for index, heading in enumerate(headings) for key in _keys(heading, words)}
    of = {index: next(key for key in _keys(headings[index], words) if key in words.ambiguous) for index in waiting}
    # what another heading speaks of is settled first
    for index in sorted(waiting, key=lambda index: not words.beside[of[index]]):
        beside = next(
            (fields for other, fields in words.beside[of[index]].items() if there.get(other, index) != index), ()
        )
        choices = beside or words.ambiguous[of[index]][kind if kind == "purchase_record" else "register"]
        fields[index] = next((choice for choice in choices if choice not in fields), IGNORED)
    return [field or IGNORED for field in fields]


def _said(said: dict[str, str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for heading, field in said.items():
        chosen[heading] = field
        chosen.setdefault(heading_key(heading), field)
    return chosen


def _by_content(values: Sequence[str], *, all_of_them: bool = False) -> str:
    """``mac`` or ``ip`` when most values, or all of them, are addresses of that kind or were meant to be."""
    filled = [value for value in values if value.strip()]
    share = 1.0 if all_of_them else _SHARE
    for field, read in (("mac", read_mac), ("ip", _meant_as_ip)):
        if filled and sum(bool(read(value)) for value in filled) >= share * len(filled):
            return field
    return ""


def _meant_as_ip(value: str) -> bool:
    return read_ip(value) is not None or is_like_ip(value)


_TOGETHER = re.compile(r"[ ]{0,3}[/&+][ ]{0,3}| (?:en|and|und|et) ")


def name_columns(cells: Sequence[str]) -> list[str]:
    """Headings that are all different, so that each can be named when it is corrected.

    A heading merged over two columns that names two things, as “Merk / type”, is divided over them. Columns without a
    heading are called by their letter.
    """
    names: list[str] = []
    for index, cell in enumerate(cells):
        first = index
        while cell and first and cells[first - 1] == cell:
            first -= 1
        last = index
        while cell and last + 1 < len(cells) and cells[last + 1] == cell:
            last += 1
        parts = _TOGETHER.split(cell)
        name = parts[index - first].strip() if last > first and len(parts) == last - first + 1 else cell
        names.append(one_line(name, 80) or f"column {column_letters(index)}")
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            names[index] = f"{name} ({seen[name]})"
    return names


def column_letters(index: int) -> str:
    """Letters of a column from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
