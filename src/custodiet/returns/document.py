"""A return as a Word document: headings, real tables whose heads are repeated on every page, and a stated language.

Every text passes `custodiet.report.guard.docx`. The document holds runs of text alone: no field, no link, no picture,
no macro, nothing that is fetched. The same return gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from custodiet.dates import parse_date
from custodiet.report import guard
from custodiet.returns.paper import Cell, Column, Return, Section, Table
from custodiet.returns.words import WORDS, day, number, several

_WIDE = 6
"""A table of more columns than this turns the page on its side."""
_LOCALE = {"en": "en-GB", "nl": "nl-NL", "cs": "cs-CZ"}
_PROPERTY = 200
"""Characters of a property of the document: a reader takes no more than 255, with the note on the rest."""
_INK, _SHADE, _LINE = RGBColor(0x1F, 0x2A, 0x37), "E8ECF1", "A9B2BD"


def write_document(paper: Return, path: Path) -> None:
    """Write a return as DOCX."""
    made = Document()
    _page(made, paper)
    words = WORDS[paper.language]
    _heading(made, paper.title, 0)
    _facts(made, paper)
    _missing(made, paper)
    for note in paper.notes:
        _text(made, note)
    if paper.due:
        _heading(made, words["due"], 1)
        columns = [Column(id="what", title=words["what"]), Column(id="by", title=words["by"], kind="date"),
                   Column(id="because", title=words["because"])]  # fmt: skip
        _grid(made, paper, columns, [[one.what, one.by or None, one.because] for one in paper.due])
    for section in paper.sections:
        _section(made, paper, section)
    _changed(made, paper)
    _heading(made, words["method"], 1)
    for sentence in paper.method:
        _text(made, sentence)
    _heading(made, words["coverage"], 1)
    for sentence in paper.unseen:
        _text(made, sentence, "List Bullet")
    foot = words["made with"].format(paper.tool, paper.catalog, ", ".join(paper.directives) or "–")
    _text(made, foot, small=True)
    path.write_bytes(_same_bytes(made))


def shown(cell: Cell, column: Column, paper: Return) -> str:
    """A cell for people: dates written out, what is not known said so."""
    if cell is None:
        return WORDS[paper.language]["not known"]
    if isinstance(cell, int):
        return number(cell, paper.language)
    if cell == "withheld":
        return WORDS[paper.language]["withheld"]
    return day(cell, paper.language) if column.kind == "date" else cell


# --- the parts


def _page(made: Paper, paper: Return) -> None:
    page = made.sections[0]
    widest = max((len(t.columns) for s in paper.sections for t in s.tables if s.id != "sources"), default=0)
    width, height = Cm(21.0), Cm(29.7)
    if widest > _WIDE:
        page.orientation = WD_ORIENT.LANDSCAPE
        width, height = height, width
    page.page_width, page.page_height = width, height
    page.left_margin = page.right_margin = Cm(2.0)
    page.top_margin = page.bottom_margin = Cm(2.0)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Liberation Sans", Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for style in made.styles.element.iter(qn("w:rFonts")):
        for theme in [name for name in style.attrib if name.endswith("Theme")]:
            del style.attrib[theme]  # a theme's font would win over the one that is named
        for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            style.set(qn(kind), "Liberation Sans")
    for lang in made.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), _LOCALE[paper.language])
    for level, size in ((0, 20), (1, 13), (2, 11)):
        style = made.styles["Title" if level == 0 else f"Heading {level}"]
        style.font.size, style.font.color.rgb = Pt(size), _INK
    known = made.core_properties
    known.title, known.language = guard.docx(paper.title, _PROPERTY), _LOCALE[paper.language]
    known.author, known.comments, known.subject = "", "", guard.docx(paper.body, _PROPERTY)
    at = datetime.combine(parse_date(paper.as_of).first, datetime.min.time())
    known.created = known.modified = at
    known.last_modified_by, known.revision = "", 1


def _facts(made: Paper, paper: Return) -> None:
    words = WORDS[paper.language]
    restricted = any(
        section.publication == "restricted"
        or any(c.publication == "restricted" for t in section.tables for c in t.columns)
        for section in paper.sections
    )
    kind = "public" if paper.publication == "public" else "restricted" if restricted else "open"
    for name, value in (
        ("body", paper.body or words["not known"]),
        ("as of", day(paper.as_of, paper.language)),
        ("signed", paper.signed_by or words["unsigned"]),
        ("publication", words[kind]),
    ):
        line = made.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(f"{words[name]}: ").bold = True
        line.add_run(guard.docx(value))


def _missing(made: Paper, paper: Return) -> None:
    words = WORDS[paper.language]
    _heading(made, words["missing"], 1)
    if not paper.missing:
        _text(made, words["nothing missing"])
    for one in paper.missing:
        line = made.add_paragraph(style="List Bullet")
        line.add_run(guard.docx(one.question)).bold = True
        if one.about:
            line.add_run(" " + guard.docx(words["asked of"].format(several(one.about, paper.language))))
        if one.answer_in:
            line.add_run(f" ({guard.docx(words['answer in'].format(one.answer_in))})")
        if one.about or one.answer_in:
            line.add_run(".")


def _section(made: Paper, paper: Return, section: Section) -> None:
    words = WORDS[paper.language]
    _heading(made, section.title, 1)
    if paper.publication != "public":
        kept = [c.title for table in section.tables for c in table.columns if c.publication == "restricted"]
        part = words["this part" if section.publication == "public" else "not this part"]
        if section.publication == "public" and kept:
            part = words["part without"].format(", ".join(dict.fromkeys(kept)))
        _text(made, part, small=True, before=bool(section.words or section.tables))
    for sentence in section.words:
        _text(made, sentence, before=bool(section.tables))
    for table in section.tables:
        if len(section.tables) > 1 or table.title != section.title:
            _heading(made, table.title, 2)
        _table(made, paper, table)


def _table(made: Paper, paper: Return, table: Table) -> None:
    if table.rows:
        _grid(made, paper, table.columns, [row.cells for row in table.rows])
    else:
        _text(made, WORDS[paper.language]["none"])


def _changed(made: Paper, paper: Return) -> None:
    words = WORDS[paper.language]
    _heading(made, words["changed"], 1)
    if not paper.previous:
        _text(made, words["no previous"])
        return
    _text(made, words["compared"].format(day(paper.previous, paper.language)))
    if not paper.changed:
        _text(made, words["no change"])
        return
    names = ("table", "row", "column", "was", "now")
    columns = [Column(id=n, title=words[n], kind="date" if n in ("was", "now") else "text") for n in names]
    rows: list[list[Cell]] = [
        [one.table, one.row, one.column, one.was, one.now]
        if one.how == "changed"
        else [one.table, one.row, words[one.how], "–", "–"]
        for one in paper.changed
    ]
    _grid(made, paper, columns, rows)


# --- the pieces


def _heading(made: Paper, text: str, level: int) -> None:
    made.add_heading(guard.docx(text), level)


def _text(made: Paper, text: str, style: str | None = None, *, small: bool = False, before: bool = False) -> None:
    """A paragraph; one that stands before a table is not left behind on another page."""
    line = made.add_paragraph(style=style)
    line.paragraph_format.keep_with_next = before or None
    run = line.add_run(guard.docx(text))
    if small:
        run.font.size = Pt(8.5)


def _grid(made: Paper, paper: Return, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A table with a head that is repeated over pages, and rows that are not broken over them."""
    told = [[shown(cell, column, paper) for cell, column in zip(row, columns, strict=True)] for row in rows]
    page = made.sections[0]
    room = int(page.page_width or 0) - int(page.left_margin or 0) - int(page.right_margin or 0)
    small = Pt(8 if len(columns) > _WIDE else 9)
    widths = _widths([[column.title for column in columns], *told], room, small)
    grid = made.add_table(rows=0, cols=len(columns), style="Table Grid")
    grid.autofit = False
    _lines(grid._tbl)
    for at, width in enumerate(widths):
        grid.columns[at].width = width
    for place, texts in enumerate([[column.title for column in columns], *told]):
        row = grid.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, column, width in zip(row.cells, texts, columns, widths, strict=True):
            cell.width = width
            line = cell.paragraphs[0]
            line.paragraph_format.space_after = Pt(1)
            run = line.add_run(guard.docx(text))
            run.font.size, run.bold = small, place == 0
            if column.kind in ("number", "share"):
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if place == 0:
                _shade(cell)
    after = made.add_paragraph()
    after.paragraph_format.space_after = Pt(2)


def _widths(rows: Sequence[Sequence[str]], room: int, size: Pt) -> list[int]:
    """Widths by what the columns hold: the longest word fits where it can, long texts share what is left."""
    columns = range(len(rows[0]))
    letter, padding = int(size * 0.62), int(Cm(0.45))
    words = [max((len(word) for row in rows for word in row[at].split()), default=1) for at in columns]
    least = [min(length, 24) * letter + padding for length in words]
    rest = room - sum(least)
    if rest <= 0:
        return [room * width // sum(least) for width in least]
    wants = [max(0, min(max(len(row[at]) for row in rows), 60) * letter + padding - least[at]) for at in columns]
    return [least[at] + (rest * wants[at] // sum(wants) if sum(wants) else rest // len(least)) for at in columns]


def _shade(cell: _Cell) -> None:
    fill = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", _SHADE)):
        fill.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(fill)  # type: ignore[arg-type]


def _lines(grid: CT_Tbl) -> None:
    """Thin grey lines, and the text of the first column flush with the text around the table."""
    lines = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", _LINE)):
            line.set(qn(name), value)
        lines.append(line)
    grid.tblPr.append(lines)  # type: ignore[arg-type]


def _same_bytes(made: Paper) -> bytes:
    """The document with the times of its parts set to one day, so that the same return gives the same bytes."""
    first, last = io.BytesIO(), io.BytesIO()
    made.save(first)
    with zipfile.ZipFile(first) as read, zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            write.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), read.read(name), zipfile.ZIP_DEFLATED)
    return last.getvalue()
