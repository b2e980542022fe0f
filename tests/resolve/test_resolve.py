"""Which subjects become one device, which must not, and that each join says why."""

from __future__ import annotations

import time

from custodiet.model import Asset, Source, observe
from custodiet.resolve import LENT, Resolution, identity_attributes, resolve

KINDS = identity_attributes(
    {"register.mac": "net.mac", "sadp.serial": "device.serial", "register.serial": "device.serial"}
)
KIND_OF = {"cap": "capture", "cap2": "capture", "scan": "scan", "reg": "register", "buy": "purchase_record"}
KIND_OF |= {"tag": "label"}
SOURCES = {
    name: Source(id=name, kind=kind, format="x", name=f"folder/{name}.x", sha256="0", size=0)  # type: ignore[arg-type]
    for name, kind in KIND_OF.items()
}

CAMERA = "44:19:b6:00:00:11"
OTHER = "4c:11:bf:00:00:12"
RANDOM = "a6:63:9e:00:00:01"


def run(
    *facts: tuple[str, str, str],
    apart: list[tuple[str, str]] | None = None,
    same: list[tuple[str, str, str, str]] | None = None,
) -> Resolution:
    """Resolve facts written as (source/subject, attribute, value)."""
    observations = [observe(*key.split("/", 1), attribute, value, "x") for key, attribute, value in facts]
    subjects = sorted({(o.source, o.subject, None, None) for o in observations})
    resolution = resolve(subjects, observations, KINDS, SOURCES, apart or [], same or [])
    return Resolution(assets=tuple(resolution.assets), peers=resolution.peers)


def groups(resolution: Resolution) -> set[tuple[str, ...]]:
    return {asset.subjects for asset in resolution.assets}


def only(resolution: Resolution) -> Asset:
    assert len(resolution.assets) == 1
    return resolution.assets[0]


def test_a_capture_and_a_register_row_with_one_mac_are_one_device_and_say_so() -> None:
    asset = only(run(("cap/ip:10.0.0.5", "net.mac", CAMERA), ("reg/row:2", "register.mac", CAMERA)))
    assert asset.subjects == ("cap/ip:10.0.0.5", "reg/row:2")
    assert asset.label == "10.0.0.5"
    (merge,) = asset.merged_by
    assert (merge.by, merge.because) == ("rule:same-mac", f"both have MAC address {CAMERA}")


def test_a_serial_number_joins_across_addresses() -> None:
    serial = "DS-2CD2143G2-I20230511AAWRL00000011"
    assert (
        len(run(("cap/ip:10.0.0.5", "sadp.serial", serial), ("reg/row:2", "register.serial", serial.lower())).assets)
        == 1
    )


def test_a_placeholder_serial_joins_nothing() -> None:
    for placeholder in ("00000000", "N/A", "1234567890", "unknown"):
        assert (
            len(
                run(
                    ("reg/row:2", "register.serial", placeholder), ("cap/ip:10.0.0.9", "sadp.serial", placeholder)
                ).assets
            )
            == 2
        )


def test_a_locally_administered_mac_joins_within_a_source_but_not_between_two() -> None:
    within = run(("cap/ip:10.0.0.5", "net.mac", RANDOM), (f"cap/mac:{RANDOM}", "dhcp.hostname", "x"))
    assert len(within.assets) == 1
    between = run(("cap/ip:10.0.0.5", "net.mac", RANDOM), ("cap2/ip:10.0.0.6", "net.mac", RANDOM))
    assert len(between.assets) == 2
    assert all(not i.identity for asset in between.assets for i in asset.identifiers if i.kind == "mac")


def test_a_mac_that_a_router_lends_is_no_identity() -> None:
    facts = [(f"cap/ip:10.1.{n}.5", "net.mac", "00:1b:54:00:00:01") for n in range(6)]
    resolution = run(*facts)
    assert len(resolution.assets) == 6
    assert "router" in next(i.why for i in resolution.assets[0].identifiers if i.kind == "mac")


def test_outside_addresses_behind_the_router_are_peers_and_the_router_stays() -> None:
    resolution = run(
        ("cap/ip:10.0.0.1", "net.mac", "00:1b:54:00:00:01"),
        ("cap/ip:203.0.113.80", "net.mac", "00:1b:54:00:00:01"),
        ("cap/ip:198.51.100.7", "net.mac", "00:1b:54:00:00:01"),
    )
    assert groups(resolution) == {("cap/ip:10.0.0.1",)}
    assert resolution.peers == 2


def test_an_outside_address_in_two_captures_is_one() -> None:
    assert run(*((f"{name}/ip:203.0.113.80", "net.ip", "203.0.113.80") for name in ("cap", "cap2"))).peers == 1


def test_an_outside_address_that_was_scanned_is_a_device() -> None:
    assert groups(run(("scan/ip:203.0.113.80", "net.port", "tcp/80"))) == {("scan/ip:203.0.113.80",)}


def test_multicast_and_broadcast_are_nobody() -> None:
    resolution = run(("cap/ip:239.255.255.250", "net.mac", CAMERA), ("cap/ip:0.0.0.0", "net.mac", CAMERA))
    assert resolution.assets == ()


def test_one_address_in_two_sources_is_one_device_unless_macs_contradict() -> None:
    assert len(run(("scan/ip:10.0.0.5", "net.ip", "10.0.0.5"), ("reg/row:2", "register.ip", "10.0.0.5")).assets) == 1
    contradicted = run(
        ("scan/ip:10.0.0.5", "net.mac", CAMERA),
        ("reg/row:2", "register.ip", "10.0.0.5"),
        ("reg/row:2", "register.mac", OTHER),
    )
    assert len(contradicted.assets) == 2


def test_an_address_that_two_rows_claim_joins_neither() -> None:
    resolution = run(
        ("scan/ip:10.0.0.5", "net.ip", "10.0.0.5"),
        ("reg/row:2", "register.ip", "10.0.0.5"),
        ("reg/row:3", "register.ip", "10.0.0.5"),
    )
    assert len(resolution.assets) == 3


def test_a_channel_of_a_recorder_is_not_the_recorder() -> None:
    resolution = run(
        ("scan/ip:10.0.0.20", "net.ip", "10.0.0.20"),
        ("reg/row:2", "register.text", "Camera poort, kanaal 3 van NVR-1"),
        ("reg/row:2", "register.ip", "10.0.0.20"),
    )
    assert len(resolution.assets) == 2


def test_a_decision_keeps_two_apart_whatever_the_rule_says() -> None:
    facts = [("cap/ip:10.0.0.5", "net.mac", CAMERA), ("reg/row:2", "register.mac", CAMERA)]
    assert len(run(*facts).assets) == 1
    assert len(run(*facts, apart=[("reg/row:2", "cap/ip:10.0.0.5")]).assets) == 2


def test_the_id_stays_when_more_is_learned_and_the_order_of_facts_does_not_matter() -> None:
    facts = [
        ("cap/ip:10.0.0.5", "net.mac", CAMERA),
        ("reg/row:2", "register.mac", CAMERA),
        ("reg/row:2", "register.tag", "W-1"),
    ]
    assert only(run(*facts)) == only(run(*reversed(facts)))
    assert only(run(facts[0])).id == only(run(*facts)).id


def test_a_purchase_line_stands_for_its_quantity() -> None:
    asset = only(run(("buy/row:2", "register.text", "6x dome"), ("buy/row:2", "register.quantity", "6")))
    assert asset.quantity == 6


def test_a_row_without_any_identifier_is_named_after_its_place() -> None:
    assert only(run(("buy/row:Blad1!12", "register.text", "dome"))).label == "buy.x, sheet Blad1, row 12"


def test_a_routers_mac_does_not_keep_one_address_apart() -> None:
    far = [(f"cap/ip:10.1.{n}.5", "net.mac", "00:1b:54:00:00:01") for n in range(6)]
    seen_twice = [*far, ("scan/ip:10.1.0.5", "net.mac", CAMERA)]
    assert ("cap/ip:10.1.0.5", "scan/ip:10.1.0.5") in groups(run(*seen_twice))


def test_devices_that_are_kept_apart_have_ids_of_their_own() -> None:
    facts = [(f"{source}/row:2", "register.mac", CAMERA) for source in ("reg", "buy")]
    facts.append(("cap/ip:10.0.0.5", "net.mac", CAMERA))
    pairs = [("reg/row:2", "buy/row:2"), ("reg/row:2", "cap/ip:10.0.0.5"), ("buy/row:2", "cap/ip:10.0.0.5")]
    assets = run(*facts, apart=pairs).assets
    assert len({asset.id for asset in assets}) == len(assets) == 3
    assert run(*reversed(facts), apart=pairs).assets == assets


def test_a_server_behind_the_router_is_one_device_in_two_captures() -> None:
    seen = []
    for capture, router in (("cap", "00:1b:54:00:00:01"), ("cap2", "00:1b:54:00:00:02")):
        seen += [(f"{capture}/ip:10.0.0.53", "net.mac", router), (f"{capture}/ip:203.0.113.80", "net.mac", router)]
    resolution = run(*seen)
    assert groups(resolution) == {("cap/ip:10.0.0.53", "cap2/ip:10.0.0.53")}
    assert resolution.peers == 1


def test_repetition_costs_no_more_than_its_length() -> None:
    one_address = [
        ("scan/ip:10.0.0.5", "net.mac", f"44:19:b6:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x}")
        for n in range(20_000)
    ]
    one_mac = [(f"reg/row:{n}", "register.mac", CAMERA) for n in range(20_000)]
    begin = time.process_time()
    assert len(run(*one_address).assets) == 1
    assert len(run(*one_mac).assets) == 20_000, "rows of one list that claim one MAC stay apart"
    shared = [(f"cap/mac:{n:012x}", "sadp.serial", "DS-2CD2143G2-I20230511AAWRL00000011") for n in range(2, 20_002, 2)]
    assert run(*shared)
    assert time.process_time() - begin < 60


BY_HAND = [("tag/label:1", "reg/row:2", "ans@example.org", "read on its label")]
ON_THE_LABEL = (("tag/label:1", "register.serial", "4K0123PAZ"), ("tag/label:1", "register.mac", CAMERA))


def test_what_a_person_read_on_a_device_is_of_it_and_makes_no_other_device_of_it() -> None:
    row = ("reg/row:2", "register.model", "IPC-1")
    before = only(run(row))
    after = only(run(row, *ON_THE_LABEL, same=BY_HAND))
    assert (after.id, after.label) == (before.id, before.label)
    assert [(each.by, each.because) for each in after.merged_by] == [("ans@example.org", "read on its label")]
    assert {each.value for each in after.identifiers} == {"4K0123PAZ", CAMERA}


def test_what_a_label_says_finds_the_same_device_elsewhere() -> None:
    seen = ("cap/ip:10.0.0.5", "net.mac", CAMERA)
    facts = (("reg/row:2", "register.model", "IPC-1"), seen, *ON_THE_LABEL)
    assert only(run(*facts, same=BY_HAND)).subjects == ("cap/ip:10.0.0.5", "reg/row:2", "tag/label:1")


def test_a_label_of_which_the_device_is_gone_or_which_was_told_apart_is_put_nowhere() -> None:
    assert len(run(("reg/row:3", "register.model", "IPC-1"), *ON_THE_LABEL, same=BY_HAND).assets) == 2
    told = [("tag/label:1", "reg/row:2")]
    assert len(run(("reg/row:2", "register.model", "IPC-1"), *ON_THE_LABEL, same=BY_HAND, apart=told).assets) == 2


def test_a_row_with_the_id_that_we_gave_is_that_device() -> None:
    """Of which nothing else is known than its row, or whatever names it."""
    before = run(("reg/row:2", "register.brand", "A"), ("reg/row:3", "register.brand", "A"), ("reg/row:4", MAC, CAMERA))
    facts = [("reg/row:2", "register.brand", "A"), ("reg/row:3", "register.brand", "A"), ("reg/row:4", MAC, CAMERA)]
    for source in ("buy", "cap"):
        facts += [(f"{source}/row:{n}", OURS, asset.id) for n, asset in enumerate(before.assets)]
    after = run(*facts)
    assert {asset.id for asset in after.assets} == {asset.id for asset in before.assets}
    assert {len(asset.subjects) for asset in after.assets} == {3}
    merge = next(iter(after.assets)).merged_by[0]
    assert merge.by == "rule:same-custodiet_id" and "this program gave" in merge.because


def test_an_id_of_ours_in_another_body_joins_rows_and_stays() -> None:
    id = "ast-" + "a1" * 10
    asset = only(run(("reg/row:2", OURS, id), ("buy/row:7", OURS, id)))
    assert asset.id == id
    assert len(run(("reg/row:2", OURS, id), ("reg/row:3", OURS, id)).assets) == 2, "two rows of one list claim it"
    assert len(run(("reg/row:2", OURS, "ast-1"), ("buy/row:7", OURS, "ast-1")).assets) == 2, "this is no id of ours"


MAC, OURS = "register.mac", "register.custodiet_id"


def test_that_a_router_lent_a_mac_holds_where_another_source_shows_one_device_with_it() -> None:
    behind = [(f"cap/ip:10.1.{n}.5", "net.mac", "00:1b:54:00:00:01") for n in range(6)]
    resolution = run(*behind, ("cap2/ip:10.1.3.5", "net.mac", "00:1b:54:00:00:01"))
    (both,) = (asset for asset in resolution.assets if len(asset.subjects) == 2)
    (mac,) = (one for one in both.identifiers if one.kind == "mac")
    assert (mac.identity, mac.why) == (False, LENT)
