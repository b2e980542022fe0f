"""What stands in a row of the log, for people: a word for each field, and its value as pages say it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from custodiet.report import speech, words
from custodiet.report.cited import in_questions
from custodiet.web import filters, labels
from custodiet.web.alerts.words import TOPICS

if TYPE_CHECKING:
    from custodiet.web.knowledge import Known

FIELDS = {
    "administrator": _("Administrator"),
    "answer": _("Answer"),
    "also": _("Also known as"),
    "as": _("As"),
    "asked": _("Filters"),
    "because": _("Because"),
    "brand": _("Brand, as printed"),
    "by": _("With"),
    "certificate": _("Another certificate"),
    "condition": _("Question"),
    "core": _("Part of a core network"),
    "country": _("Country"),
    "decided_by": _("Decided by"),
    "decided_on": _("Decided on"),
    "devices": _("Devices"),
    "direction": _("Direction"),
    "due": _("Due by"),
    "email": _("E-mail address"),
    "ended": _("Sign-ins ended"),
    "evidence": _("Evidence"),
    "factor": _("Second factor"),
    "facts": _("Answers"),
    "file": _("Sites file"),
    "fcc_id": _("FCC ID"),
    "height": _("Height in pixels"),
    "host": _("Server"),
    "id": _("Id"),
    "kind": _("Kind"),
    "label": _("Name"),
    "language": _("Language"),
    "latitude": _("Latitude"),
    "left": _("Left as it was"),
    "longitude": _("Longitude"),
    "looks": _("Looks at it"),
    "mac": _("MAC address"),
    "made_in": _("Made in"),
    "manufacturer": _("Manufacturer, as printed"),
    "model": _("Model"),
    "name": _("Name"),
    "names": _("Other spellings"),
    "number": _("Number"),
    "others": _("Places of others"),
    "owner": _("Who answers for it"),
    "photo": _("Photo (SHA-256)"),
    "pins": _("Devices on it"),
    "plan": _("Floor plan"),
    "position": _("Place on the map"),
    "question": _("Filters"),
    "reason": _("Why"),
    "registered": _("In the register"),
    "rights": _("Rights"),
    "role": _("Role"),
    "seen": _("On the network"),
    "serial": _("Serial number"),
    "settled_by": _("Settled by"),
    "settled_on": _("Settled on"),
    "settled_why": _("Why it was in order"),
    "sha256": _("Photo (SHA-256)"),
    "shared": _("For all"),
    "since": _("From"),
    "site": _("Site"),
    "sites": _("Sites"),
    "source": _("Source"),
    "standing": _("How it stood"),
    "state": _("State"),
    "subnets": _("Address ranges"),
    "topics": _("Hears of"),
    "until": _("Up to and including"),
    "value": _("Maker"),
    "vlans": _("VLANs"),
    "width": _("Width in pixels"),
    "wrong": _("What was confirmed was wrong"),
    "x": _("From the left, in thousandths"),
    "y": _("From the top, in thousandths"),
    "zone": _("Zone"),
    "zones": _("Zones"),
}
"""Field of what is said in a row -> for people."""

UNSAID = frozenset({"asset", "reason", "remembers"})
"""Fields that stand beside it or tell people nothing: what the row is about, why, and a mark by which a program knows a
case again."""

_WAYS = {
    "password": _("password"),
    "passkey": _("passkey"),
    "issuer": _("account of the organisation"),
    "link": _("link"),
    "app": _("app"),
    "code": _("code of an app"),
    "recovery code": _("recovery code"),
}
"""How somebody shows who they are -> for people."""

_LANGUAGES = {"en": "English", "nl": "Nederlands"}


def _kind(what: str, text: str) -> str:
    if what.startswith("action"):
        return str(labels.ACTIONS.get(text, text))
    if what.startswith("body"):
        return _of_catalog("body_kinds", text)
    return str(labels.DECISIONS.get(text, (text,))[0])


def _of_catalog(table: str, id: str) -> str:
    from custodiet.web.knowledge import catalog

    found = getattr(catalog(), table).get(id)
    return now(found.means) if found else id


FORMS = {
    "dossier": _("dossier"),
    "dossier-page": _("dossier as a page"),
    "entries": _("devices with all that is known (JSON)"),
    "findings-csv": _("findings (CSV)"),
    "findings-xlsx": _("findings (workbook)"),
    "issues": _("what could not be read (JSON)"),
    "report": _("report"),
    "rows": _("rows (JSON)"),
    "xlsx": _("workbook"),
}
"""Word for a form in which a page is taken away -> for people; others are known by their own letters."""


def _each(table: dict[str, Any], text: str, between: str = ", ") -> str:
    """Codes parted by blanks, in words."""
    return between.join(str(table.get(code, code)) for code in text.split())


def _ways(text: str) -> str:
    return words.listed([str(_WAYS.get(one, one)) for one in text.split(" and ")])


def _filters(text: str, known: Known) -> str:
    """A question to a list, as it stands in an address."""
    names, asked = filters.labels(), [(name, value) for name, value in parse_qsl(text) if name not in ("as", "page")]
    return ", ".join(f"{names.get(name, name)}: {filters.told(name, value, known)}" for name, value in asked)


_VALUES: dict[str, Callable[[str, str, Known], str]] = {
    "answer": lambda what, text, known: str(labels.ANSWERS.get(text, text)),
    "as": lambda what, text, known: str(FORMS.get(text, text.upper())),
    "asked": lambda what, text, known: _filters(text, known),
    "by": lambda what, text, known: _ways(text),
    "condition": lambda what, text, known: in_questions(text),
    "country": lambda what, text, known: _of_catalog("countries", text),
    "decided_on": lambda what, text, known: words.day(text),
    "due": lambda what, text, known: words.day(text),
    "factor": lambda what, text, known: _ways(text),
    "kind": lambda what, text, known: _kind(what, text),
    "language": lambda what, text, known: _LANGUAGES.get(text, text),
    "left": lambda what, text, known: str(labels.TOLD.get(text, text)),
    "question": lambda what, text, known: _filters(text, known),
    "rights": lambda what, text, known: _each(labels.RIGHTS, text),
    "role": lambda what, text, known: str(labels.ROLES.get(text, (text,))[0]),
    "settled_on": lambda what, text, known: words.day(text),
    "since": lambda what, text, known: words.day(text),
    "site": lambda what, text, known: known.site(text),
    "standing": lambda what, text, known: str(labels.STANDINGS.get(text, (text,))[0]),
    "state": lambda what, text, known: str(labels.STATES.get(text, text)),
    "topics": lambda what, text, known: _each(TOPICS, text, "; "),
    "until": lambda what, text, known: words.day(text),
}
"""Field -> its text in words, by the deed and what is known of the body; what is not here is a person's own."""


def word(name: str) -> str:
    """Of a field; one that is not known stays as it is."""
    return str(FIELDS.get(name, name))


def told(what: str, name: str, value: Any, known: Known) -> str:
    """A value of a field for people.

    Args:
        what: the deed.
        name: of the field.
        value: as JSON has it.
        known: of the body.
    """
    match value:
        case None:
            return ""
        case bool():
            return now("yes") if value else now("no")
        case int() if name == "direction":
            return f"{value}°"
        case int() if name not in ("number", "vlans"):
            return speech.number(value)
        case list():
            inner = [told(what, name, one, known) for one in value]
            return ("; " if any(isinstance(one, dict) for one in value) else ", ").join(inner)
        case dict():
            parts = ((in_questions(word(n)), told(what, n, one, known)) for n, one in value.items())
            return ", ".join(f"{n}: {text}" for n, text in parts if text)
        case str() if value and name in _VALUES:
            return _VALUES[name](what, value, known)
    return str(value)
