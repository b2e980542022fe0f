"""Ways between devices and core networks on the terminal: devices with the same answers stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import RenderableType

from custodiet.model.reach import ConfigRead, Reach, ReachPath, Way
from custodiet.report.guard import indented, styled
from custodiet.report.words import count, day, listed

STYLES = {"seen": "bold red", "open": "bold yellow", "unknown": "bold cyan", "proved absent": "green"}
WAYS: dict[Way, str] = {
    "to core": "It to the core zone {}",
    "from core": "The core zone {} to it",
    "to outside": "It to the outside",
    "from outside": "The outside to it",
}
"""Way -> who opens the conversation with whom."""

_NAMED = 8
"""Devices named of those that are told together."""
_LINES = 12
"""Lines of a configuration shown of one way."""


class ReachTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is told; the JSON of ``custodiet reach``."""

    configurations: tuple[ConfigRead, ...]
    """What was read."""
    devices: tuple[Reach, ...]
    """Device by device."""


def document(found: Sequence[Reach]) -> ReachTold:
    """Everything that was found, the configurations once."""
    read = {(one.name, one.sha256): one for reach in found for one in reach.configurations}
    return ReachTold(configurations=tuple(read.values()), devices=tuple(found))


def shown(told: ReachTold, verbose: int = 0) -> Iterator[RenderableType]:
    """The answers for people, the worst first; what they take for granted stands at the end, once."""
    if told.configurations:
        yield styled(f"{count(len(told.configurations), 'configuration')} read", "bold")
    for one in told.configurations:
        date = f"of {day(one.of)} ({one.dated_by})" if one.of else "of a date that nobody told: give --as-of"
        passed = f"; {count(one.passed_over, 'line')} not understood" if one.passed_over else ""
        yield indented(f"{one.name}: {one.format}, {date}{passed}", 2)
    groups: dict[tuple[object, ...], list[Reach]] = {}
    for reach in told.devices:
        same = tuple((path.way, path.place, path.status, path.because) for path in reach.paths)
        groups.setdefault((_worst(reach), reach.zone, same), []).append(reach)
    for (_, zone, _), reaches in sorted(groups.items(), key=lambda item: (item[0][0], -len(item[1]))):
        yield styled("")
        labels = [reach.label for reach in reaches]
        more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
        where = f" in {zone}" if zone else ", in a zone that is not known"
        number = "" if len(labels) == 1 else f"{count(len(labels), 'device')}: "
        yield styled(f"{number}{', '.join(labels[:_NAMED])}{more}{where}", "bold", limit=600)
        for path in reaches[0].paths:
            yield from _path(path, verbose)
    if not told.devices:
        yield styled("There is no surveillance device in this case.")
    doubts = list(dict.fromkeys(doubt for reach in told.devices for doubt in reach.doubts))
    if doubts:
        yield styled("")
        yield styled("What this takes for granted", "bold")
        for doubt in doubts:
            yield indented(doubt, 2)
    engines = sorted({reach.engine for reach in told.devices})
    if engines:
        yield styled(f"Answered by the {listed(engines)} analyser. What it says of each format: docs/reach.md")


def _worst(reach: Reach) -> int:
    order = list(STYLES)
    return min((order.index(path.status) for path in reach.paths if path.place != "outside"), default=len(order))


def _path(path: ReachPath, verbose: int) -> Iterator[RenderableType]:
    yield indented(f"{WAYS[path.way].format(path.place)}: {path.status}", 2, STYLES[path.status])
    yield indented(f"{path.because[:1].upper()}{path.because[1:]}.", 4, limit=900)
    if path.missing:
        yield indented(f"To settle it: {path.missing}.", 4)
    if not verbose:
        return
    for title, lines in (("rests on", path.rules), ("not understood", path.not_understood)):
        for cited in lines[:_LINES]:
            why = f" ({cited.why})" if cited.why else ""
            yield indented(f"{title} {cited.place}: {cited.text}{why}", 4)
    if path.lets:
        yield indented(f"lets through: {'; '.join(path.lets)}", 4)
