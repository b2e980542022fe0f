"""What is other than it was: each device compared with how it was last concluded, while what is new is put in.

Devices come in groups, so that an estate of any size is compared in bounded memory. The first time, nothing is told as
new: everything would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Exists, Max, OuterRef

from custodiet.web.rows import BATCH, insert
from custodiet.web.store import models

FIELDS = ("device_class", "maker", "band", "brand", "model", "outcome", "site", "zone")
"""Columns of a device that are compared; firmware and the worst status under each directive are too."""

STATUS = "status"
"""The field of what a directive comes to; in what is compared, its id stands behind a colon."""

ITSELF = "device"
"""The field of a device that came or went, with one of the two words that follow."""
THERE, GONE = "there", "gone"

_CHANGE = ["body_id", "at", "latest", "device", "label", "field", "directive", "before", "after"]
_KNOWN = ["body_id", "device", "label", "since", "gone", "facts"]
_decode = msgspec.json.Decoder(dict[str, str]).decode


def facts_of(row: Mapping[str, Any], firmware: str, statuses: Mapping[str, str]) -> dict[str, str]:
    """What is compared of a device.

    Args:
        row: its columns.
        firmware: as concluded; empty: unknown.
        statuses: directive -> the worst that it comes to.
    """
    said = {field: str(row[field]) for field in FIELDS} | {"firmware": firmware}
    return said | {f"{STATUS}:{directive}": status for directive, status in sorted(statuses.items())}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """(field, directive, before, after) of what differs; a field that one side does not have is empty there."""
    for field in dict.fromkeys((*before, *after)):
        was, now = before.get(field, ""), after.get(field, "")
        if was != now:
            name, _, directive = field.partition(":")
            yield name, directive, was, now


class Comparison:
    """The devices of a body, compared while they are put in.

    Args:
        body: whose devices.
        at: when what is new is published.
    """

    def __init__(self, body: models.Body, at: datetime) -> None:
        self._body, self._at = body, at
        self._known = models.Known.objects.filter(body=body)
        self._first = not self._known.exists()
        self._begin = (models.Change.objects.aggregate(Max("number"))["number__max"] or 0) + 1

    def group(self, devices: Sequence[tuple[str, str, dict[str, str]]]) -> None:
        """Compare some devices: (id, label, what is compared)."""
        ids = [] if self._first else [id for id, _, _ in devices]
        held = {one.device: one for one in self._known.filter(device__in=ids)}
        changes: list[tuple[Any, ...]] = []
        fresh: list[tuple[Any, ...]] = []
        for id, label, facts in devices:
            text = msgspec.json.encode(facts).decode()
            old = held.get(id)
            if (old is None or old.gone) and not self._first:
                changes.append((id, label, ITSELF, "", GONE if old else "", THERE))
            if old:
                if not old.gone and old.facts == text and old.label == label:
                    continue
                changes += [(id, label, *told) for told in differences(_decode(old.facts), facts)]
            fresh.append((self._body.id, id, label, _stored(old.since if old else self._at), None, text))
        self._known.filter(device__in=[row[1] for row in fresh if row[1] in held]).delete()
        insert("known", _KNOWN, fresh)
        self._tell(changes)

    def end(self) -> None:
        """Tell which devices are gone, when all that are there were compared, and which changes were overtaken."""
        there = models.Device.objects.filter(body_id=OuterRef("body_id"), id=OuterRef("device"))
        gone = self._known.filter(~Exists(there), gone=None).order_by("device")
        while group := list(gone.values_list("device", "label")[:BATCH]):
            self._tell([(id, label, ITSELF, "", THERE, GONE) for id, label in group])
            self._known.filter(device__in=[id for id, _ in group]).update(gone=self._at)
        changes = models.Change.objects.filter(body=self._body)
        same = changes.filter(device=OuterRef("device"), field=OuterRef("field"), directive=OuterRef("directive"))
        newer = same.filter(number__gt=OuterRef("number"), number__gte=self._begin)
        changes.filter(Exists(newer), latest=True, number__lt=self._begin).update(latest=False)

    def _tell(self, changes: Sequence[tuple[Any, ...]]) -> None:
        insert("change", _CHANGE, ((self._body.id, _stored(self._at), True, *change) for change in changes))


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
