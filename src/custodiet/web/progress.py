"""How far a body is: devices by site and outcome, counted while they are put in, and kept for each time they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from custodiet.dates import parse_date
from custodiet.model import Finding
from custodiet.web.store import models

_decode = msgspec.json.Decoder(dict[str, tuple[int, int, int]]).decode


class Progress:
    """Counts of one conclusion."""

    def __init__(self) -> None:
        self._sites: dict[str, list[int]] = {}
        self._standings: dict[str, dict[str, dict[str, int]]] = {}
        self._directives: set[str] = set()
        self._deadline = ""

    def add(self, site: str, outcome: str, directives: Iterable[str], due: str) -> None:
        """Count one device.

        Args:
            site: id of its site; empty: not known.
            outcome: as `report.order.outcome` says.
            directives: ids of those that ask something of it.
            due: the first day by which one wants something done; empty: none.
        """
        counts = self._sites.setdefault(site, [0, 0, 0])
        counts[0] += 1
        counts[1] += outcome == "not_satisfied"
        counts[2] += outcome == "undetermined"
        self._directives.update(directives)
        if due and (not self._deadline or due < self._deadline):
            self._deadline = due

    def stand(self, site: str, kind: str, standing: str) -> None:
        """Count how one device stands."""
        here = self._standings.setdefault(site, {}).setdefault(kind, {})
        here[standing] = here.get(standing, 0) + 1

    def keep(self, body: models.Body, at: datetime, on: str) -> None:
        """Add a row, where it says anything that the one before does not."""
        sites = msgspec.json.encode(self._sites, order="deterministic").decode()
        directives = msgspec.json.encode(sorted(self._directives)).decode()
        standings = msgspec.json.encode(self._standings, order="deterministic").decode()
        said = {"on": on, "sites": sites, "standings": standings, "directives": directives, "deadline": self._deadline}
        last = models.Published.objects.filter(body=body).order_by("-number").first()
        if last is None or any(getattr(last, name) != value for name, value in said.items()):
            models.Published.objects.create(body=body, at=at, **said)


def earliest(findings: Iterable[Finding]) -> str:
    """The first day by which something has to be done by those that are not satisfied; empty: none says a day."""
    due = [finding.deadline for finding in findings if finding.status == "not_satisfied" and finding.deadline]
    return min((parse_date(text).last.isoformat() for text in due), default="")


def standings_of(row: models.Published, site: str = "") -> dict[str, Counter[str]]:
    """Kind of device -> how it stands -> how many; at one site, or at all."""
    told: dict[str, Counter[str]] = {}
    for here, kinds in msgspec.json.decode(row.standings, type=dict[str, dict[str, dict[str, int]]]).items():
        for kind, counts in kinds.items() if site in ("", here) else ():
            told.setdefault(kind, Counter()).update(counts)
    return told


def asking(row: models.Published) -> frozenset[str]:
    """Ids of the directives that ask something of any device."""
    return frozenset(msgspec.json.decode(row.directives, type=list[str]))


def counts_of(row: models.Published) -> dict[str, tuple[int, int, int]]:
    """Id of a site -> devices, not satisfied, undecided."""
    return _decode(row.sites)
