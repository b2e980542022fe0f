"""Where data was seen to go: destinations that a database places in a country, and companies with their seat there.

An address in a country shows that data went there. A company's seat does not say where its machines stand, so it only
opens the question. What was seen elsewhere never shows that nothing goes to a country.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from custodiet.catalog import Catalog
from custodiet.catalog.ask import endpoint_of
from custodiet.egress.shape import answered
from custodiet.judge.entity.companies import company_name
from custodiet.judge.entity.facts import Entity
from custodiet.judge.events import Told
from custodiet.model import Flow, Located

PLACED_BY_DATABASE = 0.9
"""Confidence that a destination lies where a database puts it: such databases are often right, and no proof."""

_CITED = 10


def data_seen_to(countries: Collection[str], entity: Entity, catalog: Catalog) -> Told | None:
    """Whether data was seen to go to one of these countries; none where no traffic says anything of it."""
    known = entity.connections
    there: list[tuple[Flow, Located]] = []
    tried: list[tuple[Flow, Located]] = []
    for flow, located in _abroad(entity):
        if located.country in countries:
            (there if _sent(flow, entity) else tried).append((flow, located))
    if there:
        (flow, located), *more = there
        address = _other(flow, entity)
        others = f", and {len(more)} more such addresses" if len(more) > 1 else ", and one more" if more else ""
        said = f"data was seen to go to {address}, which lies in {located.country} by {located.database}{others}"
        cite = tuple(one.id for one, _ in there[:_CITED])
        return Told(True, said, (*cite, f"database:{located.database}"), PLACED_BY_DATABASE)
    placed = {} if known is None else known.located
    for company, what, evidence, address in _companies(countries, entity, catalog):
        if address in placed and placed[address].country:
            continue
        seat = catalog.companies[company].seat
        who = f"{company_name(catalog, company)} runs, seated in {seat}"
        said = f"{what}, which {who}; where the machine stands is not known"
        missing = (
            "in which country that machine stands: run custodiet egress with --located and a database of countries"
        )
        return Told(None, said, (evidence, f"company:{company}"), 0.0, missing)
    if tried:
        flow, located = tried[0]
        where = f"lies in {located.country} by {located.database}"
        said = f"it called {_other(flow, entity)}, which {where}; no data was seen to go"
        missing = "whether data goes there when it is let through: the rules of the firewall, and a longer capture"
        return Told(None, said, tuple(one.id for one, _ in tried[:_CITED]), 0.0, missing)
    return None


def _abroad(entity: Entity) -> Iterator[tuple[Flow, Located]]:
    known = entity.connections
    for flow in known.abroad if known else ():
        located = known.located.get(_other(flow, entity)) if known else None
        if located is not None:
            yield flow, located


def _other(flow: Flow, entity: Entity) -> str:
    """The address of the other side."""
    known = entity.connections
    peer, subject = flow.peer.removeprefix("ip:"), flow.subject.removeprefix("ip:")
    return peer if known is None or peer in known.located else subject


def _sent(flow: Flow, entity: Entity) -> bool:
    """Whether the device sent something in a conversation that both sides took part in."""
    out = flow.bytes_out if _other(flow, entity) == flow.peer.removeprefix("ip:") else flow.bytes_in
    return out > 0 and answered(flow)


def _companies(countries: Collection[str], entity: Entity, catalog: Catalog) -> Iterator[tuple[str, str, str, str]]:
    """Companies seated there whose machines it asked for or talked to: company, what was seen, evidence, address."""
    for name, id in entity.asked_names:
        host = name.strip().rpartition(":")[0] if name.strip().rpartition(":")[2].isdigit() else name.strip()
        yield from _run_by(host, f"it asked for {host[:80]}", id, "", countries, catalog)
    for flow in entity.flows:
        for key in (flow.peer, flow.subject):
            address = key.removeprefix("ip:")
            yield from _run_by(address, f"it talked to {address}", flow.id, address, countries, catalog)


def _run_by(
    name: str, what: str, evidence: str, address: str, countries: Collection[str], catalog: Catalog
) -> Iterator[tuple[str, str, str, str]]:
    record = endpoint_of(catalog, name)
    company = catalog.companies.get(record.company) if record else None
    if company is not None and company.seat in countries:
        yield company.id, what, evidence, address
