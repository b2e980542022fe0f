"""Writes what is installed beside custodiet as a list of parts (CycloneDX 1.6, JSON), to standard output.

python scripts/make_sbom.py [EXTRA ...]

Without an extra: what the command line needs. With `web` or `postgresql`: what a server needs too. Run it with the
Python of the installation, since the versions are those that stand there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([\w-]+)[\"']")


def plain(name: str) -> str:
    """A name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(lines: Iterable[str], extras: Iterable[str], found: dict[str, Distribution]) -> None:
    """Add what requirements name, and what that needs; what is not installed here is not needed here.

    Args:
        lines: requirements, as packages state them.
        extras: those that count beside what is always needed.
        found: name -> the package, to be added to.
    """
    wanted = {"", *extras}
    for line in lines:
        told, extra = _NAME.match(line), _EXTRA.search(line)
        if told is None or (extra[1] if extra else "") not in wanted:
            continue
        inner = re.search(r"\[([\w, -]+)\]", line.partition(";")[0])
        inside = [one.strip() for one in inner[1].split(",")] if inner else []
        try:
            part = distribution(told[0])
        except PackageNotFoundError:
            continue
        first = plain(told[0]) not in found
        if first or inside:
            found[plain(told[0])] = part
            needed(part.requires or (), inside, found)


def bill(extras: Iterable[str], now: datetime, lines: Iterable[str] = ()) -> dict[str, object]:
    """The list of parts.

    Args:
        extras: of custodiet.
        now: when it is made.
        lines: its requirements; none: as it was installed.
    """
    found: dict[str, Distribution] = {}
    needed(lines or distribution("custodiet").requires or (), extras, found)
    found.pop("custodiet", None)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "component": {"type": "application", "name": "custodiet", "version": distribution("custodiet").version},
        },
        "components": [
            {
                "type": "library",
                "name": name,
                "version": part.version,
                "purl": f"pkg:pypi/{name}@{part.version}",
                "licenses": [{"license": {"name": licence_of(part)}}],
            }
            for name, part in sorted(found.items())
        ],
    }


def licence_of(part: Distribution) -> str:
    """As the package says it, in the first words that say anything."""
    told = part.metadata
    classes = [one.rsplit(" :: ", 1)[-1] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    return (told.get("License-Expression") or " / ".join(classes) or (told.get("License") or "unknown"))[:100]


if __name__ == "__main__":
    print(json.dumps(bill(sys.argv[1:], datetime.now(UTC)), indent=2))
