"""The difference between before and now: what is news, what is none, and what it means in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from custodiet.egress import Owners
from custodiet.isolation.judged import Leak
from custodiet.isolation.side import Terms
from custodiet.model import Answered, Finding
from custodiet.watch.devices import Known
from custodiet.watch.isolated import Isolated
from custodiet.watch.news import MOST_AT_ONCE, news, resting_on_a_build
from custodiet.watch.seen import MOST, Destination, Fact, Seen, added
from small import catalog

AT = 1_763_300_000.0
SHUT = Isolated(statement="stm-1", stated_at="2025-11-15T00:00:00Z", since=AT - 100, terms=Terms())


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> Owners:
    return Owners(catalog(tmp_path_factory.mktemp("catalog")), "2026-11-22")


def fact(text: str = "", at: float = AT) -> Fact:
    return Fact(text, at, "uplink.pcap, packet 41", "obs-1")


def to(address: str = "203.0.113.9", **over: Any) -> Destination:
    given: dict[str, Any] = {
        "address": address, "transport": "tcp", "port": 443, "name": "", "began": True, "answered": True, "owner": "",
        "serves": "unknown", "of_maker": False, "because": "", "first": fact(address),
    } | over  # fmt: skip
    return Destination(**given)


def seen(*destinations: Destination, **over: Any) -> Seen:
    given: dict[str, Any] = {"surveillance": True, "device_class": "camera", "maker": "acme", "identities": "camera"}
    kept = {one.key: one for one in destinations}
    return Seen(asset="ast-1", label="10.0.0.5", destinations=kept, **(given | over))


def kinds(before: Seen | None, now: Seen, owners: Owners, **how: Any) -> list[str]:
    return [one.kind for one in news(before, now, owners, **how)]


def test_a_destination_is_new_once(owners: Owners) -> None:
    (one,) = news(seen(), seen(to()), owners)
    assert (one.kind, one.severity, one.address) == ("new destination", "look today", "203.0.113.9")
    assert one.says == "It talks to somebody new outside: 203.0.113.9, tcp/443, whose it is, is not known."
    assert (one.place, one.at, one.evidence) == ("uplink.pcap, packet 41", AT, ("obs-1",))
    assert kinds(seen(to()), seen(to()), owners) == []


def test_its_makers_own_is_called_so(owners: Owners) -> None:
    cloud = to(name="dev.acme.example", owner="acme", of_maker=True, serves="vendor cloud")
    (one,) = news(seen(), seen(cloud), owners)
    assert one.says.startswith(
        "It talks to its maker: dev.acme.example (203.0.113.9), tcp/443, vendor cloud of its maker"
    )
    assert one.owner == "acme"


def test_another_address_of_a_known_name_is_none(owners: Owners) -> None:
    assert kinds(seen(to(name="a.example")), seen(to("203.0.113.10", name="a.example")), owners) == []


def test_an_attempt_is_told_as_one_and_its_success_again(owners: Owners) -> None:
    tried = to(answered=False)
    (one,) = news(seen(), seen(tried), owners)
    assert (one.severity, "no answer was seen so far" in one.says) == ("to know", True)
    (through,) = news(seen(tried), seen(to()), owners)
    assert through.says.startswith("It got through to somebody outside whom it only tried")
    assert one.id != through.id
    assert kinds(seen(to()), seen(tried), owners) == []


def test_many_at_once_are_counted(owners: Owners) -> None:
    told = news(seen(), seen(*(to(f"203.0.113.{n}") for n in range(30))), owners)
    assert len(told) == MOST_AT_ONCE + 1
    assert told[-1].says.startswith("And 20 more destinations outside")


def test_callers_from_outside_are_one_thing_for_each_port(owners: Owners) -> None:
    called = seen(to(began=False, port=80))
    assert kinds(seen(), called, owners) == ["new destination"]
    assert kinds(called, seen(to("198.51.100.1", began=False, port=80)), owners) == []


def test_a_device_is_new_where_the_case_did_not_know_it(owners: Owners) -> None:
    assert kinds(None, seen(), owners) == ["new device"]
    assert kinds(seen(surveillance=False), seen(), owners) == ["new device"]
    assert kinds(seen(), seen(), owners) == []
    (maybe,) = news(None, seen(surveillance=False, device_class=""), owners)
    assert (maybe.severity, "may be" in maybe.says) == ("to know", True)


def test_what_does_not_watch_is_not_told(owners: Owners) -> None:
    assert kinds(None, seen(to(), told=False, surveillance=False), owners) == []


def test_another_firmware_opens_the_verdict_again(owners: Owners) -> None:
    before, now = seen(firmware={"V5.1 build 1": fact()}), seen(firmware={"V5.2": fact()})
    built = _finding("r-1", "note:data_goes_to=none (Jan, 2025)")
    (one,) = news(before, now, owners, findings=lambda: (built, _finding("r-2", "obs-7")), evidence=lambda _: "net.mac")
    assert one.reopens == ("d/r-1",)
    assert "runs firmware V5.2, before V5.1 build 1" in one.says
    assert "1 finding rests on the old build: d/r-1." in one.says
    assert kinds(before, seen(firmware={"5.1": fact()}), owners) == [], "the same, spelled shorter"
    assert kinds(seen(), now, owners) == [], "what is known for the first time is no change"


def _finding(requirement: str, *evidence: str) -> Finding:
    answer = Answered(question="entity", answer="no", because="so it is stated", evidence=evidence)
    return Finding(
        asset="ast-1", directive="d", requirement=requirement, strength="must", on="2025-01-01", status="satisfied",
        outcome="permitted", severity="none", confidence=1.0, because="", answers=(answer,),
    )  # fmt: skip


@pytest.mark.parametrize(("attribute", "rests"), [("register.certificate", True), ("register.mac", False)])
def test_which_findings_rest_on_a_build(attribute: str, rests: bool) -> None:
    assert bool(resting_on_a_build([_finding("r", "obs-1")], lambda _: attribute)) is rests


def test_another_maker(owners: Owners) -> None:
    (one,) = news(seen(maker="rival"), seen(), owners)
    assert (one.kind, "ACME is concluded as its maker, before Rival Optics" in one.says) == ("other maker", True)
    assert kinds(seen(maker=""), seen(), owners) == [], "to learn it is no change"


def test_another_mac_at_its_address(owners: Owners) -> None:
    was = Known("ast-9", "10.0.0.5", frozenset({"00:00:5e:00:53:01"}), told=True)
    same = seen(told=False, macs={"00:00:5e:00:53:02": fact()})
    (one,) = news(None, same, owners, replaced=[(was, "10.0.0.5")])
    assert (one.kind, one.asset) == ("other MAC", "ast-9")
    other = seen(told=False, macs={"00:1b:54:00:00:09": fact()})
    (one,) = news(None, other, owners, replaced=[(was, "10.0.0.5")])
    assert (one.kind, "address block" in one.says) == ("other address block", True)
    assert kinds(None, same, owners, replaced=[(replace(was, told=False), "10.0.0.5")]) == []


def test_a_way_in_and_names_of_its_maker(owners: Owners) -> None:
    now = seen(mappings={"tcp 8000": fact()}, asked={"p2p.acme.example": fact("rendezvous")})
    assert kinds(seen(), now, owners) == ["way in asked for", "asks for its maker"]
    assert kinds(now, now, owners) == []
    assert kinds(now, seen(asked={"other.acme.example": fact("relay")}), owners) == [], "it only begins once"


def test_back_after_isolation(owners: Owners) -> None:
    leak = Leak(
        kind="reached outside", says="It exchanged traffic with 203.0.113.9.", address="203.0.113.9", first_seen=AT,
        evidence=("uplink.pcap, packet 41",),
    )  # fmt: skip
    now = seen(to(), leaks=((leak, ("flow-1",)),))
    told = news(seen(to()), now, owners, isolated=SHUT)
    assert [(one.kind, one.severity) for one in told] == [("back after isolation", "act now")]
    assert told[0].says.startswith("It is not isolated any more. It exchanged traffic with 203.0.113.9.")
    assert (told[0].place, told[0].evidence) == ("uplink.pcap, packet 41", ("flow-1",))
    again = news(seen(to()), now, owners, isolated=replace(SHUT, statement="stm-2"))
    assert again[0].id != told[0].id, "isolated anew, it can come back anew"


def test_an_isolated_device_that_stands_elsewhere(owners: Owners) -> None:
    before = seen(standing={"VLAN 20": fact(), "port 10.0.0.1 Gi1/0/5": fact()})
    now = seen(standing={"VLAN 30": fact(), "port 10.0.0.1 Gi1/0/5": fact()})
    (one,) = news(before, now, owners, isolated=SHUT)
    assert one.says.startswith("It stands elsewhere now, where the rules may not hold: VLAN 30, before VLAN 20.")
    assert kinds(before, now, owners) == []
    assert kinds(seen(), now, owners, isolated=SHUT) == [], "where it stood before is not known"


def test_what_was_seen_is_added_up_and_bounded() -> None:
    both = added(seen(to(answered=False), firmware={"1": fact()}), seen(to(), to("192.0.2.1"), firmware={"2": fact()}))
    assert both.destinations["203.0.113.9"].answered
    assert list(both.firmware) == ["1", "2"]
    many = added(seen(*(to(f"name-{n}") for n in range(MOST))), seen(to()))
    assert len(many.destinations) == MOST
