"""What one device was seen with, as far as news rest on it: made of its observations and flows, and added up.

Everything is bounded: who scans the world is followed up to a number of destinations, and that this was reached is
told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from custodiet.egress import Owners
from custodiet.egress.firmware import ledger, readings_of
from custodiet.egress.names import ASKED, host, names_of
from custodiet.egress.place import Near, Network, lies_outside
from custodiet.egress.sums import Talk, Talks, gather
from custodiet.isolation.judged import Leak
from custodiet.isolation.leaks import asked_of, leaks_of
from custodiet.isolation.side import Side
from custodiet.model import Asset, Flow, Identification, Observation, Source
from custodiet.watch.devices import own_macs
from custodiet.watch.isolated import Isolated

ASKED_FOR = (
    *ASKED, "dns.answer", "net.mac", "net.vlan", "net.switch_port", "ssdp.search",
    "upnp.port_mapping", "upnp.port_mapping_ended",
)  # fmt: skip
"""Attributes that are asked for here, beside those that are read as firmware."""

MOST_EVIDENCE = 10
"""Ids told of one leak."""

MOST = 5_000
"""Destinations, and names, that are kept of one device."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Where something was first seen.

    Args:
        text: it, as the source has it.
        at: seconds since 1970 UTC.
        place: source and place in it.
        evidence: id of the observation or flow.
    """

    text: str
    at: float | None
    place: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Somebody outside whom a device had to do with.

    Args:
        address, transport, port: of the other side; of the device, where the other side began.
        name: under which the device knows it; empty: none.
        began: True where the device began.
        answered: whether it was more than an attempt.
        owner: id of the company; empty: not known.
        serves: a word of `custodiet.egress.SERVES`.
        of_maker: whether the company is of the family of its maker.
        because: how that is known.
        first: the first that was seen of it.
    """

    address: str
    transport: str
    port: int
    name: str
    began: bool
    answered: bool
    owner: str
    serves: str
    of_maker: bool
    because: str
    first: Fact

    @property
    def key(self) -> str:
        """What makes it the same: its name, else its address; of those who call in, the port that they call."""
        return (self.name or self.address) if self.began else f"called on {self.transport}/{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one device was seen with, in some stretch of time or in all.

    Args:
        asset, label: id and name of the device.
        told: whether news of it are told: it watches, or it may.
        surveillance: whether it is concluded to be a surveillance device.
        device_class, maker, registrant: what is concluded; empty: not known.
        identities: what is concluded, in a few words for people.
        macs: MAC address of its own -> where seen.
        firmware: version -> where seen, oldest first.
        destinations: by `Destination.key`.
        asked: name of its maker that it asked for -> where.
        mappings: way in that a router was asked for -> where.
        standing: ``VLAN 20``, ``port ...``, ``zone ...`` -> where.
        names: address -> name as which the device was given it.
        leaks: what it must not have done, where it is isolated, each with ids of flows and observations.
        left_out: conversations that were too many to look at.
        first: the earliest that shows it at all.
    """

    asset: str
    label: str
    told: bool = True
    surveillance: bool = False
    device_class: str = ""
    maker: str = ""
    registrant: str = ""
    identities: str = ""
    macs: Mapping[str, Fact] = field(default_factory=dict)
    firmware: Mapping[str, Fact] = field(default_factory=dict)
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    asked: Mapping[str, Fact] = field(default_factory=dict)
    mappings: Mapping[str, Fact] = field(default_factory=dict)
    standing: Mapping[str, Fact] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    leaks: tuple[tuple[Leak, tuple[str, ...]], ...] = ()
    left_out: int = 0
    first: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is the same for all devices.

    Args:
        owners: asks the catalog.
        own: networks of the body.
        firmware: attributes that are read as firmware.
        zone: asset with its observations -> ``site/zone``; empty: not known.
        sources: id -> source, of all that is cited.
    """

    owners: Owners
    own: tuple[Network, ...]
    firmware: frozenset[str]
    zone: Callable[[Asset, Sequence[Observation]], str]
    sources: Mapping[str, Source]

    def fact(self, text: str, one: Observation | Flow) -> Fact:
        """Where it was seen."""
        source = self.sources.get(one.source)
        return Fact(text, one.first_seen, f"{source.name if source else one.source}, {one.locator}", one.id)


def seen_of(
    asset: Asset,
    identification: Identification,
    observations: Sequence[Observation],
    flows: Iterable[tuple[Flow, int]],
    around: Around,
    *,
    lent: frozenset[str] = frozenset(),
    names: Mapping[str, str] | None = None,
    isolated: Isolated | None = None,
) -> Seen:
    """What one device was seen with.

    Args:
        asset: the device.
        identification: what is concluded of it.
        observations: what was observed of it, as far as `ASKED_FOR` and the attributes of firmware name it.
        flows: its flows, each with the number of conversations that it stands for.
        around: the rest.
        lent: MAC addresses that routers put before the packets of others.
        names: address -> name, as known before.
        isolated: the statement that calls it isolated, where there is one.
    """
    catalog = around.owners.catalog
    addresses = frozenset(f"ip:{one.value}" for one in asset.identifiers if one.kind == "ip")
    flows = list(flows)
    talks = gather(flows, addresses, Near(around.own, addresses))
    found = names_of(observations, talks.each)
    known = dict(names or {})
    known.update((address, sorted(given)[0]) for address, given in list(found.of.items())[:MOST] if given)
    maker = identification.sure("manufacturer")
    facts: dict[str, dict[str, Fact]] = {"net.mac": {}, "upnp.port_mapping": {}, "standing": {}, "asked": {}}
    zone = around.zone(asset, observations)
    for one in sorted(observations, key=lambda one: (one.first_seen or 0.0, one.id)):
        if one.attribute == "net.mac" and one.value.lower() not in lent:
            facts["net.mac"].setdefault(one.value.lower(), around.fact(one.value, one))
        elif one.attribute == "upnp.port_mapping":
            facts["upnp.port_mapping"].setdefault(one.value.strip(), around.fact(one.value, one))
        elif one.attribute in ("net.vlan", "net.switch_port"):
            what = f"{'VLAN' if one.attribute == 'net.vlan' else 'port'} {one.value.strip()[:100]}"
            facts["standing"].setdefault(what, around.fact(what, one))
        elif one.attribute in ASKED and maker and len(facts["asked"]) < MOST:
            name = host(one.value)
            record = around.owners.record(name)
            if record and not record.shelf and around.owners.is_family(record.company, maker):
                facts["asked"].setdefault(name, around.fact(record.purpose.replace("-", " "), one))
        if zone:
            facts["standing"].setdefault(f"zone {zone}", around.fact(zone, one))
    readings = readings_of(identification)
    firmware = {}
    by_id = {one.id: one for one in observations}
    for version in ledger((one for one in observations if one.attribute in around.firmware), readings):
        firmware[version.version] = around.fact(version.version, by_id[version.evidence[0]])
    destinations: dict[str, Destination] = {}
    for talk in sorted(talks.of("outside"), key=lambda talk: talk.first):
        made = _destination(talk, known.get(talk.address, ""), maker, around)
        if made and len(destinations) < MOST and not getattr(destinations.get(made.key), "answered", False):
            destinations[made.key] = made
    device_class = identification.get("device_class").value
    own_mac = bool(facts["net.mac"] or own_macs(asset) - lent) and not lies_outside(addresses, around.own)
    return Seen(
        asset=asset.id,
        label=asset.label,
        told=isolated is not None or is_told(identification, catalog.surveillance, own_mac=own_mac),
        surveillance=bool(catalog.surveillance(device_class)),
        device_class=device_class,
        maker=maker,
        registrant=identification.get("oui_registrant").value,
        identities=_identities(identification, around.owners),
        macs=facts["net.mac"],
        firmware=firmware,
        destinations=destinations,
        asked=facts["asked"],
        mappings=facts["upnp.port_mapping"],
        standing=facts["standing"],
        names=dict(list(known.items())[-MOST:]),
        leaks=_leaks(talks, observations, around, isolated) if isolated else (),
        left_out=talks.left_out,
        first=_first(observations, flows, around),
    )


def is_told(identification: Identification, surveillance: Callable[[str], bool | None], *, own_mac: bool) -> bool:
    """Whether news of a device are told: it is a surveillance device, or of unknown kind and gives a sign of a maker.

    Args:
        identification: what is concluded of it.
        surveillance: whether a class is one of surveillance devices.
        own_mac: whether a MAC of its own is known; the address block of a router in between is no sign of what is
            behind it.
    """
    device_class = identification.get("device_class").value
    if device_class:
        return bool(surveillance(device_class))
    claims = (claim for field in ("manufacturer", "brand") for claim in identification.get(field).claims_for)
    return any(own_mac or claim.technique != "address-block" for claim in claims)


def added(before: Seen | None, fresh: Seen) -> Seen:
    """Both together; what was seen first stays, what is concluded is taken from the later."""
    if before is None:
        return fresh
    destinations = dict(before.destinations)
    for key, one in fresh.destinations.items():
        if len(destinations) < MOST and not (key in destinations and destinations[key].answered):
            destinations[key] = one
    return Seen(
        asset=before.asset,
        label=fresh.label,
        told=fresh.told,
        surveillance=fresh.surveillance,
        device_class=fresh.device_class,
        maker=fresh.maker or before.maker,
        registrant=fresh.registrant or before.registrant,
        identities=fresh.identities,
        macs={**fresh.macs, **before.macs},
        firmware={**before.firmware, **fresh.firmware},
        destinations=destinations,
        asked=dict(list({**fresh.asked, **before.asked}.items())[:MOST]),
        mappings=dict(list({**fresh.mappings, **before.mappings}.items())[:MOST]),
        standing=dict(list({**fresh.standing, **before.standing}.items())[:MOST]),
        names=dict(list({**before.names, **fresh.names}.items())[-MOST:]),
        left_out=before.left_out + fresh.left_out,
        first=before.first or fresh.first,
    )


def _first(observations: Sequence[Observation], flows: Sequence[tuple[Flow, int]], around: Around) -> Fact | None:
    found: list[Observation | Flow] = [*observations, *(flow for flow, _ in flows)]
    timed = [one for one in found if one.first_seen is not None]
    one = min(timed or found, key=lambda one: (one.first_seen or 0.0, one.id), default=None)
    return around.fact("", one) if one else None


def _identities(identification: Identification, owners: Owners) -> str:
    kind = identification.get("device_class").value.replace("_", " ") or "device of unknown kind"
    maker = identification.get("manufacturer")
    model = identification.get("model").value
    made = f"made by {owners.company(maker.value)} ({maker.band})" if maker.value else "maker not known"
    return f"{kind}, {made}" + (f", model {model[:60]}" if model else "")


def _destination(talk: Talk, name: str, maker: str, around: Around) -> Destination | None:
    if not talk.began and not talk.answered:
        return None  # whoever scans the world knocks here too; only an answer is news
    owner = around.owners.of(talk.address, [name] if name else [], talk.transport, talk.port, talk.began, maker)
    first = min(talk.flows, key=lambda flow: (flow.first_seen, flow.id))
    return Destination(
        address=talk.address,
        transport=talk.transport,
        port=talk.port,
        name=name,
        began=talk.began,
        answered=talk.answered,
        owner=owner.owner,
        serves=owner.serves,
        of_maker=owner.of_maker,
        because=owner.because,
        first=around.fact(talk.address, first),
    )


def _leaks(
    talks: Talks, observations: Sequence[Observation], around: Around, isolated: Isolated
) -> tuple[tuple[Leak, tuple[str, ...]], ...]:
    """What an isolated device did since that it must not, by the very rules of the statement."""
    side = Side(sources=around.sources, tallies={}, flows_of=lambda _keys, _most: [], observations={})
    single = []
    ids: dict[str, list[str]] = {}
    for talk in talks.each:
        later = [at for at, flow in enumerate(talk.flows) if flow.first_seen >= isolated.since]
        if talk.where != "to all" and later:
            made = Talk(talk.key, talk.where, talk.transport, talk.port, talk.began)
            made.flows, made.numbers = [talk.flows[at] for at in later], [talk.numbers[at] for at in later]
            single.append(made)
            ids.setdefault(talk.address, []).extend(flow.id for flow in made.flows)
    asked = [one for one in observations if one.first_seen is not None and one.first_seen >= isolated.since]
    ids[""] = [one.id for one in asked if one.attribute in ("dns.query", "upnp.port_mapping")]
    leaks = (*leaks_of(single, isolated.terms, side), *asked_of(asked, single, isolated.terms, side))
    return tuple((leak, tuple(ids.get(leak.address, ())[:MOST_EVIDENCE])) for leak in leaks)
