"""What can be said of a device, in sentences: what was seen with its numbers, what is doubtful, what is not visible.

The maker's claim is tested in its own words. "Nothing outside seen" is only said of time that was watched without a
doubt that could hide something; never that a device cannot send.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from custodiet.egress.names import Names
from custodiet.egress.owners import CLOUD, DYNAMIC, NAMES, PUSH, RELAY, SITE, TIME, UNKNOWN, UPDATE, Owners
from custodiet.egress.place import Near, Network
from custodiet.egress.sums import Talks
from custodiet.egress.watched import LEAST, Watching, gaps, length_of, too_short
from custodiet.egress.words import duration, how_many, listed, size
from custodiet.model import Asset, Peer
from custodiet.model.egress import EgressOutcome

ONE = {
    CLOUD: ("cloud host", "cloud hosts"),
    RELAY: ("relay", "relays"),
    UPDATE: ("update host", "update hosts"),
    PUSH: ("push host", "push hosts"),
    DYNAMIC: ("dynamic DNS host", "dynamic DNS hosts"),
    SITE: ("web site", "web sites"),
    TIME: ("time server", "time servers"),
    NAMES: ("name server", "name servers"),
    UNKNOWN: ("address of unknown purpose", "addresses of unknown purpose"),
}
"""What a peer serves -> how one and several are named."""


@dataclass(frozen=True, slots=True)
class Said:
    """What can be said.

    Args:
        outcome: a word of the closed list.
        says: the sentence.
        doubts: sentences.
        not_visible: sentences.
    """

    outcome: EgressOutcome
    says: str
    doubts: tuple[str, ...]
    not_visible: tuple[str, ...]


def sentences(
    asset: Asset,
    maker: str,
    peers: Sequence[Peer],
    talks: Talks,
    names: Names,
    watched: Watching,
    near: Near,
    owners: Owners,
    own: Collection[Network],
) -> Said:
    """What can be said of a device; see `egress_of` for the arguments."""
    outside = [peer for peer in peers if peer.where == "outside"]
    reached = [peer for peer in outside if peer.answered]
    doubts = list(watched.doubts)
    if not own and outside:
        doubts.append("No sites file names the body's own networks: every public address counts as outside.")
    if near.same_link:
        doubts.append(
            f"{how_many(len(near.same_link), 'public address', 'public addresses')} in the same /64 as the device "
            "counted as inside, since no sites file names the body's own networks."
        )
    if talks.left_out:
        doubts.append(f"So many addresses that {how_many(talks.left_out, 'conversation')} were counted but not told.")
    outcome = _outcome(outside, reached, watched)
    return Said(
        outcome=outcome,
        says=_says(outcome, outside, reached, watched, maker, owners),
        doubts=tuple(doubts),
        not_visible=_not_visible(asset, peers, watched),
    )


def _outcome(outside: Sequence[Peer], reached: Sequence[Peer], watched: Watching) -> EgressOutcome:
    if any(peer.of_maker for peer in reached):
        return "maker's own seen"
    if reached:
        return "outside seen"
    if outside:
        one_way = watched.spoiled and not watched.clean
        return (
            "cannot be said"
            if one_way and "of conversations only one direction was seen" in watched.spoiled
            else ("tried only")
        )
    return "nothing outside seen" if watched.clean_seconds >= LEAST else "cannot be said"


def _says(
    outcome: EgressOutcome,
    outside: Sequence[Peer],
    reached: Sequence[Peer],
    watched: Watching,
    maker: str,
    owners: Owners,
) -> str:
    when = _when(watched.spans, watched)
    if reached:
        out, back = sum(peer.bytes_out for peer in reached), sum(peer.bytes_in for peer in reached)
        said = f"Seen: {_whom(reached, maker, owners)}, {size(out)} out and {size(back)} in, {when}."
        tried = _addresses(outside) - _addresses(reached)
        return said + (
            f" {how_many(len(tried), 'other address', 'other addresses')} outside did not answer." if tried else ""
        )
    if outside:
        tried_to = how_many(len(_addresses(outside)), "address", "addresses")
        if outcome == "tried only":
            return f"Tried: calls to {tried_to} outside, and nothing came back, {when}."
        return f"Cannot be said: calls to {tried_to} outside were seen, and only one direction of any conversation."
    if outcome == "nothing outside seen":
        short = too_short(watched.clean_seconds)
        said = f"Nothing outside seen {_when(watched.clean, watched)} at this point."
        return f"{said} {short}".strip()
    if not watched.spans:
        return "Cannot be said: no source shows a conversation of it with another machine."
    if watched.spoiled:
        return f"Cannot be said: nothing outside was seen {when}, but {listed(watched.spoiled)}."
    return f"Cannot be said: it was watched for {duration(watched.seconds)} only."


def _when(spans: Sequence[tuple[float, float]], watched: Watching) -> str:
    holes = gaps(spans)
    return f"in {length_of(spans, watched.kinds)}, {holes or 'without a gap'}"


def _addresses(peers: Sequence[Peer]) -> set[str]:
    return {peer.address for peer in peers}


def _whom(reached: Sequence[Peer], maker: str, owners: Owners) -> str:
    """ "3 relays and 1 cloud host of its maker, 1 time server and 2 other addresses"."""
    parts = []
    own = [peer for peer in reached if peer.of_maker]
    if own:
        parts.append(f"{listed(_kinds(own))} of its maker")
    for company in sorted({peer.owner for peer in reached if peer.owner and not peer.of_maker}):
        theirs = [peer for peer in reached if peer.owner == company and not peer.of_maker]
        parts.append(f"{listed(_kinds(theirs))} of {owners.company(company)}")
    rest = [peer for peer in reached if not peer.owner]
    parts += _kinds(rest)
    return listed(parts)


def _kinds(peers: Sequence[Peer]) -> list[str]:
    """How many addresses of each kind; an address that serves several things is counted with the first."""
    first: dict[str, str] = {}
    for peer in peers:
        first.setdefault(peer.address, peer.serves)
    order = [serves for serves in ONE if serves in first.values()]
    return [how_many(sum(1 for s in first.values() if s == serves), *ONE[serves]) for serves in order]


def _not_visible(asset: Asset, peers: Sequence[Peer], watched: Watching) -> tuple[str, ...]:
    if not watched.spans:
        return ("Everything that it sends: no source shows a conversation of it.",)
    found = [
        "What it sends at other times, by another cable or by radio.",
        "What was inside: only sizes, times and names were read.",
    ]
    inside = {peer.serves for peer in peers if peer.where == "inside"}
    if inside & {"recorder", "viewer"}:
        found.append("What a recorder or viewer sends on of its pictures; that is told of the recorder itself.")
    return tuple(found)
