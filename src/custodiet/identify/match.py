"""Does a fingerprint hold on a value, and where? Each distinct value is decided once.

This file knows the shape of fingerprints and nothing of makers; what is special about a maker is a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from custodiet.catalog.contents import Catalog
from custodiet.model import Fingerprint

LONGEST_VALUE = 4000
"""Values are cut here before matching, which bounds the time any expression can take."""

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./()_+-]{3,60}")
_PLACE = re.compile(r"\{(\w+)\}")
REMEMBERED = 50_000


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
    """The fingerprints of a catalog, ready to be asked; remembers what it decided.

    Args:
        catalog: the catalog.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._decided = lru_cache(REMEMBERED)(self._decide)

    def match(self, attribute: str, value: str) -> tuple[Match, ...]:
        """Every fingerprint that holds on this value, in the order of their ids.

        A value is asked of the fingerprints of its attribute and of the general attribute it is read as; free text is
        also asked word by word of the grammars of models.
        """
        return self._decided(attribute, value[:LONGEST_VALUE])

    def _decide(self, attribute: str, value: str) -> tuple[Match, ...]:
        found = list(self._ask(attribute, value, 0))
        known = self.catalog.attributes.get(attribute)
        general = known.reads_as if known else ""
        if general:
            found += self._ask(general, value, 0)
        if "device.text" in (general, attribute):
            seen = {match.fingerprint.id for match in found}
            for token in _TOKEN.finditer(value):
                for match in self._ask("device.model", token.group(), token.start()):
                    if match.fingerprint.id not in seen:
                        seen.add(match.fingerprint.id)
                        found.append(match)
        return tuple(found)

    def _ask(self, attribute: str, value: str, offset: int) -> Iterator[Match]:
        for record in self.catalog.by_attribute(attribute):
            pattern = self.catalog.patterns.get(record.id)
            if pattern is None:
                if value in record.when.equals:
                    yield Match(record, record.says, (offset, offset + len(value)))
            elif held := pattern.search(value):
                groups = {name: text for name, text in held.groupdict().items() if text}
                says = {field: fill(text, groups) for field, text in record.says.items()}
                span = (offset + held.start(), offset + held.end())
                yield Match(record, {field: text for field, text in says.items() if text}, span)


def fill(template: str, groups: dict[str, str]) -> str:
    """Put named groups into ``{group}`` places; a place whose group is absent makes the whole value empty."""
    places = _PLACE.findall(template)
    if any(place not in groups for place in places):
        return ""
    return _PLACE.sub(lambda place: groups[place[1]], template) if places else template
