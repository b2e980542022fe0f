"""Photos of the label of a device: added, read, corrected and confirmed by a person, and taken away with a reason.

What is confirmed is brought in like a file: it becomes a source, and the devices of the body are concluded anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

import msgspec
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext as _

from custodiet.catalog.spelling import fold
from custodiet.errors import UsageError
from custodiet.model import Entry
from custodiet.report.retold import in_a_name
from custodiet.sources.label_reading import LabelReading, Printed
from custodiet.web import imports, label_photos, log
from custodiet.web.generation import locked
from custodiet.web.jobs import folders, queue
from custodiet.web.jobs.kinds import Again, Files
from custodiet.web.knowledge import catalog, known_of
from custodiet.web.label_fields import Proposed, propose
from custodiet.web.label_photos import Reading
from custodiet.web.page import Asked, Deed, File, Nothing, Page
from custodiet.web.photos import MOST, Photo, photo_of, photos_of
from custodiet.web.pictures import Picture, clean
from custodiet.web.rights import Right
from custodiet.web.store.models import Decided, LabelPhoto
from custodiet.web.written import Reason
from custodiet.wire.address import mac_text

MOST_BYTES = 10 << 20
"""Of a photo as it is sent."""

LONGEST = 2600
"""Pixels of the longer side as it is kept: the print of a label stays legible."""

Text = Annotated[str, msgspec.Meta(max_length=120)]


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says that the label says."""

    brand: Text = ""
    model: Text = ""
    serial: Text = ""
    mac: Text = ""
    fcc_id: Text = ""
    certificate: Text = ""
    made_in: Text = ""
    manufacturer: Text = ""


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a photo is taken away."""

    reason: Reason
    wrong: bool = False
    """What was confirmed of it counts no more."""


class OnePhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photo with a form of what its label says."""

    device: str
    """Id of the device."""
    label: str
    """Its name for people."""
    photo: Photo
    proposed: dict[str, Proposed]
    """Field -> what is likely to stand in it: what a program read, for a person to correct."""
    doubts: tuple[str, ...]
    """Why the label may be that of another device, in sentences."""
    chosen: str
    """ISO 8601 date for which devices are judged, where somebody chose it: confirming judges them for today."""


def _entry(asked: Asked[Any]) -> Entry:
    entry = asked.estate.entry(asked.path["device"])
    if entry is None:
        raise Http404
    return entry


def _photo(asked: Asked[Any], entry: Entry) -> Photo:
    photo = photo_of(asked.estate, entry, int(asked.path["photo"]))
    if photo is None:
        raise Http404
    return photo


def fetch(asked: Asked[Nothing]) -> OnePhoto:
    """By the numbers in the address."""
    entry = _entry(asked)
    photo = _photo(asked, entry)
    proposed = propose(photo.reading.codes, photo.reading.lines or (), _names() | _said_of(entry))
    return OnePhoto(
        device=entry.asset.id,
        label=entry.asset.label,
        photo=photo,
        proposed=proposed,
        doubts=tuple(_doubts(entry, {name: one.value for name, one in proposed.items()})),
        chosen=known_of(asked.estate).day_chosen,
    )


def _doubts(entry: Entry, read: Mapping[str, str]) -> Iterator[str]:
    """Where the device is known by another number than the label has; a device may have several."""
    for kind, words in (
        ("mac", _("The label says MAC address {read}, and this device is known by {known}.")),
        ("serial", _("The label says serial number {read}, and this device is known by {known}.")),
    ):
        known = [one.value for one in entry.asset.identifiers if one.kind == kind and one.identity]
        if kind in read and known and read[kind].upper() not in map(str.upper, known):
            yield words.format(read=read[kind], known=", ".join(known[:4]))


@cache
def _names() -> frozenset[str]:
    """Names of brands and companies as labels may print them, folded."""
    brands = (name for one in catalog().brands.values() for name in (one.name, *one.names))
    companies = (name for one in catalog().companies.values() for name in (one.name, *one.names))
    return frozenset(map(fold, (*brands, *companies)))


def _said_of(entry: Entry) -> frozenset[str]:
    """Brands that were said of a device, folded: a body may know a brand that the catalog does not."""
    return frozenset(fold(one.value) for one in entry.evidence if one.attribute == "register.brand")


def picture(asked: Asked[Nothing]) -> File:
    """The picture itself, which we wrote."""
    photo = _photo(asked, _entry(asked))
    row = asked.estate.rows(LabelPhoto).get(number=photo.number)
    if not row.content:
        raise Http404
    return File(name=f"label-{photo.number}.{row.kind}", kind=f"image/{row.kind}", content=bytes(row.content))


class Ready(msgspec.Struct, frozen=True):
    """What was made of a file before anything is written."""

    picture: Picture
    reading: Reading


def look(asked: Asked[Nothing]) -> Ready:
    """Write the picture anew, and read it; this takes seconds.

    Raises:
        UsageError: there is no file, it is too large or no picture, or the device has too many photos.
    """
    entry = _entry(asked)
    sent = asked.request.FILES.getlist("photo")
    if len(sent) != 1:
        raise UsageError(_("one photo is wanted"), next_step=_("Choose a photo, and send it again."))
    if sent[0].size > MOST_BYTES:
        reason = _("the photo is larger than {most} MB").format(most=MOST_BYTES >> 20)
        raise UsageError(reason, next_step=_("Take it with fewer pixels."))
    if sum(each.removed is None for each in photos_of(asked.estate, entry)) >= MOST:
        reason = _("a device has at most {most} photos").format(most=MOST)
        raise UsageError(reason, next_step=_("Take one away first."))
    cleaned = clean(sent[0].read(), longest=LONGEST, name=folders.name_of(sent[0].name))
    return Ready(cleaned, label_photos.read(cleaned))


def add(asked: Asked[Nothing]) -> str:
    """Keep a photo."""
    entry, ready = _entry(asked), asked.ready
    assert isinstance(ready, Ready)
    made = ready.picture
    digest = hashlib.sha256(made.content).hexdigest()
    row = LabelPhoto.objects.create(
        body=asked.estate.row,
        device=entry.asset.id,
        sha256=digest,
        kind=made.kind,
        width=made.width,
        height=made.height,
        content=made.content,
        reading=msgspec.json.encode(ready.reading).decode(),
        who=asked.person.email,
        at=datetime.now(UTC),
    )
    _log(asked, "label photo added", {"sha256": digest})
    return f"/b/{asked.estate.id}/devices/{entry.asset.id}/photos/{row.number}/"


def confirm(asked: Asked[Confirmed]) -> str:
    """What the person read becomes a source of this device, and everything is concluded anew."""
    entry = _entry(asked)
    photo = _photo(asked, entry)
    printed = _printed(asked.query)
    if photo.removed:
        raise UsageError(_("this photo was taken away"), next_step=_("Add another."))
    now = datetime.now(UTC)
    told = LabelReading(label=printed, photo=photo.sha256, confirmed_by=asked.person.email, confirmed_at=now)
    written = msgspec.json.encode(told) + b"\n"
    source = f"src-{hashlib.sha256(written).hexdigest()[:16]}"
    said = msgspec.to_builtins(printed) | {"photo": photo.sha256, "source": source}
    locked(asked.estate.id)  # so that the number of the decision is given once
    _log(asked, "label confirmed", said)
    job = queue.ask(asked.estate.row, "import", Files(files=()), asked.person.email, drafted=True)
    name = f"{in_a_name(entry.asset.label)}-label.jsonl"
    given = folders.keep(imports.root(), job.id, 0, folders.name_of(name), [written])
    queue.begin(job, asked.person.email, Files(files=(given,), instead_of=(photo.source,) if photo.source else ()))
    _belongs(asked, entry, f"{source}/label:1", now)
    asked.estate.rows(LabelPhoto).filter(number=photo.number).update(
        confirmed=msgspec.json.encode(printed).decode(),
        confirmed_by=asked.person.email,
        confirmed_at=now,
        source=source,
        job=job.id,
    )
    return _back(asked)


def _printed(told: Confirmed) -> Printed:
    """What was typed, without blanks around it.

    Raises:
        UsageError: it is nothing, or what should be an address is none.
    """
    fields = {name: " ".join(getattr(told, name).split()) for name in Printed.__struct_fields__}
    if not any(fields.values()):
        raise UsageError(_("nothing was filled in"), next_step=_("Type what the label says, or leave the page."))
    if fields["mac"]:
        mac = mac_text(fields["mac"])
        if mac is None:
            step = _("It has twelve digits, 0 to 9 and A to F. Leave it empty if you cannot read it.")
            raise UsageError(_("this is no MAC address"), place=fields["mac"], next_step=step)
        fields["mac"] = mac
    return Printed(**fields)


def _belongs(asked: Asked[Any], entry: Entry, subject: str, now: datetime) -> None:
    """The label is that of this device, since somebody stood before it."""
    kinds = {id: source.kind for id, source in known_of(asked.estate).sources.items()}
    others = [key for key in entry.asset.subjects if kinds.get(key.partition("/")[0]) != "label"]
    Decided.objects.create(
        body=asked.estate.row,
        number=(asked.estate.rows(Decided).aggregate(Max("number"))["number__max"] or 0) + 1,
        kind="same",
        left_side=subject,
        right_side=(others or list(entry.asset.subjects))[0],
        decided_by=asked.person.email,
        decided_on=now.date().isoformat(),
        reason="read on the label of this device",
    )


def remove(asked: Asked[Removed]) -> str:
    """Take a photo away; what was confirmed of it stays, unless it was wrong."""
    photo = _photo(asked, _entry(asked))
    if photo.removed:
        raise UsageError(_("this photo was taken away"), next_step=_("Load the page again."))
    reason = asked.query.reason
    locked(asked.estate.id)  # before the log
    _log(asked, "label photo removed", {"sha256": photo.sha256, "wrong": asked.query.wrong}, reason)
    changed: dict[str, Any] = {}
    if asked.query.wrong and photo.source:
        job = queue.ask(asked.estate.row, "again", Again(without=(photo.source,)), asked.person.email)
        changed = {"source": "", "job": job.id}
    asked.estate.rows(LabelPhoto).filter(number=photo.number).update(
        content=b"",
        reading=msgspec.json.encode(Reading(problem="missing")).decode(),
        removed=datetime.now(UTC),
        removed_by=asked.person.email,
        removed_why=reason,
        **changed,
    )
    return _back(asked)


def _log(asked: Asked[Any], what: str, said: object, why: str = "") -> None:
    about = asked.path["device"]
    log.write(who=asked.person.email, what=what, body=asked.estate.id, about=about, said=said, why=why)


def _back(asked: Asked[Any]) -> str:
    return f"/b/{asked.estate.id}/devices/{asked.path['device']}/#photos"


PAGE = Page(
    name="label-photo",
    path="devices/<str:device>/photos/<int:photo>/",
    says="One photo of the label of a device, with what was read on it.",
    query=Nothing,
    data=OnePhoto,
    fetch=fetch,
    template="photo.html",
    restricted="shows the place of a device",
    pictures={"picture": picture},
)
ADD = Deed(
    name="add-label-photo",
    path="devices/<str:device>/photos/add/",
    says="Adds a photo of the label of a device, and reads it.",
    right=Right.EDIT,
    form=Nothing,
    before=look,
    do=add,
)
CONFIRM = Deed(
    name="confirm-label",
    path="devices/<str:device>/photos/<int:photo>/confirm/",
    says="Confirms what a label says, which then is evidence.",
    right=Right.EDIT,
    form=Confirmed,
    do=confirm,
)
REMOVE = Deed(
    name="remove-label-photo",
    path="devices/<str:device>/photos/<int:photo>/remove/",
    says="Takes a photo of a label away, with the reason.",
    right=Right.EDIT,
    form=Removed,
    do=remove,
)
ALL = (PAGE, ADD, CONFIRM, REMOVE)
