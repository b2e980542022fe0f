"""From the conversations of one device and what was observed of it to what can be said of its egress.

Nothing is read here but what is handed in. What was not watched is never turned into "nothing was sent".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.egress.channels import with_channels
from custodiet.egress.firmware import ledger, readings_of
from custodiet.egress.inside import Roles
from custodiet.egress.names import ASKED, Names, names_of
from custodiet.egress.owners import Owner, Owners
from custodiet.egress.place import Near, Network
from custodiet.egress.said import sentences, stopped
from custodiet.egress.shape import SLICES, bars, in_calendar, pace, shape, slice_of
from custodiet.egress.sums import Talk, gather
from custodiet.egress.watched import Watch, Watching, watching
from custodiet.egress.ways_in import ways_in
from custodiet.egress.words import listed
from custodiet.model import Asset, Egress, Flow, Identification, Located, Observation, Peer
from custodiet.model.egress import Size

MOST_PEERS = 50
"""Peers that are listed; all are counted."""

MOST_EVIDENCE = 10
"""Ids told of one peer."""

ASKED_FOR = (
    *ASKED,
    "dns.answer",
    "net.port",
    "upnp.port_mapping",
    "upnp.port_mapping_ended",
    "upnp.port_mapping_answer",
    "sadp.cloud",
    "net.gateway",
    "firewall.blocked",
)
"""Attributes of a device that are asked for here, beside those that are read as firmware."""


@dataclass(frozen=True, slots=True)
class Around:
    """Everything that is the same for all devices of a case.

    Args:
        owners: asks the catalog.
        own: networks of the body.
        watches: how each source watched, by its id.
        roles: what addresses inside are.
        shared: ``ip:`` keys that several devices of the case have used.
        located: address -> what the user's database says.
        firmware: attributes that are read as firmware.
    """

    owners: Owners
    own: tuple[Network, ...]
    watches: Mapping[str, Watch]
    roles: Roles = field(default_factory=Roles)
    shared: frozenset[str] = frozenset()
    located: Mapping[str, Located] = field(default_factory=dict)
    firmware: frozenset[str] = frozenset()

    @property
    def catalog(self) -> Catalog:
        """What we know."""
        return self.owners.catalog


def egress_of(
    asset: Asset,
    identification: Identification,
    observations: Sequence[Observation],
    flows: Iterable[tuple[Flow, int]],
    around: Around,
) -> Egress:
    """What one device talks to.

    Args:
        asset: the device.
        identification: what was concluded of it.
        observations: what was observed of it, as far as `ASKED_FOR` names it.
        flows: all its flows, each with the number of conversations that it stands for.
        around: the rest.
    """
    addresses = frozenset(f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip")
    maker = identification.sure("manufacturer")
    near = Near(around.own, addresses)
    talks = gather(flows, addresses, near)
    names = names_of(observations, talks.each)
    watched = watching(talks, around.watches, addresses, {one.source for one in observations})
    moments = [at for talk in talks.each for at in (talk.first, talk.last)] + [
        at for span in watched.spans for at in span
    ]
    known = [at for at in moments if in_calendar(at)]
    length = slice_of(min(known), max(known)) if known else SLICES[2]
    peers = [_peer(talk, names, maker, around, watched) for talk in talks.each]
    peers = with_channels(peers, names, talks, around.owners, maker, length)
    peers.sort(key=_order)
    told = sentences(maker, peers, talks, names, watched, near, around.owners, around.own)
    shared = sorted(key.removeprefix("ip:") for key in addresses & around.shared)
    doubts = (
        [f"Other devices of this case go by {listed(shared)} too; whose traffic it was cannot be told."]
        if shared
        else []
    )
    return Egress(
        asset=asset.id,
        label=asset.label,
        maker=maker,
        outcome=told.outcome,
        says=told.says + stopped(observations, near),
        peers=tuple(_with_bars(peers[:MOST_PEERS], talks.each, length)),
        peers_total=len(peers),
        watched=watched.seconds,
        spans=watched.spans,
        clean=watched.clean,
        slice=length,
        ways_in=ways_in(observations, peers, names, around.owners, maker),
        firmware=ledger((o for o in observations if o.attribute in around.firmware), readings_of(identification)),
        doubts=(*doubts, *told.doubts),
        not_visible=told.not_visible,
    )


def _with_bars(peers: Iterable[Peer], talks: Iterable[Talk], length: float) -> Iterator[Peer]:
    """The peers with their picture over time; made of those that are listed alone."""
    of = {(talk.address, talk.transport, talk.port, "device" if talk.began else "other side"): talk for talk in talks}
    for peer in peers:
        talk = of.get((peer.address, peer.transport, peer.port, peer.begun_by))
        if talk is not None and not peer.bars:
            yield msgspec.structs.replace(peer, bars=bars(talk.sums.pieces, length))
        else:
            yield peer


def _order(peer: Peer) -> tuple[object, ...]:
    place = ("outside", "inside", "to all").index(peer.where)
    return (place, not peer.of_maker, -peer.bytes_out, -peer.bytes_in, peer.address, peer.port, peer.begun_by)


def _peer(talk: Talk, names: Names, maker: str, around: Around, watched: Watching) -> Peer:
    known = names.names(talk.address)
    if talk.where == "outside":
        owner = around.owners.of(talk.address, known, talk.transport, talk.port, talk.began, maker)
    elif talk.where == "inside":
        owner = around.roles.of(talk.key, talk.transport, talk.port, talk.began)
    else:
        owner = Owner("unknown")
    sums = talk.sums
    every = 0.0 if sums.twice else pace(talk.flows, talk.numbers)
    flows = sorted(talk.flows, key=lambda flow: (-flow.bytes_out - flow.bytes_in, flow.id))
    evidence = [flows[0].id, *names.evidence(talk.address), *(flow.id for flow in flows[1:])]
    return Peer(
        address=talk.address,
        where=talk.where,
        transport=talk.transport,
        port=talk.port,
        begun_by="device" if talk.began else "other side",
        names=known[:8],
        serves=owner.serves,
        owner=owner.owner,
        of_maker=owner.of_maker,
        endpoint=owner.endpoint,
        because=owner.because,
        located=around.located.get(talk.address) if talk.where == "outside" else None,
        answered=talk.answered,
        one_way=not talk.answered and talk.sources <= watched.one_way,
        size=_shape(talk, every, watched),
        every=every,
        conversations=sums.conversations,
        hours=talk.hours,
        bytes_out=sums.out,
        bytes_in=sums.back,
        first_seen=talk.first,
        last_seen=talk.last,
        evidence=tuple(evidence[:MOST_EVIDENCE]),
    )


def _shape(talk: Talk, every: float, watched: Watching) -> Size:
    """What it looks like; a number that is the sum of both directions never makes it look like pictures sent out."""
    found = shape(talk.flows, talk.numbers, outward=talk.began, every=every)
    if found != "video-sized":
        return found
    apart = [
        (flow, number)
        for flow, number in zip(talk.flows, talk.numbers, strict=True)
        if "both_ways" not in watched.doubted.get(flow.source, ())
    ]
    if len(apart) == len(talk.flows):
        return found
    flows, numbers = [flow for flow, _ in apart], [number for _, number in apart]
    return found if shape(flows, numbers, outward=talk.began, every=every) == found else "bulk"
