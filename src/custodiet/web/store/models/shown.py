"""Rows that are made before anybody sees them: one change of the row of the body shows all of them at once.

So a large estate is put in by many short transactions, between which others write, and still nobody sees half of it.
Each such table is asked by ``objects`` for what is to be seen, and by ``everything`` for what is being made too.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F


class Shown(models.Manager[Any]):
    """The rows that are to be seen.

    Args:
        column: of the table.
        body: column of the body that it is held to.
        upto: whether what is less is to be seen too.
    """

    def __init__(self, column: str = "generation", body: str = "generation", *, upto: bool = False) -> None:
        super().__init__()
        self._where = {f"{column}__lte" if upto else column: F(f"body__{body}")}

    def get_queryset(self) -> Any:
        """Asked again for each question."""
        return super().get_queryset().filter(**self._where)
