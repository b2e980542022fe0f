import io
import json
import unicodedata

import pytest
from lxml import etree
from markupsafe import Markup, escape
from rich.console import Console

from custodiet.report import guard
from custodiet.report.guard import (
    anchor,
    around,
    capital,
    cell,
    console,
    html_environment,
    json_bytes,
    marked,
    plain,
    styled,
    undo_cell,
    wants_colour,
)

from .nasty import nasty_strings

NASTY = nasty_strings()


@pytest.mark.parametrize("text", ["Hikvision DS-2CD2143G2-I", "日本語", "C:\\temp", "\\x00", "[bold]", "", "café 'n'"])
def test_harmless_text_stays(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\u{1B}[31mb"),
        ("a\nb\tc", r"a\u{0A}b\u{09}c"),
        ("\x9b", r"\u{9B}"),
        ("a\u202eb", r"a\u{202E}b"),
        ("a\u200bb", r"a\u{200B}b"),
        ("a\xa0b", r"a\u{A0}b"),
        ("\ufeffa", r"\u{FEFF}a"),
        ("\ud800", r"\u{D800}"),
        ("\ue000\u0378", r"\u{E000}\u{0378}"),
        ("\U000e0041", r"\u{E0041}"),
        ("\u0301a", r"\u{0301}a"),
        ("a\u0301\u0301\u0301\u0301", "a\u0301\u0301\u0301" + r"\u{0301}"),
        (r"\u{1B}", r"\u{5C}u{1B}"),
        (r"\u{110000} \u{1b} \u0041", r"\u{110000} \u{1b} \u0041"),
    ],
)
def test_what_acts_or_hides_is_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("text", NASTY)
def test_nothing_acts_and_nothing_disappears(text: str) -> None:
    shown = plain(text)
    assert all(char == " " or unicodedata.category(char)[0] in "LMNPS" for char in shown)
    assert undo_cell(shown if not shown.startswith("'") else cell(text)) == text


def test_two_texts_never_look_the_same() -> None:
    assert len({plain(text) for text in NASTY}) == len(NASTY)


def test_long_text_is_cut_and_counted() -> None:
    assert plain("x" * 10, 10) == "x" * 10
    assert plain("x" * 1_011, 10) == "xxxxxxxxxx… (1,001 more characters)"
    assert plain("\x00" * 5, 13) == r"\u{00}\u{00}… (3 more characters)", "an escape is never cut in two"
    assert len(plain("\U000e0041" * 10_000_000, 400)) < 450


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_formula_sign_gets_an_apostrophe(sign: str) -> None:
    assert cell(f"{sign}1+1") == f"'{sign}1+1"
    assert cell(f"  {sign}1") == f"'  {sign}1"
    assert cell(f"'{sign}1") == f"''{sign}1"
    assert cell(f"a{sign}1") == f"a{sign}1"


def test_an_ordinary_apostrophe_stays() -> None:
    assert cell("'s-Hertogenbosch") == "'s-Hertogenbosch"
    assert undo_cell("'s-Hertogenbosch") == "'s-Hertogenbosch"


@pytest.mark.parametrize("text", NASTY)
def test_cells_come_back(text: str) -> None:
    shown = cell(text)
    assert undo_cell(shown) == text
    assert shown[0] not in "=+-@\t\r＝＋－＠"
    assert len(shown) < 32_767


def test_undo_takes_any_text() -> None:
    for text in (*NASTY, "'", r"\u{FFFFFF}", r"\u{}", ""):
        undo_cell(text)


def test_the_match_is_marked() -> None:
    assert marked("Server: <Webs>", (8, 14)) == "Server: <mark>&lt;Webs&gt;</mark>"
    assert marked("abc", (0, 0)) == "abc"
    assert marked("abc", (2, 99)) == "ab<mark>c</mark>"
    assert marked("abc", (-5, 1)) == "<mark>a</mark>bc"
    assert marked("abc", (7, 9)) == "abc"


REPLY = "Types: inquiry\nDescription: X-1\nBaseDesc: DS-2CD2143G0-I\n" + "Filler: 0\n" * 20 + "Code: 1021001\nEnd: 1"


def test_of_a_long_text_the_lines_with_its_parts_are_shown_and_no_part_is_cut() -> None:
    parts = [REPLY.index("Description: "), REPLY.index("DS-2"), REPLY.index("1021001")]
    spans = [(start, start + length) for start, length in zip(parts, (13, 14, 7), strict=True)]
    told = r"…<mark>Description: </mark>X-1\u{0A}BaseDesc: <mark>DS-2CD2143G0-I</mark>…Code: <mark>1021001</mark>…"
    assert around(REPLY, spans) == around(REPLY, spans[::-1]) == told
    assert around(REPLY, spans, 999).replace("<mark>", "").replace("</mark>", "") == escape(plain(REPLY, 999))
    assert around("x" * 300, [(100, 110)]) == "…" + "x" * 40 + "<mark>" + "x" * 10 + "</mark>" + "x" * 40 + "…"
    assert around(REPLY, [(0, 0)], 20) == marked(REPLY, (0, 0), 20)


@pytest.mark.parametrize("span", [(0, 1), (1, 3), (-5, 4), (0, 999)])
def test_around_a_part_stands_only_safe_text(span: tuple[int, int]) -> None:
    for text in NASTY:
        assert around(text, [span], 999).replace("<mark>", "").replace("</mark>", "") == escape(plain(text, 999))


@pytest.mark.parametrize("span", [(0, 1), (1, 3), (0, 0), (5, 2), (0, 999)])
def test_marking_changes_no_text(span: tuple[int, int]) -> None:
    for text in NASTY:
        bare = marked(text, span).replace("<mark>", "", 1).replace("</mark>", "", 1)
        assert bare == escape(plain(text, 400))


@pytest.mark.parametrize("text", NASTY)
def test_templates_cannot_forget_the_guard(text: str) -> None:
    template = html_environment().from_string('<p title="{{ text }}">{{ text }}</p>')
    shown = escape(plain(text))
    assert template.render(text=text) == f'<p title="{shown}">{shown}</p>'


@pytest.mark.parametrize("text", NASTY)
def test_anchors_are_ids(text: str) -> None:
    assert set(anchor(text, "x")) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def test_anchors_of_different_ids_differ() -> None:
    assert anchor("a b") != anchor("a_b") != anchor("a-b")


@pytest.mark.parametrize("text", NASTY)
def test_json_gives_the_text_back_and_cannot_act(text: str) -> None:
    raw = json_bytes({text: [text, 1, None]})
    shown = raw.decode()
    assert not set("<>&\x7f\u2028\u2029\u202e\x1b\x9b") & set(shown)
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") for char in shown)
    (key, values), *_ = json.loads(raw).items()
    if any("\ud800" <= char <= "\udfff" for char in text):
        assert r"\u{D" in key
    else:
        assert key == values[0] == text


def test_the_terminal_gets_no_markup_from_data() -> None:
    file = io.StringIO()
    printer: Console = console(file, colour=True, width=80)
    printer.print("[bold]x[/bold] :smile: https://example.org 'quoted' 123")
    printer.print(styled("[link=https://example.org]y[/link]\x1b]8;;z"))
    assert "\x1b" not in file.getvalue()
    assert "[bold]x[/bold] :smile:" in file.getvalue()


def test_colour_is_written_only_where_it_is_welcome() -> None:
    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert wants_colour(Tty(), {})
    assert not wants_colour(Tty(), {"NO_COLOR": "1"})
    assert not wants_colour(Tty(), {"TERM": "dumb"})
    assert not wants_colour(io.StringIO(), {})
    for colour in (True, False):
        file = io.StringIO()
        console(file, colour=colour).print(styled("x", "bold red"))
        assert ("\x1b" in file.getvalue()) is colour


# --- DOCX


@pytest.mark.parametrize(
    "text", ["\x00\x0b\x1b[2J", "\ufffe\uffff", "\ud800", "a\tb\r\nc", "abc\u202egnp.exe", "\u2066x\u200b"]
)
def test_what_xml_cannot_hold_or_what_turns_the_reading_is_shown_by_its_number(text: str) -> None:
    shown = guard.docx(text)
    assert shown == guard.plain(text)
    assert all(char.isprintable() for char in shown)
    node = etree.Element("t")
    node.text = shown  # refuses what XML cannot hold
    assert node.text == shown


def test_a_run_of_a_document_is_text_whatever_it_looks_like() -> None:
    for text in ('{ HYPERLINK "https://example.org/" }', "=cmd|'/c calc'!A1", "<w:fldSimple/>", "https://example.org/"):
        assert guard.docx(text) == text


def test_a_capital_leaves_names_and_markup_as_they_are() -> None:
    assert capital("seen by Dahua in April") == "Seen by Dahua in April"
    assert isinstance(capital(Markup("<b>not</b>")), Markup)
    assert capital("") == ""
