"""The first report under FAR 52.204-25: nine fields for each item, owed one business day after it was identified.

Contract and order numbers, the supplier's identifiers and the mitigation are facts of people: they stand in the sites
file or among what is missing.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Estate
from custodiet.returns.items import Item, items, named, open_section
from custodiet.returns.paper import Cell, Return, Section, Table
from custodiet.returns.us_889 import CLAUSE, ONE_DAY, PARTS, clock, covered, identified_on, left_out, purposes

TEXTS = (CLAUSE,)

FIELDS = (
    ("contract", "Contract number"),
    ("orders", "Order numbers"),
    ("supplier", "Supplier name"),
    ("uei", "Supplier's unique entity identifier (UEI)"),
    ("cage", "Supplier's CAGE code"),
    ("brand", "Brand"),
    ("model", "Model number (maker, part or wholesaler)"),
    ("description", "Item description"),
    ("mitigation", "Mitigation undertaken or recommended"),
)
"""The nine fields of the clause, in its order."""


def us_889_initial(estate: Estate) -> Return:
    """The report, with one table of nine fields for each item."""
    draft = Draft(estate, "us-889-initial", "Section 889: first report of covered equipment", "en")
    notes(draft)
    found = covered(estate, CLAUSE, "report-first")
    purposes(draft, found, CLAUSE)
    start = identified_on(draft) if found else ""
    if found:
        clock(draft, "This report, for each contract and order", start, ONE_DAY, "it was identified")
    else:
        draft.notes.append("No equipment was found that the clause names; see what could not be judged.")
    tables = tuple(_item(draft, number, item) for number, item in enumerate(items(estate, found), start=1))
    words = () if tables else ("None was found in what was read.",)
    return draft.paper(
        [
            Section(id="items", title="Items reported", publication="restricted", words=words, tables=tables),
            open_section(draft, CLAUSE, PARTS),
            left_out(draft, CLAUSE, "report-first"),
        ]
    )


def notes(draft: Draft) -> None:
    """What a reader of any report under the clause has to know."""
    if not draft.estate.addresses_body(CLAUSE):
        draft.notes.append(
            "On this date the clause is not known to bind this body; it binds contractors whose contract carries it."
        )
    draft.notes.append(
        "Under a contract of the Department of Defense the report goes to its reporting site, otherwise to the "
        "contracting officer. The clause is numbered 52.204-25, and 52.240-91 in newer contracts."
    )


def _item(draft: Draft, number: int, item: Item) -> Table:
    device = item.devices[0]

    def asked(id: str) -> str | None:
        """The same answer for all devices of the item, else each with its device."""
        said: dict[str, None] = {}
        for one in item.devices:
            if text := draft.text(id, one):
                said[text] = None
        return "; ".join(said) or None

    kinds = dict.fromkeys(draft.kind(one) for one in item.devices)
    sites = dict.fromkeys(one.site.name for one in item.devices if one.site)
    description = f"{', '.join(kinds)}; {item.number} found"
    if sites:
        description += f", at {', '.join(sites)}"
    supplier = item.supplier or asked("return-supplier")
    if not item.brand:
        draft.miss("Which brand stands on it?", device.asset.label)
    if not item.model:
        draft.miss("Which model number stands on it (of the maker, the part or the wholesaler)?", device.asset.label)
    values: dict[str, Cell] = {
        "contract": asked("return-contract-number"),
        "orders": asked("return-order-numbers"),
        "supplier": supplier,
        "uei": asked("return-supplier-uei"),
        "cage": asked("return-supplier-cage"),
        "brand": item.brand,
        "model": item.model,
        "description": description,
        "mitigation": asked("return-mitigation"),
    }
    rows: list[tuple[str, list[Cell]]] = [(key, [title, values[key]]) for key, title in FIELDS]
    rows.append(("devices", ["Devices, for our own records", named(item.devices)]))
    columns = [column("field", "Field"), column("value", "Answer")]
    # the names of the devices make the table findable in the next return, whatever its place in the list
    return table(f"item:{item.brand}/{item.model}/{item.supplier}", f"Item {number}: {item.name}", columns, rows)
