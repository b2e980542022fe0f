"""The form in which conclusions are stored: it is that of the nouns, and changes with them from version to version.

What was read has a form of its own (`schema`), which is brought up to date. Conclusions are made again instead.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import msgspec

from custodiet.model import Assessment, Directive, Entry

SHAPE = "shape"
"""What a case remembers it under."""


@cache
def shape() -> str:
    """A hash of the fields and types of all that is stored of devices and of an assessment."""
    told = msgspec.json.schema_components([Entry, Assessment, Directive])[1]
    return hashlib.sha256(msgspec.json.encode(_bare(told), order="deterministic")).hexdigest()


def _bare(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _bare(value) for key, value in told.items() if key != "description" or not isinstance(value, str)}
    return [_bare(value) for value in told] if isinstance(told, list) else told
