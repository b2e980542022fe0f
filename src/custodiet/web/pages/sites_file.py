"""A sites file is brought in, looked at, and taken over or thrown away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from custodiet.errors import UsageError
from custodiet.model import Body
from custodiet.report.retold import in_words
from custodiet.sites import LARGEST_FILE
from custodiet.web import log
from custodiet.web.describe_sites import checked
from custodiet.web.jobs.folders import name_of
from custodiet.web.knowledge import known_of
from custodiet.web.own_sites import said_of, say
from custodiet.web.page import RECORDED, Asked, Deed, Nothing, Page
from custodiet.web.pages.looks import state
from custodiet.web.pages.sites_edit import now_of
from custodiet.web.rights import Right
from custodiet.web.sites_files import Draft, compared, draft_of, put, read, words
from custodiet.web.store.models import SitesFile


class File(msgspec.Struct, frozen=True, kw_only=True):
    """The sites file that whoever asks looks at."""

    draft: Draft | None
    """None: they sent none."""


def fetch(asked: Asked[Nothing]) -> File:
    """What it would change, as the body is now."""
    body, draft = known_of(asked.estate).body, draft_of(asked.estate, asked.person.email)
    return File(draft=compared(asked.estate, body, draft) if body and draft else None)


def look(asked: Asked[Nothing]) -> tuple[str, Body]:
    """Read the file; nothing of a wrong one is kept.

    Raises:
        UsageError: there is none, or it cannot be.
    """
    sent = asked.request.FILES.getlist("file")
    if len(sent) != 1:
        raise UsageError(_("one sites file is wanted"), next_step=_("Choose the file, and send it again."))
    name = name_of(sent[0].name)
    try:
        return name, read(asked.estate, sent[0].read(LARGEST_FILE + 1), name)
    except UsageError as fault:  # the page that tells it shows no place, and the line is what is wanted
        reason = _("in {place}: {reason}").format(place=fault.place, reason=in_words(fault.reason))
        raise UsageError(reason, next_step=fault.next_step) from fault


def send(asked: Asked[Nothing]) -> str:
    """Keep the file to be looked at."""
    assert isinstance(asked.ready, tuple)
    (name, told), (estate, body) = asked.ready, now_of(asked)
    checked(body, words(body, told), said_of(estate))
    said = {"name": name, "sites": len(told.sites)}
    log.write(who=asked.person.email, what="sites file brought in", body=estate.id, about=name, said=said)
    put(estate, asked.person.email, name, told, datetime.now(UTC))
    return f"/b/{estate.id}/sites-file/"


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which file is meant: not one that was sent meanwhile."""

    number: int


def _chosen(asked: Asked[Chosen]) -> tuple[int, str, Body]:
    draft = draft_of(asked.estate, asked.person.email)
    if draft is None or draft[0] != asked.query.number:
        raise UsageError(_("this file is not there any more"), next_step=_("Send it again."))
    return draft


def take(asked: Asked[Chosen]) -> str:
    """Take the sites and places of the file over, with the answers in it and what devices look at."""
    number, name, told = _chosen(asked)
    estate, body = now_of(asked)
    said = words(body, told)
    checked(body, said, said_of(estate))
    who, here = asked.person.email, {site.id: site for site in (*body.sites, *body.others)}
    draft = compared(estate, body, (number, name, told))
    whole = {"sites": len(said), "devices": len(draft.looks), "left": draft.left}
    log.write(who=who, what="sites file taken over", body=estate.id, about=name, said=whole)
    for one in said:
        change = {"file": name, "before": here.get(one.site), "after": one.noun}
        what = f"{one.what} changed" if one.site in here else f"{one.what} added"
        log.write(who=who, what=what, body=estate.id, about=one.site, said=change)
    say(estate, who, said)
    for look in draft.looks:
        signed = ", ".join(filter(None, (look.said_by, look.on)))
        reason = _("It stands in the sites file {name} ({signed}).").format(name=name, signed=signed or _("not signed"))
        by = look.said_by or who
        state(estate, who, look.device, label=look.label, site=look.site, said_by=by, reason=reason)
    estate.rows(SitesFile).filter(number=number).delete()
    return f"/b/{estate.id}/sites/"


def discard(asked: Asked[Chosen]) -> str:
    """Throw the file away."""
    number, name, _told = _chosen(asked)
    log.write(who=asked.person.email, what="sites file thrown away", body=asked.estate.id, about=name)
    asked.estate.rows(SitesFile).filter(number=number).delete()
    return f"/b/{asked.estate.id}/sites/"


PAGE = Page(
    name="sites-file",
    path="sites-file/",
    says="A sites file to be taken over, and what it would change.",
    right=Right.DECIDE,
    query=Nothing,
    data=File,
    fetch=fetch,
    template="sites_file.html",
)
SEND = Deed(
    name="send-sites-file",
    path="sites-file-send/",
    says="Brings a sites file in, to be looked at.",
    right=Right.DECIDE,
    form=Nothing,
    before=look,
    do=send,
)
TAKE = Deed(
    name="take-sites-file",
    path="sites-file-take/",
    says="Takes over the sites of a file that was looked at.",
    right=Right.DECIDE,
    form=Chosen,
    do=take,
    done=RECORDED,
)
DISCARD = Deed(
    name="discard-sites-file",
    path="sites-file-discard/",
    says="Throws a sites file away that was looked at.",
    right=Right.DECIDE,
    form=Chosen,
    do=discard,
)
ALL: list[Page[Any, Any] | Deed[Any]] = [PAGE, SEND, TAKE, DISCARD]
