"""The tables as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class Store(AppConfig):
    """The one application that has tables of ours."""

    name = "custodiet.web.store"
    label = "store"
