"""Peers made of what leaves inside DNS questions: outside, whoever carries the questions there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from custodiet.egress.names import Names
from custodiet.egress.owners import Owners
from custodiet.egress.questions import carrier, channels, owner_of
from custodiet.egress.shape import BULK, bars
from custodiet.egress.sums import Talks
from custodiet.model import Peer

MOST_EVIDENCE = 10
"""Ids told of one channel."""


def with_channels(
    peers: Sequence[Peer], names: Names, talks: Talks, owners: Owners, maker: str, length: float
) -> list[Peer]:
    """The peers and, for each domain under which data may leave inside questions, one more.

    Its address is that of the name server that was asked; its bytes are the share that such questions have in the
    conversation with it, and are taken from that server where it is outside itself, so that nothing counts twice.

    Args:
        peers: all so far.
        names: that the device asked for.
        talks: what it talked with.
        owners: asks the catalog.
        maker: id of the device's maker.
        length: seconds of a bar.
    """
    made = list(peers)
    talk = carrier(talks.each)
    sums = talk.sums if talk else None
    for channel in channels(names):
        owner = owner_of(channel, owners, maker)
        seen = channel.observations
        share = min(1.0, channel.bytes / sums.out) if sums and sums.out else 0.0
        out, back = (round(sums.out * share), round(sums.back * share)) if sums and sums.out else (channel.bytes, 0)
        pieces = [(b, e, round(o * share), round(i * share)) for b, e, o, i in sums.pieces] if sums else []
        begun = [one.first_seen for one in seen if one.first_seen is not None]
        ended = [last for one in seen if (last := one.last_seen or one.first_seen) is not None]
        made.append(
            Peer(
                address=talk.address if talk else "",
                where="outside",
                transport=talk.transport if talk else "udp",
                port=53,
                begun_by="device",
                names=(f"*.{channel.domain}",),
                serves=owner.serves,
                owner=owner.owner,
                of_maker=owner.of_maker,
                endpoint=owner.endpoint,
                because=owner.because,
                answered=talk.answered if talk else True,
                size="bulk" if out >= BULK or back >= BULK else "small",
                conversations=channel.names,
                bytes_out=out,
                bytes_in=back,
                first_seen=min(begun, default=talk.first if talk else 0.0),
                last_seen=max(ended, default=talk.last if talk else 0.0),
                bars=bars(pieces, length),
                evidence=tuple(one.id for one in seen[:MOST_EVIDENCE]),
            )
        )
        if talk and talk.where == "outside":
            made = [_less(peer, out, back) if _is(peer, talk.address, talk.transport) else peer for peer in made]
    return made


def _is(peer: Peer, address: str, transport: str) -> bool:
    known = (peer.address, peer.transport, peer.port, peer.begun_by) == (address, transport, 53, "device")
    return known and not any(name.startswith("*.") for name in peer.names)


def _less(peer: Peer, out: int, back: int) -> Peer:
    left = (max(0, peer.bytes_out - out), max(0, peer.bytes_in - back))
    return msgspec.structs.replace(peer, bytes_out=left[0], bytes_in=left[1])
