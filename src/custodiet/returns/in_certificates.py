"""The list of certificates that India asks for: one for each model, with its firmware, local content and test report.

A certificate is of a model and a firmware, so one that names another firmware than was seen is shown beside it. Whether
it is valid is for the registry; here stands what sources and people state.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Estate
from custodiet.returns.items import items, named
from custodiet.returns.paper import Cell, Return, Section

PROCUREMENT, MARKET = "in-ppo-2024-03-06", "in-cro-2024-04-09"
TEXTS = (PROCUREMENT, MARKET)


def in_certificates(estate: Estate) -> Return:
    """One row for each model in use."""
    draft = Draft(estate, "in-certificates", "Certificates of surveillance equipment, by model", "en")
    if not any(estate.addresses_body(text) for text in TEXTS):
        draft.notes.append("On this date neither order is known to bind this body.")
    draft.notes.append("A certificate is of a model and its firmware, and clears no other; no maker is named.")
    rows: list[tuple[str, list[Cell]]] = []
    for item in items(estate, (d for d in estate.watching() if d.in_use is not False)):
        device = item.devices[0]
        if not item.model:
            draft.miss("Which model is it? A certificate is of a model.", named(item.devices))
        firmware = sorted({f for d in item.devices if (f := d.identification.get("firmware").value)})
        stated = "; ".join(dict.fromkeys(c for d in item.devices if (c := d.said("register.certificate"))))
        asked = []
        for id in ("return-certificate", "return-local-content", "return-test-evidence"):
            if id == "return-certificate" and stated:
                asked.append(stated)
                continue
            told = draft.ask(id, item.name, device=device)
            asked.append(told.text if told else "")
        key = f"{item.brand}/{item.model}/{item.supplier}"
        rows.append((key, [item.name, estate.maker(device), item.number, ", ".join(firmware), *asked]))
    columns = [
        column("model", "Model"),
        column("maker", "Producer"),
        column("number", "Number", "number"),
        column("firmware", "Firmware seen"),
        column("certificate", "Certificate"),
        column("local", "Local content"),
        column("test", "Test evidence"),
    ]
    made = table("models", "Models in use", columns, rows)
    return draft.paper([Section(id="models", title="Models and certificates", publication="public", tables=(made,))])
