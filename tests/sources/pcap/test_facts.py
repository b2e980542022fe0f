"""Facts added up: counts, times, order, and the ids that everything else knows them by."""

from __future__ import annotations

import pytest

from custodiet.model import observe
from custodiet.model.observation import content_id, content_ids
from custodiet.sources.pcap.facts import Facts


@pytest.mark.parametrize("parts", [("ip:10.0.0.5", "dns.query", "büro.example", "packet 4"), ("", "a", "\udc80", "1")])
def test_ids_are_those_of_everybody(parts: tuple[str, ...]) -> None:
    assert content_ids("obs", "src-1")("\x1f".join(parts)) == content_id("obs", "src-1", *parts)


def test_added_up_in_the_order_of_first_sight() -> None:
    facts = Facts("src-1")
    facts.add("ip:10.0.0.5", (("dns.query", "b"), ("dns.query", " ")), 4, 20.0)
    facts.add("ip:10.0.0.6", (("dns.query", "b"),), 5, 21.0)
    facts.add("ip:10.0.0.5", (("dns.query", "a"), ("dns.query", "b")), 6, 10.0)
    assert list(facts.finish()) == [
        observe("src-1", "ip:10.0.0.5", "dns.query", "b", "packet 4", first_seen=10.0, last_seen=20.0, count=2),
        observe("src-1", "ip:10.0.0.6", "dns.query", "b", "packet 5", first_seen=21.0),
        observe("src-1", "ip:10.0.0.5", "dns.query", "a", "packet 6", first_seen=10.0),
    ]
    assert list(facts.finish()) == []


def test_many_at_once_count_with_single_ones() -> None:
    facts = Facts("src-1")
    held = facts.hold("ip:10.0.0.5", (("net.mac", "00:11:22:aa:bb:cc"), ("net.vlan", "")), 3)
    assert len(held) == 1
    facts.add("ip:10.0.0.5", (("net.mac", "00:11:22:aa:bb:cc"),), 9, 5.0)
    facts.add_many(held, 7, 2.0, 4.0)
    (found,) = facts.finish()
    assert (found.count, found.first_seen, found.last_seen, found.locator) == (8, 2.0, 5.0, "packet 3")
