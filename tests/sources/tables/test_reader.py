"""Registers and purchase lists as people really write them, and as attackers would."""

from __future__ import annotations

import datetime
import functools
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter
from reading import Outcome, read
from workbooks import XML, archive, bare_xlsx, ods, understate, xlsx, xlsx_rows

from custodiet.errors import SourceError
from custodiet.sources.base import HEAD_SIZE
from custodiet.sources.tables.reader import CSV, WORKBOOK

REGISTER = (
    "Inventarisnr;Merk;Type;Serienummer;MAC-adres;IP-adres;Locatie;Ruimte;Installatiedatum\n"
    "C-001;Examplecam;EX-100;SN1;00-11-22-AA-BB-CC;10.0.0.5;Stadhuis;Hal;05-03-2021\n"
    "C-002;Examplecam;EX-200;SN2;0011.22aa.bbcd;10.0.0.6;Café de Zwaan;Entrée;25-03-2021\n"
)


def csv(text: str | bytes, folder: Path, name: str = "register.csv", **options: object) -> Outcome:
    data = text if isinstance(text, bytes) else text.encode()
    return read(CSV, data, folder, name, **options)


def workbook(data: bytes, folder: Path, name: str = "register.xlsx", **options: object) -> Outcome:
    return read(WORKBOOK, data, folder, name, **options)


def test_dutch_register_gives_every_field_of_a_row(tmp_path: Path) -> None:
    outcome = csv(REGISTER, tmp_path)
    assert outcome.facts("row:2") == {
        "register.tag": "C-001",
        "register.brand": "Examplecam",
        "register.model": "EX-100",
        "register.serial": "SN1",
        "register.mac": "00:11:22:aa:bb:cc",
        "register.ip": "10.0.0.5",
        "register.site": "Stadhuis",
        "register.location": "Hal",
        "register.installed_on": "2021-03-05",
    }
    assert {one.locator for one in outcome.observations if one.subject == "row:3"} == {"row 3"}
    assert outcome.tally.columns["MAC-adres"] == "mac"
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (2, 2, 0)
    assert outcome.issues == []


def test_facts_that_directives_ask_for_are_read_from_a_register(tmp_path: Path) -> None:
    head = "Merk;Serienummer;Verwijderd op;Land van herkomst;Chipset;Certificaat;Gegevens naar;Beheerd vanuit"
    outcome = csv(f"{head}\nExamplecam;SN1;1-5-2024;China;Examplechip;EX 12;geen;Nederland\n", tmp_path)
    facts = outcome.facts("row:2")
    assert facts["register.removed_on"] == "2024-05-01", "a day is read as the other days are"
    assert facts["register.made_in"] == "China" and facts["register.component"] == "Examplechip"
    assert facts["register.certificate"] == "EX 12"
    assert facts["register.data_goes_to"] == "none", "that data goes nowhere is an answer"
    assert facts["register.administered_from"] == "Nederland"
    assert "register.component" not in csv(f"{head}\nExamplecam;SN1;;;geen;;;\n", tmp_path).facts("row:2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_usual_encoding_and_separator(encoding: str, separator: str, tmp_path: Path) -> None:
    outcome = csv(REGISTER.replace(";", separator).encode(encoding), tmp_path)
    assert outcome.facts("row:3")["register.site"] == "Café de Zwaan"
    assert ("Windows-1252" in outcome.reasons) == (encoding == "cp1252")


def test_windows_1252_byte_far_into_the_file(tmp_path: Path) -> None:
    text = "Merk;Omschrijving;Locatie\n" + f"A;{'b' * 3000};C\n" * 500 + "A;B;Café\n"
    assert csv(text.encode("cp1252"), tmp_path).facts("row:502")["register.site"] == "Café"


def test_separator_line_of_excel_is_obeyed_and_is_a_row(tmp_path: Path) -> None:
    outcome = csv('sep=|\nMerk|Omschrijving\nExample|"a; b; c, d"\n', tmp_path)
    assert outcome.facts("row:3") == {"register.brand": "Example", "register.text": "a; b; c, d"}


def test_title_lines_above_the_headings(tmp_path: Path) -> None:
    text = "Gemeente Voorbeeld;;\nRegister camera's;;\n\nMerk;Model;Locatie\nA;B;C\n"
    assert csv(text, tmp_path).subjects == ["row:5"]


def test_quoted_line_breaks_stay_in_one_row(tmp_path: Path) -> None:
    outcome = csv('Merk;Omschrijving\nA;"regel 1\nregel 2"\nB;c\n', tmp_path)
    assert outcome.facts("row:2")["register.text"] == "regel 1 regel 2"
    assert outcome.facts("row:3") == {"register.brand": "B", "register.text": "c"}


def test_unclosed_quotation_mark_is_an_issue_and_reading_goes_on(tmp_path: Path) -> None:
    text = 'Merk;Model\nA;"B\n' + "C;D\n" * 34_000
    outcome = csv(text, tmp_path)
    assert "quotation mark" in outcome.reasons
    assert any(issue.severity == "incomplete" for issue in outcome.issues)
    assert outcome.tally.read > 1000


def test_a_row_that_names_a_place_and_nothing_else_is_no_device(tmp_path: Path) -> None:
    outcome = csv("Site;Room;Model\nTown hall;;\nLibrary;Hall;\nLibrary;Hall;P3245-V\n", tmp_path)
    assert outcome.subjects == ["row:4"]
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (3, 3, 0)
    assert outcome.tally.not_covered == {"rows that name a place and no thing": 2}


def test_empty_rows_totals_and_repeated_headings_are_no_devices(tmp_path: Path) -> None:
    text = "Merk;Model;Aantal\nA;B;2\n;;\nMerk;Model;Aantal\nC;D;3\nTotaal;;5\n"
    outcome = csv(text, tmp_path)
    assert outcome.subjects == ["row:2", "row:5"]
    # what was left out was read too, so that the numbers add up to the rows that have anything in them
    assert (outcome.tally.total, outcome.tally.read, outcome.tally.issues) == (4, 4, 0)
    assert outcome.tally.not_covered == {"repeated headings": 1, "rows with totals": 1}


def test_placeholders_are_no_values(tmp_path: Path) -> None:
    outcome = csv("Merk;MAC;IP;Locatie\nA;n.v.t.;-;onbekend\n", tmp_path)
    assert outcome.facts("row:2") == {"register.brand": "A"}
    assert outcome.issues == []


def test_bad_addresses_are_issues_with_their_row_and_are_kept_as_words(tmp_path: Path) -> None:
    outcome = csv("Merk;MAC;IP\nA;00:11:22:33:44;10.0.0.300\n", tmp_path)
    assert outcome.facts("row:2") == {
        "register.brand": "A",
        "register.text": "MAC: 00:11:22:33:44|IP: 10.0.0.300",
    }
    assert [issue.place for issue in outcome.issues] == ["row 2", "row 2"]
    assert (outcome.tally.read, outcome.tally.issues) == (1, 0), "something of the row was taken, so it was read"


@pytest.mark.parametrize("others", ["", "B;Dorpsstraat 1\nC;Kade 2\n"])
def test_an_address_that_cannot_be_is_told_also_among_places(others: str, tmp_path: Path) -> None:
    outcome = csv(f"Merk;Adres\nA;999.1.1.1\n{others}", tmp_path)
    assert outcome.facts("row:2") == {"register.brand": "A", "register.text": "Adres: 999.1.1.1"}
    assert [(one.place, "999.1.1.1" in one.reason) for one in outcome.issues] == [("row 2", True)]
    assert all("register.location" in outcome.facts(f"row:{row}") for row in (3, 4) if others)


def test_several_addresses_in_one_cell(tmp_path: Path) -> None:
    outcome = csv('Merk;MAC;IP\nA;"00:11:22:33:44:55\n00:11:22:33:44:56";10.0.0.5, 10.0.0.6/24\n', tmp_path)
    assert outcome.facts("row:2")["register.mac"] == "00:11:22:33:44:55|00:11:22:33:44:56"
    assert outcome.facts("row:2")["register.ip"] == "10.0.0.5|10.0.0.6"


def test_impossible_date_is_an_issue(tmp_path: Path) -> None:
    outcome = csv("Merk;Aankoopdatum\nA;31-02-2021\nB;2021-02-28\n", tmp_path)
    assert "does not exist" in outcome.reasons
    assert "register.bought_on" not in outcome.facts("row:2")
    assert outcome.facts("row:3")["register.bought_on"] == "2021-02-28"


def test_column_decides_the_order_of_day_and_month(tmp_path: Path) -> None:
    american = csv("Brand;Install date\nA;3/5/2021\nB;3/25/2021\n", tmp_path, "us.csv")
    assert american.facts("row:2")["register.installed_on"] == "2021-03-05"
    assert american.issues == []
    dutch = csv("Merk;Installatiedatum\nA;3-5-2021\nB;4-5-2021\n", tmp_path, "nl.csv")
    assert dutch.facts("row:2")["register.installed_on"] == "2021-05-03"
    assert "read in two ways" in dutch.reasons


def test_purchase_list_is_recognised_by_its_headings(tmp_path: Path) -> None:
    text = (
        "Factuurdatum;Leverancier;Omschrijving;Aantal;Stukprijs\n5 mrt 2021;Installateur BV;Camera EX-100;12 st;99,50\n"
    )
    outcome = csv(text, tmp_path)
    bought, registered = tmp_path / "bought", tmp_path / "registered"
    bought.write_text(text, encoding="utf-8")
    registered.write_text(REGISTER, encoding="utf-8")
    assert CSV.kind_of and CSV.kind_of(bought, "x.csv") == "purchase_record"
    assert CSV.kind_of(registered, "x.csv") == "register"
    assert outcome.facts("row:2") == {
        "register.bought_on": "2021-03-05",
        "register.supplier": "Installateur BV",
        "register.text": "Camera EX-100",
        "register.quantity": "12",
    }
    assert outcome.tally.columns["Stukprijs"] == ""


def test_kind_settles_what_a_plain_date_means(tmp_path: Path) -> None:
    text = "Merk;Datum;Serienummer\nA;2021-03-05;1\n"
    assert "register.installed_on" in csv(text, tmp_path).facts("row:2")
    assert "register.bought_on" in csv(text, tmp_path, kind="purchase_record").facts("row:2")


def test_mapping_can_be_corrected(tmp_path: Path) -> None:
    text = "Merk;Vrij veld;Model\nA;X1;weg\n"
    outcome = csv(text, tmp_path, columns={"Vrij veld": "model", "Model": ""})
    assert outcome.facts("row:2") == {"register.brand": "A", "register.model": "X1"}
    with pytest.raises(SourceError, match="not a field"):
        csv(text, tmp_path, columns={"Merk": "marque"})


def test_column_of_addresses_is_known_without_a_heading(tmp_path: Path) -> None:
    outcome = csv("00:11:22:33:44:55,cam-hal,10.0.0.5\n00:11:22:33:44:56,cam-deur,10.0.0.6\n", tmp_path)
    assert outcome.facts("row:1") == {"register.mac": "00:11:22:33:44:55", "register.ip": "10.0.0.5"}
    assert outcome.tally.columns == {"column A": "mac", "column B": "", "column C": "ip"}


def test_table_about_something_else_is_refused_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no column of this table is known.*headings such as"):
        csv("x;y;z\n1;2;3\n", tmp_path)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    outcome = csv("Merk;Omschrijving\nA;=cmd|' /C calc'!A0\n", tmp_path)
    assert outcome.facts("row:2")["register.text"] == "=cmd|' /C calc'!A0"


def test_control_characters_are_shown_not_kept(tmp_path: Path) -> None:
    outcome = csv("Merk;Model\nA\x9b1m;B\n", tmp_path)
    assert "\x9b" not in outcome.facts("row:2")["register.brand"]


def test_many_bad_rows_give_few_issues_and_one_count(tmp_path: Path) -> None:
    outcome = csv("Merk;MAC\n" + "A;geenmac\n" * 500, tmp_path)
    assert len(outcome.issues) == 51
    assert "450 more rows" in outcome.reasons
    assert (outcome.tally.total, outcome.tally.read) == (500, 500)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "leeg.csv"),
        (b"\x00\x01\x02;\x03\x04", "x.csv"),
        (b"Beste collega, hierbij de gegevens.\nGroet\n", "brief.txt"),
        (b"# Uitleg\nid, soort, model: zo heten ze\nEen zin, met komma's, en meer.\nNog een, zin.\n", "README.md"),
        (b"file\tkind\tlicence\na\tcapture\tMIT\nb\tscan\tMIT\n", "MANIFEST.tsv"),
        (b"\xd4\xc3\xb2\xa1" + bytes(200), "x.csv"),
    ],
)
def test_what_is_no_table_is_not_recognised(data: bytes, name: str) -> None:
    assert not CSV.recognise(data, name)
    assert not WORKBOOK.recognise(data, name)


def test_register_under_another_name_is_recognised(tmp_path: Path) -> None:
    assert csv(REGISTER, tmp_path, "register.txt").subjects == ["row:2", "row:3"]


def test_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    made = xlsx_rows([["Merk", "Model"], ["A", "B"]])
    assert not CSV.recognise(made[:HEAD_SIZE], "register.csv")
    assert workbook(made, tmp_path, "register.csv").facts("row:Blad1!2")["register.brand"] == "A"
    assert not WORKBOOK.recognise(REGISTER.encode(), "register.xlsx")
    assert csv(REGISTER, tmp_path, "register.xlsx").subjects == ["row:2", "row:3"]


def test_workbook_values_dates_numbers_and_errors(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Blad1")
        date = book.add_format({"num_format": "dd-mm-yyyy"})
        sheet.write_row(0, 0, ["Merk", "Model", "Serienummer", "Installatiedatum", "Aantal", "Locatie", "Status"])
        sheet.write_row(1, 0, ["Examplecam", 100.0, 123456789012])
        sheet.write_datetime(1, 3, datetime.datetime(2021, 3, 5), date)
        sheet.write_number(1, 4, 12.0)
        sheet.write_formula(1, 5, '=CONCATENATE("Stad","huis")', None, "Stadhuis")
        sheet.write_formula(1, 6, "=NA()", None, "#N/A")
        sheet.write_row(2, 0, ["Examplecam", "EX-1", "S2", 44260])

    outcome = workbook(xlsx(fill), tmp_path)
    assert outcome.facts("row:Blad1!2") == {
        "register.brand": "Examplecam",
        "register.model": "100",
        "register.serial": "123456789012",
        "register.installed_on": "2021-03-05",
        "register.quantity": "12",
        "register.site": "Stadhuis",
    }
    assert outcome.facts("row:Blad1!3")["register.installed_on"] == "2021-03-05"
    assert outcome.observations[0].locator == "sheet Blad1, row 2"
    assert outcome.issues == []


def test_merged_site_is_filled_down_and_said(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Blad1")
        sheet.write_row(0, 0, ["Locatie", "Merk", "Model"])
        sheet.merge_range("A2:A4", "Stadhuis")
        for row in range(1, 5):
            sheet.write_row(row, 1, ["Examplecam", f"EX-{row}"])
        sheet.write(5, 0, "Depot")
        sheet.write_row(5, 1, ["Examplecam", "EX-5"])

    outcome = workbook(xlsx(fill), tmp_path)
    assert [outcome.facts(f"row:Blad1!{row}").get("register.site") for row in range(2, 7)] == [
        "Stadhuis",
        "Stadhuis",
        "Stadhuis",
        None,
        "Depot",
    ]
    assert "2 cells under merged cells" in outcome.reasons


def test_heading_merged_over_two_columns(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Blad1")
        sheet.merge_range("A1:E1", "Register van camera's")
        sheet.write(1, 0, "Locatie")
        sheet.merge_range("B2:C2", "Merk / Model")
        sheet.merge_range("D2:E2", "Serienummer")
        sheet.write_row(2, 0, ["Stadhuis", "Examplecam", "EX-1", "S1", "S1b"])
        sheet.merge_range("A4:E4", "Depot Noord")
        sheet.write_row(4, 0, ["Depot", "Examplecam", "EX-2", "S2"])

    outcome = workbook(xlsx(fill), tmp_path)
    assert outcome.facts("row:Blad1!3") == {
        "register.site": "Stadhuis",
        "register.brand": "Examplecam",
        "register.model": "EX-1",
        "register.serial": "S1|S1b",
    }
    assert outcome.subjects == ["row:Blad1!3", "row:Blad1!5"]
    assert outcome.tally.not_covered == {"titles between rows": 1}


def test_headings_in_two_rows(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Blad1")
        sheet.merge_range("A1:A2", "Merk")
        sheet.merge_range("B1:C1", "Netwerk")
        sheet.write_row(1, 1, ["MAC", "IP"])
        sheet.write_row(2, 0, ["A", "00:11:22:33:44:55", "10.0.0.5"])

    outcome = workbook(xlsx(fill), tmp_path)
    assert outcome.facts("row:Blad1!3") == {
        "register.brand": "A",
        "register.mac": "00:11:22:33:44:55",
        "register.ip": "10.0.0.5",
    }


def test_several_sheets_and_one_without_a_register(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Uitleg").write(0, 0, "Zo vult u dit in")
        for name in ("Noord", "Zuid"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Merk", "Model"])
            sheet.write_row(1, 0, [name, "EX"])
        book.add_chartsheet("Grafiek")

    outcome = workbook(xlsx(fill), tmp_path)
    assert outcome.subjects == ["row:Noord!2", "row:Zuid!2"]
    assert "Uitleg" in outcome.reasons
    assert outcome.tally.not_covered == {"sheets without a known column": 1}


def test_opendocument_register(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"

    rows = "".join(
        (
            f"<table:table-row>{cell('Locatie')}{cell('Merk')}{cell('Aantal')}{cell('Aankoopdatum')}</table:table-row>",
            '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>',
            '<table:table-row><table:table-cell table:number-rows-spanned="2"><office:annotation><text:p>weg</text:p>'
            f"</office:annotation><text:p>Stad<text:s/>huis</text:p></table:table-cell>{cell('A')}"
            '<table:table-cell office:value-type="float" office:value="2"><text:p>2,00</text:p></table:table-cell>'
            '<table:table-cell office:value-type="date" office:date-value="2021-03-05"><text:p>5 mrt</text:p>'
            "</table:table-cell></table:table-row>",
            f'<table:table-row table:number-rows-repeated="2"><table:covered-table-cell/>{cell("B")}</table:table-row>',
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell'
            ' table:number-columns-repeated="16384"/></table:table-row>',
        )
    )
    outcome = workbook(ods(f'<table:table table:name="Noord">{rows}</table:table>'), tmp_path, "x.ods")
    assert outcome.facts("row:Noord!5") == {
        "register.site": "Stad huis",
        "register.brand": "A",
        "register.quantity": "2",
        "register.bought_on": "2021-03-05",
    }
    assert outcome.facts("row:Noord!6") == {"register.site": "Stad huis", "register.brand": "B"}
    assert outcome.facts("row:Noord!7") == {"register.brand": "B"}
    bought = tmp_path / "bought"
    bought.write_bytes(xlsx_rows([["Leverancier", "Aantal"], ["A", 1]]))
    assert WORKBOOK.kind_of and WORKBOOK.kind_of(bought, "x") == "purchase_record"


@functools.cache
def bomb(part: str) -> bytes:
    """About 262 KB that unpack to 256 MiB."""
    return bare_xlsx(b"<row/>", extra={part: bytes(256 << 20)})


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/media/image1.png"])
def test_bomb_in_any_part_is_refused(part: str, tmp_path: Path) -> None:
    assert "256 MiB" in refused(bomb(part), tmp_path)


def test_workbook_of_262_kb_that_unpacks_to_256_mib_is_refused_fast_and_small(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb("xl/worksheets/sheet1.xml"))
    assert path.stat().st_size < 270_000
    script = (
        "import resource, sys, time; from pathlib import Path\n"
        "from custodiet.errors import SourceError; from custodiet.model import Source\n"
        "from custodiet.sources.base import ReadOptions; from custodiet.sources.tables.reader import WORKBOOK, words\n"
        "source = Source(id='s', kind='register', format='workbook', name='bomb.xlsx', sha256='', size=0)\n"
        "words(); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.process_time()\n"
        "try: list(WORKBOOK.read(Path(sys.argv[1]), source, ReadOptions()))\n"
        "except SourceError as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, time.process_time() - start)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    sentence, numbers = done.stdout.splitlines()
    assert "256 MiB" in sentence and "200 times" in sentence and "bomb.xlsx" in sentence
    memory, seconds = numbers.split()
    assert int(memory) * (1024 if sys.platform != "darwin" else 1) < 64 << 20
    assert float(seconds) < 10


def refused(data: bytes, folder: Path) -> str:
    """The sentence with which a workbook is refused."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(SourceError) as caught:
        workbook(data, folder)
    assert time.process_time() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10
    assert caught.value.next_step and "register.xlsx" in caught.value.place
    return str(caught.value)


SHEET = f"{XML}<worksheet><sheetData>"
HEAD = '<row r="1"><c t="inlineStr"><is><t>Merk</t></is></c><c t="inlineStr"><is><t>Model</t></is></c></row>'


def test_directory_that_lies_about_the_size_is_caught(tmp_path: Path) -> None:
    big = bare_xlsx(SHEET + HEAD + "<row/>" * 3_000_000)
    lying = understate(big, "xl/worksheets/sheet1.xml", 1000)
    assert "truncated or damaged" in refused(lying, tmp_path)


def test_limits_of_the_directory(tmp_path: Path) -> None:
    many = {f"xl/media/{number}": b"" for number in range(2100)}
    assert "more than 2,000 parts" in refused(archive({"xl/workbook.xml": ""} | many), tmp_path)
    assert "leads outside" in refused(archive({"xl/workbook.xml": "", "../../etc/passwd": "x"}), tmp_path)
    noise = {f"xl/{number}": bytes(range(256)) * 4000 + bytes(number) for number in range(70)}
    assert "limit is 64 MiB" in refused(archive({"xl/workbook.xml": ""} | noise), tmp_path)


def test_archive_inside_the_workbook_is_left_closed_and_named(tmp_path: Path) -> None:
    inner = xlsx_rows([["Merk"], ["B"]])
    row = HEAD.replace('r="1"', 'r="2"').replace("Merk", "A")
    data = bare_xlsx(f"{SHEET}{HEAD}{row}</sheetData></worksheet>", extra={"xl/e/1.xlsx": inner})
    outcome = workbook(data, tmp_path)
    assert "1 files inside the workbook were not opened" in outcome.reasons
    assert outcome.facts("row:S!2")["register.brand"] == "A"


@pytest.mark.parametrize(
    "declaration",
    ['<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">'],
)
def test_document_type_in_a_workbook_is_refused(declaration: str, tmp_path: Path) -> None:
    sheet = f'<?xml version="1.0"?>{declaration}<worksheet><sheetData>{HEAD}</sheetData></worksheet>'
    assert "document type" in refused(bare_xlsx(sheet), tmp_path)
    assert "document type" in refused(bare_xlsx(sheet.encode("utf-16")), tmp_path)


def test_tag_without_end_and_wide_and_deep_sheets(tmp_path: Path) -> None:
    attributes = " ".join(f'a{number}=""' for number in range(300_000))
    assert "tag of more than 1 MiB" in refused(bare_xlsx(f"{SHEET}<row {attributes}/>"), tmp_path)
    far = f'{SHEET}{HEAD}<row r="1048576"><c r="A1048576" t="str"><v>A</v></c><c r="XFD1048576"><v>1</v></c></row>'
    outcome = workbook(bare_xlsx(f"{far}</sheetData></worksheet>"), tmp_path)
    assert outcome.facts("row:S!1048576") == {"register.brand": "A"}
    assert "impossible number" in refused(bare_xlsx(f'{SHEET}<row r="99999999"/>'), tmp_path)


def test_long_shared_text_used_very_often_costs_little(tmp_path: Path) -> None:
    texts = f"{XML}<sst><si><t>{'L' * 900_000}</t></si><si><t>Merk</t></si><si><t>Model</t></si></sst>"
    rows = "".join(f'<row r="{row}"><c t="s"><v>0</v></c></row>' for row in range(2, 5_000))
    head = '<row r="1"><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
    outcome = workbook(bare_xlsx(f"{SHEET}{head}{rows}</sheetData></worksheet>", texts), tmp_path)
    assert outcome.tally.total == 4_998
    assert len(outcome.facts("row:S!2")["register.brand"]) == 400


def test_truncated_protected_and_binary_workbooks(tmp_path: Path) -> None:
    whole = xlsx_rows([["Merk", "Model"], ["A", "B"]])
    for size in (100, len(whole) // 2, len(whole) - 10):
        assert "truncated or damaged" in refused(whole[:size], tmp_path)
    assert "protected" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), tmp_path)
    assert ".xlsb" in refused(archive({"xl/workbook.bin": b"x"}), tmp_path)
    assert "no workbook" in refused(archive({"word/document.xml": b"x"}), tmp_path)
    broken = bare_xlsx(f"{SHEET}{HEAD}<row><c></row>")
    assert "broken in line 1" in refused(broken, tmp_path)


def test_repetitions_in_opendocument_are_bounded(tmp_path: Path) -> None:
    cells = '<table:table-cell table:number-columns-repeated="16384"><text:p>A</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cells}</table:table-row>'
    with pytest.raises(SourceError, match="filled cells"):
        workbook(ods(f'<table:table table:name="N">{row * 50}</table:table>'), tmp_path, "x.ods")
