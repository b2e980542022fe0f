"""A line that people wrote -> the things it names: which, how many, and what each name stands for.

A register row, an invoice line or a sentence of a tender in Dutch or English. Parts are told apart by commas, "and"
and counts; what stands behind "for", "compatible with" or "instead of" belongs to no thing of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.models import describe_model
from custodiet.identify.remembered import by_version
from custodiet.identify.statements import class_in_words
from custodiet.identify.text.mentions import Asks, Mention, mentions, plain
from custodiet.identify.text.numbers import alike
from custodiet.identify.text.quantities import Quantity, quantities
from custodiet.identify.text.roles import NOUNS, Role, lowered

MOST_ITEMS = 100
"""Things of one line; nobody writes more, and what does is not read further."""

SHORT = 500
"""Characters of a line that is remembered; longer ones hardly repeat, and would fill the memory."""

KEPT_LINES = 20_000
"""Lines whose things are kept at hand."""


class LineItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a line names, or one name that stands for no thing of the line."""

    quantity: int | None = None
    """How many; none where the line does not say, or says it vaguely."""
    start: int
    """Where the part of the line that speaks of it begins."""
    end: int
    """Where that part ends."""
    model: str = ""
    """The model in its right spelling."""
    brand: str = ""
    """Id of the brand."""
    manufacturer: str = ""
    """Id of the company that makes it, where a record says so."""
    device_class: str = ""
    """What it is, a word of the vocabulary; empty where the line leaves it open."""
    role: Role = "is"
    """``is`` for the thing itself; else what the name stands for."""
    why: str = ""
    """The words that give the role, or what was read for a misspelt name."""


@dataclass(slots=True)
class _Part:
    """A stretch of the line between two separators."""

    start: int
    end: int
    lead: str
    """What stands before it: nothing or a sign, ``with`` or ``aside`` for words such as "for"."""
    names: list[Mention] = field(default_factory=list)
    counts: list[Quantity] = field(default_factory=list)
    kind: str = ""
    noun_first: bool = False


@dataclass(slots=True)
class _Thing:
    start: int
    end: int
    brand: Mention | None = None
    model: Mention | None = None
    counts: list[Quantity] = field(default_factory=list)
    kind: str = ""


_CUT = re.compile(
    r"(?P<sign>[;|\n\r•]|,(?!\d)|(?<!\d),|\s[+&/]\s|\+(?=\s?\d{1,4}\s?x)|:\s)|(?P<stop>\.\s+)|"
    r"\b(?P<and>en|and|plus|alsmede|evenals|sowie)\s|"
    r"\b(?P<with>incl\.?|inclusief|inclusive(?: of)?|including|met|with|voorzien van)\s|"
    r"\b(?P<aside>voor|for|t\.?b\.?v\.?|ten behoeve van|i\.?p\.?v\.?|in plaats van|instead of|vervangt|replaces|"
    r"replacing|ter vervanging van|compatib\w+ (?:with|met)|compatibel met|geschikt voor|suitable for|werkt met|"
    r"works with|zonder|without|geen|niet|not|behalve|except|excl\.?|exclusief|excluding|op|on|bij|in|at|aan|naar|tot)"
    r"\s"
)
_NOUN_FIRST = re.compile(
    r"(?i)\s*(?:(?:\d{1,4}\s?(?:x|st\w{0,4}|pcs)?|een|de|het|a|an|the|nieuwe|new|extra|losse|ip|netwerk|network)\s+){0,3}"
    r"[\w-]{0,30}(?:camera|dome|bullet|turret|ptz|[ndx]vr|recorder|encoder|intercom|deurbel|doorbell|lezer|reader|switch)"
)
_ITS_THING = re.compile(rf"(?i)(?:\s[\w'-]{{1,20}}){{0,2}}?\s(?:{NOUNS})(?![\w-])")
_SHORTENED = re.compile(r"(?i)(?<![\w-])(?:st|stk|pcs?|nr|art|incl|excl|ca|max|min|qty|evt|bijv)\.?\Z")
"""A word that is written with a full stop, which ends no sentence."""
_THING_OR_COUNT = re.compile(r"(?i)\s*(?:\d{1,5}\s?(?:x|st|pcs|stuks)\b|\d{1,3}\s)")


def read_line(text: str, matcher: Asks, *, repair: bool = True) -> tuple[LineItem, ...]:
    """The things that a line names.

    Args:
        text: one line; what stands behind 4,000 characters is not read.
        matcher: the records, made ready.
        repair: also read misspelt names.

    Returns:
        The things in the order of the line, and after them the names that stand for none of them.
    """
    line = plain(text)
    if len(line) > SHORT:
        return tuple(_read(line, matcher, repair))
    same = alike(line, matcher)
    items = _read_once(same, matcher, repair)
    if same is not line and any(item.why for item in items):
        return _read_once(line, matcher, repair)  # what is quoted from the line must stand in it
    return items


class Lines:
    """Lines repeat in registers and invoices: the things of each are kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bool], tuple[LineItem, ...]] = {}

    def of(self, line: str, repair: bool) -> tuple[LineItem, ...] | None:
        """The things of a line, see `plain`; nothing where they are not known."""
        return self._kept.get((line, repair))

    def keep(self, line: str, repair: bool, items: tuple[LineItem, ...]) -> None:
        """Keep the things of a line, in the place of the oldest where there is no room."""
        if len(self._kept) >= KEPT_LINES:
            del self._kept[next(iter(self._kept))]
        self._kept[line, repair] = items


_LINES: dict[str, Lines] = by_version()


def lines_of(catalog: Catalog) -> Lines:
    """The lines that were read with a version of a catalog, which never changes."""
    return _LINES.setdefault(catalog.version, Lines())


def _read_once(line: str, matcher: Asks, repair: bool) -> tuple[LineItem, ...]:
    lines = lines_of(matcher.catalog)
    items = lines.of(line, repair)
    if items is None:
        items = tuple(_read(line, matcher, repair))
        lines.keep(line, repair, items)
    return items


def _read(text: str, matcher: Asks, repair: bool) -> Iterator[LineItem]:
    names = mentions(text, matcher, repair=repair)
    parts = _parts(text, names, list(quantities(text)))
    found = (thing for thing in _things(parts, matcher) if thing.model or thing.brand or thing.kind)
    yield from (_item(text, thing, matcher) for thing in islice(found, MOST_ITEMS))
    yield from map(_aside, islice((mention for mention in names if mention.role != "is"), MOST_ITEMS))


def _parts(text: str, names: list[Mention], counts: list[Quantity]) -> list[_Part]:
    """The stretches of a line, each with the names and counts that begin in it."""
    parts = [_Part(0, len(text), "")]
    for cut in islice(_CUT.finditer(lowered(text)), MOST_ITEMS):
        lead = cut.lastgroup or ""
        if any(mention.start < cut.start() < mention.end for mention in names):
            continue
        if lead == "stop" and not text[cut.end() : cut.end() + 1].isupper():
            continue  # "4 st. dome"
        if lead == "stop" and _SHORTENED.search(text, max(0, cut.start() - 8), cut.start() + 1):
            continue  # "2 st. IPC-HFW2831"
        last = parts[-1]
        if lead == "and" and last.lead == "aside" and not _THING_OR_COUNT.match(text, cut.end()):
            lead = "aside"  # "for A and B"
        last.end = cut.start()
        parts.append(_Part(cut.end(), len(text), lead))
    for part in parts:
        part.names = [mention for mention in names if part.start <= mention.start < part.end]
        part.counts = [count for count in counts if part.start <= count.start < part.end]
        words = _own_words(text, part)
        part.kind = class_in_words(words)
        part.noun_first = _NOUN_FIRST.match(words) is not None
    return parts


def _own_words(text: str, part: _Part) -> str:
    """The words of a stretch without those that go with a name that stands for something else: "for X cameras"."""
    words = text[part.start : part.end]
    for mention in part.names:
        if mention.role == "is":
            continue
        start, end = mention.start - part.start, mention.end - part.start
        if mention.stands.reach:  # "X cameras are replaced by": no camera before these words is meant
            start, end = 0, mention.stands.reach - part.start
        elif not mention.stands.property and (thing := _ITS_THING.match(text, mention.end, part.end)):
            end = thing.end() - part.start
        words = words[:start] + " " * (end - start) + words[end:]
    return words


def _things(parts: list[_Part], matcher: Asks) -> Iterator[_Thing]:
    thing: _Thing | None = None
    for part in parts:
        meant = [mention for mention in part.names if mention.role == "is"]
        models = [mention for mention in meant if mention.model and not _only_its_part(part, mention, matcher)]
        brands = [mention for mention in meant if not mention.model]
        counts = [] if part.lead == "aside" else part.counts
        kind = "" if part.lead == "aside" else part.kind
        if thing is None:
            if not (models or brands or kind or counts):
                continue
            thing = _Thing(part.start, part.end)
        elif _is_new(thing, part, models, brands, kind, counts):
            yield thing
            thing = _Thing(part.start, part.end)
        for place, mention in enumerate(models):
            if thing.model is not None and not _same(thing.model, mention):
                end = thing.end
                thing.end = mention.start
                yield thing
                later = [count for count in counts if count.start >= models[place - 1].end] if place else counts
                thing.counts = [count for count in thing.counts if count not in later]
                thing = _Thing(mention.start, end)
                brands = [brand for brand in brands if brand.start >= models[place - 1].end] if place else brands
            thing.model = thing.model or mention
        thing.brand = thing.brand or next(iter(brands), None)
        if part.lead != "with" or thing.start == part.start or not part.kind:
            thing.counts += counts
        thing.kind = thing.kind or kind
        if part.lead != "aside":
            thing.end = max(thing.end, part.end)
    if thing:
        yield thing


def _is_new(
    thing: _Thing, part: _Part, models: list[Mention], brands: list[Mention], kind: str, counts: list[Quantity]
) -> bool:
    """Whether a stretch begins another thing, or tells more of the one before it."""
    if models and thing.model:
        return not _same(thing.model, models[0])
    if models and part.lead == "with" and (thing.kind or thing.brand):
        return bool(counts) or models[0].says("device_class") != thing.kind
    if models and brands and thing.brand and thing.brand.says("brand") != brands[0].says("brand"):
        return True
    if models and counts and thing.counts:
        return True
    if brands and thing.brand and thing.brand.says("brand") != brands[0].says("brand"):
        return part.lead != "aside"
    if models:
        return bool(thing.model)
    if counts and kind and (thing.counts or thing.model or thing.kind):
        return part.lead != "with" or kind != "not_surveillance"
    if kind and kind != "not_surveillance" and part.noun_first and part.lead in ("sign", "stop", "and"):
        return bool(thing.kind) and thing.kind != kind and "surveillance" not in (thing.kind, kind)
    return False


def _only_its_part(part: _Part, mention: Mention, matcher: Asks) -> bool:
    """Whether a stretch is about a bracket, a licence or work, and the model only says for what."""
    own = mention.says("device_class")
    return part.kind == "not_surveillance" and own not in ("", "not_surveillance") and part.lead != "aside"


def _same(left: Mention, right: Mention) -> bool:
    one, other = sorted((left.model.upper(), right.model.upper()), key=len)
    return other.startswith(one)


def _item(text: str, thing: _Thing, matcher: Asks) -> LineItem:
    start, end = _trimmed(text, thing)
    named = [mention for mention in (thing.model, thing.brand) if mention]
    model = thing.model.model if thing.model else ""
    device_class = next((said for mention in named if (said := mention.says("device_class"))), "")
    if model and device_class in ("", "surveillance"):
        reading = describe_model(model, matcher.catalog)
        device_class = (reading.device_class if reading else "") or device_class
    if device_class in ("", "surveillance"):
        device_class = thing.kind or device_class
    numbers = {count.number for count in thing.counts}
    repaired = next((mention for mention in named if mention.repaired), None)
    return LineItem(
        quantity=next(iter(numbers)) if len(numbers) == 1 else None,
        start=start,
        end=end,
        model=model,
        brand=next((said for mention in named if (said := mention.says("brand"))), ""),
        manufacturer=next((said for mention in named if (said := mention.says("manufacturer"))), ""),
        device_class=device_class,
        why=f"“{text[repaired.start : repaired.end]}” was read as {repaired.repaired}" if repaired else "",
    )


def _trimmed(text: str, thing: _Thing) -> tuple[int, int]:
    places = [count.start for count in thing.counts]
    start = min([thing.start, *(place for place in places if place < thing.start)])
    words = text[start : thing.end]
    return start + len(words) - len(words.lstrip(" ,;+")), start + len(words.rstrip(" ,;+"))


def _aside(mention: Mention) -> LineItem:
    return LineItem(
        start=mention.start,
        end=mention.end,
        model=mention.model,
        brand=mention.says("brand"),
        manufacturer=mention.says("manufacturer"),
        device_class=mention.says("device_class"),
        role=mention.role,
        why=mention.stands.why,
    )
