"""Kept sentences in another language: each shape is found again, what has none is marked, and English stays English."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from custodiet.report.guard import said
from custodiet.report.languages import speech
from custodiet.report.retold import LONGEST, Piece, in_a_name, in_words, placed, retold
from custodiet.report.shapes import COUNTED, SHAPES
from custodiet.report.shapes_of_faults import FAULTS
from custodiet.report.shapes_of_files import UNREAD
from custodiet.report.shapes_of_flaws import FLAWS
from custodiet.report.speech import Speech, spoken

GAP = re.compile(r"\{(\w+)\}")
PUT_IN = {
    "out": "1.2 MB",
    "in": "at least 3.4 kB",
    "size": "1 GB",
    "company": "Acme Ltd",
    "answer": "yes",
    "counts": "1 relay",
}
PUT_IN |= {"day": "2025-11-17", "since": "2020-09-01", "until": "2025-07", "band": "certain", "number": "3 addresses"}
PHRASES = {"kind": "a camera", "kinds": "a camera or a recorder", "whom": "1 relay of its maker", "length": "8 hours"}
SENTENCES = dict.fromkeys(("said", "more", "remark", "when"), "it is named")


@pytest.fixture
def dutch() -> Iterator[Speech]:
    with spoken(speech("nl")):
        yield speech("nl")


@pytest.mark.parametrize("shape", [*SHAPES, *FAULTS, *FLAWS, *UNREAD])
def test_each_shape_is_found_again(dutch: Speech, shape: str) -> None:
    put_in = PUT_IN | PHRASES | SENTENCES
    text = GAP.sub(lambda gap: put_in.get(gap[1], f"«{gap[1]}»"), shape)
    translated = dutch.one(shape)
    told = retold(text)
    assert all("«" in piece.text for piece in told if piece.english), f"{told} of {text}"
    for part in GAP.split(translated)[::2]:
        assert part in "".join(piece.text for piece in told), f"another shape took it: {told}"


def test_what_a_port_is_for_is_said_where_our_records_tell_it(dutch: Speech) -> None:
    """A record of somebody's own catalog stays as they wrote it."""
    assert in_words("tcp/8000 is open: Device management.") == "tcp/8000 staat open: beheer van het apparaat."
    assert Piece("Acme gate", english=True) in retold("tcp/1 is open: Acme gate.")
    assert in_words("read on the label of this device") == "gelezen op het label van dit apparaat"


def test_names_and_days_are_put_back_and_laws_stay(dutch: Speech) -> None:
    text = (
        "Overdue: it had to be gone by 2025-07-01: Hikvision Co., Ltd. made it (certain, 0.99): its legal seat is in "
        "CN, so it is subject to the Law of Examples (2017); it is a camera, which is in scope."
    )
    assert retold(text) == (
        Piece(
            "Te laat: het moest uiterlijk 1 juli 2025 weg zijn: Hikvision Co., Ltd. heeft het gemaakt (zeker, 99%): "
            "het bedrijf is gevestigd in China, dus de "
        ),
        Piece("Law of Examples (2017)", english=True),
        Piece(" geldt ervoor; het is een camera, en die valt eronder."),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 relay", "1 doorgeefserver"),
        ("2 cloud hosts and 1 relay of its maker", "2 cloudservers en 1 doorgeefserver van de fabrikant"),
        ("1 cloud host of its maker and 1 relay of its maker's family",
         "1 cloudserver van de fabrikant en 1 doorgeefserver van de familie van de fabrikant"),
        ("1,204 addresses", "1.204 adressen"),
        ("412.1 kB", "412,1 kB"),
        ("2 addresses of unknown purpose", "2 adressen met onbekend doel"),
        ("Seen: 1 relay of Ezviz Co., Ltd. and 2 cloud hosts of Him and Her, 1.2 MB out and at least 2 kB in, "
         "in 8 hours of capture. 3 addresses outside called it and got no answer.",
         "Gezien: 1 doorgeefserver van Ezviz Co., Ltd. en 2 cloudservers van Him and Her, 1,2 MB uit en minstens "
         "2 kB in, in 8 uur opname. Oproepen van 3 adressen buiten kregen geen antwoord."),
        ("it is compressed with gzip, and inside: its format is not one that this version reads",
         "het is gecomprimeerd met gzip, en wat erin zit: deze versie leest dit formaat niet"),
        ("a picture is taken as PNG, JPEG or WebP, and this is none of them",
         "een afbeelding wordt aangenomen als PNG, JPEG of WebP, en dit is geen van die drie"),
        ("after host 10.0.0.1", "na host 10.0.0.1"),
        ("decision:core:stadhuis/net=no (hoofd ICT, stadhuis, 2024-04-02)",
         "besluit: is stadhuis/net een kernnetwerk? nee (hoofd ICT, stadhuis, 2 april 2024)"),
        ("A look at the label would settle the brand. A purchase record would name the supplier.",
         "Een blik op het typeplaatje maakt het merk duidelijk. Een aankoopbewijs noemt de leverancier."),
    ],
)  # fmt: skip
def test_numbers_and_lists_are_dutch(dutch: Speech, text: str, told: str) -> None:
    assert in_words(text) == told


def test_what_has_no_shape_stays_and_is_marked(dutch: Speech) -> None:
    assert retold("Moon <b>cheese</b>") == (Piece("Moon <b>cheese</b>", english=True),)
    assert said("Moon <b>cheese</b>") == (
        '<bdi class="value"><span lang="en">Moon &lt;b&gt;cheese&lt;/b&gt;</span></bdi>'
    )
    assert in_words("what it is; it is named").startswith("“what it is”; ")


def test_english_is_what_was_kept() -> None:
    for text in ("it is named", "Moon cheese", "", "x" * (LONGEST + 1)):
        assert retold(text) == (Piece(text),)
    assert said("it is named") == '<bdi class="value">it is named</bdi>'


def test_every_demand_of_the_catalog_has_a_shape() -> None:
    demands = Path(__file__).parents[2] / "catalog" / "vocabulary" / "demands.yml"
    means = re.findall(r'means: "([^"]+)"', demands.read_text(encoding="utf-8"))
    assert means
    assert set(means) <= set(SHAPES)


def test_each_noun_that_is_counted_has_two_forms(dutch: Speech) -> None:
    for one, many in COUNTED.items():
        assert dutch.many(one, many, 1) != one or one == "relay"
        assert dutch.many(one, many, 2)


@pytest.mark.parametrize("piece", ["; ", " made it (a, b): ", "it is ", ", and ", ". A", "{law}", "3 "])
def test_a_nasty_text_takes_no_long_time(dutch: Speech, piece: str) -> None:
    begun = time.perf_counter()
    told = retold((piece * LONGEST)[:LONGEST])
    assert "".join(one.text for one in told)
    assert time.perf_counter() - begun < 3


def test_places_and_formats_are_dutch(dutch: Speech) -> None:
    from custodiet.report.shapes_of_files import FORMATS
    from custodiet.sources import READERS

    assert in_words("row 2") == "rij 2"
    assert in_words("sheet Objecten, row 5") == "blad Objecten, rij 5"
    assert in_words("after.pcap, packet 1") == "after.pcap, pakket 1"
    assert in_words("label of 10.20.8.12.jsonl, line 1, photo 4a5b") == "label of 10.20.8.12.jsonl, regel 1, foto 4a5b"
    assert {reader.title for reader in READERS} == set(FORMATS)
    assert in_words("Formats that are read: Zeek logs, network capture (pcap or pcapng).").endswith(
        "Zeek-logboeken, netwerkopname (pcap of pcapng)."
    )


def test_english_sentences_have_their_days_as_people_write_them() -> None:
    kept = "it had to be gone by 2025-07-01: it was seen on 2020-11-17 and last on 2025-11-18"
    assert in_words(kept) == "it had to be gone by 1 July 2025: it was seen on 17 Nov 2020 and last on 18 Nov 2025"
    kept = "It exchanged traffic (23.2 kB out; 2025-11-12 to 2025-11-13; after.pcap, packet 1)"
    assert in_words(kept) == "It exchanged traffic (23.2 kB out; 12 Nov 2025 to 13 Nov 2025; after.pcap, packet 1)"
    assert in_words("Acme made it (certain, 0.99): it is named") == "Acme made it (certain, 99%): it is named"
    assert in_words("its legal seat is in CN, so it is subject") == "its legal seat is in China, so it is subject"
    # what is quoted, named or to be typed stays
    for text in ("“it was bought on 2025-07-01”", "by dump of 2025-07-01-a.pcap", "Write it as 2021-03-05"):
        assert in_words(text) == text


def test_a_device_that_only_its_place_names_has_that_place_in_dutch(dutch: Speech) -> None:
    assert in_a_name("inkoop.csv, row 2") == "inkoop.csv-2"
    assert in_a_name("10.30.1.11") == "10.30.1.11"
    assert placed("inkoop.csv, row 2") == "inkoop.csv, rij 2"
    assert placed("register.xlsx, sheet Objecten, row 5") == "register.xlsx, blad Objecten, rij 5"
    # what people or the device itself call it stays
    for name in ("Camera parking, row 5", "row 2", "a camera"):
        assert placed(name) == name
