"""The versions that a device told over time: two spellings of one are one, and a shorter one is part of the longer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from custodiet.model import FirmwareSeen, Identification, Observation

MOST_EVIDENCE = 10
"""Ids told of one version."""

_PARTS = re.compile(r"[0-9]+|[a-z]+")


@dataclass(slots=True)
class _Version:
    version: str
    parts: tuple[str, ...]
    seen: list[Observation] = field(default_factory=list)


def ledger(observations: Iterable[Observation], readings: Mapping[str, str]) -> tuple[FirmwareSeen, ...]:
    """The versions, oldest first; those without a time stand last.

    Args:
        observations: those whose attribute is read as firmware.
        readings: id of an observation -> the version that was concluded from it, which comes before its raw value.
    """
    versions: list[_Version] = []
    for one in sorted(observations, key=lambda o: (o.first_seen is None, o.first_seen or 0.0, o.id)):
        text = readings.get(one.id, one.value).strip()
        parts = _parts(text)
        if not parts:
            continue
        same = next((v for v in versions if v.parts[: len(parts)] == parts[: len(v.parts)]), None)
        if same is None:
            versions.append(same := _Version(text, parts))
        elif len(parts) > len(same.parts):
            same.version, same.parts = text, parts
        same.seen.append(one)
    return tuple(map(_told, versions))


def is_same(one: str, other: str) -> bool:
    """Whether two texts may be the same version: spelled differently, or one shorter than the other."""
    left, right = _parts(one), _parts(other)
    return left[: len(right)] == right[: len(left)]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS.findall(text.lower()) if part not in ("v", "build"))


def readings_of(identification: Identification) -> dict[str, str]:
    """Id of an observation -> the version that was concluded from it."""
    concluded = identification.get("firmware")
    return {id: c.value for c in (*concluded.claims_for, *concluded.claims_against) for id in c.observations}


def _told(version: _Version) -> FirmwareSeen:
    begun = [one.first_seen for one in version.seen if one.first_seen is not None]
    ended = [last for one in version.seen if (last := one.last_seen or one.first_seen) is not None]
    return FirmwareSeen(
        version=version.version,
        first_seen=min(begun, default=None),
        last_seen=max(ended, default=None),
        evidence=tuple(one.id for one in version.seen[:MOST_EVIDENCE]),
    )
