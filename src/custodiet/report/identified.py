"""Who made each device, without a judgement: on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import IO, Any, NamedTuple

from rich.console import Console

from custodiet.identify.text import LineItem
from custodiet.model import Assessment, Claim, Entry
from custodiet.report import stood, summary, words
from custodiet.report.guard import as_it_stood, json_bytes, marked_text, styled
from custodiet.report.json import document
from custodiet.report.order import is_silent
from custodiet.report.summary import Names
from custodiet.report.terminal import FEW, MORE, heading, paragraph

_OBSERVED = 100
"""Characters of a value in a reason."""

_COLOURS = {"certain": "green", "likely": "green", "possible": "yellow", "unknown": "dim"}


class Line(NamedTuple):
    """One thing that a line of text names."""

    source: str
    """Name of the input."""
    number: int
    """Of the line, from 1."""
    text: str
    """The line."""
    item: LineItem
    """What it names."""


def show(
    console: Console,
    assessment: Assessment,
    entries: Iterable[Entry],
    lines: list[Line],
    names: Names,
    makers: Mapping[str, int],
    *,
    verbosity: int = 0,
    case: str = "",
) -> None:
    """Print a small table for each device.

    Args:
        console: made by `custodiet.report.guard.console`.
        assessment: the head; nothing in it is judged.
        entries: in the order in which they are shown.
        lines: what lines of text name.
        names: names for the ids of the catalog.
        makers: band -> devices whose maker is as sure as that, over all entries.
        verbosity: 0: the first devices; 1: more of them; 2: all.
        case: path of the case file, for the next command; empty where there is none.
    """
    limit = (FEW, MORE, None)[min(verbosity, 2)]
    shown, silent = 0, 0
    first: Entry | None = None
    for entry in entries:
        if shown == limit:
            break
        if is_silent(entry) and verbosity < 2:
            silent += 1
            continue
        first = first or entry
        shown += 1
        _table(console, shown, entry, assessment, names)
    left = sum(makers.values()) - shown - silent
    for _, of_one in groupby(lines[:limit], key=attrgetter("source", "number")):
        shown += _line(console, shown + 1, list(of_one), names)
    if left:
        console.print(styled(f"{words.count(left, 'more device')}: -v shows more.", "dim"))
    if len(lines) > (limit or len(lines)):
        console.print(styled(f"{words.count(len(lines) - (limit or 0), 'more line')}: -v shows more.", "dim"))
    if silent:
        told = (
            f"{words.count(silent, 'device')} gave no sign of what it is"
            if silent == 1
            else (f"{silent:,} devices gave no sign of what they are")
        )
        console.print(styled(f"{told}: -vv shows {'it' if silent == 1 else 'them'}.", "dim"))
    paragraph(console, "", styled(_totals(assessment, makers, lines), "bold"))
    _unread(console, assessment)
    heading(console, "Next")
    console.print(styled(f"  {_next(first, case)}"), soft_wrap=True)


def _table(console: Console, number: int, entry: Entry, assessment: Assessment, names: Names) -> None:
    title = styled(summary.what(entry, names), "bold").append_text(styled(f"  {entry.asset.label}", "dim"))
    paragraph(console, f"{number:>3}. ", title)
    identification = entry.identification
    maker, brand = identification.get("manufacturer"), identification.get("brand")
    told = f"{names.company(maker.value)}, " if maker.value else ""
    sure = f"{maker.band} ({words.percent(maker.confidence)})" if maker.value else "unknown"
    rows = [("maker", styled(told + sure, _COLOURS[maker.band]))]
    if brand.value:
        rows.append(("label", styled(f"{names.brand(brand.value)}, {brand.band} ({words.percent(brand.confidence)})")))
    rows.append(("how sure", styled(summary.how_sure(entry))))
    answer = summary.telling_answer(entry)
    sources = {source.id: source for source in assessment.sources}
    seen = {observation.id: observation for observation in entry.evidence}
    for word, claim in _strongest(answer.claims_for, answer.claims_against):
        reason = styled(f"{words.evidence(claim)}: ")
        reason.append_text(as_it_stood(stood.letters(claim, [claim.span], seen, sources), _OBSERVED))
        at = [seen[id] for id in claim.observations[:1] if id in seen]
        places = [sources[one.source].name if one.source in sources else one.source for one in at]
        where = "".join(f" at {place}, {one.locator}" for place, one in zip(places, at, strict=True))
        rows.append((word, reason.append_text(styled(where, "dim"))))
    if maker.settle and not maker.value:
        rows.append(("to settle", styled(maker.settle, "yellow")))
    for label, text in rows:
        paragraph(console, styled(f"     {label:<10}", "dim"), text)
    console.print()


def _strongest(claims_for: tuple[Claim, ...], claims_against: tuple[Claim, ...]) -> Iterator[tuple[str, Claim]]:
    yield from (("why", claim) for claim in claims_for[:1])
    yield from (("but", claim) for claim in claims_against[:1])


def _line(console: Console, number: int, told: list[Line], names: Names) -> int:
    """Print what one line of text names: its things, and under the last of them what it only mentions.

    Args:
        console: where to.
        number: of the first thing.
        told: all that the line names.
        names: names for the ids of the catalog.

    Returns:
        how many things were numbered.
    """
    things = [line for line in told if line.item.role == "is"]
    mentions = [line.item for line in told if line.item.role != "is"]
    for place, line in enumerate(things or told[:1], number):
        item = line.item
        sign, title = (f"{place:>3}.", _named(item, names)) if things else ("   -", "No thing of its own")
        where = f"  {line.source}, line {line.number}"
        paragraph(console, f"{sign} ", styled(title, "bold").append_text(styled(where, "dim")))
        rows = [("line", marked_text(line.text, (item.start, item.end), _OBSERVED))]
        if things:
            maker = names.company(item.manufacturer) if item.manufacturer else ""
            rows.insert(0, ("maker", styled(maker or "unknown: the line does not settle who made it")))
            if item.why:
                rows.append(("why", styled(item.why)))
        if not things or line is things[-1]:
            rows += [("mentions", styled(_mentioned(one, told[0].text, names))) for one in mentions]
        for word, text in rows:
            paragraph(console, styled(f"     {word:<10}", "dim"), text)
        console.print()
    return len(things)


def _named(item: LineItem, names: Names) -> str:
    """How many of what kind, brand and model; that a kind is unknown is said of things alone."""
    kind = words.CLASSES.get(item.device_class, item.device_class) if item.device_class or item.role == "is" else ""
    count = f"{item.quantity} × " if item.quantity is not None and item.quantity != 1 else ""
    label = names.brand(item.brand) if item.brand else ""
    return ", ".join(filter(None, (f"{count}{kind}", summary.with_model(label, item.model))))


_ROLES = {
    "compatible": "only what it must work with or be like",
    "replaces": "only what goes",
    "for": "only what it is for",
    "excluded": "only what it must not be",
}
"""What a name stands for that names no thing of its line, see `custodiet.identify.text.roles`."""


def _mentioned(item: LineItem, text: str, names: Names) -> str:
    """A name that stands for no thing, what it stands for, and the words of the line that say so."""
    quoted = f"“{item.why}”" if item.why.casefold() in text.casefold() else item.why
    return f"{_named(item, names)}: {_ROLES[item.role]}" + (f" ({quoted})" if item.why else "")


def _totals(assessment: Assessment, bands: Mapping[str, int], lines: list[Line]) -> str:
    totals = assessment.totals
    named = [f"{bands[band]:,} {band}" for band in ("certain", "likely", "possible", "unknown") if bands.get(band)]
    told = (
        f"{summary.how_many(totals)}: {totals.surveillance:,} for surveillance, {totals.other:,} other, "
        f"{totals.unknown:,} of unknown kind. Maker: {words.listed(named) if named else 'none named'}."
    )
    if not lines:
        return told
    number = words.count(sum(line.item.role == "is" for line in lines), "thing")
    things = f"{number} named in lines of text: what people wrote, not what a device answered."
    return f"{told} {things}" if totals.assets else things


def _unread(console: Console, assessment: Assessment) -> None:
    lost = [issue for issue in assessment.issues if issue.severity == "incomplete"]
    if not (lost or assessment.skipped):
        return
    heading(console, "Not read")
    for places, reason, next_step in summary.unread(assessment):
        more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
        paragraph(console, "  ", styled(f"{', '.join(places[:3])}{more}: {summary.advice(reason, next_step)}"))
    files = {source.id: source.name for source in assessment.sources}
    for issue in lost[:3]:
        file = files.get(issue.source, issue.source)
        place = file if file.endswith(issue.place) else f"{file}, {issue.place}"  # the place may be the whole file
        paragraph(console, "  ", styled(f"{place}: {summary.advice(issue.reason, issue.next_step)}", "yellow"))
    if len(lost) > 3:
        console.print(f"  and {len(lost) - 3:,} more")


def _next(first: Entry | None, case: str) -> str:
    if first is None:
        return "custodiet identify --help"
    if not case:
        return "custodiet identify INPUT... --case CASE.sqlite"
    return f"custodiet explain {summary.quoted(first.asset.id)} --case {summary.quoted(case)}"


def write_json(
    file: IO[bytes],
    assessment: Assessment,
    entries: Iterable[Entry],
    lines: list[Line],
    *,
    find: dict[str, Any] | None = None,
) -> None:
    """Write the devices as JSON, one on each line, with what could not be read before them.

    Args:
        file: takes the bytes.
        assessment: the head.
        entries: the devices.
        lines: what lines of text name.
        find: what asking or listening came to; none where nothing was asked.
    """
    head = {
        "schema": "1.0",
        "tool": assessment.tool,
        "catalog": assessment.catalog,
        **{name: document(assessment)[name] for name in ("sources", "issues", "skipped")},
        "lines": [{**line._asdict(), "item": line.item} for line in lines],
        **({} if find is None else {"find": find}),
    }
    file.write(json_bytes(head)[:-1] + b',"devices":[')
    between = b"\n"
    for entry in entries:
        told = {name: value for name, value in document(entry).items() if name in _OF_ENTRY}
        file.write(between + json_bytes(told))
        between = b",\n"
    file.write(b"\n]}\n")


_OF_ENTRY = ("asset", "identification", "evidence")
