"""What a device looks at: people say so, with a reason, and it counts when devices are next judged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from django.http import Http404

from custodiet.errors import UsageError
from custodiet.web import log
from custodiet.web.looks import MOST
from custodiet.web.page import Asked, Deed
from custodiet.web.places_in_view import places_of
from custodiet.web.rights import Right
from custodiet.web.store.models import InView


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """That a device looks at a place, or does not."""

    site: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    """Id of the site, or of a place of others."""
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    looks: bool = True
    """False: it does not, or not any more."""


def say(asked: Asked[Said]) -> str:
    """Record it; verdicts change when devices are next judged, and the pages say that they have not yet."""
    estate, told, device = asked.estate, asked.query, asked.path["device"]
    entry = estate.entry(device)
    if entry is None:
        raise Http404
    if told.looks and told.site not in places_of(estate):
        raise UsageError("there is no such place", next_step="Choose one of the places listed.")
    if estate.rows(InView).filter(device=device).count() >= MOST:
        raise UsageError("this was said too often of this device", next_step="Keep a note instead.")
    why, said = told.reason.strip(), {"site": told.site, "looks": told.looks}
    what = "view stated" if told.looks else "view withdrawn"
    log.write(who=asked.person.email, what=what, body=estate.id, about=device, said=said, why=why)
    InView.objects.create(
        body=estate.row,
        device=device,
        label=entry.asset.label,
        site=told.site,
        looks=told.looks,
        reason=why,
        said_by=asked.person.name or asked.person.email,
        who=asked.person.email,
        at=datetime.now(UTC),
    )
    return f"/b/{estate.id}/devices/{device}/#views"


SAY = Deed(
    name="say-view",
    path="devices/<str:device>/looks-at/",
    says="Records that a device looks at a place, or does not any more.",
    right=Right.DECIDE,
    form=Said,
    do=say,
)
