"""What records of the catalog say, in the language of the reader: titles, questions, paraphrases and notes, all ours.

For our own records it stands in the word lists; a directive of a user's own catalog brings its own. What is quoted from
a text stays in the words of the text, and what is said here of it stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property

from custodiet.model import Directive
from custodiet.report.noted import noted
from custodiet.report.speech import gettext, known, language

_ID = re.compile(r"((?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-]))")
_ENDS = re.compile(r"(?<=[.?]) ")
_MOST = 3
"""Sentences in one question or paraphrase, where several stand behind one another."""


class _Cited:
    """The records at hand; they are looked through when the first is asked for."""

    def __init__(self, records: Callable[[], Iterable[Directive]]) -> None:
        self._records = records

    @cached_property
    def questions(self) -> dict[str, str]:
        """Id of a question to people -> its words."""
        return {id: said for one in self._records() for id, said in one.conditions.items()}

    @cached_property
    def own(self) -> dict[tuple[str, str], str]:
        """Language and text -> what the record itself says for it."""
        return {
            (spoken, text): said
            for one in self._records()
            for spoken, other in one.in_other_languages.items()
            for text, said in (
                (one.title, other.title),
                (one.covers.text, other.covers),
                *((text, other.conditions.get(id, "")) for id, text in one.conditions.items()),
                *((sentence.text, other.texts.get(sentence.id, "")) for sentence in one.requirements),
            )
            if said
        }


_cited: ContextVar[_Cited] = ContextVar("cited", default=_Cited(tuple))  # noqa: B039 (it holds nothing that changes)


@contextmanager
def citing(records: Callable[[], Iterable[Directive]]) -> Iterator[None]:
    """Say what is said inside with these records of directives at hand."""
    token = _cited.set(_Cited(records))
    try:
        yield
    finally:
        _cited.reset(token)


def question(id: str) -> str:
    """The question to people that has an id, as its record has it; empty where none at hand asks it."""
    return _cited.get().questions.get(id, "")


def rendering(text: str) -> str:
    """What a record says, in the language that is spoken; empty where there is nothing in it."""
    if not text or language() == "en":
        return text
    own = _cited.get().own.get((language(), text), "")
    return own or (said if (said := gettext(text)) != text else noted(text))


def rendered(text: str) -> str:
    """The same; as the record has it where there is nothing in the language that is spoken."""
    return rendering(text) or text


def apart(text: str) -> Iterator[tuple[str, str]]:
    """Several texts of records that stand behind one another: each, and what it is in the language that is spoken."""
    rest = _ENDS.split(text)
    while rest:
        many = next((n for n in range(min(_MOST, len(rest)), 0, -1) if rendering(" ".join(rest[:n]))), 1)
        part, rest = " ".join(rest[:many]), rest[many:]
        yield part, rendering(part)


def asked(text: str) -> Iterator[tuple[str, bool]]:
    """A text with the ids that people know as questions as these questions; with each part, whether it is English."""
    for at, part in enumerate(_ID.split(text)):
        said = known(part) if at % 2 else ""
        if said:
            yield f"“{rendered(said).rstrip('.')}”", not rendering(said)
        elif part:
            yield part, language() != "en"


def questions_in(text: str) -> dict[str, str]:
    """Id of each question in a text that people know by its words -> these words, in English."""
    return {id: said for id in _ID.findall(text) if (said := known(id))}


def in_questions(text: str) -> str:
    """The same as one text."""
    return "".join(part for part, _ in asked(text))
