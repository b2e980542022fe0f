"""What one cell says, brought into the form the rest of the program expects.

Pure: text in, text out. It knows how people write dates, MAC addresses, network addresses and numbers of things. It
refuses to repair: a value that cannot be read as what its column promises is given back with the reason.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from custodiet.dates import parse_date
from custodiet.sources.ledger import plain
from custodiet.wire.address import ip_text, mac_text

MAX_VALUE = 400
"""Characters of a value that are kept; descriptions may have `MAX_TEXT`."""
MAX_TEXT = 1000

_NOTHING_WORDS = """
    - -- --- . ? ?? / n.v.t. n.v.t nvt n/a na n.a. onbekend unknown unbekannt inconnu geen none keine null nil leeg
    tbd ntb n.t.b. #n/a #n/b #nv #ref! #value! #waarde! #verw! #name? #naam? #div/0! #deel/0! #num! #getal! #null!
    0.0.0.0 00:00:00:00:00:00
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
"""What people and programs write into a cell that has no value."""

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan januari january januar janvier",
            "feb februari february februar fevrier",
            "mrt mar maart march marz maerz mars",
            "apr april avril",
            "mei may mai",
            "jun juni june juin",
            "jul juli july juillet",
            "aug augustus august aout",
            "sep sept september septembre",
            "okt oct oktober october octobre",
            "nov november novembre",
            "dec dez december dezember decembre",
        ),
        start=1,
    )
    for name in names.split()
}
# Asked of text in lower case without accents, see `_plain`.
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].{0,20})?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_PARTS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})[-/. ](\d{4}|\d{2})(?:[t ,].{0,20})?")
_DAY_NAMED = re.compile(r"(\d{1,2})[.\- ]{0,2}([a-z]{3,10})[.,\- ]{0,2}(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,10})[. ]{0,2}(\d{1,2})(?:st|nd|rd|th)?[, ]{1,2}(\d{4})")
_MONTH_YEAR = re.compile(r"([a-z]{3,10})[.\- ]{0,2}(\d{4})")
_FOUR_NUMBERS = re.compile(r"\d{1,4}(?:\.\d{1,4}){3}(?:[/:]\d{1,5})?")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d{1,12})?")
_SPLIT = re.compile(r"[,;|\n]+|\s/\s|(?<=[0-9a-fA-F])/(?=[0-9a-fA-F]{2}[:-])")
_MAC_NOISE = re.compile(r"[:\-. ]")
_QUANTITY = re.compile(
    r"(\d{1,9}|\d{1,3}(?:[.,]\d{3}){1,2})(?:[.,]0{1,2})?\s*(?:x|st|stk|stuks?|pcs?|pieces?|ea|units?)?\.?"
)
_YES_WORDS = "ja yes j y 1 true waar x v ✓ ✔ oui si aangesloten connected online"
_NO_WORDS = "nee no n 0 false onwaar nein non offline"
_YES = frozenset(_YES_WORDS.split())
_NO = frozenset(_NO_WORDS.split())


class Problem(NamedTuple):
    """Why a value cannot be read as what its column promises."""

    reason: str
    next_step: str


def clean(text: str, limit: int = MAX_VALUE) -> str:
    """Text on one line with control characters shown as ``\\xNN``, cut; empty for ``n/a``, ``-`` and their kin."""
    text = one_line(text, limit)
    return "" if text.casefold() in _NOTHING else text


def one_line(text: str, limit: int) -> str:
    """Text on one line with control characters shown as ``\\xNN``, cut at the limit."""
    return plain(" ".join(text[: 2 * limit].split()), limit)


def number_text(raw: str) -> str:
    """A stored number as people would write it: ``12.0`` is 12; text that is no number stays as it is."""
    raw = raw[:40]
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(number):
        return raw
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def serial_text(raw: str, epoch_1904: bool = False) -> str:
    """A day number of a spreadsheet as ISO 8601, with the time where there is one; other numbers stay numbers."""
    try:
        days = float(raw[:40])
    except ValueError:
        return raw[:40]
    if not 1 <= days < 2_958_466:  # 31 December 9999
        return number_text(raw)
    if epoch_1904:
        epoch = datetime.datetime(1904, 1, 1)
    else:
        # The format believes that 1900 was a leap year, so days before March 1900 count from another day.
        epoch = datetime.datetime(1899, 12, 31 if days < 60 else 30)
    try:
        moment = epoch + datetime.timedelta(seconds=round(days * 86400))
    except OverflowError:
        return number_text(raw)
    return moment.date().isoformat() if moment.time() == datetime.time() else moment.isoformat()


def day_order(text: str) -> str:
    """Which order of day and month a date of the form 5-3-2021 proves: ``day``, ``month``, ``both`` or empty."""
    found = _PARTS.fullmatch(text.strip())
    if not found or found[2] == "." or found[1] == found[3]:
        return ""
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return "day"
    if second > 12 >= first:
        return "month"
    return "both" if first <= 12 and second <= 12 else ""


def read_date(text: str, *, month_first: bool = False) -> str | Problem:
    """A date as ISO 8601; a month or a year alone stay a month or a year.

    Args:
        text: as it stands in the cell.
        month_first: whether 3/5/2021 is the fifth of March in this column.
    """
    text = _plain(text)
    try:
        span = parse_date(text)
    except ValueError:
        pass  # not cut to a month or a year, or not in the form of ISO 8601 at all
    else:
        return str(span) if 1970 <= span.first.year <= 2100 else _unlikely(text)
    if found := _ISO.fullmatch(text):
        return _date(text, found[1], found[2], found[3])
    if found := _COMPACT.fullmatch(text):
        return _date(text, found[1], found[2], found[3])
    if found := _PARTS.fullmatch(text):
        day, month = (found[3], found[1]) if month_first and found[2] != "." else (found[1], found[3])
        return _date(text, found[4], month, day)
    if (found := _DAY_NAMED.fullmatch(text)) and (named := _MONTHS.get(found[2])):
        return _date(text, found[3], named, found[1])
    if (found := _MONTH_FIRST.fullmatch(text)) and (named := _MONTHS.get(found[1])):
        return _date(text, found[3], named, found[2])
    if (found := _MONTH_YEAR.fullmatch(text)) and (named := _MONTHS.get(found[1])):
        return f"{found[2]}-{named:02}"
    if (found := _SERIAL.fullmatch(text)) and 20_000 <= int(found[1]) <= 70_000:  # 1954 to 2091
        return serial_text(found[1])
    return Problem(f"“{text[:40]}” is not a date we can read", "Write it as 2021-03-05")


def _plain(text: str) -> str:
    """Lower case without accents and without doubled blanks."""
    text = unicodedata.normalize("NFKD", text[:80].casefold())
    return " ".join("".join(sign for sign in text if not unicodedata.combining(sign)).split())


def _unlikely(text: str) -> Problem:
    return Problem(f"“{text[:40]}” is not a likely date for a device", "Correct the year")


def _date(text: str, year: str, month: str | int, day: str) -> str | Problem:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 70 else 1900
    try:
        date = datetime.date(number, int(month), int(day))
    except ValueError:
        return Problem(f"“{text[:40]}” is a day that does not exist", "Correct the date")
    if not 1970 <= number <= 2100:
        return _unlikely(text)
    return date.isoformat()


def read_mac(text: str) -> str | None:
    """A MAC address in lower case with colons, or none."""
    return mac_text(_MAC_NOISE.sub("", text.strip()[:40]))


def read_ip(text: str) -> str | None:
    """A network address in canonical form, without prefix length, port or zone; or none."""
    text = text.strip()[:80].split("%")[0]
    text = text.removeprefix("http://").removeprefix("https://").rstrip("/").split("/")[0]
    if text.startswith("["):
        text = text[1:].split("]")[0]
    elif text.count(":") == 1:
        text = text.split(":")[0]
    return ip_text(text)


def is_like_ip(text: str) -> bool:
    """Whether it is four numbers with dots between, whether or not there can be such an address."""
    return _FOUR_NUMBERS.fullmatch(text.strip()[:40]) is not None


def read_place(text: str) -> str | Problem:
    """A room or place; what is written like a network address is none."""
    if not is_like_ip(text):
        return text
    what = "is a network address and" if read_ip(text) else "is written like a network address, but is none, and"
    return Problem(f"“{plain(text, 40)}” {what} stands among places", "Put addresses in a column of their own")


def read_macs(text: str) -> list[str] | Problem:
    """All MAC addresses of a cell."""
    return _several(text, read_mac, "MAC address", "Twelve hexadecimal digits are needed, as 00:11:22:33:44:55")


def read_ips(text: str) -> list[str] | Problem:
    """All network addresses of a cell."""
    return _several(text, read_ip, "network address", "Write it as 10.0.0.5 or as an IPv6 address")


def _several(text: str, read: Callable[[str], str | None], what: str, next_step: str) -> list[str] | Problem:
    values: list[str] = []
    for part in _SPLIT.split(text[:1000]):
        if not (part := part.strip()) or part.casefold() in _NOTHING:
            continue
        value = read(part)
        if value is None:
            return Problem(f"“{plain(part, 40)}” is not a {what}", next_step)
        if value not in values:
            values.append(value)
    return values


def read_quantity(text: str) -> str | Problem:
    """A number of things as a whole number; ``2 stuks`` is 2, ``1.000`` is a thousand."""
    text = " ".join(text.casefold().split())[:40]
    found = _QUANTITY.fullmatch(text.removeprefix("x "))
    if not found:
        return Problem(f"“{text}” is not a number of devices", "Write a whole number")
    return str(int(found[1].replace(".", "").replace(",", "")))


def read_yes_no(text: str) -> str:
    """``yes`` or ``no`` where the text says so in Dutch, English, German or French; else the text itself."""
    plain = _plain(text)
    if plain in _YES:
        return "yes"
    return "no" if plain in _NO else text
