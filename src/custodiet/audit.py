"""The hops in their order, over one case: read, resolve, identify, judge, and the head of the assessment.

It joins what the other modules do and decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from custodiet import __version__, reaching, statements
from custodiet.casefile import BATCH, Case
from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import nearest
from custodiet.concluding import FLOWS_SHOWN, Progress, SortKey, addresses, conclude, gives_a_sign, placed_asset
from custodiet.errors import SourceError, UsageError
from custodiet.identify import Matcher
from custodiet.identify.dossier import Dossier, make_dossier
from custodiet.identify.text import split_rows
from custodiet.judge import Judge
from custodiet.model import (
    Assessment,
    Body,
    Directive,
    Egress,
    Entry,
    Finding,
    Flow,
    Identification,
    Issue,
    Observation,
    Source,
    Tally,
)
from custodiet.reaching import Kept
from custodiet.sources.base import Reader, ReadOptions
from custodiet.sources.intake import expand, make_source, recognise, unreadable
from custodiet.statements import statements_of
from custodiet.talking import Once, egress_of_case
from custodiet.unseen import Counts, what_we_could_not_see

__all__ = [
    "FLOWS_SHOWN",
    "Context",
    "Progress",
    "addresses",
    "assess",
    "cited",
    "conclude",
    "conclude_again",
    "dossier",
    "entries",
    "gives_a_sign",
    "placed_asset",
    "read_inputs",
    "read_more",
    "recall",
    "recalled",
    "remember",
]

_FLOWS = 10
"""So many flows count as one item of a batch: they are small, and each batch of them touches most of their indexes."""


def read_inputs(
    case: Case,
    inputs: Sequence[str],
    readers: Sequence[Reader],
    scratch: Path,
    *,
    columns: dict[str, str] | None = None,
    progress: Progress | None = None,
    matcher: Matcher | None = None,
    zone: str = "",
    names: Mapping[str, str] | None = None,
) -> tuple[Issue, ...]:
    """Read everything into the case.

    Args:
        case: where observations go.
        inputs: files, folders and ``-``.
        readers: in the order in which they are asked.
        scratch: a folder for standard input.
        columns: heading -> field, where the user corrects a guess.
        progress: who wants to hear.
        matcher: tells the things apart that one row or sentence names; none: rows stay as they are.
        zone: name of the time zone of logs that do not say theirs; empty: not said, and a log that was read with one
            before keeps it.
        names: path -> what people call the file, where that is something else.

    Returns:
        What was skipped as a whole, each with its reason.
    """
    progress = progress or Progress()
    corrected = columns or {}
    columns = {**case.remembered_columns(), **corrected}
    skipped: list[Issue] = []
    for found in expand(inputs, scratch):
        if isinstance(found, Issue):
            skipped.append(found)
            continue
        path, name = found
        name = (names or {}).get(name, name)
        reader = recognise(path, name, readers)
        if isinstance(reader, Issue):
            skipped.append(reader)
            continue
        try:
            source = make_source(path, name, reader, columns, zone=zone)
        except OSError as fault:
            skipped.append(unreadable(name, fault))
            continue
        if reader.zoned and not zone:
            source = _with_its_zone(case, source)
        progress.file(name, source.size)
        if case.begin_source(source):
            known = source.read_with.get("zone", "") if reader.zoned else ""
            options = ReadOptions(progress=progress.done, columns=columns, zone=known)
            skipped.extend(_read_one(case, path, source, reader, options, matcher, progress))
    if corrected:
        skipped += _remember_columns(case, corrected)
    return tuple(sorted(skipped, key=msgspec.structs.astuple))


def _with_its_zone(case: Case, source: Source) -> Source:
    """The source as it was read before, where the user then said in which zone it was written."""
    return next((one for one in case.sources() if one.sha256 == source.sha256 and "zone" in one.read_with), source)


def _remember_columns(case: Case, corrected: dict[str, str]) -> Iterator[Issue]:
    """Keep the corrections that met a heading; one that met none is told, since it is a slip of the pen."""
    headings = {heading for tally in case.tallies() for heading in tally.columns}
    met = {heading for heading in corrected if heading in headings or heading.rpartition("!")[2] in headings}
    case.remember_columns({heading: corrected[heading] for heading in met})
    for heading in sorted(corrected.keys() - met):
        yield Issue(
            source="--column",
            place=heading,
            reason="no table that was read has this heading",
            next_step=nearest(heading, headings),
        )


def _read_one(
    case: Case,
    path: Path,
    source: Source,
    reader: Reader,
    options: ReadOptions,
    matcher: Matcher | None,
    progress: Progress,
) -> Iterator[Issue]:
    batch: list[Observation | Flow | Issue | Tally] = []
    try:
        items = reader.read(path, source, options)
        if matcher and source.kind in ("register", "purchase_record"):
            told = partial(progress.processes, f"reading {source.name}")
            items = split_rows(items, matcher, prose=reader.id == "prose", processes=told)
        room = BATCH * _FLOWS
        for item in items:
            batch.append(item)
            room -= 1 if type(item) is Flow else _FLOWS
            if room <= 0:
                case.add(batch)
                batch.clear()
                room = BATCH * _FLOWS
    except SourceError as fault:
        batch.append(
            Issue(
                source=source.id,
                place="" if fault.place == source.name else fault.place,
                reason=fault.reason,
                next_step=fault.next_step,
                severity="incomplete",
            )
        )
    except OSError as fault:
        case.add(batch)
        yield unreadable(source.name, fault)
        return
    case.add(batch)
    case.end_source(source.id)


def read_more(
    case: Case,
    inputs: Sequence[str],
    readers: Sequence[Reader],
    scratch: Path,
    catalog: Catalog,
    worst_first: Callable[[Entry], SortKey],
    *,
    folders: Sequence[Path] = (),
    progress: Progress | None = None,
    zone: str = "",
) -> Context:
    """Read more into a case and conclude it again, by the body, directives and date of its last audit if there was one.

    Args:
        case, inputs, readers, scratch, progress, zone: as for `read_inputs`.
        catalog: what we know today.
        worst_first: as for `conclude`.
        folders: of the user's own catalog that were read beside ours.

    Returns:
        What the case remembers from now on.
    """
    before = recall(case)
    matcher = Matcher(catalog)
    skipped = read_inputs(case, inputs, readers, scratch, progress=progress, matcher=matcher, zone=zone)
    return conclude_again(
        case,
        matcher,
        worst_first,
        on=before.on if before else date.today().isoformat(),
        chosen=before.chosen if before else False,
        body=before.body if before else None,
        directives=before.directives if before else (),
        skipped=(*(before.skipped if before else ()), *skipped),
        folders=folders,
        progress=progress,
    )


def conclude_again(
    case: Case,
    matcher: Matcher,
    worst_first: Callable[[Entry], SortKey],
    *,
    on: str,
    chosen: bool,
    body: Body | None,
    directives: tuple[Directive, ...],
    skipped: Iterable[Issue] = (),
    folders: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Context:
    """Conclude everything in a case, by a body, directives and a date; without body and directives nothing is judged.

    Args:
        case, matcher, worst_first, progress: as for `conclude`.
        on: ISO 8601 date to judge for.
        chosen: whether somebody chose it; else it is the day on which this is done.
        body: whose devices.
        directives: to judge by.
        skipped: inputs that were not read.
        folders: of the user's own catalog that were read beside ours.

    Returns:
        What the case remembers from now on.
    """
    judge = Judge(body, directives, matcher.catalog, date.fromisoformat(on)) if body or directives else None
    counts = conclude(case, matcher, judge, worst_first, progress=progress)
    context = Context(
        on=on,
        chosen=chosen,
        body=body,
        directives=directives,
        body_findings=(*judge.inventories(), *judge.fixed) if judge else (),
        catalog=matcher.catalog.version,
        folders=tuple(str(folder.resolve()) for folder in folders),
        skipped=tuple(dict.fromkeys(skipped)),
        counts=counts,
    )
    remember(case, context)
    return context


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the case remembers of the last audit, so that a report is shown again without reading sources again."""

    on: str
    """ISO 8601 date judged for."""
    chosen: bool = True
    """Whether somebody chose that date, so that it stays; else it was the day on which it was judged. Where an earlier
    version did not say it, nothing may be judged anew by itself."""
    body: Body | None
    """Whose devices."""
    directives: tuple[Directive, ...]
    """The directives that were applied, whole: a later catalog must not change what an old report says."""
    body_findings: tuple[Finding, ...]
    """What they ask of the body as a whole."""
    catalog: str
    """Version of the catalog."""
    folders: tuple[str, ...] = ()
    """The folders of the user that were read beside ours, so that an old result is explained by the same records."""
    skipped: tuple[Issue, ...]
    """Inputs that were not read."""
    counts: Counts
    """How much there is of each kind."""


_context = msgspec.json.Decoder(Context).decode


def remember(case: Case, context: Context) -> None:
    """Keep the context of an audit in its case."""
    case.set_meta("context", msgspec.json.encode(context).decode())


def recall(case: Case) -> Context | None:
    """The context of the last audit of this case, if any.

    Raises:
        UsageError: another version stored it, in a form that this one does not know.
    """
    text = case.meta("context")
    try:
        return None if text is None else _context(text)
    except msgspec.DecodeError as fault:
        raise case.of_another_version() from fault


def recalled(case: Case, by: str = "custodiet audit") -> Context:
    """The context of the last audit.

    Raises:
        UsageError: nothing was concluded in this case yet; `by` is what would do it.
    """
    context = recall(case)
    if context is None:
        reason, step = "nothing was concluded in this case yet", f"Run {by} with it first."
        raise UsageError(reason, place=str(case.path), next_step=step)
    return context


def assess(case: Case, context: Context) -> Assessment:
    """The head of the assessment of what the case holds."""
    sources, tallies, issues = case.sources(), case.tallies(), case.issues()
    unseen = what_we_could_not_see(
        sources, tallies, context.skipped, context.counts, context.body is not None, case.unfinished(), issues
    )
    return Assessment(
        body=context.body,
        on=context.on,
        tool=f"custodiet {__version__}",
        catalog=context.catalog,
        directives=tuple(directive.id for directive in context.directives),
        body_findings=context.body_findings,
        sources=sources,
        tallies=tallies,
        issues=issues,
        skipped=context.skipped,
        relied=(*statements.relied(case), *reaching.relied(case)),
        totals=context.counts.totals,
        unseen=(*_unreadable(case), *unseen),
    )


def _unreadable(case: Case) -> Iterator[str]:
    for id, why in statements_of(case).unreadable.items():
        yield f"The statement on isolation {id[:80]} that the case keeps is broken, and proves nothing: {why}."


def dossier(case: Case, matcher: Matcher, asset: str) -> Dossier:
    """The dossier of one asset, by its id, with today's knowledge; findings are those of the last audit.

    Raises:
        UsageError: nothing was concluded in this case yet.
    """
    context = recall(case)
    concluded = next(case.conclusions(asset), None)
    if context is None or concluded is None:
        raise UsageError(
            "nothing was concluded in this case yet",
            place=str(case.path),
            next_step="Run custodiet audit or custodiet identify with it first.",
        )
    placed, _, findings = concluded
    observations = next((found for _, found in case.assets_with_observations(asset)), [])
    return make_dossier(
        placed,
        observations,
        case.sources(),
        matcher,
        judged_with=context.catalog,
        on=context.on if context.directives else "",
        findings=findings,
    )


def talks_of(case: Case, catalog: Catalog) -> Once:
    """What the devices of a case talk to, to be handed to `entries` several times."""
    context = recall(case)
    return Once(case, catalog, context.body if context else None)


def entries(
    case: Case,
    asset: str | None = None,
    *,
    catalog: Catalog | None = None,
    talks: Iterable[Egress] | None = None,
    places: range | None = None,
) -> Iterator[Entry]:
    """What is said of each asset, worst first, with the evidence it cites; or of one asset.

    Args:
        case: with conclusions.
        asset: id of one asset; none: all.
        catalog: whose the other sides of conversations are; none: nothing is said of what devices talk to. Nor is it of
            a case in which no traffic was read: everything would be unknown.
        talks: what all devices talk to, where `talks_of` worked it out before; none: it is worked out here.
        places: of the devices that are wanted in that order, from 1, in a case without conversations; none: all.
    """
    has_flows = case.has_flows()
    context = recall(case)
    told: Iterator[Egress] = iter(() if talks is None else talks)
    if talks is None and catalog is not None and has_flows:
        told = egress_of_case(case, catalog, context.body if context else None, only=asset)
    stated = statements_of(case)
    ways = Kept(case, context.body if context else None)
    talk = next(told, None)
    for found, identification, findings in case.conclusions(asset, places):
        known = addresses(found) if has_flows else []
        egress = None
        if talk is not None and talk.asset == found.id:  # both come in the order of the case
            egress, talk = talk, next(told, None)
        yield Entry(
            asset=found,
            identification=identification,
            findings=findings,
            evidence=case.observations_by_id(cited(identification, findings, egress)),
            flows=tuple(case.flows_of(known, most=FLOWS_SHOWN)),
            flows_total=case.count_flows(known),
            egress=egress,
            proofs=stated.about(found, egress),
            reach=ways.of(found),
        )


def cited(identification: Identification, findings: Sequence[Finding], egress: Egress | None) -> Iterator[str]:
    """Ids of the observations that stand behind what is said of a device; one that is cited twice comes twice."""
    for conclusion in identification.conclusions:
        for claim in (*conclusion.claims_for, *conclusion.claims_against):
            yield from claim.observations
    for finding in findings:
        for answered in finding.answers:
            yield from (item for item in answered.evidence if item.startswith("obs-"))
    if egress is not None:
        cited = [part.evidence for part in egress.peers]
        cited += [part.evidence for part in egress.ways_in] + [part.evidence for part in egress.firmware]
        for evidence in cited:
            yield from (item for item in evidence if item.startswith("obs-"))
