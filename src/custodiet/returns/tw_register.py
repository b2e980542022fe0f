"""The register that Taiwan asks public bodies for: each item of a brand that is meant, with what stands around it.

The brand counts, wherever it was made. Whether an item is connected is what its traffic or its register shows; that a
device gave no sign on a network is no proof that it cannot.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate
from custodiet.returns.items import open_section
from custodiet.returns.paper import Cell, Return, Section

RULES = "tw-ey-2019-2025"
TEXTS = (RULES,)


def tw_register(estate: Estate) -> Return:
    """One row for each device in use that is meant or may be."""
    draft = Draft(estate, "tw-register", "Register of restricted ICT products", "en")
    if not estate.addresses_body(RULES):
        draft.notes.append("On this date the rules are not known to bind this body.")
    if RULES not in estate.texts:
        draft.notes.append(
            "The catalog holds no record of the rules, so every surveillance device is listed, meant or not."
        )
    rows: list[tuple[str, list[Cell]]] = []
    for device in estate.watching():
        if device.in_use is False or (RULES in estate.texts and device.meant_by(RULES) == "no"):
            continue
        draft.judged(device, RULES)
        asked = {
            id: draft.ask(f"return-{id}", device.asset.label, device=device)
            for id in ("unit", "measures", "reason-kept", "approvals", "replacement-date", "audit")
        }
        told = {id: answer.text if answer else None for id, answer in asked.items()}
        replaced = asked["replacement-date"]
        brand, model = estate.brand(device), estate.model(device)
        for value, what in ((brand, "Which brand stands on it?"), (model, "Which model is it?")):
            if not value:
                draft.miss(what, device.asset.label)
        rows.append(
            (
                device.asset.id,
                [
                    f"{draft.kind(device)}, {device.asset.label}",
                    brand,
                    model,
                    device.asset.quantity,
                    told["unit"],
                    _connected(draft, device),
                    told["measures"],
                    told["reason-kept"],
                    told["approvals"],
                    (replaced.until or replaced.text) if replaced else None,
                    told["audit"],
                ],
            )
        )
    columns = [
        column("item", "Item"),
        column("brand", "Brand"),
        column("model", "Model"),
        column("number", "Number", "number"),
        column("unit", "Unit"),
        column("connected", "Connected"),
        column("measures", "Measures until replaced"),
        column("reason", "Reason"),
        column("approvals", "Approvals"),
        column("replaced", "To be replaced", "date"),
        column("audit", "Audit"),
    ]
    made = table("register", "Items", columns, rows)
    register = Section(id="register", title="Register", publication="restricted", tables=(made,))
    return draft.paper([register, open_section(draft, RULES)])


def _connected(draft: Draft, device: Device) -> str | None:
    if device.seen_on_network:
        return "yes, seen on a network"
    if written := device.said("register.networked"):
        return f"the register says {written}"
    draft.miss("Is it connected to a network? Nothing that was read shows it.", device.asset.label)
    return None
