"""What people decided and set to be done, in a report that is made where they did."""

import io
from dataclasses import replace
from pathlib import Path

from lxml import html
from python_calamine import CalamineWorkbook

from custodiet.model import Action
from custodiet.report.html import write_html
from custodiet.report.recorded import Decided, Kept, Recorded, ToDo, counted
from custodiet.report.summary import worst_first
from custodiet.report.xlsx import DECIDED_COLUMNS, write_xlsx

from .factory import FakeNames, assessment, entries, relabelled_camera
from .nasty import nasty_strings

CAMERA, PRINTER = relabelled_camera().asset.id, "asset-printer-1"
ACCEPTED = Decided(
    kind="accepted", value="", why="Stays until the new one is there.", who="ans@example.org", on="2022-11-30",
    until="2023-06-01",
)  # fmt: skip
REPLACE = ToDo(
    action=Action(asset=CAMERA, kind="replace", owner="bo@example.org", due="2023-05-01"),
    who="ans@example.org",
    on="2022-11-30",
)
KEPT: Kept = {
    CAMERA: Recorded(decided=(ACCEPTED,), to_do=(REPLACE,)),
    PRINTER: Recorded(
        decided=(
            replace(
                ACCEPTED, kind="not-ours", why="Of the neighbours.", who="bo@example.org", on="2022-12-01", until=""
            ),
        )
    ),
}


def page(kept: Kept | None) -> str:
    file = io.StringIO()
    write_html(file, assessment(), sorted(entries(), key=worst_first), FakeNames(), kept)
    return file.getvalue()


def said(text: str) -> str:
    return " ".join(html.document_fromstring(text.encode()).text_content().split())


def test_the_page_says_what_was_decided_by_whom_why_and_until_when() -> None:
    text = said(page(KEPT))
    assert "Decisions are recorded about 2 devices. 1 action is open. They stand with the device." in text
    until = "Accepted up to and including 1 June 2023"
    assert f"{until}: Stays until the new one is there.ans@example.org, 30 Nov 2022" in text
    assert "Replace by 1 May 2023: bo@example.orgset by ans@example.org, 30 Nov 2022" in text
    assert "Not ours: Of the neighbours.bo@example.org, 1 Dec 2022" in text, "also of a device of which little is said"
    assert "What was decided" not in said(page({}))


def test_a_page_speaks_of_what_is_at_hand_where_it_was_made() -> None:
    assert "assessment.json" in page(None)
    assert "The list of devices, from which this was made, is there as JSON, CSV and a workbook" in page({})
    assert "assessment.json" not in page({})


def test_the_workbook_has_a_sheet_of_it(tmp_path: Path) -> None:
    def rows(kept: Kept | None) -> list[list[object]] | None:
        write_xlsx(tmp_path / "f.xlsx", assessment(), iter(entries()), FakeNames(), kept=kept)
        book = CalamineWorkbook.from_path(str(tmp_path / "f.xlsx"))
        return book.get_sheet_by_name("Decided").to_python() if "Decided" in book.sheet_names else None

    assert rows(None) is None
    assert rows({}) == [list(DECIDED_COLUMNS)]
    told = rows(KEPT) or []
    assert [row[2:] for row in told[1:3]] == [
        [
            "decision",
            "Accepted",
            "",
            "Stays until the new one is there.",
            "2023-06-01",
            "",
            "",
            "ans@example.org",
            "2022-11-30",
        ],
        ["open action", "Replace", "", "", "", "bo@example.org", "2023-05-01", "ans@example.org", "2022-11-30"],
    ]
    assert {row[0] for row in told[1:]} == {CAMERA, PRINTER}


def test_what_people_write_stays_text(tmp_path: Path) -> None:
    def recorded(texts: list[str]) -> Kept:
        decided = tuple(replace(ACCEPTED, kind="made-by", value=each, why=each, who=each) for each in texts)
        actions = (Action(asset=CAMERA, kind="isolate", owner=each) for each in texts)
        to_do = tuple(ToDo(action=one, who=one.owner, on="2022-11-30") for one in actions)
        return {CAMERA: Recorded(decided=decided, to_do=to_do)}

    nasty = [text for text in nasty_strings() if text]
    one, other = (
        [(each.tag, sorted(each.attrib)) for each in html.document_fromstring(page(recorded(texts)).encode()).iter()]
        for texts in (nasty, ["x"] * len(nasty))
    )
    assert one == other
    write_xlsx(tmp_path / "f.xlsx", assessment(), iter(entries()), FakeNames(), kept=recorded(nasty))
    book = CalamineWorkbook.from_path(str(tmp_path / "f.xlsx"))
    assert len(book.get_sheet_by_name("Decided").to_python()) == 1 + 2 * len(nasty)


def test_they_are_counted() -> None:
    assert counted({}) == ""
    assert counted({CAMERA: Recorded(to_do=(REPLACE, REPLACE))}) == "2 actions are open."
    assert counted({CAMERA: Recorded(decided=(ACCEPTED, ACCEPTED))}) == "A decision is recorded about 1 device."
