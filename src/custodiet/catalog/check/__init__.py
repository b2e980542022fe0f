"""Does the catalog prove itself? Every record against its own examples, the other records and the vocabularies.

result         a fault with its remedy
sources        where and when it was read
names          companies, brands, address blocks
series         who made which part of a brand
fingerprints   rules, their examples and their shadows
endpoints      names, and the words about them
firmware       formats and their examples
vulnerabilities  limits that can be compared
models           grammars of model names
directives     dates and words

Each check is one function in `CHECKS` and yields what is wrong with a remedy, so that a person without Python knows
what to change. What a record says of the world is not checked here; that it has a source and a date is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from custodiet.catalog.check.directives import check_directives
from custodiet.catalog.check.endpoints import check_endpoints
from custodiet.catalog.check.fingerprints import check_fingerprints, check_shadows
from custodiet.catalog.check.firmware import check_firmware
from custodiet.catalog.check.models import check_models
from custodiet.catalog.check.names import (
    check_address_blocks,
    check_companies,
    check_own_design,
    check_spelling_twins,
)
from custodiet.catalog.check.result import CheckResult, file_of
from custodiet.catalog.check.series import check_series
from custodiet.catalog.check.sources import check_sources
from custodiet.catalog.check.vulnerabilities import check_vulnerabilities
from custodiet.catalog.contents import Catalog
from custodiet.catalog.files import read_text, repeated_keys
from custodiet.catalog.load import default_folder, list_files, load_catalog
from custodiet.errors import CatalogError

__all__ = ["CHECKS", "CheckResult", "check_catalog", "check_keys", "file_of"]


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


CHECKS: list[Callable[[Catalog], Iterator[CheckResult]]] = [
    # cheap and general first, so that the first line a person reads is the one to mend first
    check_sources,
    check_companies,
    check_own_design,
    check_spelling_twins,
    check_address_blocks,
    check_series,
    check_fingerprints,
    check_shadows,
    check_endpoints,
    check_firmware,
    check_vulnerabilities,
    check_models,
    check_directives,
]
"""Every check, in the order in which it is told."""
