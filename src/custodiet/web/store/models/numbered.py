"""Rows that people know by a number, in addresses, forms and the log.

It counts in the body: a number that counted over the installation would tell people of one body how much others do.
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import F

from custodiet.web.store.models.bodies import Body


class Numbered(models.Model):
    """A row of a body with a number in it; its primary key is seen by nobody."""

    counted = "numbered"
    """Column of the body that has the last number given out."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    number = models.BigIntegerField()
    """Its number in the body, from 1: what others do shows in none of them. One that is taken away keeps its own."""

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["body", "number"], name="%(class)s_number")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it; a new one gets its number.

        That takes the row of the body until the transaction ends, so it comes before a row of the log: who has the
        body may wait for the log, and nobody who has the log waits for a body.
        """
        with transaction.atomic():
            if self.number is None:
                rows = Body.objects.filter(id=self.body_id)
                rows.update(**{self.counted: F(self.counted) + 1})  # nobody else has this number
                self.number = rows.values_list(self.counted, flat=True).get()
            super().save(*args, **kwargs)
