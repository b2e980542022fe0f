"""Words for people around imports: states of a job, what it is doing, and what a column of a table can be read as."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noted

from custodiet.report.fields import FIELDS
from custodiet.sources.tables.plan import words

STATES = {
    "drafted": noted("Not begun"),
    "waiting": noted("Waiting"),
    "running": noted("At work"),
    "done": noted("Done"),
    "failed": noted("Went wrong"),
    "stopped": noted("Stopped"),
}
"""State -> words."""

_STEPS = (noted("gathering what is known"), noted("reading"), noted("joining observations to devices"),
          noted("identifying"), noted("identifying and judging"), noted("putting it in"))  # fmt: skip


def state(word: str) -> str:
    """Of a job, for people."""
    return _(STATES.get(word, word))


def doing(told: str) -> str:
    """What a worker is doing; it says a step, and behind a bar the name of a file."""
    step, _bar, name = told.partition("|")
    return f"{_(step)} {name}".strip() if step else ""


def fields() -> list[tuple[str, str]]:
    """(field, words) of all that a column can be read as, in the order of the words."""
    told = [(field, FIELDS.get(field, field)) for field in words().fields]
    return sorted(told, key=lambda pair: pair[1].casefold())
