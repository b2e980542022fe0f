"""What is made of a catalog once for each version, which never changes, and is let go with it.

The catalog of a dossier is asked once and never again; a process that makes many must not keep what was made of each.
"""

from __future__ import annotations

from typing import Any

_ALL: list[dict[str, Any]] = []


def by_version() -> dict[str, Any]:
    """Version of a catalog -> what was made of it; `forget` takes it out."""
    made: dict[str, Any] = {}
    _ALL.append(made)
    return made


def forget(version: str) -> None:
    """Let go what was made of a catalog; whoever asks it again makes it anew."""
    for made in _ALL:
        made.pop(version, None)
