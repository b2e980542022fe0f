"""A made camera with its conversations, so that a proof can be asked for without any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from custodiet.isolation.judged import DeviceProof
from custodiet.isolation.recognise import Recognised
from custodiet.isolation.side import Side, Terms
from custodiet.isolation.verify import Proving
from custodiet.model import Asset, Flow, Identifier, Observation, Source, Tally, Watched, observe
from custodiet.model.source import Doubt

DAY, HOUR = 86_400.0, 3600.0
BEGIN = 1_790_000_000.0
CAMERA, RECORDER, RESOLVER, CLOUD = "ip:10.0.0.5", "ip:10.0.0.10", "ip:10.0.0.53", "ip:203.0.113.9"
MAC = "00:11:22:33:44:55"


def asset(mac: str = MAC, ip: str = "10.0.0.5", id: str = "ast-1") -> Asset:
    """A camera that the case knows by MAC and address."""
    kinds = [("mac", mac), ("ip", ip)]
    found = tuple(Identifier(kind=kind, value=value, identity=True) for kind, value in kinds if value)
    return Asset(id=id, label=ip or mac, subjects=(), identifiers=found)


def flow(
    subject: str = CAMERA, peer: str = RECORDER, transport: str = "tcp", port: int = 554, *, at: float = BEGIN,
    seconds: float = 0.0, out: tuple[int, int] = (10, 2000), back: tuple[int, int] = (10, 1000), source: str = "src-1",
) -> Flow:  # fmt: skip
    """A conversation; ``out`` and ``back`` are (packets, bytes)."""
    return Flow(
        id=f"flow-{subject}-{peer}-{transport}-{port}-{at}", source=source, subject=subject, peer=peer,
        transport=transport, port=port, bytes_out=out[1], bytes_in=back[1], packets_out=out[0], packets_in=back[0],
        first_seen=at, last_seen=at + seconds, locator="packet 41",
    )  # fmt: skip


def hourly(hours: float, source: str = "src-1", begin: float = BEGIN, **fields: object) -> list[Flow]:
    """One conversation with the recorder for so long, as captures add it up."""
    return [
        flow(at=begin + at * HOUR, seconds=HOUR - 10, source=source, **fields)  # type: ignore[arg-type]
        for at in range(int(hours))
    ]


def side(
    flows: Sequence[Flow], hours: float = 30, *, doubts: Mapping[Doubt, str] | None = None, sampled: int = 1,
    spans: Sequence[tuple[float, float]] | None = None, asked: Sequence[Observation] = (), kind: str = "capture",
    hub: str = "", broken: bool = False,
) -> Side:  # fmt: skip
    """What was read of one time, from one source."""
    source = Source(id="src-1", kind=kind, format="pcap", name="in/after.pcap", sha256="0" * 64, size=1)  # type: ignore[arg-type]
    told = Watched(
        spans=tuple(spans if spans is not None else [(BEGIN, BEGIN + hours * HOUR)]), sampled=sampled,
        doubts=dict(doubts or {}),
    )  # fmt: skip
    tally = Tally(source="src-1", unit="packets", total=1, read=1, issues=0, watched=told)
    observations: dict[str, list[Observation]] = {}
    for one in asked:
        observations.setdefault(one.subject, []).append(one)
    return Side(
        sources={"src-1": source},
        tallies={"src-1": tally},
        flows_of=lambda keys, most: [f for f in flows if f.subject in keys or f.peer in keys][:most],
        observations=observations,
        hubs={"src-1": hub} if hub else {},
        broken=frozenset({"src-1"} if broken else ()),
    )


def asks(name: str, *, attribute: str = "dns.query", subject: str = CAMERA, count: int = 1) -> Observation:
    """What the camera asked for."""
    return observe("src-1", subject, attribute, name, "packet 7", first_seen=BEGIN + 5, count=count)


CALLED = [flow(peer=CLOUD, port=443, at=BEGIN - 2 * DAY + at * HOUR) for at in range(26)]
"""Before, it called its cloud once an hour."""


def proved(
    after: Side, before: Sequence[Flow] = CALLED, *, terms: Terms | None = None, outside_seen: bool = True,
    now: Recognised | None = None, tried: Sequence[object] = (),
) -> DeviceProof:  # fmt: skip
    """What can be said of the camera."""
    found = Recognised(by="MAC", addresses=frozenset({CAMERA}), heard=True)
    proving = Proving(side(before), after, terms or Terms(), outside_seen=outside_seen)
    return proving.device(asset(), found, now or found, tried)  # type: ignore[arg-type]
