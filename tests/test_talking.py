"""What devices of a case talk to: who, whose, how much, and what could be seen of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from claims.made_case import CAMERA, CLOUD, DAY, RECORDER, START, device, flow, made, names_cloud
from custodiet.casefile import Case
from custodiet.catalog import Catalog, load_catalog
from custodiet.egress.shape import slice_of
from custodiet.errors import UsageError
from custodiet.model import Body, Egress, Identifier, Site, Zone
from custodiet.talking import Once, egress_of_case, locate
from mmdb_file import mmdb


@cache
def catalog() -> Catalog:
    return load_catalog()


def told(path: Path, *, body: Body | None = None, only: str | None = None) -> dict[str, Egress]:
    with Case(path, must_exist=True) as case:
        return {one.label: one for one in egress_of_case(case, catalog(), body, only=only)}


def body(*subnets: str) -> Body:
    zone = Zone(id="z", subnets=subnets)
    return Body(id="b", name="B", kind="nl-municipality", country="NL", sites=(Site(id="s", name="S", zones=(zone,)),))


def test_the_makers_own_cloud_is_seen_with_its_owner_and_its_sums(tmp_path: Path) -> None:
    one = told(made(tmp_path, [names_cloud(), flow(CLOUD), flow(RECORDER)], seconds=26 * 3600))[CAMERA]
    assert one.outcome == "maker's own seen"
    assert one.says == "Seen: 1 cloud host of its maker, 5.0 kB out and 700 bytes in, in 26 hours of complete capture."
    cloud, recorder = one.peers
    assert (cloud.where, cloud.serves, cloud.owner, cloud.of_maker) == ("outside", "vendor cloud", "hikvision", True)
    assert cloud.names == ("dev.hik-connect.com",)
    assert cloud.because == "By the name dev.hik-connect.com."
    assert (recorder.where, recorder.owner) == ("inside", "")
    assert one.watched == 26 * 3600


def test_nothing_outside_is_only_said_of_time_that_was_watched(tmp_path: Path) -> None:
    one = told(made(tmp_path, [flow(RECORDER)], seconds=26 * 3600))[CAMERA]
    assert one.outcome == "nothing outside seen"
    assert one.says == "Nothing outside seen in 26 hours of complete capture at this point."
    assert one.not_visible


def test_less_than_a_day_says_what_it_cannot_show(tmp_path: Path) -> None:
    one = told(made(tmp_path, [flow(RECORDER)], seconds=3600))[CAMERA]
    assert one.outcome == "nothing outside seen"
    assert "once a day would not be seen" in one.says


def test_a_device_of_which_no_conversation_was_seen_cannot_be_told(tmp_path: Path) -> None:
    one = told(made(tmp_path, [flow("239.255.255.250", port=1900, transport="udp")], seconds=DAY))[CAMERA]
    assert one.outcome == "cannot be said"
    assert one.watched == 0
    assert one.peers[0].where == "to all"


def test_two_captures_with_a_gap_say_the_gap(tmp_path: Path) -> None:
    captures = [("src-cap", START, DAY), ("src-two", START + DAY + 720, DAY)]
    items = [
        flow(RECORDER),
        flow(RECORDER, source="src-two", first_seen=START + 2 * DAY, last_seen=START + 2 * DAY + 9),
    ]
    one = told(made(tmp_path, items, captures=captures))[CAMERA]
    assert "1 gap of 12 minutes" in one.says
    assert one.watched == 2 * DAY


def test_one_asset_is_told_whatever_its_kind(tmp_path: Path) -> None:
    case = made(tmp_path, [flow(CLOUD)], devices=[device(), device("10.0.0.6", device_class="not_surveillance")])
    assert list(told(case)) == [CAMERA]
    assert list(told(case, only="ast-10.0.0.6")) == ["10.0.0.6"]


def test_databases_are_asked_once_and_kept(tmp_path: Path) -> None:
    country, network = tmp_path / "country.mmdb", tmp_path / "network.mmdb"
    country.write_bytes(mmdb({"203.0.113.0/24": {"country": {"iso_code": "CN"}}}))
    network.write_bytes(mmdb({"203.0.113.0/24": {"as_name": "Example Net"}}, kind="Made-ASN"))
    path = made(tmp_path, [flow(CLOUD), flow(RECORDER), flow("198.51.100.1")])
    with Case(path) as case:
        assert locate(case, [country, network]) == 1
    cloud = next(peer for peer in told(path)[CAMERA].peers if peer.address == CLOUD)
    assert cloud.located
    assert (cloud.located.country, cloud.located.network_owner) == ("CN", "Example Net")
    assert cloud.located.database == "Made-Country, made 2023-11-14; Made-ASN, made 2023-11-14"
    assert all(peer.located is None for peer in told(path)[CAMERA].peers if peer.address != CLOUD)


def test_a_broken_database_keeps_nothing(tmp_path: Path) -> None:
    good, broken = tmp_path / "good.mmdb", tmp_path / "broken.mmdb"
    good.write_bytes(mmdb({"203.0.113.0/24": {"country": {"iso_code": "CN"}}}))
    broken.write_bytes(b"x")
    with Case(made(tmp_path, [flow(CLOUD)])) as case:
        with pytest.raises(UsageError):
            locate(case, [good, broken])
        assert case.metas("located:") == {}


def test_of_a_great_many_conversations_the_smallest_is_still_told(tmp_path: Path) -> None:
    many = [flow(RECORDER, first_seen=START + at, last_seen=START + at, locator=f"packet {at}") for at in range(60)]
    small = flow(CLOUD, bytes_out=60, bytes_in=60, packets_out=1, packets_in=1)
    with Case(made(tmp_path, [*many, names_cloud(), small]), must_exist=True) as case:
        alone = list(case.traffic_of([f"ip:{CAMERA}"], slice_of))
        summed = list(case.traffic_of([f"ip:{CAMERA}"], slice_of, most=10))
    assert len(alone) == 61
    assert all(number == 1 for _, number in alone)
    assert len(summed) < 6
    assert sum(number for _, number in summed) == 61
    assert sum(one.bytes_out for one, _ in summed) == sum(one.bytes_out for one, _ in alone)
    assert {one.id for one, _ in summed} <= {one.id for one, _ in alone}
    assert {one.peer for one, _ in summed} == {f"ip:{CLOUD}", f"ip:{RECORDER}"}


def test_a_capture_made_at_the_recorder_shows_nothing_else_of_a_camera(tmp_path: Path) -> None:
    items = [
        flow(CAMERA, subject=RECORDER, port=554),
        flow("10.0.0.6", subject=RECORDER, port=554),
        flow(CLOUD, subject=RECORDER),
    ]
    devices = [device(), device("10.0.0.6"), device(RECORDER, device_class="recorder")]
    found = told(made(tmp_path, items, devices=devices, seconds=DAY))
    assert found[CAMERA].outcome == "cannot be said"
    assert f"watched at {RECORDER} alone" in found[CAMERA].says
    assert found[RECORDER].outcome == "outside seen"
    assert found[CAMERA].peers[0].serves == "recorder"


def test_whoever_fetches_pictures_of_several_cameras_is_taken_for_a_recorder_and_that_is_told(tmp_path: Path) -> None:
    items = [flow(CAMERA, subject="10.0.0.8", port=554), flow("10.0.0.6", subject="10.0.0.8", port=554), flow(RECORDER)]
    one = told(made(tmp_path, items, devices=[device(), device("10.0.0.6")]))[CAMERA]
    assert next(peer.serves for peer in one.peers if peer.address == "10.0.0.8") == "recorder"


def test_the_bodys_own_public_networks_are_inside(tmp_path: Path) -> None:
    path = made(tmp_path, [flow(CLOUD)], seconds=DAY)
    assert told(path)[CAMERA].outcome == "outside seen"
    assert told(path, body=body("203.0.113.0/24"))[CAMERA].outcome == "nothing outside seen"
    assert told(path, body=body("10.0.0.0/24"))[CAMERA].outcome == "outside seen"


def test_ipv6_of_the_same_device_is_told_with_it(tmp_path: Path) -> None:
    asset, identification, _ = device()
    six = Identifier(kind="ip", value="fd00::5", identity=True)
    both = (msgspec.structs.replace(asset, identifiers=(*asset.identifiers, six)), identification, ())
    found = told(made(tmp_path, [flow(RECORDER), flow("2001:db8::80", subject="fd00::5")], devices=[both], seconds=DAY))
    assert found[CAMERA].outcome == "outside seen"


def test_a_reading_whose_place_another_took_does_not_count(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        [flow(CLOUD), flow(RECORDER, source="src-two")],
        captures=[("src-cap", START, DAY), ("src-two", START, DAY)],
    )
    with Case(path) as case:
        case._db.execute("insert into replaced values ('src-cap')")
    assert told(path)[CAMERA].outcome == "nothing outside seen"


def test_an_address_that_another_device_was_given_is_named_by_that_and_says_so(tmp_path: Path) -> None:
    devices = [device(), device("10.0.0.6")]
    cloud = told(made(tmp_path, [flow(CLOUD), names_cloud("10.0.0.6")], devices=devices))[CAMERA].peers[0]
    assert (cloud.names, cloud.owner) == ((), "hikvision")
    assert cloud.because == "By the name dev.hik-connect.com, as which another device was given this address."


def test_an_address_that_several_devices_go_by_is_a_doubt(tmp_path: Path) -> None:
    first, identification, _ = device()
    second = msgspec.structs.replace(first, id="ast-other", subjects=("src-cap/mac:x",))
    other = msgspec.structs.replace(identification, asset="ast-other")
    path = made(tmp_path, [flow(CLOUD)], devices=[(first, identification, ()), (second, other, ())])
    assert any(f"go by {CAMERA} too" in doubt for doubt in told(path)[CAMERA].doubts)


def test_what_is_worked_out_once_is_told_again_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Case(made(tmp_path, [names_cloud(), flow(CLOUD), flow(RECORDER)]), must_exist=True) as case:
        whole = list(egress_of_case(case, catalog(), None))
        assert whole
        with Once(case, catalog(), None) as once:
            next(iter(once))  # whoever stops early leaves nothing half told
            assert list(once) == whole
            monkeypatch.setattr("custodiet.talking.egress_of_case", lambda *_: pytest.fail("worked out twice"))
            assert list(once) == whole
            assert list(zip(once, once, strict=True)) == [(one, one) for one in whole]
