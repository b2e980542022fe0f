"""What the names that a device asks for say about its maker: the records of endpoints, looked up and not searched.

A telephone with the maker's app asks for some of the same names, so a name that only programs ask for says less.
"""

from __future__ import annotations

from collections.abc import Iterator

from custodiet.catalog.ask import endpoint_of
from custodiet.catalog.contents import Catalog
from custodiet.model import Claim, Observation

ASKED_NAMES = ("dns.query", "tls.server_name", "http.host")
"""Attributes whose value is a host name that the device asked for."""


def endpoint_claims(observation: Observation, catalog: Catalog) -> Iterator[Claim]:
    """The claims of the endpoint that this name belongs to."""
    if observation.attribute not in ASKED_NAMES:
        return
    name = observation.value.strip()
    host = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
    record = endpoint_of(catalog, host)
    if record is None:
        return
    weight = catalog.strengths["lead" if record.shelf else record.strength].weight
    for field, says in record.says.items():
        yield Claim(
            field=field,
            value=says,
            technique="traffic",
            strength=weight,
            record=record.id,
            observations=(observation.id,),
            attribute=observation.attribute,
            observed=observation.value[:400],
            span=(0, min(len(observation.value), 400)),
        )
