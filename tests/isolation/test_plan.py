"""The plan: what it says that rules do not stop."""

from __future__ import annotations

from hashlib import sha256

from custodiet.isolation.plan import with_files
from isolation.factory import device, parties, plan


def limits(found: object, target: str = "nftables") -> str:
    return " ".join(plan(found, target).limits)  # type: ignore[arg-type]


def test_neighbours_in_one_vlan_are_always_told() -> None:
    assert "within one VLAN" in limits(parties())


def test_a_recorder_that_is_not_isolated_is_a_way_out() -> None:
    assert "recorder 10.20.9.2 is let through and not isolated" in limits(parties())
    assert "not isolated" not in limits(parties(device(20), recorders=("10.20.8.20",)))


def test_targets_without_mac_addresses_say_what_they_miss() -> None:
    bound = parties(device(12, macs=("02:00:5e:00:00:12",)))
    assert "takes another address" in limits(bound, "pf")
    assert "takes another address" not in limits(bound)
    assert "known by address only" not in limits(bound)
    assert "known by address only" in limits(parties(device(12)))


def test_a_device_known_by_mac_alone_cannot_be_isolated_by_addresses() -> None:
    only = parties(device(12, v4=(), macs=("02:00:5e:00:00:12",)), device(13))
    assert "without a known address" in limits(only, "cisco-ios")
    assert "without a known address" not in limits(only)


def test_without_time_server_the_clock_is_told() -> None:
    assert "--time" in limits(parties(times=()))
    assert "--time" not in limits(parties())


def test_files_are_told_with_their_hashes() -> None:
    told = with_files(plan(), {"a": "text\n"})
    assert [(file.name, file.sha256) for file in told.files] == [("a", sha256(b"text\n").hexdigest())]
