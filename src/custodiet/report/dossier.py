"""What a dossier says, in plain words: the answers in reading order, and the record behind each claim with its source.

Pure functions, like those of `summary`; the text they return still holds what devices said, letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodiet.identify.dossier import Dossier
from custodiet.model import AddressBlocks, Claim, Conclusion, Fingerprint, Reference, Relation
from custodiet.report import words
from custodiet.report.summary import FIVE_NAMES, MORE_FIELDS, Named, Names, named

ANSWERS = ("brand", "manufacturer", "declared_manufacturer", "oui_registrant", "model", "firmware", "device_class",
           "supplier", "serial")  # fmt: skip
"""Fields in the order in which a reader of one device wants them: the label, the maker, what it says of itself."""

_LABELS = FIVE_NAMES | MORE_FIELDS

Record = Fingerprint | AddressBlocks


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
        return f"an address in one of {words.count(len(record.blocks), 'block')} of {record.registrant}"
    if record.when.regex:
        return f"{record.attribute} holds the expression {record.when.regex}"
    return f"{record.attribute} is {words.listed([repr(value) for value in record.when.equals], 'or')}"


def says(record: Record) -> str:
    """What a record says then."""
    told = ", ".join(f"{field.replace('_', ' ')}: {value}" for field, value in record.says.items())
    return told or "who holds the block, and nothing more"


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


def stands_on(dossier: Dossier) -> str:
    """How much there is behind the answers, in half a sentence."""
    cited = len(dossier.observations)
    speak = f"{words.count(cited, 'observation')} {'speaks' if cited == 1 else 'speak'} about it"
    records = len(dossier.records.fingerprints) + len(dossier.records.address_blocks)
    return f"{speak}, read by {words.count(records, 'record')}; {dossier.silent:,} more say nothing of these answers"
