"""Where the sites of a body are: as people placed them here, else as the sites file says."""

from __future__ import annotations

from typing import Literal

import msgspec

from custodiet.model import Position, Site
from custodiet.web.columns import columns_of
from custodiet.web.estate import Estate
from custodiet.web.knowledge import known_of
from custodiet.web.places_in_view import watching
from custodiet.web.progress import counts_of
from custodiet.web.store.models import Published, SitePlace

Stands = Literal["not_satisfied", "undetermined", "rest", "not_judged", "none", "theirs"]
"""The worst of its devices; ``rest``: neither, ``not_judged``: none of them was, ``none``: it has no device,
``theirs``: it is a place of others, where nothing of the body hangs."""


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A site with how it stands."""

    id: str
    name: str
    position: Position | None
    """None: nobody said where it is."""
    devices: int
    not_satisfied: int
    undetermined: int
    stands: Stands
    watchers: int = 0
    """Devices that look at it, of a place of others."""


def placed(estate: Estate) -> dict[str, Position | None]:
    """Id of a site -> where people placed it here; none: that was taken back."""
    rows = estate.rows(SitePlace).order_by("number").values_list("site", "latitude", "longitude")
    return {site: Position(latitude=north, longitude=east) if north is not None else None for site, north, east in rows}


def pins(estate: Estate) -> list[Pin]:
    """All sites of a body, those that stand worst before the others, then by name."""
    last = estate.rows(Published).order_by("-number").first()
    counts, here = counts_of(last) if last else {}, placed(estate)
    columns = columns_of(estate)
    calm = frozenset(columns["site"].count(columns["outcome"].where(lambda outcome: outcome == "rest")))
    found = [
        _pin(site, counts.get(site.id, (0, 0, 0)), here, site.id in calm) for site in known_of(estate).sites.values()
    ]
    return sorted(found, key=lambda pin: (-pin.not_satisfied, -pin.undetermined, pin.name, pin.id))


def others(estate: Estate) -> list[Pin]:
    """The places of others, by name."""
    body, here = known_of(estate).body, placed(estate)
    found = body.others if body else ()
    looking = watching(estate) if found else {}
    return sorted(
        (
            Pin(
                id=site.id,
                name=site.name,
                position=here.get(site.id) or site.position,
                devices=0,
                not_satisfied=0,
                undetermined=0,
                stands="theirs",
                watchers=looking.get(site.id, 0),
            )
            for site in found
        ),
        key=lambda pin: (pin.name, pin.id),
    )


def pin(estate: Estate, site: str) -> Pin | None:
    """One site, or place of others; none where there is no such place."""
    return next((one for one in (*pins(estate), *others(estate)) if one.id == site), None)


def around(estate: Estate) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all sites that are on the map; none: none is."""
    there = [one.position for one in (*pins(estate), *others(estate)) if one.position]
    if not there:
        return None
    across, up = [one.longitude for one in there], [one.latitude for one in there]
    return min(across), min(up), max(across), max(up)


def elsewhere(estate: Estate) -> int:
    """Devices at no known site."""
    last = estate.rows(Published).order_by("-number").first()
    known = known_of(estate).sites
    return sum(counts[0] for site, counts in counts_of(last).items() if site not in known) if last else 0


def _pin(site: Site, counts: tuple[int, int, int], here: dict[str, Position | None], calm: bool) -> Pin:
    devices, bad, undecided = counts
    seen: Stands = "rest" if calm else "not_judged" if devices else "none"
    stands: Stands = "not_satisfied" if bad else "undetermined" if undecided else seen
    return Pin(
        id=site.id,
        name=site.name,
        position=here.get(site.id) or site.position,
        devices=devices,
        not_satisfied=bad,
        undetermined=undecided,
        stands=stands,
    )
