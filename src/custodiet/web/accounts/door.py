"""The page at which people sign in, whichever way they tried."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def door(request: HttpRequest, wanted: str, wrong: str = "", status: int = 200) -> HttpResponse:
    """The ways in.

    Args:
        request: of the browser.
        wanted: the address to go to afterwards.
        wrong: why the last try did not succeed.
        status: of the answer.
    """
    told = {"wrong": wrong, "next": wanted[:2000], "elsewhere": bool(settings.CUSTODIET.oidc_issuer)}
    return render(request, "sign_in.html", told, status=status)
