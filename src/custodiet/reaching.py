"""What a case holds of ways between devices and core networks: asked of configurations, kept, and told to the judge.

It joins the case, the owner's configurations and the sites file, and decides nothing itself: whether a path is open is
said by `reach`, whether that matters is said by `judge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

import msgspec

from custodiet.casefile import Case
from custodiet.dates import day_of
from custodiet.egress.shape import answered
from custodiet.errors import IntegrityError
from custodiet.model import Asset, Body, Flow, Relied
from custodiet.model.reach import ConfigRead, Connections, Reach, ReachPath
from custodiet.reach import Analyst, Configurations
from custodiet.sites import Places
from custodiet.talking import located

REACH = "reach:"
"""Before the id of an asset: the key under which a case keeps what it could reach."""

MOST_FLOWS = 200
"""Conversations with core zones, and addresses in countries, that a judge is told of one device."""
MOST_PEERS = 20_000
"""Addresses of one device that are looked at."""
_AGAINST = {
    "proved absent": "although the configurations let nothing through",
    "open": "and the configurations allow it",
}
CITED = 10
"""Conversations cited for one way."""


class Ground:
    """What is the same for all devices of a case; made once, asked for each device.

    Args:
        case: with conversations and what was found of ways.
        body: its zones and which of them are core; none: not known.
        places: where addresses lie in that body.
    """

    def __init__(self, case: Case, body: Body | None, places: Places | None) -> None:
        self._case = case
        self._places = places
        zones = [(site.id, zone) for site in (body.sites if body else ()) for zone in site.zones]
        self._core = {(site, zone.id) for site, zone in zones if zone.core.answer == "yes"}
        self._flows = case.has_flows()
        self._located = located(case) if self._flows else {}
        self._reach = case.metas(REACH)
        self._place = lru_cache(100_000)(self._core_zone)

    def of(self, asset: Asset) -> Connections | None:
        """What is known of one device; none where nothing is beside its largest conversations."""
        kept = self._reach.get(REACH + asset.id)
        reach = _decoded(kept, self._case) if kept else None
        keys = [f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip"]
        peers: list[str] = []
        if self._flows and keys and (self._core or self._located):
            peers = self._case.peers_of(keys)
        if not peers and reach is None:
            return None
        looked = peers[:MOST_PEERS]
        core = [key for key in looked if self._place(key)]
        abroad = [key for key in looked if key.removeprefix("ip:") in self._located]
        largest: dict[str, Flow] = {}
        for flow in self._case.flows_between(keys, abroad, most=10 * MOST_FLOWS) if abroad else []:
            other = flow.peer if flow.subject in keys else flow.subject
            known = largest.setdefault(other, flow)
            if answered(flow) and not answered(known):
                largest[other] = flow
        shown = dict(list(largest.items())[:MOST_FLOWS])
        return Connections(
            peers=len(peers),
            core=tuple(self._case.flows_between(keys, core, most=MOST_FLOWS)) if core else (),
            abroad=tuple(shown.values()),
            located={key.removeprefix("ip:"): self._located[key.removeprefix("ip:")] for key in shown},
            paths=reach.paths if reach else (),
            configurations=reach.configurations if reach else (),
        )

    def core_flows(self, asset: Asset) -> tuple[Flow, ...]:
        """Its conversations with core zones, the largest first."""
        keys = [f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip"]
        if not (self._flows and keys and self._core):
            return ()
        core = [key for key in self._case.peers_of(keys)[:MOST_PEERS] if self._place(key)]
        return tuple(self._case.flows_between(keys, core, most=MOST_FLOWS)) if core else ()

    def core_zone(self, key: str) -> str:
        """The core zone that an ``ip:`` key lies in, as ``site/zone``; empty: none."""
        return self._place(key)

    def _core_zone(self, key: str) -> str:
        if self._places is None or not self._core:
            return ""
        site, zone, _ = self._places.of([key.removeprefix("ip:")], (), ())
        return f"{site}/{zone}" if site and zone and (site, zone) in self._core else ""


def reach_of_case(case: Case, given: Configurations, body: Body | None, concerned: Iterable[Asset]) -> Iterator[Reach]:
    """What devices could reach, with what was seen between them and core zones.

    Args:
        case: its conversations are looked at, nothing is written.
        given: the owner's configurations.
        body: its sites and zones.
        concerned: the devices, placed in their zones.
    """
    analyst = Analyst(given, body)
    ground = Ground(case, body, Places(body) if body else None)
    for asset in concerned:
        reach = analyst.reach(asset)
        yield _with_traffic(reach, asset, ground)


def keep(case: Case, found: Sequence[Reach]) -> None:
    """Keep answers in the case, in the place of earlier ones of the same devices."""
    case.set_metas({REACH + one.asset: msgspec.json.encode(one).decode() for one in found})


def kept(case: Case) -> dict[str, Reach]:
    """Id of the asset -> what was found of it before.

    Raises:
        IntegrityError: what the case holds is no such answer.
    """
    return {key.removeprefix(REACH): _decoded(text, case) for key, text in case.metas(REACH).items()}


class _Configured(msgspec.Struct):
    """What of an answer is wanted to know what it rests on."""

    configurations: tuple[ConfigRead, ...] = ()


def relied(case: Case) -> Iterator[Relied]:
    """The configurations that the answers of a case rest on, each once; a broken answer is told by `Kept`."""
    told: dict[tuple[str, str], Relied] = {}
    read = msgspec.json.Decoder(_Configured).decode
    for text in case.metas(REACH).values():
        with suppress(msgspec.DecodeError):
            for one in read(text).configurations:
                found = Relied(kind="configuration", name=one.name, sha256=one.sha256, since=one.of, until=one.of)
                told.setdefault((one.name, one.sha256), found)
    yield from told.values()


class Kept:
    """The answers that a case keeps, to be asked device by device; traffic that was read since is told with them.

    Args:
        case: with answers and conversations.
        body: its zones and which of them are core; none: not known.
    """

    def __init__(self, case: Case, body: Body | None) -> None:
        self._case = case
        self._found = case.metas(REACH)
        self._ground = Ground(case, body, Places(body) if body else None) if self._found else None

    def of(self, asset: Asset) -> Reach | None:
        """What was found of one device; none where nothing was asked about it.

        Raises:
            IntegrityError: what the case holds is no such answer.
        """
        text = self._found.get(REACH + asset.id)
        if text is None or self._ground is None:
            return None
        return _with_traffic(_decoded(text, self._case), asset, self._ground)


def _with_traffic(reach: Reach, asset: Asset, ground: Ground) -> Reach:
    flows = ground.core_flows(asset)
    return msgspec.structs.replace(reach, paths=tuple(_seen(reach.paths, asset, flows, ground))) if flows else reach


def _decoded(text: str, case: Case) -> Reach:
    try:
        return msgspec.json.decode(text, type=Reach)
    except msgspec.DecodeError as fault:
        step = "Run custodiet reach again on this case."
        reason = "an answer on reach in it is not what was stored"
        raise IntegrityError(reason, place=str(case.path), next_step=step) from fault


def _seen(paths: Sequence[ReachPath], asset: Asset, core: Sequence[Flow], ground: Ground) -> Iterator[ReachPath]:
    """The ways, with the conversations that went them: what was seen is surer than what a file says."""
    own = {f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip"}
    for path in paths:
        if path.place == "outside" or path.status == "seen":
            yield path
            continue
        out = path.way == "to core"
        flows = [
            flow
            for flow in core
            if (flow.subject in own) == out and ground.core_zone(flow.peer if out else flow.subject) == path.place
        ]
        if not flows:
            yield path
            continue
        through = [flow for flow in flows if answered(flow)]
        cited = tuple(flow.id for flow in (through or flows)[:CITED])
        if not through and path.flows:
            yield path  # that it was tried was told before
            continue
        if not through:
            said = f"{path.because}; {_times(len(flows))} tried, and nothing came back"
            yield msgspec.structs.replace(path, because=said, flows=cited)
            continue
        first, last = day_of(min(f.first_seen for f in through)), day_of(max(f.last_seen for f in through))
        when = f"on {first}" if first == last else f"from {first} to {last}"
        against = _AGAINST.get(path.configured, "whatever the configurations say")
        said = f"{_times(len(through))} seen {when}, {against}: {path.because}"
        yield msgspec.structs.replace(path, status="seen", because=said, flows=cited, missing="")


def _times(number: int) -> str:
    return "one conversation was" if number == 1 else f"{number:,} conversations were"
