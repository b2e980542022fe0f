"""One device: names, channels in DNS questions, machines inside, ways in, firmware, and what is said of all of it."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import pytest

from claims.made_case import CAMERA, CLOUD, DAY, RECORDER, START, device, flow, names_cloud, seen
from custodiet.catalog import load_catalog
from custodiet.egress import MOST_PEERS, Around, Owners, egress_of
from custodiet.egress.inside import Roles
from custodiet.egress.questions import domain_of
from custodiet.egress.watched import Watch
from custodiet.model import Egress, Flow, Observation

RESOLVER = "10.0.0.1"


@cache
def owners() -> Owners:
    return Owners(load_catalog(), "2022-12-01")


def told(*items: Flow | Observation, seconds: float = 2 * DAY, roles: Roles | None = None, **watch: Any) -> Egress:
    asset, identification, _ = device()
    source = Watch(**({"kind": "capture", "name": "a.pcap", "spans": ((START, START + seconds),)} | watch))
    around = Around(
        owners=owners(),
        own=(),
        watches={"src-cap": source},
        roles=roles or Roles(),
        firmware=frozenset({"onvif.firmware", "sadp.firmware"}),
    )
    flows = [(item, 1) for item in items if isinstance(item, Flow)]
    return egress_of(asset, identification, [item for item in items if isinstance(item, Observation)], flows, around)


def asks(peer: str = RESOLVER, **more: Any) -> Flow:
    return flow(peer, **({"port": 53, "transport": "udp", "bytes_out": 20_000, "bytes_in": 24_000} | more))


def hidden(domain: str, number: int) -> list[Observation]:
    """Questions that carry so many different pieces of data."""
    names = (hashlib.sha256(f"{at}".encode()).hexdigest()[:40] for at in range(number))
    return [seen("dns.query", f"{name}.{domain}") for name in names]


# --- the sentence


def test_what_did_not_answer_is_tried_and_no_more() -> None:
    one = told(names_cloud(), flow(CLOUD, answered=False), flow(RECORDER))
    assert one.outcome == "tried only"
    assert one.says == "Tried: calls to 1 address outside, and nothing came back, in 2 days of complete capture."
    assert one.peers[0].of_maker


def test_a_firewall_that_refuses_is_no_answer_and_that_is_told() -> None:
    one = told(flow(CLOUD, bytes_out=180, packets_out=3, bytes_in=120, packets_in=3))
    assert one.outcome == "tried only"
    assert any("as large as a refusal" in doubt for doubt in one.doubts)


def test_one_direction_tells_neither_answer_nor_silence() -> None:
    one = told(flow(CLOUD, answered=False), doubts={"one_direction": "only one side was captured"})
    assert one.outcome == "cannot be said"
    assert "traffic with 1 address outside was seen" in one.says


@pytest.mark.parametrize("doubt", ["sampled", "one_direction", "lost", "denied_only", "part_logged"])
def test_a_doubtful_source_never_says_that_nothing_was_sent(doubt: str) -> None:
    one = told(flow(RECORDER), doubts={doubt: "it says so"})
    assert one.outcome == "cannot be said"
    assert "but" in one.says
    assert "complete" not in one.says


@pytest.mark.parametrize(
    ("doubt", "says"),
    [
        ("sampled", "at least 5.0 kB out"),
        ("lost", "at least"),
        ("duplicates", "at most"),
        ("both_ways", "of which some or all is the sum of both directions"),
    ],
)
def test_doubtful_sums_are_told_as_that(doubt: str, says: str) -> None:
    one = told(flow("198.51.100.7"), doubts={doubt: "it says so"})
    assert says in one.says
    assert " at " not in told(flow("198.51.100.7")).says


def test_a_clock_that_jumps_stands_in_the_sentence() -> None:
    for flows in ((flow("198.51.100.7"),), (flow(RECORDER),)):
        one = told(*flows, doubts={"clock_jump": "times go back once"})
        assert "(its clock jumps)" in one.says
        assert "complete" not in one.says


def test_the_sum_of_both_directions_never_looks_like_pictures_sent_out() -> None:
    much = flow("198.51.100.7", bytes_out=90_000_000, bytes_in=0, packets_in=1, last_seen=START + 301)
    assert told(much).peers[0].size == "video-sized"
    assert told(much, doubts={"both_ways": "it says so"}).peers[0].size == "bulk"


def test_what_one_direction_cannot_show_shuts_no_way_in() -> None:
    knock = flow(CAMERA, subject="198.51.100.7", port=80, answered=False)
    one = told(knock, doubts={"one_direction": "it says so"})
    assert [(way.state, way.says) for way in one.ways_in] == [
        ("seen", "1 address outside called tcp/80, and whether anything came back could not be seen.")
    ]
    assert one.peers[0].one_way
    assert not told(knock).peers[0].one_way
    assert told(knock).ways_in[0].state == "shut"
    called = told(names_cloud(), flow(CLOUD, answered=False), doubts={"one_direction": "it says so"})
    assert all(way.state == "seen" and "could not be seen" in way.says for way in called.ways_in)


def test_sums_by_address_alone_do_not_say_who_called() -> None:
    assert not told(flow(CAMERA, subject="198.51.100.7", port=0, transport="ip/0")).ways_in


def test_what_a_firewall_stopped_is_told_beside_what_was_seen() -> None:
    stopped = [
        seen("firewall.blocked", value) for value in ("tcp 198.51.100.9:443", "udp [2001:db8::9]:53", "tcp 10.0.0.7:80")
    ]
    one = told(*stopped, flow("198.51.100.9", answered=False), doubts={"one_direction": "it says so"})
    assert (
        "A firewall wrote that it stopped calls of it to 2 addresses outside (198.51.100.9 and 2001:db8::9)."
        in one.says
    )


def test_only_clean_watching_is_told_as_clean() -> None:
    assert told(flow(RECORDER)).clean == told(flow(RECORDER)).spans
    assert told(flow(RECORDER), doubts={"sampled": "it says so"}).clean == ()


def test_doubts_of_a_log_of_names_are_told_though_it_is_no_watching() -> None:
    one = told(seen("dns.query", "dev.hik-connect.com"), kind="log", doubts={"local_time": "no zone"})
    assert one.doubts == ("a.pcap: no zone.",)
    assert (one.spans, one.outcome) == ((), "cannot be said")


def test_a_minute_is_too_short_for_nothing() -> None:
    one = told(flow(RECORDER), seconds=30)
    assert (one.outcome, one.says[:14]) == ("cannot be said", "Cannot be said")


def test_whoever_was_silent_at_the_end_may_have_been_gone() -> None:
    one = told(flow(RECORDER), seconds=2 * DAY)
    assert any(
        "nothing of it was seen in the last 47 hours" in text or "in the last 2 days" in text
        for text in one.not_visible
    )
    there = told(flow(RECORDER, last_seen=START + 2 * DAY - 60), seconds=2 * DAY)
    assert not any("still there" in text for text in there.not_visible)


def test_a_device_seen_with_one_machine_only_may_have_been_watched_there() -> None:
    assert any(f"others than {RECORDER}" in text for text in told(flow(RECORDER)).not_visible)
    assert not any("others than" in text for text in told(flow(RECORDER), flow("10.0.0.7")).not_visible)


def test_all_peers_are_counted_and_the_largest_listed() -> None:
    one = told(*(flow(f"198.51.100.{at}", bytes_out=1_000 + at) for at in range(1, 101)))
    assert (len(one.peers), one.peers_total) == (MOST_PEERS, 100)
    assert one.peers[0].address == "198.51.100.100"
    assert "100 addresses of unknown purpose" in one.says


def test_a_small_leak_to_the_maker_stands_before_the_large_rest() -> None:
    others = (flow(f"198.51.100.{at}", bytes_out=10**9) for at in range(1, 101))
    assert told(*others, names_cloud(), flow(CLOUD, bytes_out=90)).peers[0].address == CLOUD


def test_calls_from_outside_that_it_does_not_answer_are_not_its_own() -> None:
    knock = flow(CAMERA, subject="198.51.100.7", port=80, answered=False)
    remark = flow(CAMERA, subject="198.51.100.8", port=0, transport="ip/1", answered=False, bytes_out=56, packets_out=1)
    one = told(flow(RECORDER), knock, remark)
    assert one.outcome == "nothing outside seen"
    assert "2 addresses outside called it and got no answer" in one.says
    assert [way.says for way in one.ways_in] == ["1 address outside called tcp/80, and it did not answer."]


# --- names


def test_a_name_given_in_tls_is_tied_where_one_conversation_can_have_carried_it() -> None:
    hello = seen("tls.server_name", "dev.hik-connect.com", at=START + 2)
    assert told(hello, flow(CLOUD)).peers[0].names == ("dev.hik-connect.com",)
    several = told(hello, flow(CLOUD), flow("203.0.113.81"))
    assert all(peer.names == () for peer in several.peers)
    assert all(peer.owner == "" for peer in several.peers)
    later = told(seen("tls.server_name", "dev.hik-connect.com", at=START + 500), flow(CLOUD))
    assert later.peers[0].names == ()


def test_a_name_of_the_makers_that_was_only_asked_is_told_as_that() -> None:
    one = told(seen("dns.query", "dev.hik-connect.com"), flow(RECORDER), asks())
    assert one.outcome == "nothing outside seen"
    assert "asked for 1 name of its maker (dev.hik-connect.com) and was not seen to talk" in one.says
    assert "asked for" not in told(seen("dns.query", "dev.hik-connect.com"), names_cloud(), flow(CLOUD)).says


# --- data inside questions


def test_data_inside_questions_leaves_even_through_a_name_server_inside() -> None:
    one = told(asks(), *hidden("hik-connect.com", 40))
    assert one.outcome == "maker's own seen"
    channel = one.peers[0]
    assert (channel.where, channel.serves, channel.owner, channel.of_maker) == ("outside", "unknown", "hikvision", True)
    assert channel.names == ("*.hik-connect.com",)
    assert channel.conversations == 40
    assert 40 * 50 < channel.bytes_out <= 20_000
    assert "data may leave inside DNS questions" in one.says
    server = next(peer for peer in one.peers if peer.where == "inside")
    assert (server.serves, server.bytes_out) == ("name server", 20_000)


def test_the_same_under_a_domain_of_nobody_we_know_and_through_a_name_server_outside_counts_once() -> None:
    one = told(asks("198.51.100.53"), *hidden("tunnel.example", 40))
    assert one.outcome == "outside seen"
    assert sum(peer.bytes_out for peer in one.peers) == 20_000


def test_questions_that_nobody_answered_are_tried() -> None:
    one = told(asks(bytes_out=4_000, bytes_in=0, packets_out=40, packets_in=0), *hidden("tunnel.example", 40))
    assert one.outcome == "tried only"


@pytest.mark.parametrize(
    "names",
    [
        [f"{at}.0.0.10.in-addr.arpa" for at in range(60)],
        [f"{'0.' * 20}{at}.ip6.arpa" for at in range(60)],
        [f"camera-number-{at}-of-the-building.lan" for at in range(60)],
        [f"host{at}.example.org" for at in range(60)],
        [f"{at:040x}.example.org" for at in range(10)],
    ],
)
def test_names_of_everyday_life_are_no_channel(names: list[str]) -> None:
    one = told(asks(), *(seen("dns.query", name) for name in names))
    assert one.outcome == "nothing outside seen"


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("a.b.example.com", "example.com"), ("x.example.co.uk", "example.co.uk"), ("co.uk", "co.uk"),
        ("a.example.nl", "example.nl"), ("com", ""), ("", ""), ("..", ""), ("1.0.0.10.in-addr.arpa", ""),
        ("nvr.local", ""),
    ],
)  # fmt: skip
def test_the_domain_that_somebody_registered(name: str, domain: str) -> None:
    assert domain_of(name) == domain


# --- machines inside


def test_recorder_viewer_gateway_and_unknown_are_told_apart() -> None:
    roles = Roles({"ip:10.0.0.9": "nvr-1"}, {"ip:10.0.0.8": 4, "ip:10.0.0.7": 1}, frozenset({"ip:10.0.0.254"}))
    one = told(
        flow(CAMERA, subject="10.0.0.9", port=554),
        flow(CAMERA, subject="10.0.0.8", port=554),
        flow(CAMERA, subject="10.0.0.7", port=80),
        flow(CAMERA, subject="10.0.0.6", port=22),
        flow("10.0.0.254", port=1900),
        roles=roles,
    )
    serves = {peer.address: peer.serves for peer in one.peers}
    assert serves == {
        "10.0.0.9": "recorder", "10.0.0.8": "recorder", "10.0.0.7": "viewer", "10.0.0.6": "unknown",
        "10.0.0.254": "gateway",
    }  # fmt: skip
    because = {peer.address: peer.because for peer in one.peers}
    assert "a viewing station would look alike" in because["10.0.0.8"]


# --- ways in


def ways(one: Egress) -> dict[str, tuple[str, str]]:
    return {way.kind: (way.state, way.says) for way in one.ways_in}


def test_ways_in_are_told_with_their_state() -> None:
    one = told(
        seen("net.port", "tcp/554", at=None),  # type: ignore[arg-type]
        seen("sadp.cloud", "true"),
        seen("upnp.port_mapping", "tcp 8000 -> 10.0.0.5:80"),
        seen("upnp.port_mapping_answer", "refused: not authorized"),
        flow(CAMERA, subject="198.51.100.7", port=554, bytes_out=300, bytes_in=90_000),
        seen("dns.query", "assets.hikvision.com"),
        names_cloud(),
        flow(CLOUD),
    )
    assert ways(one) == {
        "open port": ("seen", ways(one)["open port"][1]),
        "port mapping": (
            "shut",
            "A router was asked to let in from outside: tcp 8000 -> 10.0.0.5:80; refused: not authorized.",
        ),
        "p2p registration": ("seen", "It talks with servers by which others find it, of Hikvision."),
        "cloud account": ("declared", "It says that the cloud of its maker is switched on."),
        "called from outside": ("seen", "1 address outside called tcp/554, and it answered."),
        "update path": (
            "declared",
            "It asked for the names of servers that hold its firmware, and was not seen to talk with them.",
        ),
    }
    assert ways(one)["open port"][1].startswith("tcp/554 is open")


def test_what_is_switched_off_or_does_not_answer_is_shut() -> None:
    one = told(
        seen("sadp.cloud", "false"),
        flow(CAMERA, subject="198.51.100.7", port=80, answered=False),
        names_cloud(),
        flow(CLOUD, answered=False),
    )
    assert {kind: state for kind, (state, _) in ways(one).items()} == {
        "cloud account": "shut", "called from outside": "shut", "p2p registration": "shut",
    }  # fmt: skip


# --- firmware


def test_the_ledger_joins_spellings_and_keeps_the_order_of_time() -> None:
    one = told(
        seen("onvif.firmware", "V5.5.0 build 170725", at=START + 100),
        seen("sadp.firmware", "V5.5.0build 170725", at=START + 50),
        seen("onvif.firmware", "V5.5.0", at=START + 20),
        seen("onvif.firmware", "V5.5.80 build 190101", at=START + DAY),
    )
    assert [version.version for version in one.firmware] == ["V5.5.0build 170725", "V5.5.80 build 190101"]
    assert (one.firmware[0].first_seen, one.firmware[0].last_seen) == (START + 20, START + 100)
    assert len(one.firmware[0].evidence) == 3


# --- words


def test_hours_are_known_only_where_every_conversation_lies_in_one() -> None:
    hourly = told(
        *(flow(RECORDER, first_seen=START + hour * 3600.0, last_seen=START + hour * 3600.0) for hour in range(240))
    )
    assert (hourly.peers[0].conversations, hourly.peers[0].hours) == (240, 240)
    across = told(
        flow(RECORDER, last_seen=START + 3 * 3600.0), flow(RECORDER, first_seen=START + 7e4, last_seen=START + 7e4)
    )
    assert (across.peers[0].conversations, across.peers[0].hours) == (2, 0)


def test_a_note_on_one_port_is_not_told_of_another() -> None:
    ways = {way.says for way in told(seen("net.port", "tcp/554"), seen("net.port", "tcp/10554")).ways_in}
    assert ways == {"tcp/554 is open.", "tcp/10554 is open: 10554 is seen on recorders exposed to the internet."}


def test_gaps_stand_behind_the_sentence() -> None:
    spans = ((START, START + 13 * 3600.0), (START + 13 * 3600.0 + 720, START + 2 * DAY))
    assert " of capture at this point (1 gap of 12 minutes)." in told(flow(RECORDER), spans=spans).says
