"""The record of a receiver of federal award money under 2 CFR 200.216: from which money each purchase was paid.

The rule follows the money and not the place; a camera that was paid from own means is outside, wherever it hangs.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Estate
from custodiet.returns.items import items, named, open_section
from custodiet.returns.paper import Cell, Return, Section
from custodiet.returns.us_889 import PARTS, purposes

GRANTS = "us-889-b-grants-2cfr200-216"
TEXTS = (GRANTS,)


def us_grants(estate: Estate) -> Return:
    """One row for each purchase of equipment of a named maker."""
    draft = Draft(estate, "us-grants", "2 CFR 200.216: equipment and the money it was paid from", "en")
    if not estate.addresses_body(GRANTS):
        draft.notes.append("On this date the rule is not known to bind this body; it binds receivers of award money.")
    meant = tuple(device for device in estate.devices if device.meant_by(GRANTS) == "yes")
    purposes(draft, (d for d in meant if estate.told("paid-from-federal-award", d)), GRANTS)
    rows: list[tuple[str, list[Cell]]] = []
    for item in items(estate, meant):
        device = item.devices[0]
        paid = estate.told("paid-from-federal-award", device)
        if paid is None:
            draft.miss("Was it paid from a federal grant, loan or other award, wholly or in part?", item.name,
                       "paid-from-federal-award")  # fmt: skip
        bought = " / ".join(dict.fromkeys(day for one in item.devices if (day := one.dated("bought"))))
        if not bought:
            draft.miss("On which day was it bought? See the order or invoice.", item.name)
        funding = draft.ask("return-funding-source", item.name, device=device)
        excluded = draft.ask("return-exclusion-evidence", item.name, device=device)
        order = "; ".join(dict.fromkeys(o for one in item.devices if (o := one.said("register.contract"))))
        rows.append(
            (
                f"{item.brand}/{item.model}/{item.supplier}",
                [
                    item.name,
                    item.number,
                    bought,
                    item.supplier,
                    order,
                    paid.text if paid else None,
                    funding.text if funding else None,
                    excluded.text if excluded else None,
                    named(item.devices),
                ],
            )
        )
    columns = [
        column("item", "Item"),
        column("number", "Number", "number"),
        column("bought", "Bought", "date"),
        column("supplier", "Supplier"),
        column("order", "Order or invoice"),
        column("award", "Paid from an award"),
        column("funding", "Source of the money"),
        column("excluded", "Evidence that it was kept out"),
        column("devices", "Devices"),
    ]
    made = table("purchases", "Purchases of equipment of a named maker", columns, rows)
    return draft.paper(
        [
            Section(id="purchases", title="Purchases", publication="restricted", tables=(made,)),
            open_section(draft, GRANTS, PARTS),
        ]
    )
