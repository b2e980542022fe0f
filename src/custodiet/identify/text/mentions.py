"""Where a text names a brand or a model, what the records say of it there, and what the name stands for.

The names stand in the records of ``device.text`` and ``device.model``; here is how a name is found in a line, in its
right spelling or a wrong one, and whether the line is about the thing itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from custodiet.catalog.contents import Catalog
from custodiet.catalog.models import describe_model
from custodiet.catalog.rule import fill
from custodiet.catalog.spelling import fold
from custodiet.identify.remembered import by_version
from custodiet.identify.text.literals import Literals, needed
from custodiet.identify.text.roles import ITSELF, NOUNS, Role, Standing, lowered, part_of_a_word, role_of
from custodiet.identify.text.spelling import Names, respelt
from custodiet.model import Fingerprint

LONGEST_LINE = 4000
"""Characters of a line that are read; one record of a register is far shorter."""

MOST_WORDS = 400
"""Words of a line that are asked for models."""

KEPT, SHORT = 100_000, 300
"""Lines whose names are kept until they are asked again, and the most characters of such a line: a register is read
line by line to tell its things apart, and each line is asked once more when its device is identified."""

_PLAIN = str.maketrans("‐‑‒–—−‘’\u00a0\u2007\u202f\t", "------''    ")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./()_+-]{3,60}")
_COUNT = re.compile(r"\d{1,4}[xX×](?=[A-Za-z]{2})")
_WORD = re.compile(r"[^\W\d_]{5,16}")
_DEVICE = re.compile(rf"(?i)(?<![\w])(?:{NOUNS})(?![\w])|\d\s?mp\b|\bdome|\bbullet|\bswitch|\bip[- ]")
_BEFORE = re.compile(r"(?<![\w-])([^\W\d_]{2,4})(?:\s{1,2}|\s?-\s?)\Z")
"""What may be the prefix of the model behind it."""
_BETWEEN = re.compile(r"[ -]{1,3}")
AHEAD = 40
"""Characters behind a brand in which a model of two words is looked for: AXIS P1455-LE, 2N IP Verso."""


class Held(Protocol):
    """One record that held on a value."""

    fingerprint: Fingerprint
    says: dict[str, str]
    span: tuple[int, int]


class Asks(Protocol):
    """What a matcher must answer."""

    catalog: Catalog

    def of_word(self, word: str) -> Any:
        """What the records of ``device.model`` say of a word: a sequence of `Held`."""


class Heard(NamedTuple):
    """One record that held on one place of a text.

    Args:
        fingerprint: the record.
        says: field -> value.
        span: start and end in the text.
        repaired: the spelling that was read instead of the one that stands there; empty where it was read as it stands.
    """

    fingerprint: Fingerprint
    says: dict[str, str]
    span: tuple[int, int]
    repaired: str = ""


@dataclass(slots=True)
class Mention:
    """One name in a text.

    Args:
        start, end: where it stands.
        heard: the records that hold on it, in the order of their ids.
        model: the model as it should be written; empty where the name is a brand.
        stands: what it stands for.
    """

    start: int
    end: int
    heard: list[Heard]
    model: str = ""
    stands: Standing = ITSELF

    @property
    def role(self) -> Role:
        """What it stands for, in a word."""
        return self.stands.role

    def says(self, field: str) -> str:
        """What the records say of it in one field; the first that says anything."""
        return next((heard.says[field] for heard in self.heard if heard.says.get(field)), "")

    @property
    def repaired(self) -> str:
        """The spelling that was read, where it is not the one that stands there."""
        return next((heard.repaired for heard in self.heard if heard.repaired), "")


def plain(text: str) -> str:
    """A line as long as it was, cut at `LONGEST_LINE`, with one kind of hyphen, quote and blank."""
    line = text[:LONGEST_LINE]
    return line if line.isascii() and "\t" not in line else line.translate(_PLAIN)  # nearly all are plain already


def mentions(text: str, asks: Asks, *, repair: bool) -> list[Mention]:
    """The names in a line, in the order of their places, each with what it stands for.

    Args:
        text: the line, see `plain`.
        asks: the records.
        repair: also read misspelt names; people misspell, devices do not.
    """
    spelling = _spelling_of(asks.catalog)
    found = list(_brands(text, spelling))
    if repair and (misspelt := list(_misspelt_brands(text, asks, spelling, found))) and _DEVICE.search(text):
        found += misspelt
    found += _models(text, asks, spelling, found, repair)
    found.sort(key=lambda mention: (mention.start, -mention.end))
    before: tuple[Role, int] | None = None
    low = lowered(text)
    for mention in found:
        mention.stands = role_of(low, mention.start, mention.end, before)
        before = mention.role, max(mention.end, before[1] if before else 0)
    for brand, model in pairwise(found):
        if model.model and not brand.model and not text[brand.end : model.start].strip() and brand.role == "is":
            brand.stands = model.stands  # "X AB-1 or equivalent" is about both
    if len(text) <= SHORT:
        spelling.keep(text, repair, _heard_itself(found))
    return found


def heard_in(text: str, asks: Asks, *, repair: bool) -> Iterator[Heard]:
    """What the records say of a text, where it is about the thing itself; each record speaks once.

    Args: see `mentions`.
    """
    text = plain(text)
    kept = _spelling_of(asks.catalog).kept.get((text, repair))
    return iter(_heard_itself(mentions(text, asks, repair=repair)) if kept is None else kept)


def known_to_be_heard(text: str, asks: Asks, *, repair: bool) -> tuple[Heard, ...] | None:
    """What `heard_in` says of a line, see `plain`, that was asked before; nothing where it is not known."""
    return _spelling_of(asks.catalog).kept.get((text, repair))


def keep_heard(text: str, heard: tuple[Heard, ...], asks: Asks, *, repair: bool) -> None:
    """Keep what `heard_in` says of a line."""
    _spelling_of(asks.catalog).keep(text, repair, heard)


def _heard_itself(found: Iterable[Mention]) -> tuple[Heard, ...]:
    told: dict[str, Heard] = {}
    for mention in sorted(found, key=lambda mention: bool(mention.model)):
        if mention.role == "is":
            for heard in mention.heard:
                told.setdefault(heard.fingerprint.id, heard)
    return tuple(told.values())


def respelt_models(text: str, asks: Asks) -> Iterator[Heard]:
    """What the records say of the misspelt models in a value that is a model and nothing else."""
    for mention in _models(plain(text), asks, _spelling_of(asks.catalog), [], repair=True):
        yield from (heard for heard in mention.heard if heard.repaired)


def _brands(text: str, spelling: _Spelling) -> Iterator[Mention]:
    """The places where the records of ``device.text`` hold; the name is the group ``name``, or all that held."""
    at: dict[tuple[int, int], Mention] = {}
    low = lowered(text)
    for record, pattern in [spelling.named[place] for place in sorted(set(spelling.needs.found(low)))]:
        if pattern is None:
            if text in record.when.equals:
                span = (0, len(text))
                at.setdefault(span, Mention(*span, [])).heard.append(_heard(record, {}, span))
            continue
        named = "name" in pattern.groupindex
        for match in pattern.finditer(text):
            span = match.span("name") if named else match.span()
            if span[0] < span[1] and not part_of_a_word(text, span[1]):
                at.setdefault(span, Mention(*span, [])).heard.append(_heard(record, match.groupdict(), span))
    yield from at.values()


def _heard(record: Fingerprint, groups: dict[str, Any], span: tuple[int, int], repaired: str = "") -> Heard:
    if not any("{" in text or not text for text in record.says.values()):
        return Heard(record, record.says, span, repaired)  # nothing to fill in
    filled = {name: text for name, text in groups.items() if text}
    says = {field: fill(text, filled) for field, text in record.says.items()}
    return Heard(record, {field: text for field, text in says.items() if text}, span, repaired)


def _misspelt_brands(text: str, asks: Asks, spelling: _Spelling, known: list[Mention]) -> Iterator[Mention]:
    taken = {mention.start for mention in known}
    for word in _WORD.finditer(text):
        meant = spelling.names.meant(word.group().lower()) if word.start() not in taken else None
        if meant and not part_of_a_word(text, word.end()):
            record = spelling.records[meant[1]]
            yield Mention(*word.span(), [_heard(record, {}, word.span(), meant[0])])


def _models(text: str, asks: Asks, spelling: _Spelling, brands: list[Mention], repair: bool) -> Iterator[Mention]:
    """Models word by word, and those whose name begins with their brand."""
    behind: dict[int, Mention] = {}
    for brand in brands:
        if text[brand.start : brand.end].lower() not in spelling.heads:
            continue
        ahead = re.split(r"[,;:|]|\s(?=\d{1,4}x?\s)", text[brand.start : brand.end + AHEAD], maxsplit=1)[0]
        for held in asks.of_word(ahead) if len(ahead) > brand.end - brand.start else ():
            start, end = held.span
            if start == 0 and end > brand.end - brand.start:
                model = _bare(ahead[:end])
                says = {field: _bare(said) if field == "model" else said for field, said in held.says.items()}
                span = (brand.start, brand.start + len(model))
                whole = behind.setdefault(brand.end, Mention(*span, [], model=says.get("model", model)))
                whole.heard.append(Heard(held.fingerprint, says, span))
    yield from behind.values()
    covered = [(mention.start, mention.end) for mention in behind.values()]
    for number, (start, end) in enumerate(_words(text, spelling)):
        if number >= MOST_WORDS:
            return
        if covered and any(left <= start < right for left, right in covered):
            continue
        mention = _model_at(text, start, end, asks, spelling, repair)
        if mention and not any(left < mention.end and mention.start < right for left, right in covered):
            covered.append((mention.start, mention.end))
            yield mention


def _words(text: str, spelling: _Spelling) -> Iterator[tuple[int, int]]:
    """The words that could be a model, without the count before and the signs behind them."""
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if count := _COUNT.match(text, start, end):
            start = count.end()
        if "/" not in token[0]:
            word = _bare(text[start:end])
            if len(word) >= 4:
                yield start, start + len(word)
            continue
        cuts = [cut.start() for cut in spelling.joint.finditer(text, start, end)]
        for left, right in zip([start, *(cut + 1 for cut in cuts)], [*cuts, end], strict=True):
            word = _bare(text[left:right])
            if len(word) >= 4:
                yield left, left + len(word)


def _bare(word: str) -> str:
    """A word without the signs of the sentence behind it."""
    word = word.rstrip("./+-_ ")
    if ")" not in word:
        return word
    while word.endswith(")") and word.count(")") > word.count("("):
        word = word[:-1].rstrip("./+-_ ")
    return word


def _model_at(text: str, start: int, end: int, asks: Asks, spelling: _Spelling, repair: bool) -> Mention | None:
    word = text[start:end]
    held = asks.of_word(word)
    if repair and not word.isalpha() and not (held and spelling.explained(word)):
        for left, candidate in _candidates(text, start, word, spelling):
            again = asks.of_word(candidate)
            if again and (spelling.explained(candidate) or (not held and _is_sure(again))):
                span = (left, end)
                return Mention(
                    *span, [Heard(one.fingerprint, one.says, span, candidate) for one in again], model=candidate
                )
    if not held:
        return None
    heard = [Heard(one.fingerprint, one.says, (start + one.span[0], start + one.span[1])) for one in held]
    return Mention(start, end, heard, model=next((one.says["model"] for one in held if one.says.get("model")), word))


def is_model(text: str, start: int, end: int, asks: Asks) -> bool:
    """Whether a word of a line, see `plain`, is a model as it stands or in another spelling."""
    return _model_at(text, start, end, asks, _spelling_of(asks.catalog), repair=True) is not None


def model_heads(catalog: Catalog) -> set[str]:
    """The first words, in lower case, of models of several words."""
    return _spelling_of(catalog).heads


def _is_sure(held: Any) -> bool:
    """Whether a rule that only one maker's models meet holds, so that a lost hyphen behind it does not matter."""
    return any(one.fingerprint.strength in ("strong", "decisive") for one in held)


def _candidates(text: str, start: int, word: str, spelling: _Spelling) -> Iterator[tuple[int, str]]:
    """Other spellings of a word, and of it with the prefix that stands before it with a blank instead of a hyphen."""
    for candidate in () if word.isdecimal() else respelt(word, spelling.prefixes):
        yield start, candidate
    before = _BEFORE.search(text, max(0, start - 10), start)
    if before and before[1].casefold().upper() in spelling.prefixes and word[0].isalnum():
        for candidate in (f"{before[1]}-{word}", *respelt(f"{before[1]}-{word}", frozenset())):
            yield before.start(1), candidate


class _Spelling:
    """What a catalog gives to find names by: its brands, and the prefixes of its models."""

    def __init__(self, catalog: Catalog) -> None:
        self.named = [
            (record, re.compile(record.when.regex) if record.when.regex else None)
            for record in catalog.by_attribute("device.text")
        ]
        """The records of names with their expressions; those of other records are compiled where they are asked."""
        self.needs = Literals(
            (need, place)
            for place, (record, pattern) in enumerate(self.named)
            for need in (needed(record.when.regex) if pattern else ()) or ("",)
        )
        """What a text must hold, in lower case, to be asked of which record."""
        self.records: dict[str, Fingerprint] = {}
        for record in catalog.by_attribute("device.text"):
            if brand := record.says.get("brand"):
                self.records.setdefault(brand, record)
        brands = [catalog.brands[id] for id in self.records if id in catalog.brands]
        names = {name.lower(): brand.id for brand in brands for name in (brand.name, *brand.names)}
        taken = [fold(name) for brand in catalog.brands.values() for name in (brand.name, *brand.names)]
        taken += [fold(name) for company in catalog.companies.values() for name in (company.name, *company.names)]
        self.names = Names(names, [*taken, *catalog.near_words])
        heads = {
            example.model.partition("-")[0].upper()
            for family in catalog.models.values()
            for example in family.examples
            if "-" in example.model
        }
        models = (
            example.says.get("model", "")
            for record in catalog.by_attribute("device.model")
            for example in record.examples
        )
        self.heads = {head.lower() for head, blank, _rest in (model.partition(" ") for model in models) if blank}
        """The first words of models of several words: such a model begins with its brand."""
        self.kept: dict[tuple[str, bool], tuple[Heard, ...]] = {}
        """Line and whether it was repaired -> what `heard_in` says of it."""
        self.explained = lru_cache(20_000)(lambda model: describe_model(model, catalog) is not None)
        """Whether the grammar of a family reads a model to its last sign."""
        self.prefixes = frozenset(head for head in heads if head.isalpha() and 2 <= len(head) <= 4)
        either = "|".join(sorted(map(re.escape, self.prefixes), key=len, reverse=True)) or "(?!)"
        # several models may be joined by a slash; a slash within a model is followed by no prefix
        self.joint = re.compile(rf"(?i)/(?=(?:{either})-)")

    def keep(self, text: str, repair: bool, heard: tuple[Heard, ...]) -> None:
        """Keep what was heard in a line, in the place of the oldest where there is no room."""
        if len(self.kept) >= KEPT:
            del self.kept[next(iter(self.kept))]
        self.kept[text, repair] = heard


_SPELLINGS: dict[str, _Spelling] = by_version()


def _spelling_of(catalog: Catalog) -> _Spelling:
    """Made once for each version of a catalog, which never changes."""
    found = _SPELLINGS.get(catalog.version)
    if found is None:
        found = _SPELLINGS[catalog.version] = _Spelling(catalog)
    return found
