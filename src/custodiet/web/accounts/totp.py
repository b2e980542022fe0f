"""Codes of an app (RFC 6238): six digits that change every half minute, each of which works once."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote

import segno

from custodiet.web.accounts.sealed import seal, unseal
from custodiet.web.store.models import Codes, Person

STEP = 30
"""Seconds for which a code stands."""
DIGITS = 6
DRIFT = 1
"""Steps by which the clock of a phone may be off."""


def new_secret() -> bytes:
    """As long as the hash that is used with it (RFC 4226, 4)."""
    return secrets.token_bytes(20)


def code_at(secret: bytes, step: int) -> str:
    """The code of a step of time."""
    told = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")  # what apps speak; HMAC does not rest on collisions
    at = told[-1] & 15
    number = int.from_bytes(told[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, code: str, now: datetime, after: int = 0) -> int | None:
    """Which step a code is of; none where it is of none that counts now.

    Args:
        secret: what the app knows.
        code: as it was typed.
        now: at which moment.
        after: the last step of which a code was used.
    """
    here = int(now.timestamp()) // STEP
    steps = range(here - DRIFT, here + DRIFT + 1)
    found = [one for one in steps if hmac.compare_digest(code_at(secret, one).encode(), code.encode()) and one > after]
    return found[-1] if found else None


def turn_on(person: Person, secret: bytes, step: int, now: datetime) -> None:
    """Keep what the app of somebody knows, with the step of the code by which they showed that it works."""
    kept = {"secret": seal(secret, _purpose(person)), "step": step, "since": now}
    Codes.objects.update_or_create(person=person, defaults=kept)


def accept(person: Person, code: str, now: datetime) -> bool:
    """Whether a code is right; it never is again."""
    kept = Codes.objects.filter(person=person).first()
    secret = unseal(bytes(kept.secret), _purpose(person)) if kept else None
    step = step_of(secret, code, now, kept.step) if secret else None
    # of two requests with one code at the same moment, one changes the row
    return step is not None and bool(Codes.objects.filter(person=person, step__lt=step).update(step=step))


def _purpose(person: Person) -> str:
    return f"codes of person {person.pk}"


def spelled(secret: bytes) -> str:
    """The secret as an app takes it by hand, in groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def drawn(secret: bytes, email: str, host: str) -> str:
    """The secret as a picture for the camera of a phone: an SVG without script or style."""
    issuer, account = quote(f"custodiet {host}", safe=""), quote(email, safe="")
    key = spelled(secret).replace(" ", "")
    told = f"otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}"
    # black on white in the dark too: a phone does not read it the other way round
    return str(segno.make(told, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff", omitsize=True))
