"""Rows of the reconciliation that somebody settled and that open by themselves, since their device changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from custodiet.web import log
from custodiet.web.rows import groups
from custodiet.web.store.models import Body, Settled, Standing

PROGRAM = "custodiet"
"""Who did it, where nobody did."""


def tell(body: Body, generation: int, at: datetime) -> None:
    """Log each, in the transaction that shows what was made.

    Args:
        body: its row, locked; with the generation that is shown so far.
        generation: the one that is about to be shown.
        at: when it is.
    """
    before = {row.device: row for row in _of(body, body.generation).filter(settled=True)}
    for some in groups(list(before)):
        for row in _of(body, generation).filter(device__in=some, settled=False).order_by("place"):
            was = before[row.device]
            last = Settled.objects.filter(body=body, device=row.device).order_by("-number").first()
            said = {"settled_by": last.who, "settled_on": last.at.date(), "settled_why": last.why} if last else {}
            log.write(
                who=PROGRAM,
                what="row opened by itself",
                body=body.id,
                about=row.device,
                said={"before": _says(was), "after": _says(row), **said},
                at=at,
            )


def _of(body: Body, generation: int) -> QuerySet[Standing]:
    return Standing.everything.filter(body=body, generation=generation)


def _says(row: Standing) -> dict[str, str]:
    return {"standing": row.standing, "registered": row.registered, "seen": row.seen}
