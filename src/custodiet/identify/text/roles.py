"""What a name in a line stands for: the thing itself, or what it replaces, serves, resembles or must not be.

"Camera compatible with X" is no camera of X, "switch for X" no device of X, "X or equivalent" asks for nothing of X,
and "X not allowed" is the opposite of X. It knows words of Dutch and English and no maker.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

Role: TypeAlias = Literal["is", "compatible", "replaces", "for", "excluded"]

WIDTH = 100
"""Characters before and behind a name that are looked at."""

NOUNS = (
    r"[\w-]{0,20}camera(?:'?s|systemen|systeem)?|\w{0,8}cams?|cctv|mini-?domes?|domes?|bullets?|turrets?|ptz'?s?|"
    r"[ndx]vr'?s?|\w{0,12}recorders?|\w{0,6}encoders?|video-?servers?|\w{0,10}intercoms?|(?:video)?deurbel(?:len)?|doorbells?|"
    r"door stations?|deurpost(?:en)?|\w{0,6}kaartlezers?|card readers?|paslezers?|deurcontrollers?|door controllers?"
)
"""Words for surveillance devices, one or several of them."""

_FILL = (
    r"(?:(?:\d{1,4}\s?(?:x|st\w{0,4}|pcs)?|de|het|een|the|an?|onze|our|uw|bestaande?|existing|aanwezige|alle|all|any|oude?|old|huidige?|current|"
    r"defecte?|broken|andere?|other|grote|major|merk(?:en)?|brands?|van|of|type|model|series?|analoge?|analogue?|ip|"
    r"netwerk|network|buiten|outdoor|indoor|binnen|onderdelen|parts|producten|products|apparatuur|equipment|"
    rf"chinese|{NOUNS})\s+)"
)
"""Words that may stand between such a word and the name without ending its reach; no sign does."""

_BEFORE: list[tuple[Role, str]] = [
    # what excludes comes first: "not compatible with" is not compatible
    (
        "excluded",
        r"(?:niet|not) compat\w{1,8}(?: (?:met|with))?|geen|niet(?! alleen)|not|"
        r"(?<!part )(?<!item )(?<!model )(?<!article )(?<!serial )(?<!order )(?<!type )no|"
        r"zonder|without|anders dan|other than|behalve|except(?: for)?|excluding|exclusief|uitgezonderd|vrij van|"
        r"free of|nooit|never|verbod op|ban on|liever dan",
    ),
    (
        "replaces",
        r"vervang(?:t|en|ing(?: van)?)(?! door)|replac(?:es|e|ing)|replacements? (?:for|of)|i\.?\s?p\.?\s?v\.?|"
        r"in plaats van|instead of|rather than|migrat\w{1,5} (?:van|from)|opvolger van|successor (?:of|to)|voorheen|"
        r"formerly|previously|was",
    ),
    (
        "compatible",
        r"compat\w{1,8}(?: (?:met|with|to|for|voor))?|werkt(?: samen)? met|works with|(?:for|voor) use with|"
        r"te gebruiken met|gelijkwaardig\w{0,2}(?: aan)?|gelijk aan|equivalent\w{0,2}(?: (?:to|of|aan))?|equal to|"
        r"vergelijkba\w{1,4}(?: met)?|comparable (?:to|with)|similar to|soortgelijk\w{0,2}(?: aan)?|zoals|such as|"
        r"bijvoorbeeld|bijv\.|bv\.|e\.g\.|alternati\w{0,4}(?: (?:for|to|voor))?|te koppelen (?:aan|met)|"
        r"integrat\w{1,4} (?:with|met)|ondersteun(?:t|ing voor)|supports?|onvif",
    ),
    (
        "for",
        r"voor|for|tbv|t\.\s?b\.\s?v\.|ten behoeve van|geschikt voor|suitable for|past (?:op|bij)|past|fits|suits?|"
        r"naar|op|on|onto|to|over|about|inzake|bij|aan|works on|than|dan|"
        r"onderhoud(?:scontract)?(?: (?:aan|van|op))?|maintenance(?: of)?|reparatie(?: van)?|repairs?(?: of)?|"
        r"storing(?: aan)?|demont(?:age|eren)(?: van)?|verwijder(?:en|ing)(?: van)?|removal of|remove|"
        r"afvoer(?:en)?(?: van)?|disposal of|licen[cst]{1,2}ies?|licen[cs]es?|training|cursus|opleiding",
    ),
]
"""What stands before a name that is not the thing itself."""

_LEFT = [(role, re.compile(rf"(?<![\w-])(?:{words})\s+{_FILL}{{0,4}}\Z")) for role, words in _BEFORE]
_ANY_LEFT = re.compile(rf"(?<![\w-])(?:{'|'.join(words for _, words in _BEFORE)})\s+{_FILL}{{0,4}}\Z")

_ITS_PROPERTY: list[tuple[Role, str]] = [
    ("excluded", r"[ -](?:vrije?|free|verbod|ban)\b"),
    (
        "compatible",
        r"(?:\s[^\s,;]{1,24}){0,5}?\s?(?:/|,|\bof\b|\bor\b)\s?(?:(?:een|an?)\s)?(?:gelijkwaardig|gelijksoortig|"
        r"soortgelijk|vergelijkba|equivalent|similar|comparable|equal|o\.?g\.?\b)|\s(?:o\.g\.|of gelijk)|"
        r"(?:(?:\s?[/,&+]\s?|\s(?:of|or|en|and)\s)[\w-]{1,14}){0,2}[ -]?(?:\scamera)?[ -]"
        r"(?:compatib[a-z]{0,8}|ready\b|alternati|achtig|style\b|like\b)|-type\b",
    ),
]
"""What stands behind a name and makes it a property of something else: "X-free camera", "X or equivalent"."""

_ITS_FATE: list[tuple[Role, str]] = [
    (
        "excluded",
        r"(?:\s[\w'-]{1,20}){0,3}?\W{1,3}(?:(?:is|zijn|are|wordt|worden)\s)?(?:verboden|uitgesloten|banned|prohibited|"
        r"excluded|(?:niet|not)\s(?:toegestaan|gewenst|allowed|permitted|wanted|acceptabel|accepted|acceptable))\b",
    ),
    (
        "replaces",
        r"[^,;.]{0,30}?\b(?:vervangen (?:\w{1,12} )?door|replaced (?:by|with)|wordt vervangen|worden vervangen|"
        r"to be replaced|uitfaseren|phased? out|te verwijderen|to be removed|afvoeren|afgevoerd|demonteren|"
        r"verwijderen|slopen|weghalen)\b",
    ),
]
"""What stands behind a name and says that its devices go, or must not come."""

_PROPERTY = [(role, re.compile(words)) for role, words in _ITS_PROPERTY]
_FATE = [(role, re.compile(words)) for role, words in _ITS_FATE]

_NEXT_IN_LIST = re.compile(r"\s*(?:(?:[/,&+]|en|and|of|or)\s*)?")
_OTHER_WORD = re.compile(
    r"(?i)-(?!camera|recorder|nvr|dvr|xvr|dome|bullet|turret|ptz|intercom|syst|toestel|appara|deur|kit|set|ip|compat|"
    r"vrij|free|achtig|type|style|like|ready|alternati|switch|monitor|beugel)[a-z]"
)


def lowered(text: str) -> str:
    """A text in lower case, in which expressions are quicker; as it is where a rare sign would shift all places."""
    low = text.lower()
    return low if len(low) == len(text) else text


def part_of_a_word(text: str, end: int) -> bool:
    """Whether a name goes on behind a hyphen as the name of something else."""
    return _OTHER_WORD.match(text, end) is not None


class Standing(NamedTuple):
    """What a name stands for in a line.

    Args:
        role: ``is`` for the thing itself.
        why: the words that say so; empty for the thing itself.
        reach: end of words behind the name that speak of all that stands before them; 0 where there are none.
        property: whether the words stand behind the name and make it a property of something else.
    """

    role: Role = "is"
    why: str = ""
    reach: int = 0
    property: bool = False


ITSELF = Standing()
"""The name of the thing itself."""


def role_of(text: str, start: int, end: int, before: tuple[Role, int] | None) -> Standing:
    """What a name stands for.

    Args:
        text: the line, see `lowered`.
        start, end: where the name stands.
        before: role and end of the name before it; a list shares what stands before its first member.
    """
    if before and before[0] != "is" and _NEXT_IN_LIST.fullmatch(text, before[1], start):
        return Standing(before[0], "as the name before it")
    first, last = max(0, start - WIDTH), min(len(text), end + WIDTH)
    words = text[first:last].translate(_ANY_DIGIT)
    if _is_itself(words, start - first, end - first):
        return ITSELF
    return _standing(text[first:last], start - first, end - first, first)


_ANY_DIGIT = str.maketrans("123456789", "000000000")
"""No digit makes a difference here: with all of them alike, lines that count or number things repeat."""


@lru_cache(20_000)
def _is_itself(text: str, start: int, end: int) -> bool:
    return _standing(text, start, end, 0) is ITSELF


def _standing(text: str, start: int, end: int, first: int) -> Standing:
    """What the words around a name say.

    Args:
        text: `WIDTH` characters before the name, the name, and as many behind it.
        start, end: where the name stands in it.
        first: where this text begins in its line.
    """
    left = text[:start]
    if _ANY_LEFT.search(left):
        for role, words in _LEFT:
            if found := words.search(left):
                return Standing(role, found.group().strip())
    for role, words in _PROPERTY:
        if found := words.match(text, end):
            return Standing(role, found.group().strip(" -"), property=True)
    for role, words in _FATE:
        if found := words.match(text, end):
            return Standing(role, found.group().strip(), reach=first + found.end())
    return ITSELF
