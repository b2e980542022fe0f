"""What was concluded: a row a device, the noun whole and packed; lists are filtered by `columns`."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.shown import Shown


class Device(models.Model):
    """An asset with all that is said of it (`model.Entry`)."""

    pk = models.CompositePrimaryKey("body_id", "generation", "id")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    generation = models.BigIntegerField(default=0)
    id = models.TextField()
    """Id of the asset."""
    place = models.IntegerField()
    """Its place among the devices of the body, the worst first, from 1."""
    label = models.TextField()
    described = models.TextField()
    """How a register describes it, or what was bought; empty: neither says."""
    outcome = models.TextField()
    """``not_satisfied``, ``undetermined``, ``rest`` or ``not_judged``: see `report.order.outcome`."""
    site = models.TextField()
    first_seen = models.FloatField(null=True)
    last_seen = models.FloatField(null=True)
    entry = models.BinaryField()
    """The `model.Entry` without its evidence, in MessagePack, packed by zlib."""

    objects, everything = Shown(), models.Manager()

    class Meta:
        db_table = "device"
        indexes = [
            models.Index(fields=["body", "generation", "place"], name="device_place"),
            models.Index(fields=["body", "generation", "last_seen"], name="device_age"),
        ]
