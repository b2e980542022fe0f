"""All addresses: the pages and deeds of the registry, and the few that are neither."""

from __future__ import annotations

from django.urls import path

from custodiet.web import accounts, openapi, service
from custodiet.web.page import answers, refused
from custodiet.web.registry import ALL

urlpatterns = [
    *(
        path(f"b/<slug:body>/{page.path}" if page.within == "body" else page.path, answers(page), name=page.name)
        for page in ALL
    ),
    *accounts.ADDRESSES,
    path("openapi.json", openapi.document, name="openapi"),
    *service.ADDRESSES,
]


def handler404(request, exception=None):  # type: ignore[no-untyped-def]
    """What is not there, or not for whoever asks: both look the same."""
    return refused(request, 404, "There is no such page, or it is not for you.")
