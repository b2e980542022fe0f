"""In which language a page is written: as the person chose, else as the browser asks, of those we speak."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


class Language:
    """Middleware; comes after the one that knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or translation.get_language_from_request(request)
        with translation.override(chosen):
            response = self._next(request)
        response.headers.setdefault("Content-Language", chosen)
        response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary", ""), "Accept-Language")))
        return response
