"""Who asks: a program, or a person with a browser."""

from __future__ import annotations

from django.http import HttpRequest


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, and not a person with a browser."""
    if getattr(request, "token", None) is not None:
        return True
    return request.GET.get("as") == "json" or request.get_preferred_type(["text/html", "application/json"]) == (
        "application/json"
    )
