"""Who is isolated and who is let through: chosen, proposed, refused; and what would make rules dangerous."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import yaml

import small
from custodiet.catalog.contents import Catalog
from custodiet.errors import UsageError
from custodiet.isolation.parties import Case, Concluded, Parties, parties_of
from custodiet.isolation.wishes import Wish
from custodiet.model import (
    FIELDS,
    Asset,
    Body,
    Conclusion,
    Endpoint,
    Finding,
    Flow,
    Identification,
    Identifier,
    Observation,
    Site,
    Source,
    Zone,
    observe,
)

BODY = Body(id="b", name="B", kind="nl-municipality", country="NL", sites=(
    Site(id="hall", name="Hall", zones=(Zone(id="cams", subnets=("10.20.8.0/24", "192.0.2.0/24")),)),
))  # fmt: skip
MAC = "00:00:5e:00:53:12"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A small catalog with the ports of makers as we know them."""
    endpoints = {}
    for path in sorted((Path(__file__).resolve().parents[2] / "catalog" / "endpoints").glob("*-port-*.yml")):
        record = msgspec.convert(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader), Endpoint, strict=False)
        endpoints[record.id] = record
    return replace(small.catalog(tmp_path_factory.mktemp("catalog")), endpoints=endpoints)


def one(
    number: int,
    *,
    kind: str = "camera",
    status: str = "not_satisfied",
    maker: str = "",
    identifiers: tuple[Identifier, ...] | None = None,
    zone: bool = False,
) -> Concluded:
    ip = Identifier(kind="ip", value=f"10.20.8.{number}", identity=True)
    known = {"device_class": kind, "manufacturer": maker}
    conclusions = tuple(
        Conclusion(field=f, value=known.get(f, ""), confidence=0.9, band="certain" if known.get(f) else "unknown")
        for f in FIELDS
    )
    finding = Finding(asset=f"ast-{number}", directive="d", requirement="r", strength="must", on="2026-11-22",
                      status=status, outcome="prohibited", severity="high", confidence=1.0, because="x")  # type: ignore[arg-type] # fmt: skip
    asset = Asset(
        id=f"ast-{number}",
        label=f"10.20.8.{number}",
        subjects=(f"src-1/ip:10.20.8.{number}",),
        identifiers=(ip,) if identifiers is None else identifiers,
        site="hall" if zone else None,
        zone="cams" if zone else None,
    )
    return asset, Identification(asset=asset.id, conclusions=conclusions, catalog="x"), (finding,)


def flow(subject: str, peer: str, port: int = 554, transport: str = "tcp", back: int = 100) -> Flow:
    return Flow(id="flw-1", source="src-1", subject=f"ip:{subject}", peer=f"ip:{peer}", transport=transport, port=port,
                bytes_out=100, bytes_in=back, packets_out=1, packets_in=1, first_seen=0.0, last_seen=1.0,
                locator="packet 1")  # fmt: skip


def case(
    *concluded: Concluded,
    flows: tuple[Flow, ...] = (),
    observations: tuple[Observation, ...] = (),
    format: str = "pcap",
    body: Body | None = BODY,
) -> Case:
    kind = "capture" if format == "pcap" else "log"
    source = Source(id="src-1", kind=kind, format=format, name="x", sha256="0" * 64, size=1)  # type: ignore[arg-type]
    return Case(
        concluded=lambda: concluded,
        observations=lambda _asset: observations,
        flows=lambda keys: [f for f in flows if f.subject in keys or f.peer in keys],
        sources={"src-1": source},
        body=body,
    )


def asked(found: Case, catalog: Catalog, **wish: object) -> Parties:
    return parties_of(found, catalog, Wish(**{"recorders": ("10.20.9.2",), **wish}))  # type: ignore[arg-type]


def labels(found: Parties) -> list[str]:
    return [device.label for device in found.devices]


def test_devices_with_a_finding_not_satisfied_are_chosen_by_themselves(catalog: Catalog) -> None:
    found = case(one(12), one(13, status="satisfied"), one(14, kind="not_surveillance"), one(15, kind=""))
    assert labels(asked(found, catalog)) == ["10.20.8.12"]


def test_a_zone_takes_all_its_surveillance_devices(catalog: Catalog) -> None:
    found = case(one(12), one(13, status="satisfied", zone=True), one(14, kind="not_surveillance", zone=True))
    assert labels(asked(found, catalog, zone=("hall", "cams"))) == ["10.20.8.13"]
    with pytest.raises(UsageError, match="hall/cams"):
        asked(found, catalog, zone=("hall", "attic"))


def test_a_device_that_is_named_is_taken_whatever_it_is(catalog: Catalog) -> None:
    found = case(one(12), one(14, kind="", status="undetermined"))
    assert labels(asked(found, catalog, devices=frozenset({"ast-14"}))) == ["10.20.8.14"]


def test_nothing_to_isolate_is_a_sentence(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="--device"):
        asked(case(one(12, status="satisfied")), catalog)


def test_a_recorder_is_proposed_and_not_let_through(catalog: Catalog) -> None:
    found = case(one(12), one(20, kind="recorder", status="satisfied"), flows=(flow("10.20.8.20", "10.20.8.12"),))
    told = asked(found, catalog, recorders=())
    assert told.recorders == ()
    assert [party.address for party in told.proposed] == ["10.20.8.20"]
    confirmed = asked(found, catalog, recorders=("10.20.8.20",))
    assert [party.address for party in confirmed.recorders] == ["10.20.8.20"]
    assert confirmed.recorders[0].name == "Recorder 10.20.8.20"
    assert confirmed.proposed == ()


def test_a_recorder_nobody_saw_with_the_devices_is_told_apart(catalog: Catalog) -> None:
    told = asked(case(one(12), one(20, kind="recorder", status="satisfied")), catalog, recorders=())
    assert told.proposed == ()
    assert [party.address for party in told.unseen] == ["10.20.8.20"]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"recorders": ("8.8.8.8",)}, "outside"),
        ({"recorders": ("recorder.example",)}, "no address"),
        ({"recorders": ("224.0.0.1",)}, "nobody"),
        ({"operators": ("0.0.0.0/0",)}, "nearly everybody"),
        ({"operators": ("::/0",)}, "nearly everybody"),
        ({"operators": ("10.20.1.7/24",)}, "no network"),
        ({"operators": ("198.51.100.0/24",)}, "outside"),
        ({"times": ("198.51.100.1",)}, "outside"),
        ({"times": ("10.20.8.12",)}, "one of the devices"),
    ],
)
def test_who_would_be_a_way_out_is_refused(catalog: Catalog, wish: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        asked(case(one(12)), catalog, **wish)


def test_a_public_network_of_the_sites_file_is_inside(catalog: Catalog) -> None:
    assert asked(case(one(12)), catalog, recorders=("192.0.2.7",)).recorders[0].address == "192.0.2.7"
    with pytest.raises(UsageError, match="outside"):
        asked(case(one(12), body=None), catalog, recorders=("192.0.2.7",))


def test_ports_are_those_of_every_camera_of_the_maker_and_those_seen_in_use(catalog: Catalog) -> None:
    used = (
        flow("10.20.9.2", "10.20.8.12", 7200),
        flow("10.20.9.2", "10.20.8.12", 22),
        flow("10.20.9.2", "10.20.8.12", 81, back=0),
        flow("10.20.1.5", "10.20.8.12", 9999),
    )
    device = asked(case(one(12, maker="dahua"), flows=used), catalog).devices[0]
    assert [service.port for service in device.services] == [80, 443, 554, 7200, 37777]
    assert any("tcp/22" in note for note in device.notes)
    ports = {maker: {s.port for s in asked(case(one(12, maker=maker)), catalog).devices[0].services}
             for maker in ("hikvision", "xiongmai", "")}  # fmt: skip
    assert ports == {"hikvision": {80, 443, 554, 8000}, "xiongmai": {80, 443, 554, 34567}, "": {80, 443, 554}}


def with_mac(*, identity: bool = True, why: str = "") -> tuple[Identifier, ...]:
    return (
        Identifier(kind="ip", value="10.20.8.12", identity=True),
        Identifier(kind="mac", value=MAC, identity=identity, why=why),
    )


@pytest.mark.parametrize(
    ("attribute", "format", "bound"),
    [
        ("net.mac", "pcap", False),
        ("net.mac", "leases", True),
        ("sadp.mac", "pcap", True),
        ("register.mac", "pcap", True),
    ],
)
def test_a_mac_address_is_used_only_where_it_is_surely_its_own(
    catalog: Catalog, attribute: str, format: str, bound: bool
) -> None:
    seen = observe("src-1", "ip:10.20.8.12", attribute, MAC, "packet 1")
    device = asked(case(one(12, identifiers=with_mac()), observations=(seen,), format=format), catalog).devices[0]
    assert (device.macs == (MAC,)) is bound
    assert any(MAC in note for note in device.notes) is not bound


def test_a_mac_address_that_a_router_lends_is_never_used(catalog: Catalog) -> None:
    seen = observe("src-1", "ip:10.20.8.12", "register.mac", MAC, "row 1")
    lent = with_mac(identity=False, why="a router answers with this address for several devices")
    device = asked(case(one(12, identifiers=lent), observations=(seen,)), catalog).devices[0]
    assert device.macs == ()
    assert any("router" in note for note in device.notes)


def test_what_two_devices_share_is_in_no_rule(catalog: Catalog) -> None:
    seen = observe("src-1", "ip:10.20.8.12", "register.mac", MAC, "row 1")
    other = one(13, status="satisfied", identifiers=with_mac())
    with pytest.raises(UsageError, match="nothing that rules could isolate"):
        asked(case(one(12, identifiers=with_mac()), other, observations=(seen,)), catalog)


def test_devices_without_an_address_are_told(catalog: Catalog) -> None:
    told = asked(case(one(12), one(13, identifiers=())), catalog)
    assert labels(told) == ["10.20.8.12"]
    assert [(left.label, left.reason) for left in told.left_out] == [
        ("10.20.8.13", "no address and no MAC address of it is known")
    ]


def test_several_addresses_dhcp_and_ipv6_are_told(catalog: Catalog) -> None:
    many = tuple(Identifier(kind="ip", value=ip, identity=True) for ip in ("10.20.8.12", "10.20.8.99", "fd00:8::12"))
    leased = observe("src-1", "ip:10.20.8.12", "dhcp.vendor_class", "x", "packet 1")
    device = asked(case(one(12, identifiers=many), observations=(leased,)), catalog).devices[0]
    assert device.v4 == ("10.20.8.12", "10.20.8.99")
    assert device.v6 == ("fd00:8::12",)
    notes = " ".join(device.notes)
    assert "2 IPv4 addresses" in notes
    assert "DHCP" in notes
    assert "IPv6" in notes


def test_addresses_that_are_no_host_are_left_out(catalog: Catalog) -> None:
    odd = tuple(
        Identifier(kind="ip", value=ip, identity=True)
        for ip in ("10.20.8.12", "224.0.0.251", "127.0.0.1", "0.0.0.0", "255.255.255.255", "not an address", "::1")
    )
    assert asked(case(one(12, identifiers=odd)), catalog).devices[0].v4 == ("10.20.8.12",)


def test_what_will_stop_is_told_and_what_goes_on_is_not(catalog: Catalog) -> None:
    seen = (
        flow("10.20.9.2", "10.20.8.12"),
        flow("10.20.1.5", "10.20.8.12", 80),
        flow("10.20.8.12", "10.20.0.53", 53, "udp"),
        flow("10.20.8.12", "10.20.9.4", 123, "udp"),
        flow("10.20.8.12", "203.0.113.9", 443),
    )
    told = asked(case(one(12), flows=seen), catalog, times=("10.20.9.4",), operators=("10.20.1.0/24",))
    assert told.stops == (
        "10.20.1.5 opens Camera 10.20.8.12 on tcp/80",
        "Camera 10.20.8.12 calls 10.20.0.53 on udp/53",
    )
    direct = asked(case(one(12), flows=seen), catalog, operators=("10.20.1.0/24",), direct=True)
    assert not any("10.20.1.5" in said for said in direct.stops)


def test_who_stands_in_one_network_with_the_devices_is_told(catalog: Catalog) -> None:
    assert asked(case(one(12)), catalog, recorders=("10.20.8.2",)).near == ("10.20.8.2",)
    assert asked(case(one(12)), catalog).near == ()


def test_the_name_of_a_device_is_made_fit_for_comments(catalog: Catalog) -> None:
    asset, identification, findings = one(12)
    named = Asset(id="ast-12", label='x" accept\n', subjects=(), identifiers=asset.identifiers)
    assert asked(case((named, identification, findings)), catalog).devices[0].name == "Camera x_ accept"
