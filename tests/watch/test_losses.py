"""What cannot be told is told: silence, gaps, losses."""

from __future__ import annotations

from custodiet.model import Source, Tally, Watched
from custodiet.watch.losses import Silence, of_files, of_statements


def test_silence_is_told_once_and_its_end_too() -> None:
    silence = Silence("eth0", after=300.0)
    assert silence.look(0, 1000.0) is None
    assert silence.look(5, 1100.0) is None
    assert silence.look(5, 1399.0) is None
    told = silence.look(5, 1400.0)
    assert told is not None
    assert told.says.startswith("Nothing at all was heard for 5 minutes")
    assert silence.look(5, 1500.0) is None
    back = silence.look(6, 1700.0)
    assert back is not None
    assert back.says.startswith("It is heard again, after 10 minutes")
    assert back.id != told.id


def test_who_never_heard_anything_is_told_too() -> None:
    silence = Silence("eth0", after=300.0)
    assert [bool(silence.look(0, at)) for at in (0.0, 299.0, 300.0, 301.0)] == [False, False, True, False]


def test_gaps_and_losses_of_files() -> None:
    source = Source(id="s", kind="capture", format="pcap", name="a.pcap", sha256="ab", size=1)
    watched = Watched(spans=((0.0, 10.0), (100.0, 110.0), (4000.0, 4010.0)), doubts={"lost": "12 packets were lost"})
    tally = Tally(source="s", unit="packets", total=1, read=1, issues=0, first_seen=0.0, watched=watched)
    (one,) = of_files({"s": source}, [tally])
    assert one.says == (
        "News may have been missed: nothing was seen in 1 gap, the longest 64 minutes; packets were lost on the way."
    )
    assert list(of_files({}, [tally])) == []
    quiet = Tally(source="s", unit="packets", total=1, read=1, issues=0, watched=Watched(spans=((0.0, 9.0),)))
    assert list(of_files({"s": source}, [quiet])) == []


def test_statements_that_are_not_sound() -> None:
    (one,) = of_statements({"stm-1": "the signature is not of this statement"})
    assert "not watched as isolated" in one.says
