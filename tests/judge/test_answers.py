"""Whether a device is on a core network: the owner's decision, what was seen, and what configurations let through."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from custodiet.judge.answers import network_told
from custodiet.judge.events import Told
from custodiet.model import Body, ConfigRead, Connections, Decision, Flow, ReachPath
from custodiet.sites import Places
from networks import body

FILE = ConfigRead(name="r1.cfg", sha256="ab" * 32, size=10, format="ios", devices=("r1",), of="2026-11-01")


def path(way: str, configured: str, place: str = "hall/core") -> ReachPath:
    said = {"open": "a path is allowed by 'permit ip any any' in r1.cfg:4", "proved absent": "nothing is let through"}
    return ReachPath(
        way=way, place=place, status=configured, configured=configured, because=said.get(configured, "not known")
    )  # type: ignore[arg-type]


def connections(*paths: ReachPath, **more: Any) -> Connections:
    return Connections(paths=paths, configurations=(FILE,), **more)


def flow(peer: str = "ip:10.9.0.7", size: int = 60) -> Flow:
    return Flow(
        id="flo-1", source="src-1", subject="ip:10.1.0.5", peer=peer, transport="udp", port=53, bytes_out=size,
        bytes_in=size, packets_out=1, packets_in=1, first_seen=0.0, last_seen=1.0, locator="packet 1",
    )  # fmt: skip


def told(
    known: Connections | None = None, zone: str = "cams", of: Body | None = None, flows: tuple[Flow, ...] = ()
) -> Told:
    whose = of or body()
    site = whose.sites[0]
    cores = {(s.id, z.id) for s in whose.sites for z in s.zones if z.core.answer == "yes"}
    return network_told(site, next(z for z in site.zones if z.id == zone), flows, cores, Places(whose), known)


def test_a_core_zone_is_core_whatever_configurations_say() -> None:
    assert told(connections(path("to core", "proved absent")), zone="core").holds is True


def test_an_open_path_leaves_it_to_the_owner_with_the_rule_and_the_file() -> None:
    found = told(connections(path("to core", "open"), path("from core", "proved absent")))
    assert found.holds is None
    assert "permit ip any any" in found.because and "r1.cfg:4" in found.because
    assert "network owner's decision" in found.missing
    assert any("sha256:" + "ab" * 32 in item and "2026-11-01" in item for item in found.evidence)


def test_a_path_from_the_core_alone_is_one_too() -> None:
    found = told(connections(path("to core", "proved absent"), path("from core", "open")))
    assert found.holds is None
    assert "to it from the core zone hall/core" in found.because


def test_absence_both_ways_is_a_no_with_its_citation() -> None:
    found = told(connections(path("to core", "proved absent"), path("from core", "proved absent")))
    assert (found.holds, found.confidence) == (False, 1.0)
    assert "nothing is let through" in found.because
    assert any(item.startswith("configuration:r1.cfg sha256:") for item in found.evidence)


@pytest.mark.parametrize(
    "paths",
    [
        (path("to core", "proved absent"),),
        (path("to core", "proved absent"), path("from core", "unknown")),
        (path("to core", "proved absent", "hall/other"), path("from core", "proved absent", "hall/other")),
        (path("to outside", "open", "outside"),),
    ],
)
def test_anything_less_is_answered_as_without_configurations(paths: tuple[ReachPath, ...]) -> None:
    found = told(connections(*paths))
    assert found.holds is False
    assert "no traffic was looked at" in found.because
    assert not any(item.startswith("configuration:") for item in found.evidence)


def test_traffic_however_small_outweighs_what_a_file_says() -> None:
    shut = connections(path("to core", "proved absent"), path("from core", "proved absent"), core=(flow(),), peers=9)
    found = told(shut)
    assert (found.holds, found.evidence[-1]) == (None, "flo-1")
    assert "traffic was seen between it and the core zone hall/core" in found.because


def test_all_addresses_it_talked_with_are_counted_and_not_the_largest_alone() -> None:
    found = told(Connections(peers=412), flows=(flow("ip:10.2.0.9"),))
    assert "of 412 addresses it talked with, none lies in a core zone" in found.because
    assert "of 1 conversation looked at" in told(flows=(flow("ip:10.2.0.9"),)).because


def test_a_zone_that_nobody_decided_stays_open_though_every_way_is_shut() -> None:
    site = body().sites[0]
    zones = tuple(
        msgspec.structs.replace(z, core=Decision(answer="unknown")) if z.id == "cams" else z for z in site.zones
    )
    of = msgspec.structs.replace(body(), sites=(msgspec.structs.replace(site, zones=zones),))
    found = told(connections(path("to core", "proved absent"), path("from core", "proved absent")), of=of)
    assert found.holds is None
