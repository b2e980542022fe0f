"""What each part of a model name means, by the grammar of its family.

It explains a model that was concluded or written, and concludes nothing itself: brand and maker are said by the
fingerprints that a family names, so that no expression stands in two lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from custodiet.catalog.contents import Catalog
from custodiet.model import ModelFamily, ModelReading, PartGrammar, ReadPart

LONGEST_MODEL = 80
"""Characters; what is longer is no model name."""


def describe_model(model: str, catalog: Catalog) -> ModelReading | None:
    """Explain a model name part by part.

    Args:
        model: as a label, a reply or a register gives it; a name in front of it does no harm.
        catalog: holds the grammars.

    Returns:
        What its parts mean, or nothing where no family knows such a name.
    """
    whole = " ".join(model.split())
    if not whole or len(whole) > LONGEST_MODEL:
        return None
    for text in dict.fromkeys((whole, *whole.split(" "))):
        for family, pattern in catalog.grammars:
            if found := pattern.fullmatch(text):
                return read_model(family, found)
    return None


def read_model(family: ModelFamily, found: re.Match[str]) -> ModelReading:
    """What a family says of a name that fits its expression."""
    groups = {name: text for name, text in found.groupdict().items() if text}
    classes = (
        grammar.classes.get(groups[grammar.group].upper(), "") for grammar in family.parts if grammar.group in groups
    )
    return ModelReading(
        model=found.group(),
        family=family.id,
        name=family.name,
        device_class=([family.device_class, *filter(None, classes)])[-1],
        parts=tuple(
            read
            for grammar in family.parts
            if grammar.group in groups
            for read in _read(grammar, groups[grammar.group])
        ),
    )


def _read(grammar: PartGrammar, text: str) -> Iterator[ReadPart]:
    for piece in _letters(text, grammar.values) if grammar.letters else (text,):
        means = grammar.values.get(piece.upper(), "")
        if not means and grammar.says:
            means = grammar.says.replace("{}", piece.lstrip("0") or "0" if piece.isdecimal() else piece)
        yield ReadPart(part=grammar.part, text=piece, means=means, trade_knowledge=grammar.trade_knowledge)


def _letters(text: str, values: dict[str, str]) -> Iterator[str]:
    """The codes of a run, the longest known one first; a sign that is no code stands alone."""
    longest = max(map(len, values), default=1)
    at = 0
    while at < len(text):
        length = next((n for n in range(longest, 1, -1) if text[at : at + n].upper() in values), 1)
        if text[at] not in "-/ ":
            yield text[at : at + length]
        at += length
