"""In which language sentences are said: English, unless whoever shows them to people chose another.

What programs read, and what is signed and compared, is English. A page, and a report that a person reads, is said in
the language of that person, so the words and the sentences that all share ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Speech(Protocol):
    """A language."""

    @property
    def code(self) -> str:
        """By which a page marks it: ``en``, ``nl``."""

    def one(self, text: str) -> str:
        """A text in it."""

    def many(self, one: str, many: str, number: int) -> str:
        """The form of a text that goes with a number."""

    def number(self, number: int) -> str:
        """A whole number, with what parts its thousands."""

    def digits(self, text: str) -> str:
        """A number written in English, as it is written there."""

    def before(self, text: str) -> str:
        """A kept sentence without what means nothing where it is read, before it is said."""

    def known(self, id: str) -> str:
        """The question that people know there by its words and not by its id, in English; empty: they know the id."""


class English:
    """The language in which everything is written here."""

    code: str = "en"

    def one(self, text: str) -> str:
        """The text itself."""
        return text

    def many(self, one: str, many: str, number: int) -> str:
        """One of the two."""
        return one if number == 1 else many

    def number(self, number: int) -> str:
        """With commas."""
        return f"{number:,}"

    def digits(self, text: str) -> str:
        """The same."""
        return text

    def before(self, text: str) -> str:
        """The same: a report is read beside the files."""
        return text

    def known(self, id: str) -> str:
        """None: who reads English has the files beside it."""
        return ""


_spoken: ContextVar[Speech] = ContextVar("spoken", default=English())  # noqa: B039 (it holds nothing that changes)


@contextmanager
def spoken(language: Speech) -> Iterator[None]:
    """Say what is said inside in another language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """Code of the language that is spoken now."""
    return _spoken.get().code


def gettext(text: str) -> str:
    """A text in the language that is spoken now."""
    return _spoken.get().one(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The form of a text that goes with a number."""
    return _spoken.get().many(one, many, number)


def number(value: int) -> str:
    """A whole number as it is written in the language that is spoken now."""
    return _spoken.get().number(value)


def digits(text: str) -> str:
    """A number written in English, as it is written in the language that is spoken now: "412.1" is "412,1"."""
    return _spoken.get().digits(text)


def before(text: str) -> str:
    """A kept sentence as it is to be said where it is read."""
    return _spoken.get().before(text)


def known(id: str) -> str:
    """The question that people know by its words where it is read; empty: they know its id, or it is none."""
    return _spoken.get().known(id)


class Words(dict[str, str]):
    """Code -> word, said in the language that is spoken when it is looked up."""

    def __getitem__(self, code: str) -> str:
        return gettext(super().__getitem__(code))

    def get(self, code: str, default: str = "") -> str:  # type: ignore[override]
        """The word of a code; another text where there is none."""
        word = super().get(code)
        return default if word is None else gettext(word)
