"""An alert as a message for a program: JSON, signed with a secret that only the receiver and the sealed row have."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec

from custodiet.report.guard import json_bytes
from custodiet.web.accounts.sealed import seal, unseal
from custodiet.web.alerts.topics import Part
from custodiet.web.alerts.words import subject
from custodiet.web.store.models import Delivery, Webhook

FORMAT = "custodiet-alert/1"
PREFIX = "custodiet_hook_"
"""So that programs that look for secrets in the wrong places know one."""


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """A body."""

    id: str
    name: str


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is told."""

    format: str = FORMAT
    id: str
    """Of the message: the same when it is sent again."""
    at: datetime
    """When it was written."""
    event: str
    body: Whose
    text: str
    """What it means, for people; no text of a device is in it."""
    link: str
    """Where it is seen; empty: the server was not told under which address people reach it."""
    parts: tuple[Part, ...]


def payload(delivery: Delivery, parts: Sequence[Part], address: str) -> bytes:
    """The message of a delivery.

    Args:
        delivery: with its alert and body.
        parts: what is told.
        address: under which people reach the server.
    """
    alert, body = delivery.alert, delivery.body
    said = subject(body.name, parts)
    link = f"{address}/b/{body.id}/alerts/" if address else ""
    whose = Whose(id=body.id, name=body.name)
    told = Payload(id=delivery.id, at=alert.at, event=alert.event, body=whose, text=said, link=link, parts=tuple(parts))
    return json_bytes(told)


def signature(secret: bytes, at: int, body: bytes) -> str:
    """What stands in ``Custodiet-Signature``: seconds since 1970, and HMAC-SHA256 of these, a dot and the body."""
    return f"t={at},v1={hmac.new(secret, b'%d.%s' % (at, body), hashlib.sha256).hexdigest()}"


def make_secret() -> str:
    """A new secret."""
    return PREFIX + secrets.token_urlsafe(32)


def sealed(secret: str, body: str) -> bytes:
    """A secret as a row holds it."""
    return seal(secret.encode(), f"webhook of {body}")


def secret_of(hook: Webhook) -> bytes | None:
    """The secret of a webhook; none where it was sealed with another key than the installation has now."""
    return unseal(bytes(hook.secret), f"webhook of {hook.body_id}")
