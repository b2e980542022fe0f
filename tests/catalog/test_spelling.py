"""Spellings: the same name, and the word that was meant."""

from __future__ import annotations

from custodiet.catalog.spelling import fold, nearest


def test_case_signs_and_blanks_make_no_other_name() -> None:
    assert fold("See-S (tm)") == fold("sees_TM") == "seestm"
    assert fold("SeeS") != fold("SeeT")
    assert fold(" -_ ") == ""


def test_the_nearest_word() -> None:
    assert nearest("manufactuer", ["brand", "manufacturer"]) == "Did you mean manufacturer?"
    assert nearest("qqq", ["brand", "model"]) == "Known are: brand, model"
    assert nearest("qqq", []) == "None is known"
