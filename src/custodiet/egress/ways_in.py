"""Ways by which somebody could look in: seen in traffic or answers, only declared by the device, or seen to be shut.

Nothing is tried. That a way was not seen says nothing: an account in the cloud, or a port that nobody asked, shows
nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from custodiet.catalog.contents import Catalog
from custodiet.egress.names import Names
from custodiet.egress.owners import Owners
from custodiet.egress.words import how_many, listed
from custodiet.model import Endpoint, Observation, Peer, WayIn

State = Literal["seen", "declared", "shut"]

REMARKS = ("ip/1", "ip/58")
"""ICMP: what comes from outside unasked is mostly a remark of some router on what the device sent."""
NO_PROTOCOL = "ip/0"
"""What exports write that add up by address alone: who called whom does not stand in them."""

MOST = 100
"""Ways of one kind that are told."""
MOST_EVIDENCE = 10
"""Ids told of one way."""

HIDDEN = "whether anything came back could not be seen"
"""Said where every source shows one direction alone: a way is never called shut by what could not be seen."""

P2P = ("rendezvous", "relay", "device-registration")
"""Purposes of endpoints by which others find a device from outside."""
UPDATES = ("firmware",)
"""Purposes of endpoints from which firmware comes."""


def ways_in(
    observations: Sequence[Observation], peers: Sequence[Peer], names: Names, owners: Owners, maker: str
) -> tuple[WayIn, ...]:
    """All ways in of one device.

    Args:
        observations: what was observed of it.
        peers: all that it talked with.
        names: names that it asked for.
        owners: asks the catalog.
        maker: id of its maker; empty: not known.
    """
    return (
        *_ports(observations, owners.catalog, maker),
        *_mappings(observations),
        *_by_purpose("p2p registration", P2P, peers, names, owners),
        *_cloud(observations),
        *_calls(peers),
        *_by_purpose("update path", UPDATES, peers, names, owners),
    )


def _ports(observations: Iterable[Observation], catalog: Catalog, maker: str) -> Iterator[WayIn]:
    found: dict[str, list[Observation]] = {}
    for one in observations:
        if one.attribute == "net.port":
            found.setdefault(one.value.strip(), []).append(one)
    if not found:
        return
    kept_for = {
        port: told
        for record in catalog.endpoints.values()
        if record.company == maker and maker and (told := kept_for_what(record))
        for port in record.ports
        if _is_of(record.note, port, record.ports)
    }
    for port in sorted(found, key=_number)[:MOST]:
        more = f": {kept_for[port]}" if kept_for.get(port) else ""
        yield _way("open port", f"{port} is open{more}.", "seen", found[port])


def kept_for_what(record: Endpoint) -> str:
    """What ports of a device are kept open for, by the note of a record; empty where it is of no such ports."""
    return record.note.partition(";")[0].rstrip(".") if record.purpose == "device-service" else ""


def _is_of(note: str, port: str, ports: Iterable[str]) -> bool:
    """Whether a note on several ports is one on this; where it names some of them by number, it is on these alone."""
    words = {word.strip(".,;:()") for word in note.split()}
    named = {one for one in ports if one.rpartition("/")[2] in words}
    return not named or port in named


def _number(port: str) -> tuple[int, str]:
    number = port.rpartition("/")[2]
    return (int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 65_536, port)


def _mappings(observations: Sequence[Observation]) -> Iterator[WayIn]:
    """What a router was asked to let in. Its answers do not always repeat what was asked, so they are told of all."""
    found: dict[str, list[Observation]] = {}
    for one in observations:
        if one.attribute == "upnp.port_mapping":
            found.setdefault(one.value.strip(), []).append(one)
    answers = [one for one in observations if one.attribute == "upnp.port_mapping_answer"]
    granted = any(one.value.startswith("granted") for one in answers)
    refused = [one.value[:100] for one in answers if one.value.startswith("refused")]
    ended = {one.value.strip() for one in observations if one.attribute == "upnp.port_mapping_ended"}
    for value in sorted(found)[:MOST]:
        said = f"A router was asked to let in from outside: {value[:200]}"
        said += "; it agreed." if granted else f"; {refused[0]}." if refused else "; no answer of it was seen."
        if value.partition(" -> ")[0] in ended:
            said += " Later it was asked to take that away."
        shut = bool(refused) and not granted
        yield _way("port mapping", said, "shut" if shut else "seen", [*found[value], *answers])


def _cloud(observations: Iterable[Observation]) -> Iterator[WayIn]:
    told = [one for one in observations if one.attribute == "sadp.cloud"]
    on = [one for one in told if one.value.strip().lower() == "true"]
    off = [one for one in told if one.value.strip().lower() == "false"]
    if on:
        yield _way("cloud account", "It says that the cloud of its maker is switched on.", "declared", on)
    elif off:
        yield _way("cloud account", "It says that the cloud of its maker is switched off.", "shut", off)


def _calls(peers: Iterable[Peer]) -> Iterator[WayIn]:
    calls: dict[str, list[Peer]] = {}
    for peer in peers:
        remark = peer.transport in REMARKS and not peer.answered
        told = not remark and peer.transport != NO_PROTOCOL
        if peer.where == "outside" and peer.begun_by == "other side" and told:
            calls.setdefault(f"{peer.transport}/{peer.port}".removesuffix("/0"), []).append(peer)
    for port, callers in sorted(calls.items(), key=lambda item: _number(item[0]))[:MOST]:
        answered = [peer for peer in callers if peer.answered]
        some = answered or callers
        hidden = any(peer.one_way for peer in callers)
        what = "it answered" if answered else HIDDEN if hidden else "it did not answer"
        number = how_many(len({peer.address for peer in some}), "address", "addresses")
        said = f"{number} outside called {port}, and {what}."
        yield _of_peers("called from outside", said, bool(answered) or hidden, some)


def _by_purpose(
    kind: Literal["p2p registration", "update path"],
    purposes: Sequence[str],
    peers: Iterable[Peer],
    names: Names,
    owners: Owners,
) -> Iterator[WayIn]:
    endpoints = owners.catalog.endpoints
    met = [peer for peer in peers if peer.endpoint and endpoints[peer.endpoint].purpose in purposes]
    what = "servers by which others find it" if kind == "p2p registration" else "servers that hold its firmware"
    if answered := [peer for peer in met if peer.answered]:
        yield _of_peers(kind, f"It talks with {what}, of {_owners(answered, owners)}.", True, answered)
    elif met:
        hidden = any(peer.one_way for peer in met)
        said = f"It called {what}, of {_owners(met, owners)}, and {HIDDEN if hidden else 'nothing came back'}."
        yield _of_peers(kind, said, hidden, met)
    else:
        asked = [
            one
            for name, seen in sorted(names.asked.items())
            if (record := owners.record(name)) and record.purpose in purposes and not record.shelf
            for one in seen
        ]
        if asked:
            said = f"It asked for the names of {what}, and was not seen to talk with them."
            yield _way(kind, said, "declared", asked)


def _owners(peers: Iterable[Peer], owners: Owners) -> str:
    return listed([owners.company(id) for id in sorted({p.owner for p in peers if p.owner})]) or "an owner not known"


def _of_peers(
    kind: Literal["p2p registration", "update path", "called from outside"],
    says: str,
    seen: bool,
    peers: Sequence[Peer],
) -> WayIn:
    return WayIn(
        kind=kind,
        says=says,
        state="seen" if seen else "shut",
        first_seen=min(peer.first_seen for peer in peers),
        last_seen=max(peer.last_seen for peer in peers),
        evidence=tuple(dict.fromkeys(id for peer in peers for id in peer.evidence))[:MOST_EVIDENCE],
    )


def _way(
    kind: Literal["open port", "port mapping", "p2p registration", "cloud account", "update path"],
    says: str,
    state: State,
    seen: Sequence[Observation],
) -> WayIn:
    begun = [one.first_seen for one in seen if one.first_seen is not None]
    ended = [last for one in seen if (last := one.last_seen or one.first_seen) is not None]
    return WayIn(
        kind=kind,
        says=says,
        state=state,
        first_seen=min(begun, default=None),
        last_seen=max(ended, default=None),
        evidence=tuple(one.id for one in seen[:MOST_EVIDENCE]),
    )
