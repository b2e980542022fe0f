"""What we could not see is told in sentences, and only what is true is told."""

from __future__ import annotations

import pytest

from custodiet.model import Issue, Source, Tally, Totals
from custodiet.unseen import Counts, what_we_could_not_see


def source(kind: str, id: str = "src-1") -> Source:
    return Source(id=id, kind=kind, format="x", name="x", sha256="0", size=1)  # type: ignore[arg-type]


def tally(id: str = "src-1", **over: object) -> Tally:
    given: dict[str, object] = {"unit": "packets", "total": 9, "read": 9, "issues": 0}
    return Tally(source=id, **(given | over))  # type: ignore[arg-type]


def told(*sources: Source, **over: object) -> str:
    counted = {name: over.pop(name, 0) for name in ("peers", "recorders", "silent", "unplaced_purchases", "crowded")}
    counts = Counts(totals=Totals(**dict.fromkeys(Totals.__struct_fields__, 0)), **counted)  # type: ignore[arg-type]
    given: dict[str, object] = {
        "tallies": (), "skipped": (), "counts": counts, "has_sites": True, "unfinished": (),
    }  # fmt: skip
    return "\n".join(what_we_could_not_see(sources, **(given | over)))  # type: ignore[arg-type]


EVERYTHING = (source("capture"), source("register", "src-2"))


def test_there_is_always_something_we_could_not_see() -> None:
    assert "can be missed" in told(*EVERYTHING, tallies=(tally(first_seen=0.0, last_seen=9.0),))


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"unfinished": ("src-1",)}, "Sources not read to the end: 1."),
        ({"tallies": (tally(issues=3),)}, "could not be read: 3."),
        ({"tallies": (tally(not_covered={"QUIC packets": 7, "none": 0}),)}, "7 QUIC packets."),
        ({"peers": 4}, "not as devices: 4."),
        ({"crowded": 1}, "only a part was weighed: 1."),
        ({"silent": 5}, "were not judged: 5."),
        ({"unplaced_purchases": 2}, "tied to a device: 2."),
        ({"recorders": 2}, "Recorders found: 2."),
        ({"has_sites": False}, "No sites file"),
    ],
)
def test_each_limit_is_told_when_it_holds_and_only_then(over: dict[str, object], sentence: str) -> None:
    assert sentence in told(*EVERYTHING, **over)
    assert sentence not in told(*EVERYTHING)


def test_a_lost_input_is_told_first_and_one_of_no_interest_is_not() -> None:
    lost = Issue(source="a", place="", reason="it may not be read", severity="incomplete")
    note = Issue(source="b", place="", reason="its format is not one that this version reads")
    assert told(*EVERYTHING, skipped=(lost, note), peers=1).startswith("Inputs that could not be read at all: 1.")
    assert "could not be read at all" not in told(*EVERYTHING, skipped=(note,))


def test_an_input_of_a_kind_that_is_not_read_is_told_and_a_slip_of_the_pen_is_none() -> None:
    note = Issue(source="b", place="", reason="its format is not one that this version reads")
    slip = Issue(source="--column", place="Merk", reason="no table that was read has this heading")
    assert "Inputs of a kind that is not read: 1." in told(*EVERYTHING, skipped=(note, slip))


def test_what_kind_of_source_is_missing_is_told() -> None:
    assert "Nothing of the network was read" in told(source("register"))
    assert "No register or purchase record" in told(source("capture"))
    assert "No register" not in told(*EVERYTHING)
    assert "Nothing of the network" not in told(*EVERYTHING)
    assert "No capture was read" in told(source("scan"))


@pytest.mark.parametrize(
    ("seconds", "words"), [(10, "10 seconds"), (119, "119 seconds"), (600, "10 minutes"), (9000, "2.5 hours")]
)
def test_how_long_the_captures_were_is_told(seconds: int, words: str) -> None:
    assert f"Captures read: 1, {words} in all" in told(
        *EVERYTHING, tallies=(tally(first_seen=100.0, last_seen=100.0 + seconds), tally("src-2", first_seen=0.0))
    )


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 600), (600, 1200)], ""),
        ([(0, 600), (300, 900), (3840, 4000)], "49 minutes"),  # two at once, and a gap after both
        ([(3840, 4000), (0, 900), (4030, 4100)], "50 minutes"),
    ],
)
def test_what_nobody_watched_between_captures_is_told(spans: list[tuple[float, float]], words: str) -> None:
    each = [(f"src-{number}", *span) for number, span in enumerate(spans)]
    sources = [source("capture", id) for id, *_span in each]
    tallies = tuple(tally(id, first_seen=float(first), last_seen=float(last)) for id, first, last in each)
    said = told(*sources, tallies=tallies)
    assert ("nobody watched" in said) is bool(words)
    assert f"nobody watched for {words} in all." in said or not words


def test_what_several_sources_did_not_cover_adds_up() -> None:
    both = (tally(not_covered={"QUIC packets": 2}), tally("src-2", not_covered={"QUIC packets": 3, "ESP packets": 1}))
    assert "Present, but not read by this version: 1 ESP packets, 5 QUIC packets." in told(*EVERYTHING, tallies=both)


def test_where_nothing_was_read_nothing_is_said_of_what_was_read() -> None:
    assert "Nothing of the network" not in told()
    assert "No register" not in told()
    assert "Nothing of the network" in told(source("register"))


def test_a_source_that_was_given_up_is_told_and_one_with_a_count_is_not() -> None:
    issue = Issue(source="src-1", place="", reason="it is damaged", severity="incomplete")
    assert "could not be read, or not to the end: 1." in told(source("register"), issues=(issue,))
    assert "not to the end" not in told(source("register"), issues=(issue,), tallies=(tally(),))
    broken_off = (tally(total=0, read=0, whole=False),)
    assert "not to the end: 1." in told(source("register"), issues=(issue,), tallies=broken_off)
    assert "not to the end" not in told(source("register"))
