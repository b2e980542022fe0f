"""Who takes much away, or reads what is kept of others, stands in the log; and nobody takes all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest


def last() -> Any:
    from custodiet.web.store.models import Logged

    return Logged.objects.order_by("-number")[0]


def test_who_took_what_as_a_file_is_in_the_log(person: Callable[..., Any]) -> None:
    from custodiet.web.page import Page
    from web.robot import PAGES, walk

    client = person("administrator", administrator=True)
    walked, count = walk(client), 0
    for page in PAGES.values():
        for form in page.files if isinstance(page, Page) and walked.at(page.name) else ():
            address = walked.at(page.name)[0]
            answer = client.get(f"{address}{'&' if '?' in address else '?'}as={form}")
            assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment;"), page.name
            assert b"".join(answer.streaming_content) if answer.streaming else answer.content
            row = last()
            about = address.split("/")[4] if page.name == "device" else page.name
            assert (row.what, row.about, row.who) == ("taken as a file", about, "administrator0@example.org")
            assert json.loads(row.said)["as"] == form
            plain = re.fullmatch(r'attachment; filename="([A-Za-z0-9._-]+)"', answer["Content-Disposition"])
            assert plain, answer["Content-Disposition"]
            assert row.body == ("waterdorp" if page.within == "body" else "")
            count += 1
    assert count >= 5


def test_a_file_that_is_refused_is_not_told_as_taken(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    client, before = person("viewer"), Logged.objects.count()
    assert client.get("/b/geheimstad/devices/?as=csv").status_code == 404
    assert client.get("/b/waterdorp/devices/?as=exe").status_code == 400
    assert Logged.objects.count() == before


def test_files_are_taken_at_a_pace(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec
    from django.conf import settings

    from custodiet.web import pace

    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, pace=2))
    monkeypatch.setattr(pace, "files", pace.Pace())
    client, other = person("viewer"), person("viewer")
    told = [client.get("/b/waterdorp/devices/?as=csv") for _ in range(3)]
    assert [one.status_code for one in told] == [200, 200, 429]
    assert 1 <= int(told[2]["Retry-After"]) <= 61
    assert client.get("/b/waterdorp/devices/").status_code == 200, "pages are read as before"
    assert other.get("/b/waterdorp/devices/?as=csv").status_code == 200


def test_a_minute_later_there_is_room_again() -> None:
    from custodiet.web.pace import Pace

    now = [0.0]
    pace = Pace(lambda: now[0])
    told = []
    for moment in (0, 1, 30, 59, 60, 60.5, 61, 90):
        now[0] = moment
        told.append(pace.wait("me", 3))
    assert told == [0, 0, 0, 2, 0, 1, 0, 0]
    assert pace.wait("you", 3) == 0


def test_who_reads_the_whole_log_stands_in_it_once_an_hour(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    auditor, viewer = person("auditor"), person("viewer")
    before = Logged.objects.count()
    assert viewer.get("/b/waterdorp/history/").status_code == 200
    assert Logged.objects.count() == before
    for _ in range(3):
        assert auditor.get("/b/waterdorp/history/").status_code == 200
    assert Logged.objects.count() == before + 1
    assert (last().what, last().body, last().who) == ("log read", "waterdorp", "auditor0@example.org")


def test_who_looks_at_what_is_restricted_stands_in_the_log_once_an_hour(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from custodiet.web import reads
    from custodiet.web.page import Page
    from custodiet.web.store.models import Logged
    from web.robot import PAGES, walk

    client = person("viewer")
    walked = walk(client)
    restricted = [page.name for page in PAGES.values() if isinstance(page, Page) and page.restricted]
    assert {"site", "sites", "plan", "label-photo"} <= set(restricted)
    told = Logged.objects.filter(what="looked at", who="viewer0@example.org", body="waterdorp")
    site = walked.at("site")[0].rstrip("/").rpartition("/")[2]
    assert told.filter(about=site).count() == 1 and told.filter(about="sites").count() == 1
    for ending in ("", "?as=json"):
        assert client.get(f"/b/waterdorp/sites/{site}/{ending}").status_code == 200
    assert client.get("/b/waterdorp/").status_code == 200
    assert told.filter(about=site).count() == 1, "within an hour it is told already"
    other = person("viewer")
    other.get(f"/b/waterdorp/sites/{site}/")
    assert Logged.objects.filter(what="looked at", about=site).count() == 2
    monkeypatch.setattr(reads, "AGAIN", timedelta(0))
    client.get(f"/b/waterdorp/sites/{site}/")
    assert told.filter(about=site).count() == 2
    assert not Logged.objects.filter(what="looked at", body="geheimstad").exists()
