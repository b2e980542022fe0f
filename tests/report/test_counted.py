"""A count on the terminal, as CSV and as Parquet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="counting needs the extra `bulk`")

from custodiet.catalog.load import load_catalog
from custodiet.count.result import CountResult, CountRow
from custodiet.model import Issue
from custodiet.report import counted
from custodiet.report.guard import console
from custodiet.report.names import CatalogNames

HOSTILE = "\x1b]0;owned\x07=HYPERLINK(1)\u202e<script>"


def result(*rows: CountRow, unowned: int = 0, issues: tuple[Issue, ...] = ()) -> CountResult:
    return CountResult(
        by=("maker", "network"), rows=rows, records=20, devices=9, surveillance=4, other=3, unclear=2, unowned=unowned,
        first_day="2026-11-03", last_day="2026-11-05", shown="surveillance", sources=("a.jsonl",), issues=issues,
        catalog="abc", tool="0", means="What the number is.",
    )  # fmt: skip


def row(maker: str, network: str, devices: int = 3) -> CountRow:
    return CountRow(values=(maker, network), devices=devices, certain=1, likely=1, possible=0)


NAMES = CatalogNames(load_catalog())


def shown(found: CountResult, limit: int | None = None) -> str:
    file = io.StringIO()
    counted.show(console(file, colour=False, width=100), found, NAMES, limit=limit)
    return file.getvalue()


def test_scope_comes_first_and_what_the_number_is_last() -> None:
    text = shown(result(row("axis", "Example Net")))
    places = [text.index(part) for part in ("Read 20 records", "Axis Communications", "What the number is.")]
    assert places == sorted(places)


def test_what_is_left_out_is_told() -> None:
    text = shown(result(unowned=5, issues=(Issue(source="b.jsonl", place="line 4", reason="no JSON"),)))
    assert "2 devices said too little" in " ".join(text.split())
    assert "5 records" in text
    assert "b.jsonl line 4" in text
    whole = shown(result(issues=(Issue(source="b.jsonl", place="", reason="it is empty"),)))
    assert "b.jsonl: it is empty." in whole


def test_more_rows_than_fit_are_told() -> None:
    assert "and 2 more rows" in shown(result(*[row("axis", str(at)) for at in range(5)]), limit=3)


def test_an_unknown_maker_is_called_unknown() -> None:
    assert "unknown" in shown(result(row("", "Example Net")))


def test_what_an_export_says_cannot_act_on_the_terminal() -> None:
    text = shown(result(row("axis", HOSTILE)))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_csv_holds_ids_and_names_and_no_formula() -> None:
    file = io.StringIO(newline="")
    counted.write_csv(file, result(row("axis", HOSTILE)), NAMES)
    head, first = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    found = dict(zip(head, first, strict=True))
    assert (found["maker"], found["maker_name"], found["devices"]) == ("axis", "Axis Communications AB", "3")
    assert not found["network"].startswith(("=", "+", "-", "@", "\x1b"))


def test_parquet_says_what_the_number_is(tmp_path: Path) -> None:
    from pyarrow import parquet

    counted.write_parquet(tmp_path / "count.parquet", result(row("axis", "Example Net")))
    table = parquet.read_table(tmp_path / "count.parquet")
    assert table.to_pylist() == [
        {"maker": "axis", "network": "Example Net", "devices": 3, "certain": 1, "likely": 1, "possible": 0}
    ]
    assert table.schema.metadata[b"means"] == b"What the number is."
