"""Long work: taken once, told while it is done, begun again where it was broken off, ended together with its result."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

MORE = "Objectnr;Merk;Type;IP-adres\nX-1;Dahua;IPC-HFW2831T-ZAS;10.9.0.1\nX-2;Axis;P3245-LVE;10.9.0.2\n"


def asked(tmp_path: Path, text: str = MORE, body: str = "waterdorp", **more: Any) -> Any:
    """A job that is to read a register."""
    from custodiet.web.jobs import folders, queue
    from custodiet.web.jobs.kinds import Files
    from custodiet.web.store.models import Body

    content = text.encode()
    given = folders.Given(name="more.csv", size=len(content), sha256=hashlib.sha256(content).hexdigest(), **more)
    job = queue.ask(Body.objects.get(id=body), "import", Files(files=(given,)), "me@example.org")
    assert folders.keep(tmp_path, job.id, 0, "more.csv", [content]) == given or more
    return job


def state(job: Any) -> str:
    job.refresh_from_db()
    return str(job.state)


def devices(body: str) -> set[str]:
    from custodiet.web.store.models import Device

    return set(Device.objects.filter(body=body).values_list("label", flat=True))


def test_an_import_adds_devices_to_its_body_alone(web: None, tmp_path: Path) -> None:
    import msgspec

    from custodiet.web.jobs.kinds import Came
    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Body, Logged

    before, theirs, judged = devices("waterdorp"), devices("geheimstad"), Body.objects.get(id="geheimstad").on
    job = asked(tmp_path)
    assert work_once(tmp_path, pulse=False).id == job.id
    assert state(job) == "done", job.reason
    assert before < devices("waterdorp") and len(devices("waterdorp")) == len(before) + 2
    assert devices("geheimstad") == theirs
    assert Body.objects.get(id="geheimstad").on == judged
    came = msgspec.json.decode(job.result, type=Came)
    assert came.before and came.after.assets == came.before.assets + 2
    assert came.after.undetermined == came.before.undetermined + 2
    assert len(came.sources) == 1 and came.skipped == came.known == ()
    said = Logged.objects.filter(about=str(job.number), body="waterdorp").order_by("number")
    assert list(said.values_list("who", "what")) == [
        ("me@example.org", "import asked for"),
        ("me@example.org", "import done"),
    ]
    assert not (tmp_path / "jobs" / str(job.id)).exists()
    assert work_once(tmp_path, pulse=False) is None


def test_the_same_file_again_changes_nothing(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once

    asked(tmp_path)
    work_once(tmp_path, pulse=False)
    there = devices("waterdorp")
    job = asked(tmp_path)
    work_once(tmp_path, pulse=False)
    assert state(job) == "done" and devices("waterdorp") == there
    assert '"known":["more.csv"],"anew":[]' in job.result


def test_the_same_file_read_in_another_way_adds_something(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once

    text = "Objectnr;Kleur;IP-adres\nX-1;camera;10.9.0.1\n"
    came = []
    for more in ({}, {"columns": {"Kleur": "class"}}, {}):
        job = asked(tmp_path, text, **more)
        work_once(tmp_path, pulse=False)
        assert state(job) == "done", job.reason
        came.append(json.loads(job.result))
    # the correction is remembered, so that the third is read as the second
    assert [(one["known"], one["anew"]) for one in came] == [([], []), ([], ["more.csv"]), (["more.csv"], [])]


def test_a_file_of_no_known_format_is_told_and_the_rest_is_read(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once

    there = devices("waterdorp")
    job = asked(tmp_path, "%PDF-1.7 not a register")
    work_once(tmp_path, pulse=False)
    assert state(job) == "done" and "it is a PDF" in job.result and '"source":"more.csv"' in job.result
    assert devices("waterdorp") == there


def test_the_first_import_of_a_body_judges_by_what_it_is(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Body, Device

    Body.objects.create(id="new", name="New", country="NL", kind="nl-municipality")
    job = asked(tmp_path, body="new")
    work_once(tmp_path, pulse=False)
    assert state(job) == "done", job.reason
    assert len(devices("new")) == 2 and Device.objects.filter(body="new", outcome="undetermined").exists()
    assert Body.objects.get(id="new").on == datetime.now(UTC).date().isoformat()


def test_a_column_is_read_as_people_say(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Heading, Observation

    job = asked(tmp_path, "Objectnr;Kleur;IP-adres\nX-1;Dahua;10.9.0.1\n", columns={"Kleur": "brand"})
    work_once(tmp_path, pulse=False)
    assert state(job) == "done", job.reason
    told = Observation.objects.filter(body="waterdorp", attribute="register.brand", value="Dahua")
    assert told.exists() and Heading.objects.filter(body="waterdorp", heading="Kleur", field="brand").exists()


def test_one_job_of_a_body_at_a_time(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs import queue

    first, second, theirs = asked(tmp_path), asked(tmp_path), asked(tmp_path, body="geheimstad")
    assert [queue.take().id, queue.take().id, queue.take()] == [first.id, theirs.id, None]
    assert state(second) == "waiting"


def test_two_of_one_body_cannot_run(web: None, tmp_path: Path) -> None:
    from django.db import IntegrityError, transaction

    from custodiet.web.store.models import Job

    asked(tmp_path), asked(tmp_path)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(body="waterdorp").update(state="running")


def test_who_is_not_heard_of_loses_the_job(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs import queue

    job, now = asked(tmp_path), datetime.now(UTC)
    dead = queue.take(now)
    assert queue.take(now + timedelta(seconds=20)) is None
    alive = queue.take(now + timedelta(seconds=60))
    assert alive.id == job.id and alive.begun == 2
    for late in (lambda: queue.beat(dead, "reading", 1), lambda: queue.finish(dead, "done")):
        with pytest.raises(queue.Lost):
            late()
    queue.give_back(dead)
    assert state(job) == "running"
    assert queue.beat(alive, "reading", 500) is False
    job.refresh_from_db()
    assert (job.doing, job.thousandths) == ("reading", 500)


def test_a_job_that_ends_every_worker_is_given_up(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs import queue

    job, now = asked(tmp_path), datetime.now(UTC)
    for minute in range(queue.MOST_BEGUN):
        assert queue.take(now + timedelta(minutes=minute)).id == job.id
    assert queue.take(now + timedelta(minutes=9)) is None
    assert state(job) == "failed" and "5 times" in job.reason and job.next_step


@pytest.mark.parametrize("often", [1, 5])
def test_a_database_that_goes_away_is_no_fault_of_the_job(
    web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, often: int
) -> None:
    """What really happens to connections is in `test_jobs_killed`."""
    from django.db import OperationalError

    from custodiet.web.jobs import kinds, queue, work

    job, real, left = asked(tmp_path), kinds.KINDS["import"], [OperationalError("database is locked")] * often

    def away(todo: Any) -> Any:
        came = real(todo)
        if left:
            raise left.pop()
        return came

    monkeypatch.setitem(kinds.KINDS, "import", away)
    for begun in range(1, often + 1):
        assert work.work_once(tmp_path, pulse=False).begun == begun
        assert state(job) == "running"
    work.work_once(tmp_path, pulse=False)
    assert state(job) == ("failed" if often == queue.MOST_BEGUN else "done"), job.reason
    assert often == 1 or "5 times" in job.reason


def test_a_worker_that_has_to_end_does_so_without_a_database_too(
    web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from custodiet.web.jobs import kinds, queue, work

    def ended(_: Any) -> Any:
        raise work.Interrupted

    def away(_: Any) -> None:
        raise OperationalError("the connection is lost")

    job = asked(tmp_path)
    monkeypatch.setitem(kinds.KINDS, "import", ended)
    monkeypatch.setattr(queue, "give_back", away)
    with pytest.raises(work.Interrupted):
        work.work_once(tmp_path, pulse=False)
    assert state(job) == "running"


def test_stopped_and_gone_on_with(web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.jobs import kinds, queue, work

    there, job, real = devices("waterdorp"), asked(tmp_path), kinds.KINDS["import"]

    def stopped(todo: Any) -> Any:
        queue.stop(job, "me@example.org")
        assert queue.beat(todo.job, "reading", 100) is True
        real(todo)
        told.stop = True

    told = work.Told()
    monkeypatch.setitem(kinds.KINDS, "import", stopped)
    monkeypatch.setattr(work, "Told", lambda: told)
    work.work_once(tmp_path, pulse=False)
    assert state(job) == "stopped" and devices("waterdorp") == there
    case = tmp_path / "jobs" / str(job.id) / "case.sqlite"
    held = case.stat().st_ino
    monkeypatch.undo()
    assert queue.begin(job, "me@example.org") and state(job) == "waiting"

    def goes_on(todo: Any) -> Any:
        assert case.stat().st_ino == held  # the same case, and not one made anew
        assert "more.csv" in [source.name for source in todo.case.sources()]
        return real(todo)

    monkeypatch.setitem(kinds.KINDS, "import", goes_on)
    work.work_once(tmp_path, pulse=False)
    assert state(job) == "done", job.reason
    assert len(devices("waterdorp")) == len(there) + 2


def test_what_people_decide_meanwhile_is_not_lost(web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.jobs import kinds
    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Decided

    job, real, seen = asked(tmp_path), kinds.KINDS["import"], []
    said = {"kind": "apart", "left_side": "a/1", "right_side": "b/2", "decided_by": "x", "decided_on": "", "reason": ""}

    def meanwhile(todo: Any) -> Any:
        seen.append(len(todo.case.decisions("apart")))
        if len(seen) == 1:
            Decided.objects.create(body=job.body, number=1, **said)
        return real(todo)

    monkeypatch.setitem(kinds.KINDS, "import", meanwhile)
    work_once(tmp_path, pulse=False)
    assert state(job) == "done" and seen == [0, 1]
    assert Decided.objects.filter(body="waterdorp").count() == 1


@pytest.mark.parametrize("fault", [ValueError("a secret"), MemoryError()])
def test_what_was_not_foreseen_is_told_and_can_be_tried_again(
    web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    from custodiet.web.jobs import kinds, queue
    from custodiet.web.jobs.work import work_once

    def broken(todo: Any) -> None:
        raise fault

    job = asked(tmp_path)
    with monkeypatch.context() as patch:
        patch.setitem(kinds.KINDS, "import", broken)
        work_once(tmp_path, pulse=False)
    assert state(job) == "failed" and type(fault).__name__ in job.reason and "secret" not in job.reason
    assert "Traceback" in caplog.text
    assert queue.begin(job, "me@example.org")
    work_once(tmp_path, pulse=False)
    assert state(job) == "done"


def test_what_went_wrong_names_no_folder_of_the_server(
    web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number there counts the jobs of all bodies."""
    from custodiet.errors import IntegrityError
    from custodiet.web.jobs import kinds
    from custodiet.web.jobs.work import work_once

    def broken(todo: Any) -> None:
        raise IntegrityError("it is damaged", place=str(todo.case.path))

    job = asked(tmp_path, text="this is no register")
    work_once(tmp_path, pulse=False)
    assert state(job) == "done" and '"skipped":[{' in job.result and str(tmp_path) not in job.result
    monkeypatch.setitem(kinds.KINDS, "import", broken)
    job = asked(tmp_path)
    work_once(tmp_path, pulse=False)
    assert (state(job), job.reason) == ("failed", "it is damaged")


def test_only_so_much_waits(web: None, tmp_path: Path) -> None:
    from custodiet.errors import UsageError
    from custodiet.web.jobs import queue

    for _ in range(queue.MOST_OPEN):
        asked(tmp_path)
    with pytest.raises(UsageError, match="wait already"):
        asked(tmp_path)
    asked(tmp_path, body="geheimstad")


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\lijst.csv", "lijst.csv"),
        ("..", ".."),
        ("", "file"),
        ("a\x00b\n.csv", "ab.csv"),
        ("x" * 400 + ".csv", "x" * 146 + ".csv"),
    ],
)
def test_a_name_is_words_and_no_path(tmp_path: Path, told: str, name: str) -> None:
    from custodiet.web.jobs.folders import file_of, name_of

    assert name_of(told) == name
    assert file_of(tmp_path, 3, 0) == tmp_path / "jobs" / "3" / "files" / "0"


def test_what_jobs_left_behind_is_taken_away(web: None, tmp_path: Path) -> None:
    from custodiet.web.jobs.folders import folder_of, tidy

    waits, done = asked(tmp_path), asked(tmp_path)
    type(done).objects.filter(id=done.id).update(state="done")
    folder_of(tmp_path, 999_999).mkdir()
    tidy(tmp_path)
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == [str(waits.id)]


def test_how_far_it_is_never_jumps(web: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.jobs import work

    seen: list[int] = []

    class Told(work.Told):
        def heed(self) -> None:
            seen.append(self.thousandths)
            super().heed()

    monkeypatch.setattr(work, "Told", Told)
    rows = "".join(f"X-{n};Printer;P-{n};10.{n // 250}.9.{n % 250}\n" for n in range(6000))
    job = asked(tmp_path, f"Objectnr;Omschrijving;Type;IP-adres\n{rows}")
    work.work_once(tmp_path, pulse=False)
    assert state(job) == "done", job.reason
    assert seen == sorted(seen) and seen[-1] == 900
    steps = [after - before for before, after in pairwise(seen)]
    assert max(steps) <= 100, seen


def test_files_of_one_job_share_its_bar() -> None:
    from custodiet.web.jobs.work import Told

    told = Told()
    progress = told.progress(400)
    far = []
    for _ in range(2):
        progress.file("a.csv", 200)
        for number in (50, 100, 200):
            progress.done(number)
            far.append(told.thousandths)
    assert far == [93, 137, 225, 268, 312, 400]
    progress.step("identifying")
    progress.devices(5, 10)
    assert told.thousandths == 650


@pytest.mark.parametrize("lost", [False, True])
def test_a_worker_hears_at_once_that_it_is_to_stop(web: None, monkeypatch: pytest.MonkeyPatch, lost: bool) -> None:
    import signal
    import time

    from custodiet.web.jobs import queue, work
    from custodiet.web.store.models import Job

    def beat(*_: Any) -> bool:
        if lost:
            raise queue.Lost
        return True

    monkeypatch.setattr(work, "PULSE", 0.01)
    monkeypatch.setattr(queue, "beat", beat)
    told, before = work.Told(), signal.getsignal(signal.SIGUSR1)
    with pytest.raises(work.Interrupted), work._pulse(Job(), told):
        time.sleep(20)  # in the middle of something that asks nobody
    assert (told.stop, told.lost) == (not lost, lost)
    assert signal.getsignal(signal.SIGUSR1) == before
