"""What was read of the time before isolation, or after, and what holds for all devices that are judged by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import PurePath

from custodiet.egress.place import Network, address_of
from custodiet.errors import UsageError
from custodiet.model import Flow, Observation, Source, Tally
from custodiet.model.egress import Where

WANTED = ("dns.query", "ssdp.search", "upnp.port_mapping")
"""Attributes whose observations are looked at."""
MOST_PLACES = 5
"""Places that are named as evidence of one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What was read of one time.

    Args:
        sources: by id.
        tallies: source id -> what the reader did.
        broken: ids of sources that were not read to their end, or of which something could not be read.
        hubs: source id -> the one ``ip:`` key that takes part in all its conversations, where there is one.
        flows_of: (``ip:`` keys, at most) -> their flows, the largest first.
        observations: ``ip:`` key -> its observations of `WANTED` attributes.
    """

    sources: Mapping[str, Source]
    tallies: Mapping[str, Tally]
    flows_of: Callable[[Sequence[str], int], list[Flow]]
    observations: Mapping[str, Sequence[Observation]]
    broken: frozenset[str] = frozenset()
    hubs: Mapping[str, str] = field(default_factory=dict)

    def name(self, source: str) -> str:
        """Name of a source for people, without its folder."""
        return PurePath(self.sources[source].name).name if source in self.sources else source

    def places(self, found: Iterable[Flow | Observation]) -> tuple[str, ...]:
        """Where these were first seen, the earliest first, as ``after.pcap, packet 41``."""
        told = sorted(found, key=lambda one: (one.first_seen or 0.0, one.locator))
        return tuple(dict.fromkeys(f"{self.name(one.source)}, {one.locator}" for one in told[: 2 * MOST_PLACES]))[
            :MOST_PLACES
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for all devices.

    Args:
        own: networks that the sites file calls the body's own.
        allowed: addresses and networks that may be reached; empty: no list was given, and all inside may.
        domains: names below these are inside too.
        near_side: True where somebody says that the captures after were taken between the devices and the rules.
        whose: name or address -> whose endpoint that is, in a few words; empty: not known.
    """

    own: tuple[Network, ...] = ()
    allowed: tuple[Network, ...] = ()
    domains: tuple[str, ...] = ()
    near_side: bool = False
    whose: Callable[[str], str] = lambda _: ""

    def permits(self, key: str, where: Where) -> bool:
        """Whether an address may be reached."""
        if where == "to all" or (where == "inside" and not self.allowed):
            return True
        address = address_of(key)
        return address is not None and any(address in network for network in self.allowed)


def parse_allowed(given: Iterable[str]) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """What the user lists as allowed: (networks, domains).

    Raises:
        UsageError: neither an address, a network nor a domain.
    """
    networks: list[Network] = []
    domains: list[str] = []
    for text in given:
        try:
            networks.append(ip_network(text.strip()))
            continue
        except ValueError:
            name = text.strip().removeprefix("*.").rstrip(".").lower()
        labels = name.split(".")
        wrong = "/" in name or ":" in name or labels[-1].isdigit()
        if wrong or not all(0 < len(label) < 64 and label.isprintable() for label in labels):
            raise UsageError(
                f"{text[:60]} is no address, network or domain",
                place="--allowed",
                next_step="Write 10.20.0.5, 10.20.0.0/24 (host bits zero) or town.example.",
            )
        domains.append(name)
    return tuple(networks), tuple(domains)
