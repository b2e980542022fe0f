"""Which devices a list shows: the question of its address, the devices that fit, and what else could be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from custodiet.report import words
from custodiet.report.egress import OUTCOMES
from custodiet.web.columns import Columns, Selection, both, number
from custodiet.web.dates import before_today
from custodiet.web.knowledge import Known

NONE = "(none)"
"""Stands in an address for the empty value: a device whose maker is unknown, that is at no site."""

OPTIONS = 100
"""Values that a filter offers; the most frequent, and how many more there are."""

TERMS = 10
"""Words of a search that are looked for."""

Told = Callable[[str, Known], str]


class Filters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which devices, in what order, and which page of them."""

    q: str = ""
    """Words that all have to stand in the label, an identifier or a name."""
    outcome: str = ""
    """``not_satisfied``, ``undetermined``, ``rest`` or ``not_judged``."""
    kind: str = ""
    """``surveillance``, ``unknown`` or ``other``."""
    device_class: str = ""
    maker: str = ""
    """Id of a company; ``(none)``: unknown."""
    brand: str = ""
    model: str = ""
    band: str = ""
    """How sure the maker is."""
    site: str = ""
    zone: str = ""
    directive: str = ""
    """Id of a directive that says something of it."""
    status: str = ""
    """What that directive, or else any, comes to."""
    due: str = ""
    """``directive@deadline`` of something that is to be done."""
    talks: str = ""
    """Outcome of what it talks to."""
    source: str = ""
    """A kind of source that knows it."""
    unseen: int = 0
    """Not seen for as many days, counted from today."""
    sort: str = ""
    """Empty: the worst first; ``label``, ``maker``, ``site``, ``seen`` (longest not seen first) or ``-seen``."""
    page: int = 1


SORTS = ("", "label", "maker", "site", "-seen", "seen")

FACETS = (
    "outcome", "kind", "device_class", "maker", "brand", "model", "band", "site", "zone", "directive", "status", "due",
    "talks", "source",
)  # fmt: skip
"""Filters that offer values, in the order in which they stand."""

_LONG = frozenset({"model"})
"""Filters whose values are many and mean something only below a maker or brand."""


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


def labels() -> dict[str, str]:
    """Names of the filters for people."""
    return {
        "q": _("Search"),
        "outcome": _("Outcome"),
        "kind": _("For surveillance"),
        "device_class": _("Kind"),
        "maker": _("Maker"),
        "brand": _("Brand"),
        "model": _("Model"),
        "band": _("How sure of the maker"),
        "site": _("Site"),
        "zone": _("Zone"),
        "directive": _("Directive"),
        "status": _("What it says"),
        "due": _("To be done by"),
        "talks": _("Talks to"),
        "source": _("Known from"),
        "unseen": _("Not seen for this many days, counted from today"),
    }


def sorts() -> dict[str, str]:
    """Orders of the list for people."""
    said = (_("The worst first"), _("Name"), _("Maker"), _("Site"), _("Seen last first"), _("Longest not seen first"))
    return dict(zip(SORTS, said, strict=True))


_WORDS: dict[str, dict[str, str]] = {
    "outcome": {
        "not_satisfied": gettext_noop("Not satisfied"),
        "undetermined": gettext_noop("Undecided"),
        "rest": gettext_noop("Nothing against it"),
        "not_judged": gettext_noop("Not judged"),
    },
    "kind": {
        "surveillance": gettext_noop("Yes"),
        "unknown": gettext_noop("Not known"),
        "other": gettext_noop("No"),
    },
    "device_class": words.CLASSES,
    "band": words.BANDS,
    "status": words.STATUSES,
    "talks": OUTCOMES,
    "source": words.SOURCES,
}
"""Filter -> its values in words."""


def outcomes() -> dict[str, str]:
    """Outcomes for people."""
    return {value: _(said) for value, said in _WORDS["outcome"].items()}


def told(field: str, value: str, known: Known) -> str:
    """A value of a filter for people."""
    if value in ("", NONE):
        return _("Not known") if field != "talks" else _("No traffic was read")
    if field in ("maker", "brand"):
        return known.maker(value) if field == "maker" else known.names.brand(value)
    if field == "site":
        return known.site(value)
    if field == "directive":
        return known.directive(value)
    if field == "due":
        directive, _at, deadline = value.rpartition("@")
        return f"{words.day(deadline)}: {known.directive(directive)}"
    fixed = _WORDS.get(field)
    return _(fixed[value]) if fixed and value in fixed else value


def question(filters: Filters, **changes: object) -> str:
    """What stands behind the question mark of the address that asks this, with some of it changed."""
    asked = msgspec.structs.asdict(filters) | {"page": 1} | changes
    defaults = msgspec.structs.asdict(Filters())
    return urlencode({name: value for name, value in asked.items() if value != defaults[name]})


def chips(filters: Filters, known: Known) -> list[tuple[str, str, str]]:
    """What is asked for: name of each filter, its value for people, and the question without it."""
    shown = []
    for field, name in labels().items():
        if value := getattr(filters, field):
            without = question(filters, **{field: getattr(Filters(), field)})
            shown.append((name, str(value) if field in ("q", "unseen") else told(field, value, known), without))
    return shown


class Chosen:
    """The devices that fit a question, and how many would fit another value of each filter.

    Args:
        columns: of the body.
        filters: the question.
    """

    def __init__(self, columns: Columns, filters: Filters) -> None:
        self.columns, self.filters = columns, filters
        self._parts: dict[str, Selection] = {}
        if terms := filters.q.split()[:TERMS]:
            self._parts["q"] = columns.search(terms)
        self._latest = before_today(min(filters.unseen, 36_500)).isoformat() if filters.unseen > 0 else ""
        if self._latest:
            self._parts["unseen"] = columns["seen"].where(lambda day: bool(day) and day <= self._latest)
        for field in FACETS:
            if value := getattr(filters, field):
                self._parts[field] = self._where(field, "" if value == NONE else value)
        fitting = self._but("")
        self.total = number(fitting, columns.total)
        self.all = None if self.total == columns.total else fitting
        """Those that fit; none: all devices."""

    def _where(self, field: str, value: str) -> Selection:
        if field == "directive":
            under = f"{value}={self.filters.status}"
            return self.columns["directive"].where(
                lambda word: word == under if self.filters.status else word.startswith(under)
            )
        if field == "status":
            suffix = f"={value}"
            return self.columns["directive"].where(lambda word: word.endswith(suffix))
        return self.columns[field].where(lambda word: word == value)

    def _asked(self, field: str) -> str:
        """The question without one filter, as counts are remembered under it."""
        plain = {"sort": "", field: getattr(Filters(), field)}
        # tomorrow, as many days reach to another day
        return f"{field}{self._latest}?{question(self.filters, **plain)}"

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
            if not (value or self.total) or (field in _LONG and not self._below_maker):
                continue
            counted = self.columns.remember(self._asked(field), lambda field=field: self._count(field))  # type: ignore[misc]
            if not value and len(counted) < 2:
                continue
            first = counted.most_common(OPTIONS)
            if value and not any((name or NONE) == value for name, _devices in first):
                first.append(("" if value == NONE else value, counted["" if value == NONE else value]))
            options = tuple(
                Option(value=name or NONE, label=told(field, name, known), devices=devices) for name, devices in first
            )
            more = max(0, len(counted) - len(options))
            found.append(Facet(field=field, label=named[field], chosen=value, options=options, more=more))
        return tuple(found)

    @property
    def _below_maker(self) -> bool:
        return bool(self.filters.model or self.filters.maker or self.filters.brand)

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
