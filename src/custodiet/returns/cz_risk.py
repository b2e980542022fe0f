"""Spis rizik pro regulovaný subjekt: kam jdou data, odkud je zařízení spravováno, jak je s rizikem naloženo.

Written in Czech. Where data goes and from where a device is administered is what people stated and what captures
showed, each as what it is; that nothing was seen is no proof that nothing is sent.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate
from custodiet.returns.paper import Cell, Return, Section
from custodiet.returns.words import number

WARNING = "cz-nukib-2025-09-03"
TEXTS = (WARNING,)


def cz_risk(estate: Estate) -> Return:
    """One row for each device in use."""
    draft = Draft(estate, "cz-risk", "Spis rizik: dohledová zařízení", "cs")
    if not estate.addresses_body(WARNING):
        draft.notes.append("Není známo, že by text k tomuto dni tuto organizaci zavazoval.")
    draft.notes.append(
        "Rozhoduje, kam zařízení předává data a odkud je spravováno, ne značka. Co nebylo vidět, není vyloučeno."
    )
    rows: list[tuple[str, list[Cell]]] = []
    for device in estate.watching():
        if device.in_use is False:
            continue
        draft.judged(
            device, WARNING, "Předává zařízení data do zemí, na které text pamatuje, nebo je odtud spravováno?"
        )
        stated = [
            _stated(draft, device, f"register.{what}", f"return-{what.replace('_', '-')}")
            for what in ("data_goes_to", "administered_from")
        ]
        risk, treatment = (draft.text(id, device) for id in ("return-risk", "return-risk-treatment"))
        rows.append(
            (
                device.asset.id,
                [
                    device.asset.label,
                    draft.kind(device),
                    estate.maker(device),
                    stated[0],
                    stated[1],
                    _seen(device),
                    risk,
                    treatment,
                ],
            )
        )
    columns = [
        column("device", "Zařízení"),
        column("kind", "Druh"),
        column("maker", "Výrobce"),
        column("data", "Kam jdou data"),
        column("admin", "Odkud je spravováno"),
        column("seen", "Co ukázal provoz"),
        column("risk", "Vyhodnocení"),
        column("treatment", "Opatření"),
    ]
    made = table("devices", "Zařízení v provozu", columns, rows)
    return draft.paper([Section(id="devices", title="Zařízení a rizika", publication="restricted", tables=(made,))])


def _stated(draft: Draft, device: Device, attribute: str, question: str) -> str | None:
    """What a register or a note states, else what people answered."""
    return device.said(attribute) or draft.text(question, device)


def _seen(device: Device) -> str:
    """How many other sides were seen; addresses alone tell no country, so none is named."""
    peers = {flow.peer for flow in device.flows} | {flow.subject for flow in device.flows}
    others = peers - {f"ip:{one.value}" for one in device.asset.identifiers if one.kind == "ip"}
    if not others:
        return "žádný provoz nebyl viděn"
    return f"protistran viděno: {number(len(others), 'cs')}"
