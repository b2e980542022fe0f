"""The catalog in a running web process: loaded once, with the directives that a body was judged by put before it."""

from __future__ import annotations

from functools import cache

import msgspec

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog
from custodiet.model import Directive
from custodiet.report.names import CatalogNames
from custodiet.web.estate import Estate


@cache
def catalog() -> Catalog:
    """Ours; it does not change while a process runs."""
    return load_catalog()


class _Judged(msgspec.Struct):
    """What of the context of an audit is wanted here."""

    directives: tuple[Directive, ...] = ()


def names_of(estate: Estate) -> CatalogNames:
    """Names for the ids in what was concluded of a body."""
    kept = estate.remembered("context")
    return CatalogNames(catalog(), msgspec.json.decode(kept, type=_Judged).directives if kept else ())
