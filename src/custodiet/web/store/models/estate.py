"""What was concluded: a row a device with the columns that lists are made of, and the whole of it beside them."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body


class Device(models.Model):
    """An asset with all that is said of it (`model.Entry`), and what it is found by."""

    pk = models.CompositePrimaryKey("body_id", "id")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    id = models.TextField()
    """Id of the asset."""
    place = models.IntegerField()
    """Its place among the devices of the body, the worst first, from 1."""
    label = models.TextField()
    outcome = models.TextField()
    """``not_satisfied``, ``undetermined`` or ``rest``: see `report.order.state`."""
    kind = models.TextField()
    """``surveillance``, ``unknown`` or ``other``."""
    device_class = models.TextField()
    maker = models.TextField()
    """Id of the company that is concluded to have made it; empty: unknown."""
    band = models.TextField()
    """How sure that is."""
    brand = models.TextField()
    model = models.TextField()
    site = models.TextField()
    zone = models.TextField()
    talks = models.TextField()
    """Outcome of what it talks to; empty where no traffic was read."""
    kinds_of_source = models.TextField()
    """Kinds of the sources that know it, in alphabetical order, parted by blanks."""
    first_seen = models.FloatField(null=True)
    last_seen = models.FloatField(null=True)
    words = models.TextField()
    """What a search looks in: label, identifiers, names and ids, in lower case."""
    entry = models.BinaryField()
    """The `model.Entry` without its evidence, in MessagePack, packed by zlib."""

    class Meta:
        db_table = "device"
        indexes = [
            models.Index(fields=["body", "place"], name="device_place"),
            models.Index(fields=["body", "outcome", "kind", "place"], name="device_outcome"),
            models.Index(fields=["body", "maker", "place"], name="device_maker"),
            models.Index(fields=["body", "site", "place"], name="device_site"),
            models.Index(fields=["body", "last_seen"], name="device_age"),
        ]


class Judged(models.Model):
    """What a directive comes to for a device: the worst of its findings."""

    pk = models.CompositePrimaryKey("body_id", "directive", "device")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    directive = models.TextField()
    device = models.TextField()
    """Id of the asset."""
    status = models.TextField()

    class Meta:
        db_table = "judged"
        indexes = [models.Index(fields=["body", "directive", "status"], name="judged_status")]
