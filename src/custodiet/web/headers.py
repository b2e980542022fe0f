"""What every answer carries: what a browser may load for a page (files of ours, nothing else) and who may frame it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from custodiet.web import faults

POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
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
        if not (response.get("Content-Type", "").startswith("text/html") or request.path.startswith("/static/")):
            # what is no page is none either where a browser opens it by itself
            response.headers["Content-Security-Policy"] = f"{POLICY}; sandbox"
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = HSTS
        if "Cache-Control" not in response.headers:  # files of ours say themselves how long they may be kept
            response.headers["Cache-Control"] = "no-store"
        return response


class FromHere:
    """Middleware that refuses what the page of another site asks for in somebody's name.

    A browser says of each request which site asks, and for what (``Sec-Fetch-Site`` and the like). Others may link to
    a page of ours, which a person then opens; they may not load anything into a page of their own, nor send a form.
    Programs, and browsers of long ago, say nothing of it: they are held by the cookies' ``SameSite``, and by the token
    that each form carries.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.headers
        if told.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site"):
            opened = (told.get("Sec-Fetch-Mode"), told.get("Sec-Fetch-Dest")) == ("navigate", "document")
            if not opened or request.method not in ("GET", "HEAD"):
                return faults.denied(request)
        return self._next(request)
