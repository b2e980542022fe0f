"""``custodiet watch --listen``: files of seconds are told at once, and go into the case by the quarter of an hour."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from custodiet.cli.common import load
from custodiet.cli.listening import length_of_time
from custodiet.cli.watch import Crier, isolation_of
from custodiet.errors import SourceError
from custodiet.model import Flow, Observation, Tally

if TYPE_CHECKING:
    from custodiet.casefile import Case
    from custodiet.model.news import News
    from custodiet.probes.sensor.listen import Batch, Stats

Seen = TypeVar("Seen", Observation, Flow)

AT_ONCE = 2.0
"""Seconds that a file of the sensor lasts: nothing is told later than this after its packet, and what reading takes."""
SMALL = 8 << 20
"""Bytes of such a file, at most."""
OPEN = "watch"
"""Meta key that says ``open`` while somebody watches: what was put into the case then may not be concluded yet."""


def follow(
    interface: str, duration: str, path: Path, folders: list[Path] | None, crier: Crier, *, near_side: bool
) -> bool:
    """Listen until the time is over or a signal comes; whether all that came by was heard.

    Raises:
        UsageError: no such interface, or no right to capture.
    """
    from custodiet.casefile import Case
    from custodiet.cli.explain import remembered_folders
    from custodiet.probes.sensor.listen import Limits, listen
    from custodiet.probes.sensor.start import link_of

    seconds = length_of_time(duration) if duration else None
    link_of(interface)  # before anything is made that nobody needs
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.with_name(f"{path.name}.heard")
    with Case(path) as case:
        listener = _Listener(case, interface, folder, folders or remembered_folders(case), crier, near_side=near_side)
        crier.say(
            f"Listening on {interface}; news are told within some {AT_ONCE + 1:.0f} seconds of their packet, and "
            "nothing is sent. Ctrl-C ends it."
        )
        try:
            stats = listen(
                interface, folder=folder, batches=listener.take, stop=stop, seconds=seconds, keep="flows",
                limits=Limits(seconds=AT_ONCE, size=SMALL, waiting=16), progress=listener.look,
            )  # fmt: skip
        finally:
            listener.end()
        if stats.trouble:
            listener.tell_trouble(stats)
    crier.say(f"{stats.seen:,} frames came by, {stats.lost:,} were lost; {crier.number:,} news. Nothing was sent.")
    return not (stats.trouble or stats.lost)


class _Listener:
    """Takes the files of the sensor.

    Args:
        case: open.
        interface: that is listened on.
        folder: where the sensor keeps its files.
        folders: of the user's own catalog.
        crier: prints news.
        near_side: as for `isolation_of`.
    """

    def __init__(
        self, case: Case, interface: str, folder: Path, folders: list[Path], crier: Crier, *, near_side: bool
    ) -> None:
        from datetime import UTC, datetime

        from custodiet import audit as steps
        from custodiet.identify import Matcher
        from custodiet.probes.sensor.reading import Today
        from custodiet.watch.files import around_of, devices_of
        from custodiet.watch.live import Live
        from custodiet.watch.losses import Silence, of_statements
        from custodiet.watch.stretch import Stretch
        from custodiet.watch.told import Told

        self._case, self._interface, self._crier, self._folders = case, interface, crier, folders
        self._catalog = load(folders)
        self._matcher = Matcher(self._catalog)
        self._today = Today()
        self._told = Told(case, time.time)
        self._silence = Silence(interface)
        self._stretch = Stretch(folder / "whole", interface)
        self._pending: dict[tuple[str, ...], list[News]] = {}
        left = list(self._stretch.left_behind())
        for batch in left:
            self._archive(batch)
        context = steps.recall(case)
        if left or context is None or case.meta(OPEN) == "open":
            self._conclude()
            context = steps.recall(case)
        case.set_meta(OPEN, "open")
        body = context.body if context else None
        on = context.on if context else datetime.now(UTC).date().isoformat()
        around = around_of(case, self._catalog, body, on)
        isolation = isolation_of(case, around, near_side=near_side)
        self._tell(of_statements(isolation.unsound))
        self._live = Live(case, self._matcher, around, devices_of(case, self._catalog), isolation)

    def take(self, batch: Batch) -> None:
        """Tell what is new in one file, and join it to the rest."""
        from custodiet.probes.sensor.reading import read_batch, source_of
        from custodiet.watch.losses import cannot_be_told

        source = source_of(batch)
        name, offset = self._stretch.name(batch), self._stretch.packets
        observations: list[Observation] = []
        flows: list[Flow] = []
        packets = 0
        try:
            for item in read_batch(batch, source):
                if isinstance(item, Observation):
                    observations.append(_later(item, offset))
                elif isinstance(item, Flow):
                    flows.append(_later(item, offset))
                elif isinstance(item, Tally):
                    packets = item.total
        except SourceError as fault:
            says = f"Some seconds could not be read: {fault.reason}."
            self._tell([cannot_be_told(self._interface, source.id, says, time.time(), name)])
            return
        found = self._live.take(msgspec.structs.replace(source, name=name), observations, flows)
        if batch.stats is not None and batch.stats.lost:
            says = f"News may have been missed: {batch.stats.lost:,} of {batch.stats.passed:,} frames were lost."
            found.append(cannot_be_told(self._interface, source.id, says, batch.stats.since, name))
        cited = {one.id: one.evidence for one in found}
        told = self._tell(msgspec.structs.replace(one, evidence=()) for one in found)
        self._remember(told, cited, observations, flows)
        now = time.monotonic()
        self._stretch.add(batch, packets, now)
        if self._stretch.due(now):
            self._end_stretch()

    def look(self, stats: Stats) -> None:
        """Several times a second: is anything heard at all?"""
        if news := self._silence.look(stats.seen, time.time()):
            self._tell([news])

    def tell_trouble(self, stats: Stats) -> None:
        """It ended early."""
        from custodiet.watch.losses import cannot_be_told

        says = f"Nobody watches any more: {stats.trouble}."
        self._tell([cannot_be_told(self._interface, f"ended {stats.until}", says, stats.until)])

    def end(self) -> None:
        """Put the rest into the case and conclude it."""
        self._end_stretch()
        self._conclude()
        self._case.set_meta(OPEN, "closed")
        self._stretch.close()

    def _tell(self, found: Iterable[News]) -> list[News]:
        new = self._told.new(found)
        self._crier.cry(new)
        return new

    # --- into the case

    def _remember(
        self,
        told: Sequence[News],
        cited: Mapping[str, Sequence[str]],
        observations: Sequence[Observation],
        flows: Sequence[Flow],
    ) -> None:
        """What the evidence of news is, so that it is found again in the case; until then they cite none."""
        wanted = {id for one in told for id in cited.get(one.id, ())}
        keys = {one.id: _key(one) for one in observations if one.id in wanted}
        keys.update((one.id, _key(one)) for one in flows if one.id in wanted)
        for one in told:
            for id in cited.get(one.id, ()):
                if id in keys:
                    self._pending.setdefault(keys[id], []).append(one)

    def _end_stretch(self) -> None:
        batch = self._stretch.end()
        if batch is not None:
            self._archive(batch)

    def _archive(self, batch: Batch) -> None:
        """Read one file of a quarter of an hour into the case."""
        from custodiet.casefile import BATCH
        from custodiet.probes.sensor.reading import read_batch, source_of

        source = source_of(batch)
        found: dict[str, tuple[News, list[str]]] = {}
        if self._case.begin_source(source):
            items = read_batch(batch, source, self._today)
            while group := list(islice(items, BATCH)):
                self._case.add(group)
                for item in group:
                    if isinstance(item, Observation | Flow):
                        for news in self._pending.get(_key(item), ()):
                            found.setdefault(news.id, (news, []))[1].append(item.id)
            self._case.end_source(source.id)
        self._told.keep(msgspec.structs.replace(news, evidence=tuple(ids[:10])) for news, ids in found.values())
        self._pending.clear()
        batch.path.unlink(missing_ok=True)

    def _conclude(self) -> None:
        from custodiet import audit as steps
        from custodiet.report.order import worst_first

        steps.read_more(
            self._case, [], (), Path(), self._catalog, worst_first, folders=self._folders, zone=""
        )  # fmt: skip


def _key(item: Observation | Flow) -> tuple[str, ...]:
    """What makes it the same in a longer file."""
    if isinstance(item, Observation):
        return (item.subject, item.attribute, item.value)
    return (item.subject, item.peer, item.transport, str(item.port))


def _later(item: Seen, packets: int) -> Seen:
    """The same, so many packets later in the file."""
    word, _, number = item.locator.partition(" ")
    if not packets or word != "packet" or not number.isdecimal():
        return item
    return msgspec.structs.replace(item, locator=f"packet {int(number) + packets}")
