"""What devices talk to on the terminal: readable at any width, without Unicode too, and doubt stays doubt."""

from __future__ import annotations

import io

import pytest

from custodiet.model import Egress
from custodiet.report import guard
from custodiet.report.egress_terminal import show

from .factory import FakeNames
from .nasty import nasty_strings
from .talkative import EIGHT, HOUR, bars, inside, peer, silent, talker, unseen, video


def printed(*devices: Egress, width: int = 80, encoding: str = "utf-8", **how: object) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    show(guard.console(file, colour=False, width=width), devices, FakeNames(), **how)  # type: ignore[arg-type]
    file.flush()
    return raw.getvalue().decode(encoding)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_line_for_each_device_then_how_many_of_each_and_the_limits() -> None:
    text = one_line(printed(talker(), unseen(), silent(), case="town hall.sqlite"))
    for part in (
        "10.0.0.5 Talks to its maker Seen 1 cloud of its maker, 41.0 kB out in 23 hours of capture.",
        "10.0.1.1 Cannot be said: it was only heard calling to all.",
        "3 devices: talks to its maker: 1; cannot be said: 1; nothing outside seen: 1.",
        "What was not seen may still happen",
        "custodiet egress --case 'town hall.sqlite' --device 10.0.0.5",
    ):
        assert part in text, part
    assert "Cannot be said Cannot be said" not in text
    assert "tcp/8555" not in text, "details are for one device, or -v"


@pytest.mark.parametrize("width", [50, 80, 120])
def test_one_device_whole_fits_its_screen(width: int) -> None:
    text = printed(talker(), width=width, whole=True)
    assert max(map(len, text.splitlines())) <= width
    told = one_line(text)
    for part in (
        "dev.hik-connect.com", "203.0.113.80", "tcp/8555", "26 times, every 30 s", "video-sized", "P2P relay",
        "peer-to-peer registration, seen (17 Nov 2025 08:00 UTC): It registers",
        "open port, only declared by the device: tcp/554 is open.",
        "V5.7.21: 18 Nov 2025 04:00 UTC", "every verdict is open again",
        "Doubts The capture has a gap of 3 hours.", "What was not visible What went by another way out.",
    ):  # fmt: skip
        assert part in told, part


def test_the_row_of_blocks_tells_nothing_from_not_watched() -> None:
    text = printed(talker(peers=(video(),)), whole=True)
    row = next(line for line in text.splitlines() if line.startswith("  out"))
    assert row.split()[1] == "·" * 9 + "░" * 3 + "·" * 3 + "█" + "·" * 10
    assert "· watched, and nothing; ░ not watched all the time: not known" in one_line(text)
    assert "v: what went out then looks like moving pictures" in text


def test_a_slice_with_traffic_that_was_watched_in_part_is_marked() -> None:
    spans = ((EIGHT, EIGHT + 2.5 * HOUR), (EIGHT + 2.8 * HOUR, EIGHT + 5 * HOUR))
    text = printed(talker(peers=(peer(bars=bars((2, 5, 5))),), spans=spans), whole=True)
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  in"))
    assert lines[at + 1].rstrip() == "        ?"
    assert "?: not watched all the time: there may have been more" in text


def test_without_unicode_it_is_plain() -> None:
    text = printed(talker(peers=(video(),)), whole=True, encoding="ascii")
    assert "  out " + "." * 9 + "???...8.........." in text


def test_devices_of_which_nothing_is_known_share_a_sentence() -> None:
    bare = [unseen(peers=(), label=f"row {number}") for number in range(30)]
    text = one_line(printed(talker(), *bare))
    assert "30 devices Cannot be said: it was only heard calling to all. row 0; row 1" in text
    assert "and 18 more" in text
    assert "row 29" in one_line(printed(talker(), *bare, verbose=1))


def test_many_peers_are_cut_and_the_rest_is_summed() -> None:
    many = tuple(peer(f"198.51.100.{number}", names=()) for number in range(30))
    text = one_line(printed(talker(peers=many, peers_total=900), whole=True))
    assert "18 more, 738.0 kB out and 396.0 kB in: -v shows more." in text
    assert "870 more peers counted and not listed." in text


def test_nothing_to_tell_is_said() -> None:
    assert "No surveillance device" in printed()


@pytest.mark.parametrize("width", [50, 80])
def test_nasty_text_stays_text(width: int) -> None:
    for text in nasty_strings():
        odd = talker(label=text, says=text, peers=(peer(names=(text,)), inside()), doubts=(text,), not_visible=(text,))
        shown = printed(odd, width=width, whole=True)
        assert "\x1b" not in shown
        assert not {char for char in shown if char < " " and char != "\n"}
