"""The follow-up under FAR 52.204-25, owed ten business days after the first report: mitigation and prevention.

When the first report was made is recorded as ``decided-report-first``; without that day nothing is owed by a day.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Estate
from custodiet.returns.items import items, named, open_section
from custodiet.returns.paper import Cell, Return, Section
from custodiet.returns.us_889 import CLAUSE, PARTS, TEN_DAYS, clock, covered, purposes
from custodiet.returns.us_889_initial import notes

TEXTS = (CLAUSE,)


def us_889_follow_up(estate: Estate) -> Return:
    """The follow-up, one row for each item."""
    draft = Draft(estate, "us-889-follow-up", "Section 889: follow-up report on covered equipment", "en")
    notes(draft)
    found = covered(estate, CLAUSE, "report-first")
    purposes(draft, found, CLAUSE)
    first = first_report(draft) if found else ""
    if found:
        clock(draft, "This follow-up", first, TEN_DAYS, "the first report")
    rows: list[tuple[str, list[Cell]]] = []
    for item in items(estate, found):
        device = item.devices[0]
        gone = ", ".join(dict.fromkeys(one.gone_on for one in item.devices if one.gone_on))
        asked = [
            draft.text(id, device)
            for id in ("return-mitigation-further", "return-prevention", "return-prevention-added")
        ]
        key = f"{item.brand}/{item.model}/{item.supplier}"
        rows.append((key, [item.name, item.number, named(item.devices), gone or "–", *asked]))
    columns = [
        column("item", "Item"),
        column("number", "Found", "number"),
        column("devices", "Devices"),
        column("gone", "Removed", "date"),
        column("further", "Further mitigation"),
        column("prevention", "Done to prevent use or submission"),
        column("added", "To be added"),
    ]
    made = table("items", "Since the first report", columns, rows)
    return draft.paper(
        [
            Section(id="items", title="Items reported before", publication="restricted", tables=(made,)),
            open_section(draft, CLAUSE, PARTS),
        ]
    )


def first_report(draft: Draft) -> str:
    """The day of the first report, as somebody recorded it; the earliest where there were several."""
    body = draft.estate.body
    places = [body.facts, *(site.facts for site in body.sites), *(note.facts for note in body.devices)] if body else []
    found = [facts.get("decided-report-first") for facts in places]
    days = [one.since or one.decided_on for one in found if one and one.answer == "yes"]
    if not any(days):
        draft.miss("On which day was the first report made?", "", "decided-report-first")
    return min((one for one in days if one), default="")
