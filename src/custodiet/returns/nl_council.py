"""Het antwoord van een gemeente op vragen van de raad: makers, aantallen, plaatsen, contracten, uitfasering, kosten.

Written in Dutch. No text tells a municipality which makers to name, so all are named, the unknown ones too.
"""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate
from custodiet.returns.paper import Cell, Return, Section, Table
from custodiet.returns.words import several

TEXTS: tuple[str, ...] = ()
_UNKNOWN = "maker niet bekend"


def nl_council(estate: Estate) -> Return:
    """The answer; rooms and addresses of single devices are restricted."""
    draft = Draft(estate, "nl-council", "Antwoord op raadsvragen over camera's en andere bewakingsapparatuur", "nl")
    draft.notes.append(
        "Er is geen wet die een gemeente verplicht om deze apparatuur van bepaalde makers te verwijderen; besluiten "
        "daarover zijn van de gemeente zelf. Daarom staan hier alle makers. De maker is wie het apparaat echt heeft "
        "gemaakt; dat kan een ander zijn dan het merk op de kast."
    )
    found = [d for d in estate.watching() if d.in_use is not False]
    devices = [d for d in found if d.kind and not d.only_bought]
    for device in found:
        if not device.kind and not device.only_bought:
            draft.miss("Is dit een camera of andere bewakingsapparatuur? Kijk ter plaatse.", device.asset.label)
    for device in devices:
        if not estate.maker(device):
            draft.miss(
                "Wie heeft dit apparaat gemaakt? Kijk op het typeplaatje of vraag het de leverancier.",
                device.asset.label,
            )
        draft.in_use(device)
        draft.place(device)
    sections = [
        _one("makers", "Welke makers en merken, en hoeveel", _makers(draft, devices), _beside(found)),
        _one("places", "Waar hangt het", _places(draft, devices)),
        _one("contracts", "Contracten en einddata", _contracts(draft, [d for d in found if d.kind])),
        _one(
            "plan", "Uitfasering", _answers(draft, devices, "return-phase-out", "plan", "Wat besloten is", "Klaar op")
        ),
        _one("costs", "Kosten", _answers(draft, devices, "return-costs", "costs", "Kosten", "")),
        Section(
            id="devices",
            title="De apparaten",
            publication="restricted",
            words=("Waar een apparaat precies hangt en op welk adres het zit, is niet openbaar.",),
            tables=(_devices(draft, devices),),
        ),
    ]
    return draft.paper(sections)


def _one(id: str, title: str, made: Table, words: tuple[str, ...] = ()) -> Section:
    return Section(id=id, title=title, publication="public", words=words, tables=(made,))


def _beside(found: Sequence[Device]) -> tuple[str, ...]:
    """What is not in the numbers, since it may be no device, or the same one again."""
    open_ones = _total([d for d in found if not d.kind and not d.only_bought])
    bought = _total([d for d in found if d.only_bought])
    said = []
    if open_ones:
        said.append(
            f"Apparaten waarvan niet bekend is of het bewakingsapparatuur is, en die niet zijn meegeteld: {open_ones}."
        )
    if bought:
        said.append(
            f"Apparaten die alleen in de inkoop staan, en niet zijn meegeteld: {bought}. Ze kunnen al meetellen, "
            "ergens anders hangen of nooit geplaatst zijn; onder contracten staan ze wel."
        )
    return tuple(said)


def _total(devices: Sequence[Device]) -> int:
    return sum(device.asset.quantity for device in devices)


def _makers(draft: Draft, devices: Sequence[Device]) -> Table:
    estate = draft.estate
    groups: dict[tuple[str, str, str], list[Device]] = {}
    for device in devices:
        key = (estate.maker(device) or _UNKNOWN, estate.brand(device), draft.kind(device))
        groups.setdefault(key, []).append(device)
    ordered = sorted(groups.items(), key=lambda item: (item[0][0] == _UNKNOWN, item[0]))
    rows: list[tuple[str, list[Cell]]] = []
    for (maker, brand, kind), alike in ordered:
        seen = sum(d.asset.quantity for d in alike if d.seen_on_network)
        rows.append((f"{maker}/{brand}/{kind}", [maker, brand or None, kind, _total(alike), seen]))
    if rows:
        seen = sum(d.asset.quantity for d in devices if d.seen_on_network)
        rows.append(("total", ["Totaal", "–", "–", _total(devices), seen]))
    columns = [
        column("maker", "Maker"),
        column("brand", "Merk op de kast"),
        column("kind", "Soort"),
        column("number", "Aantal", "number"),
        column("seen", "Waarvan gezien op het netwerk", "number"),
    ]
    return table("makers", "Apparaten in gebruik, naar maker", columns, rows)


def _places(draft: Draft, devices: Sequence[Device]) -> Table:
    estate = draft.estate
    groups: dict[str, list[Device]] = {}
    for device in devices:
        groups.setdefault(device.site.name if device.site else "", []).append(device)
    rows: list[tuple[str, list[Cell]]] = []
    for name, there in sorted(groups.items(), key=lambda item: (not item[0], item[0])):
        makers = sorted({estate.maker(d) or _UNKNOWN for d in there})
        rows.append((name or "?", [name or "plaats niet bekend", _total(there), "; ".join(makers)]))
    for site in estate.body.sites if estate.body else ():
        if site.name not in groups:
            rows.append((site.name, [site.name, 0, "niets gevonden in wat gelezen is"]))
    columns = [column("site", "Locatie"), column("number", "Aantal", "number"), column("makers", "Makers")]
    return table("places", "Per locatie", columns, rows)


def _contracts(draft: Draft, devices: Sequence[Device]) -> Table:
    estate = draft.estate
    groups: dict[tuple[str, str, str, str], list[Device]] = {}
    for device in devices:
        supplier, order = device.said("register.supplier"), device.said("register.contract")
        told = draft.ask("return-contract", _item(estate, device), device=device)
        groups.setdefault((supplier, order, told.text if told else "", told.until if told else ""), []).append(device)
    rows: list[tuple[str, list[Cell]]] = [
        ("/".join(key), [several(sorted({_item(estate, d) for d in alike}), "nl", 5), *key, _total(alike)])
        for key, alike in groups.items()
    ]
    columns = [
        column("items", "Apparatuur"),
        column("supplier", "Leverancier volgens inkoop"),
        column("order", "Factuur of order"),
        column("contract", "Contract"),
        column("end", "Einddatum", "date"),
        column("number", "Aantal", "number"),
    ]
    return table("contracts", "Contracten en inkoop", columns, rows)


def _answers(draft: Draft, devices: Sequence[Device], id: str, name: str, heading: str, until: str) -> Table:
    """What people wrote to one question, by equipment; what is the same stands in one row."""
    estate = draft.estate
    groups: dict[tuple[str, str, str, str], list[Device]] = {}
    for device in devices:
        told = draft.ask(id, _item(estate, device), device=device)
        key = (told.text, told.until, told.by, told.on) if told else ("", "", "", "")
        groups.setdefault(key, []).append(device)
    rows: list[tuple[str, list[Cell]]] = []
    for (text, end, by, on), alike in groups.items():
        what = several(sorted({_item(estate, d) for d in alike}), "nl", 5)
        cells: list[Cell] = [what, _total(alike), text, *([end] if until else []), by, on]
        rows.append((what, cells))
    columns = [column("items", "Apparatuur"), column("number", "Aantal", "number"), column("said", heading)]
    if until:
        columns.append(column("until", until, "date"))
    columns += [column("by", "Wie dit zegt"), column("on", "Op", "date")]
    return table(name, heading, columns, rows)


def _item(estate: Estate, device: Device) -> str:
    return estate.item(device) or "niet nader bekend apparaat"


def _devices(draft: Draft, devices: Sequence[Device]) -> Table:
    estate = draft.estate
    rows: list[tuple[str, list[Cell]]] = []
    for device in devices:
        since = device.dated("installed") or (device.past.first_seen.isoformat() if device.past.first_seen else "")
        place = ", ".join(
            part for part in (device.site.name if device.site else "", device.said("register.location")) if part
        )
        rows.append(
            (
                device.asset.id,
                [
                    device.asset.label,
                    draft.kind(device),
                    estate.maker(device),
                    estate.brand(device),
                    estate.model(device),
                    place,
                    since,
                ],
            )
        )
    columns = [
        column("device", "Apparaat"),
        column("kind", "Soort"),
        column("maker", "Maker"),
        column("brand", "Merk"),
        column("model", "Type"),
        column("place", "Plaats"),
        column("since", "Geplaatst of gezien", "date"),
    ]
    return table("devices", "Elk apparaat", columns, rows)
