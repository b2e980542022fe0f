"""Views that people saved: a question to the list of devices, under a name."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.numbered import Numbered
from custodiet.web.store.models.people import Person


class SavedView(Numbered):
    """A question to the list of devices that somebody wants to ask again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    """As its owner calls it."""
    question = models.TextField()
    """What stands behind the question mark of the list."""
    shared = models.BooleanField(default=False)
    """Whether everybody in the body sees it."""

    class Meta(Numbered.Meta):
        db_table = "saved_view"
        constraints = [
            *Numbered.Meta.constraints,
            models.UniqueConstraint(fields=["body", "person", "name"], name="one_view_of_a_name"),
        ]
