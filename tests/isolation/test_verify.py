"""When a device is called isolated, and all that must not be."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from custodiet.isolation.judged import Tried
from custodiet.isolation.recognise import Recognised
from custodiet.isolation.side import Terms
from custodiet.model import Flow, observe
from isolation.proof import (
    BEGIN,
    CALLED,
    CAMERA,
    CLOUD,
    DAY,
    HOUR,
    RECORDER,
    RESOLVER,
    asks,
    flow,
    hourly,
    proved,
    side,
)

ISOLATED = "isolated as far as seen"
RTSP = hourly(30)
SYN = {"out": (3, 180), "back": (0, 0)}


def test_a_camera_that_only_its_recorder_talks_with_is_isolated() -> None:
    told = proved(side(RTSP))
    assert told.verdict == ISOLATED
    assert told.leaks == ()
    assert told.longest == pytest.approx(30 * HOUR, abs=60)
    assert told.before_outside == 1
    assert [peer.address for peer in told.after] == ["10.0.0.10"]
    assert told.after[0].evidence == ("after.pcap, packet 41",)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (flow(peer=CLOUD, port=443), "reached outside"),
        (flow(peer="ip:2001:db8::9", port=443), "reached outside"),
        (flow(peer=CLOUD, transport="udp", port=8800, out=(1, 48), back=(0, 0)), "sent outside, no answer seen"),
        (flow(peer=CLOUD, transport="ip/1", port=0, out=(1, 84), back=(0, 0)), "sent outside, no answer seen"),
        (flow(peer=CLOUD, port=443, out=(1, 200), back=(0, 0)), "sent outside, no answer seen"),
        (flow(subject=CLOUD, peer=CAMERA, port=80), "reached from outside"),
        (flow(subject=CLOUD, peer=CAMERA, port=80, out=(1, 60), back=(0, 0)), "reached from outside"),
        (flow(peer="ip:10.0.0.1", transport="udp", port=5351), "asked a router to open a way in"),
    ],
)
def test_one_packet_too_many_is_a_leak(one: Flow, kind: str) -> None:
    told = proved(side([*RTSP, one]))
    assert told.verdict == "leaks"
    assert [leak.kind for leak in told.leaks] == [kind]
    assert told.leaks[0].evidence


@pytest.mark.parametrize(
    "one",
    [
        flow(peer="ip:224.0.0.251", transport="udp", port=5353, back=(0, 0)),
        flow(peer="ip:ff02::fb", transport="udp", port=5353, back=(0, 0)),
        flow(peer="ip:255.255.255.255", transport="udp", port=37020, back=(0, 0)),
        flow(peer="ip:10.0.0.255", transport="udp", port=9999, back=(0, 0)),
        flow(peer="ip:10.0.0.123", transport="udp", port=123),
        flow(peer="ip:fe80::1", transport="ip/58", port=0),
        flow(peer="ip:0.0.0.0", transport="udp", port=68),
    ],
)
def test_what_cameras_do_inside_is_no_leak(one: Flow) -> None:
    assert proved(side([*RTSP, one])).verdict == ISOLATED


def test_names_outside_are_leaks_and_names_inside_are_not() -> None:
    asking = flow(peer=RESOLVER, transport="udp", port=53, out=(3, 200))
    inside = [asks(name) for name in ("recorder.town.internal", "nvr", "5.0.0.10.in-addr.arpa", "cam.local")]
    assert proved(side([*RTSP, asking], asked=inside)).verdict == ISOLATED
    told = proved(side([*RTSP, asking], asked=[*inside, asks("alive.vendor.example")]))
    assert [leak.kind for leak in told.leaks] == ["asked for a name outside"]
    own = Terms(domains=("vendor.example",))
    assert proved(side([*RTSP, asking], asked=[asks("alive.vendor.example", count=3)]), terms=own).verdict == ISOLATED


def test_a_tunnel_hides_neither_behind_an_inside_end_nor_in_the_middle_of_others() -> None:
    many = [asks(f"{at:040x}.{at:040x}.t.vendor.example") for at in range(300)]
    told = proved(side([*RTSP, flow(peer=RESOLVER, transport="udp", port=53)], asked=many))
    (leak,) = told.leaks
    assert "300 names below vendor.example" in leak.says
    assert "tunnel" in leak.says
    hidden = proved(side(RTSP, asked=[asks(f"{'a' * 50}.local")]))
    assert hidden.verdict == "leaks"


def test_questions_that_cannot_be_read_leave_it_in_doubt() -> None:
    asking = flow(peer=RESOLVER, transport="udp", port=53, out=(40, 3000))
    assert proved(side([*RTSP, asking])).verdict == "doubtful"
    assert proved(side([*RTSP, asking], asked=[asks("nvr.lan", count=2)])).verdict == "doubtful"
    secret = flow(peer=RESOLVER, transport="tcp", port=853)
    assert proved(side([*RTSP, secret])).verdict == "doubtful"


def test_questions_of_logs_stand_in_a_file_of_their_own() -> None:
    asking = flow(peer=RESOLVER, transport="udp", port=53, out=(40, 3000))
    elsewhere = observe("src-dns", CAMERA, "dns.query", "nvr.lan", "line 7", count=2)
    assert proved(side([*RTSP, asking], asked=[elsewhere], kind="log")).verdict == ISOLATED
    assert proved(side([*RTSP, asking], asked=[elsewhere])).verdict == "doubtful"


def test_a_port_mapping_that_a_router_was_asked_for_is_a_leak() -> None:
    told = proved(side(RTSP, asked=[asks("tcp 8080 -> 10.0.0.5:80", attribute="upnp.port_mapping")]))
    assert [leak.kind for leak in told.leaks] == ["asked a router to open a way in"]


# --- silence that proves nothing


@pytest.mark.parametrize(
    "word", ["clock_jump", "one_direction", "sampled", "translated", "lost", "denied_only", "part_logged"]
)
def test_a_doubtful_capture_shows_no_silence_and_still_shows_a_leak(word: str) -> None:
    told = proved(side(RTSP, doubts={word: "so it was"}))  # type: ignore[dict-item]
    assert told.verdict == "doubtful"
    leaking = side([*RTSP, flow(peer=CLOUD, port=443)], doubts={word: "so it was"})  # type: ignore[dict-item]
    assert proved(leaking).verdict == "leaks"


def test_one_direction_tells_of_no_answer_missing() -> None:
    tried = [*RTSP, flow(peer=CLOUD, port=443, out=(3, 180), back=(0, 0))]
    blocked = " ".join(proved(side(tried)).doubts)
    assert "no answer" in blocked
    one_way = " ".join(proved(side(tried, doubts={"one_direction": "so it was"})).doubts)
    assert "whether anything came back is not known" in one_way
    assert "blocked" not in one_way


def test_copies_from_two_taps_are_told_and_hide_nothing() -> None:
    told = proved(side(RTSP, doubts={"duplicates": "twice"}))
    assert told.verdict == ISOLATED
    assert "after.pcap: twice" in told.doubts


@pytest.mark.parametrize(
    "after",
    [
        side(RTSP, sampled=100),
        side(RTSP, broken=True),
        side(RTSP, hub=RECORDER),
        side(hourly(30, back=(0, 0))),
        side(hourly(30, out=(0, 0))),
        side(RTSP, spans=[(BEGIN, BEGIN + 20 * HOUR), (BEGIN + 21 * HOUR, BEGIN + 30 * HOUR)]),
        side([f for f in hourly(48) if not 20 <= (f.first_seen - BEGIN) / HOUR < 24], 48),
    ],
    ids=["sampled", "broken", "at the recorder", "no answers", "answers only", "a gap", "switched off for hours"],
)
def test_captures_that_do_not_carry_it_leave_it_in_doubt(after: object) -> None:
    assert proved(after).verdict == "doubtful"  # type: ignore[arg-type]


def test_a_source_that_does_not_say_when_it_watched_proves_no_silence() -> None:
    assert proved(side(RTSP, spans=[])).verdict == "too short"


@pytest.mark.parametrize("hours", [1, 12, 23])
def test_less_than_a_day_is_too_short(hours: int) -> None:
    told = proved(side(hourly(hours), hours))
    assert told.verdict == "too short"
    assert told.needed == DAY


def test_what_came_once_a_day_before_asks_for_two_days() -> None:
    daily = [flow(peer=CLOUD, port=443, at=BEGIN - 9 * DAY + at * DAY) for at in range(4)]
    told = proved(side(RTSP), [*CALLED, *(f for f in daily)])
    assert told.verdict == "too short"
    other = [flow(peer="ip:203.0.113.77", transport="udp", port=8800, at=f.first_seen) for f in daily]
    told = proved(side(RTSP), [*CALLED, *other])
    assert told.needed == 2 * DAY
    assert told.verdict == "too short"
    assert proved(side(hourly(50), 50), [*CALLED, *other]).verdict == ISOLATED


def test_a_device_of_which_nothing_passed_is_not_seen() -> None:
    gone = proved(side([]), now=Recognised())
    assert gone.verdict == "not seen"
    assert "nothing of it was heard" in gone.says
    calling = [flow(peer="ip:224.0.0.251", transport="udp", port=5353, back=(0, 0), at=f.first_seen) for f in RTSP]
    heard = proved(side(calling))
    assert heard.verdict == "not seen"
    assert "calling to all" in heard.says


def test_where_its_way_outside_never_showed_it_stays_in_doubt() -> None:
    assert proved(side(RTSP), [], outside_seen=False).verdict == "doubtful"
    assert proved(side(RTSP), [], outside_seen=True).verdict == "doubtful", "one peer: maybe captured at the recorder"
    more = [*RTSP, flow(peer="ip:10.0.0.123", transport="udp", port=123)]
    assert proved(side(more), [], outside_seen=True).verdict == ISOLATED


# --- tries


def test_openings_without_an_answer_are_blocked_only_on_the_near_side() -> None:
    after = side([*RTSP, flow(peer=CLOUD, port=443, **SYN)])  # type: ignore[arg-type]
    assert proved(after).verdict == "doubtful"
    told = proved(after, terms=Terms(near_side=True))
    assert told.verdict == ISOLATED
    assert [one.address for one in told.attempts] == ["203.0.113.9"]
    assert "blocked" in told.says


def test_a_refusal_is_no_answer() -> None:
    refused = flow(peer=CLOUD, port=443, out=(3, 180), back=(3, 120))
    assert proved(side([*RTSP, refused]), terms=Terms(near_side=True)).verdict == ISOLATED


def test_datagrams_are_blocked_on_the_near_side_only_where_they_were_answered_before() -> None:
    after = side([*RTSP, flow(peer=CLOUD, transport="udp", port=8800, back=(0, 0))])
    near = Terms(near_side=True)
    assert proved(after, terms=near).verdict == ISOLATED
    never = [flow(peer=CLOUD, transport="udp", port=8800, back=(0, 0), at=f.first_seen) for f in CALLED]
    assert proved(after, never, terms=near).verdict == "doubtful"


def test_questions_and_requests_that_rules_stopped_are_no_leaks_on_the_near_side() -> None:
    silent = {"transport": "udp", "out": (9, 600), "back": (0, 0)}
    asked = [asks("alive.vendor.example", count=9), asks("tcp 80 -> port 80", attribute="upnp.port_mapping")]
    stopped = [flow(peer=RESOLVER, port=53, **silent), flow(peer="ip:10.0.0.1", port=5351, **silent)]  # type: ignore[arg-type]
    near = Terms(near_side=True)
    fetched = hourly(30, subject=RECORDER, peer=CAMERA)
    assert proved(side([*fetched, *stopped], asked=asked), terms=near).verdict == ISOLATED
    assert proved(side([*fetched, *stopped], asked=asked)).verdict == "leaks"
    heard = [flow(peer=RESOLVER, transport="udp", port=53), flow(peer="ip:10.0.0.1", transport="udp", port=5351)]
    told = proved(side([*fetched, *heard], asked=asked), terms=near)
    assert len(told.leaks) == 3


def test_a_try_from_outside_that_was_answered_is_a_leak() -> None:
    tried = Tried(log="x.find", where="outside", at=BEGIN, address="10.0.0.5", ports=10, open=(80,))
    assert proved(side(RTSP), tried=[tried]).verdict == "leaks"
    inside = Tried(log="x.find", where="inside", at=BEGIN, address="10.0.0.5", ports=10, open=(80,))
    assert proved(side(RTSP), tried=[inside]).verdict == ISOLATED
    shut = Tried(log="x.find", where="outside", at=BEGIN, address="10.0.0.5", ports=10)
    assert proved(side(RTSP), tried=[shut]).verdict == ISOLATED


# --- what is allowed


def test_with_a_list_whatever_is_not_on_it_is_a_leak() -> None:
    only = Terms(allowed=(ip_network("10.0.0.10/32"),))
    assert proved(side(RTSP), terms=only).verdict == ISOLATED
    told = proved(side([*RTSP, flow(peer="ip:10.0.0.99", port=80)]), terms=only)
    assert [leak.kind for leak in told.leaks] == ["reached inside, not allowed"]
    dhcp = flow(peer="ip:10.0.0.1", transport="udp", port=67)
    assert proved(side([*RTSP, dhcp]), terms=only).verdict == ISOLATED
    outside = Terms(allowed=(ip_network("10.0.0.0/24"), ip_network("203.0.113.9/32")))
    assert proved(side([*RTSP, flow(peer=CLOUD, port=443)]), terms=outside).verdict == ISOLATED


def test_networks_of_the_body_are_inside() -> None:
    own = Terms(own=(ip_network("203.0.113.0/24"), ip_network("10.0.0.0/8")))
    assert (
        proved(side([*RTSP, flow(peer=CLOUD, port=443)]), [flow(peer="ip:198.51.100.1")], terms=own).verdict == ISOLATED
    )
