"""Which known vulnerabilities concern a device, as far as its model and firmware are known.

Three answers: affected, not affected, cannot tell. What is missing for an answer is named; a missing fact is never
taken as good news. Records about programs for computers are left out: no device is a program.
"""

from __future__ import annotations

import re
from functools import lru_cache

from custodiet.catalog.contents import Catalog
from custodiet.catalog.firmware import family_of, read_firmware
from custodiet.dates import parse_date
from custodiet.model import Affected, FirmwareReading, Vulnerability, VulnerabilityAnswer

LONGEST_MODEL = 100
"""Characters of a model that are compared."""


def vulnerabilities_of(
    catalog: Catalog, manufacturer: str, model: str = "", firmware: str = ""
) -> tuple[VulnerabilityAnswer, ...]:
    """One answer for each record about the family of a maker, in the order of the numbers.

    Args:
        catalog: the catalog.
        manufacturer: id of the company that made the device, whatever its label.
        model: as observed; empty when unknown.
        firmware: the version as observed; empty when unknown.
    """
    family = family_of(catalog, manufacturer)
    reading = read_firmware(firmware, catalog, manufacturer) if firmware else None
    return tuple(
        _answer(record, model.strip()[:LONGEST_MODEL], firmware, reading)
        for record in catalog.vulnerabilities.values()
        if not record.in_software and family in {family_of(catalog, company) for company in record.companies}
    )


def _answer(record: Vulnerability, model: str, firmware: str, reading: FirmwareReading | None) -> VulnerabilityAnswer:
    undecided: VulnerabilityAnswer | None = None
    outside: VulnerabilityAnswer | None = None
    for affected in record.affected:
        if affected.models and model and not _pattern(affected.models).match(model):
            continue
        answer = _by_firmware(record.id, affected, firmware, reading)
        if affected.models and not model and answer.answer != "not_affected":
            because = f"It concerns {affected.what}, and the model is not known."
            answer = _told(record.id, "cannot_tell", because, "model", *answer.missing)
        if answer.answer == "affected":
            return answer
        if answer.answer == "cannot_tell":
            undecided = undecided or answer
        else:
            outside = outside or answer
    if undecided:
        return undecided
    if outside:
        return outside
    if record.more_affected:
        because = "The source names models and builds, and says or shows that more are affected."
        return _told(record.id, "cannot_tell", because, "limits in the source")
    return _told(record.id, "not_affected", f"The model {model} is not among those that the source names.")


def _by_firmware(id: str, affected: Affected, firmware: str, reading: FirmwareReading | None) -> VulnerabilityAnswer:
    """The answer for a model that is concerned, or may be."""
    what = affected.what
    if affected.all_firmware:
        return _told(id, "affected", f"The source names {what} without any limit of firmware.")
    limits = _limits_of(affected)
    mine, inside = _inside(affected, firmware, reading)
    if inside is False:
        return _told(id, "not_affected", f"Its {mine} lies outside: {what}.")
    if affected.platforms:
        platform = reading.platform if reading else ""
        if not platform:
            return _told(id, "cannot_tell", f"It concerns {what}; its platform is not known.", "platform")
        if platform not in affected.platforms:
            return _told(id, "not_affected", f"It concerns {what}; its platform is {platform}.")
    if not limits:
        return _told(id, "cannot_tell", f"The source gives no limits: {what}.", "limits in the source")
    if not firmware:
        return _told(id, "cannot_tell", f"It concerns {what}; the firmware is not known.", "firmware")
    if not mine:
        return _told(id, "cannot_tell", f"It concerns {what}; the day of its build is not known.", "build date")
    if inside is None:
        return _told(
            id, "cannot_tell", f"The source does not give the day, and its {mine} is near: {what}.", "build date"
        )
    return _told(id, "affected", f"Its {mine} lies inside: {what}.")


def _limits_of(affected: Affected) -> bool:
    builds = affected.build_from or affected.build_to or affected.build_before
    return bool(builds or affected.version_from or affected.version_to or affected.version_before)


def _inside(affected: Affected, firmware: str, reading: FirmwareReading | None) -> tuple[str, bool | None]:
    """What was compared, and whether it lies inside the limits; by the build where both sides have its day."""
    if reading and reading.built_on and (affected.build_from or affected.build_to or affected.build_before):
        limits = (affected.build_from, affected.build_to, affected.build_before)
        return f"build of {reading.built_on}", _dates_inside(reading.built_on, *limits)
    version = _numbers(reading.version if reading and reading.version else firmware)
    if version and (affected.version_from or affected.version_to or affected.version_before):
        numbers = (_numbers(affected.version_from), _numbers(affected.version_to), _numbers(affected.version_before))
        return f"version {'.'.join(map(str, version))}", _versions_inside(version, *numbers)
    return "", None


def _dates_inside(built_on: str, since: str, to: str, before: str) -> bool | None:
    """Whether a day lies inside the limits; nothing where it lies in the month or year to which a limit is cut."""
    day = parse_date(built_on).first
    if since:
        span = parse_date(since)
        if day < span.first:
            return False
        if day < span.last:
            return None
    if to:
        span = parse_date(to)
        if day > span.last:
            return False
        if span.first < span.last and day >= span.first:
            return None
    if before:
        span = parse_date(before)
        if day >= span.last:
            return False
        if day >= span.first:
            return None
    return True


def _versions_inside(
    version: tuple[int, ...], since: tuple[int, ...], to: tuple[int, ...], before: tuple[int, ...]
) -> bool:
    if since and version < since:
        return False
    if to and version > to:
        return False
    return not (before and version >= before)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version for comparing; empty where it does not begin with any."""
    found = re.match(r"[Vv]?(\d{1,9}(?:\.\d{1,9}){0,7})", version)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def _told(id: str, answer: str, because: str, *missing: str) -> VulnerabilityAnswer:
    return VulnerabilityAnswer(vulnerability=id, answer=answer, because=because, missing=missing)  # type: ignore[arg-type]


@lru_cache(1024)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
