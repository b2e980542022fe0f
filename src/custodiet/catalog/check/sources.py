"""Does every record say where it was read and when?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from custodiet.catalog.check.result import CheckResult, is_date, wrong
from custodiet.catalog.contents import Catalog
from custodiet.model import Reference


def check_sources(catalog: Catalog) -> Iterator[CheckResult]:
    """Every record names a source and the day it was added, and every relation of a company its own source."""
    for kind, record in records(catalog):
        if not record.references:
            yield wrong(kind, record, "there is no source", "Add references with the place where it was read")
        for reference in record.references:
            # The instrument of a government carries its own dates; a page about it is at times known by address only.
            if reference.read or kind != "directives":
                yield from dated(kind, record, reference)
        if not is_date(record.added):
            yield wrong(kind, record, "added is no date", "Write the day the record was added as 2026-11-21")
    for company in catalog.companies.values():
        for relation in company.relations:
            named = f"the relation {relation.kind} {relation.to}"
            if not relation.references:
                yield wrong("companies", company, f"{named} has no source", "Add references to the relation")
            for reference in relation.references:
                yield from dated("companies", company, reference)


def records(catalog: Catalog) -> Iterator[tuple[str, Any]]:
    for kind in (
        "companies",
        "brands",
        "address_blocks",
        "endpoints",
        "firmware",
        "vulnerabilities",
        "models",
        "directives",
    ):
        for record in getattr(catalog, kind).values():
            yield kind, record
    for fingerprint in catalog.fingerprints:
        yield "fingerprints", fingerprint


def dated(kind: str, record: Any, reference: Reference) -> Iterator[CheckResult]:
    if not reference.where:
        yield wrong(kind, record, "a source has no place", "Say where it was read")
    if not reference.read or not is_date(reference.read):
        fault = f"the source {reference.where[:60]} has no date"
        yield wrong(kind, record, fault, "Add read with the day it was read or is of, such as 2026-11")
