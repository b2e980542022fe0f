"""Questions to a catalog: whose brand, whose MAC block or host name, who owned and controlled a company on that day.

Ownership is only ever asked by company and date. There is no question for a country here: where a company has its seat
is a field of its record, and what follows from it is for a directive to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_address

from custodiet.catalog.contents import Catalog
from custodiet.dates import parse_date
from custodiet.model import AddressBlocks, Company, Endpoint, Relation

MAJORITY = 50.0
"""Per cent: an ``owns`` relation carries a family only above it, or where no share is given."""

LONGEST_NAME = 253
"""Characters of a host name, by the rules of DNS."""


def company_of_brand(catalog: Catalog, brand: str) -> Company | None:
    """The company that owns the name, or nothing where the brand or its company is not known."""
    record = catalog.brands.get(brand)
    return catalog.companies.get(record.company) if record else None


def lookup_mac(catalog: Catalog, mac: str) -> tuple[AddressBlocks, str] | None:
    """Who holds the block this MAC lies in.

    Args:
        mac: in any usual writing; only its hexadecimal digits count.

    Returns:
        the record and the longest prefix that holds it (36, 28 or 24 bits as 9, 7 or 6 digits), or nothing.
    """
    digits = mac.translate(_SEPARATORS).upper()
    if len(digits) != 12:
        return None
    for length in (9, 7, 6):
        record = catalog.holder(digits[:length])
        if record is not None:
            return record, digits[:length]
    return None


def endpoint_of(catalog: Catalog, name_or_address: str) -> Endpoint | None:
    """The endpoint that a host name or an address belongs to.

    Args:
        catalog: the catalog.
        name_or_address: as observed; case and a final dot do not count.

    Returns:
        the record of the name itself, else that of the nearest domain above it, else that of the smallest network
        that holds the address; nothing where we know none.
    """
    text = name_or_address.strip().rstrip(".").lower()
    if len(text) > LONGEST_NAME:
        return None
    if found := catalog.hosts.get(text):
        return found
    domain = text
    while "." in domain:
        if found := catalog.hosts.get(f"*.{domain}"):
            return found
        domain = domain.partition(".")[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return next((record for network, record in catalog.networks if address in network), None)


def holders(catalog: Catalog, company: str, on: str) -> tuple[tuple[str, Relation], ...]:
    """Everybody who held shares of a company or controlled it on a date, small shares included.

    Returns:
        id of the holder and the relation that says so, in the order of the ids.
    """
    return tuple((holder, relation) for holder, relation in catalog.held_by.get(company, ()) if holds_on(relation, on))


def who_controlled(catalog: Catalog, company: str, on: str) -> tuple[tuple[str, Relation], ...]:
    """Who decided over a company on a date: those that control it, and those that own more than `MAJORITY`."""
    return tuple((holder, relation) for holder, relation in holders(catalog, company, on) if _carries(relation))


def family(catalog: Catalog, company: str, on: str) -> tuple[str, ...]:
    """The company itself and, nearest first, the ids up the chain of ownership and control on that date."""
    return _closure(company, lambda id: (holder for holder, _ in who_controlled(catalog, id, on)))


def subsidiaries(catalog: Catalog, company: str, on: str) -> tuple[str, ...]:
    """The ids down the chain of ownership and control on that date, nearest first, without the company itself."""

    def below(id: str) -> Iterator[str]:
        record = catalog.companies.get(id)
        for relation in record.relations if record else ():
            carried = relation.kind in ("owns", "controls") and _carries(relation) and holds_on(relation, on)
            if carried and relation.to in catalog.companies:
                yield relation.to

    return _closure(company, below)[1:]


def holds_on(relation: Relation, on: str) -> bool:
    """Whether the relation held on some day of ``on``.

    A date cut to a year or month covers all of it. An unknown begin is always, an unknown end is still so.

    Raises:
        ValueError: ``on``, or a date of the relation, is no date.
    """
    asked = parse_date(on)
    if relation.since and parse_date(relation.since).first > asked.last:
        return False
    return not (relation.until and parse_date(relation.until).last < asked.first)


def _carries(relation: Relation) -> bool:
    return relation.kind == "controls" or relation.share is None or relation.share > MAJORITY


def _closure(start: str, step: Callable[[str], Iterator[str]]) -> tuple[str, ...]:
    """Everything that can be reached, nearest first; two companies that own each other end it too."""
    reached = [start]
    for id in reached:
        reached.extend(found for found in dict.fromkeys(step(id)) if found not in reached)
    return tuple(reached)


_SEPARATORS = str.maketrans("", "", ":-. ")
