"""What a device looks at: people say so, with a reason, and it counts when devices are next judged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from django.http import Http404

from custodiet.errors import UsageError
from custodiet.sites import folded
from custodiet.web import log
from custodiet.web.estate import Estate
from custodiet.web.looks import MOST
from custodiet.web.page import RECORDED, Asked, Deed
from custodiet.web.pages.sites_edit import fresh, keep, now_of
from custodiet.web.places_in_view import places_of
from custodiet.web.rights import Right
from custodiet.web.store.models import InView
from custodiet.web.written import Reason


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """That a device looks at a place, or does not."""

    reason: Reason
    site: Annotated[str, msgspec.Meta(max_length=254)] = ""
    """Id of the site, or of a place of others; empty: the one that is named."""
    name: Annotated[str, msgspec.Meta(max_length=254)] = ""
    """Of a place of others that is not there yet."""
    looks: bool = True
    """False: it does not, or not any more."""


def say(asked: Asked[Said]) -> str:
    """Record it; verdicts change when devices are next judged, and the pages say that they have not yet."""
    estate, told, device = asked.estate, asked.query, asked.path["device"]
    entry = estate.entry(device)
    if entry is None:
        raise Http404
    site = _named(asked) if told.name.strip() and told.looks else told.site
    if not site or (told.looks and site not in places_of(estate)):
        raise UsageError("there is no such place", next_step="Choose one of the places listed.")
    said = {"label": entry.asset.label, "site": site, "said_by": asked.person.name or asked.person.email}
    state(estate, asked.person.email, device, reason=told.reason, looks=told.looks, **said)
    return f"/b/{estate.id}/devices/{device}/#views"


def state(
    estate: Estate, who: str, device: str, *, label: str, site: str, said_by: str, reason: str, looks: bool = True
) -> None:
    """Keep and log that a device looks at a place, or does not.

    Raises:
        UsageError: it was said too often.
    """
    if estate.rows(InView).filter(device=device).count() >= MOST:
        raise UsageError("this was said too often of this device", next_step="Keep a note instead.")
    what, said = "view stated" if looks else "view withdrawn", {"site": site, "looks": looks}
    log.write(who=who, what=what, body=estate.id, about=device, said=said, why=reason)
    fields = {"label": label, "site": site, "looks": looks, "reason": reason, "said_by": said_by, "who": who}
    InView.objects.create(body=estate.row, device=device, at=datetime.now(UTC), **fields)


def _named(asked: Asked[Said]) -> str:
    """Id of the place of others of this name, which is added where it is not there."""
    estate, body = now_of(asked)
    name = folded(asked.query.name)
    here = next((one.id for one in body.others if name in map(folded, (one.name, *one.names))), "")
    if here:
        return here
    said = fresh(estate, body, asked.query.name, theirs=True)
    keep(asked, estate, body, said, f"{said.what} added")
    asked.estate.row.described = estate.row.described
    return said.site


SAY = Deed(
    name="say-view",
    path="devices/<str:device>/looks-at/",
    says="Records that a device looks at a place, or does not any more.",
    right=Right.DECIDE,
    form=Said,
    do=say,
    done=RECORDED,
)
