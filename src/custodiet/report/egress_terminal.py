"""What devices talk to on the terminal: a line for each, or one whole, with its traffic over time in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from custodiet.model import Egress, Peer
from custodiet.report import egress as told
from custodiet.report import words
from custodiet.report.egress_slices import WHOLE, Slice, length_of, slices
from custodiet.report.guard import indented, styled
from custodiet.report.summary import Names, quoted
from custodiet.report.terminal import heading, paragraph

STYLES = {
    "maker's own seen": "bold red",
    "outside seen": "bold yellow",
    "tried only": "yellow",
    "cannot be said": "bold cyan",
    "nothing outside seen": "green",
}

_NAMED = 12
"""Devices named of those that are told together."""

_PEERS, _OTHERS, _INSIDE = 12, 40, 6
"""Peers shown of a device, those shown with -v, and those of its peers inside."""

BLOCKS, PLAIN = "▁▂▃▄▅▆▇█", "12345678"
NOTHING, UNSEEN = "·", "░"
"""A slice with nothing, and one not watched all the time or not well enough; without Unicode ``.`` and ``?``."""


def show(
    console: Console,
    devices: Sequence[Egress],
    names: Names,
    *,
    zone: tzinfo | None = None,
    whole: bool = False,
    verbose: int = 0,
    case: str = "",
) -> None:
    """Print devices, a line for each, or each whole.

    Args:
        console: made by `custodiet.report.guard.console`.
        devices: worst first.
        names: names for the ids of the catalog.
        zone: of times; UTC without one.
        whole: whether one device was asked for.
        verbose: 1: each device whole; 2: with all its peers.
        case: path of the case file, for the next command.
    """
    if not devices:
        console.print(styled("No surveillance device and no device of unknown kind is in the case."))
        return
    apart = [egress for egress in devices if whole or not told.is_silent(egress)]
    for number, egress in enumerate(apart):
        if not (whole or verbose):
            paragraph(console, "", line(egress))
            continue
        if number:
            console.print()
            console.rule(style="dim", characters="-")
        for part in one_device(egress, names, console=console, zone=zone, verbose=verbose):
            console.print(part)
    if not whole:
        _together(console, [egress for egress in devices if told.is_silent(egress)], verbose)
    console.print()
    if len(devices) > 1:
        console.print(styled(f"{words.count(len(devices), 'device')}: {told.tallied(devices)}.", "bold"))
    console.print(styled(f"{told.LIMITS} Times are in {zone or 'UTC'}.", "dim"))
    if not (whole or verbose):
        asked = f"custodiet egress --case {quoted(case)} --device {quoted(devices[0].label)}"
        heading(console, "Next")
        console.print(styled(f"  {asked}"), soft_wrap=True)


def _together(console: Console, silent: Sequence[Egress], verbose: int) -> None:
    """Devices of which nothing else is known, under one sentence."""
    for says, labels in told.together(silent):
        listed = labels if verbose else labels[:_NAMED]
        more = f" and {len(labels) - len(listed):,} more" if len(labels) > len(listed) else ""
        start = styled(f"{words.count(len(labels), 'device')}  ", "bold").append_text(styled(f"{says} "))
        paragraph(console, "", start.append_text(styled(f"{'; '.join(listed)}{more}", "dim", limit=20_000)))


def line(egress: Egress) -> Text:
    """A device in one line."""
    text = styled(f"{egress.label}  ", "bold")
    label = told.OUTCOMES[egress.outcome]
    if told.names_itself(egress):
        return text.append_text(styled(egress.says[: len(label)], STYLES[egress.outcome])).append_text(
            styled(egress.says[len(label) :])
        )
    return text.append_text(styled(label, STYLES[egress.outcome])).append_text(styled(f"  {egress.says}"))


def one_device(
    egress: Egress, names: Names, *, console: Console, zone: tzinfo | None = None, verbose: int = 0
) -> Iterator[RenderableType]:
    """All that is known of a device: the sentence, peers, a picture over time, ways in, firmware, doubts."""
    yield line(egress)
    away, others = told.outside(egress), told.others(egress)
    most = _OTHERS if verbose else _PEERS
    if away:
        yield styled("")
        yield from _peers(egress, "Outside", away, most, names, console, zone)
    strip = list(sparkline(egress, console=console, zone=zone))
    if strip:
        yield styled("")
        yield from strip
    if others:
        yield styled("")
        yield from _peers(egress, "Inside and to all", others, _OTHERS if verbose else _INSIDE, names, console, zone)
    if left := told.left_out(egress):
        yield indented(f"{words.count(left, 'more peer')} counted and not listed.", 2)
    if egress.ways_in:
        yield styled("")
        yield styled("Ways in", "bold")
        for way in egress.ways_in:
            when = f" ({told.seen(way.first_seen, way.last_seen, zone)})" if way.first_seen is not None else ""
            said = f"{told.WAYS[way.kind]}, {told.STATES_OF_WAYS[way.state]}{when}: {way.says}"
            yield indented(said, 2, limit=600)
    if egress.firmware:
        yield styled("")
        yield styled("Firmware", "bold")
        for version, when in told.firmware(egress, zone):
            yield indented(f"{version}: {when}", 2, limit=300)
        if changed := told.reopened(egress):
            yield indented(changed, 2, "yellow")
    for title, sentences in (("Doubts", egress.doubts), ("What was not visible", egress.not_visible)):
        if sentences:
            yield styled("")
            yield styled(title, "bold")
            for sentence in sentences:
                yield indented(sentence, 2, limit=600)


def _peers(
    egress: Egress, title: str, peers: Sequence[Peer], most: int, names: Names, console: Console, zone: tzinfo | None
) -> Iterator[RenderableType]:
    rows = [told.row(egress, peer, names, zone) for peer in peers[:most]]
    yield _table(title, rows) if console.width >= 76 else _list(title, rows)
    if len(peers) > most:
        out, into = told.sizes(peers[most:])
        more = f"{len(peers) - most:,} more, {words.size(out)} out and {words.size(into)} in: -v shows more."
        yield indented(more, 2)


def _table(title: str, rows: Sequence[told.Row]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(title, overflow="fold", min_width=20)
    table.add_column("what for", overflow="fold", min_width=12)
    table.add_column("out", justify="right", no_wrap=True)
    table.add_column("in", justify="right", no_wrap=True)
    table.add_column("how often, since", overflow="fold", min_width=17)
    for number, row in enumerate(rows):
        if number:
            table.add_row()
        whose = (row.whose, "red" if row.own else "dim") if row.where == "outside" else ("", "")
        table.add_row(
            _lines(
                (row.name or row.address, "bold"), (row.address if row.name else "", ""), whose, (row.located, "dim")
            ),
            _lines((row.serves, ""), (row.port, "dim")),
            styled(words.size(row.out)),
            styled(words.size(row.into)),
            _lines((row.size, "bold red" if row.size == "video-sized" else ""), (row.often, ""), (row.since, "dim")),
        )
    return table


def _lines(*parts: tuple[str, str]) -> Text:
    """Texts under one another, each with its style; empty ones are left out."""
    return Text("\n").join(styled(text, style, limit=400) for text, style in parts if text)


def _list(title: str, rows: Sequence[told.Row]) -> RenderableType:
    """As the table, for a narrow screen."""
    parts: list[RenderableType] = [styled(title, "bold")]
    for row in rows:
        parts.append(indented(row.name or row.address, 2, "bold"))
        if row.name:
            parts.append(indented(row.address, 4))
        whose = f"{row.whose}; " if row.where == "outside" else ""
        parts.append(indented(f"{whose}{row.serves}, {row.port}", 4, "red" if row.own else ""))
        if row.located:
            parts.append(indented(row.located, 4))
        parts.append(indented(f"{words.size(row.out)} out, {words.size(row.into)} in, {row.size}, {row.often}", 4))
        parts.append(indented(f"since {row.since}", 4))
    return Group(*parts)


def sparkline(egress: Egress, *, console: Console, zone: tzinfo | None = None) -> Iterator[RenderableType]:
    """Traffic with the outside over time: one row for what went out, one for what came in, and what the signs mean."""
    ascii_only = not console.encoding.lower().startswith("utf")
    found = slices(egress, max(12, min(72, console.width - 8)))
    if not found:
        return
    begin, end = found[0], found[-1]
    length = told.pace(length_of(found))
    yield styled(f"Outside over time, each sign {length}, from {words.clock(begin.begin, zone)}", "bold")
    used = ""
    for label, numbers, style in (
        ("out", [one.sent for one in found], "red" if any(one.video for one in found) else ""),
        ("in", [one.into for one in found], ""),
    ):
        drawn = "".join(
            _sign(one, number, max(numbers), ascii_only) for one, number in zip(found, numbers, strict=True)
        )
        used += drawn
        row = styled(f"  {label:<4}", "dim").append_text(Text(drawn, style))
        yield row.append_text(styled(f"  {words.size(sum(numbers))}")) if row.cell_len + 12 < console.width else row
    marks = "".join(
        "v" if one.video else "?" if one.watched < WHOLE and one.state == "traffic" else " " for one in found
    )
    if marks.strip():
        yield styled("  ").append_text(Text(f"    {marks.rstrip()}", "bold"))
    yield styled(f"  until {words.clock(end.end, zone)}", "dim")
    if "v" in marks:
        yield indented("v: what went out then looks like moving pictures", 2, "dim")
    if "?" in marks:
        yield indented("?: not watched all the time: there may have been more", 2, "dim")
    nothing, unseen = _signs(ascii_only)
    why = " or not well enough" if any(one.watched >= WHOLE > one.clean for one in found) else ""
    meant = [(nothing, "watched, and nothing"), (unseen, f"not watched all the time{why}: not known")]
    said = "; ".join(f"{sign} {means}" for sign, means in meant if sign in used)
    if said:
        yield indented(said, 2, "dim")


def _signs(ascii_only: bool) -> tuple[str, str]:
    return (".", "?") if ascii_only else (NOTHING, UNSEEN)


def _sign(one: Slice, number: int, most: int, ascii_only: bool) -> str:
    nothing, unseen = _signs(ascii_only)
    if not number:
        return nothing if one.clean >= WHOLE else unseen
    steps = PLAIN if ascii_only else BLOCKS
    return steps[min(len(steps) - 1, number * len(steps) // (most + 1))]
