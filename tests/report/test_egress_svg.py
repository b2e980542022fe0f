"""The picture: well-formed, says in words what it shows, and nothing in it can act."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from custodiet.model import Egress
from custodiet.report.egress_svg import picture, summary
from custodiet.report.guard import plain

from .nasty import nasty_strings
from .talkative import EIGHT, bars, peer, silent, talker, unseen, video

SVG = "{http://www.w3.org/2000/svg}"


def drawn(egress: Egress) -> etree._Element:
    text = str(picture(egress)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))


def words(root: etree._Element) -> list[str]:
    return [str(found.text) for found in root.iter(f"{SVG}text")]


def test_it_shows_out_in_video_gaps_and_days_in_words() -> None:
    root = drawn(talker())
    assert {found.get("class") for found in root.iter(f"{SVG}path")} == {"out", "in", "video", "axis", "tick"}
    assert len([found for found in root.iter(f"{SVG}rect") if found.get("class") == "gap"]) == 1
    assert words(root) == [
        "↑ out: most 9.2 MB in 1 h", "↓ in: 180.8 kB", "video-sized", "not watched",
        "17 Nov 2025 08:00", "18 Nov 10:00 UTC", "18 Nov",
    ]  # fmt: skip


def test_it_has_a_title_and_a_description_for_those_who_do_not_see_it() -> None:
    root = drawn(talker())
    assert root.get("role") == "img"
    named = [str(root.get("aria-labelledby")), str(root.get("aria-describedby"))]
    title, described = (next(root.iterfind(f".//*[@id='{name}']")) for name in named)
    assert title.text == "Traffic of 10.0.0.5 with the outside over time"
    for part in ("per 1 h", "9.2 MB of what went out looks like moving pictures", "Nobody watched in 1 stretch"):
        assert part in str(described.text)


def test_what_was_silent_is_said_of_the_time_that_was_watched_only() -> None:
    root = drawn(silent())
    assert words(root)[:2] == ["↑ out: nothing seen", "↓ in: nothing seen"]
    assert "video-sized" not in words(root)
    assert "while it was watched" in summary(silent())


def test_without_time_and_traffic_there_is_no_picture() -> None:
    assert picture(unseen()) == ""
    assert summary(unseen()) == ""


def test_a_stream_and_a_keep_alive_are_not_told_apart_by_colour_alone() -> None:
    root = drawn(talker())
    video_path = next(found for found in root.iter(f"{SVG}path") if found.get("class") == "video")
    assert str(video_path.get("fill")).startswith("url(#")
    assert "video-sized" in words(root)


def test_nothing_in_it_styles_or_runs() -> None:
    for element in drawn(talker()).iter():
        assert etree.QName(element).localname in {
            "svg", "title", "desc", "defs", "pattern", "rect", "path", "text",
        }  # fmt: skip
        assert not [name for name in element.attrib if name == "style" or str(name).startswith("on")]


def test_ids_are_its_own_so_that_a_page_can_hold_many() -> None:
    ids = [re.findall(r'id="([^"]+)"', str(picture(talker(asset=asset)))) for asset in ("asset-1", "asset-2")]
    assert not set(ids[0]) & set(ids[1])


def test_nasty_labels_stay_text() -> None:
    usual = [etree.QName(found).localname for found in drawn(talker()).iter()]
    for text in nasty_strings():
        root = drawn(talker(label=text, asset=text))
        assert [etree.QName(found).localname for found in root.iter()] == usual
        assert plain(text, 250) in str(next(root.iter(f"{SVG}title")).text)


def test_small_bars_are_seen_and_all_stay_inside() -> None:
    root = drawn(talker(peers=(video(bytes_out=10**12, bars=bars((15, 10**12, 1))), peer())))
    _, _, width, height = map(float, str(root.get("viewBox")).split())
    for found in root.iter(f"{SVG}path"):
        if found.get("class") in ("out", "in", "video"):
            for x, y, up in re.findall(r"M([\d.]+) ([\d.]+)v(-?[\d.]+)", str(found.get("d"))):
                assert 0 <= float(x) <= width
                assert 0 <= float(y) + float(up) <= height
                assert abs(float(up)) >= 1


@pytest.mark.parametrize(
    "odd",
    [
        {"spans": ((EIGHT, EIGHT + 1e18),)},
        {"spans": ((0.0, 1.0),), "peers": ()},
        {"spans": ((-1e13, -1e13 + 50),), "peers": ()},
        {"spans": ((1e15, 1e15 + 7200),), "peers": ()},
        {"slice": 1e-3},
    ],
)
def test_broken_clocks_break_no_picture(odd: dict[str, object]) -> None:
    assert not picture(talker(**odd)) or drawn(talker(**odd)) is not None


def test_a_single_bar_is_no_picture() -> None:
    assert picture(talker(peers=(peer(bars=bars((0, 900, 80))),), spans=((EIGHT, EIGHT + 3),), slice=60.0)) == ""


def test_one_moment_is_said_once() -> None:
    moment = talker(peers=(peer(bars=bars((0, 900, 80))),), spans=((EIGHT, EIGHT + 8),), slice=4.0)
    assert [word for word in words(drawn(moment)) if "Nov" in word] == ["17 Nov 2025 08:00 UTC"]
    longer = talker(peers=(peer(bars=bars((0, 900, 80))),), spans=((EIGHT, EIGHT + 90),), slice=60.0)
    assert [word for word in words(drawn(longer)) if "Nov" in word] == ["17 Nov 2025 08:00", "17 Nov 08:01 UTC"]


def test_midnights_are_those_of_the_zone() -> None:
    text = str(picture(talker(), ZoneInfo("Europe/Amsterdam")))
    assert "17 Nov 2025 09:00" in text
    assert "18 Nov 11:00 CET" in text
