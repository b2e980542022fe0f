"""For which day devices are judged: today, the day that somebody chose, and anew when a day of the law has come."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

HERE = "/b/waterdorp/"
SOON = date(2026, 1, 15)
"""Some weeks after the day for which the case of these tests was judged."""


def judged() -> tuple[str, bool]:
    """For which day, and whether somebody chose it."""
    from custodiet.web.store.models import Body, Kept

    context = json.loads(Kept.objects.get(body="waterdorp", key="context").value)
    assert Body.objects.get(id="waterdorp").on == context["on"]
    return context["on"], context["chosen"]


def work(folder: Path, day: date = SOON) -> Any:
    from custodiet.web.jobs.work import work_once

    job = work_once(folder, pulse=False, day=lambda: day)
    assert job is not None
    job.refresh_from_db()
    assert job.state == "done", job.reason
    return job


def ask(**wanted: Any) -> None:
    from custodiet.web.jobs import queue
    from custodiet.web.jobs.kinds import Again
    from custodiet.web.store.models import Body

    queue.ask(Body.objects.get(id="waterdorp"), "again", Again(**wanted), "me@example.org")


def with_a_deadline(text: str) -> None:
    """The body was judged by a directive that wants all cameras gone by that day, and by no other."""
    from custodiet.web.store.models import Kept

    kept = Kept.objects.get(body="waterdorp", key="context")
    context = json.loads(kept.value)
    directive = context["directives"][0]
    requirement = {"id": "gone", "demands": "remove-by", "strength": "must", "event": "keeping", "text": "Gone."}
    directive |= {
        "status": "in force", "in_force": "2020-01-01", "until": "", "suspensions": [],
        "addressees": ["nl-municipality"], "equipment": ["camera"], "level": "product",
        "covers": {"tests": []}, "conditions": {}, "requirements": [requirement | {"deadline": text}],
    }  # fmt: skip
    Kept.objects.filter(pk=kept.pk).update(value=json.dumps(context | {"directives": [directive]}))


def outcomes() -> set[str]:
    """Of what the directives ask of the devices."""
    from custodiet.web.estate import entry_of
    from custodiet.web.store.models import Device

    devices = map(entry_of, Device.objects.filter(body="waterdorp"))
    return {finding.outcome for entry in devices for finding in entry.findings}


def test_a_case_that_is_only_shown_keeps_its_day(person: Callable[..., Any]) -> None:
    assert judged() == ("2025-12-01", True)
    told = person("viewer").get(f"{HERE}?as=json").json()
    assert (told["on"], told["chosen"]) == ("2025-12-01", True)
    page = person("editor").get(HERE).content.decode()
    assert "This day was chosen" in page and 'href="sites/#anew"' in page
    assert 'id="anew"' in person("editor").get(f"{HERE}sites/").content.decode()
    assert "sites/#anew" not in person("viewer").get(HERE).content.decode()


def test_what_is_judged_anew_is_judged_for_today_or_for_a_day_that_is_chosen(
    person: Callable[..., Any], tmp_path: Path
) -> None:
    client = person("editor")
    client.post(f"{HERE}judge-again/")
    work(tmp_path)
    assert judged() == ("2026-01-15", False)
    assert "This day was chosen" not in client.get(HERE).content.decode()
    client.post(f"{HERE}judge-again/", {"on": "2027-03-01"})
    client.post(f"{HERE}judge-again/", {"on": "2027-03-01"})
    client.post(f"{HERE}judge-again/")
    assert json.loads(work(tmp_path).wanted)["on"] == "2027-03-01"
    assert judged() == ("2027-03-01", True)
    assert "This day was chosen" in client.get(HERE).content.decode()
    assert json.loads(work(tmp_path).wanted)["on"] == ""
    assert judged() == ("2026-01-15", False)
    for wrong in ("yesterday", "1999-12-31", "2101-01-01", "2026-13-01"):
        assert client.post(f"{HERE}judge-again/", {"on": wrong}).status_code == 400


def test_what_is_brought_in_is_judged_for_today(person: Callable[..., Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web import imports

    sent = SimpleUploadedFile("r.csv", b"Objectnr;Merk;IP-adres\nX-1;HiLook;10.0.9.1\n")
    person("editor").post(f"{HERE}imports/send/", {"file": sent, "at_once": "1"})
    work(imports.root())
    assert judged() == ("2026-01-15", False)


def test_everybody_sees_that_and_by_whom_devices_were_judged(person: Callable[..., Any], tmp_path: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web import imports

    editor = person("editor")
    sent = SimpleUploadedFile("r.csv", b"Objectnr;Merk;IP-adres\nX-1;HiLook;10.0.9.1\n")
    editor.post(f"{HERE}imports/send/", {"file": sent, "at_once": "1"})
    work(imports.root())
    editor.post(f"{HERE}judge-again/")
    work(tmp_path)
    viewer = person("viewer")
    rows = viewer.get(f"{HERE}history/?as=json").json()["rows"]
    assert [row["what"] for row in rows] == ["again done", "import done", "case put in"]
    assert all(row["who"].startswith("editor") for row in rows[:2])
    page = viewer.get(f"{HERE}history/").content.decode()
    assert "Judged anew" in page and "Import done" in page and "/imports/" not in page


def test_what_no_person_asked_for_leaves_a_chosen_day(web: None, tmp_path: Path) -> None:
    ask(by_itself=True)
    work(tmp_path)
    assert judged() == ("2025-12-01", True)
    ask()
    work(tmp_path)
    ask(by_itself=True)
    work(tmp_path, SOON + timedelta(days=1))
    assert judged() == ("2026-01-16", False)


def test_a_deadline_that_passes_turns_devices_overdue(web: None, tmp_path: Path) -> None:
    from custodiet.web.alerts.daily import look
    from custodiet.web.store.models import Body, Job, Logged

    def mornings(since: date, days: int) -> list[str]:
        """On which of these days the body was asked to be judged anew; nobody does it meanwhile."""
        asked = []
        for day in (since + timedelta(days=number) for number in range(days)):
            look(datetime(day.year, day.month, day.day, 6, tzinfo=UTC))
            asked += [day.isoformat()] * Job.objects.filter(body="waterdorp", state="waiting").delete()[0]
        return asked

    with_a_deadline("2026-02-01")
    ask()
    work(tmp_path)
    assert "must be gone" in outcomes() and "overdue" not in outcomes()
    assert mornings(SOON, 17) == []
    # on the day itself, and until it was judged for a later one
    assert mornings(date(2026, 2, 1), 3) == ["2026-02-01", "2026-02-02", "2026-02-03"]
    look(datetime(2026, 2, 4, 6, tzinfo=UTC))
    assert Logged.objects.filter(what="again asked for", body="waterdorp", who="custodiet serve").exists()
    work(tmp_path, date(2026, 2, 4))
    assert judged() == ("2026-02-04", False)
    assert "overdue" in outcomes() and "must be gone" not in outcomes()
    assert mornings(date(2026, 2, 5), 5) == []
    assert not Job.objects.filter(body="geheimstad").exists(), "its day was chosen"
    assert Body.objects.get(id="geheimstad").on == "2025-12-01"


def test_a_chosen_day_stays_whatever_comes(web: None) -> None:
    from custodiet.web.jobs.calendar import turn
    from custodiet.web.store.models import Body, Job, Kept

    with_a_deadline("2026-02-01")
    body = Body.objects.get(id="waterdorp")
    assert not turn(body, date(2026, 3, 1))
    Kept.objects.filter(body=body, key="context").update(value='{"on": "2020-01-01", "chosen": false}')
    assert not turn(body, date(2026, 3, 1)), "another version stored it"
    assert not Job.objects.exists()


def test_the_burndown_ends_with_a_day_that_was_chosen(person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.burndown import Burndown, Step, picture

    told = person("viewer").get(f"{HERE}work/?as=json").json()["burndown"]
    assert told["chosen"] is True
    one = Step(at=datetime(2026, 11, 22, tzinfo=UTC), on="2025-12-01", sites=1, of=2, devices=3, elsewhere=0)
    found = Burndown(steps=(one,), deadline="2026-12-01", chosen=True)
    drawn = str(picture(found, "title", "law", "2026-11-22"))
    line = drawn.partition('d="M60.0 135.0H')[2].partition('"')[0]
    assert 60 < float(line) < 63, "one day of a year"
    assert 'cx="60.0" cy="135.0"' in drawn
    assert float(str(picture(msgspec.structs.replace(found, chosen=False), "t", "law", "2026-11-22")).partition(
        'd="M60.0 135.0H'
    )[2].partition('"')[0]) > 600  # fmt: skip
    next = Step(at=datetime(2026, 6, 1, 12, tzinfo=UTC), on="2026-06-01", sites=0, of=2, devices=0, elsewhere=0)
    steps = Burndown(steps=(one, next), deadline="", chosen=False)
    assert str(picture(steps, "title", "law", "2026-11-22")).count("<circle") == 2


@pytest.mark.parametrize("chosen", [True, False])
def test_what_an_audit_remembers_of_its_day(tmp_path: Path, chosen: bool) -> None:
    from custodiet import audit as steps
    from custodiet.casefile import Case
    from story import custodiet

    (tmp_path / "r.csv").write_text("Merk;Type;IP-adres\nHiLook;IPC;10.0.0.1\n", encoding="utf-8")
    on = ("--on", "2025-12-01") if chosen else ()
    custodiet("audit", tmp_path / "r.csv", *on, "--case", tmp_path / "case.sqlite", "--quiet")
    with Case(tmp_path / "case.sqlite") as case:
        context = steps.recall(case)
    assert context is not None and context.chosen is chosen
