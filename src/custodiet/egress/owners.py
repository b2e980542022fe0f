"""Whose an outside address is and what it serves, as far as names, records and ports tell; each with how it is known.

A name that the device asked for and got as this address comes first, then one that another device got so, then the
address, then the port. A record that
nobody confirmed names no owner and is told as a lead. A port alone names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.catalog.ask import endpoint_of, family, subsidiaries
from custodiet.catalog.contents import Catalog
from custodiet.egress.words import listed
from custodiet.model import Endpoint

CLOUD, RELAY, UPDATE, TIME, DYNAMIC, PUSH, SITE, NAMES, RECORDER, VIEWER, GATEWAY, UNKNOWN = SERVES = (
    "vendor cloud", "P2P relay", "update host", "time server", "dynamic DNS", "push", "web site", "name server",
    "recorder", "viewer", "gateway", "unknown",
)  # fmt: skip
"""Everything that a peer can serve: the closed list."""

BY_PURPOSE = {
    "device-cloud": CLOUD,
    "device-registration": CLOUD,
    "app-api": CLOUD,
    "media": CLOUD,
    "sign-in": CLOUD,
    "developer-api": CLOUD,
    "operations": CLOUD,
    "push": PUSH,
    "dynamic-dns": DYNAMIC,
    "rendezvous": RELAY,
    "relay": RELAY,
    "firmware": UPDATE,
    "time": TIME,
    "web-site": SITE,
}
"""Purpose of an endpoint -> what it serves; purposes that stay on the local network are no owner of a peer."""

BY_PORT = {("udp", 123): TIME, ("udp", 53): NAMES, ("tcp", 53): NAMES, ("tcp", 853): NAMES, ("udp", 853): NAMES}
"""Where no record knows the address, what its port is kept for."""

WELL_KNOWN = {"tcp/80", "tcp/443", "udp/443", "tcp/8080", "tcp/8443", "udp/53", "tcp/53", "udp/123", "tcp/8883"}
"""Ports on which everybody answers: a relay there is no lead to a maker."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a peer is.

    Args:
        serves: a word of `SERVES`.
        owner: id of a company; empty: not known.
        of_maker: whether it is the maker of the device or of its family.
        endpoint: the record that says so; empty: none.
        purpose: its purpose.
        because: how it is known, or what is only a lead.
    """

    serves: str
    owner: str = ""
    of_maker: bool = False
    endpoint: str = ""
    purpose: str = ""
    because: str = ""


class Owners:
    """Asks the catalog whose a name, an address or a port is; answers are kept, since devices ask for the same.

    Args:
        catalog: endpoints and companies.
        on: ISO 8601 date for which families are asked.
        elsewhere: address -> name as which some device of the case was given it.
    """

    def __init__(self, catalog: Catalog, on: str, elsewhere: Mapping[str, str] | None = None) -> None:
        self.catalog = catalog
        self._elsewhere = elsewhere or {}
        self._on = on
        self._records: dict[str, Endpoint | None] = {}
        self._families: dict[str, frozenset[str]] = {}
        self._relay_ports = _relay_ports(catalog)

    def record(self, name_or_address: str) -> Endpoint | None:
        """The record of a name or address that tells what a peer serves; also one that nobody confirmed."""
        if name_or_address not in self._records:
            if len(self._records) > 200_000:
                self._records.clear()
            found = endpoint_of(self.catalog, name_or_address)
            self._records[name_or_address] = found if found and found.purpose in BY_PURPOSE else None
        return self._records[name_or_address]

    def is_family(self, company: str, maker: str) -> bool:
        """Whether a company is the maker, holds it, or belongs to it."""
        if not (company and maker):
            return False
        if maker not in self._families:
            up, down = family(self.catalog, maker, self._on), subsidiaries(self.catalog, maker, self._on)
            self._families[maker] = frozenset((maker, *up, *down))
        return company in self._families[maker]

    def of(self, address: str, names: Sequence[str], transport: str, port: int, began: bool, maker: str) -> Owner:
        """Whose a peer outside is.

        Args:
            address: its address.
            names: names under which the device knows it.
            transport: as in `Flow`.
            port: of the side that was called.
            began: True where the device began.
            maker: id of the device's maker; empty: not known.
        """
        lead = ""
        others = self._elsewhere.get(address, "")
        for asked in (*names, *([others] if others and others not in names else []), address):
            record = self.record(asked)
            if record is None:
                continue
            if record.shelf:
                lead = lead or f"{asked} is in a list that nobody confirmed ({record.id}), so it names no owner."
                continue
            return self._owned(record, asked, address, names, maker)
        serves = BY_PORT.get((transport, port), UNKNOWN) if began else UNKNOWN
        if serves != UNKNOWN:
            return Owner(serves, because=f"By its port alone, {transport}/{port}. {lead}".strip())
        if not lead and began and not names and (makers := self._relay_ports.get(f"{transport}/{port}")):
            known = [self.company(id) for id in makers]
            lead = f"Unknown, on a port that relays of {listed(known)} use: {transport}/{port}."
        return Owner(UNKNOWN, because=lead)

    def _owned(self, record: Endpoint, asked: str, address: str, names: Sequence[str], maker: str) -> Owner:
        if asked not in names and asked != address:
            how = f"By the name {asked}, as which another device was given this address."
        elif asked == address:
            how = "By its address, which is on record" + ("." if names else "; no name that it asked for leads there.")
        else:
            how = f"By the name {asked}."
        return Owner(
            serves=BY_PURPOSE[record.purpose],
            owner=record.company,
            of_maker=self.is_family(record.company, maker),
            endpoint=record.id,
            purpose=record.purpose,
            because=how,
        )

    def company(self, id: str) -> str:
        """A company's name for people; its id where the catalog does not know it."""
        record = self.catalog.companies.get(id)
        return (record.names[0] if record.names else record.name) if record else id


def _relay_ports(catalog: Catalog) -> dict[str, list[str]]:
    """Port -> makers whose relays and registrations use it, well-known ports left out."""
    found: dict[str, list[str]] = {}
    for record in catalog.endpoints.values():
        if record.purpose in ("rendezvous", "relay", "device-registration") and record.company and not record.shelf:
            for port in record.ports:
                makers = found.setdefault(port, [])
                if port not in WELL_KNOWN and record.company not in makers:
                    makers.append(record.company)
    return {port: makers for port, makers in found.items() if makers}
