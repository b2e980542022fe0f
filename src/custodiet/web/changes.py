"""What is other than it was: each device compared with how it was last concluded, while what is new is put in.

Devices come in groups, so that an estate of any size is compared in bounded memory. The first time, nothing is told as
new: everything would be. What is told stands there before it is to be seen; what takes the place of something waits
until then (`Comparison.show`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Exists, Max, OuterRef

from custodiet.web.rows import groups, insert
from custodiet.web.store import models

FIELDS = ("device_class", "maker", "band", "brand", "model", "outcome", "site", "zone")
"""Columns of a device that are compared; firmware and the worst status under each directive are too."""

STATUS = "status"
"""The field of what a directive comes to; in what is compared, its id stands behind a colon."""

ITSELF = "device"
"""The field of a device that came or went, with one of the two words that follow."""
THERE, GONE = "there", "gone"

_CHANGE = ["body_id", "generation", "at", "latest", "device", "label", "field", "directive", "before", "after"]
_KNOWN = ["body_id", "generation", "device", "label", "since", "gone", "facts"]
_decode = msgspec.json.Decoder(dict[str, str]).decode
_others = msgspec.msgpack.Decoder(list[tuple[str, str, datetime, str]]).decode


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
        generation: with which it is.
    """

    def __init__(self, body: models.Body, at: datetime, generation: int) -> None:
        self._key = (body.id, generation)
        self._body, self._at, self._now = body, at, _stored(at)
        self._known = models.Known.everything.filter(body=body)
        self._first = not self._known.exists()
        self._begin = (models.Change.everything.aggregate(Max("number"))["number__max"] or 0) + 1
        self._other: list[bytes] = []
        """Rows of `Known` that take the place of others, packed, since they may be many."""
        self._gone: list[str] = []
        self._overtaken: list[int] = []
        self._told = False

    def group(self, devices: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, tuple[str, str]]]:
        """Compare some devices, (id, label, what is compared as JSON).

        Returns:
            device -> field -> (before, after), of those that differ; of directives see the table.
        """
        ids = [] if self._first else [id for id, _, _ in devices]
        held = {one.device: one for one in self._known.filter(device__in=ids)}
        changes: list[tuple[Any, ...]] = []
        fresh: list[tuple[Any, ...]] = []
        other: list[tuple[Any, ...]] = []
        for id, label, text in devices:
            old = held.get(id)
            if (old is None or old.gone) and not self._first:
                changes.append((id, label, ITSELF, "", GONE if old else "", THERE))
            if old:
                if not old.gone and old.facts == text and old.label == label:
                    continue
                changes += [(id, label, *told) for told in differences(_decode(old.facts), _decode(text))]
                other.append((id, label, old.since, text))
            else:
                fresh.append((*self._key, id, label, self._now, None, text))
        if other:
            self._other.append(zlib.compress(msgspec.msgpack.encode(other), 1))
        insert("known", _KNOWN, fresh)
        self._tell(changes)
        told: dict[str, dict[str, tuple[str, str]]] = {}
        for id, _, field, _, before, after in changes:
            told.setdefault(id, {})[field] = (before, after)
        return told

    def gone(self) -> Iterator[list[tuple[str, str]]]:
        """When all devices were compared: those that are gone, (id, label), in groups, to be given to `told_gone`."""
        there = models.Device.everything.filter(
            body_id=OuterRef("body_id"), generation=self._key[1], id=OuterRef("device")
        )
        left = self._known.filter(~Exists(there), gone=None).order_by("device")
        yield from groups(list(left.values_list("device", "label")))

    def told_gone(self, devices: Sequence[tuple[str, str]]) -> None:
        """Tell that devices are gone."""
        self._tell([(id, label, ITSELF, "", THERE, GONE) for id, label in devices])
        self._gone += [id for id, _ in devices]

    def end(self) -> None:
        """When all was told: find what is overtaken by it."""
        changes = models.Change.everything.filter(body=self._body)
        same = changes.filter(device=OuterRef("device"), field=OuterRef("field"), directive=OuterRef("directive"))
        newer = same.filter(number__gt=OuterRef("number"), number__gte=self._begin)
        overtaken = changes.filter(Exists(newer), latest=True, number__lt=self._begin)
        self._overtaken = list(overtaken.values_list("number", flat=True)) if self._told else []

    def show(self) -> None:
        """Put what takes the place of something there, in the transaction in which all of it is to be seen."""
        for packed in self._other:
            rows = _others(zlib.decompress(packed))
            self._known.filter(device__in=[id for id, *_ in rows]).delete()
            insert(
                "known",
                _KNOWN,
                ((*self._key, id, label, _stored(since), None, text) for id, label, since, text in rows),
            )
        for ids in groups(self._gone):
            self._known.filter(device__in=ids).update(gone=self._at)
        for numbers in groups(self._overtaken):
            models.Change.everything.filter(number__in=numbers).update(latest=False)

    def _tell(self, changes: Sequence[tuple[Any, ...]]) -> None:
        self._told = self._told or bool(changes)
        insert("change", _CHANGE, ((*self._key, self._now, True, *change) for change in changes))


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
