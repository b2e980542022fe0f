import io
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from lxml import etree, html

from custodiet.model import Assessment, Entry
from custodiet.report import html as report_html
from custodiet.report.guard import plain
from custodiet.report.html import write_html
from custodiet.report.summary import worst_first

from .factory import (
    FakeNames,
    assessment,
    entries,
    printer,
    relabelled_camera,
    silent_device,
    unknown_device,
    with_text_everywhere,
)
from .nasty import nasty_strings

TEMPLATES = Path(report_html.__file__).parent / "templates"


def page(head: Assessment | None = None, given: list[Entry] | None = None) -> str:
    file = io.StringIO()
    shown = sorted(entries(), key=worst_first) if given is None else given
    write_html(file, head or assessment(), shown, FakeNames())
    return file.getvalue()


def parsed(text: str) -> etree._Element:
    return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))


def texts(root: etree._Element, path: str) -> list[str]:
    return [" ".join("".join(found.itertext()).split()) for found in root.iterfind(path)]


def skeleton(root: etree._Element) -> list[tuple[str, tuple[str, ...]]]:
    """Elements with their attribute names; a mark may come or go with the length of a text."""
    return [(str(e.tag), tuple(sorted(map(str, e.attrib)))) for e in root.iter() if e.tag != "mark"]


def test_what_answers_rest_on_beside_the_sources_is_listed_with_its_days_and_hash() -> None:
    told = " ".join("".join(parsed(page()).itertext()).split())
    assert "uplink.pcap: behind a statement on isolation, 12 Nov 2022 – 13 Nov 2022" in told
    assert "router.cfg: a configuration, 14 Nov 2022" in told and "33" * 32 in told


def test_a_device_on_which_address_and_register_disagree_is_at_no_known_site() -> None:
    why = "10.1.0.5 lies in library/office, but the register says town-hall"
    device = relabelled_camera()
    assert "Placed there because" in page(given=[device]) and "at no known site" not in page(given=[device])
    nowhere = msgspec.structs.replace(device.asset, site=None, zone=None, placed_by=why)
    told = page(given=[msgspec.structs.replace(device, asset=nowhere)])
    assert "Placed there" not in told
    assert "It is at no known site: " in told and "10.0.0.5</bdi>, at no known site" in told


def test_a_directive_of_which_no_day_is_known_does_not_say_from_when(monkeypatch: pytest.MonkeyPatch) -> None:
    law = FakeNames().directive("xx-instruction")
    assert law is not None and "in force from 24 Nov 2022; status" in page()
    undated = msgspec.structs.replace(law, in_force="")
    monkeypatch.setattr(FakeNames, "directive", lambda _self, _id: undated)
    assert "no day is said; status" in page() and "in force from ;" not in page()


def test_the_order_of_the_page() -> None:
    root = parsed(page())
    assert texts(root, ".//h2") == [
        "What was read",
        "Of 4 devices",
        "Devices, worst first",
        "What is asked of the body itself",
        "What we could not see",
        "Sources",
        "Issues with the input",
        "Method and versions",
    ]
    assert texts(root, ".//h4")[:3] == [
        "1. Camera, Hikvision DS-2CD2143G2-I, sold as HiLook",
        "2. Device of unknown kind, maker unknown",
        "3. 4 × Camera, Axis P3245-V",
    ]
    assert texts(root, ".//h1") == ["Example Town"]


def test_what_a_reader_needs_is_there() -> None:
    said = " ".join(texts(parsed(re.sub("</t[hd]>", " ", page())), ".//body"))
    for sentence in (
        "The register says HiLook; it answers as Hikvision.",
        "last seen 12 days before 1 Dec 2022, in a capture",
        "Must be gone by Apr 2025 under “Example instruction on cameras” (an obligation)",
        "A decision is required by Apr 2025 under “Example instruction on cameras” (an obligation)",
        "Whether a list of cameras is kept is not known.",
        "Quotation from the text",
        "Our paraphrase, not the words of the text",
        "no reader knows this format",
        "Does an exception apply? no No exception is recorded.",
        "203.0.113.9 tcp/8800 1.2 MB 4.3 kB 21 Nov 2022 06:30 UTC",
        "Demands nothing of this device: 1 sentence This body is not addressed by “Example contract rule”",
        "both name the MAC address 44:19:b6:00:00:05",
        "QUIC packets: 1,204",
        "Kleur ignored",
        "11" * 32,
        "No source covers the site Library.",
        "1 issue, of which 1 leaves the result incomplete.",
    ):
        assert sentence in said, sentence
    assert "Digest realm=&#34;<mark>Hikvision</mark>&#34;" in page()


def test_every_statement_can_be_walked_back() -> None:
    root = parsed(page())
    ids = Counter(str(element.get("id")) for element in root.iterfind(".//*[@id]"))
    assert not [id for id, times in ids.items() if times > 1]
    links = [str(link.get("href")) for link in root.iterfind(".//a[@href]")]
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(ids)
    entry = relabelled_camera()
    for claim in entry.identification.get("manufacturer").claims_for:
        assert f"#asset-camera-{claim.observations[0]}" in links


def test_headings_never_skip_a_level() -> None:
    levels = [int(e.tag[1]) for e in parsed(page()).iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes() -> None:
    root = parsed(page())
    tables = root.findall(".//table")
    assert tables
    assert all(table.find("caption") is not None for table in tables)
    assert all(cell.get("scope") in ("col", "row") for cell in root.iterfind(".//th"))


def test_nothing_is_asked_of_the_outside() -> None:
    text = page()
    root = parsed(text)
    assert "default-src 'none'" in text
    for tag in ("script", "link", "img", "iframe", "form", "object", "base", "video"):
        assert root.find(f".//{tag}") is None
    assert not re.search(r"url\(|@import", text)
    assert not [a for e in root.iter() for a in e.attrib if str(a).startswith("on") or a in ("style", "src")]


@cache
def calm_skeleton() -> list[tuple[str, tuple[str, ...]]]:
    return skeleton(parsed(page(*with_text_everywhere("calm"))))


@pytest.mark.parametrize("text", nasty_strings())
def test_nasty_text_adds_nothing_and_loses_nothing(text: str) -> None:
    nasty = parsed(page(*with_text_everywhere(text)))
    assert skeleton(nasty) == calm_skeleton()
    shown = ["".join(found.itertext()) for found in nasty.iterfind(".//bdi")]
    assert shown.count(plain(text)) >= 50
    values = ["".join(found.itertext()) for found in nasty.iterfind(".//code[@class='value']")]
    assert plain(text, 400) in values


def test_only_the_first_that_matter_are_shown_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_html, "FULL", 3)
    monkeypatch.setattr(report_html, "BRIEF", 2)
    given = [*(unknown_device(n) for n in range(5)), *(printer(n) for n in range(4))]
    root = parsed(page(assessment(), given))
    assert len(root.findall(".//article")) == 3
    said = " ".join(texts(root, ".//main"))
    assert "The first 3 of 5 devices that matter are shown in full; the other 2 are in findings.csv." in said
    assert "2 devices that are not for surveillance, or gave no sign of what they are" in said
    assert "4 more devices are in findings.csv." in said


def test_a_silent_device_gets_one_line() -> None:
    root = parsed(page(assessment(), [silent_device()]).replace("</th>", " "))
    assert not root.findall(".//article")
    assert "10.0.3.1 Device of unknown kind" in " ".join(texts(root, ".//tbody/tr"))


def test_many_sources_are_folded() -> None:
    assert "All 2 sources" not in page()
    sources = tuple(
        msgspec.structs.replace(assessment().sources[0], id=f"src-{n}", name=f"{n}.pcap") for n in range(13)
    )
    text = page(assessment(sources=sources, tallies=()), [])
    assert "<p>13 captures.</p>" in text
    assert "All 13 sources" in text


def test_one_place_is_cited_once() -> None:
    entry = relabelled_camera()
    card = report_html.choose([entry], FakeNames()).cards[0]
    reply, realm, mac, *_ = entry.evidence
    assert card.seen.cited([reply.id, mac.id, realm.id, "decision:x", "decision:x"]) == [reply, realm, "decision:x"]


def test_many_inputs_that_were_not_read_are_folded() -> None:
    few = tuple(msgspec.structs.replace(assessment().skipped[0], source=f"{n}.jpg") for n in range(2))
    assert "Which" not in page(assessment(skipped=few))
    many = tuple(msgspec.structs.replace(assessment().skipped[0], source=f"{n}.jpg") for n in range(40))
    text = page(assessment(skipped=many))
    assert "Which 40 inputs" in text
    assert text.count("no reader knows this format") == 1
    assert "39.jpg" in text


def test_an_assessment_of_nothing() -> None:
    empty = msgspec.structs.replace(
        assessment(),
        body=None,
        sources=(),
        tallies=(),
        issues=(),
        skipped=(),
        unseen=(),
        directives=(),
        body_findings=(),
    )
    said = " ".join(texts(parsed(page(empty, [])), ".//body"))
    assert "Body not named" in said
    assert "asked of the body" not in said
    assert "No sites file was given" in said
    assert "No surveillance device and no device of unknown kind was found." in said


def test_a_directive_that_the_catalog_no_longer_has() -> None:
    gone = msgspec.structs.replace(unknown_device().findings[0], directive="gone-id")
    entry = msgspec.structs.replace(unknown_device(), findings=(gone,))
    assert "gone-id" in page(assessment(directives=("gone-id",)), [entry])


@pytest.mark.parametrize("name", ["report.html", "parts.html"])
def test_templates_have_no_way_around_the_guard(name: str) -> None:
    template = (TEMPLATES / name).read_text(encoding="utf-8")
    for way in ("|safe", "| safe", "|join", "| join", " ~ ", "Markup", "autoescape"):
        assert way not in template
