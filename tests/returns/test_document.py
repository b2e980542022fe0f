"""The DOCX: what a hostile device says stands in it as text and does nothing; heads, language and bytes are right."""

from __future__ import annotations

import zipfile
from pathlib import Path

import msgspec
import pytest
from bodies import BODY_OF, Bodies
from docx import Document
from lxml import etree

from custodiet.report import guard
from custodiet.returns.document import write_document
from custodiet.returns.paper import Changed, Column, Due, Missing, Return, Row, Section, Table
from custodiet.returns.words import LIMITS, WORDS, day, limit
from report.nasty import nasty_strings
from story import custodiet

ACTS = {
    "hyperlink",
    "fldSimple",
    "fldChar",
    "instrText",
    "object",
    "pict",
    "drawing",
    "altChunk",
    "control",
    "ins",
    "sdt",
}


def paper(text: str, **over: object) -> Return:
    columns = (
        Column(id="a", title=text),
        Column(id="d", title="D", kind="date"),
        Column(id="n", title="N", kind="number"),
    )
    table = Table(
        id="t",
        title=text,
        columns=columns,
        rows=(Row(key="1", cells=(text, "2022-11-24", 1234)), Row(key="2", cells=(text, text, None))),
    )
    given: dict[str, object] = {
        "regime": "x", "title": text, "language": "en", "publication": "restricted", "threshold": 0, "body_id": "b",
        "body": text, "as_of": "2026-02-01", "signed_by": text,
        "missing": (Missing(question=text, about=(text, text), answer_in=text),),
        "due": (Due(what=text, by="2026-02-02", because=text),), "notes": (text,),
        "sections": (Section(id="s", title=text, publication="public", words=(text,), tables=(table,)),),
        "method": (text,), "unseen": (text,), "previous": "2025-01-01",
        "changed": (Changed(table=text, row=text, column=text, was=text, now=3, how="changed"),),
        "directives": (text,), "tool": text, "catalog": text,
    }  # fmt: skip
    return Return(**(given | over))  # type: ignore[arg-type]


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as read:
        return {name: read.read(name) for name in read.namelist()}


def inert(path: Path) -> None:
    """Nothing in the document acts or is fetched."""
    for name, data in parts(path).items():
        assert not name.endswith((".bin", ".vba", ".exe")) and "macro" not in name.casefold()
        if name.endswith((".xml", ".rels")):
            root = etree.fromstring(data)
            assert not [e for e in root.iter("{*}*") if isinstance(e.tag, str) and etree.QName(e).localname in ACTS]
            assert b'TargetMode="External"' not in data
    body = parts(path)["word/document.xml"]
    assert not any(char in body.decode() for char in "\u202e\u2066\u200b\x1b")


@pytest.mark.parametrize("start", range(0, 200, 40))
def test_hostile_text_stands_as_text(tmp_path: Path, start: int) -> None:
    for text in nasty_strings()[start : start + 40 : 3]:
        out = tmp_path / "x.docx"
        write_document(paper(text), out)
        inert(out)
        read = Document(str(out))
        assert read.tables[1].rows[0].cells[0].text == guard.docx(text)
        assert read.paragraphs[0].text == guard.docx(text)


HOSTILE = (
    "Asset tag,Description,Brand,Model,IP address,Site,Supplier\n"
    '"=1+1","<w:fldSimple/> camera","Hikvision \u202egnp","{ HYPERLINK ""x:"" }",192.0.2.1,"<b>Hall</b>","@x"\n'
    '"A-2","Hikvision camera","</w:t>","\u200b]]>",192.0.2.2,"\u2066Hall","{{ 7 * 7 }}"\n'
)


@pytest.mark.parametrize("regime", BODY_OF)
def test_a_hostile_device_does_nothing(regime: str, hostile: Path, tmp_path: Path) -> None:
    for ending in ("docx", "json"):
        out = tmp_path / f"x.{ending}"
        told = custodiet("return", regime, "--case", hostile, "--on", "2026-02-13", "--out", out)
        assert told.code == 4, told.err
    inert(tmp_path / "x.docx")
    assert not set("\u202e\u200b\u2066<>") & set((tmp_path / "x.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of a register that somebody filled to deceive."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "register.csv").write_text(HOSTILE, encoding="utf-8")
    case = folder / "c.sqlite"
    custodiet("audit", "-q", folder / "register.csv", "--case", case, "--on", "2026-02-13")
    return case


@pytest.mark.parametrize("regime", BODY_OF)
def test_every_regime_can_be_handed_in_as_a_document(bodies: Bodies, regime: str, tmp_path: Path) -> None:
    out = tmp_path / "x.docx"
    bodies.write(regime, out)
    inert(out)
    read = Document(str(out))
    heads = [p.text for p in read.paragraphs if p.style and p.style.name == "Heading 1"]
    assert heads[0] in {words["missing"] for words in WORDS.values()}


def test_a_part_that_may_be_published_names_its_columns_that_may_not(tmp_path: Path) -> None:
    secret = Column(id="room", title="Room", publication="restricted")
    table = Table(
        id="t", title="T", columns=(secret, Column(id="n", title="N")), rows=(Row(key="1", cells=("x", "y")),)
    )
    section = Section(id="s", title="S", publication="public", tables=(table,))
    write_document(paper("x", sections=(section,)), tmp_path / "x.docx")
    texts = {p.text: p for p in Document(str(tmp_path / "x.docx")).paragraphs}
    said = texts["This part may be published without what stands under: Room."]
    assert said.paragraph_format.keep_with_next, "it is not left behind on another page"
    assert "This part may be published." not in texts


def test_heads_are_repeated_rows_stay_whole_and_the_language_is_stated(tmp_path: Path) -> None:
    out = tmp_path / "x.docx"
    write_document(paper("x", language="nl"), out)
    read = Document(str(out))
    for table in read.tables:
        heads = [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)
        assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)
    assert b'w:val="nl-NL"' in parts(out)["word/styles.xml"]
    assert read.core_properties.language == "nl-NL"
    assert read.tables[1].rows[1].cells[1].text == "24 november 2022"
    assert read.tables[1].rows[1].cells[2].text == "1.234"
    assert read.tables[1].rows[2].cells[2].text == "niet bekend"


def test_the_same_return_gives_the_same_bytes(tmp_path: Path) -> None:
    write_document(paper("x"), tmp_path / "a.docx")
    write_document(paper("x"), tmp_path / "b.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_dates_for_people() -> None:
    assert day("2022-11-24", "en") == "24 November 2022"
    assert day("2022-11-24", "nl") == "24 november 2022"
    assert day("2022-11-24", "cs") == "24. listopadu 2022"
    assert [day(text, "en") for text in ("2025-04", "2025", "soon")] == ["April 2025", "2025", "soon"]


def test_each_language_has_the_same_words_and_every_limit_its_numbers() -> None:
    assert len({frozenset(words) for words in WORDS.values()}) == 1
    for sentence, translated in LIMITS.items():
        assert {text.count("#") for text in translated} <= {sentence.count("#")} | {0}
    recorders = "Recorders found: 1,200. Cameras on a recorder's own sockets are hidden behind it and are not counted."
    assert limit(recorders, "nl").startswith("Gevonden recorders: 1.200.")
    assert limit("A sentence nobody translated: 3.", "cs") == "A sentence nobody translated: 3."


def test_the_noun_goes_through_json_and_back() -> None:
    one = paper("\u202e<b>\ud800")
    again = msgspec.json.decode(guard.json_bytes(one), type=Return)
    assert again.sections[0].id == "s" and len(again.missing) == 1
