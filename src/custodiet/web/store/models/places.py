"""Sites that people described here, and where they placed them on the map."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.numbered import Numbered


class SitePlace(models.Model):
    """Where a site is, as somebody said here; the last one holds, over what the sites file says."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    site = models.TextField()
    """Id of the site."""
    latitude = models.FloatField(null=True)
    """In degrees of WGS 84; none: what was said here was taken back, and the sites file holds again."""
    longitude = models.FloatField(null=True)
    who = models.TextField()
    """Address of the person."""
    at = models.DateTimeField()

    class Meta:
        db_table = "site_place"
        indexes = [models.Index(fields=["body", "number"], name="site_place_body")]


class OwnSite(models.Model):
    """What somebody said here of a site: the last holds, over the sites file that the body came with."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    site = models.TextField()
    """Id of the site."""
    whole = models.BooleanField()
    """Whether this is all there is of the site; else it is added to what the sites file says of it."""
    theirs = models.BooleanField(default=False)
    """Whether it is a place of others, which devices look at."""
    noun = models.BinaryField(null=True)
    """The `model.Site` in MessagePack; none: the site was taken away."""
    who = models.TextField()
    """Address of the person."""
    at = models.DateTimeField()

    class Meta:
        db_table = "own_site"
        indexes = [models.Index(fields=["body", "number"], name="own_site_body")]


class SitesFile(Numbered):
    """A sites file that somebody brought in and looks at before it is taken over; one of each person in a body."""

    name = models.TextField()
    """Of the file."""
    told = models.BinaryField()
    """The `model.Body` that it describes, in MessagePack, packed by zlib."""
    who = models.TextField()
    """Address of the person."""
    at = models.DateTimeField()

    class Meta(Numbered.Meta):
        db_table = "sites_file"
        constraints = [
            *Numbered.Meta.constraints,
            models.UniqueConstraint(fields=["body", "who"], name="sites_file_once"),
        ]
