"""How devices changed from one conclusion to the next: rows that stay when what was concluded is replaced."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.shown import Shown


class Known(models.Model):
    """What is compared of a device, as it was last concluded; devices that are gone keep theirs."""

    pk = models.CompositePrimaryKey("body_id", "device")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    generation = models.BigIntegerField(default=0)
    """With which this is to be seen."""
    device = models.TextField()
    """Id of the asset."""
    label = models.TextField()
    since = models.DateTimeField()
    """When it was first concluded that there is such a device."""
    gone = models.DateTimeField(null=True)
    """When it was first no longer among the devices; none: it is."""
    facts = models.TextField()
    """Field -> value, as JSON: see `changes.facts_of`."""

    objects, everything = Shown(upto=True), models.Manager()

    class Meta:
        db_table = "known"
        indexes = [models.Index(fields=["body", "gone"], name="known_gone")]


class Change(models.Model):
    """One field of one device that came out otherwise than before."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    generation = models.BigIntegerField(default=0)
    """With which this is to be seen."""
    at = models.DateTimeField()
    """When that was published."""
    device = models.TextField()
    """Id of the asset."""
    label = models.TextField()
    """As it was then, so that a device that is gone still has a name."""
    field = models.TextField()
    """``maker``, ``outcome``, ...; ``status``: of a directive; ``device``: the device itself came or went."""
    directive = models.TextField()
    """Id of the directive whose status it is; empty for every other field."""
    before = models.TextField()
    after = models.TextField()
    latest = models.BooleanField()
    """Whether that field of that device did not change since."""

    objects, everything = Shown(upto=True), models.Manager()

    class Meta:
        db_table = "change"
        indexes = [
            models.Index(fields=["body", "at", "number"], name="change_at"),
            models.Index(fields=["body", "device", "field", "directive", "number"], name="change_device"),
            models.Index(fields=["body", "latest", "at", "number"], name="change_latest"),
            models.Index(fields=["body", "latest", "field", "at", "number"], name="change_field"),
        ]


class Published(models.Model):
    """How many there were when something was published, so that progress is drawn of what was and of nothing else."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()
    on = models.CharField(max_length=10)
    """ISO 8601 date that was judged for."""
    sites = models.TextField()
    """Id of a site -> [devices, not satisfied, undecided], as JSON; the empty id: devices at no known site."""
    standings = models.TextField()
    """Id of a site -> kind of device -> how it stands -> how many, as JSON: see `standing`."""
    directives = models.TextField()
    """Ids of the directives that ask something of any device, as JSON."""
    deadline = models.CharField(max_length=10)
    """The earliest date by which the law wants something done about a device that is not satisfied; empty: none."""

    class Meta:
        db_table = "published"
        indexes = [models.Index(fields=["body", "number"], name="published_body")]
