"""A version string to its parts: version, build, date of the build, platform, customer code.

It knows the formats of the catalog and nothing of makers. A format is no proof of who made a device: two makers may
write alike, so the maker, where it is known, decides which formats are asked.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from custodiet.catalog.contents import Catalog
from custodiet.model import FirmwareFormat, FirmwarePlatform, FirmwareReading

LONGEST = 200
"""Characters of a version that are read; anything longer is no version."""

GROUPS = ("version", "build", "date", "platform", "code")
"""The named groups a format may use."""

DATE_LAYOUTS: dict[str, str] = {
    "yymmdd": r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "yyyymmdd": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "yyyy-mm-dd": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
}
"""How a date can be written inside a version."""


def read_firmware(text: str, catalog: Catalog, manufacturer: str = "") -> FirmwareReading | None:
    """What a version string says, by the first format that reads it.

    Args:
        text: the version as observed.
        catalog: the catalog.
        manufacturer: id of the maker, where it is known: only formats of its family are asked then.

    Returns:
        the parts, or nothing where no format reads it.
    """
    wanted = family_of(catalog, manufacturer)
    for record in catalog.firmware.values():
        if not wanted or family_of(catalog, record.company) == wanted:
            reading = read_with(record, text)
            if reading is not None:
                return reading
    return None


def read_with(record: FirmwareFormat, text: str) -> FirmwareReading | None:
    """The parts of a version by one format; nothing where it does not fit or its date is no date."""
    text = text.strip()
    found = _pattern(record.regex).search(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    parts = {name: value for name, value in found.groupdict().items() if value}
    built_on = iso_date(parts["date"], record.date) if "date" in parts else ""
    if built_on is None:
        return None
    code = next((code for code in record.codes if code.code == parts.get("code")), None)
    platform = platform_of(record, parts.get("platform", ""))
    return FirmwareReading(
        record=record.id,
        company=record.company,
        version=parts.get("version", ""),
        build=parts.get("build", ""),
        built_on=built_on,
        platform=parts.get("platform", ""),
        device_class=platform.device_class if platform and not platform.shelf else "",
        brand=code.brand if code and not code.shelf else "",
    )


def platform_of(record: FirmwareFormat, code: str) -> FirmwarePlatform | None:
    """The platform of this code, else the one whose code is the first part of it: ``VIS`` stands for ``VIS_E7``."""
    exact = next((one for one in record.platforms if one.code == code), None)
    return exact or next((one for one in record.platforms if code.startswith(f"{one.code}_")), None)


def iso_date(text: str, layout: str) -> str | None:
    """A date inside a version as ISO 8601; nothing where it is no day of the calendar."""
    found = re.fullmatch(DATE_LAYOUTS.get(layout, r"(?!)"), text)
    if found is None:
        return None
    year = int(found["y"])
    try:
        # Two digits are of this century: no network camera is older.
        return date(year + 2000 if year < 100 else year, int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None


def family_of(catalog: Catalog, company: str) -> str:
    """Id of the company that heads the family: makers of one family share firmware."""
    record = catalog.companies.get(company)
    return (record.group or record.id) if record else company


@lru_cache(256)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
