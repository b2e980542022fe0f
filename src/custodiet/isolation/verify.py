"""Whether devices are isolated: what each reached before and after, and whether silence was watched long enough.

Pure: it takes what readers gave, and says what can be said. A device is judged by what passed where the capture was
taken; that its way outside passes there is shown by its own traffic outside before, or else it stays in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from custodiet.egress.place import Near
from custodiet.egress.sums import Talk, Talks, gather
from custodiet.egress.words import duration, how_many
from custodiet.isolation.judged import MOST_LISTED, DeviceProof, Leak, Reached, Tried
from custodiet.isolation.leaks import (
    ROUTERS,
    answered,
    asked_of,
    is_attempt,
    leaks_of,
    open_points,
    opened_from_outside,
    out_of,
)
from custodiet.isolation.recognise import Recognised
from custodiet.isolation.side import Side, Terms
from custodiet.isolation.watching import Length, fault_of, length_of, needed_of
from custodiet.model import Asset, Observation
from custodiet.model.proof import Verdict

MOST_FLOWS = 200_000
"""Conversations of one device that are looked at."""

_KINDS = {"mac": "MAC", "ip": "address", "hostname": "host name"}
_ORDER = {"outside": 0, "inside": 1, "to all": 2}


class _Lengths(NamedTuple):
    sure: Length
    """By sources whose silence counts."""
    all: Length
    """By all sources."""
    needed: float
    because: str


class Proving:
    """Devices held against what was read before and after.

    Args:
        before: the time before isolation.
        after: the time after.
        terms: what holds for all.
        outside_seen: whether anybody's traffic with an address outside passed after.
    """

    def __init__(self, before: Side, after: Side, terms: Terms, *, outside_seen: bool) -> None:
        self._before, self._after, self._terms = before, after, terms
        self._outside_seen = outside_seen
        self._spans = {id: tally.watched.spans for id, tally in after.tallies.items() if tally.watched}
        self.faults = {
            id: why for id in after.sources if (why := fault_of(after.tallies.get(id), broken=id in after.broken))
        }
        """Id of a source after -> why its silence proves nothing."""

    def device(self, asset: Asset, was: Recognised, now: Recognised, tried: Sequence[Tried] = ()) -> DeviceProof:
        """What can be said of one device.

        Args:
            asset: as the case knows it.
            was: how it was found in what was read before.
            now: how it was found in what was read after.
            tried: what its owner tried.
        """
        before, after = self._talks(self._before, was), self._talks(self._after, now)
        outside_before = before.of("outside")
        single = [talk for talk in after.each if talk.where != "to all"]
        observed = [o for key in sorted(now.addresses) for o in self._after.observations.get(key, ())]
        attempts = [talk for talk in single if is_attempt(talk, self._terms)]
        leaks = [
            *leaks_of(single, self._terms, self._after),
            *asked_of(observed, single, self._terms, self._after),
            *opened_from_outside(tried),
        ]
        answered_before = {talk.key for talk in outside_before if answered(talk)}
        doubts = list(now.doubts)
        doubts += self._way(single, bool(outside_before))
        doubts += open_points(single, attempts, observed, answered_before, self._terms, self._after)
        if after.left_out:
            doubts.append(f"It had more conversations than are looked at: {after.left_out:,} were left out.")
        lengths = self._lengths(single, outside_before, now)
        heard = "it was heard only calling to all" if after.each else ""
        heard = heard or ("only other signs of it were there" if now.heard else "nothing of it was heard at all")
        verdict, says = self._verdict(leaks, single, attempts, doubts, lengths, heard)
        reached = self._reached(after.each, self._after)
        return DeviceProof(
            asset=asset.id,
            label=asset.label,
            identifiers=tuple(f"{_KINDS.get(i.kind, i.kind)} {i.value}" for i in asset.identifiers)[:MOST_LISTED],
            recognised_by=now.by,
            addresses=tuple(sorted(key.removeprefix("ip:") for key in now.addresses))[:MOST_LISTED],
            verdict=verdict,
            says=says,
            watched=lengths.sure.whole,
            longest=lengths.sure.longest,
            needed=lengths.needed,
            needed_because=lengths.because,
            before=self._reached(before.each, self._before)[:MOST_LISTED],
            before_outside=len(outside_before),
            after=reached[:MOST_LISTED],
            after_total=len(reached),
            leaks=tuple(leaks[:MOST_LISTED]),
            leaks_total=len(leaks),
            attempts=self._reached(attempts, self._after)[:MOST_LISTED],
            tried=tuple(tried)[:MOST_LISTED],
            doubts=tuple(dict.fromkeys([*doubts, *now.remarks, *self._remarks(single, observed)])),
        )

    def _talks(self, side: Side, found: Recognised) -> Talks:
        flows = side.flows_of(sorted(found.addresses), MOST_FLOWS + 1) if found.addresses else []
        told = gather(
            ((flow, 1) for flow in flows[:MOST_FLOWS]), found.addresses, Near(self._terms.own, found.addresses)
        )
        told.left_out += max(0, len(flows) - MOST_FLOWS)
        return told

    def _reached(self, talks: Iterable[Talk], side: Side) -> tuple[Reached, ...]:
        """The talks for people: outside first, then by bytes sent."""
        told = [(talk, *out_of(talk)) for talk in talks]
        return tuple(
            Reached(
                address=talk.address,
                where=talk.where,
                transport=talk.transport,
                port=talk.port,
                begun_by="device" if talk.began else "other side",
                answered=answered(talk),
                allowed=self._terms.permits(talk.key, talk.where),
                bytes_out=out,
                bytes_in=back,
                packets_out=packets,
                first_seen=talk.first,
                last_seen=talk.last,
                evidence=side.places(talk.flows),
            )
            for talk, out, back, packets in sorted(told, key=lambda one: (_ORDER[one[0].where], -one[1], one[0].key))
        )

    # --- how well it was watched

    def _lengths(self, single: Sequence[Talk], outside_before: Sequence[Talk], now: Recognised) -> _Lengths:
        flows = [flow for talk in single for flow in talk.flows]
        elsewhere = {id for id, hub in self._after.hubs.items() if hub not in now.addresses}
        sure = [id for id in self._after.sources if id not in self.faults and id not in elsewhere]
        needed, because = needed_of(talk.flows for talk in outside_before)
        return _Lengths(
            length_of(flows, self._spans, sure), length_of(flows, self._spans, self._after.sources), needed, because
        )

    def _way(self, single: Sequence[Talk], outside_before: bool) -> Iterable[str]:
        peers = {talk.key for talk in single}
        if peers and not outside_before and not (self._outside_seen and len(peers) > 1):
            yield (
                "Nothing shows that its way outside passes where the capture was taken: nothing of it went outside "
                "before either."
            )

    def _remarks(self, single: Sequence[Talk], observed: Sequence[Observation]) -> Iterable[str]:
        """What is to be known with the answer, and decides nothing."""
        searched = [o for o in observed if o.attribute == "ssdp.search" and any(r in o.value.lower() for r in ROUTERS)]
        if searched:
            yield f"It searched for a router that opens ways in ({self._after.places(searched)[0]})."
        for id in sorted({flow.source for talk in single for flow in talk.flows}):
            if why := self.faults.get(id):
                yield f"Silence in {self._after.name(id)} was not counted: {why}."
            tally = self._after.tallies.get(id)
            for doubt, said in (tally.watched.doubts if tally and tally.watched else {}).items():
                if doubt in ("duplicates", "local_time"):
                    yield f"{self._after.name(id)}: {said}"
            if (hub := self._after.hubs.get(id)) and any(talk.key == hub for talk in single):
                where = hub.removeprefix("ip:")
                yield f"All of {self._after.name(id)} is with {where}, so it may have been captured there; not counted."

    # --- the answer

    def _verdict(
        self,
        leaks: Sequence[Leak],
        single: Sequence[Talk],
        attempts: Sequence[Talk],
        doubts: Sequence[str],
        lengths: _Lengths,
        heard: str,
    ) -> tuple[Verdict, str]:
        if leaks:
            return "leaks", _leaking(leaks)
        if not single:
            return "not seen", f"No traffic of it with one other address passed, {heard}: silence is no proof."
        sure, every, needed, because = lengths
        if every.whole < needed:
            return "too short", f"Watched for {duration(every.whole)}; it needs {duration(needed)}: {because}."
        if doubts:
            return "doubtful", doubts[0]
        if sure.longest < needed:
            stretch = f"only {duration(sure.longest)} of them without a gap and" if sure.longest else "not"
            said = f"Watched for {duration(every.whole)}, but {stretch} by captures in no doubt"
            return "doubtful", f"{said}; it needs {duration(needed)}: {because}."
        peers = {talk.key for talk in single} - {talk.key for talk in attempts}
        said = (
            f"Watched for {duration(sure.whole)}: it reached {how_many(len(peers), 'allowed peer')} and nothing else."
        )
        if attempts:
            tried = how_many(len({talk.key for talk in attempts}), "address", "addresses")
            said += f" It tried {tried} that are not allowed, and got no answer: blocked."
        return "isolated as far as seen", said


def _leaking(leaks: Sequence[Leak]) -> str:
    kinds = list(dict.fromkeys(leak.kind for leak in leaks))
    return f"{how_many(len(leaks), 'leak')}: {', '.join(kinds)}."
