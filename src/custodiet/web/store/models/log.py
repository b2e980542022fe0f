"""Everything that changed, and who looked at what is restricted: a log to which rows are only ever added."""

from __future__ import annotations

from django.db import models


class Logged(models.Model):
    """One thing that happened; each row carries a hash of itself and of the row before it."""

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    body = models.TextField()
    """Id of the body; empty: the installation."""
    who = models.TextField()
    """Address of the person, or the name of the token or command."""
    what = models.TextField()
    """A word for the deed, for example ``role given``."""
    about = models.TextField()
    """Id of what it was done to."""
    said = models.TextField()
    """What changed, as JSON: before and after."""
    why = models.TextField()
    """The reason that the person gave."""
    before = models.CharField(max_length=64)
    """Hash of the row before; empty for the first."""
    hash = models.CharField(max_length=64)
    """SHA-256 of this row with the hash of the row before."""

    class Meta:
        db_table = "logged"
        indexes = [models.Index(fields=["body", "number"], name="logged_body")]
