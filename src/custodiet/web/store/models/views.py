"""Views that people saved: a question to the list of devices, under a name."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.people import Person


class SavedView(models.Model):
    """A question to the list of devices that somebody wants to ask again."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    """As its owner calls it."""
    question = models.TextField()
    """What stands behind the question mark of the list."""
    shared = models.BooleanField(default=False)
    """Whether everybody in the body sees it."""

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["body", "person", "name"], name="one_view_of_a_name")]
