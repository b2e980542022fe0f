"""A worker makes room for another when its work is done, and not before."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_worker_that_worked_ends_when_it_rested(web: None, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    from django.conf import settings

    from custodiet.web.jobs import keeper, work

    answers: list[Any] = [None, None, *([object()] * jobs), *([None] * 5)]
    rested = []

    def work_once(_root: Any) -> Any:
        rested.append(len(answers))
        return answers.pop(0)

    monkeypatch.setattr(work, "work_once", work_once)
    for name, value in (("PAUSE", 0.002), ("REST", 0.004), ("BEHIND", 0)):
        monkeypatch.setattr(keeper, name, value)
    # the connection of this process is in the middle of a test, and it keeps its own ways
    for place in ("django.db.close_old_connections", "custodiet.web.alerts.daily.look"):
        monkeypatch.setattr(place, lambda *_: None)
    monkeypatch.setattr("custodiet.web.alerts.deliver.deliver", lambda *_: None)
    monkeypatch.setattr(keeper.signal, "signal", lambda *_: None)
    monkeypatch.setattr(keeper.gc, "set_threshold", lambda *_: None)
    keeper.work_for_ever(settings.CUSTODIET)
    assert len(answers) == 2 and len(rested) == 2 + jobs + 3
