"""What people say of where devices hang and what they look at: floor plans, pins on them, and places in view."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.numbered import Numbered


class Plan(Numbered):
    """A floor plan of a site: a picture that we wrote ourselves from the pixels of the one that was sent."""

    site = models.TextField()
    """Id of the site."""
    name = models.CharField(max_length=100)
    """As people call it, for example Ground floor."""
    kind = models.CharField(max_length=4)
    """``png`` or ``jpeg``."""
    width = models.IntegerField()
    """In pixels."""
    height = models.IntegerField()
    picture = models.BinaryField()
    who = models.TextField()
    """Address of the person who brought it in."""
    at = models.DateTimeField()

    class Meta(Numbered.Meta):
        db_table = "plan"
        indexes = [models.Index(fields=["body", "site", "number"], name="plan_site")]


class PlanPin(models.Model):
    """Where on a plan a device hangs, and which way it looks."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, db_index=False)
    device = models.TextField()
    """Id of the asset; the device need not be known any more."""
    label = models.TextField()
    """Of the device, as it was then."""
    x = models.SmallIntegerField()
    """Thousandths of the width, from the left."""
    y = models.SmallIntegerField()
    """Thousandths of the height, from the top."""
    direction = models.SmallIntegerField(null=True)
    """Degrees clockwise from the top of the plan; none: nobody said."""
    who = models.TextField()
    """Address of the person who put it there."""
    at = models.DateTimeField()

    class Meta:
        db_table = "plan_pin"
        constraints = [models.UniqueConstraint(fields=["plan", "device"], name="plan_pin_once")]
        indexes = [models.Index(fields=["body", "device"], name="plan_pin_device")]


class InView(models.Model):
    """That a device looks at a place, or does not (any more); the last one on a device and a place holds."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    device = models.TextField()
    """Id of the asset."""
    label = models.TextField()
    """Of the device, as it was then."""
    site = models.TextField()
    """Id of the site, or of a place of others."""
    looks = models.BooleanField()
    reason = models.TextField()
    said_by = models.TextField()
    """Name of the person."""
    who = models.TextField()
    """Address of the person."""
    at = models.DateTimeField()

    class Meta:
        db_table = "in_view"
        indexes = [
            models.Index(fields=["body", "device", "number"], name="in_view_device"),
            models.Index(fields=["body", "site"], name="in_view_site"),
        ]
