"""What was read, as in a case file: one row for one row of it, with the body in front.

The tables have the columns of the case's own (`casefile.schema`), so that a case can be put here and made again of what
stands here without looking at a single value. Rows are added and never changed; ``number`` is their order.
"""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.shown import Shown


class OfBody(models.Model):
    """A row of a case of a body."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    number = models.BigIntegerField()
    """Its place among the rows of the body, from 1."""

    class Meta:
        abstract = True


class Source(OfBody):
    """A file or a conversation that was read (`model.Source`)."""

    pk = models.CompositePrimaryKey("body_id", "id")
    id = models.TextField()
    complete = models.IntegerField()
    sha256 = models.TextField()
    record = models.BinaryField()

    class Meta:
        db_table = "source"


class Replaced(OfBody):
    """A source that counts nowhere any more, since another takes its place."""

    pk = models.CompositePrimaryKey("body_id", "source")
    source = models.TextField()

    class Meta:
        db_table = "replaced"


class Tally(OfBody):
    """What a reader did with a source (`model.Tally`)."""

    pk = models.CompositePrimaryKey("body_id", "source")
    source = models.TextField()
    record = models.BinaryField()

    class Meta:
        db_table = "tally"


class Issue(OfBody):
    """Something that could not be read (`model.Issue`)."""

    pk = models.CompositePrimaryKey("body_id", "number")
    source = models.TextField()
    place = models.TextField()
    reason = models.TextField()
    next_step = models.TextField()
    severity = models.TextField()

    objects, everything = Shown("number", "issues", upto=True), models.Manager()

    class Meta:
        db_table = "issue"


class Observation(OfBody):
    """One fact as one source gave it (`model.Observation`)."""

    pk = models.CompositePrimaryKey("body_id", "number")
    id = models.TextField()
    source = models.TextField()
    subject = models.TextField()
    attribute = models.TextField()
    value = models.TextField()
    locator = models.TextField()
    first_seen = models.FloatField(null=True)
    last_seen = models.FloatField(null=True)
    count = models.BigIntegerField()

    class Meta:
        db_table = "observation"
        indexes = [
            models.Index(fields=["body", "id"], name="observation_id"),
            models.Index(fields=["body", "source", "subject"], name="observation_subject"),
        ]


class Flow(OfBody):
    """One conversation as one source saw it (`model.Flow`)."""

    pk = models.CompositePrimaryKey("body_id", "number")
    id = models.TextField()
    source = models.TextField()
    subject = models.TextField()
    peer = models.TextField()
    transport = models.TextField()
    port = models.IntegerField()
    bytes_out = models.BigIntegerField()
    bytes_in = models.BigIntegerField()
    packets_out = models.BigIntegerField()
    packets_in = models.BigIntegerField()
    first_seen = models.FloatField()
    last_seen = models.FloatField()
    locator = models.TextField()

    class Meta:
        db_table = "flow"


class Decided(OfBody):
    """A decision of people about what was read: two subjects are not one device."""

    pk = models.CompositePrimaryKey("body_id", "number")
    kind = models.TextField()
    left_side = models.TextField()
    right_side = models.TextField()
    decided_by = models.TextField()
    decided_on = models.TextField()
    reason = models.TextField()

    class Meta:
        db_table = "decided"


class Heading(OfBody):
    """Which field a heading of a table was read as."""

    pk = models.CompositePrimaryKey("body_id", "heading")
    heading = models.TextField()
    field = models.TextField()

    class Meta:
        db_table = "heading"


class Kept(OfBody):
    """One thing that the case remembers about itself."""

    pk = models.CompositePrimaryKey("body_id", "key")
    key = models.TextField()
    value = models.TextField()

    class Meta:
        db_table = "kept"
