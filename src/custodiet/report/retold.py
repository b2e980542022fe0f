"""Sentences that were made when something was judged and are kept in English, said again in another language.

A finding keeps the sentence of the day it was made, and programs read it as it stands. A page takes it apart by the
shapes that such sentences have, says the shape in the language of the reader, and puts back what stood in the gaps:
names, addresses and days as they are, and what is a sentence itself said again in turn. What has no shape stays
English, and whoever shows it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from custodiet.report.cited import apart, asked, in_questions
from custodiet.report.shapes import COUNTED, SHAPES
from custodiet.report.shapes_of_faults import FAULTS
from custodiet.report.shapes_of_files import FORMATS, UNREAD
from custodiet.report.shapes_of_flaws import FLAWS
from custodiet.report.speech import before, digits, gettext, language, ngettext
from custodiet.report.words import ANSWERS, BANDS, COUNTRIES, SEVERITIES, day, percent

LONGEST = 4_000
"""Characters of a text that is taken apart; a longer one is no sentence of ours."""
_DEEPEST = 8
"""Sentences inside sentences."""

_SENTENCES = frozenset(
    {"said", "more", "kind", "kinds", "whom", "when", "length", "remark", "number", "counts", "out", "in", "why"}
)
"""Gaps in which a phrase stands that has a shape of its own."""
_DAYS = frozenset({"day", "since", "until"})
_LAWS = frozenset({"law", "question"})
_LONG = frozenset({"said", "more", "question", "formats"})
"""Those in which several clauses may stand."""

_ONE = frozenset({"when", "length", "remark", "number"})
"""Those in which no second sentence begins."""

_GAP = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_COUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?) (\D.*)")
_PLACED = re.compile(r"(.+\.\w{1,5}), ((?:sheet [^,]+, )?(?:row|line|packet) \d+)")
_COUNTS = re.compile(r"(?:,| and) (?=\d)")
"""What stands between several counts: names in them may hold a comma or an "and" too."""
_SIZE = re.compile(r"(?:(?:about|at least|at most) )?[\d,.]+ (?:bytes|kB|MB|GB|TB)")
_NEXT = re.compile(r"[.] (?=[A-Z]|\d+ )")
_QUOTED = re.compile(r"(“[^”]*”)")
_AT = re.compile(
    r"(\b(?:after|before|by|from|in|of|on|since|until|to) |(?:^|[(; ])(?=[\d-]+ to \d{4}-))"
    r"(\d{4}-\d\d(?:-\d\d)?)(?![\w/-])"
)
"""A day in a sentence that was kept: it stands behind such a word, and what people are to type does not."""
_IN = re.compile(r"\b((?:legal seat is|registered) in )([A-Z]{2})\b")
"""The country of a company."""
_SHARE = re.compile(r"0\.\d+|1(?:\.0+)?")
_SURE = re.compile(r"(\((?:certain|likely|possible), )(0\.\d+|1(?:\.0+)?)(?=\))")
"""How sure a conclusion is: as a number between nothing and one, which people read as a percentage."""
_KIND = re.compile(r"[a-z0-9-]+ \((.+?)\)(?= or [a-z0-9-]+ \(|$)")
"""A kind of body with its id before it."""
_SAME = re.compile(r"[\d,.]+(?: (?:bytes|kB|MB|GB|TB))?|(?:tcp|udp|icmp|esp|gre)(?: [\d, -]+)?")
"""What is written alike in every language: numbers, sizes, ports."""


class Piece(NamedTuple):
    """A stretch of what is said."""

    text: str
    english: bool = False
    """Whether it stayed in English, where another language is spoken."""
    kept: bool = False
    """Whether it is to stay so: an id, as it is written in a file."""


Said: TypeAlias = tuple[Piece, ...]


class _Shape(NamedTuple):
    text: str
    literals: tuple[str, ...]
    """What stands before, between and after the gaps."""
    gaps: tuple[str, ...]


def retold(text: str) -> Said:
    """A kept sentence in the language that is spoken now; in English it is one piece, as it stands."""
    if not text or len(text) > LONGEST:
        return (Piece(text, language() != "en"),)
    text = before(text)
    if language() == "en":
        return (Piece(_with_days(in_questions(text))),)
    told: list[Piece] = []
    for piece in _retold(language(), text):
        told += _cited(piece.text) if piece.english and not piece.kept else [piece]
    return _joined(tuple(told))


def _with_days(text: str) -> str:
    """An English sentence with days, countries and shares as people write them; what is quoted stays."""
    parts = _QUOTED.split(text)
    parts[::2] = [_AT.sub(lambda found: found[1] + day(found[2]), part) for part in parts[::2]]
    parts[::2] = [_SURE.sub(lambda found: found[1] + percent(float(found[2])), part) for part in parts[::2]]
    parts[::2] = [_IN.sub(lambda found: found[1] + COUNTRIES.get(found[2], found[2]), part) for part in parts[::2]]
    return "".join(parts)


def _cited(text: str) -> Iterator[Piece]:
    """What has no shape may be what records of directives say, and these are not the same for every body."""
    for at, (part, said) in enumerate(apart(text)):
        blank = " " if at else ""
        yield from [Piece(blank + said)] if said else [Piece(*one) for one in asked(blank + part)]


def in_words(text: str) -> str:
    """The same as one text, for where no language can be marked: what stayed English stands in quotation marks."""
    return "".join(_quoted(piece.text) if piece.english else piece.text for piece in retold(text))


def placed(label: str) -> str:
    """The label of a device; one that is known by its place in a file alone has that place in the language spoken."""
    found = _PLACED.fullmatch(label)
    return f"{found[1]}, {in_words(found[2])}" if found else label


def in_a_name(label: str) -> str:
    """The label of a device for the name of a file, which is read in any language."""
    found = _PLACED.fullmatch(label)
    return f"{found[1]}-{found[2].rpartition(' ')[2]}" if found else label


def _quoted(text: str) -> str:
    whole = text.startswith("“") and text.find("”") == len(text) - 1
    return text if whole else f"“{text}”"


@lru_cache(maxsize=8192)
def _retold(spoken: str, text: str, depth: int = 0) -> Said:
    """What is said of a text; ``spoken`` keeps languages apart in memory."""
    if depth > _DEEPEST:
        return (Piece(text, english=True),)
    if counted := _counted(text):
        return (Piece(counted),)
    for shape in _beginning(text[:1]):
        found = _gaps(shape, text)
        if found is not None:
            return _filled(spoken, gettext(shape.text), dict(zip(shape.gaps, found, strict=True)), depth)
    if _SAME.fullmatch(text):
        return (Piece(digits(text) if text[0].isdigit() else text),)
    for between, parts in _parted(text):
        told = [_retold(spoken, part, depth + 1) for part in parts]
        if any(not piece.english for pieces in told for piece in pieces):
            return tuple(_between(told, between))
    return (Piece(text, english=True),)


@cache
def _shapes() -> tuple[_Shape, ...]:
    """Those that begin with words of their own come first, and of these those with the most."""
    texts = (*SHAPES, *FAULTS, *FLAWS, *UNREAD, *FORMATS)
    made = [_Shape(text, tuple(_GAP.split(text)[::2]), tuple(_GAP.findall(text))) for text in texts]
    return tuple(sorted(made, key=lambda shape: (not shape.literals[0], -sum(map(len, shape.literals)), shape.text)))


@cache
def _beginning(letter: str) -> tuple[_Shape, ...]:
    """The shapes that a text with this first letter can have, in their order: places are looked at by the thousand."""
    return tuple(shape for shape in _shapes() if shape.literals[0][:1] in ("", letter))


def _gaps(shape: _Shape, text: str) -> list[str] | None:
    """What stands in the gaps; none where the text has another shape. It takes no longer than the text is long."""
    first, *middle = shape.literals
    if not middle:
        return [] if text == first else None
    last = middle.pop()
    if not (text.startswith(first) and text.endswith(last)) or len(text) < len(first) + len(last):
        return None
    rest = text[len(first) : len(text) - len(last)]
    for found in (_from_the_left(middle, rest), _from_the_right(middle, rest)):  # a name may hold what parts gaps
        if found and all(map(_fits, shape.gaps, found)):
            return found
    return None


def _from_the_left(literals: list[str], rest: str) -> list[str]:
    """What stands between the literals, each at its first place; none where one is missing."""
    found = []
    for literal in literals:
        inside, met, rest = rest.partition(literal)
        if not met:
            return []
        found.append(inside)
    return [*found, rest]


def _from_the_right(literals: list[str], rest: str) -> list[str]:
    """The same, each at its last place."""
    found: list[str] = []
    for literal in reversed(literals):
        rest, met, inside = rest.rpartition(literal)
        if not met:
            return []
        found.insert(0, inside)
    return [rest, *found]


def _fits(gap: str, text: str) -> bool:
    """Whether a text can stand in a gap: a name holds no second clause, and a day is one."""
    if gap in _DAYS:
        return _DAY.fullmatch(text) is not None
    if gap in ("out", "in", "size"):
        return _SIZE.fullmatch(text) is not None
    if gap == "counts":
        return all(map(_counted, _COUNTS.split(text)))
    if gap == "number" and not text[:1].isdigit():
        return False
    if gap == "company" and _COUNTS.search(text):
        return False
    if gap in _ONE and _NEXT.search(text):
        return False
    return bool(text) and (gap in _LONG or "; " not in text)


def _filled(spoken: str, text: str, found: dict[str, str], depth: int) -> Said:
    """A shape in the language that is spoken, with its gaps filled."""
    told: list[Piece] = []
    for at, part in enumerate(_GAP.split(text)):
        if not at % 2:
            told.append(Piece(part))
        elif part in _SENTENCES:
            told += _retold(spoken, found[part], depth + 1)
        else:
            kept = found[part]
            said = day(kept) if part in _DAYS else _word(part, kept)
            english = part in _LAWS or part == "ids" or (part == "purpose" and said == kept)
            told.append(Piece(said, english, part == "ids"))
    return tuple(told)


def _word(gap: str, text: str) -> str:
    """A word of a closed list in the language that is spoken, several names with its "and"; all else as it stands."""
    if gap.startswith("bodies"):
        return _KIND.sub(lambda found: gettext(found[1]), text).replace(" or ", f" {gettext('or')} ")
    if gap == "formats":
        for title in sorted(FORMATS, key=len, reverse=True):
            text = text.replace(title, gettext(title))
        return text
    if gap == "share" and _SHARE.fullmatch(text):
        return percent(float(text))
    if gap in ("share", "size"):
        return digits(text)
    if gap == "purpose":
        return gettext(text)
    if gap == "answer":
        return ANSWERS.get(text, text)
    if gap == "country":
        return COUNTRIES.get(text, text)
    if gap == "band":
        return BANDS.get(text) or SEVERITIES.get(text, text)
    return text.replace(" and ", f" {gettext('and')} ") if gap in ("owners", "names") else text


def _counted(text: str) -> str:
    """``3 relays``; empty where nothing is counted that is known."""
    found = _COUNT.fullmatch(text)
    one = next((one for one, several in COUNTED.items() if found and found[2] in (one, several)), "")
    if not found or not one:
        return ""
    many = 1 if found[1] == "1" else 2
    return f"{digits(found[1])} {ngettext(one, COUNTED[one], many)}"


def _parted(text: str) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """The ways in which a text is several, with what stands between them and before the last."""
    if text[:1].isdigit() and len(counts := _COUNTS.split(text)) > 1:
        yield (", ", f" {gettext('and')} "), counts
    if "; " in text:
        yield ("; ", "; "), text.split("; ")
    if len(sentences := re.split(r"(?<=\.) (?=[A-Z]|\d+ )", text)) > 1:
        yield (" ", " "), sentences
    for last in ("and", "or"):
        if len(parts := re.split(f", | {last} ", text)) > 1:
            said = f" {gettext(last)} "
            yield (said if last == "or" else ", ", said), parts


def _between(told: list[Said], between: tuple[str, str]) -> Iterator[Piece]:
    for at, pieces in enumerate(told):
        if at:
            yield Piece(between[at == len(told) - 1])
        yield from pieces


def _joined(pieces: Said) -> Said:
    """With neighbours of one language as one piece."""
    told: list[Piece] = []
    for piece in pieces:
        if told and told[-1].english == piece.english:
            told[-1] = Piece(told[-1].text + piece.text, piece.english)
        elif piece.text:
            told.append(piece)
    return tuple(told)
