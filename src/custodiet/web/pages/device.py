"""One device: all that is said of it, each statement with what it rests on."""

from __future__ import annotations

import msgspec
from django.http import Http404

from custodiet.model import Entry
from custodiet.report.html import Card, card_of
from custodiet.web.knowledge import names_of
from custodiet.web.page import Asked, Nothing, Page


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device."""

    entry: Entry
    """All that is said of it."""


def fetch(asked: Asked[Nothing]) -> Device:
    """By the id in the address."""
    entry = asked.estate.entry(asked.path["device"])
    if entry is None:
        raise Http404
    return Device(entry=entry)


def card(asked: Asked[Nothing], data: Device) -> Card:
    """The device as the report shows it."""
    return card_of(data.entry, names_of(asked.estate))


PAGE = Page(
    name="device",
    path="devices/<str:device>/",
    says="One device, and what every statement about it rests on.",
    query=Nothing,
    data=Device,
    fetch=fetch,
    template="device.html",
)
