"""Times of logs, as programs write them: with and without a year, with and without a zone.

A time without a year gets the latest one in which it does not lie behind the last change of the file. A time without a
zone is read in the zone that the user gave, and as UTC where none was given; how often that was done is counted, so
that nobody takes an assumed hour for a known one. No clock is read here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLOCK = r"(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?"
_ISO = re.compile(rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})[T ]{_CLOCK}\s?(Z\b|UTC\b|GMT\b|[+-]\d{{2}}:?\d{{2}})?")
_SYSLOG = re.compile(
    rf"[:*.]?([A-Z][a-z]{{2}}) {{1,2}}(\d{{1,2}}) (?:(\d{{4}}) )?{_CLOCK}(?: (\d{{4}}))?(?: (UTC|GMT)\b)?"
)
_BIND = re.compile(rf"(\d{{1,2}})-([A-Z][a-z]{{2}})-(\d{{4}}) {_CLOCK}")
_EPOCH = re.compile(r"\[?(\d{9,10})(?:\.(\d{1,9}))?\]? ")
_WINDOWS = re.compile(rf"(\d{{1,4}})([./-])(\d{{1,2}})\2(\d{{1,4}}) {_CLOCK}(?: ([AaPp])\.?[Mm]\.?)?")
_PRIORITY = re.compile(r"<\d{1,3}>(?:\d{1,2} )?")
_DAY_NAME = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? ")

Moment: TypeAlias = tuple[int, int, int, int, int, int, int]
"""Year, month, day, hour, minute, second and microsecond, as a log writes them."""

_AHEAD = 86_400.0  # a file changed just now in another zone may hold times that seem to come
_NO_TIME, _A_DAY = timedelta(), timedelta(days=2)  # a day, and what zones may differ
_STEP = 600.0  # lines of several threads change places, but not by as much


@lru_cache(maxsize=256)
def offset_of(written: str) -> tzinfo | None:
    """The zone that ``+0100``, ``-05:30``, ``Z``, ``UTC`` or ``GMT`` names; None where it is none that can be."""
    if written in ("Z", "UTC", "GMT"):
        return UTC
    digits = written[1:].replace(":", "")
    if len(digits) != 4 or written[:1] not in "+-" or not (digits.isascii() and digits.isdigit()):
        return None
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 15 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))


def _fraction(digits: str | None) -> int:
    """Microseconds of the digits behind the point."""
    return int(f"{digits:0<6}"[:6]) if digits else 0


def _clock_face(fields: Moment) -> datetime:
    """A time without a zone; the sixtieth second, which is put in now and then to keep step with the earth, is taken
    as the one before."""
    year, month, day, hour, minute, second, part = fields
    return datetime(year, month, day, hour, minute, 59 if second == 60 else second, part)


def _possible(when: float) -> float | None:
    return when if 0 <= when < 1e11 else None


class LogClock:
    """Reads the times of one log and remembers what had to be assumed.

    Args:
        zone: name of the zone of times that have none; empty: UTC is assumed.
        changed: when the file was last changed, seconds since 1970 UTC.
    """

    def __init__(self, zone: str, changed: float) -> None:
        self._zone: tzinfo = ZoneInfo(zone) if zone else UTC
        self._name = zone
        self._changed = datetime.fromtimestamp(min(max(changed, 0.0), 4e9) + _AHEAD, UTC)
        self._latest: float | None = None
        self._assumed = 0
        self._twice = 0
        self._never = 0
        self._back = 0
        self._back_at = ""
        self._years: dict[tuple[int, ...], int] = {}
        self.guessed_years: set[int] = set()
        """Years that were put to times without one."""

    def stamp(self, line: str) -> tuple[float | None, int]:
        """The time at the beginning of a line, in any of the common forms; lines are expected to follow one another.

        Returns:
            seconds since 1970 UTC, None where there is no time that can be; and where the rest of the line begins.
        """
        when, end = self._parsed(line)
        if when is not None:
            self._follows(when)
        return when, end

    def within(self, text: str) -> float | None:
        """A time that stands within a line, and so may lie before or behind those of other lines."""
        return self._parsed(text)[0]

    def _parsed(self, line: str) -> tuple[float | None, int]:
        at = 0
        if line.startswith("<") and (match := _PRIORITY.match(line)):
            at = match.end()
        if match := _SYSLOG.match(line, at):
            name, day, before, hour, minute, second, part, behind, said = match.groups()
            month, zone = _MONTHS.get(name.lower(), 0), offset_of(said) if said else None
            rest = (int(day), int(hour), int(minute), int(second), _fraction(part))
            if year := before or behind:
                return self.moment((int(year), month, *rest), zone), match.end()
            return self._without_year((0, month, *rest), zone), match.end()
        if match := _ISO.match(line, at):
            year, number, day, hour, minute, second, part, said = match.groups()
            moment = (int(year), int(number), int(day), int(hour), int(minute), int(second), _fraction(part))
            return self.moment(moment, offset_of(said) if said else None), match.end()
        if match := _BIND.match(line, at):
            day, name, year, hour, minute, second, part = match.groups()
            month = _MONTHS.get(name.lower(), 0)
            return self.moment(
                (int(year), month, int(day), int(hour), int(minute), int(second), _fraction(part))
            ), match.end()
        if match := _EPOCH.match(line, at):
            return int(match[1]) + _fraction(match[2]) / 1e6, match.end()
        if match := _WINDOWS.match(line, at):
            return self._windows(match), match.end()
        if match := _DAY_NAME.match(line, at):
            when, end = self._parsed(line[match.end() :][:80])
            return when, end + match.end() if end else 0
        return None, 0

    def moment(self, fields: Moment, zone: tzinfo | None = None) -> float | None:
        """A time of which all parts are known.

        Args:
            fields: its parts.
            zone: the zone the log names; None: it names none.

        Returns:
            seconds since 1970 UTC; None where there is no such time.
        """
        try:
            when = _clock_face(fields)
            return _possible(self._local(when) if zone is None else when.replace(tzinfo=zone).timestamp())
        except (ValueError, OverflowError):
            return None

    def _local(self, when: datetime) -> float:
        if not self._name:
            self._assumed += 1
            return when.replace(tzinfo=UTC).timestamp()
        first = when.replace(tzinfo=self._zone)
        second = first.replace(fold=1)
        begins, again = first.timestamp(), second.timestamp()
        if begins == again:
            return begins
        if again < begins:
            self._never += 1  # the clocks were put forward over it
            return begins
        self._twice += 1
        # The hour came twice; lines follow one another, so what would go back stands in the second one.
        return again if self._latest is not None and self._latest > begins + _STEP else begins

    def _without_year(self, fields: Moment, zone: tzinfo | None) -> float | None:
        if year := self._years.get(fields[1:3]):
            return self.moment((year, *fields[1:]), zone)
        for year in range(self._changed.year, self._changed.year - 9, -1):  # 29 February is found within eight
            try:
                ahead = self._changed - _clock_face((year, *fields[1:])).replace(tzinfo=zone or self._zone)
                if ahead < _NO_TIME:
                    continue
            except (ValueError, OverflowError):
                continue
            self.guessed_years.add(year)
            if ahead > _A_DAY:  # no other hour of that day lies in the future
                self._years[fields[1:3]] = year
            return self.moment((year, *fields[1:]), zone)
        return None

    def _windows(self, match: re.Match[str]) -> float | None:
        """As the language of the computer writes it: with AM or PM the month comes first, else the day, or the year."""
        first, _sign, second, third, hour, minute, seconds, part, half = match.groups()
        if len(first) == 4:
            year, month, day = int(first), int(second), int(third)
        else:
            day, month, year = int(first), int(second), int(third)
            if (half and day <= 12) or month > 12:
                day, month = month, day
        hours = int(hour)
        if half:
            hours = hours % 12 + (12 if half in "Pp" else 0)
        return self.moment((year, month, day, hours, int(minute), int(seconds), _fraction(part)))

    def _follows(self, when: float) -> None:
        if self._latest is not None and when < self._latest - _STEP:
            if not self._back:
                self._back_at = f"{datetime.fromtimestamp(self._latest, UTC):%Y-%m-%d %H:%M:%S} UTC"
            self._back += 1
        elif self._latest is not None and when < self._latest:
            return
        self._latest = when

    def zone_doubt(self) -> str:
        """The sentence on times whose zone is not sure; empty where there is nothing to say."""
        if self._assumed:
            return (
                f"{self._assumed:,} of its times carry no zone and were taken as UTC; "
                "say where the clock stands with --zone, for example --zone Europe/Amsterdam"
            )
        said = []
        if self._twice:
            said.append(
                f"{self._twice:,} of its times fall into an hour that came twice in {self._name}, at the end of summer "
                "time; they were told apart by their order in the file"
            )
        if self._never:
            said.append(
                f"{self._never:,} of its times fall into an hour that {self._name} left out; the zone may be wrong"
            )
        return "; ".join(said)

    def jump_doubt(self) -> str:
        """The sentence on times that go back; empty where none do."""
        if not self._back:
            return ""
        times = "once" if self._back == 1 else f"{self._back:,} times"
        return f"the times go back by more than ten minutes {times}, first behind {self._back_at}"
