"""What a device looks at, where a sentence asks about the place: a camera on a mast sees what one at the gate would.

People say which places it looks at. Where the record of a sentence says so (`in_view`), each of these places is asked
like the one where it hangs: a yes of any is a yes, and only a no of all is a no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from custodiet.judge.events import OR_ELSE, Told
from custodiet.judge.notes import at_site
from custodiet.model import Body, DeviceNote, Site


@dataclass(frozen=True, slots=True)
class View:
    """A place that a device looks at, and who says so."""

    site: Site
    """With what was decided about the device itself in the place of what was decided about the site."""
    own: bool
    """Whether it is a site of the body; answers for the body as a whole do not hold for places of others."""
    said: str
    """The statement as evidence: who and when."""
    signed: bool

    def told(self, told: Told) -> str:
        """A reason that is about this place."""
        unsigned = "" if self.signed else " (nobody signed that it does)"
        return f"it looks at {self.site.name}{unsigned}, and there {told.because}"


def views_of(
    body: Body | None, looking: Sequence[DeviceNote], note: DeviceNote | None, here: str | None
) -> tuple[View, ...]:
    """The places that a device looks at, but for the site where it hangs; one that is not there is passed over.

    Args:
        body: whose device.
        looking: the notes that say what it looks at; of those who say the same, one who signed is cited.
        note: what else is known of it, whose decisions come before those of a place.
        here: id of the site where it hangs.
    """
    if body is None or not looking:
        return ()
    own = {site.id: site for site in body.sites}
    known = {site.id: site for site in body.others} | own
    said: dict[str, View] = {}
    for one in sorted(looking, key=_signed, reverse=True):
        who = f"{one.decided_by or 'not said by whom'}, {one.decided_on or 'not said when'}"
        for id in one.looks_at:
            if id in known and id != here and id not in said:
                site = at_site(note, known[id]) if note else known[id]
                said[id] = View(site or known[id], id in own, f"note:looks_at={id} ({who})", _signed(one))
    return tuple(said.values())


def _signed(note: DeviceNote) -> bool:
    return bool(note.decided_by and note.decided_on)


def with_views(here: Told, views: Sequence[View], ask: Callable[[View], Told], unsigned: float) -> Told:
    """The answer for the place where a device hangs together with those for the places that it looks at.

    Args:
        here: the answer for the place where it hangs.
        views: the places that it looks at.
        ask: gives the answer for one of them.
        unsigned: confidence of what nobody signed.
    """
    if here.holds or not views:
        return here
    there = [(view, ask(view)) for view in views]
    hits = [
        Told(True, view.told(told), (view.said, *told.evidence), min(told.confidence, 1.0 if view.signed else unsigned))
        for view, told in there
        if told.holds
    ]
    if hits:
        return max(hits, key=lambda told: told.confidence)
    evidence = (*here.evidence, *_each(((view.said, *told.evidence) for view, told in there)))
    left = [(view, told) for view, told in there if told.holds is None]
    if here.holds is None or left:
        reasons = [here.because] * (here.holds is None) + [view.told(told) for view, told in left]
        needed = [here.missing or here.because] * (here.holds is None)
        needed += [f"for {view.site.name}, at which it looks: {told.missing or told.because}" for view, told in left]
        return Told(None, "; ".join(reasons), evidence, 0.0, OR_ELSE.join(needed))
    names = " and ".join(view.site.name for view in views)
    because = f"{here.because}; no such place is {names}, at which it looks"
    return Told(False, because, evidence, min(here.confidence, *(told.confidence for _, told in there)))


def _each(parts: Iterable[Iterable[str]]) -> Iterable[str]:
    return dict.fromkeys(one for part in parts for one in part)
