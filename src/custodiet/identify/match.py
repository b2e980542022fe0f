"""Does a fingerprint hold on a value, and where? Each distinct value is decided once.

This file knows the shape of fingerprints and nothing of makers; what is special about a maker is a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from custodiet.catalog.load import Catalog
from custodiet.model import Fingerprint

LONGEST_VALUE = 4000
"""Values are cut here before matching, which bounds the time any expression can take."""

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./()_+-]{3,60}")
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


@dataclass(frozen=True, slots=True)
class _Compiled:
    record: Fingerprint
    regex: re.Pattern[str] | None
    equals: frozenset[str]


@dataclass(slots=True)
class Matcher:
    """The fingerprints of a catalog, ready to be asked.

    Args:
        catalog: the catalog.
    """

    catalog: Catalog
    _by_attribute: dict[str, list[_Compiled]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in self.catalog.fingerprints:
            regex = re.compile(record.when.regex) if record.when.regex else None
            compiled = _Compiled(record, regex, frozenset(record.when.equals))
            self._by_attribute.setdefault(record.attribute, []).append(compiled)
        self.match = lru_cache(REMEMBERED)(self._match)  # type: ignore[method-assign]

    def match(self, attribute: str, value: str) -> tuple[Match, ...]:
        """Every fingerprint that holds on this value, in the order of their ids.

        A value is asked of the fingerprints of its attribute and of the general attribute it is read as; free text is
        also asked word by word of the grammars of models.
        """
        raise NotImplementedError  # replaced by the remembering form when the matcher is made

    def _match(self, attribute: str, value: str) -> tuple[Match, ...]:
        value = value[:LONGEST_VALUE]
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
        for compiled in self._by_attribute.get(attribute, ()):
            if compiled.regex is None:
                if value in compiled.equals:
                    yield Match(compiled.record, compiled.record.says, (offset, offset + len(value)))
            elif held := compiled.regex.search(value):
                groups = {name: text for name, text in held.groupdict().items() if text}
                says = {name: fill(text, groups) for name, text in compiled.record.says.items()}
                span = (offset + held.start(), offset + held.end())
                yield Match(compiled.record, {name: text for name, text in says.items() if text}, span)


def fill(template: str, groups: dict[str, str]) -> str:
    """Put named groups into ``{group}`` places; a place whose group is absent makes the whole value empty."""
    if "{" not in template:
        return template
    try:
        return template.format_map(groups)
    except (KeyError, ValueError, IndexError, AttributeError):
        return ""
