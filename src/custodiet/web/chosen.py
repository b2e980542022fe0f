"""The devices that fit a question, and what else could be asked of them."""

from __future__ import annotations

from collections import Counter

import msgspec

from custodiet.web.columns import Columns, Selection, both, number
from custodiet.web.dates import before_today
from custodiet.web.filters import FACETS, NONE, WRITTEN, Filters, labels, question, terms, told
from custodiet.web.knowledge import Known

OPTIONS = 100
"""Values that a filter offers; the most frequent, and how many more there are."""


_EITHER = (bytes([255, *[0] * 255]), bytes([0, *[255] * 255]))
"""Selection -> those that are not in it, or those that are."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a filter offers."""

    value: str
    """As it stands in an address."""
    label: str
    """For people."""
    devices: int
    """How many fit it and everything else that is asked."""


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with the values that it offers."""

    field: str
    label: str
    chosen: str
    """The value that is asked for; empty: none."""
    options: tuple[Option, ...]
    """The most frequent first."""
    more: int = 0
    """Values beyond these."""


class Chosen:
    """The devices that fit a question, and how many would fit another value of each filter.

    Args:
        columns: of the body.
        filters: the question.
        decided: the devices about which somebody decided or has something to do; none where that is not asked.
    """

    def __init__(self, columns: Columns, filters: Filters, decided: Selection | None = None) -> None:
        self.columns, self.filters = columns, filters
        self._parts: dict[str, Selection] = {}
        if words := terms(filters.q):
            self._parts["q"] = columns.search(words)
        self._latest = before_today(min(filters.unseen, 36_500)).isoformat() if filters.unseen > 0 else ""
        if self._latest:
            self._parts["unseen"] = columns["seen"].where(lambda day: bool(day) and day <= self._latest)
        # what people decide changes at any time, and what is counted of it is remembered as such
        self._decided = hash(decided) if filters.decided else ""
        if filters.decided:
            there = 1 if filters.decided == "with" else 0
            self._parts["decided"] = (decided or bytes(columns.total)).translate(_EITHER[there])
        for field in FACETS:
            if value := getattr(filters, field):
                self._parts[field] = self._where(field, "" if value == NONE else value)
        fitting = self._but("")
        self.total = number(fitting, columns.total)
        self.all = None if self.total == columns.total else fitting
        """Those that fit; none: all devices."""
        self.undated = self._undated() if self._latest else 0
        """How many would fit, and have no day on which they were seen; counted where such a day is asked for."""

    def _undated(self) -> int:
        never = self.columns["seen"].where(lambda day: not day)
        return number(both(self._but("unseen"), never), self.columns.total)

    def _where(self, field: str, value: str) -> Selection:
        if field == "directive":
            under = f"{value}={self.filters.status}"
            return self.columns["directive"].where(
                lambda word: word == under if self.filters.status else word.startswith(under)
            )
        if field == "status":
            suffix = f"={value}"
            return self.columns["directive"].where(lambda word: word.endswith(suffix))
        one = self.columns[field]
        if field in WRITTEN and value and value not in one.names:
            begins = value.casefold()
            return one.where(lambda word: word.casefold().startswith(begins))
        return one.where(lambda word: word == value)

    def _asked(self, field: str) -> str:
        """The question without one filter, as counts are remembered under it."""
        plain = {"sort": "", field: getattr(Filters(), field)}
        # tomorrow, as many days reach to another day
        return f"{field}{self._latest}{self._decided}?{question(self.filters, **plain)}"

    def _but(self, field: str) -> Selection | None:
        """The devices that fit all but one filter."""
        chosen: Selection | None = None
        for name, part in self._parts.items():
            # of a directive, the status is that of the directive
            if name != field and not (field == "directive" and name == "status"):
                chosen = both(chosen, part)
        return chosen

    def facets(self, known: Known) -> tuple[Facet, ...]:
        """The filters that have something to offer."""
        named = labels()
        found = []
        for field in FACETS:
            value = getattr(self.filters, field)
            if not (value or self.total):
                continue
            counted = self.columns.remember(self._asked(field), lambda field=field: self._count(field))  # type: ignore[misc]
            if not value and len(counted) < 2:
                continue
            first = counted.most_common(OPTIONS)
            if value and not any((name or NONE) == value for name, _devices in first):
                plain = "" if value == NONE else value
                # of a beginning, all that fit begin with it
                first.append((plain, counted[plain] or (self.total if field in WRITTEN else 0)))
            options = tuple(
                Option(value=name or NONE, label=told(field, name, known), devices=devices) for name, devices in first
            )
            more = max(0, len(counted) - len(options))
            found.append(Facet(field=field, label=named[field], chosen=value, options=options, more=more))
        return tuple(found)

    def _count(self, field: str) -> Counter[str]:
        if field not in ("directive", "status"):
            return self.columns[field].count(self._but(field) if field in self._parts else self.all)
        counted: Counter[str] = Counter()
        if field == "status":  # of one directive: each device has one; of any, a device may have several
            if not self.filters.directive:
                return counted
            rest = both(self._but("status"), self.columns["directive"].where(self._under))
            for word, devices in self.columns["directive"].count(rest).items():
                if self._under(word):
                    counted[word.rpartition("=")[2]] += devices
            return counted
        for word, devices in self.columns["directive"].count(self._but("directive")).items():
            name, _equals, status = word.rpartition("=")
            if self.filters.status in ("", status):
                counted[name] += devices
        return counted

    def _under(self, word: str) -> bool:
        return word.startswith(f"{self.filters.directive}=")
