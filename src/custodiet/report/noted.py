"""What records of the catalog remark, in the language of the reader: notes, what was read where, what a word means.

There are many, and many share sentences, so they are said sentence by sentence. The sentences stand in a word list of
their own beside that of the pages, which is read when the first of them is asked for: whoever adds a record need know
no other language, and what is not in the list stays English. A remark is said whole or not at all.
"""

from __future__ import annotations

import gettext as lists
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from custodiet.report.shapes_of_notes import NAMES, NOTES
from custodiet.report.speech import gettext, language

LISTS = Path(__file__).resolve().parents[1] / "web" / "locale"
"""The word lists, a folder for each language."""

# A full stop ends none in "Fr. Sauter", "S. Fewer", "(abbr. X)", "GmbH & Co. KG" and "Co., Ltd. (841)".
_ENDS = re.compile(r"(?<=[.?])(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z]\.)(?<!\babbr\.) (?![-(])(?!(?:KG|KGaA|Ltd)\b)")
REMARKS = {
    "note",
    "Affected.what",
    "Directive.issuer",
    "Directive.unconfirmed",
    "EntityTest.law",
    "ModelFamily.name",
    "PartGrammar.says",
    "PartGrammar.values",
    "Reference.where",
    "Relation.scope",
    "Series.name",
    "Step.id",
    "Step.means",
    "Strength.id",
    "Strength.means",
    "Technique.id",
    "Technique.means",
    "Vulnerability.title",
}
"""Fields of records that are remarks: by their name, or by that of the record and theirs."""

_NAMES_TO_THE_END = "Also registered as "
_GAP = re.compile(r"\{(\w+)\}")


class _Missing(lists.NullTranslations):
    """What a list answers that does not have a sentence: nothing, since some are alike in both languages."""

    def gettext(self, message: str) -> str:
        return ""


def remarked(value: object, field: str = "") -> Iterator[str]:
    """What records remark, with all that stands inside them."""
    if isinstance(value, str):
        if field in REMARKS and "{}" not in value:
            yield value
    elif isinstance(value, msgspec.Struct):
        kind = type(value).__name__
        for name in value.__struct_fields__:
            yield from remarked(getattr(value, name), name if name == "note" else f"{kind}.{name}")
    elif isinstance(value, Mapping):
        yield from remarked(tuple(value.values()), field)
    elif isinstance(value, tuple):
        for inner in value:
            yield from remarked(inner, field)


@cache
def _list(code: str) -> lists.NullTranslations:
    with (LISTS / code / "LC_MESSAGES" / "notes.mo").open("rb") as file:
        read = lists.GNUTranslations(file)
    read.add_fallback(_Missing())
    return read


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((shape, _pattern(shape)) for shape in NOTES)


def _pattern(shape: str) -> re.Pattern[str]:
    parts = _GAP.split(shape)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = (f"(?P<{name}>{NAMES[name]})" for name in parts[1::2])
    return re.compile("".join(parts))


def sentences(text: str) -> list[str]:
    """A remark sentence by sentence; a full stop inside a name ends none."""
    told, begins, names = text.partition(_NAMES_TO_THE_END)
    return [*(_ENDS.split(told.rstrip()) if told else ()), *([begins + names] if begins else ())]


def shape_of(sentence: str) -> tuple[str, dict[str, str]]:
    """The shape of a sentence with names in it, and these by their gaps; empty: it has none."""
    for shape, pattern in _shapes():
        if found := pattern.fullmatch(sentence):
            return shape, found.groupdict()
    return "", {}


def noted(text: str) -> str:
    """A remark in the language that is spoken; empty where one of its sentences is not known in it."""
    told = [_said(sentence) for sentence in sentences(text)]
    return " ".join(told) if all(told) else ""


def _said(sentence: str) -> str:
    if said := _list(language()).gettext(sentence):
        return said
    shape, names = shape_of(sentence)
    return gettext(shape).format(**{gap: _put_in(gap, text) for gap, text in names.items()}) if shape else ""


def _put_in(gap: str, text: str) -> str:
    return text.replace(" and ", f" {gettext('and')} ") if gap == "models" else text
