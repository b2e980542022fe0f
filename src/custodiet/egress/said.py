"""What can be said of a device, in sentences: what was seen with its numbers, what is doubtful, what is not visible.

The maker's claim is tested in its own words. "Nothing outside seen" is only said of time that was watched without a
doubt that could hide something; never that a device cannot send.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from custodiet.egress.names import Names
from custodiet.egress.owners import (
    CLOUD,
    DYNAMIC,
    NAMES,
    PUSH,
    RECORDER,
    RELAY,
    SITE,
    TIME,
    UNKNOWN,
    UPDATE,
    VIEWER,
    Owners,
)
from custodiet.egress.place import Near, Network
from custodiet.egress.questions import only_asked
from custodiet.egress.shape import in_calendar, refused
from custodiet.egress.sums import Talks
from custodiet.egress.watched import LEAST, Watching, gaps, length_of, too_short
from custodiet.egress.words import duration, how_many, listed, size
from custodiet.model import Observation, Peer
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
    tried = [peer for peer in outside if not peer.answered and peer.begun_by == "device"]
    unanswerable = [talk for talk in talks.of("outside") if not talk.answered and talk.sources <= watched.one_way]
    outcome: EgressOutcome
    if reached:
        outcome = "maker's own seen" if any(peer.of_maker for peer in reached) else "outside seen"
    elif unanswerable:
        outcome = "cannot be said"
    elif tried:
        outcome = "tried only"
    else:
        outcome = "nothing outside seen" if watched.clean_seconds >= LEAST else "cannot be said"
    sums = _doubts_of_sums(talks, watched)
    said = _says(outcome, reached, tried, {talk.address for talk in unanswerable}, watched, owners, maker, sums)
    called = {peer.address for peer in outside if not peer.answered and peer.begun_by == "other side"}
    if called and not unanswerable:
        said += f" {how_many(len(called), 'address', 'addresses')} outside called it and got no answer."
    if asked := only_asked(names, talks, owners, maker):
        some = how_many(len(asked), "name")
        said += f" It asked for {some} of its maker ({listed(asked[:3])}{', ...' if len(asked) > 3 else ''})"
        said += " and was not seen to talk with their addresses."
    return Said(
        outcome=outcome,
        says=said,
        doubts=tuple(_doubts(talks, outside, watched, near, own)),
        not_visible=tuple(_not_visible(peers, talks, watched)),
    )


def _says(
    outcome: EgressOutcome,
    reached: Sequence[Peer],
    tried: Sequence[Peer],
    unanswerable: set[str],
    watched: Watching,
    owners: Owners,
    maker: str,
    sums: frozenset[str],
) -> str:
    when = _when(watched.spans, watched)
    others = len(_addresses(tried) - _addresses(reached))
    if reached:
        out, back = sum(peer.bytes_out for peer in reached), sum(peer.bytes_in for peer in reached)
        said = f"Seen: {_whom(reached, owners, maker)}, {_amount(out, back, sums)}, {when}."
        for peer in reached:
            if any(name.startswith("*.") for name in peer.names):
                said += f" {peer.because}"
        more = f" Besides, nothing came back from {how_many(others, 'address', 'addresses')} outside."
        return said + (more if others else "")
    if outcome == "tried only":
        return f"Tried: calls to {how_many(others, 'address', 'addresses')} outside, and nothing came back, {when}."
    if unanswerable:
        some = how_many(len(unanswerable), "address", "addresses")
        return f"Cannot be said: traffic with {some} outside was seen {when}, and of some only one direction."
    if outcome == "nothing outside seen":
        said = f"Nothing outside seen {_when(watched.clean, watched, ' at this point')}."
        return f"{said} {too_short(watched.clean_seconds)}".strip()
    if not watched.spans:
        return "Cannot be said: no source shows a conversation of it with another machine."
    if watched.spoiled:
        return f"Cannot be said: nothing outside was seen {when}, but {listed(watched.spoiled)}."
    return f"Cannot be said: nothing outside was seen, but it was watched for {duration(watched.seconds)} only."


def _when(spans: Sequence[tuple[float, float]], watched: Watching, where: str = "") -> str:
    """ "in 26 hours of capture at this point (1 gap of 12 minutes)", or "in 26 hours of complete capture"."""
    holes = gaps(spans)
    jumps = any("clock_jump" in words for words in watched.doubted.values())
    complete = not holes and not jumps and (spans == watched.clean or not watched.spoiled)
    remarks = ", ".join(part for part in (holes, "its clock jumps" if jumps else "") if part)
    return f"in {length_of(spans, watched.kinds, complete=complete)}{where}{f' ({remarks})' if remarks else ''}"


def _doubts_of_sums(talks: Talks, watched: Watching) -> frozenset[str]:
    """What makes the bytes that were counted with the outside doubtful, by the sources that show them."""
    sources = {source for talk in talks.of("outside") for source in talk.sources}
    return frozenset(word for source in sources for word in watched.doubted.get(source, ()))


LESS, MORE = frozenset({"sampled", "lost", "one_direction", "denied_only"}), frozenset({"duplicates"})
"""Doubts under which fewer bytes are counted than went by, and more."""


def stopped(observations: Iterable[Observation], near: Near) -> str:
    """A sentence on addresses outside that a firewall says it kept the device from; empty where none says so."""
    to = {host_of(one.value) for one in observations if one.attribute == "firewall.blocked"}
    outside = sorted(address for address in to if near.where(f"ip:{address}") == "outside")
    if not outside:
        return ""
    some = how_many(len(outside), "address", "addresses")
    more = ", ..." if len(outside) > 3 else ""
    return f" A firewall wrote that it stopped calls of it to {some} outside ({listed(outside[:3])}{more})."


def host_of(blocked: str) -> str:
    """The address of ``tcp 203.0.113.9:443`` or ``tcp [2001:db8::1]:443``."""
    told = blocked.partition(" ")[2]
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0] if told.count(":") == 1 else told


def _amount(out: int, back: int, doubts: frozenset[str]) -> str:
    """ "1.2 MB out and 23.0 kB in", with what is known of how right these numbers are."""
    less, more = bool(doubts & LESS), bool(doubts & MORE)
    about = "about " if less and more else "at least " if less else "at most " if more else ""
    if "both_ways" in doubts:
        both = "of which some or all is the sum of both directions"
        return f"{about}{size(out)} out and {size(back)} in ({both})"
    return f"{about}{size(out)} out and {size(back)} in"


def _doubts(
    talks: Talks, outside: Sequence[Peer], watched: Watching, near: Near, own: Collection[Network]
) -> Iterator[str]:
    yield from watched.doubts
    if any(talk.sums.twice for talk in talks.each):
        yield "Several sources saw the same conversations at the same time; they are counted once."
    if not own and outside:
        yield "No sites file names the body's own networks: every public address counts as outside."
    if near.same_link:
        some = how_many(len(near.same_link), "public address", "public addresses")
        yield f"{some} in the same /64 as the device counted as inside, since no sites file names own networks."
    if talks.left_out:
        some = how_many(talks.left_out, "conversation")
        yield f"It called so many addresses that {some} with the last of them were counted and not looked at."
    if refusals := [talk for talk in talks.of("outside") if not talk.answered and any(map(refused, talk.flows))]:
        some = how_many(len(refusals), "address", "addresses")
        yield f"What came back from {some} outside was only as large as a refusal, and counts as no answer."


def _addresses(peers: Sequence[Peer]) -> set[str]:
    return {peer.address for peer in peers}


def _own_and_kin(own: Sequence[Peer], maker: str) -> Iterator[tuple[list[Peer], str]]:
    """Peers of the maker itself, and those of companies of its family."""
    yield [peer for peer in own if peer.owner == maker], ""
    yield [peer for peer in own if peer.owner != maker], "'s family"


def _whom(reached: Sequence[Peer], owners: Owners, maker: str) -> str:
    """ "3 relays and 1 cloud host of its maker, 1 time server and 2 other addresses"."""
    parts = []
    own = [peer for peer in reached if peer.of_maker]
    if own:
        parts += [f"{listed(_kinds(of))} of its maker{whose}" for of, whose in _own_and_kin(own, maker) if of]
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


def _not_visible(peers: Sequence[Peer], talks: Talks, watched: Watching) -> Iterator[str]:
    if not watched.spans:
        yield "Everything that it sends: no source shows a conversation of it."
        return
    yield "What it sends at other times, by another cable or by radio."
    yield "What was inside: only sizes, times and names were read."
    if short := too_short(watched.seconds):
        yield short
    inside = [peer for peer in peers if peer.where == "inside"]
    if any(peer.serves in (RECORDER, VIEWER) for peer in inside):
        yield "What a recorder or viewer sends on of its pictures; that is told of the recorder itself."
    if any(peer.serves == NAMES for peer in inside):
        yield "What the name server inside asks of others for it."
    if len({peer.address for peer in peers if peer.where != "to all"}) == 1 and len(inside) == len(
        [peer for peer in peers if peer.where != "to all"]
    ):
        yield f"Whether it talks with others than {inside[0].address}, if the watching was done there and not at it."
    moments = [talk.last for talk in talks.each if in_calendar(talk.last)]
    silent = watched.spans[-1][1] - max(moments, default=watched.spans[-1][1])
    if silent > max(3600.0, watched.seconds / 4):
        yield f"Whether it was still there: nothing of it was seen in the last {duration(silent)}."
