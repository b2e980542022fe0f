"""The dossier on the terminal and as a page: what it says, and that what devices said stays text."""

from __future__ import annotations

import io
import re
from pathlib import Path

import msgspec
import pytest
from lxml import html

from custodiet.catalog.contents import Certainty, Step, Strength, Technique
from custodiet.identify.dossier import Dossier, Records, Weights
from custodiet.model import (
    Affected,
    Brand,
    Company,
    Entry,
    Example,
    Fingerprint,
    FirmwareReading,
    Reference,
    Relation,
    Series,
    Vulnerability,
    VulnerabilityAnswer,
    When,
)
from custodiet.report import dossier as told
from custodiet.report import guard
from custodiet.report.dossier_html import write_dossier
from custodiet.report.dossier_tree import dossier_tree
from custodiet.report.guard import plain

from .factory import FakeNames, assessment, relabelled_camera, with_text_everywhere
from .nasty import nasty_strings

READ = (Reference(where="A manual, page 12", read="2025-01", note="the header"),)
WEIGHTS = Weights(
    strengths=(Strength(id="strong", weight=0.9, means="only one maker"),),
    techniques=(Technique(id="protocol-reply", cap=0.94, means="a reply", basis="answer"),),
    certainties=(Certainty(id="sure", strength="strong", means="read"),),
    calibration=(
        Step(id="much", field="manufacturer", support=0.9, states=0.96, most=0.99, answers=10, right=10, means="much"),
    ),
    bands={"certain": 0.95, "likely": 0.75, "possible": 0.4, "unknown": 0.0},
    counter_weight=0.6,
    most=0.9999,
)


def flaw(id: str, **over: object) -> Vulnerability:
    given: dict[str, object] = {
        "title": "a flaw", "companies": ("hikvision",), "affected": (Affected(what="all"),), "login": "none",
        "exploited": "not-listed", "exploited_read": "2025-08-25", "references": READ, "added": "2026-01-01",
    }  # fmt: skip
    return Vulnerability(id=id, **(given | over))  # type: ignore[arg-type]


def made(entry: Entry, text: str = "") -> Dossier:
    """A dossier of an entry, whose records carry a text wherever they hold free text."""
    claims = [claim for c in entry.identification.conclusions for claim in (*c.claims_for, *c.claims_against)]
    rules = tuple(
        Fingerprint(
            id=id,
            attribute="http.server",
            when=When(regex=text or "^App-webs/"),
            says={"manufacturer": "hikvision"},
            technique="protocol-reply",
            strength="strong",
            examples=(Example(value=text or "App-webs/"),),
            counter_examples=(text or "Apache",),
            references=(Reference(where=text or "A manual, page 12", read="2025-01", note=text),),
            added="2025-01-31",
            note=text,
        )
        for id in sorted({claim.record for claim in claims} - {"statement"})
    )
    relation = Relation(kind="owns", to="axis", since="2018", until="2024-03", share=51.0, scope=text)
    series = Series(name=text or "Turbo", made_by="hikvision", certainty="sure", until="2020")
    return Dossier(
        tool="custodiet 0",
        catalog="new",
        judged_with="old",
        asset=entry.asset,
        sources=assessment().sources,
        observations=entry.evidence,
        silent=3,
        identification=entry.identification,
        firmware=FirmwareReading(record="f", company="hikvision", version="5.5", build="200408", built_on="2020-04-08"),
        vulnerabilities=(
            VulnerabilityAnswer(vulnerability="CVE-2020-1", answer="cannot_tell", because="The build is not known."),
            VulnerabilityAnswer(vulnerability="CVE-2021-1", answer="affected", because="Its build lies inside."),
            VulnerabilityAnswer(vulnerability="CVE-2022-1", answer="not_affected", because="Another model."),
        ),
        records=Records(
            fingerprints=rules,
            companies=(Company(id="hikvision", name=text or "H", relations=(relation,), references=READ),),
            brands=(Brand(id="hilook", name=text or "HiLook", series=(series,), note=text, references=READ),),
            vulnerabilities=(
                flaw("CVE-2020-1", title=text or "a flaw"),
                flaw("CVE-2021-1", exploited="listed", exploited_since="2022-01-10"),
                flaw("CVE-2022-1"),
            ),
        ),
        weights=WEIGHTS,
        digest="d" * 64,
    )


def tree(entry: Entry, dossier: Dossier, verbosity: int = 0, width: int = 80) -> str:
    file = io.StringIO()
    guard.console(file, colour=False, width=width).print(
        dossier_tree(dossier, entry, assessment(), FakeNames(), verbosity=verbosity)
    )
    return file.getvalue()


def page(entry: Entry, dossier: Dossier) -> str:
    file = io.StringIO()
    write_dossier(file, dossier, entry, assessment(), FakeNames())
    return file.getvalue()


def joined(text: str) -> str:
    return " ".join(re.sub("[│├└─]", " ", text).split())


SENTENCES = [
    "built on 8 Apr 2020, version 5.5, build 200408",
    "1 concerns it (1 of them exploited), 1 cannot be told, 1 do not concern it",
    "Cannot tell because the build is not known.",
    "exploited: on the KEV list since 10 Jan 2022",
    "The device was judged with catalog old",
    "A manual, page 12 (Jan 2025)",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_tree_and_page_say_the_same(sentence: str) -> None:
    entry = relabelled_camera()
    dossier = made(entry)
    assert sentence.casefold() in joined(tree(entry, dossier)).casefold()
    shown = " ".join(html.document_fromstring(page(entry, dossier)).text_content().split())
    assert sentence.casefold() in shown.casefold()


def test_answers_stand_in_reading_order_with_every_field() -> None:
    entry = relabelled_camera()
    fields = [item.field for item in told.answers(made(entry), FakeNames())]
    assert fields[:4] == ["brand", "manufacturer", "declared_manufacturer", "oui_registrant"]
    assert sorted(fields) == sorted(c.field for c in entry.identification.conclusions)


def test_more_verbose_shows_more_and_never_less() -> None:
    entry = relabelled_camera()
    few, more, most = (tree(entry, made(entry), verbosity) for verbosity in (0, 1, 2))
    assert len(few) < len(more) < len(most)
    assert "CVE-2022-1" not in few and "CVE-2022-1" in more
    assert "holds the expression" in most


def test_what_concerns_the_device_comes_first() -> None:
    known = told.vulnerabilities(made(relabelled_camera()))
    assert [one.record.id for one in known] == ["CVE-2021-1", "CVE-2020-1", "CVE-2022-1"]


def test_relations_and_series_are_dated() -> None:
    names = FakeNames()
    relation = Relation(kind="owns", to="axis", since="2018", until="2024-03", share=51.0)
    assert told.relation("hikvision", relation, names).endswith(
        "owns Axis Communications AB (51 per cent), since 2018, until Mar 2024"
    )
    series = Series(name="Turbo", made_by="axis", certainty="sure", until="2020")
    assert told.series(series, names) == "Axis Communications AB, sure, until 2020"


def test_a_record_that_is_not_at_hand_is_said() -> None:
    claim = relabelled_camera().identification.get("manufacturer").claims_for[0]
    assert told.speaker(claim, None) == f"record {claim.record}, not at hand"


def test_every_link_of_the_page_leads_somewhere() -> None:
    entry = relabelled_camera()
    root = html.document_fromstring(page(entry, made(entry)))
    ids = [str(found) for found in root.xpath("//@id")]
    assert len(ids) == len(set(ids))
    links = [str(found) for found in root.xpath("//@href")]
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []


def test_nasty_text_stays_text_in_tree_and_page() -> None:
    entry = relabelled_camera()
    calm = [
        str(e.tag) for e in html.document_fromstring(page(entry, made(entry, "calm text"))).iter() if e.tag != "mark"
    ]
    for text in nasty_strings():
        _, found = with_text_everywhere(text)
        nasty = next(one for one in found if one.asset.id == entry.asset.id)
        dossier = made(nasty, text)
        shown = page(nasty, dossier)
        assert plain(text)[:10] in html.document_fromstring(shown).text_content() or not plain(text).strip()
        tags = [str(e.tag) for e in html.document_fromstring(shown).iter() if e.tag != "mark"]
        assert set(tags) == set(calm)
        printed = tree(nasty, dossier, 2)
        assert not any(ord(char) < 32 and char != "\n" for char in printed)
        assert "\u202e" not in printed + shown


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("AcmeCam/1.0", (0, 7), "«AcmeCam»/1.0"),
        ("AcmeCam", (0, 7), "AcmeCam"),
        ("AcmeCam", (0, 0), "AcmeCam"),
        ("AcmeCam", (5, 99), "AcmeC«am»"),
        ("AcmeCam", (-3, 2), "«Ac»meCam"),
        ("", (0, 0), ""),
        ("a\x1b[31mb", (0, 1), "«a»\\u{1B}[31mb"),
    ],
)
def test_the_matching_part_is_marked(text: str, span: tuple[int, int], shown: str) -> None:
    assert guard.marked_text(text, span).plain == shown


def test_of_a_long_text_the_matching_part_is_shown() -> None:
    shown = guard.marked_text("x" * 300 + "MATCH" + "y" * 300, (300, 305), 100).plain
    assert "«MATCH»" in shown
    assert shown.startswith("…x") and shown.endswith("more characters)")
    assert len(shown) < 160


def test_the_json_of_a_dossier_keeps_times_as_numbers() -> None:
    from custodiet.report.json import dossier_bytes

    entry = relabelled_camera()
    dossier = made(entry)
    assert msgspec.json.decode(dossier_bytes(dossier), type=Dossier) == dossier


def test_the_page_reaches_for_nothing(tmp_path: Path) -> None:
    entry = relabelled_camera()
    shown = page(entry, made(entry))
    assert "default-src 'none'" in shown
    assert not re.search(r"<(script|img|link|iframe)\b|\bsrc=|@import|url\(", shown)
