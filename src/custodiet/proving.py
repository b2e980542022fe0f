"""From captures of before and after to what is stated of the devices of a case; it joins, and decides nothing itself.

What is read stays out of the case, which only tells who the devices are: before and after are two scratch cases that
are thrown away, so that traffic of another time is never taken for what the case holds.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path, PurePath
from typing import Literal

from custodiet import __version__
from custodiet.audit import Context, Progress, gives_a_sign, read_inputs
from custodiet.casefile import Case
from custodiet.catalog.ask import endpoint_of
from custodiet.catalog.contents import Catalog
from custodiet.dates import moment_of
from custodiet.egress.place import Near, own_networks
from custodiet.errors import IntegrityError, UsageError
from custodiet.isolation.judged import DeviceProof, Tried
from custodiet.isolation.recognise import Found
from custodiet.isolation.side import WANTED, Side, Terms
from custodiet.isolation.statement import Isolation, Other, Period, Subject, sha256_of
from custodiet.isolation.verify import Proving
from custodiet.isolation.watching import joined
from custodiet.model import Asset, Identification, Issue, Observation
from custodiet.model.source import SILENCE
from custodiet.probes.ledger import verify as walk
from custodiet.probes.log import End, Head, Knocked, Ledgered, read_log
from custodiet.resolve import identity_attributes, resolve
from custodiet.sources.base import Reader

MOST_ASKED = 20_000
"""Observations kept of one address: of a tunnel the first names tell enough."""
MOST_OTHERS = 50
"""Addresses listed that are no device judged, and went outside."""
MOST_PEERS = 1_000
"""Peers outside that are counted of one address."""

TriedFrom = Literal["inside", "outside", "not said"]


@dataclass(slots=True)
class Read:
    """One time as it was read."""

    side: Side
    found: Found
    skipped: tuple[Issue, ...]
    outside: dict[str, int] = field(default_factory=dict)
    """Address inside -> addresses outside that it had to do with."""
    spans: tuple[tuple[float, float], ...] = ()
    """When anybody watched."""

    @property
    def traffic(self) -> set[str]:
        """Ids of the sources that tell of traffic; the others only say who is who."""
        return {id for id, tally in self.side.tallies.items() if tally.watched is not None}

    @property
    def period(self) -> Period | None:
        """First and last time of its traffic."""
        begin, end = self.times
        return Period(begin=_iso(begin), end=_iso(end)) if begin is not None and end is not None else None

    @property
    def times(self) -> tuple[float | None, float | None]:
        """First and last time of its traffic, in seconds since 1970 UTC."""
        told = [self.side.tallies[id] for id in self.traffic]
        firsts = [tally.first_seen for tally in told if tally.first_seen is not None]
        lasts = [tally.last_seen for tally in told if tally.last_seen is not None]
        return min(firsts, default=None), max(lasts, default=None)


@contextmanager
def reading(
    inputs: Sequence[str], readers: Sequence[Reader], scratch: Path, name: str, context: Context, catalog: Catalog,
    *, progress: Progress, zone: str = "",
) -> Iterator[Read]:  # fmt: skip
    """Read one time into a scratch case, which lasts as long as this.

    Raises:
        UsageError: nothing of it tells of traffic.
    """
    with Case(scratch / f"{name}.sqlite", durable=False) as case:
        skipped = read_inputs(case, inputs, readers, scratch, progress=progress, zone=zone)
        if not case.has_flows():
            why = f"{skipped[0].source}: {skipped[0].reason}" if skipped else "nothing in it tells of traffic"
            raise UsageError(why, place=f"--{name}", next_step="Give captures, flow exports or logs of traffic.")
        sources = {source.id: source for source in case.sources()}
        tallies = {tally.source: tally for tally in case.tallies()}
        broken = {issue.source for issue in case.issues() if issue.severity == "incomplete"} | set(case.unfinished())
        kinds = identity_attributes({id: attribute.reads_as for id, attribute in catalog.attributes.items()})
        resolution = resolve(case.subjects(), case.observations([*kinds]), kinds, sources)
        found = Found(resolution.assets)
        outside, hubs = _pairs(case, Near(own_networks(context.body)), found.on_link)
        side = Side(
            sources=sources,
            tallies=tallies,
            flows_of=lambda keys, most: case.flows_of(keys, most=most),
            observations=_asked(case),
            broken=frozenset(broken),
            hubs=hubs,
        )
        spans = joined((s for t in tallies.values() if t.watched for s in t.watched.spans), SILENCE)
        yield Read(side, found, skipped, outside, tuple(spans))


def _asked(case: Case) -> Mapping[str, Sequence[Observation]]:
    found: dict[str, list[Observation]] = defaultdict(list)
    for one in case.observations(WANTED):
        if len(found[one.subject]) < MOST_ASKED:
            found[one.subject].append(one)
    return found


def _pairs(case: Case, near: Near, on_link: Collection[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Who inside had to do with how many outside; and the address that all of a source is with, where there is one."""
    outside: dict[str, set[str]] = defaultdict(set)
    common: dict[str, set[str]] = {}
    others: dict[str, set[str]] = defaultdict(set)
    for source, subject, peer in case.pairs():
        places = near.where(subject), near.where(peer)
        if "to all" in places or None in places:
            continue
        common[source] = common.get(source, {subject, peer}) & {subject, peer}
        if len(others[source]) < 4:
            others[source].update((subject, peer))
        for mine, other, where in ((subject, peer, places), (peer, subject, places[::-1])):
            is_mine = where[0] == "inside" or mine in on_link
            if is_mine and where[1] == "outside" and other not in on_link and len(outside[mine]) < MOST_PEERS:
                outside[mine].add(other)
    hubs = {id: next(iter(left)) for id, left in common.items() if len(left) == 1 and len(others[id]) > 2}
    return {key.removeprefix("ip:"): len(peers) for key, peers in outside.items()}, hubs


def devices_of(case: Case, catalog: Catalog, wanted: Sequence[str] = ()) -> list[Asset]:
    """The devices that are judged: those wanted by id, else those that watch, and of unknown kind that give a sign."""
    return [
        asset
        for asset, identification, _ in case.conclusions()
        if (asset.id in wanted if wanted else _is_meant(identification, catalog))
    ]


def _is_meant(identification: Identification, catalog: Catalog) -> bool:
    device_class = identification.get("device_class").value
    return bool(catalog.surveillance(device_class)) if device_class else gives_a_sign(identification)


def whose(catalog: Catalog, name: str) -> str:
    """Whose endpoint a name or an address is, in a few words; empty: not known."""
    record = endpoint_of(catalog, name)
    if record is None or record.shelf:
        return ""
    company = catalog.companies.get(record.company)
    return f"{record.purpose.replace('-', ' ')} of {company.name if company else record.company}"


def prove(
    devices: Sequence[Asset], before: Read, after: Read, terms: Terms, tried: Mapping[str, Sequence[Tried]]
) -> tuple[DeviceProof, ...]:
    """What can be said of each device, leaks first.

    Args:
        devices: of the case.
        before: what was read of the time before.
        after: the same after.
        terms: what holds for all.
        tried: address -> what its owner tried there.
    """
    before.found.claim(devices)
    after.found.claim(devices)
    proving = Proving(before.side, after.side, terms, outside_seen=bool(after.outside))
    told = []
    for asset in devices:
        now = after.found.of(asset)
        addresses = [key.removeprefix("ip:") for key in now.addresses]
        known = addresses or [one.value for one in asset.identifiers if one.kind == "ip"]
        mine = [one for address in sorted(known) for one in tried.get(address, ())]
        told.append(proving.device(asset, before.found.of(asset), now, mine))
    order = ("leaks", "doubtful", "too short", "not seen", "isolated as far as seen")
    return tuple(sorted(told, key=lambda one: (order.index(one.verdict), one.label, one.asset)))


def tries_of(path: Path, where: TriedFrom, addresses: Iterable[str]) -> Iterator[Tried]:
    """What a log of ``custodiet find`` says of these addresses; its ledger is checked on the way.

    Raises:
        SourceError: it is no such log.
        IntegrityError: it was changed.
    """
    lines = list(read_log(path))
    pages = [line.page for line in lines if isinstance(line, Ledgered)]
    end = next((line.ledger for line in reversed(lines) if isinstance(line, End)), None)
    if end is None:
        raise IntegrityError(
            "the log ends before it was signed", place=str(path), next_step="Go on: custodiet find --resume."
        )
    for _ in walk(pages, end):
        pass
    head = next(line for line in lines if isinstance(line, Head))
    networks = [ip_network(text) for text in head.plan.networks]
    heard: dict[str, dict[str, set[int]]] = defaultdict(lambda: {"open": set(), "refused": set()})
    for line in lines:
        if isinstance(line, Knocked):
            heard[line.address][line.heard].add(line.port)
    for address in sorted(set(addresses)):
        if any(ip_address(address) in network for network in networks) and address not in head.plan.excluded:
            yield Tried(
                log=path.name,
                where=where,
                at=head.plan.started,
                address=address,
                ports=len({*head.plan.first, *head.plan.rest}),
                open=tuple(sorted(heard[address]["open"])),
                refused=tuple(sorted(heard[address]["refused"])),
            )


def stated(
    context: Context, before: Read, after: Read, terms: Terms, devices: tuple[DeviceProof, ...],
    *, point: str, allowed: Sequence[str], case_devices: int, with_rules: bool,
) -> Isolation:  # fmt: skip
    """What is to be signed."""
    judged = {address for one in devices for address in one.addresses}
    others = sorted(((n, a) for a, n in after.outside.items() if a not in judged), key=lambda one: (-one[0], one[1]))
    doubts = [
        f"{after.side.name(id)}: {said}"
        for id, tally in sorted(after.side.tallies.items())
        for said in (tally.watched.doubts.values() if tally.watched else ())
    ]
    doubts += [f"{PurePath(i.source).name}: not read, {i.reason}." for i in (*before.skipped, *after.skipped)]
    end, begin = before.times[1], after.times[0]
    if end is not None and begin is not None and begin < end:
        doubts.append("What was given as after begins before what was given as before ends.")
    body = context.body
    return Isolation(
        body=body.name if body else "",
        sites=tuple(site.name or site.id for site in body.sites) if body else (),
        point=point,
        near_side=terms.near_side,
        before=before.period,
        after=after.period,
        hours=round(sum(end - begin for begin, end in after.spans) / 3600, 2),
        allowed=tuple(allowed),
        devices=devices,
        case_devices=case_devices,
        others=tuple(Other(address=address, peers=number) for number, address in others[:MOST_OTHERS]),
        not_tested=tuple(_not_tested(terms, devices, point=point, with_rules=with_rules)),
        doubts=tuple(doubts),
        tool=f"custodiet {__version__}",
        catalog=context.catalog,
        stated_at=_iso(time.time()),
        signed_with="",
    )


def _not_tested(terms: Terms, devices: Sequence[DeviceProof], *, point: str, with_rules: bool) -> Iterator[str]:
    where = f"there ({point})" if point else "at a place that nobody named"
    yield (
        f"The captures after were taken {where}; that the way outside of every device passes it, and by radio, another "
        "cable or another VLAN none other leads out, is not shown by captures."
    )
    yield "What peers inside pass on was not tested: a recorder, a resolver or a proxy can call outside for a device."
    yield "What was inside allowed conversations was not read, nor what their sizes and moments could tell."
    yield "What comes less often than the hours watched, or only when somebody calls for it, was not seen."
    if not terms.allowed:
        yield "No list of allowed peers was given: every address inside counts as allowed."
    if not any(one.tried for one in devices):
        yield "Nothing was tried from outside: that nobody can call in is not shown, only that nobody was seen to."
    if with_rules:
        yield "The rules are named by their hash; that these rules, and no others, were in force is not shown by it."


def subjects_of(before: Read, after: Read, rules: Iterable[Path], logs: Iterable[Path]) -> tuple[Subject, ...]:
    """The files that a statement rests on, each with its hash.

    Raises:
        OSError: one cannot be read.
    """
    named: list[tuple[str, str]] = []
    for role, read in (("before", before), ("after", after)):
        named += [(f"{role}/{PurePath(one.name).name}", one.sha256) for one in read.side.sources.values()]
    for role, paths in (("rules", rules), ("tried", logs)):
        named += [(f"{role}/{path.name}", sha256_of(path)) for path in paths]
    seen: dict[str, int] = defaultdict(int)
    told = []
    for name, digest in named:
        seen[name] += 1
        again = f" ({seen[name]})" if seen[name] > 1 else ""
        told.append(Subject(name=name + again, digest={"sha256": digest}))
    return tuple(told)


def _iso(moment: float) -> str:
    at = moment_of(moment)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else "not known"


def tries(logs: Sequence[tuple[TriedFrom, Path]], devices: Iterable[Asset], after: Read) -> dict[str, list[Tried]]:
    """Address -> what the logs say of it; the addresses of the devices are those of the case and those used after.

    Raises:
        SourceError: one is no log of ``custodiet find``.
        IntegrityError: one was changed.
    """
    known: set[str] = set()
    for asset in devices if logs else ():
        known.update(one.value for one in asset.identifiers if one.kind == "ip")
        known.update(key.removeprefix("ip:") for key in after.found.of(asset).addresses)
    found: dict[str, list[Tried]] = defaultdict(list)
    for where, path in logs:
        for one in tries_of(path, where, known):
            found[one.address].append(one)
    return found
