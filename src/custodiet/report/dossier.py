"""What a dossier says, in plain words: the answers in reading order, and the record behind each claim with its source.

Pure functions, like those of `summary`; the text they return still holds what devices said, letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from custodiet.identify.dossier import Dossier, Record
from custodiet.identify.lent import of_itself
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
from custodiet.report.speech import Words, digits, ngettext, number
from custodiet.report.speech import gettext as _
from custodiet.report.summary import FIVE_NAMES, MORE_FIELDS, Named, Names, named

ANSWERS = ("brand", "manufacturer", "declared_manufacturer", "oui_registrant", "model", "firmware", "device_class",
           "supplier", "serial")  # fmt: skip
"""Fields in the order in which a reader of one device wants them: the label, the maker, what it says of itself."""

_LABELS = FIVE_NAMES | MORE_FIELDS

SAID = Words({field: field.replace("_", " ") for field in _LABELS})
"""Field of which a record says something -> for people."""


def answers(dossier: Dossier, names: Names) -> list[Named]:
    """The answers of a dossier, brand first."""
    found = {conclusion.field: conclusion for conclusion in dossier.identification.conclusions}
    return [
        Named(field, _(label), _(means), named(field, found[field].value, names), found[field])
        for field, (label, means) in ((field, _LABELS[field]) for field in ANSWERS)
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
        lead = _(", unverified lead") if getattr(record, "shelf", False) else ""
        return _("record {id}").format(id=record.id) + lead
    if claim.record == "statement":
        return _("said outright, by no record")
    return _("record {id}, not at hand").format(id=claim.record)


def read_in(references: Sequence[Reference]) -> list[str]:
    """Where a statement of the catalog was read, each place with its date."""
    return [
        f"{reference.where} ({words.day(reference.read) if reference.read else _('no date')})"
        for reference in references
    ]


def first_read_in(references: Sequence[Reference]) -> str:
    """The first of these places, and how many more there are."""
    places = read_in(references)
    if not places:
        return _("no source is given")
    return places[0] + (", " + _("and {number} more").format(number=number(len(places) - 1)) if len(places) > 1 else "")


def condition(record: Record) -> str:
    """When a record speaks."""
    if isinstance(record, AddressBlocks):
        blocks = words.count(len(record.blocks), "block")
        return _("an address is in one of {blocks} of {company}").format(blocks=blocks, company=record.registrant)
    if isinstance(record, Endpoint):
        return _("a device asks for {names}").format(names=words.listed([*record.names, *record.addresses], "or"))
    if isinstance(record, Brand):
        return _("a model is of a series of {brand}").format(brand=record.name)
    if record.when.regex:
        return f"{record.attribute} {_('holds the expression')} {record.when.regex}"
    values = words.listed([repr(value) for value in record.when.equals], "or")
    return _("{attribute} is {values}").format(attribute=record.attribute, values=values)


def says(record: Record) -> str:
    """What a record says then."""
    if isinstance(record, Brand):
        return _("who makes that series")
    told = ", ".join(f"{SAID.get(field, field.replace('_', ' '))}: {value}" for field, value in record.says.items())
    return told or _("who holds it, and nothing more")


def model_parts(dossier: Dossier) -> list[str]:
    """What the parts of the model mean, each in a few words."""
    if dossier.model is None:
        return []
    return [
        f"{part.text}: {part.means or _('not known')}"
        + (" " + _("(as the trade reads it)") if part.trade_knowledge else "")
        for part in dossier.model.parts
    ]


def built(dossier: Dossier) -> str:
    """The parts of the firmware version, the date of its build first; empty where no format reads it."""
    if (reading := dossier.firmware) is None:
        return ""
    parts = [
        _("built on {day}").format(day=words.day(reading.built_on))
        if reading.built_on
        else _("without a date of its build")
    ]
    for name in PARTS:
        if text := getattr(reading, name):
            parts.append(f"{PARTS[name]} {text}")
    return f"{', '.join(parts)} " + _("(format {record})").format(record=reading.record)


PARTS = Words({name: name for name in ("version", "build", "platform")})
"""Part of a firmware version -> for people."""

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
    read = _(" as read {day}").format(day=words.day(record.exploited_read)) if record.exploited_read else ""
    since = _(" since {day}").format(day=words.day(record.exploited_since)) if record.exploited_since else ""
    return {
        "listed": _("exploited: on the KEV list") + since,
        "reported": _("said to be exploited: reported to be on the KEV list") + since,
        "not-listed": _("not on the KEV list") + read,
        "unknown": _("younger than the KEV list") + read,
    }.get(record.exploited, record.exploited)


def counted(known: Sequence[Known]) -> str:
    """How many known vulnerabilities concern the device, and of how many that cannot be told."""
    numbers = {answer: sum(one.answer.answer == answer for one in known) for answer in VULNERABLE}
    exploited = sum(one.answer.answer == "affected" and bool(one.record.exploited_since) for one in known)
    told = ngettext("{number} concerns it", "{number} concern it", numbers["affected"])
    told = told.format(number=number(numbers["affected"]))
    if exploited:
        told += _(" ({number} of them exploited)").format(number=number(exploited))
    rest = _("{unknown} cannot be told, {others} do not concern it")
    return f"{told}, {rest.format(unknown=number(numbers['cannot_tell']), others=number(numbers['not_affected']))}"


RELATIONS = Words({"makes_for": "makes for", "owns": "owns", "controls": "controls", "succeeds": "succeeds"})
"""Kind of a relation -> between the names of the two companies."""

CERTAINTIES = Words(
    {
        code: code.replace("-", " ")
        for code in (
            "confirmed",
            "strong",
            "likely",
            "reported",
            "claimed",
            "unverified",
            "conflicting",
            "not-established",
        )
    }
)
"""How sure sources are of a series -> for people."""


def relation(of: str, one: Relation, names: Names) -> str:
    """A relation of two companies in words, with its dates; what it is limited to stands apart, as `Relation.scope`."""
    text = f"{names.company(of)} {RELATIONS.get(one.kind, one.kind)} {names.company(one.to)}"
    if one.share is not None:
        text += " " + _("({share} per cent)").format(share=digits(f"{one.share:g}"))
    return text + _time(one)


def series(one: Series, names: Names) -> str:
    """Who made a series of a brand, when, and how sure sources are; its own name stands apart, as `Series.name`."""
    maker = names.company(one.made_by) if one.made_by else _("maker not known")
    return f"{maker}, {CERTAINTIES.get(one.certainty, one.certainty.replace('-', ' '))}" + _time(one)


def _time(one: Relation | Series) -> str:
    since = _(", since {day}").format(day=words.day(one.since)) if one.since else ""
    return since + (_(", until {day}").format(day=words.day(one.until)) if one.until else "")


def shelf(record: Record) -> str:
    """Under which heading of the page a record stands."""
    return {AddressBlocks: "blocks", Brand: "brand"}.get(type(record), "record")


def bands(dossier: Dossier) -> str:
    """The bands in one sentence."""
    steps = sorted(dossier.weights.bands.items(), key=lambda step: -step[1])
    return words.listed(
        [
            _("{band} from {share}").format(band=words.BANDS.get(name, name), share=words.percent(lowest))
            for name, lowest in steps
            if lowest > 0
        ]
    )


def older(dossier: Dossier) -> str:
    """Said where the case was judged with another state of knowledge; empty where it was not."""
    if dossier.judged_with == dossier.catalog:
        return ""
    return _(
        "The device was judged with catalog {before}, and these answers are those of {now}: to judge by them, judge "
        "again in the browser, or run custodiet audit with the case again."
    ).format(before=dossier.judged_with, now=dossier.catalog)


def speakers(dossier: Dossier) -> int:
    """How many records made a claim."""
    records = dossier.records
    return len(records.fingerprints) + len(records.address_blocks) + len(records.endpoints)


def stands_on(dossier: Dossier) -> str:
    """How much there is behind the answers, in half a sentence."""
    attributes = {attribute.id: attribute for attribute in dossier.records.attributes}
    cited = len(of_itself(dossier.asset, dossier.observations, attributes))
    silent = dossier.silent + len(dossier.observations) - cited
    told = ngettext(
        "{number} observation speaks about it, read by {records}; {others} more say nothing of these answers",
        "{number} observations speak about it, read by {records}; {others} more say nothing of these answers",
        cited,
    )
    records = words.count(speakers(dossier), "record")
    return told.format(number=number(cited), records=records, others=number(silent))
