"""What a password must not be: easy to guess, or known from a breach. Of which characters it is made is free.

Django asks for the length and looks for it among the passwords that most people have; what stands here comes after
that. How many guesses a password takes is reckoned by zxcvbn, from lists of passwords of breaches, of names and of
words, from rows of keys, and from the words of this installation.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custodiet.web.store.models import Membership, Person

LONGEST = 1000
"""Characters; a longer one is refused and never cut."""
STRENGTH = 3
"""Of zxcvbn's scale to 4: at least a hundred million guesses by whoever knows the words below."""
_OF_ITS_OWN = 8
"""Letters that a password with such a word has beside it."""
_LOOKED_AT = 64
"""Characters of which the guesses are reckoned: what begins so is not easier to guess than that."""

WORDS = (
    "custodiet", "camera", "cameras", "cctv", "beveiliging", "security", "toezicht", "bewaking", "beheer", "beheerder",
    "administrator", "auditor", "editor", "viewer", "decider", "gemeente", "municipality", "provincie", "politie",
    "waterschap", "ministerie", "stadhuis", "inventory",
)  # fmt: skip
"""Words that whoever knows what this is would try first; those of the installation and the person are added."""


def words_of(person: Person | None) -> list[str]:
    """What somebody would try first for a person: our words, names of this installation, of its bodies and of them."""
    told = [*WORDS, *settings.CUSTODIET.hosts]
    if person is not None and person.pk:
        told += [person.email, person.name]
        for id, name in Membership.objects.filter(person=person).values_list("body__id", "body__name")[:100]:
            told += [id, name]
    parts = (part for text in told for part in (text, *re.split(r"[\W_]+", text)))
    return sorted({part.lower() for part in parts if len(part) > 2})


def words_in(words: list[str], password: str) -> list[str]:
    """Those of the words that are in a password, the longest first; none where it has enough letters beside them."""
    rest, found = password.lower(), []
    for word in sorted((word for word in words if len(word) > 3), key=len, reverse=True):
        if word in rest:
            found.append(word)
            rest = rest.replace(word, "\0")
    return found if len(re.sub(r"[\W\d_]", "", rest)) < _OF_ITS_OWN else []


class Guessed:
    """Refuses what takes few guesses; one of Django's validators of passwords."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Refuses it with a sentence."""
        from zxcvbn import zxcvbn  # takes a tenth of a second and some memory, and few start it

        words = words_of(user)
        if named := next((word for word in words_in(words, password)), ""):
            raise ValidationError(
                _(
                    "There is a word in it that is tried first here: “%(word)s”. "
                    "Take some words that have nothing to do with each other."
                ),
                params={"word": named},
            )
        easy = zxcvbn(password[:_LOOKED_AT], user_inputs=words)["score"] < STRENGTH
        if easy:
            raise ValidationError(
                _(
                    "This is guessed easily: it is made of what is tried first. "
                    "Take some words that have nothing to do with each other."
                )
            )

    def get_help_text(self) -> str:
        """What is asked for."""
        return _("Take some words that have nothing to do with each other.")


class Breached:
    """Refuses what stands in the list of passwords of breaches that this installation was given, if it was given one.

    The list is a file of lines, each beginning with the SHA-1 of a password in hexadecimal, in their order: so are the
    passwords of haveibeenpwned.com handed out. It is looked up here; nothing is asked of anybody.
    """

    def validate(self, password: str, user: Person | None = None) -> None:
        """Refuses it with a sentence."""
        path = settings.CUSTODIET.breached
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if path is not None and stands_in(path, digest.encode()):
            raise ValidationError(_("This password is known from a breach of another site. Choose another."))

    def get_help_text(self) -> str:
        """What is asked for."""
        return _("It must not be known from a breach of another site.")


def stands_in(path: Path, digest: bytes) -> bool:
    """Whether a line of a sorted file begins with a digest; some thirty reads find it among a thousand million."""
    with path.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            file.seek(max(0, middle - 1))
            if middle:
                file.readline()  # the rest of the line before
            line = file.readline()
            here = line[: len(digest)].upper()
            if here == digest:
                return True
            if line and here < digest:
                low = file.tell()
            else:
                high = middle
    return False
