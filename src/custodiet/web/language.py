"""In which language a page is written: as the person chose, else as the browser asks, of those we speak.

Who has no account yet, or is not signed in, chooses by a link: ``?language=nl`` on any page, which a cookie remembers.
What a program takes is English, whoever asks, since it is kept and compared; a file chooses its own language.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import formats, translation

from custodiet.report import cited
from custodiet.report.speech import spoken
from custodiet.web import asking
from custodiet.web.programs import wants_json
from custodiet.web.store.models import Person

_REMEMBERED = 365 * 86_400
"""Seconds for which a browser keeps the language that somebody chose without an account."""


class Spoken:
    """The language of the request, for the words and sentences that pages share with reports."""

    @property
    def code(self) -> str:
        """By which a page marks it."""
        return translation.get_language() or "en"

    def one(self, text: str) -> str:
        """A text in it."""
        return str(translation.gettext(text))

    def many(self, one: str, many: str, number: int) -> str:
        """The form of a text that goes with a number."""
        return str(translation.ngettext(one, many, number))

    def number(self, number: int) -> str:
        """A whole number, with what parts its thousands."""
        return str(formats.number_format(number, decimal_pos=0, use_l10n=True, force_grouping=True))

    def digits(self, text: str) -> str:
        """A number written in English, as it is written there."""
        signs = {",": formats.get_format("THOUSAND_SEPARATOR"), ".": formats.get_format("DECIMAL_SEPARATOR")}
        return text.translate(str.maketrans(signs))

    def before(self, text: str) -> str:
        """A kept sentence without the file that nobody has who reads a page."""
        return asking.without_file(text)

    def known(self, id: str) -> str:
        """The question itself, of the directives by which the body was judged or of ours."""
        return cited.question(id) or asking.questions().get(id, "")


class Language:
    """Middleware; comes after the one that knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = "" if request.user.is_authenticated else request.GET.get("language", "")
        picked = asked if asked in dict(settings.LANGUAGES) else ""
        chosen = getattr(request.user, "language", "") or picked or translation.get_language_from_request(request)
        if wants_json(request) and request.GET.get("as") in (None, "", "json"):
            chosen = "en"
        with translation.override(chosen), spoken(Spoken()):
            response = self._next(request)
        _remember(request, chosen)
        if picked:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                picked,
                max_age=_REMEMBERED,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        response.headers.setdefault("Content-Language", chosen)
        response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary", ""), "Accept-Language")))
        return response


def _remember(request: HttpRequest, chosen: str) -> None:
    """Keep the language of whoever signs in or chooses something here; a token is nobody's browser."""
    person = request.user
    if request.method != "POST" or not person.is_authenticated or getattr(request, "token", None) is not None:
        return
    if not wants_json(request) and person.spoken != chosen:
        Person.objects.filter(pk=person.pk).update(spoken=chosen)
