"""The public claims of the catalog with their articles and tests, and whether each stands on a source and a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from custodiet.catalog import Catalog
from custodiet.catalog.check.result import CheckResult, is_date, known, wrong
from custodiet.catalog.contents import Word
from custodiet.catalog.files import read_record, read_words
from custodiet.errors import CatalogError
from custodiet.model.public_claim import Article, PublicClaim

_KIND = "claims"
_SHORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,12}")


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What folders of the catalog say that somebody said."""

    records: dict[str, PublicClaim]
    """By id, in the order of the ids."""
    articles: dict[str, Article]
    """By key."""
    tests: dict[str, Word]
    """The closed list of kinds of test."""


def load_claims(folders: Sequence[Path]) -> Claims:
    """Read the claims; a later folder adds, and wins on the same id.

    Raises:
        CatalogError: a record or a list is broken, with file, line and remedy.
    """
    records: dict[str, PublicClaim] = {}
    for folder in folders:
        for path in sorted((folder / _KIND).glob("*.yml")):
            records[path.stem] = read_record(path, PublicClaim)
    return _with_lists(folders, records)


def check_claims(folder: Path, catalog: Catalog, beside: Sequence[Path] = ()) -> Iterator[CheckResult]:
    """Everything that is wrong with the claims of a folder; broken files are told with the rest.

    Args:
        folder: the catalog folder whose ``claims/`` is checked.
        catalog: the companies that claims may name.
        beside: folders read before it, whose claims and lists it may lean on.
    """
    own: dict[str, PublicClaim] = {}
    for path in sorted((folder / _KIND).glob("*.yml")):
        try:
            own[path.stem] = read_record(path, PublicClaim)
        except CatalogError as error:
            file = f"{_KIND}/{path.name}"
            yield CheckResult(file=file, record=path.stem, fault=str(error), remedy=error.next_step or "Correct it")
    try:
        claims = _with_lists([*beside, folder], {**load_claims(beside).records, **own})
    except CatalogError as error:
        yield CheckResult(file=error.place, record="", fault=error.reason, remedy=error.next_step or "Correct it")
        return
    for claim in own.values():
        yield from _faults(claim, claims, catalog)


def _with_lists(folders: Sequence[Path], records: dict[str, PublicClaim]) -> Claims:
    lists: dict[str, dict[str, Any]] = {"articles": {}, "claim_tests": {}}
    shapes: dict[str, type[Any]] = {"articles": Article, "claim_tests": Word}
    for folder in folders:
        for name, shape in shapes.items():
            path = folder / "vocabulary" / f"{name}.yml"
            if path.is_file():
                lists[name].update((word.id, word) for word in read_words(path, shape))
    return Claims(records=dict(sorted(records.items())), articles=lists["articles"], tests=lists["claim_tests"])


def _faults(claim: PublicClaim, claims: Claims, catalog: Catalog) -> Iterator[CheckResult]:
    if claim.said_by not in catalog.companies and not _SHORT_NAME.fullmatch(claim.said_by):
        yield wrong(_KIND, claim, f"{claim.said_by} is no company and no short name", "Write it as jane-doe")
    for field in ("speaker", "said"):
        if not getattr(claim, field).strip():
            yield wrong(_KIND, claim, f"{field} is empty", f"Say {field} in words")
    for what, companies in (("company", claim.about), ("holder", claim.holders)):
        for company in companies:
            yield from known(_KIND, claim, what, company, catalog.companies)
    yield from known(_KIND, claim, "kind of test", claim.test, claims.tests)
    yield from _dates_and_sources(claim, claims)
    if (claim.testable == "no") != (claim.test == "none"):
        yield wrong(_KIND, claim, f"testable: {claim.testable}, and its test is {claim.test}", "Make the two agree")
    if claim.test != "none" and not claim.about:
        yield wrong(_KIND, claim, "it has a test and is about no company", "Add about")
    if claim.holders and claim.test != "ownership":
        yield wrong(_KIND, claim, "holders belong to a test of ownership", "Leave holders out")
    for other in claim.contradicts:
        if other == claim.id:
            yield wrong(_KIND, claim, "it contradicts itself", "Leave it out")
        yield from known(_KIND, claim, "claim", other, claims.records)


def _dates_and_sources(claim: PublicClaim, claims: Claims) -> Iterator[CheckResult]:
    for field in ("said_on", "added"):
        if not is_date(getattr(claim, field)):
            yield wrong(_KIND, claim, f"{field} is no date", "Write 2022-11-24, 2022-11 or 2022")
    for article in claim.articles:
        yield from known(_KIND, claim, "article", article, claims.articles)
    if not claim.references:
        yield wrong(_KIND, claim, "there is no source", "Add references with the place where it was read")
    for reference in claim.references:
        if not reference.where.strip():
            yield wrong(_KIND, claim, "a source has no place", "Say where it was read")
        if not is_date(reference.read):
            fault = f"the source {reference.where[:60]} has no date"
            yield wrong(_KIND, claim, fault, "Add read with the day it was read or is of, such as 2026-11")
