"""How much the catalog knows: counts by kind, maker, attribute and strength, and what stands on the shelf."""

from __future__ import annotations

from collections import Counter

import msgspec

from custodiet.catalog.contents import Catalog


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one version of the catalog; every mapping is sorted, largest first."""

    version: str
    """The version counted."""
    records: dict[str, int]
    """Kind of record -> how many."""
    address_prefixes: int
    """MAC prefixes in all address blocks."""
    examples: int
    """Values that must match, over all fingerprints."""
    counter_examples: int
    """Values that must stay silent, over all fingerprints."""
    by_maker: dict[str, int]
    """Company id -> fingerprints that name it as manufacturer."""
    by_attribute: dict[str, int]
    """Attribute -> fingerprints that read it."""
    by_strength: dict[str, int]
    """Strength -> fingerprints of that strength."""
    shelf: tuple[str, ...]
    """Ids of the fingerprints and endpoints that are still thin on evidence."""


def stats(catalog: Catalog) -> Stats:
    """Count a catalog."""
    fingerprints = catalog.fingerprints
    return Stats(
        version=catalog.version,
        records={
            "companies": len(catalog.companies),
            "brands": len(catalog.brands),
            "address_blocks": len(catalog.address_blocks),
            "fingerprints": len(fingerprints),
            "directives": len(catalog.directives),
            "endpoints": len(catalog.endpoints),
            "firmware": len(catalog.firmware),
            "vulnerabilities": len(catalog.vulnerabilities),
            "models": len(catalog.models),
            "series": sum(len(brand.series) for brand in catalog.brands.values()),
        },
        address_prefixes=len(catalog.blocks),
        examples=sum(len(f.examples) for f in fingerprints),
        counter_examples=sum(len(f.counter_examples) for f in fingerprints),
        by_maker=_counted(f.says["manufacturer"] for f in fingerprints if "manufacturer" in f.says),
        by_attribute=_counted(f.attribute for f in fingerprints),
        by_strength=_counted(f.strength for f in fingerprints),
        shelf=(*(f.id for f in fingerprints if f.shelf), *(e.id for e in catalog.endpoints.values() if e.shelf)),
    )


def _counted(words: object) -> dict[str, int]:
    counts = Counter(words)  # type: ignore[call-overload]
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
