"""What a sensor hears, file by file, against what the case knows: told once, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custodiet import audit
from custodiet.casefile import Case
from custodiet.catalog import Catalog
from custodiet.cli.watch import isolation_of
from custodiet.identify import Matcher
from custodiet.model import Flow, Observation
from custodiet.model.news import News
from custodiet.report.order import worst_first
from custodiet.sources import READERS
from custodiet.sources.base import ReadOptions
from custodiet.sources.intake import make_source
from custodiet.sources.pcap.reader import READER
from custodiet.watch import live as module
from custodiet.watch.files import around_of, devices_of
from custodiet.watch.live import Live
from small import catalog, fingerprint
from watch.town import (
    CAMERA,
    CLOUD,
    CLOUD_NAME,
    DAY,
    ELSEWHERE,
    ENDPOINT,
    OTHER_MAC,
    RECORDER,
    asks,
    capture,
    notice,
    statement,
    talk,
    told,
)

LATER = DAY + 2 * 86_400
Hear = Callable[..., list[News]]


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    sign = fingerprint(
        "acme-server", "ssdp.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam/",
        technique="discovery-reply", strength="decisive",
    )  # fmt: skip
    return catalog(tmp_path_factory.mktemp("catalog"), sign, {"endpoints/acme-cloud.yml": ENDPOINT})


@pytest.fixture
def case(tmp_path: Path, knowledge: Catalog) -> Iterator[Case]:
    """It knows one camera in VLAN 20."""
    known = capture(tmp_path / "a.pcap", notice(vlan=20), *talk(RECORDER, 554))
    with Case(tmp_path / "town.sqlite") as opened:
        audit.read_more(opened, [str(known)], READERS, tmp_path, knowledge, worst_first)
        yield opened


def follower(case: Case, knowledge: Catalog) -> Hear:
    """What is told of frames, as files of seconds; everything, also what was told before."""
    around = around_of(case, knowledge, None, "2026-11-22")
    isolation = isolation_of(case, around, near_side=False)
    live = Live(case, Matcher(knowledge), around, devices_of(case, knowledge), isolation)
    number = 0

    def hear(*frames: bytes) -> list[News]:
        nonlocal number
        number += 1
        path = capture(case.path.with_name(f"{number}.pcap"), *frames, at=LATER + 60 * number)
        source = make_source(path, f"eth0, {number}", READER)
        items = list(READER.read(path, source, ReadOptions()))
        observations = [item for item in items if isinstance(item, Observation)]
        return live.take(source, observations, [item for item in items if isinstance(item, Flow)])

    return hear


@pytest.fixture
def hear(case: Case, knowledge: Catalog) -> Hear:
    return follower(case, knowledge)


def kinds(found: list[News], label: str = CAMERA) -> list[str]:
    return [one.kind for one in found if one.label == label]


def test_what_the_case_knows_is_no_news(hear: Hear) -> None:
    assert hear(notice(vlan=20), *talk(RECORDER, 554)) == []


def test_a_name_that_was_told_in_an_earlier_file_names_a_later_destination(hear: Hear) -> None:
    assert kinds(hear(asks(CLOUD_NAME), told(CLOUD_NAME, CLOUD))) == ["asks for its maker"]
    (one,) = [one for one in hear(*talk(CLOUD)) if one.label == CAMERA]
    assert one.says.startswith(f"It talks to its maker: {CLOUD_NAME} ({CLOUD})")
    assert one.place == "eth0, 2, packet 1"
    assert hear(*talk(CLOUD)) == []


def test_a_device_appears_and_is_followed_from_then_on(hear: Hear) -> None:
    assert kinds(hear(notice("10.0.0.6", OTHER_MAC)), "10.0.0.6") == ["new device"]
    assert hear(notice("10.0.0.6", OTHER_MAC)) == []
    assert kinds(hear(*talk(ELSEWHERE, src="10.0.0.6", mac=OTHER_MAC)), "10.0.0.6") == ["new destination"]


def test_another_mac_at_its_address(hear: Hear) -> None:
    (first, *_) = hear(notice(mac=OTHER_MAC))
    assert (first.kind, first.label) == ("other MAC", CAMERA)


def test_a_device_is_known_by_its_mac_at_another_address(case: Case, knowledge: Catalog) -> None:
    camera = next(asset for asset, *_ in case.conclusions() if asset.label == CAMERA)
    id, envelope = statement(camera, allowed=(RECORDER,))
    case.set_meta(f"isolation:{id}", envelope)
    hear = follower(case, knowledge)
    assert kinds(hear(notice(vlan=20))) == []
    assert kinds(hear(notice("10.0.0.200", vlan=20), *talk(ELSEWHERE, src="10.0.0.200"))) == [
        "back after isolation",
        "new destination",
    ]
    (moved,) = hear(notice(vlan=30))
    assert (moved.kind, "VLAN 30, before VLAN 20" in moved.says) == ("back after isolation", True)


def test_what_does_not_watch_is_not_told(hear: Hear) -> None:
    laptop = talk(ELSEWHERE, src="10.0.0.50", mac="020000000001")
    assert hear(*laptop) == []


def test_the_block_of_a_router_is_no_sign_of_what_is_behind_it(hear: Hear) -> None:
    router = "00005e00aaaa"  # of the block of a maker of cameras
    outside = [frame for n in range(6) for frame in talk(CAMERA, src=f"203.0.113.{n}", mac=router)]
    behind = talk(RECORDER, src="10.0.7.7", mac=router)
    assert kinds(hear(*outside, *behind), "10.0.7.7") == []
    alone = hear(*talk(RECORDER, src="10.0.8.8", mac="00005e00bbbb"))
    assert [(one.kind, one.place) for one in alone] == [("new device", "eth0, 2, packet 1")]


def test_memory_is_bounded_and_what_is_forgotten_is_asked_of_the_case(
    hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_DEVICES", 3)
    for number in range(20, 44):
        hear(notice(f"10.0.0.{number}", f"00005e0054{number:02x}"))
    assert hear(notice(vlan=20), *talk(RECORDER, 554)) == []
