"""Names for the ids of a catalog, as every writer of a report asks for them."""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.catalog.contents import Catalog
from custodiet.model import Directive


class CatalogNames:
    """Names for the ids of a catalog; an id without a record comes back as it is.

    Args:
        catalog: the catalog.
        directives: those that were applied, which win over the catalog of today.
    """

    def __init__(self, catalog: Catalog, directives: Iterable[Directive] = ()) -> None:
        self.catalog = catalog
        self.directives = {directive.id: directive for directive in directives}

    def company(self, id: str) -> str:
        """Legal name of a company."""
        record = self.catalog.companies.get(id)
        return record.name if record else id

    def brand(self, id: str) -> str:
        """A brand as printed."""
        record = self.catalog.brands.get(id)
        return record.name if record else id

    def directive(self, id: str) -> Directive | None:
        """The record of a directive."""
        return self.directives.get(id) or self.catalog.directives.get(id)
