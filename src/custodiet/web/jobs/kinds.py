"""What there is to be done with the case of a body; each kind reads what was wanted and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.concluding import Progress
from custodiet.errors import UsageError
from custodiet.identify import Matcher
from custodiet.judge import directives_for
from custodiet.model import Body as Owner
from custodiet.model import Issue, Totals
from custodiet.report.summary import worst_first
from custodiet.sources import READERS
from custodiet.web.estate import Estate
from custodiet.web.jobs.folders import Given, file_of
from custodiet.web.looks import assets_of, looks_of, with_looks
from custodiet.web.own_sites import as_told, said_of, with_sites
from custodiet.web.site_decisions import recorded, with_decisions
from custodiet.web.store.models import Body, Job, Replaced, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a kind is given."""

    job: Job
    case: Case
    root: Path
    """Folder of the web application."""
    catalog: Catalog
    progress: Progress
    today: date
    """The day on which it is done."""


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """Conclude everything again: somebody changed what it depends on."""

    without: tuple[str, ...] = ()
    """Ids of sources that were wrong: they are kept, and count no more."""
    on: str = ""
    """ISO 8601 date to judge for; empty: today."""
    by_itself: bool = False
    """No person asked for it, so a date that somebody chose before stays."""


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """Files that are to be read."""

    files: tuple[Given, ...]
    zone: str = ""
    """Time zone of logs that do not say theirs."""
    instead_of: tuple[str, ...] = ()
    """Ids of sources that these correct: they are kept, and count no more."""


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    sources: tuple[str, ...] = ()
    """Ids of what was read."""
    known: tuple[str, ...] = ()
    """Names of files that had been read before, to their end and in the same way."""
    anew: tuple[str, ...] = ()
    """Names of files that had been read before with other columns or another time zone; that counts no more."""
    skipped: tuple[Issue, ...] = ()
    """Files that were not read."""
    before: Totals | None = None
    """How many devices there were; none: nothing had been concluded."""
    after: Totals
    """How many there are."""


def bring_in(work: Work) -> Came:
    """Read files and conclude."""
    wanted = msgspec.json.decode(work.job.wanted, type=Files)
    matcher = Matcher(work.catalog)
    work.case.replace(wanted.instead_of)
    digests = {given.sha256 for given in wanted.files}
    there = Source.objects.filter(body=work.job.body, complete=1, sha256__in=digests)
    gone = Replaced.objects.filter(body=work.job.body).values("source")
    # by id, in which stands how it was read: the same bytes may tell something else now
    known, before = (dict(rows.values_list("id", "sha256")) for rows in (there.exclude(id__in=gone), there))
    skipped: list[Issue] = []
    for place, given in enumerate(wanted.files):
        path = str(file_of(work.root, work.job.id, place))
        skipped += steps.read_inputs(
            work.case,
            [path],
            READERS,
            Path(path).parent,
            columns=given.columns,
            progress=work.progress,
            matcher=matcher,
            zone=wanted.zone,
            names={path: given.name},
        )
    came = _concluded(work, matcher, tuple(skipped), names=frozenset(given.name for given in wanted.files))
    read = {source.id: source.sha256 for source in work.case.sources() if source.sha256 in digests}
    same = {known[id] for id in read if id in known}
    other = set(before.values()) & {digest for id, digest in read.items() if id not in known}
    return msgspec.structs.replace(
        came,
        sources=tuple(read),
        known=tuple(given.name for given in wanted.files if given.sha256 in same),
        anew=tuple(given.name for given in wanted.files if given.sha256 in other),
    )


def again(work: Work) -> Came:
    """Conclude what is there."""
    wanted = msgspec.json.decode(work.job.wanted, type=Again)
    work.case.replace(wanted.without)
    return _concluded(work, Matcher(work.catalog), (), wanted)


def _concluded(
    work: Work,
    matcher: Matcher,
    skipped: tuple[Issue, ...],
    wanted: Again | None = None,
    names: frozenset[str] = frozenset(),
) -> Came:
    """For today or the date that was chosen; by the directives of the last audit, the first time by those that address
    the body.

    Args:
        work, wanted: what is asked.
        matcher: made ready.
        skipped: files of it that could not be read.
        names: of all its files; what is said of an earlier one of the same name no longer holds.
    """
    before, lasting = _recalled(work.case)
    stays = lasting.on if wanted and wanted.by_itself and lasting and lasting.chosen else ""
    chosen = (wanted.on if wanted else "") or stays
    row = Body.objects.get(id=work.job.body_id)
    told = as_told(lasting.body if lasting else None, row)
    context = steps.conclude_again(
        work.case,
        matcher,
        worst_first,
        on=chosen or work.today.isoformat(),
        chosen=bool(chosen),
        body=_with_answers(told, Estate(row)) if told else None,
        # where nobody had said whose devices these are, none was asked
        directives=before.directives
        if before and before.directives
        else directives_for(work.catalog, None)
        if told
        else (),
        skipped=(*(one for one in (before.skipped if before else ()) if one.source not in names), *skipped),
        folders=tuple(map(Path, lasting.folders)) if lasting else (),
        progress=work.progress,
    )
    counted = before.counts.totals if before else None
    return Came(skipped=skipped, before=counted, after=context.counts.totals)


class _Lasting(msgspec.Struct, frozen=True, kw_only=True):
    """What of the last audit holds whatever version made it; the directives are then those of the catalog."""

    on: str
    chosen: bool = True
    body: Owner | None = None
    folders: tuple[str, ...] = ()


def _recalled(case: Case) -> tuple[steps.Context | None, steps.Context | _Lasting | None]:
    """The last audit, where this version understands it, and what of it is understood in any case."""
    try:
        context = steps.recall(case)
        return context, context
    except UsageError:
        with suppress(msgspec.DecodeError):
            return None, msgspec.json.decode(case.meta("context") or "", type=_Lasting)
    return None, None


def _with_answers(body: Owner, estate: Estate) -> Owner:
    """The body with its sites and the answers that people gave here, and what they said of what devices look at."""
    looks = looks_of(estate)
    described = with_sites(body, said_of(estate))
    return with_looks(with_decisions(described, recorded(estate)), looks, assets_of(estate, looks))


KINDS: dict[str, Callable[[Work], Any]] = {"import": bring_in, "again": again}
"""Word of a job -> the function that does it."""
