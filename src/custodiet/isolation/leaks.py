"""What of a device's traffic is a leak, what a mere attempt, and what leaves the answer open.

A leak is anything with an address outside: sent, received, or asked for by name. An attempt is the opening of a
conversation that nobody answered. Whether a packet without an answer arrived, and whether a resolver passed a question
on, cannot be seen: both count as leaks, unless somebody says that the capture was taken between device and rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from custodiet.egress.questions import domain_of
from custodiet.egress.shape import OPENINGS, refused
from custodiet.egress.sums import Talk
from custodiet.egress.words import how_many
from custodiet.isolation.judged import Leak, LeakKind, Tried
from custodiet.isolation.names import is_inside_name, tells_of_names
from custodiet.isolation.side import Side, Terms
from custodiet.model import Flow, Observation

PORT_MAPPING = 5351
"""UDP port of a router on which NAT-PMP and PCP ask it to open a way in."""
ROUTERS = ("internetgatewaydevice", "wanipconnection", "wanpppconnection")
"""Parts of what a device searches for that wants a router to open a way in, in lower case."""
RESOLVERS = (53, 853)
"""Ports on which resolvers answer, plain and encrypted."""
LINK_NEEDS = {("udp", 67), ("udp", 68), ("udp", 546), ("udp", 547), ("ip/58", 0), ("ip/2", 0)}
"""What any device does on its link to have an address at all: DHCP, ICMPv6, IGMP."""


def answered(talk: Talk) -> bool:
    """Whether anything came back that is no mere refusal."""
    return any((flow.packets_in or flow.bytes_in) and not refused(flow) for flow in talk.flows)


def out_of(talk: Talk) -> tuple[int, int, int]:
    """Bytes from the device, bytes to it, packets from it."""
    pieces = [
        (f.bytes_out, f.bytes_in, f.packets_out) if talk.began else (f.bytes_in, f.bytes_out, f.packets_in)
        for f in talk.flows
    ]
    return tuple(map(sum, zip(*pieces, strict=True)))  # type: ignore[return-value]


def are_openings(flow: Flow) -> bool:
    """Whether all that was sent can be mere openings of TCP conversations, which carry no data."""
    if flow.transport != "tcp" or not flow.packets_out:
        return False
    v6 = flow.peer.count(":") > 1
    return min(OPENINGS[v6]) - 4 <= flow.bytes_out / flow.packets_out <= max(OPENINGS[v6])


def is_attempt(talk: Talk, terms: Terms) -> bool:
    """Whether it is not allowed and the device only tried: openings, or on the near side whatever it sent."""
    may = terms.permits(talk.key, talk.where) and not _asks_for_a_way_in(talk)
    if not talk.began or may or answered(talk) or _is_needed(talk):
        return False
    return terms.near_side or all(map(are_openings, talk.flows))


def _asks_for_a_way_in(talk: Talk) -> bool:
    return talk.began and talk.where != "to all" and (talk.transport, talk.port) == ("udp", PORT_MAPPING)


def _is_needed(talk: Talk) -> bool:
    return talk.where == "inside" and (talk.transport, talk.port) in LINK_NEEDS


def leaks_of(talks: Iterable[Talk], terms: Terms, side: Side) -> Iterator[Leak]:
    """The leaks among what a device had to do with; outside first, then by bytes sent."""
    told = [(talk, *out_of(talk)) for talk in talks]
    for talk, out, back, _ in sorted(told, key=lambda one: (one[0].where != "outside", -one[1], one[0].key)):
        port = f" port {talk.port}" if talk.port else ""
        at = f"{talk.address} ({talk.transport}{port})"
        kind: LeakKind
        if is_attempt(talk, terms) or _is_needed(talk):
            continue
        if _asks_for_a_way_in(talk):
            kind, says = "asked a router to open a way in", f"It asked {at} to open a port for callers from outside."
        elif terms.permits(talk.key, talk.where):
            continue
        elif talk.where == "inside":
            kind = "reached inside, not allowed"
            says = f"It {'reached' if talk.began else 'was reached by'} {at} inside, which is not on the list."
        elif not talk.began:
            kind = "reached from outside"
            says = f"{at} outside reached it, and it {'answered' if answered(talk) else 'did not answer'}."
        elif answered(talk):
            kind, says = "reached outside", f"It exchanged traffic with {at} outside."
        else:
            kind = "sent outside, no answer seen"
            says = f"It sent to {at} outside; no answer was seen, and whether it arrived cannot be seen."
        if owner := terms.whose(talk.address):
            says = f"{says} That is {owner}."
        yield Leak(
            kind=kind,
            says=says,
            address=talk.address,
            bytes_out=out,
            bytes_in=back,
            first_seen=talk.first,
            last_seen=talk.last,
            evidence=side.places(talk.flows),
        )


def asked_of(observed: Sequence[Observation], talks: Sequence[Talk], terms: Terms, side: Side) -> Iterator[Leak]:
    """Names outside that the device asked for, by domain; and port mappings that a router was asked for.

    On the near side of the rules, questions and requests that nobody answered were stopped, and are none.
    """
    begun = [talk for talk in talks if talk.began and answered(talk)]
    resolved = not terms.near_side or any(talk.port in RESOLVERS for talk in begun)
    mappable = not terms.near_side or any(talk.transport == "tcp" or talk.port == PORT_MAPPING for talk in begun)
    outside: dict[str, list[Observation]] = defaultdict(list)
    mapped = []
    for one in observed:
        if one.attribute == "dns.query" and resolved and not is_inside_name(one.value, terms.domains):
            name = one.value.strip().rstrip(".").lower()
            outside[domain_of(name) or name].append(one)
        elif one.attribute == "upnp.port_mapping" and mappable:
            mapped.append(one)
    for domain, found in sorted(outside.items()):
        yield _leak("asked for a name outside", tells_of_names(domain, found, terms.whose), found, side)
    if mapped:
        says = f"A router was asked to let callers from outside in to it, or does so: {mapped[0].value[:80]}."
        yield _leak("asked a router to open a way in", says, mapped, side)


def _leak(kind: LeakKind, says: str, found: Sequence[Observation], side: Side) -> Leak:
    return Leak(
        kind=kind,
        says=says,
        first_seen=min((o.first_seen for o in found if o.first_seen is not None), default=None),
        last_seen=max((o.last_seen for o in found if o.last_seen is not None), default=None),
        evidence=side.places(found),
    )


def opened_from_outside(tried: Iterable[Tried]) -> Iterator[Leak]:
    """Tries of the owner from outside that a device answered."""
    for one in tried:
        if one.where == "outside" and (one.open or one.refused):
            ports = ", ".join(map(str, (one.open or one.refused)[:20]))
            how = "answered on" if one.open else "refused, and so can be reached, on"
            says = f"Tried from outside, {one.address} {how} port {ports}."
            yield Leak(kind="answered a try from outside", says=says, first_seen=one.at, evidence=(one.log,))


# --- what leaves the answer open

STRAY = 5
"""Packets to resolvers that may be no questions, or cut, before it is told."""


def open_points(
    talks: Sequence[Talk],
    attempts: Sequence[Talk],
    observed: Sequence[Observation],
    answered_before: Collection[str],
    terms: Terms,
    side: Side,
) -> Iterator[str]:
    """What forbids to call a device isolated though no leak was seen, in sentences.

    Args:
        talks: with single addresses.
        attempts: those that are attempts.
        observed: of the device.
        answered_before: ``ip:`` keys outside that answered it before.
        terms: what holds for all.
        side: what was read after.
    """
    if attempts and not terms.near_side:
        number = how_many(sum(out_of(talk)[2] for talk in attempts), "packet")
        if any(_one_way(source, side) for talk in attempts for source in talk.sources):
            yield (
                f"It tried to open conversations that are not allowed ({number}). Only one direction was seen, so "
                "whether anything came back is not known."
            )
        else:
            yield (
                f"It tried to open conversations that are not allowed ({number}, no answer). They were blocked if the "
                "capture was taken between the device and the rules, which nobody said."
            )
    unsure = [
        talk
        for talk in attempts
        if talk.where == "outside" and not all(map(are_openings, talk.flows)) and talk.key not in answered_before
    ]
    if terms.near_side and unsure:
        yield (
            f"It sent to {unsure[0].address} and got no answer, nor did it before: whether the rules stopped it cannot "
            "be seen from their near side."
        )
    yield from _unread(talks, observed, terms, side)
    tcp = [talk for talk in talks if talk.transport == "tcp" and not is_attempt(talk, terms)]
    sums = [out_of(talk) for talk in tcp]
    if any(sums) and not (any(out for out, _, _ in sums) and any(back for _, back, _ in sums)):
        yield "Of its conversations only one direction passed where the capture was taken."


def _one_way(source: str, side: Side) -> bool:
    tally = side.tallies.get(source)
    return bool(tally and tally.watched and "one_direction" in tally.watched.doubts)


def _unread(talks: Sequence[Talk], observed: Sequence[Observation], terms: Terms, side: Side) -> Iterator[str]:
    """Packets to resolvers in which no question could be read."""
    for talk in talks:
        if not talk.began or talk.where != "inside" or talk.port not in RESOLVERS:
            continue
        if terms.near_side and not answered(talk):
            continue
        for source in sorted(talk.sources):
            packets = sum(flow.packets_out for flow in talk.flows if flow.source == source)
            if talk.transport == "tcp" and all(are_openings(f) for f in talk.flows):
                continue
            here = side.sources[source].kind == "capture"  # logs keep questions in a file of their own
            asked = sum(o.count for o in observed if o.attribute == "dns.query" and (o.source == source or not here))
            blind = talk.port == 853 or not asked
            short = talk.transport == "udp" and here and packets > asked + STRAY
            if blind or short:
                yield (
                    f"It asked the resolver {talk.address} inside, and what it asked cannot be read in "
                    f"{side.name(source)}: {how_many(packets, 'packet')}, {how_many(asked, 'question')} read."
                )
