"""What a device looks at, and who looks at a place, for pages: what was said here comes before the sites file."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec

from custodiet.judge.notes import KINDS, Notes, names_in, names_of
from custodiet.model import Asset, Body
from custodiet.web.estate import Estate
from custodiet.web.knowledge import known_of
from custodiet.web.looks import MOST, Look, assets_of, looks_of


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a device looks at."""

    site: str
    """Id of the site, or of a place of others."""
    name: str
    """Of the place."""
    here: bool
    """Whether it was said here; else the sites file says so."""
    said_by: str
    """Name of the person, with the address where it was said here."""
    at: str
    """ISO 8601 date."""
    reason: str


class Views(msgspec.Struct, frozen=True, kw_only=True):
    """What a device looks at."""

    seen: tuple[Seen, ...] = ()
    withdrawn: tuple[Look, ...] = ()
    """What was taken back."""
    judged_before: bool = False
    """Whether devices were last judged before the last of it was said."""
    places: dict[str, str] = {}
    """Id -> name of every other place that it might look at."""
    described: bool = False
    """Whether it is known what the body is, so that places can be named."""


class Watcher(msgspec.Struct, frozen=True, kw_only=True):
    """A device that looks at a place and hangs elsewhere."""

    device: str
    """Id of the asset; empty: it is known by its name alone."""
    label: str
    hangs_at: str
    """Name of the site where it hangs; empty: not known."""
    known: bool
    """Whether there still is such a device."""
    reason: str
    said_by: str


def _body(estate: Estate) -> Body | None:
    return known_of(estate).body


def places_of(estate: Estate) -> dict[str, str]:
    """Id -> name of the sites of a body and of the places of others."""
    body = _body(estate)
    return {site.id: site.name for site in (*body.sites, *body.others)} if body else {}


def views_of(estate: Estate, asset: Asset) -> Views:
    """What a device looks at, as it holds now; verdicts follow when it is next judged."""
    body, places = _body(estate), places_of(estate)
    said = {look.site: look for look in looks_of(estate, device=asset.id)}
    seen = {look.site: _seen(look, places) for look in said.values() if look.looks}
    for note in Notes(body).looking(asset):
        for site in note.looks_at:
            if site not in said:
                told = {"said_by": note.decided_by, "at": note.decided_on, "reason": ""}
                seen.setdefault(site, Seen(site=site, name=places.get(site, site), here=False, **told))
    published = estate.row.published
    return Views(
        seen=tuple(seen.values()),
        withdrawn=tuple(look for look in said.values() if not look.looks),
        judged_before=any(published is None or look.at > published for look in said.values()),
        places={id: name for id, name in places.items() if id not in seen and id != asset.site},
        described=body is not None,
    )


def _signed(look: Look) -> str:
    return look.who if look.said_by in ("", look.who) else f"{look.said_by} ({look.who})"


def _seen(look: Look, places: dict[str, str]) -> Seen:
    day = look.at.date().isoformat()
    name = places.get(look.site, look.site)
    return Seen(site=look.site, name=name, here=True, said_by=_signed(look), at=day, reason=look.reason)


def watchers_of(estate: Estate, site: str) -> tuple[Watcher, ...]:
    """The devices that look at a place from elsewhere, as far as people said so."""
    body, places, looks = _body(estate), places_of(estate), looks_of(estate, site=site)
    assets = assets_of(estate, looks[:MOST])
    told = {name for asset in assets.values() for name in names_of(asset)}
    found = [
        Watcher(
            device=look.device,
            label=assets[look.device].label if look.device in assets else look.label,
            hangs_at=_hangs(assets.get(look.device), places),
            known=look.device in assets,
            reason=look.reason,
            said_by=_signed(look),
        )
        for look in looks[:MOST]
        if look.looks and not (look.device in assets and assets[look.device].site == site)
    ]
    for note in body.devices if body else ():
        if site in note.looks_at and not names_in(note) & told and len(found) < MOST:
            label = next(value for kind in KINDS[::-1] if (value := getattr(note, kind)))
            found.append(Watcher(device="", label=label, hangs_at="", known=True, reason="", said_by=note.decided_by))
    return tuple(found)


def watching(estate: Estate) -> Counter[str]:
    """Id of a place -> how many devices look at it, as far as people said so."""
    body, looks = _body(estate), looks_of(estate)
    assets = assets_of(estate, looks)
    found, told = Counter[str](), defaultdict[str, set[tuple[str, str]]](set)
    for look in looks:
        if look.device in assets:
            found[look.site] += look.looks
            told[look.site] |= names_of(assets[look.device])
    for note in body.devices if body else ():
        found.update(site for site in note.looks_at if not names_in(note) & told[site])
    return found


def _hangs(asset: Asset | None, places: dict[str, str]) -> str:
    return places.get(asset.site, asset.site) if asset and asset.site else ""
