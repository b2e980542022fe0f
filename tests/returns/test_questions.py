"""The questions of returns: each is asked by a regime, written down for people, and taken by the sites file."""

from __future__ import annotations

import re

from custodiet.returns.questions import QUESTIONS, question
from custodiet.returns.regimes import REGIMES
from story import ROOT

PAGE = (ROOT / "docs" / "returns.md").read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "custodiet" / "returns").glob("*.py"))


def test_the_page_names_every_regime_and_every_question() -> None:
    assert set(re.findall(r"^\| `(return-[\w-]+)` \|", PAGE, re.MULTILINE)) == set(QUESTIONS)
    assert [one.id for one in REGIMES if f"| `{one.id}` |" not in PAGE] == []
    assert [id for id, texts in QUESTIONS.items() if next(iter(texts.values())) not in PAGE] == []


def test_every_question_is_asked_by_a_regime() -> None:
    asked = CODE.replace((ROOT / "src" / "custodiet" / "returns" / "questions.py").read_text(encoding="utf-8"), "")
    # some are put together from the name of a column
    pieces = {id for id in QUESTIONS if id in asked or f'"{id.removeprefix("return-")}"' in asked}
    pieces |= {id for id in QUESTIONS if f'"{id.removeprefix("return-").replace("-", "_")}"' in asked}
    assert set(QUESTIONS) == pieces


def test_a_question_without_the_language_is_given_in_its_own() -> None:
    assert question("return-costs", "cs") == question("return-costs", "nl")
