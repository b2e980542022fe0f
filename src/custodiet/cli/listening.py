"""``custodiet find --listen``: hear what devices say unasked; nothing is sent."""

from __future__ import annotations

import re
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from custodiet.cli.common import say, time_in_words
from custodiet.cli.watching import hearing
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.probes.sensor.listen import Stats


def hear(
    interface: str,
    duration: str,
    case: Path | None,
    catalog: list[Path] | None,
    *,
    json: bool,
    quiet: bool,
    verbose: int,
) -> None:
    """Listen, put what is heard into the case as it comes, and say at the end who made what was heard."""
    from custodiet.cli.identify import name_devices, refuse_judged

    seconds = length_of_time(duration) if duration else None
    refuse_judged(case)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="custodiet-") as scratch:
        kept = case or Path(scratch, "heard.sqlite")
        folder = kept.with_name(f"{kept.name}.heard")
        with hearing(interface, seconds, show=not (quiet or json)) as look:
            stats = _heard(interface, kept, folder, seconds, stop, look)
        if not quiet and not json:
            say((*_of_listening(stats), ""))
        name_devices(
            [], case=kept, catalog=catalog, json=json, quiet=quiet, verbose=verbose, find=_document(interface, stats)
        )


def _heard(
    interface: str,
    case: Path,
    folder: Path,
    seconds: float | None,
    stop: threading.Event,
    look: Callable[[Stats], None],
) -> Stats:
    from custodiet.casefile import BATCH, Case
    from custodiet.probes.sensor.listen import Batch, listen
    from custodiet.probes.sensor.reading import Today, read_batch, source_of

    today = Today()
    case.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)

    with Case(case) as opened:

        def take(batch: Batch) -> None:
            source = source_of(batch)
            if opened.begin_source(source):
                items = read_batch(batch, source, today)
                while group := list(islice(items, BATCH)):
                    opened.add(group)
                opened.end_source(source.id)

        return listen(interface, folder=folder, batches=take, stop=stop, seconds=seconds, progress=look)


def _document(interface: str, stats: Stats) -> dict[str, object]:
    """The same for machines."""
    from custodiet.report.words import iso

    return {
        "listened_on": interface,
        "since": iso(stats.since),
        "until": iso(stats.until),
        "frames": {"seen": stats.seen, "passed": stats.passed, "read": stats.kept, "lost": stats.lost},
        "trouble": stats.trouble,
        "packets_sent": 0,
        "cannot_see": CANNOT_SEE,
    }


CANNOT_SEE = (
    "What this cannot see: devices that said nothing in this time, and traffic that does not come by here: a "
    "switch shows a listener only what is sent to all, unless it mirrors the rest."
)


def _of_listening(stats: Stats) -> Iterator[str]:
    from custodiet.report import words

    yield (
        f"Listened for {time_in_words(stats.until - stats.since)}: {words.count(stats.seen, 'frame')} passed by, "
        f"{stats.kept:,} were read, and nothing was sent."
    )
    if stats.lost:
        yield f"{stats.lost:,} frames came faster than they could be taken, and are not in the result."
    if stats.trouble:
        yield f"It ended early: {stats.trouble}."
    yield CANNOT_SEE


def length_of_time(text: str) -> float:
    """Seconds of a length of time as people write it.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"(\d{1,6})(s|m|h|d)", text.strip())
    if not found:
        raise UsageError(f"{text[:40]!r} is no length of time", next_step="Write it as 90s, 15m, 24h or 7d.")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]
