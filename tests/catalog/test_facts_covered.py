"""Every fact of the shared tables is in the catalog, on the shelf, or left out for a reason that is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.mark.samples
def test_no_row_of_the_shared_tables_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import facts_covered

    if not facts_covered.FACTS.is_dir():
        pytest.skip("the tables of facts are not beside this checkout")
    lost = [
        f"{name}: {one.row}: {one.why}"
        for name, found in facts_covered.survey(facts_covered.FACTS, facts_covered.load_catalog())
        for one in found
        if one.state == "MISSING"
    ]
    assert lost == []
    assert "facts_covered" in sys.modules


def test_a_row_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import facts_covered

    (tmp_path / "dahua").mkdir()
    (tmp_path / "dahua" / "cves.tsv").write_text("id\twhat\nCVE-2021-33044\ta flaw\nCVE-1999-99999\tno flaw\n")
    (tmp_path / "new.tsv").write_text("id\n1\n")
    told = dict(facts_covered.survey(tmp_path, facts_covered.load_catalog()))
    assert [found.state for found in told["dahua/cves.tsv"]] == ["covered", "MISSING"]
    assert [found.state for found in told["new.tsv"]] == ["MISSING"]


def test_without_the_tables_there_is_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import facts_covered

    assert facts_covered.main([str(tmp_path / "absent")]) == 0
    assert "nothing to compare" in capsys.readouterr().out
