"""Bodies, and who is what in them."""

from __future__ import annotations

from django.db import models

from custodiet.web.rights import Role
from custodiet.web.store.models.people import Person


class Body(models.Model):
    """An organisation that answers for its devices; nothing of one is ever shown to people of another."""

    id = models.SlugField(max_length=80, primary_key=True)
    """As it stands in addresses of pages."""
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    """What sort of organisation, a word of the vocabulary."""
    assessment = models.BinaryField(null=True)
    """Head of the last assessment (`model.Assessment`), in MessagePack; none before the first."""
    on = models.CharField(max_length=10, blank=True)
    """ISO 8601 date that it was judged for."""
    published = models.DateTimeField(null=True)
    """When that was put here."""
    described = models.DateTimeField(null=True)
    """When somebody last said something of its sites here; none: nobody did."""
    generation = models.BigIntegerField(default=0)
    """Of the rows that are to be seen (`store.models.shown`), since those of others are not; 0: there are none."""
    making = models.BigIntegerField(default=0)
    """The last generation that was begun; whoever makes an earlier one has lost the work."""
    observations = models.BigIntegerField(default=0)
    """Number of its last observation; what comes after is not to be seen yet."""
    flows = models.BigIntegerField(default=0)
    """The same of its conversations."""
    issues = models.BigIntegerField(default=0)
    """The same of what could not be read."""
    jobs_asked = models.BigIntegerField(default=0)
    """Number of the last job of it."""
    numbered = models.BigIntegerField(default=0)
    """The last number that was given to anything else (`store.models.numbered`)."""

    class Meta:
        db_table = "body"


class Membership(models.Model):
    """What a person is in a body."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["person", "body"], name="one_role_in_a_body")]
