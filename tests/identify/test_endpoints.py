"""Names that a device asks for: the nearest record speaks, and what anybody asks for proves nothing."""

from __future__ import annotations

import pytest

from custodiet.catalog import Catalog, endpoint_of, load_catalog
from custodiet.identify.endpoints import endpoint_claims
from small import seen


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog()


def told(known: Catalog, attribute: str, value: str) -> dict[str, tuple[str, float]]:
    return {c.field: (c.value, c.strength) for c in endpoint_claims(seen(attribute, value), known)}


@pytest.mark.parametrize("attribute", ["dns.query", "tls.server_name", "http.host"])
def test_a_device_side_name_speaks(known: Catalog, attribute: str) -> None:
    claims = told(known, attribute, "DEV.Hik-Connect.com.")
    assert claims["manufacturer"] == ("hikvision", known.strengths["platform"].weight)


def test_a_name_that_apps_ask_for_says_less(known: Catalog) -> None:
    claims = told(known, "dns.query", "apiieu.ezvizlife.com")
    assert claims == {"manufacturer": ("hikvision", known.strengths["supporting"].weight)}


def test_a_lead_speaks_as_a_lead(known: Catalog) -> None:
    assert told(known, "dns.query", "p2p.dahua2.com") == {"manufacturer": ("dahua", known.strengths["lead"].weight)}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("dns.query", "www.hikvision.com"),
        ("dns.query", "www.dahuasecurity.com"),
        ("dns.query", "hik-connect.com.example.org"),
        ("dns.query", "nothik-connect.com"),
        ("dns.query", ""),
        ("dns.query", "." * 300),
        ("dns.answer", "dev.hik-connect.com"),
        ("http.server", "dev.hik-connect.com"),
        ("dns.query", "101.36.97.120"),
    ],
)
def test_what_proves_nothing_stays_silent(known: Catalog, attribute: str, value: str) -> None:
    assert told(known, attribute, value) == {}


def test_a_port_behind_a_host_does_not_count(known: Catalog) -> None:
    assert "manufacturer" in told(known, "http.host", "dev.ezviz7.com:8555")


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("litedev.ezvizlife.com", "ezvizlife-access"),
        ("anything.ezvizlife.com", "ezvizlife"),
        ("ezvizlife.com", "ezvizlife"),
        ("118.193.65.7", "ezviz-relay-addresses"),
        ("239.255.255.251", "dhip-discovery"),
        ("example.org", ""),
        ("8.8.8.8", ""),
        ("2001:db8::1", ""),
    ],
)
def test_the_nearest_record_is_found(known: Catalog, name: str, record: str) -> None:
    found = endpoint_of(known, name)
    assert (found.id if found else "") == record


def test_what_only_client_code_names_says_so(known: Catalog) -> None:
    assert known.endpoints["hik-connect-app"].known_by == "client-code"
    assert known.endpoints["ezvizlife-access"].known_by == "capture"
