"""What we know, read from the records in ``catalog/``: load it, check it, ask it, count it."""

from custodiet.catalog.ask import (
    company_of_brand,
    endpoint_of,
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
    Certainty,
    DeviceClass,
    Strength,
    Technique,
    Word,
)
from custodiet.catalog.firmware import read_firmware
from custodiet.catalog.load import default_folder, load_catalog
from custodiet.catalog.vulnerabilities import vulnerabilities_of

__all__ = [
    "Attribute",
    "BodyKind",
    "Catalog",
    "Certainty",
    "DeviceClass",
    "Strength",
    "Technique",
    "Word",
    "company_of_brand",
    "default_folder",
    "endpoint_of",
    "family",
    "holders",
    "holds_on",
    "load_catalog",
    "lookup_mac",
    "read_firmware",
    "subsidiaries",
    "vulnerabilities_of",
    "who_controlled",
]
