"""Frames with tags on the trunk: what the passive sensor hears there, in which VLAN, and whom it names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab.ground import ROOT, Ground, proving_ground
from lab.network import why_not
from lab.tap import tapped

from custodiet.casefile import Case
from custodiet.wire.link import parse_frame
from lab import trunk


@pytest.fixture(scope="module")
def talking() -> Iterator[Ground]:
    if reason := why_not():
        pytest.skip(f"no proving ground here: {reason}")
    with proving_ground(f"cst-trunk-{os.getpid()}", devices=40, fragile=0, chatter=1) as made:
        yield made


@pytest.fixture(scope="module")
def heard(talking: Ground, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("trunk")
    words = ["custodiet", "find", "--listen=trunk0", "--for=14s", "--json", f"--case={folder / 'c.sqlite'}"]
    with tapped(f"{talking.name}-scan", folder / "tap") as frames:
        done = subprocess.run(
            ["ip", "netns", "exec", f"{talking.name}-scan", sys.executable, "-m", *words],
            check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
            env={**os.environ, "XDG_STATE_HOME": str(folder)},
        )  # fmt: skip
    assert done.returncode in (0, 4), done.stderr
    assert frames == [], "listening sends nothing"
    told: dict[str, Any] = json.loads(done.stdout)
    with Case(folder / "c.sqlite") as case:
        said = {"ws-discovery": ("onvif.name", "onvif.hardware"), "mdns": ("mdns.instance", "mdns.service")}
        told["over_ipv6"] = {
            (protocol, fact.subject)
            for protocol, attributes in said.items()
            for fact in case.observations(attributes)
            if fact.subject.startswith("ip:fe80:")
        }
        told["vlans"] = {(fact.subject, fact.value) for fact in case.observations(("net.vlan",))}
    return told


def by_address(heard: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        identifier["value"]: device
        for device in heard["devices"]
        for identifier in device["asset"]["identifiers"]
        if identifier["kind"] == "ip"
    }


def truth(ground: Ground) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(Path(f"/run/{ground.name}/manifest.json").read_text())["trunk"]
    return rows


def test_every_frame_carries_the_tag_of_its_vlan() -> None:
    made = trunk.devices(7)
    assert {device.network for device in made} == {"vlan30", "vlan31"} and len({one.mac for one in made}) == len(made)
    for device in made:
        said = [parse_frame(frame, 1) for frame in trunk.said(device)]
        assert {frame.vlans for frame in said} == {(int(device.network[4:]),)}
        assert {frame.src_mac for frame in said} == {device.mac}
    kinds = {parse_frame(frame, 1).ethertype for device in made for frame in trunk.said(device)}
    assert kinds >= {0x0806, 0x0800, 0x86DD}


def test_each_device_is_heard_in_its_vlan(talking: Ground, heard: dict[str, Any]) -> None:
    rows = truth(talking)
    assert {row["address"] for row in rows} <= by_address(heard).keys()
    assert {(f"ip:{row['address']}", row["network"].removeprefix("vlan")) for row in rows} <= heard["vlans"]
    assert {value for _, value in heard["vlans"]} == {"30", "31"}


def test_each_is_named_as_the_manifest_says(talking: Ground, heard: dict[str, Any]) -> None:
    found = by_address(heard)
    wrong = []
    for row in truth(talking):
        if row["why_not"].endswith(trunk.NAMELESS):
            continue
        concluded = {one["field"]: one["value"] for one in found[row["address"]]["identification"]["conclusions"]}
        if concluded["manufacturer"] != row["expected"]["manufacturer"]:
            wrong.append((row["family"], row["address"], concluded))
    assert wrong == []


def test_ipv6_is_heard_too(talking: Ground, heard: dict[str, Any]) -> None:
    """The address that a device made itself is joined with its other one by the MAC, and what it says there is read."""
    spoken = {(port, subject) for port, subject in heard["over_ipv6"]}
    assert {port for port, _ in spoken} == {"ws-discovery", "mdns"}
    for row in truth(talking):
        if {3702, 5353} & set(row["udp"]):
            device = by_address(heard)[row["address"]]
            addresses = [one["value"] for one in device["asset"]["identifiers"] if one["kind"] == "ip"]
            assert any(address.startswith("fe80::") for address in addresses), row["address"]
