"""What is told as changed, what is not, and what is gone; as it was on a day, and not seen for a while."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def body(web: None) -> Any:
    """A body of which nothing is known yet."""
    from custodiet.web.store.models import Body

    return Body.objects.create(id="empty", name="Empty")


def _put(body: Any, days: int, **devices: dict[str, str]) -> None:
    """Conclude that these are the devices, some days after the first."""
    from custodiet.web.changes import Comparison
    from custodiet.web.store.models import Device

    Device.everything.filter(body=body).delete()
    for place, id in enumerate(devices, 1):
        Device.everything.create(body=body, id=id, label=f"The {id}", place=place, entry=b"")
    body.published = FIRST + timedelta(days=days)
    comparison = Comparison(body, body.published, 0)
    comparison.group([(id, f"The {id}", json.dumps(facts)) for id, facts in devices.items()])
    for gone in comparison.gone():
        comparison.told_gone(gone)
    comparison.end()
    comparison.show()
    body.save()


def _told(body: Any) -> list[tuple[str, str, str, str]]:
    from custodiet.web.store.models import Change

    found = Change.objects.filter(body=body).order_by("number")
    return list(found.values_list("device", "field", "before", "after"))


def test_the_first_time_nothing_is_new(body: Any) -> None:
    _put(body, 0, one={"maker": "a"}, two={"maker": "b"})
    assert _told(body) == []


def test_the_same_again_is_no_change(body: Any) -> None:
    _put(body, 0, one={"maker": "a"})
    _put(body, 1, one={"maker": "a"})
    assert _told(body) == []


def test_what_differs_came_or_went_is_told(body: Any) -> None:
    _put(body, 0, one={"maker": "a", "site": "hall"}, two={"maker": "b"})
    _put(body, 1, one={"maker": "c", "site": "hall"}, three={"maker": ""})
    assert _told(body) == [
        ("one", "maker", "a", "c"),
        ("three", "device", "", "there"),
        ("two", "device", "there", "gone"),
    ]
    _put(body, 2, one={"maker": "c", "site": "hall"}, two={"maker": "b"}, three={"maker": ""})
    assert _told(body)[3:] == [("two", "device", "gone", "there")]
    _put(body, 3, one={"maker": "c"}, two={"maker": "b"}, three={"maker": ""})
    assert _told(body)[4:] == [("one", "site", "hall", "")]


def test_what_a_directive_comes_to_is_told_by_directive(body: Any, person: Callable[..., Any]) -> None:
    _put(body, 0, one={"status:a": "satisfied", "status:b": "undetermined"})
    _put(body, 1, one={"status:a": "not_satisfied", "status:b": "undetermined"})
    _put(body, 2, one={"status:a": "not_satisfied", "status:c": "satisfied"})
    rows = person("viewer", "empty").get("/b/empty/changes/?as=json&since=2026-01-02&field=status").json()["rows"]
    told = [(row["directive"], row["before"], row["after"]) for row in rows]
    assert told == [("c", "", "satisfied"), ("b", "undecided", ""), ("a", "satisfied", "not satisfied")]


def test_statements_do_not_grow_with_the_devices(body: Any, django_statements: Callable[[], int]) -> None:
    from custodiet.web.changes import Comparison

    comparison = Comparison(body, FIRST, 0)
    counts = []
    for size in (10, 1000):
        before = django_statements()
        comparison.group([(f"{size}-{n}", "x", '{"maker":"a"}') for n in range(size)])
        counts.append(django_statements() - before)
    assert counts[0] == counts[1]


@pytest.fixture
def django_statements(web: None) -> Any:
    """Counts the statements so far."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        yield lambda: len(caught)


def _drift(client: Any, question: str) -> list[tuple[str, str, str]]:
    answer = client.get(f"/b/empty/changes/?as=json&{question}").json()
    return [(row["label"], row["before"], row["after"]) for row in answer["rows"]]


def test_drift_is_between_a_day_and_now(body: Any, person: Callable[..., Any]) -> None:
    _put(body, 0, one={"model": "a"}, two={"model": "x"})
    _put(body, 10, one={"model": "b"}, two={"model": "y"})
    _put(body, 20, one={"model": "c"}, two={"model": "x"})
    client = person("viewer", "empty")
    assert _drift(client, "since=2026-01-02") == [("The two", "x", "x"), ("The one", "a", "c")]
    assert "changed back" in client.get("/b/empty/changes/?since=2026-01-02").content.decode()
    assert _drift(client, "since=2026-01-15") == [("The two", "y", "x"), ("The one", "b", "c")]
    assert _drift(client, "since=2026-01-15&field=maker") == []
    assert _drift(client, "since=2026-02-15") == []


def test_sites_are_called_by_their_names(body: Any, person: Callable[..., Any]) -> None:
    body.kind, body.country = "nl-municipality", "NL"
    _put(body, 0, one={"site": ""})
    client = person("decider", "empty")
    for name in ("Lock house", "Depot"):
        assert client.post("/b/empty/site-add/", {"name": name}).status_code == 302
    _put(body, 10, one={"site": "lock-house"})
    assert _drift(client, "since=2026-01-02") == [("The one", "", "Lock house")]
    _put(body, 20, one={"site": "depot"})
    assert client.post("/b/empty/site-remove/", {"site": "lock-house", "reason": "sold"}).status_code == 302
    assert _drift(client, "since=2026-01-15") == [("The one", "Lock house (taken away)", "Depot")]
    events = client.get("/b/empty/devices/one/timeline/?as=json").json()["events"]
    told = [(one["before"], one["after"]) for one in events if one["what"] == "Site"]
    assert told == [("Lock house (taken away)", "Depot"), ("", "Lock house (taken away)")]


def test_a_device_that_is_gone_is_still_named(body: Any, person: Callable[..., Any]) -> None:
    _put(body, 0, one={"model": "a"}, two={})
    _put(body, 10, two={})
    client = person("viewer", "empty")
    page = client.get("/b/empty/changes/?since=2026-01-02").content.decode()
    assert "The one" in page
    assert "devices/one/timeline/" in page
    assert client.get("/b/empty/devices/one/timeline/").status_code == 200
    table = b"".join(client.get("/b/empty/changes/?since=2026-01-02&as=csv")).decode()
    assert "The one" in table
    assert len(table.splitlines()) == 2


def test_publishing_compares(web: None, cases: dict[str, Path], person: Callable[..., Any]) -> None:
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import publish
    from custodiet.web.store.models import Body, Change, Published

    water = Body.objects.get(id="waterdorp")
    held = Published.objects.filter(body=water).count()
    publish(cases["waterdorp"], water, catalog())
    assert Change.objects.filter(body=water).count() == 0
    assert Published.objects.filter(body=water).count() == held
    publish(cases["geheimstad"], water, catalog())
    told = list(Change.objects.filter(body=water).values_list("field", "after"))
    assert sorted(told) == [("device", "gone")] * 3 + [("device", "there")]
    assert Published.objects.filter(body=water).count() == held + 1
    publish(cases["waterdorp"], water, catalog())
    assert Change.objects.filter(body=water, field="device", after="there").count() == 4


def test_not_seen_counts_from_the_times_of_sources(body: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Device

    _put(body, 0, old={}, new={}, paper={})
    now = datetime.now(UTC).timestamp()
    for id, days in (("old", 40), ("new", 2)):
        Device.objects.filter(body=body, id=id).update(last_seen=now - days * 86400, outcome="rest")
    client = person("viewer", "empty")
    told = client.get("/b/empty/not-seen/?as=json&days=30").json()
    assert ([row["device"] for row in told["rows"]], told["without_time"]) == (["old"], 1)
    assert "The old" in client.get("/b/empty/not-seen/?days=30").content.decode()
    assert len(client.get("/b/empty/not-seen/?as=json&days=1").json()["rows"]) == 2
    assert client.get("/b/empty/not-seen/?as=json&days=0").status_code == 400


def test_a_day_to_come_is_refused(body: Any, person: Callable[..., Any]) -> None:
    assert person("viewer", "empty").get("/b/empty/changes/?as=json&since=2999-01-01").status_code == 400


def test_before_the_first_results_nothing_is_known(body: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Published

    client = person("viewer", "empty")
    assert client.get("/b/empty/changes/?as=json").json()["first"] == ""
    Published.objects.create(body=body, at=FIRST, on="2026-01-01")
    Published.objects.create(body=body, at=FIRST + timedelta(days=3), on="2026-01-04")
    assert client.get("/b/empty/changes/?as=json").json()["first"] == "2026-01-01"
    told = "The first results are of 1 Jan 2026; before that nothing is known."
    assert told in client.get("/b/empty/changes/?since=2025-12-31").content.decode()
    assert "nothing is known" not in client.get("/b/empty/changes/?since=2026-01-01").content.decode()


@pytest.mark.parametrize(("days", "number"), [(39, 1), (40, 1), (41, 0)])
def test_not_seen_is_the_same_in_the_list_of_devices(
    body: Any, person: Callable[..., Any], days: int, number: int
) -> None:
    from custodiet.web.chosen import Chosen
    from custodiet.web.columns import Columns
    from custodiet.web.filters import Filters
    from custodiet.web.store.models import Device

    seen = datetime.now(UTC).replace(hour=23, minute=59) - timedelta(days=40)
    _put(body, 0, old={})
    Device.objects.filter(body=body).update(last_seen=seen.timestamp(), outcome="rest")
    names = msgspec.msgpack.encode([seen.date().isoformat()])
    columns = Columns({"seen": (names, zlib.compress(array("I", [0]).tobytes()))})
    assert Chosen(columns, Filters(unseen=days)).total == number
    told = person("viewer", "empty").get(f"/b/empty/not-seen/?as=json&days={days}").json()
    assert len(told["rows"]) == number
