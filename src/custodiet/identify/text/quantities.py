"""How many of a thing a line speaks of, in Dutch and English; lens sizes, prices, dates and channels are no number.

A number that is not plainly a number of things is no quantity: to say nothing is better than to count wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from custodiet.identify.text.roles import NOUNS, lowered


class Quantity(NamedTuple):
    """A number of things.

    Args:
        start, end: where it stands in the line.
        number: how many; none where the line says that there are several and not how many.
    """

    start: int
    end: int
    number: int | None


_UNITS = (
    r"mpx?|megapixels?|mm|cm|dm|km|m|mtr|meters?|metres?|inch|kanaals?|kanalen|channels?|ch|poorts?|poorten|ports?|"
    r"tb|gb|mb|kb|w|watt|v|volt|vdc|vac|ma|ah|ghz|mhz|khz|fps|bays?|uur|uren|hours?|jaar|years?|maand\w{0,3}|months?|"
    r"weken|week|weeks|dag|dagen|days?|%|procent|percent|euro|eur|graden|degrees?|lux|db|he|u|k|p|x|zoom|"
    r"schijven|disks?|hdd|personen|users?|gebruikers|voudig|laags"
)
_OTHERS = (
    r"\w{0,12}switch(?:es)?|\w{0,10}beugels?|brackets?|monitor(?:en|s)?|licenties?|licen[cs]es?|kabels?|cables?|"
    r"injectors?|hdd'?s?|routers?|printers?|access ?points?|servers?|laptops?|telefoons?|phones?"
)
_VAGUE = re.compile(
    r"(?i)(?:\b(?:circa|ca|ongeveer|about|approx\w*|around|rond|zo'n|max|maximaal|maximum|min|minimaal|minimum|minstens|"
    r"tot|up to|at least|hooguit|\d\s(?:of|or)|à|a|per)\.?|[±~<>€$])\s?\Z"
)
_COUNTED = re.compile(
    # 20x, 20 x, 4 stuks, 3 pcs: the sign may touch what follows, and a size such as 1920x1080 is no number of things
    r"(?<![\w.,/€$:#-])(\d{1,5})\s?(?:[xX×](?![a-z0-9])(?!\s\d{3,5}\b)(?!\s?\d+(?:[.,]\d+)?\s?(?:mm|cm|m|px|inch)\b)"
    r"(?!\s?(?i:zoom|opti|digi|vergrot|hdmi|usb|sata|rj45|lan\b|speed|snel))|"
    r"(?i:stuks?|stks?|st|pcs?|pieces?|ea|each|units?|maal)\b(?!\s?/)\.?)"
)
_NAMED = re.compile(r"\b(?:aantal|hoeveelheid|qty|quantity|aant)\s?[.:=]?\s?(\d{1,5})(?![\d.,]*\d|\s?(?:mm|mp)\b)\b")
_AFTER = re.compile(r"(?<![\w.,])(?<!\d )[xX×]\s?(\d{1,4})(?![\w.,]|\s?(?:cm|mm|px)\b)")
_WORDS = {
    word: number
    for number, words in enumerate(
        [
            "one één", "two twee", "three drie", "four vier", "five vijf", "six zes", "seven zeven", "eight acht",
            "nine negen", "ten tien", "eleven elf", "twelve twaalf",
        ],
        start=1,
    )
    for word in words.split()
} | {"twintig": 20, "twenty": 20, "dozijn": 12}  # fmt: skip
_BARE = re.compile(
    rf"(?<![\w.,/€$:#-])(\d{{1,3}}|{'|'.join(_WORDS)})\s+(?!(?:{_UNITS})(?![\w'])|x\s)"
    rf"(?=(?:(?!en\b|and\b|voor\b|for\b)[^\W\d][\w'-]*\s+){{0,4}}"
    rf"(?:(?:{NOUNS}|{_OTHERS})(?![\w-])|[a-z]{{1,4}}-?\d?[a-z-]{{1,8}}\d))"
)
_TWICE = re.compile(rf"\b({'|'.join(_WORDS)})\s?\((\d{{1,3}})\)")
"""A number in words and in figures, as contracts write it: it counts where the two agree."""
_BEGINS = re.compile(
    r"(?:\A|[,;:|\n(+&•]|\b(?:en|and|plus|incl\.?|inclusief|including|met|with|van|of|\w{0,3}lever\w{1,5}|"
    r"delivery|suppl\w{1,4}|deliver\w{0,4}|installatie|install\w{0,5}|montage|monteren|plaats\w{1,4}|aanschaf|aankoop|"
    r"bestelling|bestel|order|purchase|totaal|total|door|by|set|has|have|heeft|telt|bevat|"
    r"contains?|nieuwe|new|stelpost|betreft|-)\s|\s-\s)\s*\Z"
)


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of things in a line, in the order of their places."""
    low = lowered(text)
    found: dict[int, Quantity] = {}
    for pattern in (_COUNTED, _NAMED, _AFTER):
        for match in pattern.finditer(low if pattern is _NAMED else text):
            vague = pattern is not _NAMED and _is_vague(text, match.start())
            number = int(match[1])
            if number:
                found.setdefault(match.start(1), Quantity(*match.span(), None if vague else number))
    for match in _TWICE.finditer(low):
        number = int(match[2])
        if number == _WORDS[match[1]] and not _is_vague(text, match.start()):
            found.setdefault(match.start(1), Quantity(*match.span(), number))
    for match in _BARE.finditer(low):
        start = match.start(1)
        if start not in found and _BEGINS.search(low, max(0, start - 40), start) and not _is_vague(text, start):
            number = int(match[1]) if match[1].isdecimal() else _WORDS[match[1]]
            if number and not match[1].startswith("0"):
                found[start] = Quantity(*match.span(1), number)
    return iter(sorted(found.values(), key=lambda quantity: quantity[:2]))


def _is_vague(text: str, start: int) -> bool:
    return _VAGUE.search(text, max(0, start - 14), start) is not None
