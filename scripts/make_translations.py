"""Gather what pages say into the Dutch word list, and compile it.

    python scripts/make_translations.py [--check]

New sentences are put into ``locale/nl/LC_MESSAGES/django.po`` without a translation, those that nobody says any more
are taken out, and ``django.mo``, which Django reads, is made of it. With ``--check`` nothing is written, and it fails
where something is missing, untranslated, or differs in what is put into it.

Notes of the catalog stand in ``notes.po`` beside it. Whoever adds a record need know no Dutch: how many sentences of
notes are not translated is printed, and is no fault; nor is it one that the list has others than the catalog.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from custodiet.catalog import load_catalog
from custodiet.egress.ways_in import kept_for_what
from custodiet.report import (
    dossier,
    egress,
    fields,
    proof,
    recorded,
    shapes,
    shapes_of_faults,
    shapes_of_files,
    shapes_of_flaws,
    shapes_of_notes,
    stood,
    summary,
    telling,
    ways,
    words,
)
from custodiet.report.noted import remarked, sentences, shape_of
from custodiet.report.speech import Words
from custodiet.returns.questions import QUESTIONS

SOURCE = Path(__file__).resolve().parents[1] / "src" / "custodiet"
WORDS = SOURCE / "web" / "locale" / "nl" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "noted": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
HEADER = "# What the pages say in Dutch; gathered and compiled by scripts/make_translations.py"
_PUT_IN = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{[^{}]*\}")
_COUNTED = re.compile(r'\bcount\((?:[^()"]|\([^()]*\))+, "(?P<one>[^"]+)"(?:, "(?P<many>[^"]+)")?\)')
_LETTERS = re.compile(r"[^\W\d_]")


def said() -> Catalog:
    """All sentences of the pages, without translations."""
    catalog = Catalog()
    for message in _gathered():
        ids = message if isinstance(message, tuple) else (message,)
        if all(_LETTERS.search(id) for id in ids if id):
            catalog.add(message)
    return catalog


def _gathered() -> Iterator[str | tuple[str, ...]]:
    for path in sorted([*(SOURCE / "web").rglob("*.py"), *(SOURCE / "report").glob("*.py")]):
        if "migrations" not in path.parts:
            for _, message, _, _ in extract_from_file("python", path, KEYWORDS):
                yield message
            yield from _counted(path.read_text(encoding="utf-8"))
    options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}
    for path in sorted([*(SOURCE / "web" / "templates").rglob("*.html"), *(SOURCE / "report").rglob("*.html")]):
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", path, KEYWORDS, options=options):
            yield message
        yield from _counted(path.read_text(encoding="utf-8"))
    yield from _words()
    yield from _countries()
    yield from (one.means for one in load_catalog().body_kinds.values())
    yield from filter(None, map(kept_for_what, load_catalog().endpoints.values()))
    yield from _of_the_law()


def _counted(text: str) -> Iterator[tuple[str, str]]:
    """Nouns that are counted: ``count(number, "device")``, with the plural where it is not made by an s."""
    for found in _COUNTED.finditer(text):
        yield found["one"], found["many"] or found["one"] + "s"


def _words() -> Iterator[str | tuple[str, str]]:
    """Words for codes, and others that stand in lists: they are looked up while the program runs."""
    for module in (dossier, egress, fields, proof, recorded, stood, summary, telling, ways, words):
        for kept in vars(module).values():
            if isinstance(kept, Words):
                yield from dict.values(kept)
    yield from words._MONTHS
    for label, means in (*summary.FIVE_NAMES.values(), *summary.MORE_FIELDS.values()):
        yield label
        yield means
    yield from (
        *shapes.SHAPES,
        *shapes_of_faults.FAULTS,
        *shapes_of_files.UNREAD,
        *shapes_of_files.FORMATS,
        *shapes_of_flaws.FLAWS,
        *shapes_of_notes.NOTES,
    )
    yield from shapes.COUNTED.items()
    yield from words.KINDS.values()
    yield from ((one, many) for many, one in words.UNITS.items())
    yield egress.HIDDEN
    yield "and"
    yield "or"


def _of_the_law() -> Iterator[str]:
    """What records of directives say in English: words of ours, and quotations, beside which a translation is shown."""
    for one in load_catalog().directives.values():
        yield from filter(None, (one.title, one.instrument, one.covers.text))
        yield from (window.text for window in one.suspensions)
        yield from one.conditions.values()
        yield from (sentence.text for sentence in one.requirements if sentence.language in ("", "en"))
    yield from (texts["en"] for texts in QUESTIONS.values() if "en" in texts)


def _countries() -> dict[str, str]:
    """Name of each country as the vocabulary has it -> in Dutch, where Unicode's list has the country."""
    dutch = Locale("nl").territories
    return {one.means: dutch.get(one.id, "") for one in load_catalog().countries.values()}


def remarks() -> list[str]:
    """Sentences of what records of the catalog remark, but for those that are a shape."""
    told = (text for records in vars(load_catalog()).values() for text in remarked(records))
    return sorted({sentence for text in told for sentence in sentences(text) if not shape_of(sentence)[0]})


def of_notes() -> Catalog:
    """The word list of notes as it ought to stand."""
    had, catalog = {one.id: one.string for one in _read(_notes())}, Catalog(locale="nl", fuzzy=False)
    for sentence in remarks():
        catalog.add(sentence, had.get(sentence, ""))
    return catalog


def _notes() -> Path:
    return WORDS.with_name("notes.po")


def untranslated() -> int:
    """How many sentences of notes are not there in Dutch yet."""
    had = {one.id for one in _read(_notes()) if one.string}
    return sum(one not in had for one in remarks())


def updated() -> Catalog:
    """The word list as it ought to stand: what is said now, with the translations that are there."""
    had, catalog, countries = _read(WORDS), Catalog(locale="nl", fuzzy=False), _countries()
    for message in said():
        if message.id:
            old = had.get(message.id)
            same = old and not old.fuzzy and old.pluralizable == message.pluralizable
            kept = old.string if same else ""
            catalog.add(message.id, kept or (countries.get(message.id, "") if isinstance(message.id, str) else ""))
    return catalog


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="nl")
    with path.open("rb") as file:
        return read_po(file, locale="nl")


def faults(catalog: Catalog) -> Iterator[str]:
    """What is not translated, and translations into which something else is put than into the sentence."""
    for message in catalog:
        if not message.id:
            continue
        ids, texts = _parts(message.id), _parts(message.string)
        if not all(texts) or len(texts) != len(ids):
            yield f"not translated: {ids[0]!r}"
        elif any(_put_in(text) - _put_in(ids[-1]) for text in texts) or _put_in(texts[-1]) != _put_in(ids[-1]):
            yield f"other things are put in: {ids[0]!r}"
        elif any(text[:1].isspace() != ids[0][:1].isspace() for text in texts):
            yield f"begins otherwise: {ids[0]!r}"


def _parts(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _put_in(text: str) -> set[str]:
    return set(_PUT_IN.findall(text))


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """The word list, and what Django reads; the same each time, so that a change shows only what changed."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, width=120, no_location=True, omit_header=True, sort_output=True)
    told = 'msgid ""\nmsgstr ""\n' + "".join(
        f'"{line}\\n"\n'
        for line in (
            "Language: nl",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "Plural-Forms: nplurals=2; plural=(n != 1);",
        )
    )
    whole = f"{HEADER}\n{told}\n".encode() + text.getvalue()
    write_mo(compiled, read_po(io.BytesIO(whole), locale="nl"))
    return whole, re.sub(rb"POT-Creation-Date: [^\n]*\n|PO-Revision-Date: [^\n]*\n", _blank, compiled.getvalue())


def _blank(found: re.Match[bytes]) -> bytes:
    """As many characters, so that the places in the file stay right, and no time among them."""
    name, _, rest = found[0].partition(b": ")
    return name + b": " + b" " * (len(rest) - 1) + b"\n"


def stale() -> list[str]:
    """What keeps the word list from being whole and in step; empty: nothing."""
    catalog = updated()
    text, compiled = written(catalog)
    wrong = list(faults(catalog))
    if not WORDS.exists() or WORDS.read_bytes() != text:
        wrong.append(f"{WORDS.name} is not in step with the pages")
    for kept, content in ((WORDS, compiled), (_notes(), written(_read(_notes()))[1])):
        made = kept.with_suffix(".mo")
        if not made.exists() or made.read_bytes() != content:
            wrong.append(f"{made.name} is not made of {kept.name}")
    return wrong


def renew() -> None:
    """Write both lists anew; who comes meanwhile waits, and nobody ever reads half a file."""
    WORDS.parent.mkdir(parents=True, exist_ok=True)
    with _alone():
        for kept, made in ((WORDS, updated), (_notes(), of_notes)):
            text, compiled = written(made())
            for path, content in ((kept, text), (kept.with_suffix(".mo"), compiled)):
                fresh = path.with_name(f".{path.name}.new")
                fresh.write_bytes(content)
                fresh.replace(path)


@contextmanager
def _alone() -> Iterator[None]:
    # the lock is on the folder, which stays where it is when a file in it is replaced
    folder = os.open(WORDS.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main() -> None:
    """Write both lists, or only look."""
    if "--check" not in sys.argv:
        renew()
    if left := untranslated():
        print(f"sentences of notes that are not there in Dutch: {left}")
    if wrong := stale():
        sys.exit("\n".join([*wrong[:20], f"{len(wrong)} in all; mend them in {WORDS}, and run this again"]))


if __name__ == "__main__":
    main()
