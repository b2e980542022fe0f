"""The one place where text from devices and files is made safe to show: one writer for each output.

It knows what each output would do with a character; it does not know what the text means. Nothing is dropped and
nothing acts: a character that is invisible, that steers a terminal, or that turns the direction of reading is written
as ``\\u{NNNN}``. The notation is unambiguous, so that `undo_cell` gives the very text back, and it differs from the
``\\xNN`` by which observations keep bytes that are no text, so that these stay readable.

The functions are applied once, at the edge. Applying `plain` twice would write the notation in notation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import IO, Any, Literal

import jinja2
import msgspec
from markupsafe import Markup, escape
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from custodiet.report.cited import in_questions, rendering
from custodiet.report.retold import Piece, placed, retold
from custodiet.report.speech import gettext, ngettext
from custodiet.report.speech import language as spoken_now
from custodiet.report.speech import number as spoken_number
from custodiet.report.stood import Stood

LIMIT = 4_000
"""How many characters of one value are shown, after escaping; the rest is counted."""

CELL_LIMIT = 32_000
"""As `LIMIT`, for one cell: a spreadsheet refuses more than 32,767."""

_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# Letters and marks that take no ink or only look like a blank: joiners, Hangul fillers, variation selectors.
_INKLESS = frozenset(
    chr(number)
    for numbers in (
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
    for number in numbers
)
_MOST_MARKS = 3
"""More accents than this on one letter are a picture, and cover the lines around it."""

_OURS = re.compile(r"u\{(?:[0-9A-F]{2,5}|10[0-9A-F]{4})\}")
_NOTATION = re.compile(r"\\u\{([0-9A-F]{2,5}|10[0-9A-F]{4})\}")


def _notation(char: str) -> str:
    number = ord(char)
    return f"\\u{{{number:02X}}}" if number <= 0xFF else f"\\u{{{number:04X}}}"


@lru_cache(maxsize=4096)
def _must_show(char: str) -> bool:
    """Whether a character would act, hide or deceive wherever it stands."""
    return char != " " and (unicodedata.category(char) in _STEERING or char in _INKLESS)


def _pieces(text: str) -> list[str]:
    """One shown piece for each character of the text."""
    shown: list[str] = []
    marks = _MOST_MARKS  # an accent at the very start has no letter of ours to stand on
    for place, char in enumerate(text):
        if char.isascii() and char.isalnum():
            marks = 0
            shown.append(char)
            continue
        accent = unicodedata.category(char) in ("Mn", "Me")
        marks = marks + 1 if accent else 0
        imitates_us = char == "\\" and _OURS.match(text, place + 1) is not None
        shown.append(_notation(char) if imitates_us or _must_show(char) or marks > _MOST_MARKS else char)
    return shown


def plain(text: str, limit: int = LIMIT) -> str:
    """Text on one line that can be read and cannot act.

    Args:
        text: anything, lone surrogates included.
        limit: characters shown at most; a note then says how many characters of the text are left out.
    """
    if text.isascii() and text.isprintable() and "\\" not in text and len(text) <= limit:
        return text
    return "".join(_cut(_pieces(text[: limit + 1]), limit, len(text)))


def _cut(pieces: list[str], limit: int, length: int) -> list[str]:
    """As many pieces as fit, then the note on the rest; ``length`` is that of the whole text in characters."""
    room = limit
    for number, piece in enumerate(pieces):
        room -= len(piece)
        if room < 0:
            return [*pieces[:number], _left_out(length - number)]
    return pieces


def _left_out(number: int) -> str:
    return "… (" + gettext("{number} more characters").format(number=spoken_number(number)) + ")"


def _unplain(text: str) -> str:
    return _NOTATION.sub(lambda hit: chr(int(hit[1], 16)), text)


# --- CSV and XLSX ---------------------------------------------------------------------------------------------------

_STARTERS = "=+\\-@\t\r\uff1d\uff0b\uff0d\uff20"
_STARTS_FORMULA = re.compile(f"[' ]*[{_STARTERS}]")
_GUARDED = re.compile(f"'[' ]*[{_STARTERS}]")


def cell(text: str) -> str:
    """Text for one cell of a table.

    The rule, which `undo_cell` turns round: a text that starts with ``= + - @``, a tab, a carriage return or a
    full-width form of these signs, where leading blanks and apostrophes are looked through, gets one apostrophe in
    front. Everything else is left as `plain` gives it, so ``'s-Hertogenbosch`` stays. Numbers are never passed
    through here and stay numbers.
    """
    shown = plain(text, CELL_LIMIT)
    return f"'{shown}" if _STARTS_FORMULA.match(shown) else shown


def undo_cell(text: str) -> str:
    """The text that `cell` was given, as long as it was not cut."""
    return _unplain(text[1:] if _GUARDED.match(text) else text)


# --- terminal -------------------------------------------------------------------------------------------------------


def console(file: IO[str], *, colour: bool, width: int | None = None) -> Console:
    """A terminal on which data cannot act: no markup, no highlighting, no emoji names, no links.

    Args:
        file: where it writes.
        colour: whether to write colour codes; the caller knows ``NO_COLOR`` and whether a terminal is there.
        width: columns; none: as wide as the terminal is.
    """
    system: Literal["standard"] | None = "standard" if colour else None
    return Console(
        file=file,
        markup=False,
        highlight=False,
        emoji=False,
        color_system=system,
        force_terminal=colour,
        force_interactive=False,
        no_color=not colour,
        legacy_windows=False,
        width=width,
    )


def wants_colour(file: IO[str], environ: Mapping[str, str]) -> bool:
    """Whether colour is welcome: on a terminal, unless ``NO_COLOR`` is set or the terminal is a dumb one."""
    return file.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def styled(text: str, style: str = "", limit: int = LIMIT) -> Text:
    """Text for the terminal; the style ends with the text, also where other text is appended."""
    return Text.assemble((plain(text, limit), style))


def indented(text: str, by: int, style: str = "", limit: int = LIMIT) -> Padding:
    """As `styled`, `by` columns from the left, the lines that it goes on in as well."""
    return Padding(styled(text, style, limit), (0, 0, 0, by), expand=False)


def marked_text(text: str, span: tuple[int, int], limit: int = 160) -> Text:
    """Text for the terminal with the part from ``span[0]`` to ``span[1]`` between « and »; none where it is all.

    Where the text is longer than ``limit`` characters, what stands far from that part is left out.
    """
    start, end = max(0, span[0]), min(span[1], len(text))
    first = max(0, min(start - limit // 4, len(text) - limit))
    last = min(len(text), first + limit)
    end = min(end, last)
    shown = Text("…") if first else Text()
    if start >= end or (start, end) == (0, len(text)):
        shown.append(plain(text[first:last], 8 * limit), "cyan")
    else:
        shown.append(plain(text[first:start], 8 * limit), "cyan")
        shown.append(f"«{plain(text[start:end], 8 * limit)}»", "bold cyan")
        shown.append(plain(text[end:last], 8 * limit), "cyan")
    if last < len(text):
        shown.append(f"… ({len(text) - last:,} more characters)", "dim")
    return shown


def as_it_stood(found: Iterable[Stood], limit: int = 160) -> Text:
    """Text for the terminal of what stood where a claim was read, letter for letter; see `custodiet.report.stood`."""
    text = Text()
    for one in found:
        what = f"{one.name}: " if one.name else f"{one.attribute} was "
        text.append_text(styled(f"; {what}" if text else what))
        text.append_text(marked_text(one.text, one.marks[0] if one.marks else (0, 0), limit))
    return text


# --- HTML -----------------------------------------------------------------------------------------------------------


def _output(value: object) -> object:
    """What every ``{{ }}`` of a template passes through, so that no template has to remember it."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return plain(value)


def html_environment() -> jinja2.Environment:
    """Templates that escape by themselves, refuse unknown names, show text by `plain` and speak the reader's language.

    What is put into a translated sentence does not pass `plain` by itself: it goes through a macro that shows it.
    """
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("custodiet.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_output,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "say": said,
        "heard": heard,
        "abroad": abroad,
        "titled": titled,
        "rendering": rendering,
        "as_known": in_questions,
        "placed": placed,
    }
    made.globals |= {"language": spoken_now, "plain": plain, "notation": lambda: Markup(r"\u{…}")}
    made.filters["capital"] = capital
    return made


def capital(text: str) -> str:
    """A text that begins with a capital; the rest stays as it is, with the names in it. Markup stays Markup."""
    return text[:1].upper() + text[1:]


def said(text: str, whole: bool = False, bare: bool = False) -> Markup:
    """HTML of a sentence that was kept in English: in the language of the reader, or marked as English.

    Args:
        text: the sentence.
        whole: whether it gets a capital and a full stop, which half a sentence has not.
        bare: whether it stands without the element that keeps its direction of reading to itself, as our own words may.
    """
    pieces = retold(text)
    if whole:
        pieces = (Piece(pieces[0].text[:1].upper() + pieces[0].text[1:], pieces[0].english), *pieces[1:])
    shown = [_marked_as(piece.text, "en") if piece.english else escape(plain(piece.text)) for piece in pieces]
    stop = "." if whole else ""
    return _kept_apart(Markup().join([*shown, stop]), bare)


def heard(text: str, whole: bool = False) -> Markup:
    """As `said`, of what was told in English or in the language of the reader already: not marked where not known."""
    whole = whole and bool(text)
    stop = whole and not text.endswith((".", "?", "!"))
    if any(not piece.english for piece in retold(text)):
        return said(text, whole) if stop or not whole else said(text[:1].upper() + text[1:])
    return escape(plain(f"{text[:1].upper()}{text[1:]}{'.' if stop else ''}" if whole else text))


def abroad(text: str, language: str = "", bare: bool = False) -> Markup:
    """HTML of what a record says, in the language of the reader where there is something in it.

    Args:
        text: the text.
        language: of a quotation, which stays in it and is marked where the page has another.
        bare: as `said` has it.
    """
    return _kept_apart(_marked_as(text, language) if language else _rendered(text), bare)


def titled(text: str, bare: bool = False) -> Markup:
    """HTML of a sentence of ours in which titles and questions of records stand in quotation marks."""
    parts = _TITLE.split(text)
    shown = [_rendered(part) if at % 2 else escape(plain(part)) for at, part in enumerate(parts)]
    return _kept_apart(Markup().join(shown), bare)


def _kept_apart(shown: Markup, bare: bool) -> Markup:
    return shown if bare else Markup('<bdi class="value">{}</bdi>').format(shown)


def _rendered(text: str) -> Markup:
    said = rendering(text)
    return escape(plain(said)) if said else _marked_as(text, "en")


def _marked_as(text: str, language: str) -> Markup:
    if language == spoken_now():
        return escape(plain(text))
    return Markup('<span lang="{}">{}</span>').format(language, plain(text))


def marked(text: str, span: tuple[int, int], limit: int = 400) -> Markup:
    """HTML of a text with the part from ``span[0]`` to ``span[1]`` in ``<mark>``; other tags cannot come of it."""
    start, end = max(0, span[0]), min(span[1], len(text))
    pieces = _cut(_pieces(text[: limit + 1]), limit, len(text))
    if start >= min(end, len(pieces)):
        return escape("".join(pieces))
    before, inside, after = ("".join(part) for part in (pieces[:start], pieces[start:end], pieces[end:]))
    return escape(before) + Markup("<mark>") + escape(inside) + Markup("</mark>") + escape(after)


_BESIDE = 40
"""Characters of its line that are shown on either side of a marked part."""


def around(text: str, spans: Collection[tuple[int, int]], limit: int = 160) -> Markup:
    """HTML of the parts of a text in ``<mark>``, with what stands beside them on their lines, none of them cut.

    Args:
        text: the text; one that is no longer than ``limit`` is shown whole.
        spans: start and end of each part; those that are none are left out. Without any it is as `marked` has it.
        limit: characters up to which a text is shown whole.
    """
    held = {place for start, end in spans for place in range(max(0, start), min(end, len(text)))}
    if not held:
        return marked(text, (0, 0), limit)
    kept = held | {p for span in spans for p in (range(len(text)) if len(text) <= limit else _beside(text, *span))}
    pieces, shown = _pieces(text), Markup()
    for (there, inside), run in groupby(range(len(text)), lambda place: (place in kept, place in held)):
        places = list(run)
        part = escape("".join(pieces[places[0] : places[-1] + 1]))
        if not there:
            part = part if len(places) == 1 else Markup("…")
        shown += Markup("<mark>{}</mark>").format(part) if inside else part
    return shown


def _beside(text: str, start: int, end: int) -> range:
    """What is shown of a text with a part of it: of its lines as much as is near."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    return range(max(line, start - _BESIDE), min(stop if stop >= 0 else len(text), end + _BESIDE))


_TITLE = re.compile("(?<=“)([^“”]+)(?=”|$)")
_NOT_ANCHOR = re.compile(r"[^A-Za-z0-9-]")


def anchor(*parts: str) -> str:
    """An ``id`` for HTML made of ids; what is neither letter, digit nor hyphen is written as its number."""
    return "-".join(_NOT_ANCHOR.sub(lambda hit: f"_{ord(hit[0]):x}_", part)[:200] for part in parts)


# --- DOCX -----------------------------------------------------------------------------------------------------------

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def docx(text: str, limit: int = LIMIT) -> str:
    """Text for one run of a document: on one line, nothing that XML cannot hold, the direction of reading unturned.

    It is to be given to a run and to nothing else. A run is shown as it stands: what looks like a field, a link or
    markup in it is text.
    """
    shown = plain(text, limit)
    assert not _NOT_XML.search(shown), "plain shows all that XML cannot hold"
    return shown


# --- JSON -----------------------------------------------------------------------------------------------------------

_ACTS_IN_JSON = re.compile(r"[<>&\x7f]|[^\x00-\x7f]")


def _json_escape(hit: re.Match[str]) -> str:
    char = hit[0]
    if not (char.isascii() or _must_show(char)):
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def json_bytes(value: object) -> bytes:
    """JSON in UTF-8 that gives the same values to every parser and is harmless printed or embedded in a page.

    Characters that act or hide are written as ``\\uNNNN``, and so are ``< > &``. A lone surrogate, which JSON cannot
    carry between programs, is written in the notation of `plain`.
    """
    try:
        raw = msgspec.json.encode(value)
    except UnicodeEncodeError:
        raw = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value)))
    return _ACTS_IN_JSON.sub(_json_escape, raw.decode()).encode()


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(_notation(char) if "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, Iterable):
        return [_without_surrogates(inner) for inner in value]
    return value
