"""The answer of an Australian body to a question of Parliament: kind, number, sites, removal plan and date.

Asked are the two makers that the questions named. Numbers of registers and of devices that were really seen stand side
by side, since a register undercounts, and nothing is added across units.
"""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate
from custodiet.returns.items import open_section
from custodiet.returns.paper import Cell, Return, Section, Table

QUESTIONS_OF_2023 = "au-paterson-audit-2023"
TEXTS = (QUESTIONS_OF_2023,)


def au_parliament(estate: Estate) -> Return:
    """The answer of one body; the sites themselves are restricted, their number is not."""
    draft = Draft(estate, "au-parliament", "Answer to the question on surveillance equipment", "en")
    draft.notes.append(
        "The question names two makers, Hikvision and Dahua. It asks by kind of device: cameras, recorders, access "
        "control and intercoms. Devices, sites and systems are different units and are never added."
    )
    present: list[Device] = []
    for device in estate.watching():
        draft.judged(device, QUESTIONS_OF_2023)
        if device.meant_by(QUESTIONS_OF_2023) == "yes" and not device.only_bought and draft.in_use(device) is not False:
            present.append(device)
            draft.place(device)
    by_kind: dict[tuple[str, str], list[Device]] = {}
    for device in present:
        by_kind.setdefault((draft.kind(device), estate.maker(device)), []).append(device)
    rows = [(f"{kind}/{maker}", [kind, maker, *_numbers(alike)]) for (kind, maker), alike in sorted(by_kind.items())]
    if len(rows) > 1:
        rows.append(("total", ["All", "–", *_numbers(present)]))
    elif not rows:
        rows = [("total", ["All", "–", *_numbers(present)])]
    columns = [
        column("kind", "Kind"),
        column("maker", "Maker"),
        column("number", "Devices", "number"),
        column("registered", "Of these in a register or purchase record", "number"),
        column("seen", "Of these seen on a network", "number"),
        column("sites", "Sites", "number"),
    ]
    open_number = sum(
        d.asset.quantity for d in estate.watching() if d.meant_by(QUESTIONS_OF_2023) == "unknown" and not d.only_bought
    )
    bought = sum(
        d.asset.quantity for d in estate.watching() if d.only_bought and d.meant_by(QUESTIONS_OF_2023) == "yes"
    )
    words = [
        f"Not in the numbers: devices of which it is not known whether they are meant, {open_number}; and devices that "
        f"stand in purchase records alone, and may be bought and never deployed, {bought}."
    ]
    return draft.paper(
        [
            Section(
                id="answer",
                title="Kind, number and sites",
                publication="public",
                words=tuple(words),
                tables=(table("numbers", "Devices in use, by kind and maker", columns, rows),),
            ),
            Section(id="plan", title="Removal plan", publication="public", tables=(_plan(draft, present),)),
            Section(id="sites", title="The sites", publication="restricted", tables=(_sites(draft, present),)),
            open_section(draft, QUESTIONS_OF_2023),
        ]
    )


def _numbers(devices: Sequence[Device]) -> list[Cell]:
    return [
        sum(d.asset.quantity for d in devices),
        sum(d.asset.quantity for d in devices if d.registered),
        sum(d.asset.quantity for d in devices if d.seen_on_network),
        len({d.site.id for d in devices if d.site}),
    ]


def _plan(draft: Draft, present: Sequence[Device]) -> Table:
    """What people decided; the same plan of several sites is one row, and no site is named."""
    plans: dict[tuple[str, str], list[Device]] = {}
    for device in present:
        about = device.site.name if device.site else device.asset.label
        told = draft.ask("return-removal-plan", about, device=device)
        key = (told.text, told.until) if told else ("", "")
        plans.setdefault(key, []).append(device)
    rows = [
        (f"{plan}/{until}", [plan or None, until or None, sum(d.asset.quantity for d in alike)])
        for (plan, until), alike in plans.items()
    ]
    columns = [column("plan", "Plan"), column("date", "Date", "date"), column("number", "Devices", "number")]
    return table("plan", "What is planned", columns, rows)


def _sites(draft: Draft, present: Sequence[Device]) -> Table:
    by_site: dict[str, list[Device]] = {}
    for device in present:
        by_site.setdefault(device.site.name if device.site else "", []).append(device)
    rows = [
        (
            site or "?",
            [site or None, sum(d.asset.quantity for d in alike), ", ".join(sorted({draft.kind(d) for d in alike}))],
        )
        for site, alike in sorted(by_site.items())
    ]
    columns = [column("site", "Site"), column("number", "Devices", "number"), column("kinds", "Kinds")]
    return table("sites", "Devices by site", columns, rows)
