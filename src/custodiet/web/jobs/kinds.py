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
from custodiet.web.store.models import Body, Job, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a kind is given."""

    job: Job
    case: Case
    root: Path
    """Folder of the web application."""
    catalog: Catalog
    progress: Progress


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """Conclude everything again: somebody changed what it depends on."""

    without: tuple[str, ...] = ()
    """Ids of sources that were wrong: they are kept, and count no more."""


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
    """Names of files that had been read before, to their end."""
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
    known = set(there.values_list("sha256", flat=True))
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
    came = _concluded(work, matcher, tuple(skipped))
    return msgspec.structs.replace(
        came,
        sources=tuple(source.id for source in work.case.sources() if source.sha256 in digests),
        known=tuple(given.name for given in wanted.files if given.sha256 in known),
    )


def again(work: Work) -> Came:
    """Conclude what is there."""
    work.case.replace(msgspec.json.decode(work.job.wanted, type=Again).without)
    return _concluded(work, Matcher(work.catalog), ())


def _concluded(work: Work, matcher: Matcher, skipped: tuple[Issue, ...]) -> Came:
    """By the directives and date of the last audit; the first time by those that address the body, and today."""
    before, lasting = _recalled(work.case)
    row = Body.objects.get(id=work.job.body_id)
    told = as_told(lasting.body if lasting else None, row)
    context = steps.conclude_again(
        work.case,
        matcher,
        worst_first,
        on=lasting.on if lasting else date.today().isoformat(),
        body=_with_answers(told, Estate(row)) if told else None,
        # where nobody had said whose devices these are, none was asked
        directives=before.directives
        if before and before.directives
        else directives_for(work.catalog, None)
        if told
        else (),
        # what people sent is told with the job: there it can be sent again
        skipped=before.skipped if before else (),
        folders=tuple(map(Path, lasting.folders)) if lasting else (),
        progress=work.progress,
    )
    counted = before.counts.totals if before else None
    return Came(skipped=skipped, before=counted, after=context.counts.totals)


class _Lasting(msgspec.Struct, frozen=True, kw_only=True):
    """What of the last audit holds whatever version made it; the directives are then those of the catalog."""

    on: str
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
