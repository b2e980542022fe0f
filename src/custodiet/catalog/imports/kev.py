"""The CISA list of known exploited vulnerabilities (KEV) as JSON: which of our records, or of our makers, are on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.imports.draft import Draft, Imported, Refused, company_names, shown
from custodiet.catalog.spelling import fold
from custodiet.dates import parse_date
from custodiet.model import Reference, Vulnerability

_NUMBER = re.compile(r"CVE-\d{4}-\d{4,7}")
MOST_ENTRIES = 100_000
_TOLD = 20


def recognise(head: bytes) -> bool:
    """Whether the keys of the list are at the beginning."""
    return (
        head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
        and b'"catalogVersion"' in head
        and b'"vulnerabilities"' in head
    )


def draft(text: str, name: str, on: str, catalog: Catalog, _registrants: Sequence[str]) -> Imported:
    """Drafts of vulnerabilities.

    Raises:
        Refused: this is not the list.
    """
    try:
        plain: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise Refused(f"it is no JSON: {fault}") from fault
    entries = plain.get("vulnerabilities") if isinstance(plain, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise Refused("it holds no list of vulnerabilities that is of a size we know")
    released = _date(plain.get("dateReleased")) or on
    reference = Reference(
        where=f"CISA KEV list, version {shown(plain.get('catalogVersion'))[:20]}, {shown(name)}", read=released
    )
    imported = Imported()
    companies = company_names(catalog)
    listed: set[str] = set()
    for place, entry in enumerate(entries, 1):
        id = shown(entry.get("cveID")) if isinstance(entry, dict) else ""
        since = _date(entry.get("dateAdded")) if isinstance(entry, dict) else ""
        imported.read += 1
        if not _NUMBER.fullmatch(id) or not since or id in listed:
            if len(imported.notes) < _TOLD:
                imported.notes.append(f"entry {place} has no number and date of its own")
            continue
        listed.add(id)
        record = catalog.vulnerabilities.get(id)
        maker = companies.get(fold(shown(entry.get("vendorProject"))), "")
        if record is not None:
            _update(imported, record, since, released, reference)
        elif maker:
            imported.drafts.append(_new(id, maker, entry, since, released, reference))
    lost = [record.id for record in catalog.vulnerabilities.values() if record.exploited == "listed"]
    if lost := [id for id in lost if id not in listed]:
        imported.notes.append(f"on the list by our records, and not in this copy: {', '.join(lost)}")
    imported.drafts.sort(key=lambda one: one.record.id)
    return imported


def _update(imported: Imported, record: Vulnerability, since: str, released: str, reference: Reference) -> None:
    if record.exploited == "listed" and record.exploited_since == since:
        imported.known += 1
        return
    if record.exploited_since and record.exploited_since != since:
        imported.notes.append(
            f"{record.id} is on the list since {since}, and since {record.exploited_since} by our record"
        )
    changed = msgspec.structs.replace(
        record,
        exploited="listed",
        exploited_since=since,
        exploited_read=released,
        references=(*record.references, reference),
    )
    point = f"that it is on the list since {since}; our record says {record.exploited}"
    imported.drafts.append(Draft("vulnerabilities", changed, (point,)))


def _new(id: str, maker: str, entry: dict[str, Any], since: str, released: str, reference: Reference) -> Draft:
    product = shown(entry.get("product"))[:120]
    record = Vulnerability(
        id=id,
        title=shown(entry.get("vulnerabilityName"))[:120] or "not said",
        companies=(maker,),
        more_affected=True,
        exploited="listed",
        exploited_since=since,
        exploited_read=released,
        login="unknown",
        references=(reference,),
        added=released,
        note=f"Draft from the KEV list, which names the product {product!r} and no models or builds.",
    )
    return Draft(
        "vulnerabilities",
        record,
        (
            f"that {maker} is the maker that is meant by {shown(entry.get('vendorProject'))[:60]!r}",
            "which models and builds are affected, and the first build that is free of it",
            "what an attacker needs, and the title in our own words",
            "whether it is in devices or in software for computers",
        ),
    )


def _date(text: object) -> str:
    """The day at the start of a text, where it is one."""
    day = text[:10] if isinstance(text, str) else ""
    try:
        parse_date(day)
    except ValueError:
        return ""
    return day if len(day) == 10 else ""
