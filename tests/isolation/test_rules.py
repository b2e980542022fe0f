"""The rules in no maker's words: their order, whom they open, which ports go together."""

from __future__ import annotations

from custodiet.isolation.rules import opened, profiles, rules_of, unguarded
from custodiet.isolation.services import Service
from isolation.factory import SERVICES, device, parties


def test_everything_that_is_allowed_stands_before_what_is_dropped() -> None:
    actions = [rule.action for rule in rules_of(parties(operators=("10.20.1.0/24",), direct=True))]
    assert actions == sorted(actions)
    assert [rule.id for rule in rules_of(parties())][-2:] == ["no-way-out", "no-way-in"]


def test_the_last_two_are_written_down_and_have_a_reason() -> None:
    rules = rules_of(parties())
    assert [rule.id for rule in rules if rule.log] == ["no-way-out", "no-way-in"]
    assert all(rule.reason and rule.brief for rule in rules)
    assert len({rule.id for rule in rules}) == len(rules)


def test_a_device_begins_nothing_but_what_the_wire_and_the_time_need() -> None:
    begun = {rule.id for rule in rules_of(parties()) if rule.source == "device" and rule.action == "allow"}
    assert begun == {"neighbours", "address", "recorder-answers", "time"}


def test_without_time_server_and_recorder_nothing_is_open() -> None:
    allowed = [rule.id for rule in rules_of(parties(recorders=(), times=())) if rule.action == "allow"]
    assert allowed == ["neighbours", "address"]


def test_operators_open_isolated_recorders_and_devices_only_when_asked() -> None:
    camera, recorder = device(12), device(20, device_class="recorder")
    assert opened(parties(camera, recorder)) == ()
    assert opened(parties(camera, recorder, operators=("10.20.1.0/24",))) == (recorder,)
    assert opened(parties(camera, recorder, operators=("10.20.1.0/24",), direct=True)) == (camera, recorder)
    assert "operator-asks" not in {rule.id for rule in rules_of(parties(camera, operators=("10.20.1.0/24",)))}


def test_a_recorder_that_is_not_isolated_is_told() -> None:
    assert [party.address for party in unguarded(parties())] == ["10.20.9.2"]
    assert unguarded(parties(device(20), recorders=("10.20.8.20",))) == ()


def test_devices_with_the_same_ports_go_together() -> None:
    other = (*SERVICES, Service(transport="udp", port=5000, because="x"))
    found = profiles([device(12), device(13, services=other), device(14)])
    assert [[d.label for d in one.devices] for one in found] == [["10.20.8.12", "10.20.8.14"], ["10.20.8.13"]]
    assert found[0].ports == (("tcp", (80, 443, 554)),)
    assert found[1].ports == (("tcp", (80, 443, 554)), ("udp", (5000,)))
