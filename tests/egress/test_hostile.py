"""Whatever stands in flows and observations, something is said of it and nothing breaks."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.made_case import CAMERA, START, device
from custodiet.catalog import load_catalog
from custodiet.egress import ASKED_FOR, Around, Owners, egress_of
from custodiet.egress.watched import Watch
from custodiet.model import Flow, content_id, observe

OWNERS = Owners(load_catalog(), "2022-12-01")

TIMES = st.one_of(st.floats(START, START + 10**6), st.floats(), st.just(0.0))
KEYS = st.sampled_from(
    [
        CAMERA,
        "10.0.0.9",
        "203.0.113.80",
        "2001:db8::1",
        "ff02::1",
        "255.255.255.255",
        "0.0.0.0",
        "junk",
        "",
        "118.193.64.9",
    ]
)
NUMBERS = st.one_of(st.integers(0, 5_000), st.integers(0, 2**62))
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["dev.hik-connect.com=203.0.113.80", "=203.0.113.80", "[::1", "a:b:c", "tcp/99999999999", "tcp/", "V1.0"]
    ),
)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    subject, peer = draw(KEYS), draw(KEYS)
    first, last, port = draw(TIMES), draw(TIMES), draw(st.sampled_from([0, 53, 80, 443, 554, 8800, 65535]))
    transport = draw(st.sampled_from(["tcp", "udp", "ip/1", "ip/58", ""]))
    source = draw(st.sampled_from(["src-a", "src-b", "src-none"]))
    return Flow(
        id=content_id("flow", subject, peer, transport, port, first, last),
        source=source,
        subject=f"ip:{subject}",
        peer=f"ip:{peer}",
        transport=transport,
        port=port,
        bytes_out=draw(NUMBERS),
        bytes_in=draw(NUMBERS),
        packets_out=draw(NUMBERS),
        packets_in=draw(NUMBERS),
        first_seen=first,
        last_seen=last,
        locator="packet 1",
    )


OBSERVATIONS = st.builds(
    lambda attribute, value, at: observe("src-a", f"ip:{CAMERA}", attribute, value, "packet 1", first_seen=at),
    st.sampled_from([*ASKED_FOR, "sadp.firmware"]),
    VALUES,
    st.one_of(st.none(), TIMES),
)


@given(
    st.lists(flows(), max_size=25), st.lists(OBSERVATIONS, max_size=40), st.lists(st.tuples(TIMES, TIMES), max_size=3)
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_anything_is_told(some: list[Flow], seen: list, spans: list[tuple[float, float]]) -> None:  # type: ignore[type-arg]
    asset, identification, _ = device()
    watches = {
        "src-a": Watch(kind="capture", name="a", spans=tuple(spans)),
        "src-b": Watch(kind="log", name="b", spans=(), doubts={"lost": "some"}),
    }
    around = Around(owners=OWNERS, own=(), watches=watches, firmware=frozenset({"sadp.firmware"}))
    one = egress_of(asset, identification, seen, [(flow, 1) for flow in some], around)
    assert one.says
    if one.outcome == "nothing outside seen":
        assert one.watched >= 60
        assert not any(peer.where == "outside" and peer.answered for peer in one.peers)
