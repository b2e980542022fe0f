"""Companies, brands and address blocks: what they point at exists, dates are in order, no two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from custodiet.catalog.check.result import CheckResult, dates_in_order, known, says_known, wrong
from custodiet.catalog.contents import Catalog
from custodiet.catalog.firmware import family_of
from custodiet.catalog.spelling import fold
from custodiet.model import Relation


def check_companies(catalog: Catalog) -> Iterator[CheckResult]:
    """What companies, brands and address blocks point at exists, and relations have their dates in order."""
    for company in catalog.companies.values():
        if company.seat and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", company.seat):
            yield wrong(
                "companies", company, f"{company.seat} is no ISO 3166 code", "Write two capitals, or leave it out"
            )
        if company.group:
            yield from known("companies", company, "group", company.group, catalog.companies)
        for relation in company.relations:
            yield from known("companies", company, "relation", relation.kind, catalog.relation_kinds)
            ends = {*catalog.companies, *catalog.brands} if relation.kind == "makes_for" else catalog.companies
            yield from known("companies", company, "end of a relation", relation.to, ends)
            yield from _relation_dates(company, relation)
    for brand in catalog.brands.values():
        for id in (brand.company, *brand.makes):
            if id:
                yield from known("brands", brand, "company", id, catalog.companies)


def check_own_design(catalog: Catalog) -> Iterator[CheckResult]:
    """A brand whose company makes what it sells has a company, no other factory, and a source that carries it."""
    covered = {id for directive in catalog.directives.values() for id in directive.covers.companies}
    seats = {seat for directive in catalog.directives.values() for seat in directive.covers.seats}
    watching = {
        record.says.get("brand"): record.id
        for record in catalog.fingerprints
        if catalog.surveillance(record.says.get("device_class", ""))
    }
    for brand in catalog.brands.values():
        if brand.surveillance and brand.id in watching:
            fault = f"surveillance: {brand.surveillance}, but {watching[brand.id]} knows a device that watches"
            yield wrong("brands", brand, fault, "Leave surveillance out")
        for word in brand.also_words:
            yield from known("brands", brand, "name of this brand", word, {brand.name, *brand.names})
        if not brand.own_design:
            continue
        if not brand.company:
            yield wrong("brands", brand, f"own_design: {brand.own_design} needs a company", "Name who makes it")
            continue
        # a part that another makes is no obstacle where its models are told, since those then name him
        told = [series.made_by for series in brand.series if not (series.models and brand.own_design == "usual")]
        for maker in (*brand.makes, *told) if brand.own_design != "supposed" else ():
            if maker and family_of(catalog, maker) != family_of(catalog, brand.company):
                fault = f"own_design: {brand.own_design}, but {maker} makes a part of it"
                yield wrong("brands", brand, fault, "Leave own_design out")
        company = catalog.companies.get(brand.company)
        if brand.own_design == "all" and all("general knowledge" in ref.note for ref in brand.references):
            fault = "own_design: all rests on general knowledge"
            yield wrong("brands", brand, fault, "Add the source that says so, or write usual")
        if brand.own_design == "usual" and (brand.company in covered or (company and company.seat in seats)):
            fault = "own_design: usual of a company that a directive may cover"
            yield wrong("brands", brand, fault, "Write supposed, or all with the source that says so")


def check_spelling_twins(catalog: Catalog) -> Iterator[CheckResult]:
    """Two companies, or two brands, whose names differ in case and punctuation only are one, or need other names."""
    for kind, records in (("companies", catalog.companies), ("brands", catalog.brands)):
        holders: dict[str, str] = {}
        for record in records.values():
            for name in dict.fromkeys(fold(name) for name in (record.name, *record.names)):
                first = holders.setdefault(name, record.id)
                if first != record.id:
                    fault = f"{record.name} has the same spelling as a name of {first}"
                    yield wrong(kind, record, fault, "Keep one record, or take the name out of one of the two")


def check_address_blocks(catalog: Catalog) -> Iterator[CheckResult]:
    """No block is claimed by two registrants, and what a record says names records that exist."""
    holders: dict[str, str] = {}
    for record in catalog.address_blocks.values():
        if not record.blocks:
            yield wrong("address_blocks", record, "there is no block", "Add blocks, or remove the record")
        if record.company:
            yield from known("address_blocks", record, "company", record.company, catalog.companies)
        yield from says_known("address_blocks", record, record.says, catalog)
        for block in record.blocks:
            first = holders.setdefault(block, record.id)
            if first != record.id:
                yield wrong("address_blocks", record, f"{block} is also in {first}", "Ask the registry whose it is")
    # A small block inside a large one of another holder is how the registry works for 28 and 36 bits; the large
    # block then belongs to the registry itself and must not be in our records.
    for block, id in holders.items():
        for length in (6, 7):
            outer = holders.get(block[:length]) if len(block) > length else None
            if outer and outer != id:
                record = catalog.address_blocks[id]
                fault = f"{block} lies inside {block[:length]} of {outer}"
                yield wrong("address_blocks", record, fault, "Ask the registry whose it is")


def _relation_dates(company: Any, relation: Relation) -> Iterator[CheckResult]:
    yield from dates_in_order(
        company, f"since and until of {relation.kind} {relation.to}", [relation.since, relation.until], "companies"
    )
    if relation.share is not None and not 0 < relation.share <= 100:
        yield wrong("companies", company, f"{relation.share} is no share in per cent", "Write a number up to 100")
