"""What a list of devices can be asked: the question of its address, and its words for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from custodiet.report import words
from custodiet.report.cited import rendered
from custodiet.report.egress import OUTCOMES
from custodiet.web.knowledge import Known
from custodiet.wire.address import mac_text

NONE = "(none)"
"""Stands in an address for the empty value: a device whose maker is unknown, that is at no site."""

TERMS = 10
"""Words of a search that are looked for."""

DECIDED = ("with", "without")
"""What can be asked of decisions; how many devices that is, is looked up only where it is asked."""

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
    decided: Literal["", "with", "without"] = ""
    """``with`` or ``without`` a decision of people or an open action."""
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

WRITTEN = frozenset({"model"})
"""Filters whose values can be written too, since they may be more than are offered; the beginning of one is enough."""


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
        "decided": _("Decision or open action"),
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
    "decided": {"with": gettext_noop("With one"), "without": gettext_noop("Without")},
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
        return rendered(known.directive(value))
    if field == "due":
        directive, _at, deadline = value.rpartition("@")
        return f"{words.day(deadline)}: {rendered(known.directive(directive))}"
    fixed = _WORDS.get(field)
    return _(fixed[value]) if fixed and value in fixed else value


def terms(q: str) -> list[str]:
    """The words that are looked for; a MAC as devices have it, however it was written."""
    words = q.split()
    whole = mac_text(":".join(words))
    return [whole] if whole else [mac_text(word) or word for word in words[:TERMS]]


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
