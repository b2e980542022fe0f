"""Does a fingerprint hold on a value, and where?

This file knows the shape of fingerprints and nothing of makers; what is special about a maker is a record. Which of the
many expressions are worth asking is for `patterns`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from custodiet.catalog.contents import Catalog
from custodiet.catalog.rule import ask
from custodiet.identify.patterns import PatternSet
from custodiet.identify.places import ATTRIBUTES as NAMED_IN
from custodiet.identify.repeats import Repeats, Said
from custodiet.identify.statements import says_outright
from custodiet.identify.text.mentions import heard_in, respelt_models
from custodiet.model import Fingerprint

LONGEST_VALUE = 4000
"""Values are cut here before matching, which bounds the time any expression can take."""

WRITTEN_BY_HAND = ("register.text", "register.model", "device.text")
"""Attributes whose values people write and misspell; devices do not."""

REMEMBERED = 20_000
"""Values whose answers are kept at hand."""


@dataclass(frozen=True, slots=True)
class Match:
    """One fingerprint that held.

    Args:
        fingerprint: the record.
        says: field -> value, with the groups filled in.
        span: start and end in the value.
        repaired: the spelling that was read instead of the one that stands there; empty where it was read as it stands.
    """

    fingerprint: Fingerprint
    says: dict[str, str]
    span: tuple[int, int]
    repaired: str = ""


class Matcher:
    """The fingerprints of a catalog, ready to be asked.

    Args:
        catalog: the catalog.
        bulk: many values may be asked: when they are, compile for speed what no earlier run has compiled and kept,
            which takes seconds. The answers are the same.
    """

    def __init__(self, catalog: Catalog, *, bulk: bool = False) -> None:
        self.catalog = catalog
        self.said: dict[tuple[str, str], Said] = {}
        """(attribute, value) -> what it says, for `claims_of_value`; never more than `REMEMBERED`."""
        self.repeats = Repeats()
        """What was concluded of rows, for `identify`."""
        self._bulk = bulk
        self._asked: dict[str, bool] = {}
        self._speaks: dict[str, bool] = {}
        self._rules: dict[str, tuple[tuple[Fingerprint, ...], PatternSet]] = {}
        self.of_word = lru_cache(REMEMBERED)(lambda word: tuple(self._ask("device.model", word)))
        """A word of a text -> what the grammars of models say of it."""

    def prepare(self) -> None:
        """Make everything ready now rather than when values come: for many values, before workers are started."""
        attributes = sorted({record.attribute for record in self.catalog.fingerprints})
        # compiling lets other threads run
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(lambda attribute: self._rules_of(attribute)[1].prepare(), attributes):
                pass

    def match(self, attribute: str, value: str) -> tuple[Match, ...]:
        """Every fingerprint that holds on this value, in the order of their ids.

        A value is asked of the fingerprints of its attribute and of the general attribute it is read as. In free text a
        name counts only where the text is about the thing itself, see `text`, and each word is asked of the models.
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
        found = self._speaks.get(attribute)
        if found is None:
            known = self.catalog.attributes.get(attribute)
            found = attribute in NAMED_IN or self.asked(attribute)
            found = self._speaks[attribute] = found or says_outright(attribute, known.reads_as if known else "")
        return found

    def _decide(self, attribute: str, value: str) -> tuple[Match, ...]:
        known = self.catalog.attributes.get(attribute)
        general = known.reads_as if known else ""
        found: list[Match] = []
        for asked in filter(None, (attribute, general)):
            if asked == "device.text":
                heard = heard_in(value, self, repair=attribute in WRITTEN_BY_HAND)
                seen = {match.fingerprint.id for match in found}
                found += (Match(*one) for one in heard if one.fingerprint.id not in seen)
            else:
                found += self._ask(asked, value)
        if not found and attribute in WRITTEN_BY_HAND and general == "device.model":
            found += (Match(*one) for one in respelt_models(value, self))
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
