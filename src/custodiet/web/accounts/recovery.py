"""Codes on paper, for when the phone is gone: each works once, and new ones make the old ones void."""

from __future__ import annotations

import hashlib
import secrets

from custodiet.web.store.models import Person, Recovery

HOW_MANY = 8
_SIGNS, _LONG = "abcdefghijklmnopqrstuvwxyz234567", 26


def make_codes(person: Person) -> tuple[str, ...]:
    """New codes; those made before stop working.

    A code has 130 random bits, so a plain hash is enough: there is nothing to guess from a digest.
    """
    Recovery.objects.filter(person=person).delete()
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LONG)) for _ in range(HOW_MANY)]
    Recovery.objects.bulk_create(Recovery(digest=_digest(code), person=person) for code in codes)
    return tuple("-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes)


def accept(person: Person, code: str) -> bool:
    """Whether a code is right; it never is again."""
    return bool(Recovery.objects.filter(person=person, digest=_digest(code)).delete()[0])


def left_of(person: Person) -> int:
    """How many codes still work."""
    return Recovery.objects.filter(person=person).count()


def _digest(code: str) -> str:
    return hashlib.sha256("".join(code.lower().replace("-", " ").split()).encode()).hexdigest()
