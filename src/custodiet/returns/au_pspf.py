"""The report under PSPF Direction 001-2024: technology assets, indicators of foreign influence, assessment, treatment.

The direction names no maker and no country, so no indicator is worked out here: every asset is listed, and what people
assessed stands beside it.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Estate
from custodiet.returns.items import items, named
from custodiet.returns.paper import Cell, Due, Return, Section

DIRECTION = "au-pspf-direction-001-2024"
TEXTS = (DIRECTION,)


def au_pspf(estate: Estate) -> Return:
    """One row for each kind of asset that was bought alike."""
    draft = Draft(estate, "au-pspf", "PSPF Direction 001-2024: foreign ownership, control or influence", "en")
    if not estate.addresses_body(DIRECTION):
        draft.notes.append("On this date the direction is not known to bind this body.")
    draft.notes.append("The direction names no maker and no country; indicators are the judgement of the entity.")
    rows: list[tuple[str, list[Cell]]] = []
    for item in items(estate, (d for d in estate.watching() if d.in_use is not False)):
        device = item.devices[0]
        processed = estate.told("decided-assess-risk", device)
        if processed is None:
            draft.miss("Was it put through the process for foreign ownership, control or influence?", item.name,
                       "decided-assess-risk")  # fmt: skip
        texts = []
        for id in ("return-foci-indicators", "return-foci-assessment", "return-foci-treatment"):
            told = draft.ask(id, item.name, device=device)
            texts.append(told.text if told else None)
        found = estate.told("foci-risk-found", device)
        reported = estate.told("decided-report", device)
        if found and not found.text.startswith("no") and reported is None:
            draft.miss("Was this risk reported, and when?", item.name, "decided-report")
        when = (reported.on or reported.text) if reported else None
        maker = estate.maker(device)
        rows.append((f"{item.brand}/{item.model}/{item.supplier}", [
            item.name, maker, item.number, processed.text if processed else None, *texts, when, named(item.devices),
        ]))  # fmt: skip
    text = estate.texts.get(DIRECTION)
    report = next((one for one in text.requirements if one.id == "report"), None) if text else None
    if report:
        because = "the direction; sources give June and July 2025"
        draft.due.append(Due(what="Risks that were found are reported", by=report.deadline, because=because))
    columns = [
        column("asset", "Asset"),
        column("maker", "Producer"),
        column("number", "Number", "number"),
        column("processed", "Put through the process"),
        column("indicators", "Indicators"),
        column("assessment", "Assessment"),
        column("treatment", "Treatment"),
        column("reported", "Reported", "date"),
        column("devices", "Devices"),
    ]
    made = table("assets", "Technology assets for surveillance", columns, rows)
    words = ("Only surveillance equipment was looked at; other technology assets are owed too.",)
    return draft.paper([Section(id="assets", title="Assets", publication="restricted", words=words, tables=(made,))])
