"""The languages in which a report can be written: English, and those that have a word list.

A word list is compiled beside the pages, which read the same one; it is read here without them, so that a report in
another language needs no more than the program itself.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from custodiet.report import cited
from custodiet.report.speech import English, Speech

LANGUAGES = ("en", "nl")
"""Codes of the languages, the usual one first."""

_LISTS = Path(__file__).resolve().parents[1] / "web" / "locale"
_SIGNS = str.maketrans(",.", ".,")


class _Listed(English):
    """A language with a word list, in which a full stop parts thousands and a comma what is less than one."""

    def __init__(self, code: str) -> None:
        self.code = code
        with (_LISTS / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
            self._list = gettext.GNUTranslations(file)

    def one(self, text: str) -> str:
        """A text in it; one that the list does not have stays as it is."""
        return self._list.gettext(text) if text else ""

    def many(self, one: str, many: str, number: int) -> str:
        """The form of a text that goes with a number."""
        return self._list.ngettext(one, many, number)

    def known(self, id: str) -> str:
        """The question itself: its id is a word of the files."""
        return cited.question(id)

    def number(self, number: int) -> str:
        """With full stops."""
        return self.digits(super().number(number))

    def digits(self, text: str) -> str:
        """With the two signs in each other's place."""
        return text.translate(_SIGNS)


@cache
def speech(code: str) -> Speech:
    """A language by its code, one of `LANGUAGES`."""
    return English() if code == "en" else _Listed(code)
