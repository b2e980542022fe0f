"""What a dossier says, in plain words: the answers in reading order, and the record behind each claim with its source.

Pure functions, like those of `summary`; the text they return still holds what devices said, letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from custodiet.identify.dossier import Dossier, Record
from custodiet.model import (
    AddressBlocks,
    Brand,
    Claim,
    Conclusion,
    Endpoint,
    Reference,
    Relation,
    Series,
    Vulnerability,
    VulnerabilityAnswer,
)
from custodiet.report import words
from custodiet.report.summary import FIVE_NAMES, MORE_FIELDS, Named, Names, named

ANSWERS = ("brand", "manufacturer", "declared_manufacturer", "oui_registrant", "model", "firmware", "device_class",
           "supplier", "serial")  # fmt: skip
"""Fields in the order in which a reader of one device wants them: the label, the maker, what it says of itself."""

_LABELS = FIVE_NAMES | MORE_FIELDS


def answers(dossier: Dossier, names: Names) -> list[Named]:
    """The answers of a dossier, brand first."""
    found = {conclusion.field: conclusion for conclusion in dossier.identification.conclusions}
    return [
        Named(field, *_LABELS[field], named(field, found[field].value, names), found[field])
        for field in ANSWERS
        if field in found
    ]


def sides(answer: Conclusion) -> Iterator[tuple[str, Claim]]:
    """The claims of an answer, each with ``for`` or ``against``."""
    yield from (("for", claim) for claim in answer.claims_for)
    yield from (("against", claim) for claim in answer.claims_against)


def telling(claims: Sequence[Claim], most: int) -> list[Claim]:
    """The strongest claim of each kind of evidence, at most some; they are what the confidence is made of."""
    kinds: dict[str, Claim] = {}
    for claim in claims:
        kinds.setdefault(claim.technique, claim)
    return list(kinds.values())[:most]


def claimed(claim: Claim, names: Names) -> str:
    """What a claim says, as people know it."""
    return named(claim.field, claim.value, names)


def speaker(claim: Claim, record: Record | None) -> str:
    """Who spoke: a record of the catalog, or the source itself."""
    if record is not None:
        return f"record {record.id}" + (", unverified lead" if getattr(record, "shelf", False) else "")
    return "said outright, by no record" if claim.record == "statement" else f"record {claim.record}, not at hand"


def read_in(references: Sequence[Reference]) -> list[str]:
    """Where a statement of the catalog was read, each place with its date."""
    return [
        reference.where + (f" ({words.day(reference.read)})" if reference.read else " (no date)")
        for reference in references
    ]


def first_read_in(references: Sequence[Reference]) -> str:
    """The first of these places, and how many more there are."""
    places = read_in(references)
    if not places:
        return "no source is given"
    return places[0] + (f", and {len(places) - 1:,} more" if len(places) > 1 else "")


def condition(record: Record) -> str:
    """When a record speaks."""
    if isinstance(record, AddressBlocks):
        return f"an address is in one of {words.count(len(record.blocks), 'block')} of {record.registrant}"
    if isinstance(record, Endpoint):
        return f"a device asks for {words.listed([*record.names, *record.addresses], 'or')}"
    if isinstance(record, Brand):
        return f"a model is of a series of {record.name}"
    if record.when.regex:
        return f"{record.attribute} holds the expression {record.when.regex}"
    return f"{record.attribute} is {words.listed([repr(value) for value in record.when.equals], 'or')}"


def says(record: Record) -> str:
    """What a record says then."""
    if isinstance(record, Brand):
        return "who makes that series"
    told = ", ".join(f"{field.replace('_', ' ')}: {value}" for field, value in record.says.items())
    return told or "who holds it, and nothing more"


def model_parts(dossier: Dossier) -> list[str]:
    """What the parts of the model mean, each in a few words."""
    if dossier.model is None:
        return []
    return [
        f"{part.text}: {part.means or 'not known'}" + (" (as the trade reads it)" if part.trade_knowledge else "")
        for part in dossier.model.parts
    ]


def built(dossier: Dossier) -> str:
    """The parts of the firmware version, the date of its build first; empty where no format reads it."""
    if (reading := dossier.firmware) is None:
        return ""
    parts = [f"built on {words.day(reading.built_on)}" if reading.built_on else "without a date of its build"]
    for name in ("version", "build", "platform"):
        if text := getattr(reading, name):
            parts.append(f"{name} {text}")
    return f"{', '.join(parts)} (format {reading.record})"


VULNERABLE = ("affected", "cannot_tell", "not_affected")
"""Answers on a vulnerability in reading order."""


class Known(NamedTuple):
    """One known vulnerability and whether it concerns the device."""

    record: Vulnerability
    answer: VulnerabilityAnswer
    exploited: str
    """What is known of its exploitation, in half a sentence."""


def vulnerabilities(dossier: Dossier) -> list[Known]:
    """What is known of such devices: what concerns it first, and of that what is exploited first."""
    records = {record.id: record for record in dossier.records.vulnerabilities}
    found = [
        Known(records[answer.vulnerability], answer, _exploited(records[answer.vulnerability]))
        for answer in dossier.vulnerabilities
        if answer.vulnerability in records
    ]
    return sorted(
        found, key=lambda one: (VULNERABLE.index(one.answer.answer), not one.record.exploited_since, one.record.id)
    )


def concerns(one: Known) -> str:
    """Whether it concerns the device, with the reason, as a sentence."""
    because = one.answer.because
    if one.answer.answer == "affected":
        return f"Affected: {because}"
    if one.answer.answer == "not_affected":
        return f"Not affected: {because}"
    return f"Cannot tell because {because[:1].lower()}{because[1:]}"


def _exploited(record: Vulnerability) -> str:
    read = f" as read {words.day(record.exploited_read)}" if record.exploited_read else ""
    since = f" since {words.day(record.exploited_since)}" if record.exploited_since else ""
    return {
        "listed": f"exploited: on the KEV list{since}",
        "reported": f"said to be exploited: reported to be on the KEV list{since}",
        "not-listed": f"not on the KEV list{read}",
        "unknown": f"younger than the KEV list{read}",
    }.get(record.exploited, record.exploited)


def counted(known: Sequence[Known]) -> str:
    """How many known vulnerabilities concern the device, and of how many that cannot be told."""
    numbers = {answer: sum(one.answer.answer == answer for one in known) for answer in VULNERABLE}
    exploited = sum(one.answer.answer == "affected" and bool(one.record.exploited_since) for one in known)
    told = f"{numbers['affected']:,} {'concerns' if numbers['affected'] == 1 else 'concern'} it"
    if exploited:
        told += f" ({exploited:,} of them exploited)"
    return f"{told}, {numbers['cannot_tell']:,} cannot be told, {numbers['not_affected']:,} do not concern it"


def relation(of: str, one: Relation, names: Names) -> str:
    """A relation of two companies in words, with its dates."""
    verb = {"makes_for": "makes for"}.get(one.kind, one.kind)
    text = f"{names.company(of)} {verb} {names.company(one.to)}"
    if one.share is not None:
        text += f" ({one.share:g} per cent)"
    if one.since:
        text += f", since {words.day(one.since)}"
    if one.until:
        text += f", until {words.day(one.until)}"
    return text + (f", for {one.scope}" if one.scope else "")


def series(one: Series, names: Names) -> str:
    """A series of a brand in words: who made it, when, and how sure sources are."""
    maker = names.company(one.made_by) if one.made_by else "maker not known"
    text = f"{one.name}: {maker}, {one.certainty.replace('-', ' ')}"
    if one.since:
        text += f", since {words.day(one.since)}"
    return text + (f", until {words.day(one.until)}" if one.until else "")


def shelf(record: Record) -> str:
    """Under which heading of the page a record stands."""
    return {AddressBlocks: "blocks", Brand: "brand"}.get(type(record), "record")


def bands(dossier: Dossier) -> str:
    """The bands in one sentence."""
    steps = sorted(dossier.weights.bands.items(), key=lambda step: -step[1])
    return words.listed([f"{name} from {words.percent(lowest)}" for name, lowest in steps if lowest > 0])


def older(dossier: Dossier) -> str:
    """Said where the case was judged with another state of knowledge; empty where it was not."""
    if dossier.judged_with == dossier.catalog:
        return ""
    return (
        f"The case was judged with catalog {dossier.judged_with}, and these answers are those of {dossier.catalog}: "
        "run custodiet audit with this case again to judge by them."
    )


def speakers(dossier: Dossier) -> int:
    """How many records made a claim."""
    records = dossier.records
    return len(records.fingerprints) + len(records.address_blocks) + len(records.endpoints)


def stands_on(dossier: Dossier) -> str:
    """How much there is behind the answers, in half a sentence."""
    cited = len(dossier.observations)
    speak = f"{words.count(cited, 'observation')} {'speaks' if cited == 1 else 'speak'} about it"
    read = f"{speak}, read by {words.count(speakers(dossier), 'record')}"
    return f"{read}; {dossier.silent:,} more say nothing of these answers"
