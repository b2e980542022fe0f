"""``custodiet watch`` over files: what is new is told once; a device that is back ends with 3."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pcap_factory import udp

from custodiet.casefile import Case
from custodiet.catalog import Catalog
from custodiet.cli.common import load
from custodiet.watch.told import history
from story import Told, custodiet, datagram, sadp
from watch.town import (
    CAMERA,
    CLOUD,
    CLOUD_NAME,
    DAY,
    ELSEWHERE,
    OTHER_MAC,
    RECORDER,
    asks,
    capture,
    frame,
    knowledge,
    notice,
    statement,
    talk,
    told,
)

LATER = DAY + 2 * 86_400


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a catalog, and a case that knows one camera, which talks to its recorder."""
    folder = tmp_path_factory.mktemp("town")
    knowledge(folder / "acme")
    capture(folder / "a.pcap", notice(), *talk(RECORDER, 554))
    first = custodiet(
        "watch", "--case", folder / "town.sqlite", "--catalog", folder / "acme", "--json", folder / "a.pcap"
    )
    assert (first.code, kinds(first)[0]) == (0, "new device")
    return folder


@pytest.fixture(autouse=True, scope="module")
def _loaded_once() -> Iterator[None]:
    """The catalog takes a second to load, and is the same for all of these."""
    catalogs: dict[tuple[Path, ...], Catalog] = {}

    def once(folders: list[Path] | None) -> Catalog:
        key = tuple(folders or ())
        return catalogs.get(key) or catalogs.setdefault(key, load(folders))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("custodiet.cli.watch.load", once)
        yield


@pytest.fixture
def case(tmp_path: Path, town: Path) -> Path:
    """A copy of the case."""
    return Path(shutil.copy(town / "town.sqlite", tmp_path / "town.sqlite"))


def watch(case: Path, *arguments: object) -> Told:
    """By the catalog that the case remembers."""
    return custodiet("watch", "--case", case, "--json", *arguments)


def news(told: Told) -> list[dict[str, str]]:
    return [json.loads(line) for line in told.out.splitlines()]


def kinds(told: Told) -> list[str]:
    return [one["kind"] for one in news(told)]


def isolate(case: Path, **how: object) -> str:
    with Case(case) as opened:
        camera = next(asset for asset, *_ in opened.conclusions() if asset.label == CAMERA)
        id, envelope = statement(camera, **how)  # type: ignore[arg-type]
        opened.set_meta(f"isolation:{id}", envelope)
        return id


def test_what_is_new_is_told_once_with_its_place_and_its_evidence(case: Path) -> None:
    later = capture(case.parent / "b.pcap", asks(CLOUD_NAME), told(CLOUD_NAME, CLOUD), *talk(CLOUD), at=LATER)
    said = watch(case, later)
    assert (said.code, said.err) == (0, "")
    by_kind = {one["kind"]: one for one in news(said) if one["label"] == CAMERA}
    assert set(by_kind) == {"new destination", "asks for its maker"}
    assert by_kind["new destination"]["says"].startswith(f"It talks to its maker: {CLOUD_NAME} ({CLOUD}), tcp/443")
    assert by_kind["new destination"]["place"].endswith("b.pcap, packet 3")
    with Case(case) as opened:
        (flow,) = opened.flows_between([f"ip:{CAMERA}"], [f"ip:{CLOUD}"])
        assert by_kind["new destination"]["evidence"] == [flow.id]
        assert {one.id for one in history(opened)} >= {one["id"] for one in news(said)}
    assert watch(case, later).out == ""
    more = capture(case.parent / "c.pcap", asks(CLOUD_NAME), told(CLOUD_NAME, CLOUD), *talk(CLOUD), at=LATER + 999)
    assert watch(case, more).out == ""


def test_a_device_that_is_back_after_isolation(case: Path) -> None:
    id = isolate(case, allowed=(RECORDER,))
    inside = capture(case.parent / "b.pcap", *talk(RECORDER, 554), *talk(ELSEWHERE, answered=False), at=LATER)
    said = watch(case, inside)
    assert (said.code, kinds(said)) == (0, ["new destination"]), "an opening that nobody answers is a try"
    outside = capture(case.parent / "c.pcap", *talk(ELSEWHERE), at=LATER + 999)
    said = watch(case, outside)
    assert said.code == 3
    back = news(said)[0]
    assert (back["kind"], back["severity"], back["address"]) == ("back after isolation", "act now", ELSEWHERE)
    assert back["says"].startswith("It is not isolated any more. It exchanged traffic with 198.51.100.7")
    assert id in back["says"]
    assert watch(case, outside).code == 0, "told once"


def test_what_was_before_the_isolation_is_no_return(case: Path) -> None:
    isolate(case)
    said = watch(case, capture(case.parent / "b.pcap", *talk(ELSEWHERE), at=DAY + 60))
    assert (said.code, kinds(said)) == (0, ["new destination"])


def test_a_machine_inside_that_is_not_on_the_list(case: Path) -> None:
    isolate(case, allowed=(RECORDER,))
    said = watch(case, capture(case.parent / "b.pcap", *talk("10.0.0.77", 22), at=LATER))
    assert (said.code, kinds(said)) == (3, ["back after isolation"])


@pytest.mark.parametrize("how", [{"sign": False}, {"verdict": "too short"}, {"verdict": "leaks"}])
def test_who_was_never_shown_to_be_isolated_cannot_be_back(case: Path, how: dict[str, object]) -> None:
    isolate(case, **how)
    said = watch(case, capture(case.parent / "b.pcap", *talk(ELSEWHERE), at=LATER))
    unsound = "sign" in how
    assert said.code == (4 if unsound else 0)
    assert kinds(said) == (["cannot be told"] if unsound else []) + ["new destination"]


def test_a_new_camera(case: Path) -> None:
    said = watch(case, capture(case.parent / "b.pcap", notice("10.0.0.6", OTHER_MAC), at=LATER))
    (one,) = news(said)
    assert (one["kind"], one["label"]) == ("new device", "10.0.0.6")
    assert "camera, made by" in one["says"]


def test_another_mac_at_the_address_of_a_camera(case: Path) -> None:
    said = watch(case, capture(case.parent / "b.pcap", notice(mac=OTHER_MAC), at=LATER))
    assert kinds(said) == ["other MAC", "new device"]


def test_another_mac_beside_its_own_in_one_file(case: Path) -> None:
    said = watch(case, capture(case.parent / "b.pcap", notice(), notice(mac=OTHER_MAC), at=LATER))
    (one,) = news(said)
    assert (one["kind"], one["label"]) == ("other MAC", CAMERA)
    assert "00:00:5e:00:53:02 answers for it, before 00:00:5e:00:53:01." in one["says"]


def test_the_mac_of_a_router_in_between_is_none_of_its_own(case: Path) -> None:
    frames = [frame for n in range(8) for frame in talk(f"203.0.113.{n}", src=CAMERA, mac=OTHER_MAC)]
    frames += [notice(f"10.0.0.{n}", OTHER_MAC) for n in range(20, 28)]
    said = watch(case, capture(case.parent / "b.pcap", *frames, at=LATER))
    assert not {"other MAC", "other address block"} & {one["kind"] for one in news(said)}


def test_another_firmware(case: Path) -> None:
    told_by = [datagram(sadp(SoftwareVersion=version)) for version in ("V5.1.0 build 210101", "V5.2.0 build 230101")]
    for number, one_frame in enumerate(told_by):
        said = watch(case, capture(case.parent / f"{number}.pcap", one_frame, notice(), at=LATER + 999 * number))
        assert kinds(said) == [["new firmware"], []][not number], number
    (one,) = news(said)
    assert one["says"].startswith(
        "Every verdict on it is open again: it runs firmware V5.2.0 build 230101, before V5.1"
    )
    assert one["reopens"] == []


def test_a_way_in_that_it_asks_a_router_for(case: Path) -> None:
    please = frame(udp(bytes.fromhex("0002 0000 0050 1f40 00000e10"), 40000, 5351), 17, CAMERA, "10.0.0.1")
    said = watch(case, capture(case.parent / "b.pcap", please, at=LATER))
    assert kinds(said) == ["way in asked for"]
    assert "tcp 8000" in news(said)[0]["says"]


def test_lines_for_people_say_what_it_means_first(case: Path) -> None:
    later = capture(case.parent / "b.pcap", *talk(ELSEWHERE), at=LATER)
    said = custodiet("watch", "--case", case, later)
    text = " ".join(said.out.split())
    assert text.startswith("2025-11-18 13:33:20 LOOK TODAY new destination 10.0.0.5 It talks to somebody new outside")
    assert "\a" not in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert "1 new source read; 1 news." in said.err


def test_nothing_that_a_device_says_acts_on_the_screen(case: Path) -> None:
    name = "a\x1b]0;x\x07.acme-cloud.example"
    later = capture(case.parent / "b.pcap", asks(name), told(name, CLOUD), *talk(CLOUD), at=LATER)
    for how in ([], ["--json"]):
        said = custodiet("watch", "--case", case, later, *how)
        assert not {"\x1b", "\x07"} & set(said.out)


def test_quiet_prints_nothing_and_still_ends_with_its_code(case: Path) -> None:
    isolate(case)
    later = capture(case.parent / "b.pcap", *talk(ELSEWHERE), at=LATER)
    said = custodiet("watch", "--case", case, later, "-q")
    assert (said.code, said.out, said.err) == (3, "", "")


def test_a_capture_that_lost_packets_or_cannot_be_read_ends_with_4(case: Path) -> None:
    broken = case.parent / "broken.pcap"
    broken.write_bytes(b"\xd4\xc3\xb2\xa1 no capture")
    assert watch(case, broken).code == 4
    gap = [*talk(RECORDER, 554), notice()]
    path = case.parent / "gap.pcap"
    capture(path, *gap, at=LATER)
    data = bytearray(path.read_bytes())
    at = 24
    for number in range(len(gap)):
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        if number == len(gap) - 1:
            data[at : at + 4] = int(LATER + 4000).to_bytes(4, "little")
        at += 16 + size
    path.write_bytes(bytes(data))
    said = watch(case, path)
    assert (said.code, kinds(said)) == (4, ["cannot be told"])


@pytest.mark.parametrize(
    "arguments", [[], ["--listen", "eth0", "a.pcap"], ["a.pcap", "--for", "1h"], ["--listen", "no-such-0"]]
)
def test_wrong_use(tmp_path: Path, arguments: list[str]) -> None:
    said = custodiet("watch", "--case", tmp_path / "x.sqlite", *arguments)
    assert (said.code, (tmp_path / "x.sqlite").exists()) == (2, False)


def test_all_that_was_told_is_shown_again(case: Path) -> None:
    first = watch(case, capture(case.parent / "b.pcap", *talk(ELSEWHERE), at=LATER))
    again = watch(case, "--again")
    assert (again.code, kinds(again)[0], news(again)[-1]) == (0, "new device", news(first)[-1])
    with Case(case) as opened:
        opened.set_meta("news:nws-x", "[" * 100_000)
    assert watch(case, "--again").code == 5
