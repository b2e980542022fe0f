"""Deadlines that run from an event: days and business days, by the public holidays of a jurisdiction.

A deadline is written as in the texts: ``P1BD`` is one business day, ``P10BD`` ten, ``P30D`` thirty days. The day of the
event does not count. Public holidays are known for the jurisdictions whose texts count in business days; elsewhere only
Saturday and Sunday are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from custodiet.model.directive import WITHIN


def due_after(day: date, within: str, jurisdiction: str) -> date:
    """The last day of a deadline.

    Args:
        day: the day of the event, which does not count.
        within: as in `custodiet.model.directive.WITHIN`.
        jurisdiction: ISO 3166 code whose federal or national holidays are no business days.

    Raises:
        ValueError: `within` is no such deadline.
    """
    found = WITHIN.match(within)
    if not found:
        raise ValueError(f"{within[:20]!r} is not written as P1BD or P30D")
    count = int(found[1])
    if found[2] == "D":
        return day + timedelta(days=count)
    while count:
        day += timedelta(days=1)
        count -= is_business_day(day, jurisdiction)
    return day


def is_business_day(day: date, jurisdiction: str) -> bool:
    """Whether a day is neither Saturday, Sunday nor a public holiday of the jurisdiction."""
    return day.weekday() < 5 and day not in _holidays(jurisdiction, day.year)


@lru_cache(64)
def _holidays(jurisdiction: str, year: int) -> frozenset[date]:
    rule = HOLIDAYS.get(jurisdiction)
    if rule is None:
        return frozenset()
    # a New Year's Day on a Saturday is kept on the last day of the year before
    return frozenset(day for around in (year, year + 1) for day in rule(around) if day.year == year)


def us_federal_holidays(year: int) -> Iterator[date]:
    """The days on which US federal offices are closed, by 5 U.S.C. 6103 and Executive Order 11582.

    One that falls on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
    """
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= 2021:
        fixed.append(date(year, 6, 19))
    for day in fixed:
        yield day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
    monday, thursday = 0, 3
    yield _nth(year, 1, monday, 3)  # Birthday of Martin Luther King, Jr.
    yield _nth(year, 2, monday, 3)  # Washington's Birthday
    yield _nth(year, 6, monday, 1) - timedelta(days=7)  # Memorial Day, the last Monday of May
    yield _nth(year, 9, monday, 1)  # Labor Day
    yield _nth(year, 10, monday, 2)  # Columbus Day
    yield _nth(year, 11, thursday, 4)  # Thanksgiving Day


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


HOLIDAYS: Mapping[str, Callable[[int], Iterable[date]]] = {"US": us_federal_holidays}
"""Jurisdiction -> its public holidays in a year. Only those whose texts count in business days stand here."""
