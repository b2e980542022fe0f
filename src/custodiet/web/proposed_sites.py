"""Places that registers name and that are no site of the body."""

from __future__ import annotations

import msgspec
from django.db.models import Count

from custodiet.model import Body
from custodiet.sites import folded
from custodiet.web.describe_sites import LONGEST
from custodiet.web.estate import Estate
from custodiet.web.held import Held
from custodiet.web.store.models import Observation, Replaced

MOST_READ = 5_000
"""Different places that are looked at: those that are named most."""
MOST = 100
"""That are proposed."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A place that could be a site."""

    name: str
    """As registers write it."""
    entries: int
    """Entries of registers that name it."""


def _read(estate: Estate) -> dict[str, Proposal]:
    """Places as registers write them, those that most entries name before the others, by their folded name."""
    replaced = estate.rows(Replaced).values("source")
    rows = estate.rows(Observation).filter(attribute="register.site", number__lte=estate.row.observations)
    counted = rows.exclude(source__in=replaced).values("value").annotate(entries=Count("subject", distinct=True))
    found: dict[str, Proposal] = {}
    for value, entries in counted.order_by("-entries", "value").values_list("value", "entries")[:MOST_READ]:
        name, key = " ".join(value.split()), folded(value)
        if key and len(name) <= LONGEST:
            before = found.get(key)
            found[key] = Proposal(
                name=before.name if before else name, entries=entries + (before.entries if before else 0)
            )
    return dict(sorted(found.items(), key=lambda one: (-one[1].entries, one[0])))


_held: Held[dict[str, Proposal]] = Held(_read, room=32)


def proposals(estate: Estate, body: Body) -> tuple[Proposal, ...]:
    """Places that registers name and that no site is called, those that are named most first; at most `MOST`."""
    if estate.row.published is None:
        return ()
    called = {folded(name) for site in body.sites for name in (site.id, site.name, *site.names)}
    return tuple(one for key, one in _held.of(estate).items() if key not in called)[:MOST]
