"""What we know, read from the records in ``catalog/``: load it, check it, ask it, count it."""

from custodiet.catalog.ask import (
    company_of_brand,
    family,
    holders,
    holds_on,
    lookup_mac,
    subsidiaries,
    who_controlled,
)
from custodiet.catalog.contents import (
    Attribute,
    BodyKind,
    Catalog,
    DeviceClass,
    Strength,
    Technique,
    Word,
)
from custodiet.catalog.load import default_folder, load_catalog

__all__ = [
    "Attribute",
    "BodyKind",
    "Catalog",
    "DeviceClass",
    "Strength",
    "Technique",
    "Word",
    "company_of_brand",
    "default_folder",
    "family",
    "holders",
    "holds_on",
    "load_catalog",
    "lookup_mac",
    "subsidiaries",
    "who_controlled",
]
