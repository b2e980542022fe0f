"""From what was read on a photo to the fields of a form: proposed, for a person to correct.

A field is found by the word before it, as `S/N` and `Made in`, in the spellings of labels, or by the form of its value.
What a code says goes before what the letters look like: a code has check digits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from statistics import median

import msgspec

from custodiet.catalog.spelling import fold
from custodiet.sources.label_reading import Printed
from custodiet.wire.address import mac_text


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A QR code or barcode on a photo."""

    kind: str
    text: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text on a photo."""

    text: str
    confidence: float
    """How sure the reader is, 0 to 1."""
    height: int = 0
    """Of its letters, in pixels."""

    @property
    def sure(self) -> float:
        """How sure, as people are told: letters are never entirely certain, as a code with check digits is."""
        return min(self.confidence, 0.999)


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a field of the form, and why."""

    value: str
    read: str
    """The line or the code that says it."""
    confidence: float
    """Of that line; 1 for a code."""


_KEYS = {
    "serial": r"S\s?/\s?N|S\.N\.|SN(?=[\s:.#]|\Z)|\ASN(?![A-Z])|Ser(?:ial|\.)?\s*(?:No|Nr|Number|Num)?\.?(?=[\s:.#])"
    r"|Serienummer|Seriennummer",
    "mac": r"MAC(?:\s*(?:ID|Address|Addr|adres+e?))?(?![A-Z])|Ethernet\s*(?:Address|ID)",
    "model": r"Model(?:l|\s*(?:No|Nr|Name|Number))?(?![A-Z])|M\s?/\s?N|Type?(?:\s*(?:No|Nr))?(?![A-Z])",
    "part": r"P\s?/\s?N|Part\s*(?:No|Number)|Art(?:\.|ikel)?\s*(?:No|Nr)(?![A-Z])",
    "fcc_id": r"FCC\s*-?ID",
    "certificate": r"CMIIT\s*ID|IC(?=\s*:)|ANATEL(?=\s*:)|NCC(?=\s*:)",
    "made_in": r"Made\s*in|Fabriqu[ée]\s*en|Hergestellt\s*in|Gemaakt\s*in|Product\s*of|Country\s*of\s*Origin",
    "manufacturer": r"Manufactured\s*by|Manufacturer|Mfr(?![A-Z])|Mfg\s*by|Producer|Fabrikant|Hersteller|Producent",
    # what ends the value before it, and is asked of nobody
    "": r"Power|Input|Rating|Default|IP(?=\s*(?:Address)?\s*:)|User(?:name)?(?![A-Z])|Password|Pwd(?![A-Z])|Date"
    r"|Rev(?![A-Z])|H/?W(?![A-Z])|Firmware|Importer|Imported|Distribut\w+|Verification|Address(?=\s*:)",
}  # fmt: skip
_FOUND = re.compile(
    r"(?i)(?<![A-Z0-9])(?:" + "|".join(f"(?P<k{i}>{words})" for i, words in enumerate(_KEYS.values())) + ")"
)
_NAMES = tuple(_KEYS)
_SERIAL = re.compile(r"[A-Z0-9][A-Z0-9/.\-]{3,39}", re.IGNORECASE)
_HEX = r"[0-9A-FOIl|]"
_LOOSE_MAC = re.compile(rf"{_HEX}{{2}}(?:[:;.\- ]{{0,2}}{_HEX}{{2}}){{5}}(?![0-9A-Z])", re.IGNORECASE)
_SURE_MAC = re.compile(r"(?<![0-9A-F:-])[0-9A-F]{2}([:-])[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}(?![0-9A-F:-])", re.IGNORECASE)
_BARE_MAC = re.compile(r"(?=[0-9]*[A-F])[0-9A-F]{12}", re.IGNORECASE)
_FCC = re.compile(r"[A-Z0-9]{3,5}[A-Z0-9-]{1,15}", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Za-z][A-Za-z .']{1,39}")
_COMPANY = re.compile(r"(?i)\b(?:Co\.?\s*,?\s*Ltd|Corp(?:oration)?|GmbH|B\.V|Inc|S\.p\.A|S\.r\.l|A/S)\b")
_IN_CODES = {
    **dict.fromkeys(("sn", "s/n", "serial", "serialno", "serialnumber", "deviceserial"), "serial"),
    **dict.fromkeys(("dt", "model", "type", "devicetype", "pn", "p/n"), "model"),
    **dict.fromkeys(("mac", "macaddress", "macid"), "mac"),
    **dict.fromkeys(("fcc", "fccid", "fcc id"), "fcc_id"),
}
_MOST, _LONGEST = 300, 120
"""Parts of codes that are looked at, and characters of one: a label has a handful."""
_LIKE = 0.8
"""How like a text must be to what a code holds, so that the code is taken for the same."""
_MOST_WORDS, _SHORTEST = 4, 3
"""Words of a name that is looked for within a line, and letters of the shortest: two letters stand for many things."""
_LARGE = 1.25
"""How much higher than most the letters of a name are."""


def propose(codes: Collection[Code], lines: Collection[Line], names: Collection[str]) -> dict[str, Proposed]:
    """What the fields of a label are likely to be.

    Args:
        codes: what codes hold.
        lines: what was read, from above.
        names: names of brands that are known, folded.

    Returns:
        field of `Printed` -> what is proposed; a field for which nothing was found is left out.
    """
    found = dict(_in_text(lines))
    found |= dict(_brand(lines, names))
    split = [(token, code) for code in codes for token in re.split(r"[\s,;|{}\[\]\"]+", code.text)]
    tokens = [(token, code) for token, code in split if 3 < len(token) <= _LONGEST][:_MOST]
    for name, value, code in _in_codes(tokens):
        found[name] = Proposed(value=value, read=code.text, confidence=1.0)
    for name in ("serial", "model"):
        if name in found and found[name].confidence < 1.0:
            alike = [(token, code) for token, code in tokens if _alike(token, found[name].value)]
            for token, code in alike[:1]:
                found[name] = Proposed(value=token, read=code.text, confidence=1.0)
    if "serial" not in found:
        alone = [(token, code) for token, code in tokens if _may_be_serial(token) and not _BARE_MAC.fullmatch(token)]
        if len({token for token, _ in alone}) == 1:
            found["serial"] = Proposed(value=alone[0][0], read=alone[0][1].text, confidence=1.0)
    return {name: found[name] for name in Printed.__struct_fields__ if name in found}


def _in_text(lines: Collection[Line]) -> Iterator[tuple[str, Proposed]]:
    """(field, what a line says of it), the first line of each; a word that stands alone speaks of the line below."""
    told: set[str] = set()
    waits = ""
    part: Proposed | None = None
    for line in lines:
        keys = list(_FOUND.finditer(line.text))
        pieces = [(waits, line.text[: keys[0].start()] if keys else line.text)] if waits else []
        ends = [*(key.start() for key in keys[1:]), len(line.text)][: len(keys)]
        named = [_NAMES[int((key.lastgroup or "k0")[1:])] for key in keys]
        pieces += [(name, line.text[key.end() : end]) for name, key, end in zip(named, keys, ends, strict=True)]
        waits = named[-1] if keys and not line.text[keys[-1].end() :].strip(" .:#") else ""
        for name, text in pieces:
            value = _value(name, text.lstrip(" .:;#=-").rstrip(" :;"))
            if not value or name in told:
                continue
            proposed = Proposed(value=value, read=line.text, confidence=line.sure)
            if name == "certificate":
                key = next(key for key, mine in zip(keys, named, strict=True) if mine == name) if keys else None
                proposed = msgspec.structs.replace(proposed, value=f"{key[0] if key else ''}: {value}".lstrip(": "))
            if name == "part":
                part = part or proposed
                continue
            told.add(name)
            yield name, proposed
        if "mac" not in told and (mac := _SURE_MAC.search(line.text)):
            told.add("mac")
            yield "mac", Proposed(value=mac[0].lower(), read=line.text, confidence=line.sure)
        if "manufacturer" not in told and not keys and _COMPANY.search(line.text):
            told.add("manufacturer")
            yield "manufacturer", Proposed(value=line.text, read=line.text, confidence=line.sure)
    if part and "model" not in told:
        yield "model", part


def _value(name: str, text: str) -> str:
    """The value of a field at the beginning of a text; empty where it cannot be one."""
    if not name or not text:
        return ""
    if name == "serial":
        found = _SERIAL.match(text)
        return found[0] if found and any(map(str.isdigit, found[0])) else ""
    if name == "mac":
        found = _LOOSE_MAC.search(text)
        digits = re.sub(r"[:;.\- ]", "", found[0]).translate(_DIGITS) if found else ""
        return mac_text(digits) or ""
    if name in ("model", "part"):
        return text[:60] if any(char.isdigit() for char in text) else ""
    if name == "fcc_id":
        found = _FCC.match(text)
        return found[0].upper() if found else ""
    if name == "made_in":
        found = _COUNTRY.match(text)
        return found[0].strip(" .").removeprefix("the ").removeprefix("The ") if found else ""
    return text[:120]


_DIGITS = str.maketrans("OoIl|", "00111")
"""Letters for which a digit is taken easily."""


def _may_be_serial(token: str) -> bool:
    return _SERIAL.fullmatch(token) is not None and sum(char.isdigit() for char in token) >= 3 and "//" not in token


def _in_codes(tokens: Collection[tuple[str, Code]]) -> Iterator[tuple[str, str, Code]]:
    """(field, value, code) of what codes name, and of addresses that they hold without a word."""
    for token, code in tokens:
        key, sign, rest = token.partition(":") if not _SURE_MAC.fullmatch(token) else ("", "", "")
        if not sign:
            key, sign, rest = token.partition("=")
        name = _IN_CODES.get(key.strip("\"' ").lower(), "") if sign else ""
        value = rest.strip("\"' ")
        if name == "mac":
            value = mac_text(value) or ""
        if name and value:
            yield name, value[:120], code
        elif _SURE_MAC.fullmatch(token) or _BARE_MAC.fullmatch(token):
            yield "mac", mac_text(token.replace("-", ":")) or "", code


def _alike(token: str, value: str) -> bool:
    return SequenceMatcher(None, token.upper(), value.upper(), autojunk=False).ratio() >= _LIKE


def _brand(lines: Collection[Line], names: Collection[str]) -> Iterator[tuple[str, Proposed]]:
    """A name that is known, as a line or within one; else a word in letters much larger than the rest."""
    plain = [line for line in lines if not _FOUND.search(line.text) and 2 < len(line.text) < 40]
    chosen = [(line, line.text) for line in plain if fold(line.text) in names]
    chosen = chosen or [(line, name) for line in plain if (name := _known_in(line.text, names))]
    usual = median(line.height for line in lines) if lines else 0
    large = [line for line in plain if line.height >= _LARGE * usual and sum(map(str.isalpha, line.text)) > 2]
    for line, name in (chosen or [(line, line.text) for line in sorted(large, key=lambda one: -one.height)])[:1]:
        yield "brand", Proposed(value=name, read=line.text, confidence=line.sure)


def _known_in(text: str, names: Collection[str]) -> str:
    """The known name of which most words stand in a text, the first of equals; empty where there is none."""
    words = [word.strip(".,:;®™©()") for word in text.split()]
    for many in range(min(len(words), _MOST_WORDS), 0, -1):
        for first in range(len(words) - many + 1):
            name = " ".join(words[first : first + many])
            if len(fold(name)) >= _SHORTEST and fold(name) in names:
                return name
    return ""
