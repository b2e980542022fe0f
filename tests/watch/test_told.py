"""News are told once, also after a restart; a flood of them is counted and hides nothing urgent."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from custodiet.casefile import Case
from custodiet.errors import IntegrityError
from custodiet.model.news import News
from custodiet.watch.losses import cannot_be_told
from custodiet.watch.told import MOST_AT_ONCE, Told, history


def one(number: int, **over: object) -> News:
    return msgspec.structs.replace(cannot_be_told("eth0", str(number), "Lost.", 1.0), **over)


def test_once(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        told = Told(case, lambda: 7.0)
        assert [n.told_at for n in told.new([one(1), one(1), one(2)])] == [7.0, 7.0]
        assert told.new([one(1)]) == []
    with Case(tmp_path / "c.sqlite") as case:
        assert [n.says for n in Told(case, lambda: 9.0).new([one(2), one(3)])] == ["Lost."]
        assert [n.told_at for n in history(case)] == [7.0, 7.0, 9.0]


def test_a_flood_is_counted_and_the_urgent_comes_first(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        flood = [one(number) for number in range(1000)] + [one(-1, severity="act now")]
        new = Told(case, lambda: 7.0).new(flood)
        assert len(new) == MOST_AT_ONCE + 1
        assert new[0].severity == "act now"
        assert new[-1].says == "801 more news came at the same moment and are not told one by one."
        assert len(history(case)) == MOST_AT_ONCE + 1


def test_what_somebody_wrote_into_the_case_is_refused(tmp_path: Path) -> None:
    with Case(tmp_path / "c.sqlite") as case:
        case.set_meta("news:x", "{}")
        with pytest.raises(IntegrityError, match="not what was kept"):
            history(case)
