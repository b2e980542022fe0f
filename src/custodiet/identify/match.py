"""Does a fingerprint hold on a value, and where?

This file knows the shape of fingerprints and nothing of makers; what is special about a maker is a record. Which of the
many expressions are worth asking is for `patterns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from custodiet.catalog.contents import Catalog
from custodiet.catalog.rule import ask
from custodiet.identify.patterns import PatternSet
from custodiet.identify.statements import says_outright
from custodiet.model import Claim, Fingerprint

LONGEST_VALUE = 4000
"""Values are cut here before matching, which bounds the time any expression can take."""

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./()_+-]{3,60}")
_ONLY_MENTIONED = re.compile(
    r"(?i)(?:\b(?:vervang\w*|replac\w*|i\.?\s?p\.?\s?v\.?|in plaats van|instead of|gelijk\w*|equivalent\w*|"
    r"vergelijkba\w*|geen|niet|not|zonder|without|tbv|t\.\s?b\.\s?v\.|ten behoeve van|voor|for|suits?|past op|fits)|"
    r"compat\w*)(?!\s+(?:door|by)\b)(?:\s+[^\s,;:.]{1,30})?\s+$"
)
"""What stands before a model that is not the thing itself: what it replaces, serves, resembles or is not."""

REMEMBERED = 20_000
"""Values whose answers are kept at hand."""


@dataclass(frozen=True, slots=True)
class Match:
    """One fingerprint that held.

    Args:
        fingerprint: the record.
        says: field -> value, with the groups filled in.
        span: start and end in the value.
    """

    fingerprint: Fingerprint
    says: dict[str, str]
    span: tuple[int, int]


class Matcher:
    """The fingerprints of a catalog, ready to be asked.

    Args:
        catalog: the catalog.
        bulk: many values will be asked: compile for speed what no earlier run has compiled and kept, which takes
            seconds. The answers are the same.
    """

    def __init__(self, catalog: Catalog, *, bulk: bool = False) -> None:
        self.catalog = catalog
        self.said: dict[tuple[str, str], tuple[Claim, ...]] = {}
        """(attribute, value) -> its claims, for `claims_of_value`; never more than `REMEMBERED`."""
        self._bulk = bulk
        self._asked: dict[str, bool] = {}
        self._rules: dict[str, tuple[tuple[Fingerprint, ...], PatternSet]] = {}
        self._of_word = lru_cache(REMEMBERED)(lambda word: tuple(self._ask("device.model", word)))

    def prepare(self) -> None:
        """Make everything ready now rather than when the first value of an attribute comes."""
        for attribute in sorted({record.attribute for record in self.catalog.fingerprints}):
            self._rules_of(attribute)

    def match(self, attribute: str, value: str) -> tuple[Match, ...]:
        """Every fingerprint that holds on this value, in the order of their ids.

        A value is asked of the fingerprints of its attribute and of the general attribute it is read as; free text is
        also asked word by word of the grammars of models.
        """
        if not self.asked(attribute):
            return ()
        return self._decide(attribute, value[:LONGEST_VALUE])

    def asked(self, attribute: str) -> bool:
        """Whether any fingerprint reads this attribute, directly or as a general one."""
        found = self._asked.get(attribute)
        if found is None:
            known = self.catalog.attributes.get(attribute)
            general = known.reads_as if known else ""
            found = self._asked[attribute] = bool(
                self.catalog.by_attribute(attribute)
                or (general and self.catalog.by_attribute(general))
                or ("device.text" in (general, attribute) and self.catalog.by_attribute("device.model"))
            )
        return found

    def speaks(self, attribute: str) -> bool:
        """Whether a value of this attribute can say anything at all: an open port by itself says nothing."""
        known = self.catalog.attributes.get(attribute)
        return self.asked(attribute) or says_outright(attribute, known.reads_as if known else "")

    def _decide(self, attribute: str, value: str) -> tuple[Match, ...]:
        found = list(self._ask(attribute, value))
        known = self.catalog.attributes.get(attribute)
        general = known.reads_as if known else ""
        if general:
            found += self._ask(general, value)
        if "device.text" in (general, attribute):
            seen = {match.fingerprint.id for match in found}
            for token in _TOKEN.finditer(value):
                held = self._of_word(token.group())
                # most words are of no grammar: what stands before them is not asked
                if not held or _ONLY_MENTIONED.search(value, max(0, token.start() - 60), token.start()):
                    continue
                for match in held:
                    if match.fingerprint.id not in seen:
                        seen.add(match.fingerprint.id)
                        start, end = match.span
                        found.append(replace(match, span=(start + token.start(), end + token.start())))
        return tuple(found)

    def _ask(self, attribute: str, value: str) -> Iterator[Match]:
        records, patterns = self._rules_of(attribute)
        for place in patterns.holding(value):
            if held := ask(records[place], patterns.expression(place), value):
                yield Match(records[place], held.says, held.span)

    def _rules_of(self, attribute: str) -> tuple[tuple[Fingerprint, ...], PatternSet]:
        if attribute not in self._rules:
            records = self.catalog.by_attribute(attribute)
            conditions = [(record.id, record.when) for record in records]
            self._rules[attribute] = (records, PatternSet(conditions, compile_front=self._bulk))
        return self._rules[attribute]
