"""Photos of the labels of devices, with what was read on them and what somebody confirmed."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.numbered import Numbered


class LabelPhoto(Numbered):
    """A photo of a label; what a program read and what a person confirmed stand apart."""

    device = models.TextField()
    """Id of the asset, as it was when the photo was added."""
    sha256 = models.CharField(max_length=64)
    """Of the picture as it is kept."""
    kind = models.CharField(max_length=4)
    """``png`` or ``jpeg``: we wrote it ourselves."""
    width = models.IntegerField()
    height = models.IntegerField()
    content = models.BinaryField()
    """The picture; empty after it was taken away."""
    reading = models.TextField()
    """What a program read (`label_photos.Reading`), as JSON."""
    who = models.TextField()
    """Address of the person who added it."""
    at = models.DateTimeField()
    confirmed = models.TextField(blank=True)
    """What a person confirmed that it says (`label_reading.Printed`), as JSON; empty: nothing yet."""
    confirmed_by = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    source = models.TextField(blank=True)
    """Id of the source that this became."""
    job = models.BigIntegerField(null=True)
    """The work that brings it in."""
    removed = models.DateTimeField(null=True)
    removed_by = models.TextField(blank=True)
    removed_why = models.TextField(blank=True)

    class Meta(Numbered.Meta):
        db_table = "label_photo"
        indexes = [
            models.Index(fields=["body", "device", "number"], name="label_photo_device"),
            models.Index(fields=["body", "source"], name="label_photo_source"),
        ]
