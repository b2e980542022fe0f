"""The catalog in a running web process: loaded once, with the directives that a body was judged by put before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import msgspec
from django.utils.translation import gettext as _

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog
from custodiet.model import Assessment, Body, Directive, Site, Source
from custodiet.report.names import CatalogNames
from custodiet.web.estate import Estate
from custodiet.web.held import Held
from custodiet.web.own_sites import body_of, said_of

HELD = 32
"""Bodies of which names are kept in memory."""


@cache
def catalog() -> Catalog:
    """Ours; it does not change while a process runs."""
    return load_catalog()


class _Judged(msgspec.Struct):
    """What of the context of an audit is wanted here."""

    directives: tuple[Directive, ...] = ()
    chosen: bool = True


@dataclass(frozen=True, kw_only=True)
class Known:
    """What pages of a body need beside its devices, the same until the next assessment or word on its sites."""

    names: CatalogNames
    """Names for ids."""
    head: Assessment | None
    """Of the last assessment."""
    chosen: bool
    """Whether the date that was judged for was chosen; else it was the day on which it was judged."""
    body: Body | None
    """The body as it was last judged, with what was said of its sites since; none: it is not known what it is."""
    sites: dict[str, Site]
    """By id."""
    gone: dict[str, str]
    """Sites that were taken away: id -> name; devices stand there until they are judged again."""
    sources: dict[str, Source]
    """By id."""

    def site(self, id: str) -> str:
        """Name of a site; of one that was taken away the one it had, with that."""
        if id in self.sites:
            return self.sites[id].name
        return _("{name} (taken away)").format(name=self.gone[id]) if id in self.gone else id

    def maker(self, id: str) -> str:
        """A company as people call it: the name it prints on its own devices where there is one."""
        own = self.names.brand(id)
        return own if own != id else self.names.company(id)

    @property
    def day_chosen(self) -> str:
        """ISO 8601 date for which devices are judged, where somebody chose it; empty: it is the day of judging."""
        return self.head.on if self.head is not None and self.chosen else ""

    def directive(self, id: str) -> str:
        """Title of a directive."""
        found = self.names.directive(id)
        return found.title if found else id


def _read(estate: Estate) -> Known:
    kept, head = estate.remembered("context"), estate.assessment()
    said = said_of(estate)
    body = body_of(estate, head, said)
    judged = msgspec.json.decode(kept, type=_Judged) if kept else _Judged()
    were = [*(head.body.sites if head and head.body else ()), *(one.noun for one in said if one.noun)]
    sites = {site.id: site for site in body.sites} if body else {}
    there = {*sites, *(site.id for site in (body.others if body else ()))}
    return Known(
        names=CatalogNames(catalog(), judged.directives),
        head=head,
        chosen=judged.chosen,
        body=body,
        sites=sites,
        gone={one.id: one.name for one in were if one.id not in there},
        sources={source.id: source for source in head.sources} if head else {},
    )


def _state_of(estate: Estate) -> tuple[object, ...]:
    row = estate.row
    return row.published, row.described, row.name, row.country, row.kind


_held: Held[Known] = Held(_read, room=HELD, mark=_state_of)


def known_of(estate: Estate) -> Known:
    """What is known of a body; kept in memory until it is judged again, or somebody says something of its sites."""
    return _held.of(estate)


def names_of(estate: Estate) -> CatalogNames:
    """Names for the ids in what was concluded of a body."""
    return known_of(estate).names
