"""Where people placed sites on the map."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body


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
