"""Documentation that is run: the tour, the reference pages, the commands that README names."""

from __future__ import annotations

import doctest
import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_the_tour_says_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(ROOT / "examples" / "gemeente"), *sys.path])
    result = doctest.testfile(str(ROOT / "docs" / "tour.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 10
    assert result.failed == 0


def test_the_reference_is_in_step_with_code_and_catalog(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["make_reference.py", "--check"])
    for name, value in {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)  # the script sets them too; other tests get their own back
    pages = runpy.run_path(str(ROOT / "scripts" / "make_reference.py"))
    assert pages["main"]() == 0, capsys.readouterr().out


def test_every_field_of_every_noun_has_its_sentence() -> None:
    pages = runpy.run_path(str(ROOT / "scripts" / "make_reference.py"))
    rows = [line for line in pages["nouns"]().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_command_of_the_readme_exists() -> None:
    from typer.main import get_command

    from custodiet.cli import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"^    custodiet ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= known


def test_every_command_is_in_the_readme() -> None:
    from typer.main import get_command

    from custodiet.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in get_command(app).commands if f"custodiet {name}" not in readme] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} points to {target}"
