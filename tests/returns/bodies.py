"""The example bodies, audited once for all tests, and short ways to ask for their returns."""

from __future__ import annotations

import json
import runpy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from story import ROOT, custodiet

DATES = {
    "uk-department": "2026-02-01",
    "us-contractor": "2026-02-13",
    "au-ministry": "2026-02-13",
    "gemeente": "2026-03-01",
    "nobody": "2026-02-13",
}
BODY_OF = {
    "uk-department": "uk-department",
    "us-889-initial": "us-contractor",
    "us-889-follow-up": "us-contractor",
    "us-889-representation": "us-contractor",
    "us-grants": "us-contractor",
    "au-parliament": "au-ministry",
    "au-pspf": "au-ministry",
    "tw-register": "au-ministry",
    "nl-council": "gemeente",
    "cz-risk": "gemeente",
    "in-certificates": "au-ministry",
    "gdpr-file": "gemeente",
}
"""Regime -> the example body that is asked for its return."""


@dataclass(frozen=True)
class Bodies:
    """The folder of the example bodies with a case each."""

    folder: Path

    def make(self, regime: str, *options: object, body: str = "", on: str = "") -> dict[str, Any]:
        """A return as JSON; the same one is made once."""
        return _made(self, regime, options, body, on)

    def write(self, regime: str, out: Path, *options: object, body: str = "", on: str = "") -> None:
        """A return in a file."""
        body = body or BODY_OF[regime]
        arguments = [
            "return",
            regime,
            "--case",
            self.folder / f"{body}.sqlite",
            "--on",
            on or DATES[body],
            "--out",
            out,
        ]
        told = custodiet(*arguments, *options)
        assert told.code in (0, 4), told.err


@cache
def _made(bodies: Bodies, regime: str, options: tuple[object, ...], body: str, on: str) -> dict[str, Any]:
    out = bodies.folder / "out.json"
    bodies.write(regime, out, *options, body=body, on=on)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def audit(folder: Path) -> Bodies:
    """Make and audit all example bodies in a folder."""
    runpy.run_path(str(ROOT / "examples" / "bodies" / "make.py"))["main"](folder)
    for body in ("uk-department", "us-contractor", "au-ministry"):
        _audit(folder, body, folder / body / "input", folder / body / "sites.yml")
    _audit(folder, "nobody", folder / "us-contractor" / "input", None)
    # the packets of the example town lie beside its script, so it runs in a process of its own
    _town(folder / "town")
    _audit(folder, "gemeente", folder / "town", ROOT / "examples" / "gemeente" / "sites.yml")
    return Bodies(folder)


def _town(folder: Path) -> None:
    import subprocess
    import sys

    subprocess.run([sys.executable, str(ROOT / "examples" / "gemeente" / "make.py"), str(folder)], check=True)


def _audit(folder: Path, body: str, inputs: Path, sites: Path | None) -> None:
    own = ["--catalog", ROOT / "examples" / "gemeente" / "catalog"] if body == "gemeente" else []
    case = folder / f"{body}.sqlite"
    given = ["--sites", sites] if sites else []
    told = custodiet("audit", "-q", inputs, *given, "--case", case, "--on", DATES[body], *own)
    assert told.code in (0, 3, 4), told.err


def cells(paper: dict[str, Any], table: str) -> list[list[Any]]:
    """The rows of one table of a return."""
    return [row["cells"] for s in paper["sections"] for t in s["tables"] if t["id"] == table for row in t["rows"]]


def questions(paper: dict[str, Any]) -> dict[str, list[str]]:
    """Missing question by the key that answers it -> what it is asked of."""
    return {one["answer_in"]: one["about"] for one in paper["missing"] if one["answer_in"]}
