"""An IEEE registry as CSV (``oui.csv``, ``mam.csv``, ``oui36.csv``): who holds which block of MAC addresses.

Only registrants that we know, or that are asked for, are drafted: the registry has fifty thousand of them.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.imports.draft import Draft, Imported, Refused, company_names, id_of, shown
from custodiet.catalog.spelling import fold
from custodiet.model import AddressBlocks, Reference

HEADINGS = ["Registry", "Assignment", "Organization Name", "Organization Address"]
REGISTRIES = {"MA-L": 6, "MA-M": 7, "MA-S": 9, "IAB": 9}
"""Registry -> hexadecimal digits of a block."""

MOST_ROWS = 500_000
_TOLD = 20


def recognise(head: bytes) -> bool:
    """Whether it begins with the registry's headings."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(",".join(HEADINGS).encode())


def draft(text: str, name: str, on: str, catalog: Catalog, registrants: Sequence[str]) -> Imported:
    """Drafts of address blocks.

    Raises:
        Refused: it has more rows than a registry.
    """
    imported = Imported()
    held: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    registries: set[int] = set()
    rows = csv.reader(text.splitlines()[1:])
    while True:
        try:
            row = next(rows, None)
        except csv.Error as fault:
            imported.notes.append(f"line {rows.line_num + 1} is no row: {fault}")
            continue
        if row is None:
            break
        imported.read += 1
        if imported.read > MOST_ROWS:
            raise Refused(f"it has more than {MOST_ROWS:,} rows")
        digits = REGISTRIES.get(row[0]) if len(row) >= 3 else None
        if digits is None or not re.fullmatch(f"[0-9A-Fa-f]{{{digits}}}", row[1]):
            if len(imported.notes) < _TOLD:
                imported.notes.append(f"line {rows.line_num + 1} is no assignment of a registry we know")
            continue
        registries.add(digits)
        holder = fold(row[2])
        held[holder].add(row[1].upper())
        names.setdefault(holder, shown(row[2]))
    _drafts(
        imported,
        held,
        names,
        registries,
        Reference(where=f"IEEE registry, {shown(name)}", read=on),
        catalog,
        registrants,
    )
    return imported


def _drafts(
    imported: Imported,
    held: dict[str, set[str]],
    names: dict[str, str],
    registries: set[int],
    reference: Reference,
    catalog: Catalog,
    registrants: Sequence[str],
) -> None:
    ours = {fold(record.registrant): record for record in catalog.address_blocks.values()}
    companies = company_names(catalog)
    asked = [fold(registrant) for registrant in registrants if fold(registrant)]
    for holder, blocks in sorted(held.items()):
        record, company = ours.get(holder), companies.get(holder, "")
        wanted = any(one in holder for one in asked)
        if not (holder and (record or company or wanted)) or (asked and not wanted):
            continue
        taken = {block: owner.id for block in blocks if (owner := catalog.blocks.get(block))}
        mine = {block for block, owner in taken.items() if record and owner == record.id}
        others = {block: owner for block, owner in taken.items() if block not in mine}
        imported.notes += [
            f"{block} of {names[holder]} stands in our record {owner}" for block, owner in others.items()
        ]
        gone = [
            block for block in (record.blocks if record else ()) if len(block) in registries and block not in blocks
        ]
        if record and gone:
            imported.notes.append(
                f"{record.id} has {len(gone)} block(s) that this list does not give to it: {', '.join(gone[:6])}"
            )
        new = sorted(blocks - taken.keys())
        if not new:
            imported.known += 1
            continue
        id = company if company and company not in catalog.address_blocks else id_of(names[holder])
        imported.drafts.append(_draft(record, id, company, names[holder], new, reference))


def _draft(
    record: AddressBlocks | None, id: str, company: str, name: str, new: list[str], reference: Reference
) -> Draft:
    confirm = [f"{len(new)} new block(s): {', '.join(new[:12])}{' and more' if len(new) > 12 else ''}"]
    if record:
        whole = msgspec.structs.replace(
            record,
            blocks=tuple(sorted({*record.blocks, *new})),
            references=(*record.references, reference),
        )
        confirm.append("that the new blocks are used for the same products, so that the claims of the record hold")
        return Draft("address_blocks", whole, tuple(confirm))
    confirm.append("who this registrant is: a maker, a maker of modules, or a label")
    if not company:
        confirm.append("the company, and whether there is a record of it")
    draft = AddressBlocks(
        id=id or f"block-{new[0].lower()}",
        registrant=name,
        company=company,
        blocks=tuple(new),
        references=(reference,),
        added=reference.read,
        note="Draft from a registry: it says who registered, and nothing of who made.",
    )
    return Draft("address_blocks", draft, tuple(confirm))
