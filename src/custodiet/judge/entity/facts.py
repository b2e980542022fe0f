"""What is known of a device that tests of makers, places and data ask: each fact with the observations it rests on.

Brand, maker, seller, factory country, parts, certificates, destinations and administrators are different facts. A fact
that no source states is not filled in from another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from custodiet.catalog import Catalog
from custodiet.identify.endpoints import ASKED_NAMES
from custodiet.judge.answers import settling
from custodiet.judge.entity.companies import company_name
from custodiet.judge.events import Told
from custodiet.model import SURE, Conclusion, Flow, Identification, Observation
from custodiet.model.reach import Connections

FACTS = {
    "register.made_in": "in which country it was made",
    "register.component": "who made the radio module, chips and other parts inside",
    "register.certificate": "which certificates it has",
    "register.data_goes_to": "to which countries its data goes",
    "register.administered_from": "from which countries it is administered",
    "register.supplier": "who sold it",
}
"""Attributes that state a fact for these tests, with the question each answers."""

MOST_NAMES = 2_000
"""Names asked for that are looked at; a device with a tunnel asks for any number."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One device, as the tests see it."""

    maker: Conclusion
    brand: Conclusion
    model: Conclusion
    firmware: Conclusion
    maker_by: tuple[str, ...]
    """What the maker rests on: observations and records."""
    brand_by: tuple[str, ...]
    maker_said: str
    """Who made it and how sure that is."""
    maker_denied: str
    """What speaks against that maker; empty where nothing does."""
    unproven: Told | None
    """That the maker is not known well enough to judge by; none where it is."""
    made_by: date | None
    """The last day on which it can have been produced, where known."""
    stated: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Attribute of `FACTS` -> what sources state, each with the id of its observation."""
    flows: Sequence[Flow] = ()
    """Conversations it took part in, as far as kept."""
    connections: Connections | None = None
    """What else is known of where it connects."""
    asked_names: tuple[tuple[str, str], ...] = ()
    """Names of other machines that it asked for, each with the id of its observation."""


def entity_of(
    identification: Identification,
    observations: Sequence[Observation],
    flows: Sequence[Flow],
    made_by: date | None,
    catalog: Catalog,
    connections: Connections | None = None,
) -> Entity:
    """Gather the facts of one device."""
    stated: dict[str, tuple[tuple[str, str], ...]] = {}
    asked: list[tuple[str, str]] = []
    for seen in observations:
        if seen.attribute in FACTS:
            if value := seen.value.strip():
                stated[seen.attribute] = (*stated.get(seen.attribute, ()), (value, seen.id))
        elif seen.attribute in ASKED_NAMES:
            asked.append((seen.value, seen.id))
    maker, brand = identification.get("manufacturer"), identification.get("brand")
    maker_by, denied = cited(maker), _denied(maker, catalog)
    proven = maker.value and maker.band in SURE
    name = company_name(catalog, maker.value)
    return Entity(
        maker=maker,
        brand=brand,
        model=identification.get("model"),
        firmware=identification.get("firmware"),
        maker_by=maker_by,
        brand_by=cited(brand),
        maker_said=f"{name} made it ({maker.band}, {maker.confidence:.2f})" if proven else "",
        maker_denied=denied,
        unproven=None if proven else _unproven(maker, name, brand.value, maker_by, denied),
        made_by=made_by,
        stated=stated,
        flows=flows,
        connections=connections,
        asked_names=tuple(asked[:MOST_NAMES]),
    )


def cited(concluded: Conclusion) -> tuple[str, ...]:
    """Observations first, then the records that read them."""
    claims = (*concluded.claims_for, *concluded.claims_against)
    return tuple(dict.fromkeys([*(id for c in claims for id in c.observations), *(c.record for c in claims)]))


def _unproven(maker: Conclusion, name: str, brand: str, evidence: tuple[str, ...], denied: str) -> Told:
    said = f"it is possible, and no more, that {name} made it" if maker.value else "who made it is not known"
    if brand:
        said += f"; the label {brand} does not tell who produced it"
    settle = maker.settle or "a reply of the device itself, its type plate, or a statement of its producer"
    confidence = maker.confidence if maker.value else 0.0
    return Told(None, said + denied, evidence, confidence, settling("who made it", settle))


def _denied(concluded: Conclusion, catalog: Catalog) -> str:
    names = dict.fromkeys(company_name(catalog, claim.value) for claim in concluded.claims_against)
    return f"; {len(concluded.claims_against)} claims say otherwise ({', '.join(names)})" if names else ""
