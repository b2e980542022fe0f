"""Words for people around imports: states of a job, what it is doing, and what a column of a table can be read as."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noted

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

FIELDS = {
    "brand": noted("Brand"),
    "manufacturer": noted("Manufacturer"),
    "model": noted("Model or type"),
    "name": noted("Name"),
    "text": noted("Description or remark"),
    "class": noted("Kind of device"),
    "serial": noted("Serial number"),
    "mac": noted("MAC address"),
    "ip": noted("IP address"),
    "hostname": noted("Host name"),
    "tag": noted("Number in the register"),
    "custodiet_id": noted("Id that custodiet gave it"),
    "firmware": noted("Software version"),
    "site": noted("Site"),
    "location": noted("Place within the site"),
    "status": noted("State"),
    "installed_on": noted("Installed on"),
    "bought_on": noted("Bought on"),
    "removed_on": noted("Removed on"),
    "made_in": noted("Made in"),
    "component": noted("Chip or radio module"),
    "certificate": noted("Certificate"),
    "data_goes_to": noted("Data goes to"),
    "administered_from": noted("Administered from"),
    "supplier": noted("Supplier"),
    "quantity": noted("Number of devices"),
    "contract": noted("Order or contract"),
    "networked": noted("On the network"),
}
"""Field of a table -> words."""


def state(word: str) -> str:
    """Of a job, for people."""
    return _(STATES.get(word, word))


def doing(told: str) -> str:
    """What a worker is doing; it says a step, and behind a bar the name of a file."""
    step, _bar, name = told.partition("|")
    return f"{_(step)} {name}".strip() if step else ""


def fields() -> list[tuple[str, str]]:
    """(field, words) of all that a column can be read as, in the order of the words."""
    told = [(field, _(FIELDS[field]) if field in FIELDS else field) for field in words().fields]
    return sorted(told, key=lambda pair: pair[1].casefold())
