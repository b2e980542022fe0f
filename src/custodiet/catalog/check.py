"""Does the catalog prove itself? Every record against its own examples, the other records and the vocabularies.

Each check is one function in `CHECKS` and yields what is wrong with a remedy, so that a person without Python knows
what to change. What a record says of the world is not checked here; that it has a source and a date is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.files import read_text, repeated_keys
from custodiet.catalog.load import default_folder, list_files, load_catalog
from custodiet.catalog.rule import ask
from custodiet.catalog.runaway import LONGEST_TRIAL, nested_repeat, slowest_trial
from custodiet.catalog.spelling import fold, nearest
from custodiet.dates import parse_date
from custodiet.errors import CatalogError
from custodiet.model import Fingerprint, Reference, Relation


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong."""

    file: str
    """The record's file, relative to its catalog folder."""
    record: str
    """Id of the record."""
    fault: str
    """What is wrong."""
    remedy: str
    """What to change."""


def check_catalog(folder: Path | Catalog | None = None, beside: Iterable[Path] = ()) -> list[CheckResult]:
    """Check a catalog folder, or a catalog that is loaded already.

    Args:
        folder: the folder, a loaded catalog, or none for `default_folder`.
        beside: folders read before it, for a user's own folder that leans on ours.

    Returns:
        everything that is wrong, in the order of the checks; empty when all is well.
    """
    if isinstance(folder, Catalog):
        return [result for check in CHECKS for result in check(folder)]
    here = default_folder() if folder is None else folder
    found = list(check_keys(here))
    try:
        catalog = load_catalog([*beside, here], strict=False, use_cache=False)
    except CatalogError as error:
        return [*found, CheckResult(file=error.place, record="", fault=error.reason, remedy=error.next_step)]
    for issue in catalog.issues:
        if issue.severity == "incomplete":
            file = f"{issue.source}, {issue.place}" if issue.place else issue.source
            fault = issue.reason
            found.append(CheckResult(file=file, record=Path(issue.source).stem, fault=fault, remedy=issue.next_step))
    return found + check_catalog(catalog)


def check_keys(folder: Path) -> Iterator[CheckResult]:
    """A key that stands twice in one mapping would silently lose its first value."""
    try:
        paths = list_files(folder)
    except CatalogError:
        return  # told by the loader
    for path in paths:
        try:
            repeated = repeated_keys(read_text(path))
        except Exception:  # noqa: S112 - broken YAML of any kind is told by the loader, with its line
            continue
        for line, key in repeated:
            file = f"{path.relative_to(folder)}, line {line}"
            yield CheckResult(file=file, record=path.stem, fault=f"the key {key} stands twice", remedy="Keep one")


def file_of(kind: str, record: Any) -> str:
    """The file a record stands in, relative to its catalog folder."""
    if isinstance(record, Fingerprint):
        return f"fingerprints/{record.attribute}/{record.id}.yml"
    return f"{kind}/{record.id}.yml"


def check_sources(catalog: Catalog) -> Iterator[CheckResult]:
    """Every record names a source and the day it was added, and every relation of a company its own source."""
    for kind, record in _records(catalog):
        if not record.references:
            yield _wrong(kind, record, "there is no source", "Add references with the place where it was read")
        for reference in record.references:
            # The instrument of a government carries its own dates; a page about it is at times known by address only.
            if reference.read or kind != "directives":
                yield from _reference(kind, record, reference)
        if not _is_date(record.added):
            yield _wrong(kind, record, "added is no date", "Write the day the record was added as 2026-11-21")
    for company in catalog.companies.values():
        for relation in company.relations:
            named = f"the relation {relation.kind} {relation.to}"
            if not relation.references:
                yield _wrong("companies", company, f"{named} has no source", "Add references to the relation")
            for reference in relation.references:
                yield from _reference("companies", company, reference)


def check_companies(catalog: Catalog) -> Iterator[CheckResult]:
    """What companies, brands and address blocks point at exists, and relations have their dates in order."""
    for company in catalog.companies.values():
        if company.seat and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", company.seat):
            yield _wrong(
                "companies", company, f"{company.seat} is no ISO 3166 code", "Write two capitals, or leave it out"
            )
        if company.group:
            yield from _known("companies", company, "group", company.group, catalog.companies)
        for relation in company.relations:
            yield from _known("companies", company, "relation", relation.kind, catalog.relation_kinds)
            ends = {*catalog.companies, *catalog.brands} if relation.kind == "makes_for" else catalog.companies
            yield from _known("companies", company, "end of a relation", relation.to, ends)
            yield from _relation_dates(company, relation)
    for brand in catalog.brands.values():
        for id in (brand.company, *brand.makes):
            if id:
                yield from _known("brands", brand, "company", id, catalog.companies)
        if brand.own_design_only and not brand.company:
            yield _wrong("brands", brand, "own_design_only needs a company", "Name the company that makes everything")


def check_spelling_twins(catalog: Catalog) -> Iterator[CheckResult]:
    """Two companies, or two brands, whose names differ in case and punctuation only are one, or need other names."""
    for kind, records in (("companies", catalog.companies), ("brands", catalog.brands)):
        holders: dict[str, str] = {}
        for record in records.values():
            for name in dict.fromkeys(fold(name) for name in (record.name, *record.names)):
                first = holders.setdefault(name, record.id)
                if first != record.id:
                    fault = f"{record.name} has the same spelling as a name of {first}"
                    yield _wrong(kind, record, fault, "Keep one record, or take the name out of one of the two")


def check_address_blocks(catalog: Catalog) -> Iterator[CheckResult]:
    """No block is claimed by two registrants, and what a record says names records that exist."""
    holders: dict[str, str] = {}
    for record in catalog.address_blocks.values():
        if not record.blocks:
            yield _wrong("address_blocks", record, "there is no block", "Add blocks, or remove the record")
        if record.company:
            yield from _known("address_blocks", record, "company", record.company, catalog.companies)
        yield from _says("address_blocks", record, record.says, catalog)
        for block in record.blocks:
            first = holders.setdefault(block, record.id)
            if first != record.id:
                yield _wrong("address_blocks", record, f"{block} is also in {first}", "Ask the registry whose it is")
    # A small block inside a large one of another holder is how the registry works for 28 and 36 bits; the large
    # block then belongs to the registry itself and must not be in our records.
    for block, id in holders.items():
        for length in (6, 7):
            outer = holders.get(block[:length]) if len(block) > length else None
            if outer and outer != id:
                record = catalog.address_blocks[id]
                fault = f"{block} lies inside {block[:length]} of {outer}"
                yield _wrong("address_blocks", record, fault, "Ask the registry whose it is")


def check_fingerprints(catalog: Catalog) -> Iterator[CheckResult]:
    """Every rule matches its examples, extracts what they say, is silent on counter-examples, and cannot run away."""
    for record in catalog.fingerprints:
        if not record.says:
            yield _wrong("fingerprints", record, "it says nothing", "Add says, or remove the record")
        yield from _says("fingerprints", record, record.says, catalog)
        fewest = min(2, len(record.when.equals)) if record.when.equals else 2
        if len({example.value for example in record.examples}) < fewest and not record.shelf:
            remedy = "Add another value that must match, or put it on the shelf (shelf: true, strength: lead)"
            yield _wrong("fingerprints", record, "fewer than two examples", remedy)
        if not record.examples:
            yield _wrong("fingerprints", record, "there is no example", "Add a value that must match")
        if not record.counter_examples:
            yield _wrong("fingerprints", record, "there is no counter-example", "Add a value that looks alike")
        if record.shelf and record.strength not in ("lead", "weak"):
            yield _wrong("fingerprints", record, "a record on the shelf speaks low", "Use strength: lead")
        yield from _examples(record, catalog)
        yield from _runaway(record)


def check_shadows(catalog: Catalog) -> Iterator[CheckResult]:
    """No example of a rule is read by another rule of the same attribute that names another maker or another thing."""
    groups: dict[str, list[Fingerprint]] = defaultdict(list)
    for record in catalog.fingerprints:
        groups[record.attribute].append(record)
    for attribute, records in groups.items():
        known = catalog.attributes.get(attribute)
        general = known.reads_as if known else ""
        readers = [*records, *groups.get(general, ())] if general else records
        for record in records:
            for example in record.examples:
                for other in readers:
                    if other is not record:
                        yield from _shadow(record, example.value, other, catalog)


def check_directives(catalog: Catalog) -> Iterator[CheckResult]:
    """Dates are dates and in order, and the words and companies a directive uses exist."""
    for directive in catalog.directives.values():
        dates = [directive.announced, directive.in_force, directive.until]
        yield from _dates_in_order(directive, "announced, in_force and until", dates)
        words: list[tuple[str, str, Iterable[str]]] = [
            *(("body kind", word, catalog.body_kinds) for word in directive.addressees),
            *(("device class", word, catalog.device_classes) for word in directive.equipment),
            *(("device class", word, catalog.device_classes) for word in directive.equipment_unclear),
            *(("company", word, catalog.companies) for word in directive.covers.companies),
        ]
        ids: set[str] = set()
        for requirement in directive.requirements:
            words.append(("demand", requirement.demands, catalog.demands))
            words += [("condition", word, directive.conditions) for word in requirement.where]
            words += [("company", word, catalog.companies) for word in requirement.purpose_for]
            dates = [requirement.applies_from, requirement.deadline]
            yield from _dates_in_order(directive, f"the dates of {requirement.id}", dates)
            if requirement.id in ids:
                yield _wrong("directives", directive, f"{requirement.id} stands twice", "Give each its own id")
            ids.add(requirement.id)
        for what, word, among in words:
            yield from _known("directives", directive, what, word, among)


CHECKS: list[Callable[[Catalog], Iterator[CheckResult]]] = [
    # cheap and general first, so that the first line a person reads is the one to mend first
    check_sources,
    check_companies,
    check_spelling_twins,
    check_address_blocks,
    check_fingerprints,
    check_shadows,
    check_directives,
]
"""Every check, in the order in which it is told."""


def _records(catalog: Catalog) -> Iterator[tuple[str, Any]]:
    for kind in ("companies", "brands", "address_blocks", "directives"):
        for record in getattr(catalog, kind).values():
            yield kind, record
    for fingerprint in catalog.fingerprints:
        yield "fingerprints", fingerprint


def _wrong(kind: str, record: Any, fault: str, remedy: str) -> CheckResult:
    return CheckResult(file=file_of(kind, record), record=record.id, fault=fault, remedy=remedy)


def _known(kind: str, record: Any, what: str, word: str, among: Iterable[str]) -> Iterator[CheckResult]:
    if word not in among:
        yield _wrong(kind, record, f"{word} is no {what} we know", nearest(word, among))


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def _reference(kind: str, record: Any, reference: Reference) -> Iterator[CheckResult]:
    if not reference.where:
        yield _wrong(kind, record, "a source has no place", "Say where it was read")
    if not reference.read or not _is_date(reference.read):
        fault = f"the source {reference.where[:60]} has no date"
        yield _wrong(kind, record, fault, "Add read with the day it was read or is of, such as 2026-11")


def _relation_dates(company: Any, relation: Relation) -> Iterator[CheckResult]:
    yield from _dates_in_order(
        company, f"since and until of {relation.kind} {relation.to}", [relation.since, relation.until], "companies"
    )
    if relation.share is not None and not 0 < relation.share <= 100:
        yield _wrong("companies", company, f"{relation.share} is no share in per cent", "Write a number up to 100")


def _dates_in_order(record: Any, what: str, dates: list[str], kind: str = "directives") -> Iterator[CheckResult]:
    given = [date for date in dates if date]
    if not all(_is_date(date) for date in given):
        yield _wrong(kind, record, f"{what}: not all are dates", "Write 2022-11-24, 2022-11 or 2022")
    elif any(parse_date(later).last < parse_date(earlier).first for earlier, later in pairwise(given)):
        yield _wrong(kind, record, f"{what} are not in order", "The earlier date comes first")


def _says(kind: str, record: Any, says: dict[str, str], catalog: Catalog) -> Iterator[CheckResult]:
    if "{" not in says.get("manufacturer", ""):
        for field, among in (("manufacturer", catalog.companies), ("brand", catalog.brands)):
            if field in says and "{" not in says[field]:
                yield from _known(kind, record, "company" if field == "manufacturer" else "brand", says[field], among)


def _examples(record: Fingerprint, catalog: Catalog) -> Iterator[CheckResult]:
    for example in record.examples:
        said = _said_by(record, example.value, catalog)
        if said is None:
            yield _wrong(
                "fingerprints", record, f"its example {example.value!r} does not match", "Correct the one or the other"
            )
            continue
        for field, value in example.says.items():
            if said.get(field, "") != value:
                fault = f"{example.value!r} gives {field}: {said.get(field, '')!r} and not {value!r}"
                yield _wrong("fingerprints", record, fault, "Correct the expression or the example")
        # A group that no example mentions could extract anything.
        for field, template in record.says.items():
            mentioned = any(field in each.says for each in record.examples)
            if "{" in template and not mentioned and example is record.examples[0]:
                remedy = f"Add says: {{ {field}: ... }} to an example"
                yield _wrong("fingerprints", record, f"no example shows what {field} becomes", remedy)
    for index, value in enumerate(record.counter_examples):
        if _said_by(record, value, catalog) is not None:
            fault = f"its counter-example {index + 1}, {value!r}, matches"
            yield _wrong("fingerprints", record, fault, "Narrow the expression")


def _said_by(record: Fingerprint, value: str, catalog: Catalog) -> dict[str, str] | None:
    """What a rule says of a value with its groups filled in, or nothing where it stays silent."""
    held = ask(record, catalog.patterns.get(record.id), value)
    return None if held is None else held.says


def _runaway(record: Fingerprint) -> Iterator[CheckResult]:
    if not record.when.regex:
        return
    if nested_repeat(record.when.regex):
        fault = "an endless repeat stands inside an endless repeat"
        yield _wrong("fingerprints", record, fault, "Bound one of the two, as in {1,40}")
        return
    seconds, text = slowest_trial(record.when.regex)
    if seconds > LONGEST_TRIAL:
        fault = f"{seconds:.2f} s on a long string that begins {text!r}"
        yield _wrong("fingerprints", record, fault, "Anchor the expression, or bound its repeats")


def _shadow(record: Fingerprint, value: str, other: Fingerprint, catalog: Catalog) -> Iterator[CheckResult]:
    told = _said_by(other, value, catalog)
    if told is None:
        return
    ours, theirs = record.says.get("manufacturer", ""), told.get("manufacturer", "")
    if ours and theirs and _head(ours, catalog) != _head(theirs, catalog):
        fault = f"its example {value!r} is also read by {other.id}, which names {theirs}"
        yield _wrong("fingerprints", record, fault, "Narrow one of the two expressions")
    mine, yours = record.says.get("device_class", ""), told.get("device_class", "")
    if mine and yours and mine != yours and "surveillance" not in (mine, yours):
        fault = f"its example {value!r} is also read by {other.id}, which says {yours}"
        yield _wrong("fingerprints", record, fault, "Narrow one of the two expressions")
    if {mine, yours} == {"surveillance", "not_surveillance"}:
        fault = f"its example {value!r} is also read by {other.id}, which says {yours}"
        yield _wrong("fingerprints", record, fault, "Narrow one of the two expressions")


def _head(company: str, catalog: Catalog) -> str:
    record = catalog.companies.get(company)
    return (record.group or record.id) if record else company
