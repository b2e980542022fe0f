"""The representation under section 889: does or does not provide, does or does not use, after a reasonable inquiry.

A representation is a statement of people. This paper lays beside it what was found; it never says "does not" because
nothing was found, and it says so where the statement and the findings differ.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Answer, Estate
from custodiet.returns.items import items, named, open_section
from custodiet.returns.paper import Cell, Return, Section
from custodiet.returns.us_889 import CLAUSE, PART_B, PARTS, covered, purposes

TEXTS = (PART_B, CLAUSE)


def us_889_representation(estate: Estate) -> Return:
    """The representation, with the details where the answer is that it does."""
    draft = Draft(estate, "us-889-representation", "Section 889: representation on covered equipment", "en")
    if not estate.addresses_body(PART_B):
        draft.notes.append(
            "On this date the statute is not known to bind this body; it binds contractors and offerors."
        )
    found = tuple(d for d in covered(estate, PART_B, "represent") if d.in_use is not False)
    purposes(draft, found, PART_B)
    provides = draft.ask("return-provides-covered")
    uses = draft.ask("return-use-covered")
    inquiry = draft.ask("return-reasonable-inquiry")
    open_ones = [d for d in estate.devices if d.meant_by(PART_B) == "unknown" and d.in_use is not False]
    number = sum(device.asset.quantity for device in found)
    if found and uses and uses.text.split(":")[0].strip().casefold() in ("no", "does not"):
        draft.notes.append(
            f"What was found contradicts the statement that none is used: {number} in use. Settle this first."
        )
    seen = (
        f"in use by what was found: {number}"
        if found
        else f"none found; {len(open_ones)} devices could not be judged"
        if open_ones
        else "none found in what was read"
    )
    rows = [
        (
            "provides",
            ["Provides covered equipment or services to the government", _said(provides), "no device shows it"],
        ),
        ("uses", ["Uses covered equipment or services", _said(uses), seen]),
        ("inquiry", ["Reasonable inquiry", inquiry.text if inquiry else None, "see how it was found out, below"]),
    ]
    columns = [column("what", "What"), column("answer", "Represented"), column("found", "What was found")]
    details: list[tuple[str, list[Cell]]] = [
        (f"{i.brand}/{i.model}/{i.supplier}", [i.name, i.number, i.supplier, named(i.devices)])
        for i in items(estate, found)
    ]
    detail_columns = [
        column("item", "Item"),
        column("number", "In use", "number"),
        column("supplier", "Supplier"),
        column("devices", "Devices"),
    ]
    return draft.paper(
        [
            Section(
                id="representation",
                title="The representation",
                publication="restricted",
                tables=(table("representation", "Does or does not", columns, rows),),
            ),
            Section(
                id="details",
                title="Details",
                publication="restricted",
                tables=(table("details", "Covered equipment that is in use", detail_columns, details),),
            ),
            open_section(draft, PART_B, PARTS),
        ]
    )


def _said(answer: Answer | None) -> str | None:
    """The represented answer in the words of the form; anything but a plain yes or no stays as it was written."""
    if answer is None:
        return None
    return {"yes": "does", "no": "does not"}.get(answer.text.casefold(), answer.text)
