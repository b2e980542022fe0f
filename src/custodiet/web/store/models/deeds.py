"""What people say and do about devices and sites. Nothing here changes what was concluded; it stands beside it."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.numbered import Numbered
from custodiet.web.store.models.shown import Shown


class Note(Numbered):
    """A note on a device, or a decision about it with its reason; a later one takes the place of an earlier."""

    device = models.TextField()
    """Id of the asset."""
    kind = models.CharField(max_length=20)
    """``note``, or a word of `notes.Kind`."""
    value = models.TextField()
    """What was decided, where the kind alone does not say: the maker, or the other of two devices."""
    until = models.CharField(max_length=10)
    """ISO 8601 date until which it holds; empty: no end."""
    text = models.TextField()
    """The note, or the reason of the decision."""
    who = models.TextField()
    """Address of the person."""
    at = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)
    """When somebody took it back; none: it stands."""
    withdrawn_by = models.TextField()
    withdrawn_why = models.TextField()

    class Meta(Numbered.Meta):
        db_table = "note"
        indexes = [models.Index(fields=["body", "device", "number"], name="note_device")]


class Standing(models.Model):
    """Whether register, network and purchases agree on a device; made anew with what was concluded."""

    pk = models.CompositePrimaryKey("body_id", "generation", "device")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    generation = models.BigIntegerField(default=0)
    device = models.TextField()
    """Id of the asset."""
    place = models.IntegerField()
    """As `Device.place`."""
    standing = models.CharField(max_length=20)
    """A word of `standing.Word`."""
    kind = models.CharField(max_length=20)
    """``surveillance``, ``unknown``, ``silent`` (unknown, and says nothing) or ``other``."""
    site = models.TextField()
    label = models.TextField()
    described = models.TextField()
    """As `Device.described`."""
    registered = models.TextField()
    """What the register says that it is."""
    seen = models.TextField()
    """What the network says that it is."""
    bought = models.BooleanField()
    """Whether a purchase record knows it."""
    purchases = models.TextField()
    """What was bought, as JSON (`stated.Purchase`); empty: nothing that is known."""
    found = models.CharField(max_length=64)
    """Hash of what there is to settle; another one opens a settled row again."""
    settled = models.BooleanField()
    """Whether there is a row of `Settled` with that hash."""

    objects, everything = Shown(), models.Manager()

    class Meta:
        db_table = "standing"
        indexes = [
            # few are settled, and not to be so is no equality that an index could be searched by
            models.Index(fields=["body", "generation", "kind", "standing", "place"], name="standing_kind"),
            models.Index(fields=["body", "generation", "site", "kind", "standing", "place"], name="standing_site"),
            models.Index(fields=["body", "generation", "settled", "kind", "standing"], name="standing_settled"),
        ]


class Settled(models.Model):
    """That somebody looked at such a row and says why it is in order."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    device = models.TextField()
    standing = models.CharField(max_length=20)
    found = models.CharField(max_length=64)
    """As `Standing.found` was then."""
    why = models.TextField()
    who = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "settled"
        indexes = [models.Index(fields=["body", "found"], name="settled_found")]


class SiteDecision(models.Model):
    """An answer about a site, a zone or the body as a whole that only a person can give; the last one holds."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    site = models.TextField()
    """Id of the site; empty: the body as a whole."""
    zone = models.TextField()
    """Id of the zone, where it is about whether that is part of a core network; empty: the site."""
    condition = models.TextField()
    """Id of the condition; empty for a zone."""
    answer = models.CharField(max_length=10)
    """yes, no or unknown."""
    reason = models.TextField()
    decided_by = models.TextField()
    """Name or function of who decided."""
    decided_on = models.CharField(max_length=10)
    """ISO 8601 date of that."""
    until = models.CharField(max_length=10)
    """ISO 8601 date until which the answer holds; empty: no end."""
    who = models.TextField()
    """Address of the person who wrote it down here."""
    at = models.DateTimeField()

    class Meta:
        db_table = "site_decision"
        indexes = [models.Index(fields=["body", "number"], name="site_decision_body")]


class Work(Numbered):
    """An action (`model.Action`) with who set it and when."""

    asset = models.TextField()
    label = models.TextField()
    """Of the device, as it was then."""
    kind = models.CharField(max_length=20)
    owner = models.TextField()
    """Address of a person of the body; empty: nobody yet."""
    due = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    evidence = models.TextField()
    who = models.TextField()
    """Address of the person who set it."""
    at = models.DateTimeField()

    class Meta(Numbered.Meta):
        db_table = "work"
        indexes = [
            models.Index(fields=["body", "state", "due"], name="work_due"),
            models.Index(fields=["body", "asset"], name="work_asset"),
        ]
