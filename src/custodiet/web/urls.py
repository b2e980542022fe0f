"""All addresses: the pages and deeds of the registry, and the few that are neither."""

from __future__ import annotations

from django.urls import path

from custodiet.web import accounts, faults, metrics, openapi, own_map, service
from custodiet.web.page import answers
from custodiet.web.registry import ALL

urlpatterns = [
    *(
        path(f"b/<slug:body>/{page.path}" if page.within == "body" else page.path, answers(page), name=page.name)
        for page in ALL
    ),
    *accounts.ADDRESSES,
    path("openapi.json", openapi.document, name="openapi"),
    *service.ADDRESSES,
    *metrics.ADDRESSES,
    *own_map.ADDRESSES,
]

handler400, handler403, handler404, handler500 = faults.unreadable, faults.denied, faults.missing, faults.broken
