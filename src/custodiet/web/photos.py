"""Photos of the labels of a device, as pages show them: the picture, what a program read, what a person confirmed."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from custodiet.model import Entry
from custodiet.sources.label_reading import Printed
from custodiet.web.estate import Estate
from custodiet.web.label_photos import Reading
from custodiet.web.store.models import Job, LabelPhoto

MOST = 20
"""Photos of one device; those that were taken away do not count."""

FIELDS = {
    "brand": _("Brand, as printed"),
    "model": _("Model"),
    "serial": _("Serial number"),
    "mac": _("MAC address"),
    "fcc_id": _("FCC ID"),
    "certificate": _("Another certificate"),
    "made_in": _("Made in"),
    "manufacturer": _("Manufacturer, as printed"),
}
"""Field of `Printed` -> its name for people."""

PROBLEMS = {
    "missing": _("Nothing that reads text is installed here (the extra “photo”), so type what the label says."),
    "small": _("The photo is too small to be read. Type what the label says, or take a larger one."),
    "late": _("Reading the text took too long and was stopped. Type what the label says."),
    "failed": _("The text could not be read. Type what the label says."),
}
"""Why no text was read -> in words."""


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """A photo of a label."""

    number: int
    sha256: str
    """Of the picture as it is kept."""
    width: int
    height: int
    who: str
    """Who added it."""
    at: datetime
    reading: Reading
    """What a program read: no evidence."""
    confirmed: Printed | None
    """What a person confirmed; none: nothing yet."""
    confirmed_by: str
    confirmed_at: datetime | None
    source: str
    """Id of the source that this became; empty: none, or it counts no more."""
    job: int
    """The import that brings it in; 0: none."""
    state: str
    """Of that work; empty: none, or it was forgotten."""
    removed: datetime | None
    removed_by: str
    removed_why: str

    @property
    def said(self) -> dict[str, str]:
        """Name of a field -> what was confirmed of it."""
        told = msgspec.structs.asdict(self.confirmed) if self.confirmed else {}
        return {str(FIELDS[name]): value for name, value in told.items() if value}


def photos_of(estate: Estate, entry: Entry) -> tuple[Photo, ...]:
    """The photos of a device, the latest first; also those that were added when it had another id."""
    sources = [key.partition("/")[0] for key in entry.asset.subjects if "/label:" in key][:MOST]
    mine = Q(device=entry.asset.id) | (Q(source__in=sources) & ~Q(source=""))
    rows = list(estate.rows(LabelPhoto).filter(mine).defer("content").order_by("-number")[: 2 * MOST])
    jobs = estate.rows(Job).filter(id__in=[row.job for row in rows if row.job]).values_list("id", "number", "state")
    found = {id: (number, state) for id, number, state in jobs}
    return tuple(_photo(row, *found.get(row.job or 0, (0, ""))) for row in rows)


def photo_of(estate: Estate, entry: Entry, number: int) -> Photo | None:
    """One of them."""
    return next((each for each in photos_of(estate, entry) if each.number == number), None)


def _photo(row: LabelPhoto, job: int, state: str) -> Photo:
    return Photo(
        number=row.number,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        who=row.who,
        at=row.at,
        reading=msgspec.json.decode(row.reading, type=Reading),
        confirmed=msgspec.json.decode(row.confirmed, type=Printed) if row.confirmed else None,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        source=row.source,
        job=job,
        state=state,
        removed=row.removed,
        removed_by=row.removed_by,
        removed_why=row.removed_why,
    )
