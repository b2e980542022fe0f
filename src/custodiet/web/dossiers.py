"""The dossier of a device as a file, made of the tables of a body as ``custodiet explain`` makes it of a case."""

from __future__ import annotations

import io
import threading
from functools import cache

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from custodiet.errors import CustodietError, UsageError
from custodiet.identify import Matcher
from custodiet.identify.dossier import Dossier, make_dossier
from custodiet.identify.remembered import forget
from custodiet.model import Assessment, Entry
from custodiet.report.dossier_html import write_dossier
from custodiet.report.json import dossier_bytes
from custodiet.report.speech import English, spoken
from custodiet.web.estate import Estate, entry_of
from custodiet.web.knowledge import catalog, known_of
from custodiet.web.page import File
from custodiet.web.store import models

MOST_KEPT = 2_000
"""Values whose answers stay in memory for the next dossier; beyond it all is let go that was made of the catalog."""

PATIENCE = 20
"""Seconds for which a dossier waits for others: of a device of which 10,000 things say something, one takes ten."""

_ONE_AT_A_TIME = threading.Lock()  # what is remembered of a catalog is made for one who asks


@cache
def _matcher() -> Matcher:
    """Of the catalog with which workers judge, made when the first dossier is wanted."""
    return Matcher(catalog())


def as_json(estate: Estate, row: models.Device) -> File:
    """What ``custodiet explain --recompute`` works out again."""
    dossier, _head = _made(estate, entry_of(row))
    return _file(estate, dossier, "json", "application/json", dossier_bytes(dossier))


def as_page(estate: Estate, row: models.Device) -> File:
    """A page that opens from disk, in the language of who takes it."""
    entry = estate.whole(row)
    dossier, head = _made(estate, entry)
    entry = msgspec.structs.replace(entry, identification=dossier.identification)
    page = io.StringIO()
    write_dossier(page, dossier, entry, head, known_of(estate).names)
    return _file(estate, dossier, "html", "text/html; charset=utf-8", page.getvalue().encode("utf-8", "replace"))


def _made(estate: Estate, entry: Entry) -> tuple[Dossier, Assessment]:
    """The dossier, and the head of the assessment that its findings are of.

    Raises:
        CustodietError: nothing was judged; the body was judged again, so that this would not fit what was shown; or
            others take too long.
    """
    head, observations = known_of(estate).head, estate.observed(entry.asset)
    if head is None:
        raise UsageError(_("Nothing was looked at yet."), next_step=_("Bring in a file first."))
    if models.Body.objects.filter(id=estate.id, published=estate.row.published).first() is None:
        raise CustodietError("the body was judged again while this file was made", next_step="Download it again.")
    if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE):
        raise CustodietError(_("Other dossiers are being made."), next_step=_("Try again in a minute."))
    try:
        matcher = _matcher()
        with translation.override("en"), spoken(English()):  # what programs read is English
            dossier = make_dossier(
                entry.asset,
                observations,
                head.sources,
                matcher,
                judged_with=head.catalog,
                on=head.on if head.directives else "",
                findings=entry.findings,
            )
        if len(matcher.said) > MOST_KEPT:
            _matcher.cache_clear()
            forget(catalog().version)
    finally:
        _ONE_AT_A_TIME.release()
    return dossier, head


def _file(estate: Estate, dossier: Dossier, ending: str, kind: str, content: bytes) -> File:
    return File(name=f"{estate.id}-{dossier.asset.id}-dossier.{ending}", kind=kind, content=content)
