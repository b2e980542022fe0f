"""The overview: its scope, its numbers as the list has them, what is due, and the report to take along."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

BODY = "/b/waterdorp/"


def test_scope_comes_before_numbers(person: Callable[..., Any]) -> None:
    page = person().get(BODY).content.decode()
    at = [page.index(words) for words in ("register-waterdorp.csv", "could not see", "What was found", "By when")]
    assert at == sorted(at)


def test_what_answers_rest_on_beside_the_sources_is_listed(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from custodiet.model import Relied
    from custodiet.web.knowledge import Known, known_of
    from custodiet.web.pages import overview

    days = {"since": "2025-11-12", "until": "2025-11-13"}
    one = Relied(kind="isolation proof", name="after.pcap", sha256="ab" * 32, **days)

    def with_it(estate: Any) -> Known:
        known = known_of(estate)
        assert known.head is not None
        return dataclasses.replace(known, head=msgspec.structs.replace(known.head, relied=(one,)))

    client = person()
    assert client.get(f"{BODY}?as=json").json()["relied"] == []
    monkeypatch.setattr(overview, "known_of", with_it)
    page = client.get(BODY).content.decode()
    assert "after.pcap</bdi>: behind a statement on isolation, 12 Nov 2025 – 13 Nov 2025" in page


def test_every_number_is_that_of_the_list_it_leads_to(person: Callable[..., Any]) -> None:
    client = person()
    page = client.get(BODY).content.decode()
    links = re.findall(r'<a href="(devices/\?[^"]*)"><?s?t?r?o?n?g?>?([\d,]+)<', page)
    assert len(links) >= 5
    for address, number in links:
        told = client.get(BODY + address.replace("&amp;", "&") + "&as=json").json()
        assert told["total"] == int(number.replace(",", "")), address


def test_outcomes_add_up_to_all_devices(person: Callable[..., Any]) -> None:
    told = person().get(f"{BODY}?as=json").json()
    assert sum(row["devices"] for row in told["outcomes"]) == told["totals"]["assets"] == 3
    assert {row["label"] for row in told["makers"]} == {"Hikvision", "Axis"}


def test_bars_are_as_long_as_their_numbers(started: None) -> None:
    from custodiet.web.charts import Bar, bar, together

    drawn = bar(Bar(label="x", question="", devices=30, parts={"not_satisfied": 10, "rest": 20}), 60)
    assert re.findall(r'class="(\w+)" x="\d+" y="0" width="(\d+)"', drawn) == [
        ("ground", "1000"),
        ("not_satisfied", "167"),
        ("rest", "333"),
    ]
    assert 'width="6"' in bar(Bar(label="x", question="", devices=1), 100_000)
    halves = [Bar(label="x", question="", devices=2, parts={one: 2}) for one in ("undetermined", "rest")]
    assert together(halves).count('width="500"') == 2
    assert "<rect" in bar(Bar(label="x", question="", devices=0), 0)


def test_makers_beyond_the_first_few_are_told_together(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.columns import columns_of
    from custodiet.web.estate import Estate
    from custodiet.web.knowledge import known_of
    from custodiet.web.pages import overview
    from custodiet.web.store.models import Body

    estate = Estate(Body.objects.get(id="waterdorp"))
    whole = overview.by_maker(columns_of(estate), known_of(estate))
    monkeypatch.setattr(overview, "MAKERS", 1)
    first, others = overview.by_maker(columns_of(estate), known_of(estate))
    assert first == whole[0]
    assert (others.label, others.question, others.devices) == ("1 other makers", "", whole[1].devices)


def test_what_is_due_comes_earliest_first(started: None) -> None:
    from custodiet.model import Entry
    from custodiet.web.column_writer import judged
    from custodiet.web.columns import columns_of
    from custodiet.web.estate import Estate, entry_of
    from custodiet.web.knowledge import known_of
    from custodiet.web.pages.overview import _due
    from custodiet.web.store.models import Body, Device

    estate = Estate(Body.objects.get(id="waterdorp"))
    entry: Entry = entry_of(Device.objects.filter(body="waterdorp").order_by("place")[0])
    finding = entry.findings[0]
    due = [
        msgspec.structs.replace(finding, directive=directive, status=status, deadline=deadline)
        for directive, status, deadline in (
            ("a", "not_satisfied", "2026-07"),
            ("b", "not_satisfied", "2025-01-01"),
            ("a", "undetermined", "2024-01-01"),
        )
    ]
    words = judged(msgspec.structs.replace(entry, findings=tuple(due)))
    assert words == {"directive": "a=not_satisfied\nb=not_satisfied", "due": "a@2026-07\nb@2025-01-01"}

    class Given:
        def __getitem__(self, field: str) -> Any:
            return self

        def count(self, chosen: object) -> dict[str, int]:
            return {"a@2026-07": 3, "b@2025-01-01": 1}

    known = known_of(estate)
    assert columns_of(estate).total == 3
    told = [(one.by, one.directive, one.devices, one.passed) for one in _due(Given(), known)]  # type: ignore[arg-type]
    assert told == [("2025-01-01", "b", 1, True), ("2026-07", "a", 3, False)]


def test_a_body_without_devices_says_so(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Body

    Body.objects.create(id="leeg", name="Leeg")
    client = person("editor", "leeg")
    assert "Nothing was looked at yet" in client.get("/b/leeg/").content.decode()
    assert client.get("/b/leeg/devices/?as=json").json()["total"] == 0
    assert client.get("/b/leeg/devices/").status_code == 200
    for form in ("report", "xlsx"):
        assert client.get(f"/b/leeg/?as={form}").status_code == 400


def test_the_report_counts_as_the_pages_do(person: Callable[..., Any]) -> None:
    from custodiet.web.columns import columns_of
    from custodiet.web.estate import Estate
    from custodiet.web.store.models import Body

    estate = Estate(Body.objects.get(id="waterdorp"))
    totals, outcomes = estate.assessment().totals, columns_of(estate)["outcome"].count(None)
    counted = {"not_satisfied": totals.not_satisfied, "undetermined": totals.undetermined}
    counted |= {"not_judged": totals.not_judged}
    assert {name: outcomes[name] for name in counted} == counted
    assert totals.not_judged > 0


def test_the_report_is_that_of_the_command_line(person: Callable[..., Any]) -> None:
    client = person()
    answer = client.get(f"{BODY}?as=report")
    assert answer["Content-Disposition"] == 'attachment; filename="waterdorp-2025-12-01.html"'
    page = b"".join(answer.streaming_content).decode()
    assert "Assessment of surveillance devices" in page
    assert "10.0.0.5" in page
    assert "sold as HiLook" in page
    again = client.get(f"{BODY}?as=report", headers={"Accept-Language": "en"})
    assert b"".join(again.streaming_content).decode() == page
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"{BODY}?as=xlsx").streaming_content))) as book:
        assert "xl/workbook.xml" in book.namelist()


def test_what_changed_is_told_after_the_second_results(cases: dict[str, Any], person: Callable[..., Any]) -> None:
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import publish
    from custodiet.web.store.models import Body, Change

    client = person()
    assert client.get(f"{BODY}?as=json").json()["first"]
    page = client.get(BODY).content.decode()
    assert "These are the first results" in page
    assert "Nothing came out otherwise" not in page
    publish(cases["geheimstad"], Body.objects.get(id="waterdorp"), catalog())
    Change.objects.create(
        body_id="waterdorp", at=Body.objects.get(id="waterdorp").published, latest=True, device="x", field="status"
    )
    told = client.get(f"{BODY}?as=json").json()
    assert not told["first"]
    words = {row["field_in_words"]: row["changes"] for row in told["changed"]}
    assert words == {"The device itself": 4, "What directives come to": 1}
    page = client.get(BODY).content.decode()
    assert all(f"{word}: {number}" in page for word, number in words.items())
    assert "first results" not in page
