"""All that is asked of the tables about one body. Whoever holds an `Estate` can reach no row of another body.

Pages get theirs from `page`, which asked whether the person may; no page asks a table by itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from custodiet.casefile import MOST_OBSERVATIONS
from custodiet.errors import CustodietError
from custodiet.model import Assessment, Asset, Entry, Observation
from custodiet.web.rows import as_read, groups, storable
from custodiet.web.store import models

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

M = TypeVar("M", bound="Model")
T = TypeVar("T")

_ASKED = 10_000
"""Ids in one question; SQLite takes some 32,000 values in one."""

_SUBJECTS = 400
"""Subjects of a device in one question; SQLite takes some thousand alternatives in one."""

_assessment = msgspec.msgpack.Decoder(Assessment).decode
_entry = msgspec.msgpack.Decoder(Entry).decode


class Estate:
    """What is known of the devices of one body.

    Args:
        body: its row.
    """

    def __init__(self, body: models.Body) -> None:
        self.row = body

    @property
    def id(self) -> str:
        """Of the body, as it stands in addresses."""
        return str(self.row.id)

    @property
    def name(self) -> str:
        """Of the body, for people."""
        return str(self.row.name)

    def rows(self, table: type[M]) -> QuerySet[M]:
        """The rows of a table that are of this body; every table with a body can be asked so."""
        return table._default_manager.filter(body=self.row)

    def log(self) -> QuerySet[models.Logged]:
        """What happened in this body."""
        return models.Logged.objects.filter(body=self.id)

    def assessment(self) -> Assessment | None:
        """Head of the last assessment; none before the first."""
        return None if self.row.assessment is None else _understood(_assessment, bytes(self.row.assessment))

    def devices(self) -> QuerySet[models.Device]:
        """Its devices, to be narrowed further."""
        return models.Device.objects.filter(body=self.row)

    def entry(self, device: str) -> Entry | None:
        """All that is said of a device, with the evidence that it cites; none where the body has no such device."""
        row = self.devices().filter(id=device).first()
        return None if row is None else self.whole(row)

    def whole(self, row: models.Device) -> Entry:
        """All that a row of this body says of a device, with the evidence that it cites."""
        entry = entry_of(row)
        return msgspec.structs.replace(entry, evidence=self.observations(cited_by(entry)))

    def remembered(self, key: str) -> str:
        """What the case of the body remembers under a key; empty: nothing."""
        found = models.Kept.objects.filter(body=self.row, key=key).values_list("value", flat=True).first()
        return str(found or "")

    def observations(self, ids: Iterable[str]) -> tuple[Observation, ...]:
        """Observations by their ids, in the order asked; those it does not have are left out."""
        wanted = list(dict.fromkeys(ids))
        names = Observation.__struct_fields__
        found: dict[str, Observation] = {}
        for begin in range(0, len(wanted), _ASKED):
            some = wanted[begin : begin + _ASKED]
            rows = models.Observation.objects.filter(body=self.row, id__in=some).values_list(*names)
            found |= {row[0]: Observation(*row) for row in rows}
        return tuple(found[id] for id in wanted if id in found)

    def observed(self, asset: Asset) -> list[Observation]:
        """All that was observed of an asset, in the order and up to the number that a case gives it in."""
        found: list[Observation] = []
        for some in groups(sorted(subject.split("/", 1) for subject in asset.subjects), _SUBJECTS):
            rows = self._of_subjects(some)[: MOST_OBSERVATIONS - len(found)]
            found += (Observation(*as_read(row)) for row in rows.values_list(*Observation.__struct_fields__))
            if len(found) >= MOST_OBSERVATIONS:
                break
        return found

    def _of_subjects(self, subjects: list[list[str]]) -> QuerySet[models.Observation]:
        # the body in each, and a number that no index has: by either, SQLite would look through all rows of the body
        each = (Q(body=self.row, source=source, subject=storable(subject)) for source, subject in subjects)
        rows = models.Observation.objects.filter(Q(*each, _connector=Q.OR)).alias(place=F("number") + 0)
        rows = rows.filter(place__lte=self.row.observations)
        if connection.vendor == "postgresql":  # whatever it sorts by, a case sorts by the bytes
            return rows.order_by(Collate("source", "C"), Collate("subject", "C"), "place")
        return rows.order_by("source", "subject", "place")


def entry_of(row: models.Device) -> Entry:
    """What a row says of a device, without its evidence."""
    return _understood(_entry, zlib.decompress(row.entry))


def _understood(decode: Callable[[bytes], T], stored: bytes) -> T:
    """What an earlier version stored may be of a form that this one does not know; it is concluded anew then."""
    try:
        return decode(stored)
    except msgspec.DecodeError as fault:
        reason = _("what is shown here was concluded by an earlier version, and is being concluded anew")
        raise CustodietError(reason, next_step=_("Look again in some minutes.")) from fault


def packed(entry: Entry) -> bytes:
    """What is said of a device as a row holds it: the evidence stands among the observations."""
    return zlib.compress(msgspec.msgpack.encode(msgspec.structs.replace(entry, evidence=())), 1)


def cited_by(entry: Entry) -> list[str]:
    """Ids of the observations that stand behind what is said of a device."""
    from custodiet.audit import cited

    return list(dict.fromkeys(cited(entry.identification, entry.findings, entry.egress)))
