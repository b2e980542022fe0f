"""Map data that an installation added by itself: a file in its folder, for whoever is signed in."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import path

from custodiet.web.accounts.sessions import too_weak

NAME = "basemap.geojson"
LIMIT = 50 << 20
"""Bytes; a larger one is not shown."""


def own_map() -> Path | None:
    """The file, where there is one that is not too large."""
    file: Path = settings.CUSTODIET.folder / NAME
    try:
        return file if file.is_file() and file.stat().st_size <= LIMIT else None
    except OSError:
        return None


def give(request: HttpRequest) -> HttpResponseBase:
    """The file as it stands; what is wrong in it the script of the map tells to nobody, and draws without it."""
    file = own_map() if request.user.is_authenticated and not too_weak(request) else None
    if file is None:
        raise Http404
    return FileResponse(file.open("rb"), content_type="application/geo+json")


ADDRESSES = [path(f"map/{NAME}", give, name="own-map")]
