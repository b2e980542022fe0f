import io
import re
import unicodedata

import msgspec
import pytest
from rich.console import RenderableType

from custodiet.model import Assessment, Entry
from custodiet.report.guard import console, plain
from custodiet.report.summary import worst_first
from custodiet.report.terminal import explain_tree, show

from .factory import FakeNames, assessment, entries, relabelled_camera, unknown_device, with_text_everywhere
from .nasty import nasty_strings

COLOUR = re.compile(r"\x1b\[(?:\d{1,2}(?:;\d{1,2})*)?m")
NAMES = FakeNames()


def shown(head: Assessment | None = None, given: list[Entry] | None = None, width: int = 100, **over: object) -> str:
    file = io.StringIO()
    ordered = sorted(entries(), key=worst_first) if given is None else given
    show(
        console(file, colour=bool(over.pop("colour", False)), width=width), head or assessment(), ordered, NAMES, **over
    )  # type: ignore[arg-type]
    return file.getvalue()


def printed(what: RenderableType, width: int = 100) -> str:
    file = io.StringIO()
    console(file, colour=False, width=width).print(what)
    return file.getvalue()


def test_the_order() -> None:
    text = shown(case="case.sqlite", out="out")
    parts = [
        "Example Town, judged for 1 Dec 2022",
        "Judged by 2 directives.",
        "Read",
        "hall.pcap: a capture, 120,343 of 120,345 packets read, 2 issues",
        "Not read",
        "photo.jpg: no reader knows this format.",
        "Devices, worst first",
        "1. Camera, Hikvision DS-2CD2143G2-I, sold as HiLook",
        "how sure   maker certain",
        "how fresh  last seen 12 days before 1 Dec 2022, in a capture",
        "means      Must be gone by Apr 2025",
        "4. Not a surveillance device",
        "Of 4 devices",
        "1 does not satisfy a requirement",
        "Asked of the body itself",
        "A decision is required by Apr 2025",
        "What we could not see",
        "No source covers the site Library.",
        "Next",
        "custodiet explain asset-camera --case case.sqlite",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_twenty_devices_unless_asked_for_more() -> None:
    head = assessment(totals=type(assessment().totals)(**dict.fromkeys(assessment().totals.__struct_fields__, 30)))
    many = [unknown_device(n) for n in range(30)]
    assert "\n 20. Device" in shown(head, many)
    assert "\n 21. Device" not in shown(head, many)
    assert "10 more devices: -v shows more; out/findings.csv has them all." in shown(head, many, out="out")
    assert "\n 30. Device" in shown(head, many, verbosity=1)
    assert "more devices" not in shown(head, many, verbosity=1)


def test_many_inputs_and_sources_are_shortened() -> None:
    sources = tuple(msgspec.structs.replace(assessment().sources[0], name=f"{n}.pcap") for n in range(30))
    skipped = tuple(msgspec.structs.replace(assessment().skipped[0], source=f"{n}.jpg") for n in range(30))
    head = assessment(sources=sources, skipped=skipped)
    assert "10 more sources: -v shows more." in shown(head)
    assert "0.jpg, 1.jpg, 2.jpg and 27 more: no reader knows this format." in shown(head)
    assert "29.jpg" in shown(head, verbosity=2)
    assert "29.pcap" in shown(head, verbosity=2)


def test_no_device_at_all() -> None:
    empty = assessment(totals=type(assessment().totals)(**dict.fromkeys(assessment().totals.__struct_fields__, 0)))
    assert "None was found." in shown(empty, [])


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_lines_keep_to_the_width(width: int) -> None:
    text = shown(width=width)
    command = text.splitlines()[-1]
    assert all(len(line) <= max(width, 28) for line in text.splitlines() if line != command)
    assert command.strip().startswith("custodiet"), "a command is not broken, so that it can be copied"


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in shown()
    coloured = shown(colour=True)
    assert "\x1b[" in coloured
    assert COLOUR.sub("", coloured) == shown()


@pytest.mark.parametrize("text", nasty_strings())
def test_nasty_text_cannot_act(text: str) -> None:
    head, given = with_text_everywhere(text)
    out = shown(head, given, colour=True, width=1_000)
    out += printed(explain_tree(given[0], head, NAMES, verbosity=2), width=1_000)
    bare = COLOUR.sub("", out)
    assert all(char in " \n" or unicodedata.category(char)[0] in "LMNPS" for char in bare)
    assert plain(text)[:150] in bare


def test_the_tree_says_what_held_where_and_what_spoke_against() -> None:
    text = printed(explain_tree(relabelled_camera(), assessment(), NAMES), width=200)
    assert "Manufacturer: Hangzhou Hikvision Digital Technology Co., Ltd., certain (98%)" in text
    assert (
        "for 97% its reply to the maker's own discovery: sadp.description was DS-2CD2143G2-I at hall.pcap, packet 41"
        in text
    )
    assert "against 90% what it calls itself" in text
    assert "Must be gone by Apr 2025" in text
    assert "missing: When it was installed." in text
    assert "This body is not addressed by" not in text
    assert "record" not in text


def test_the_tree_says_more_when_asked() -> None:
    once = printed(explain_tree(relabelled_camera(), assessment(), NAMES, verbosity=1), width=200)
    assert "Is it one that is meant: maker, brand, parts or data? yes. Hikvision has its seat in CN." in once
    assert "This body is not addressed by" in once
    assert "203.0.113.9, tcp/8800: 1.2 MB out" in once
    assert "both name the MAC address" in once
    twice = printed(explain_tree(relabelled_camera(), assessment(), NAMES, verbosity=2), width=200)
    assert "[record discovery-reply-record; obs-" in twice
    assert "decision:town-hall" in twice


def test_the_tree_of_an_unknown_device_says_what_would_settle_it() -> None:
    text = printed(explain_tree(unknown_device(), assessment(), NAMES), width=200)
    assert "Manufacturer: unknown" in text
    assert "A reply to a maker's own discovery would settle who made it." in text


def test_more_is_shown_when_asked() -> None:
    plainly, more, all_of_it = (shown(verbosity=n, width=200) for n in range(3))
    assert "finding" not in plainly
    assert "finding    Must be gone by Apr 2025" in more
    assert "[stop]" in more
    assert "Manufacturer: Hangzhou Hikvision" not in more
    assert "Manufacturer: Hangzhou Hikvision" in all_of_it
    assert "packet 41" in all_of_it


def test_a_total_of_none_needs_no_explanation() -> None:
    totals = msgspec.structs.replace(assessment().totals, not_satisfied=0)
    assert "0 do not satisfy a requirement\n" in shown(assessment(totals=totals))


def test_the_tree_gives_the_sentence_that_was_judged() -> None:
    text = printed(explain_tree(relabelled_camera(), assessment(), NAMES), width=200)
    assert "In our words: All of it goes by April 2025." in text
    assert "“Departments should cease to install such cameras.”" in text
    assert text.count("(confidence ") == 1, "what is not decided has no confidence"
