"""A worker makes room for another when its work is done, and not before."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
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
    monkeypatch.setattr("custodiet.web.lines.log_in_lines", lambda: None)
    monkeypatch.setattr(keeper.signal, "signal", lambda *_: None)
    monkeypatch.setattr(keeper.gc, "set_threshold", lambda *_: None)
    keeper.work_for_ever(settings.CUSTODIET)
    assert len(answers) == 2 and len(rested) == 2 + jobs + 3


KILLED = """
import os, signal, sys, time
from multiprocessing import active_children
from pathlib import Path
from custodiet.web.config import Config
from custodiet.web.jobs.keeper import keep_worker
from custodiet.web.lines import log_in_lines
from custodiet.web.traces import WORKER

if __name__ == "__main__":
    log_in_lines()
    folder = Path(sys.argv[1])
    end = keep_worker(Config(folder=folder, secret="x" * 40, database="postgresql://u@127.0.0.1:1/x"))
    while not (folder / WORKER).exists():
        time.sleep(0.05)
    [worker] = active_children()
    os.kill(worker.pid, signal.SIGKILL)
    time.sleep(0.5)  # its keeper waits for it, and two cannot: who waits second never learns how it ended
    (folder / WORKER).unlink()
    while not (folder / WORKER).exists():
        time.sleep(0.05)
    end()
"""


def test_a_worker_that_is_killed_is_a_line_of_the_log(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    told = subprocess.run([sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, timeout=60)
    said = [line["said"] for line in map(json.loads, told.stderr.splitlines()) if line["from"] == "custodiet.worker"]
    ended = [line for line in said if "another takes its place" in line]
    assert ended == ["the worker was ended from outside by SIGKILL, as where memory runs out; another takes its place"]


@pytest.mark.parametrize(("code", "said"), [(-11, "by SIGSEGV"), (-250, "by 250"), (1, "the worker ended with 1")])
def test_how_a_worker_ended_is_said_in_words(code: int, said: str) -> None:
    from custodiet.web.jobs.keeper import how_it_ended

    assert how_it_ended(code).endswith(said)


AWAY = """
import sys
from pathlib import Path
from custodiet.web.config import Config
from custodiet.web.jobs.keeper import work_for_ever

work_for_ever(Config(folder=Path(sys.argv[1]), secret="x" * 40, database=sys.argv[2]))
"""


@pytest.mark.parametrize(
    ("database", "said"),
    [("postgresql://u:s3cr3t@127.0.0.1:1/x", "the database cannot be asked"), ("mysql://x", "ended by a fault")],
)
def test_what_a_worker_cannot_do_is_a_line_of_the_log(tmp_path: Path, database: str, said: str) -> None:
    pytest.importorskip("psycopg")
    command = [sys.executable, "-c", AWAY, str(tmp_path), database]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        first = worker.stderr.readline()
        time.sleep(0.2)
        worker.terminate()
        lines = [first, *worker.stderr]
    assert said in json.loads(first)["said"], first
    assert all(json.loads(line)["at"] for line in lines) and "s3cr3t" not in "".join(lines)
