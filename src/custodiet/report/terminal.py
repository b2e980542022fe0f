"""The assessment on a terminal: scope, devices worst first, totals, what we could not see, the next command.

Everything that is said stands in `summary`; how text is kept from acting on the terminal, in `guard`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from custodiet.model import Assessment, Claim, Conclusion, Entry, Finding, Observation, Source
from custodiet.report import order, stood, summary, words
from custodiet.report.guard import as_it_stood, styled
from custodiet.report.summary import Named, Names

_ISSUES = 3
"""Issues printed for one source; a broken file can have thousands."""

FEW, MORE = 20, 100
"""Devices and sources shown, and those shown when asked for more once; asked twice, all are."""

_COLOURS = {"not_satisfied": "red", "undetermined": "yellow", "satisfied": "green", "not_applicable": ""}


# --- an assessment --------------------------------------------------------------------------------------------------


def show(
    console: Console,
    assessment: Assessment,
    entries: Iterable[Entry],
    names: Names,
    *,
    verbosity: int = 0,
    case: str = "",
    out: str = "",
) -> None:
    """Print an assessment.

    Args:
        console: made by `custodiet.report.guard.console`.
        assessment: the head.
        entries: worst first; no more are read than are shown.
        names: names for the ids of the catalog.
        verbosity: 0: the first devices, each with its worst finding; 1: more devices, with every finding that applies;
            2: all devices, each with the tree that `explain_tree` makes.
        case: path of the case file, for the next command; empty where there is none.
        out: folder the reports were written to; empty where none were.
    """
    limit = (FEW, MORE, None)[min(verbosity, 2)]
    show_scope(console, assessment, names, limit)
    heading(console, "Devices, worst first")
    first, shown = None, 0
    for entry in entries:
        if limit is not None and shown >= limit:
            break
        first = first or entry
        shown += 1
        _device(console, shown, entry, assessment, names, verbosity)
    if not shown:
        console.print("  None was found.")
    # what is listed are entries, of which one may stand for several devices
    if left := assessment.totals.assets - shown:
        where = f"; {out}/findings.csv has them all" if out else ""
        console.print(styled(f"  {words.count(left, 'more device')}: -v shows more{where}.", "dim"))
    show_totals(console, assessment)
    if asked := order.asked(assessment.body_findings):
        heading(console, "Asked of the body itself")
        for finding in asked:
            paragraph(console, "  ", styled(summary.verdict(finding, names), _COLOURS[finding.status]))
            paragraph(console, "    ", styled(finding.because))
    show_unseen(console, assessment)
    heading(console, "Next")
    console.print(styled(f"  {summary.next_command(assessment, first, case=case, out=out)}"), soft_wrap=True)


def show_scope(console: Console, assessment: Assessment, names: Names, limit: int | None = FEW) -> None:
    """Print what was read, what was not and why; ``limit``: sources shown at most."""
    body = assessment.body.name if assessment.body else "Body not named"
    console.print(styled(f"{body}, judged for {words.day(assessment.on)}", "bold"))
    paragraph(console, "", styled(summary.applied(assessment, names)))
    paragraph(console, "", styled(summary.scope(assessment)))
    heading(console, "Read")
    shown = assessment.sources if limit is None else assessment.sources[:limit]
    for source in shown:
        tallies = [tally for tally in assessment.tallies if tally.source == source.id]
        told = [f"{tally.read:,} of {tally.total:,} {words.unit(tally.total, tally.unit)} read" for tally in tallies]
        told += [words.count(tally.issues, "issue") for tally in tallies if tally.issues]
        told += ["not to its end" for tally in tallies if not tally.whole]
        kind = words.SOURCES.get(source.kind, source.kind)
        paragraph(console, "  ", styled(f"{source.name}: {', '.join([kind, *told])}"))
        for tally in tallies:
            if tally.columns:
                paragraph(console, "    ", styled(summary.headings(tally.columns), "dim"))
        lost = [i for i in assessment.issues if i.source == source.id and i.severity == "incomplete"]
        for issue in lost[:_ISSUES]:
            place = f"{issue.place}: " if issue.place else ""
            paragraph(console, "    ", styled(place + summary.advice(issue.reason, issue.next_step), "yellow"))
        if len(lost) > _ISSUES:
            paragraph(console, "    ", styled(f"and {len(lost) - _ISSUES:,} more; the reports have them all", "dim"))
    if not shown:
        console.print("  Nothing.")
    if left := len(assessment.sources) - len(shown):
        console.print(styled(f"  {words.count(left, 'more source')}: -v shows more.", "dim"))
    for one in assessment.relied if limit is None else assessment.relied[:limit]:
        days = ", ".join(filter(None, (words.RELIED[one.kind], words.span(one.since, one.until))))
        paragraph(console, "  ", styled(f"{one.name}: {days}"))
    if assessment.skipped:
        heading(console, "Not read")
        for places, reason, next_step in summary.unread(assessment):
            few = places if limit is None else places[:3]
            listed = ", ".join(few) + (f" and {len(places) - len(few):,} more" if len(places) > len(few) else "")
            paragraph(console, "  ", styled(f"{listed}: {summary.advice(reason, next_step)}"))


def show_totals(console: Console, assessment: Assessment) -> None:
    """Print the totals, which add up to all devices."""
    heading(console, f"Of {summary.how_many(assessment.totals)}")
    if means := summary.what_an_entry_is(assessment.totals):
        paragraph(console, "  ", styled(means))
    for total, colour in zip(summary.totals(assessment), ("red", "yellow", "green", "white"), strict=False):
        number = styled(f"{total.number:>7,} ", f"bold {colour}")
        paragraph(console, number, styled(f"{total.label}; {total.means}" if total.number else total.label))


def show_unseen(console: Console, assessment: Assessment) -> None:
    """Print what we could not see."""
    heading(console, "What we could not see")
    for sentence in assessment.unseen or ("Nothing is known to be missing from the sources.",):
        paragraph(console, "  ", styled(sentence))
    incomplete = sum(issue.severity == "incomplete" for issue in assessment.issues)
    if incomplete:
        console.print(f"  {words.count(incomplete, 'issue')} with the input left the result incomplete.")


def _device(console: Console, number: int, entry: Entry, assessment: Assessment, names: Names, verbosity: int) -> None:
    finding = order.worst(entry)
    colour = _COLOURS[finding.status] if finding else ""
    title = styled(summary.what(entry, names), "bold").append_text(styled(f"  {entry.asset.label}", "dim"))
    paragraph(console, f"{number:>3}. ", title)
    lines = [("how sure", styled(summary.how_sure(entry))), ("how fresh", styled(summary.how_fresh(entry, assessment)))]
    if differs := summary.contradiction(entry, names, assessment.sources):
        lines.insert(0, ("differs", styled(differs)))
    lines.append(("means", styled(summary.what_it_means(entry, names), colour)))
    for label, text in lines:
        paragraph(console, styled(f"     {label:<11}", "dim"), text)
    if verbosity == 1:
        for told in sorted((f for f in entry.findings if f.status != "not_applicable"), key=order.badness):
            text = styled(f"{summary.verdict(told, names)} [{told.requirement}]", _COLOURS[told.status])
            paragraph(console, styled("     finding    ", "dim"), text)
    elif verbosity:
        console.print(Padding(explain_tree(entry, assessment, names), (0, 0, 0, 5)))
    console.print()


def heading(console: Console, text: str) -> None:
    """Print a heading with a blank line before it."""
    console.print()
    console.print(styled(text, "bold underline"))


def paragraph(console: Console, first: str | Text, text: Text) -> None:
    """Print a text behind a label, its further lines as far to the right."""
    label = first if isinstance(first, Text) else Text(first)
    lines = text.wrap(console, max(console.width - label.cell_len, 12))
    for number, line in enumerate(lines):
        line.rstrip()
        start = label.copy() if number == 0 else Text(" " * label.cell_len)
        console.print(start.append_text(line), soft_wrap=True)


# --- one device -----------------------------------------------------------------------------------------------------


def explain_tree(entry: Entry, assessment: Assessment, names: Names, *, verbosity: int = 0) -> Tree:
    """What held, where it was seen and what spoke against it.

    Args:
        entry: the device.
        assessment: the head, for the names of sources and the date.
        names: names for the ids of the catalog.
        verbosity: 0: names with their claims, and findings; 1: the seven answers, requirements that do not apply,
            the largest conversations and why it is one device; 2: ids of records and observations too.
    """
    root = Tree(styled(summary.what(entry, names), "bold"), guide_style="dim")
    root.add(styled(f"{entry.asset.label}: {summary.how_sure(entry)}; {summary.how_fresh(entry, assessment)}"))
    if differs := summary.contradiction(entry, names, assessment.sources):
        root.add(styled(differs, "yellow"))
    sources = {source.id: source for source in assessment.sources}
    seen = {observation.id: observation for observation in entry.evidence}
    held = root.add(styled("Names", "bold"))
    for item in (*summary.five_names(entry, names), *summary.more_fields(entry, names)):
        _name(held, item, seen, sources, verbosity)
    add_findings(root, entry, assessment, names, verbosity)
    if verbosity:
        add_more(root, entry, {id: source.name for id, source in sources.items()})
    return root


def add_findings(root: Tree, entry: Entry, assessment: Assessment, names: Names, verbosity: int) -> None:
    """Add what the directives say of a device; those that do not apply only when asked for more."""
    judged = root.add(styled(f"Findings for {words.day(assessment.on)}", "bold"))
    for finding in sorted(entry.findings, key=order.badness):
        if finding.status != "not_applicable" or verbosity:
            _finding(judged, finding, names, verbosity)
    if not judged.children:
        judged.add(styled("no requirement applies" if entry.findings else "no directive was applied"))


def _name(tree: Tree, item: Named, seen: dict[str, Observation], sources: dict[str, Source], verbosity: int) -> None:
    answer = item.conclusion
    value = f"{item.value}, {answer.band} ({words.percent(answer.confidence)})" if item.value else "unknown"
    branch = tree.add(styled(f"{item.label}: ", "dim").append_text(styled(value, "bold" if item.value else "dim")))
    for sign, claim in _claims(answer):
        branch.add(_claim(sign, claim, seen, sources, verbosity))
    if answer.settle:
        branch.add(styled(answer.settle, "yellow"))


def _claims(answer: Conclusion) -> Iterator[tuple[str, Claim]]:
    yield from (("for", claim) for claim in answer.claims_for)
    yield from (("against", claim) for claim in answer.claims_against)


def _claim(sign: str, claim: Claim, seen: dict[str, Observation], sources: dict[str, Source], verbosity: int) -> Text:
    kind = words.evidence(claim)
    text = styled(f"{sign} ", "green" if sign == "for" else "red")
    text.append_text(styled(f"{words.percent(claim.strength)} {kind}: "))
    text.append_text(as_it_stood(stood.letters(claim, [], seen, sources)))
    places = [
        f"{_source(seen[id], sources)}, {seen[id].locator}" if id in seen else id
        for id in claim.observations[: 3 if verbosity < 2 else None]
    ]
    text.append_text(styled(f" at {'; '.join(places)}", "dim"))
    if verbosity > 1:
        text.append_text(styled(f" [record {claim.record}; {' '.join(claim.observations)}]", "dim"))
    return text


def _source(seen: Observation, sources: dict[str, Source]) -> str:
    return sources[seen.source].name if seen.source in sources else seen.source


def _finding(tree: Tree, finding: Finding, names: Names, verbosity: int) -> None:
    branch = tree.add(styled(summary.verdict(finding, names), _COLOURS[finding.status]))
    if law := summary.requirement_of(finding, names):
        branch.add(styled(f"“{law.text}”" if law.quotation else f"In our words: {law.text}"))
    sure = "" if finding.status == "undetermined" else f" (confidence {words.percent(finding.confidence)})"
    branch.add(styled(f"{finding.because}{sure}"))
    for need in finding.missing:
        branch.add(styled(f"missing: {need}", "yellow"))
    if verbosity and finding.status != "not_applicable":
        for answer in finding.answers:
            branch.add(styled(f"{words.QUESTIONS[answer.question]} {answer.answer}. {answer.because}"))
            if verbosity > 1 and answer.evidence:
                branch.children[-1].add(styled(" ".join(answer.evidence), "dim"))


def add_more(root: Tree, entry: Entry, sources: dict[str, str]) -> None:
    """Add the largest conversations of a device, and why it is one device."""
    if entry.flows:
        title = f"Largest {len(entry.flows):,} of {words.count(entry.flows_total, 'conversation')}"
        talks = root.add(styled(title, "bold"))
        for flow in entry.flows:
            told = summary.conversation(flow, entry.asset)
            amount = f"{words.size(told.bytes_out)} out, {words.size(told.bytes_in)} in"
            where = f"{sources.get(flow.source, flow.source)}, {flow.locator}"
            talks.add(styled(f"{told.peer}, {told.port}: {amount}, until {words.clock(flow.last_seen)} ({where})"))
    one = root.add(styled("Why this is one device", "bold"))
    for merge in entry.asset.merged_by:
        one.add(styled(f"{merge.because} ({words.percent(merge.weight)}, {merge.by}: {merge.left} and {merge.right})"))
    if not entry.asset.merged_by:
        one.add(styled("one source knows it under one key"))
