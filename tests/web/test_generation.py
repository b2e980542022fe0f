"""What is put in is seen when all of it is there, and what was left behind by whoever lost the work is taken out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

MORE = b"Objectnr;Merk;Type;IP-adres\nX-1;Dahua;IPC-HFW2831T-ZAS;10.9.0.1\nX-2;Axis;P3245-LVE;10.9.0.2\n"


def bring_in(client: Any) -> None:
    """Two more devices, put in by a worker here."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Job

    sent = {"file": SimpleUploadedFile("more.csv", MORE), "at_once": "1"}
    assert client.post("/b/waterdorp/imports/send/", sent).status_code == 302
    work_once(settings.CUSTODIET.folder, pulse=False)
    job = Job.objects.filter(body="waterdorp").latest("id")
    assert job.state == "done", job.reason


def seen(client: Any) -> dict[str, Any]:
    """All that pages tell of the devices."""
    pages = ("devices/", "changes/", "reconciliation/?standing=ghost", "")
    return {page: client.get(f"/b/waterdorp/{page}", HTTP_ACCEPT="application/json").json() for page in pages}


def test_nothing_is_seen_before_all_of_it_is(
    web: None, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.web.jobs import work
    from custodiet.web.store.models import Body, Change, Device, Known, Standing

    client = person("editor")
    before, shown, late = seen(client), work.show, []

    def show(prepared: Any, body: Any) -> None:
        late.append((Device.everything.filter(body=body).count(), Device.objects.filter(body=body).count()))
        assert seen(client) == before
        shown(prepared, body)

    monkeypatch.setattr(work, "show", show)
    bring_in(client)
    assert late == [(3 + 5, 3)]
    after = seen(client)
    assert all(after[page] != before[page] for page in before)
    body = Body.objects.get(id="waterdorp")
    for table in (Device, Standing, Change, Known):
        of_body = table.everything.filter(body=body)
        assert of_body.exists() and of_body.count() == table.objects.filter(body=body).count()


def test_who_is_overtaken_shows_nothing_and_leaves_nothing(web: None, cases: dict[str, Path]) -> None:
    from custodiet.web.generation import Generation, Overtaken
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import prepare
    from custodiet.web.store.models import Body, Change, Device, Issue, Known, Observation

    body = Body.objects.create(id="late", name="Late")
    prepare(cases["waterdorp"], body, catalog())  # and then its worker was killed
    assert Device.everything.filter(body=body).exists() and not Device.objects.filter(body=body).exists()
    calls = []

    def another() -> None:
        calls.append(None)
        if Device.everything.filter(body=body, generation=2).exists() and len(calls) < 100:
            calls.extend([None] * 100)
            Generation(body, datetime.now(UTC), lambda: None)

    with pytest.raises(Overtaken):
        prepare(cases["waterdorp"], body, catalog(), heed=another)
    assert len(calls) > 100
    for table in (Device, Change, Known, Issue):
        assert not table.everything.filter(body=body).exists()
    assert not Observation.objects.filter(body=body).exists()
    assert Body.objects.get(id="late").published is None


def test_what_is_settled_meanwhile_stays_settled(
    web: None, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.web.jobs import work
    from custodiet.web.store.models import Standing

    client, shown = person("editor"), work.show
    row = Standing.objects.filter(body="waterdorp", settled=False).order_by("place")[0]

    def show(prepared: Any, body: Any) -> None:
        form = {"found": row.found, "reason": "it is in a drawer"}
        assert client.post(f"/b/waterdorp/reconciliation/{row.device}/settle/", form).status_code == 302
        shown(prepared, body)

    monkeypatch.setattr(work, "show", show)
    bring_in(client)
    after = Standing.objects.get(body="waterdorp", device=row.device)
    assert after.generation > row.generation and after.settled


def test_a_clock_that_was_put_back_goes_on(web: None) -> None:
    from custodiet.web.generation import Generation
    from custodiet.web.store.models import Body

    body = Body.objects.get(id="waterdorp")
    assert Generation(body, datetime(2001, 1, 1, tzinfo=UTC), lambda: None).at > body.published


def test_a_large_body_is_looked_at_by_the_database_before_people_ask(
    web: None, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from custodiet.web import publish

    looked = []
    for many in (5, 1_000):
        monkeypatch.setattr(publish, "MANY", many)
        with CaptureQueriesContext(connection) as asked:
            bring_in(person("editor"))
        looked.append(sum(one["sql"].startswith("analyze") for one in asked))
    assert looked == ([1, 0] if connection.vendor == "postgresql" else [0, 0])
