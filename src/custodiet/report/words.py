"""The words for codes, numbers and times: how a class, an outcome or a moment is said to a person.

It knows no assessment; `summary` makes sentences of these words.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from custodiet.dates import moment_of, parse_date
from custodiet.model import Claim
from custodiet.report.speech import Words, digits, gettext, ngettext
from custodiet.report.speech import number as spelled

CLASSES = Words(
    {
        "": "Device of unknown kind",
        "camera": "Camera",
        "thermal_camera": "Thermal camera",
        "recorder": "Recorder",
        "encoder": "Video encoder",
        "access_controller": "Access controller",
        "intercom": "Intercom",
        "surveillance": "Surveillance device",
        "not_surveillance": "Not a surveillance device",
    }
)
"""Device class -> name for people."""

TECHNIQUES = Words(
    {
        "discovery-reply": "its reply to the maker's own discovery",
        "protocol-reply": "how its services answer",
        "certificate": "its certificate",
        "web-page": "its web page",
        "address-block": "its address block",
        "model-grammar": "the shape of its model name",
        "firmware-format": "the shape of its firmware version or serial number",
        "traffic": "what it talks to",
        "self-declared": "what it calls itself",
        "other-tool": "what another scanner concluded",
        "label": "what people read off the device or the order",
        "label-read": "what a person read off its label",
        "stated": "what people wrote down",
        "own-brand": "a name whose company makes what it sells",
    }
)
"""Kind of evidence -> how a sentence names it."""

_OF_PEOPLE = ("label", "stated")
_BY_HAND = ("register.", "label.", "device.text")
_OF_TOOLS = ("service.", "net.oui_text")


def evidence_of(claim: Claim) -> str:
    """The kind of evidence as a sentence names it: rules for the words of people are asked of all free text, and what a
    scanner printed or a device says of itself nobody wrote down."""
    if claim.technique not in _OF_PEOPLE or not claim.attribute or claim.attribute.startswith(_BY_HAND):
        return claim.technique
    return "other-tool" if claim.attribute.startswith(_OF_TOOLS) else "self-declared"


def evidence(claim: Claim) -> str:
    """How a sentence names what a claim rests on."""
    kind = evidence_of(claim)
    return TECHNIQUES.get(kind, kind)


STRENGTHS = Words(
    {
        "must": "an obligation",
        "should": "advice",
        "consider": "to be considered",
        "may": "permitted",
        "none": "no demand",
    }
)
"""Strength of a requirement -> how a sentence names it."""

DEMANDED = Words({"must": "must", "should": "should", "consider": "consider", "may": "may", "none": "none"})
"""Strength of a requirement -> its own word."""

STATUSES = Words(
    {
        "not_satisfied": "Not satisfied",
        "undetermined": "Undecided",
        "satisfied": "Satisfied",
        "not_applicable": "Does not apply",
    }
)
"""Status of a finding -> label."""

OUTCOMES = Words(
    {
        "not addressed": "not addressed",
        "out of scope": "out of scope",
        "allowed": "allowed",
        "allowed, discouraged": "allowed, discouraged",
        "decision required": "decision required",
        "prohibited": "prohibited",
        "must be gone": "must be gone",
        "overdue": "overdue",
        "report due": "report due",
        "cannot judge": "cannot judge",
    }
)
"""Outcome of a finding -> for people."""

SEVERITIES = Words({"high": "high", "medium": "medium", "low": "low", "none": "none"})
"""How bad a finding is -> for people."""

BANDS = Words({"certain": "certain", "likely": "likely", "possible": "possible", "unknown": "unknown"})
"""Band of a confidence -> for people."""

ANSWERS = Words({"yes": "yes", "no": "no", "unknown": "unknown", "not asked": "not asked"})
"""Answer to one of the seven questions -> for people."""

FORCES = Words(
    {
        "in force": "in force",
        "superseded": "superseded",
        "expired": "expired",
        "suspended": "suspended",
        "local decision": "a decision of a body itself",
        "guidance": "guidance",
        "proposed": "proposed",
        "political": "political",
        "definition": "definition",
        "record": "record",
        "what if": "what if",
    }
)
"""What kind of force a text has -> for people."""

STANDINGS = Words({code: code for code in FORCES})
"""The same force -> its own word."""

METHODS = Words({"examine": "examine", "interview": "interview", "test": "test"})
"""How a source came about -> for people."""

UNITS = {
    "answers": "answer",
    "device types": "device type",
    "devices": "device",
    "events": "event",
    "files": "file",
    "flows": "flow",
    "hosts": "host",
    "labels": "label",
    "leases": "lease",
    "lines": "line",
    "objects": "object",
    "packets": "packet",
    "records": "record",
    "replies": "reply",
    "rows": "row",
}
"""What a reader counts -> one of it."""

QUESTIONS = Words(
    {
        "body": "Is the body addressed?",
        "equipment": "Is this kind of equipment in scope?",
        "entity": "Is it one that is meant: maker, brand, parts or data?",
        "place": "Is the place in scope?",
        "network": "Does the network condition hold?",
        "verb": "Does the demand apply to what happened?",
        "exception": "Does an exception apply?",
    }
)
"""The seven questions behind a verdict."""

SOURCES = Words(
    {
        "capture": "a capture",
        "scan": "a scan",
        "log": "a log",
        "register": "a register",
        "purchase_record": "a purchase record",
        "label": "a photo of its label",
        "survey_answer": "a survey answer",
        "labelled": "a file of labelled observations",
        "live": "a live conversation",
    }
)
"""Kind of source -> how a sentence names it."""

RELIED = Words({"isolation proof": "behind a statement on isolation", "configuration": "a configuration"})
"""Kind of a file beside the sources -> how a sentence names it."""


def span(since: str, until: str) -> str:
    """From when until when, for people; empty where that is not known."""
    return f"{day(since)} – {day(until)}" if since != until else day(since) if since else ""


KINDS = {
    "capture": ("capture", "captures"),
    "scan": ("scan", "scans"),
    "log": ("log", "logs"),
    "register": ("register", "registers"),
    "purchase_record": ("purchase record", "purchase records"),
    "label": ("photo of its label", "photos of labels"),
    "survey_answer": ("survey answer", "survey answers"),
    "labelled": ("file of labelled observations", "files of labelled observations"),
    "live": ("live conversation", "live conversations"),
}
"""Kind of source -> how one, and how several, are counted."""

IDENTIFIERS = Words(
    {"mac": "MAC", "serial": "serial", "ip": "address", "tag": "tag", "hostname": "host name", "custodiet_id": "id"}
)
"""Kind of identifier -> how a sentence names it."""

COUNTRIES = Words(
    {
        "AT": "Austria",
        "AU": "Australia",
        "BE": "Belgium",
        "BR": "Brazil",
        "BY": "Belarus",
        "CA": "Canada",
        "CH": "Switzerland",
        "CN": "China",
        "CZ": "Czechia",
        "DE": "Germany",
        "DK": "Denmark",
        "ES": "Spain",
        "FI": "Finland",
        "FR": "France",
        "GB": "the United Kingdom",
        "HK": "Hong Kong",
        "IE": "Ireland",
        "IL": "Israel",
        "IN": "India",
        "IR": "Iran",
        "IT": "Italy",
        "JP": "Japan",
        "KP": "North Korea",
        "KR": "South Korea",
        "NL": "the Netherlands",
        "NO": "Norway",
        "PL": "Poland",
        "RU": "Russia",
        "SE": "Sweden",
        "SG": "Singapore",
        "TR": "Turkey",
        "TW": "Taiwan",
        "UA": "Ukraine",
        "US": "the United States",
        "VN": "Vietnam",
    }
)
"""ISO 3166 code -> how a sentence names the country, behind "in"; others are told by their code."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"]


def day(text: str) -> str:
    """An ISO 8601 date, cut to the precision known, for people: ``2025-04`` is "Apr 2025"; other text stays."""
    try:
        first, last = parse_date(text)
    except ValueError:
        return text
    month = gettext(_MONTHS[first.month - 1])
    if first == last:
        return f"{first.day} {month} {first.year:04}"
    return f"{month} {first.year:04}" if first.month == last.month else f"{first.year:04}"


def utc(moment: float | None) -> datetime | None:
    """A moment in seconds since 1970; none where it is none or cannot be one, as a broken clock writes it."""
    return None if moment is None else moment_of(moment)


def iso(moment: float | None) -> str | None:
    """A moment as ISO 8601 in UTC to the millisecond; none where there is none."""
    at = utc(moment)
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(moment: float | None, zone: tzinfo | None = None) -> str:
    """A moment for people: "1 Dec 2022 14:03 UTC"; in another zone with the name that the zone has then."""
    at = utc(moment)
    if at is None:
        return gettext("not known")
    local = at.astimezone(zone or UTC)
    return f"{day(local.date().isoformat())} {local:%H:%M} {local.tzname() or 'UTC'}"


def calendar(text: str) -> date | None:
    """A full ISO 8601 date, or none where the text is not one."""
    try:
        first, last = parse_date(text)
    except ValueError:
        return None
    return first if first == last else None


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 device", "1,204 devices"."""
    return f"{spelled(number)} {ngettext(one, many or one + 's', number)}"


def unit(number: int, many: str) -> str:
    """What a reader counts, as it goes with a number; a word that is not known stays."""
    return ngettext(UNITS[many], many, number) if many in UNITS else many


def percent(share: float) -> str:
    """A confidence for people; what is short of whole is never rounded up to it."""
    return gettext("over 99%") if 0.99 < share < 1 else f"{share:.0%}"


def size(number: int) -> str:
    """Bytes for people, in powers of 1,000."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(amount) < 1000:
            return f"{digits(f'{amount:,.0f}')} {unit}" if unit == "bytes" else f"{digits(f'{amount:.1f}')} {unit}"
        amount /= 1000
    return f"{digits(f'{amount:,.1f}')} TB"


def listed(parts: list[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {gettext(last)} {parts[-1]}" if parts else ""
