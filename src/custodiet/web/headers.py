"""What every answer carries: what a browser may load for a page (files of ours, nothing else) and who may frame it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""No script and no style but from files of ours: what a device says stands in pages, and can only be text."""

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # nothing to others; to us it is told, since a browser that tells nobody says of our own forms that they come from
    # nowhere, and they are refused
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


class Headers:
    """Middleware that comes first, so that refusals and faults carry them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._next(request)
        for name, value in ALWAYS.items():
            response.headers[name] = value
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = HSTS
        if "Cache-Control" not in response.headers:  # files of ours say themselves how long they may be kept
            response.headers["Cache-Control"] = "no-store"
        return response
