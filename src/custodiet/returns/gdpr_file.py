"""The file on cameras that data protection law asks a controller for: purpose, retention, recipients, transfers.

Every camera is asked alike, whoever made it. No purpose is ever worked out from where a camera hangs.
"""

from __future__ import annotations

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Estate
from custodiet.returns.paper import Cell, Return, Section

GDPR = "eu-gdpr-dpia-cctv"
TEXTS = (GDPR,)
_ASKED = (
    ("purpose", "Purpose"),
    ("retention", "Retention"),
    ("recipients", "Recipients"),
    ("processors", "Processors"),
    ("transfers", "Transfers"),
    ("impact-assessment", "Impact assessment"),
)


def gdpr_file(estate: Estate) -> Return:
    """One row for each device that films, keeps or shows images, or may."""
    draft = Draft(estate, "gdpr-file", "Data protection file of cameras", "en")
    if not estate.addresses_body(GDPR):
        draft.notes.append("The sites file does not call this body a controller that films people (data-controller).")
    rows: list[tuple[str, list[Cell]]] = []
    for device in estate.watching():
        if device.in_use is False or (GDPR in estate.texts and device.answers(GDPR, "equipment") == "no"):
            continue
        told = [draft.text(f"return-{id}", device) for id, _ in _ASKED]
        place = ", ".join(
            part for part in (device.site.name if device.site else "", device.said("register.location")) if part
        )
        rows.append((device.asset.id, [device.asset.label, draft.kind(device), place, *told]))
    columns = [
        column("camera", "Camera", restricted=True),
        column("kind", "Kind"),
        column("place", "Place", restricted=True),
        *(column(id, title) for id, title in _ASKED),
    ]
    made = table("cameras", "For each camera", columns, rows)
    return draft.paper(
        [Section(id="cameras", title="Cameras and their purposes", publication="public", tables=(made,))]
    )
