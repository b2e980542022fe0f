"""Restraint: what may be asked, what may never be sent to, how much, and when to stop."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.errors import UsageError
from custodiet.probes.restraint import (
    FORBIDDEN_PORTS,
    SLOWER_TIMES,
    Budget,
    Distress,
    Limits,
    Scope,
    override,
    port_refusal,
)

# --- scope


def test_a_network_is_asked_without_its_own_two_addresses() -> None:
    scope = Scope(["10.0.0.0/29"])
    assert list(scope.addresses()) == [f"10.0.0.{n}" for n in range(1, 7)]
    assert scope.count() == 6
    assert scope.refusal("10.0.0.0") == scope.refusal("10.0.0.7") == "the address of a whole network"
    assert scope.refusal("10.0.0.8") == "outside the networks given"
    assert scope.refusal("camera") == "no address"


@pytest.mark.parametrize(
    ("network", "count"), [("10.0.0.5", 1), ("10.0.0.4/31", 2), ("fd00::/120", 256), ("fe80::1", 1)]
)
def test_small_networks_have_only_devices(network: str, count: int) -> None:
    scope = Scope([network])
    assert scope.count() == count == len(list(scope.addresses()))


def test_exclusions_win() -> None:
    scope = Scope(["10.0.0.0/29", "10.0.0.3"], exclude=["10.0.0.3", "10.0.0.4/31", "192.168.0.0/16"])
    assert list(scope.addresses()) == ["10.0.0.1", "10.0.0.2", "10.0.0.6"]
    assert scope.refusal("10.0.0.3") == scope.refusal("10.0.0.5") == "excluded"


def test_overlapping_networks_are_asked_once_and_edges_of_each_are_left_out() -> None:
    scope = Scope(["10.0.0.0/24", "10.0.0.64/30", "10.0.0.0/24", "10.0.0.67"])
    addresses = list(scope.addresses())
    assert len(addresses) == len(set(addresses)) == scope.count() == 253
    assert "10.0.0.64" not in scope, "the edge of a smaller network is no device either"
    assert "10.0.0.67" in scope, "unless it is given by itself"


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("8.8.8.0/24", "public"),
        ("100.64.0.0/24", "public"),
        ("2001:db8::/120", "public"),
        ("9.255.255.255/32", "public"),
        ("10.0.0.0/7", "too many"),
        ("0.0.0.0/0", "too many"),
        ("fd00::/64", "too many"),
        ("224.0.0.0/24", "multicast"),
        ("239.255.255.250", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "no device"),
        ("240.0.0.0/24", "in use nowhere"),
        ("0.0.0.0", "no devices"),
        ("10.0.0.5/24", "one address of a network"),
        ("camera.town", "no network"),
        ("", "no network"),
        ("10.0.0.0/33", "no network"),
    ],
)
def test_what_cannot_be_given(network: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as told:
        Scope([network])
    assert told.value.next_step


def test_public_needs_a_further_word() -> None:
    assert Scope(["8.8.8.0/30"], public=True).count() == 2
    with pytest.raises(UsageError, match="multicast"):
        Scope(["224.0.0.0/24"], public=True)


def test_nothing_given_is_nothing_asked() -> None:
    with pytest.raises(UsageError, match="no network was given"):
        Scope([])


def test_loopback_only_where_it_is_given_by_itself() -> None:
    assert "127.0.0.1" in Scope(["127.0.0.0/8"]) and "::1" in Scope(["::1"])
    assert "127.0.0.1" not in Scope(["10.0.0.0/8"])
    for network in ("126.0.0.0/7", "0.0.0.0/1", "::/124"):
        with pytest.raises(UsageError):
            Scope([network], public=True)


@given(
    st.lists(st.integers(0, 255), min_size=1, max_size=3),
    st.lists(st.integers(24, 32), min_size=3, max_size=3),
    st.lists(st.integers(0, 255), max_size=3),
)
def test_addresses_and_refusals_agree(starts: list[int], sizes: list[int], out: list[int]) -> None:
    nets = [str(ip_network(f"10.0.0.{n}/{size}", strict=False)) for n, size in zip(starts, sizes, strict=False)]
    scope = Scope(nets, exclude=[f"10.0.0.{n}" for n in out])
    asked = list(scope.addresses())
    assert asked == sorted(set(asked), key=ip_address) and len(asked) == scope.count()
    every = {f"10.0.0.{n}" for n in range(256)}
    assert {address for address in every if address in scope} == set(asked)


# --- ports


@pytest.mark.parametrize("port", [*range(9100, 9108), 515, 631, 102, 502, 2404, 20000, 44818, 47808, 1911, 4840])
def test_printer_and_industrial_ports_are_forbidden(port: int) -> None:
    assert port_refusal(port).startswith(f"port {port}: ")
    assert FORBIDDEN_PORTS[port]


@pytest.mark.parametrize("port", [80, 554, 8000, 37777, 9099, 9108])
def test_other_ports_are_not(port: int) -> None:
    assert port_refusal(port) == ""


def test_an_override_names_somebody_and_holds_for_one_port() -> None:
    named = override(502, "A. Person", "the thermal cameras of hall 3")
    assert port_refusal(502, [named]) == ""
    assert port_refusal(102, [named])
    for who, why in (("", "because"), ("A. Person", " ")):
        with pytest.raises(UsageError, match="by name"):
            override(502, who, why)
    with pytest.raises(UsageError, match="not forbidden"):
        override(80, "A. Person", "because")


# --- budgets


def test_packets_are_counted_for_each_device_and_for_all() -> None:
    budget = Budget(Limits(device_packets=10, all_packets=25))
    for address in ("10.0.0.1", "10.0.0.2"):
        assert budget.refusal(address, 10) == ""
        budget.sent(address, 10)
        assert "this device" in budget.refusal(address)
    assert budget.refusal("10.0.0.3", 5) == ""
    assert "whole sweep" in budget.refusal("10.0.0.3", 6)
    assert budget.packets == 20


# --- distress


def test_a_healthy_device_is_not_stopped() -> None:
    device = Distress()
    for at in range(50):
        device.opened(80, at)
        assert device.answered("tcp", 80, at, 0.05 + 0.01 * (at % 3)) == ""
        assert device.refused(8000, at) == "" and device.silent("udp", 37020, at) == ""
    assert device.answered("tcp", 443, 51, 1.9) == "", "one slow answer is none"
    assert device.answered("tcp", 443, 52, 1.9) == ""


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda device: device.refused(80, 2.0), "was open and now refuses"),
        (lambda device: device.reset(80, 2.0), "broke off"),
        (lambda device: device.cut(80, 2.0), "in the middle of an answer"),
        (lambda device: device.silent("tcp", 80, 2.0), "stopped answering"),
    ],
)
def test_signs_of_distress(what: object, words: str) -> None:
    device = Distress()
    assert device.opened(80, 1.0) == ""
    assert words in what(device)  # type: ignore[operator]
    assert device.since == 2.0
    assert words in device.answered("tcp", 443, 3.0, 0.1), "it does not recover in our eyes"
    assert device.since == 2.0


def test_answers_that_slow_down_three_times() -> None:
    device = Distress()
    times = [0.1, 0.3, 0.6, 1.2]
    told = [device.answered("tcp", 80, at, seconds) for at, seconds in enumerate(times)]
    assert told[:SLOWER_TIMES] == ["", "", ""] and "slower and slower" in told[3]


def test_a_quicker_answer_between_ends_the_count() -> None:
    device = Distress()
    for at, seconds in enumerate([0.1, 0.3, 0.6, 0.2, 0.4, 0.7, 0.1]):
        assert device.answered("tcp", 80, at, seconds) == ""


def test_what_is_quick_is_never_slow() -> None:
    device = Distress()
    for at, seconds in enumerate([0.001, 0.01, 0.05, 0.1, 0.19]):
        assert device.answered("udp", 37020, at, seconds) == ""


def test_our_own_lag_is_not_the_devices() -> None:
    device = Distress()
    for at, seconds in enumerate([0.1, 0.4, 0.8, 1.6, 3.2]):
        assert device.answered("tcp", 80, at, seconds, lag=seconds - 0.1) == ""
    assert device.silent("tcp", 80, 9.0, late=True) == ""
    assert device.silent("tcp", 80, 9.0) != ""
