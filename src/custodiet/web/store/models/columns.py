"""The devices of a body column by column, by which lists are filtered, counted and sorted."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.shown import Shown


class Column(models.Model):
    """One field of all devices of a body, in the order of the list (see `custodiet.web.columns`)."""

    pk = models.CompositePrimaryKey("body_id", "generation", "field")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    generation = models.BigIntegerField(default=0)
    field = models.CharField(max_length=40)
    names = models.BinaryField()
    """The different values, sorted, in MessagePack."""
    codes = models.BinaryField()
    """The place of each device's value among them, packed by zlib."""

    objects, everything = Shown(), models.Manager()

    class Meta:
        db_table = "field_of_devices"
