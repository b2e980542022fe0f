"""What the next page shows, and no page after it: a notice, a link that was made, a token, codes for recovery."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Literal, TypeAlias

import msgspec
from django.http import HttpRequest

from custodiet.web.accounts.sealed import seal, unseal

Kind: TypeAlias = Literal["done", "wrong", "link", "token", "signs", "codes"]
"""A notice that something was done or was wrong, or which secret it is."""

_KEY = "once "


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is shown a single time."""

    kind: Kind
    text: str
    """The notice in words, or what the secret is for."""
    secrets: tuple[str, ...] = ()
    """What is kept nowhere, to be written down now."""


def keep(request: HttpRequest, place: str, kind: Kind, text: str, *secrets: str) -> None:
    """Keep it for the next time that the page at an address is shown; sealed, since sessions stand in the database."""
    told = msgspec.json.encode(Once(kind=kind, text=text, secrets=secrets))
    request.session[_KEY + place] = b64encode(seal(told, _KEY)).decode()


def take(request: HttpRequest) -> Once | None:
    """What was kept for this page, which is gone then."""
    kept = request.session.pop(_KEY + request.path, "")
    told = unseal(b64decode(kept), _KEY) if kept else None
    return msgspec.json.decode(told, type=Once) if told else None
