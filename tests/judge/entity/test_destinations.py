"""Where data was seen to go: an address in a country shows it, a company's seat does not, elsewhere proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import msgspec

from custodiet.catalog import Catalog, load_catalog
from custodiet.judge.entity import EntityTests, entity_of
from custodiet.judge.events import Told
from custodiet.model import (
    FIELDS,
    Company,
    Conclusion,
    Connections,
    Endpoint,
    Flow,
    Identification,
    Located,
    Observation,
    observe,
)

DATABASE = "Countries, 2026-10-01"
CLOUD = "198.51.100.7"


@cache
def catalog() -> Catalog:
    loaded = load_catalog()
    cloud = Endpoint(
        id="cloud", names=("*.cloud.example",), purpose="device-cloud", asked_by="devices", known_by="capture",
        specificity="maker-only", company="acme",
    )  # fmt: skip
    companies = {**loaded.companies, "acme": Company(id="acme", name="Acme", seat="CN")}
    return replace(loaded, companies=companies, endpoints={**loaded.endpoints, "cloud": cloud})


def flow(peer: str = CLOUD, *, sent: int = 900, got: int = 400, began: bool = True) -> Flow:
    one, other = ("ip:10.1.0.5", f"ip:{peer}") if began else (f"ip:{peer}", "ip:10.1.0.5")
    out, back = (sent, got) if began else (got, sent)
    return Flow(
        id=f"flo-{peer}", source="src-1", subject=one, peer=other, transport="tcp", port=443, bytes_out=out,
        bytes_in=back, packets_out=3 if out else 0, packets_in=3 if back else 0, first_seen=0.0, last_seen=1.0,
        locator="packet 1",
    )  # fmt: skip


def asked(*observations: Observation, flows: tuple[Flow, ...] = (), **located: str) -> Told:
    """The answer of the Czech text's first test, on where data goes."""
    conclusions = tuple(Conclusion(field=f, value="", confidence=0.0, band="unknown") for f in FIELDS)
    known = catalog()
    places = {peer.replace("_", "."): Located(country=c, database=DATABASE) for peer, c in located.items()}
    abroad = tuple(f for f in flows if {f.peer[3:], f.subject[3:]} & places.keys())
    connections = Connections(peers=len(flows), abroad=abroad, located=places)
    identification = Identification(asset="ast-1", conclusions=conclusions, catalog="test")
    entity = entity_of(identification, observations, flows, None, known, connections)
    czech = known.directives["cz-nukib-2025-09-03"]
    only = tuple(test for test in czech.covers.tests if test.kind == "data-to")
    text = msgspec.structs.replace(czech, covers=msgspec.structs.replace(czech.covers, tests=only))
    told, _ = EntityTests(text, known, date(2026, 11, 1)).ask(entity, lambda _: Told(None, ""))
    return told


def test_data_that_went_to_an_address_there_is_shown_with_flow_and_database() -> None:
    told = asked(flows=(flow(),), **{"198_51_100_7": "CN"})
    assert told.holds is True
    assert CLOUD in told.because and DATABASE in told.because
    assert told.evidence == (f"flo-{CLOUD}", f"database:{DATABASE}")


def test_who_began_does_not_matter() -> None:
    assert asked(flows=(flow(began=False),), **{"198_51_100_7": "HK"}).holds is True


def test_what_was_only_tried_is_said_to_be_tried() -> None:
    told = asked(flows=(flow(sent=120, got=0),), **{"198_51_100_7": "CN"})
    assert told.holds is None
    assert "no data was seen to go" in told.because


def test_what_was_seen_elsewhere_never_answers_no() -> None:
    told = asked(flows=(flow(),), **{"198_51_100_7": "NL"})
    assert told.holds is None
    assert "cannot show where data never goes" in told.because
    assert "conversations" not in told.because, (
        "some of them were looked at, and their number is not how many there were"
    )


def test_a_company_seated_there_opens_the_question_only() -> None:
    name = observe("src-1", "ip:10.1.0.5", "dns.query", "eu.cloud.example", "packet 4")
    told = asked(name)
    assert told.holds is None
    assert "Acme runs, seated in CN; where the machine stands is not known" in told.because
    assert (name.id, "company:acme") == told.evidence
    assert "--located" in told.missing


def test_a_statement_that_there_is_none_does_not_stand_against_what_was_seen() -> None:
    stated = observe("src-2", "row:1", "register.data_goes_to", "none", "row 1")
    assert asked(stated).holds is False
    assert asked(stated, flows=(flow(),), **{"198_51_100_7": "CN"}).holds is True
