"""The page of a device: what it is, why, what it means and what to do, and all of it down to the bytes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import lxml.html
import msgspec
import pytest


@pytest.fixture
def address(person: Callable[..., Any]) -> str:
    [found] = person().get("/b/waterdorp/devices/?maker=hikvision&as=json").json()["rows"]
    return f"/b/waterdorp/devices/{found['id']}/"


def test_the_first_screen_comes_first(person: Callable[..., Any], address: str) -> None:
    page = person().get(address).content.decode()
    words = [
        "sold as HiLook",
        "The register says HiLook",
        "How sure",
        "Why",
        "How fresh",
        "What it means",
        "What to do",
    ]
    at = [page.index(f">{one}" if one[0] == "H" or one[0] == "W" else one, page.index("<main")) for one in words]
    assert at == sorted(at)
    assert "<mark>" in page


def test_a_device_is_found_by_what_names_it(person: Callable[..., Any], address: str) -> None:
    client = person()
    here = "/b/waterdorp/devices/"
    for name in ("10.0.0.5", "w-1"):
        assert client.get(f"{here}{name}/")["Location"] == address
    # several devices have these words, and none just this name
    assert client.get(f"{here}10.0.0./")["Location"] == f"{here}?q=10.0.0."
    assert client.get(f"{here}camera%20stadhuis/")["Location"] == f"{here}?q=camera+stadhuis"
    # what is of another body is as if it were nowhere
    assert person("viewer", "geheimstad").get("/b/geheimstad/devices/10.66.0.66/").status_code == 302
    for name in ("10.66.0.66", "g-1", "192.0.2.1", "%20"):
        assert client.get(f"{here}{name}/").status_code == 404


def test_every_link_inside_leads_somewhere(person: Callable[..., Any], address: str) -> None:
    page = person().get(address).content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    inside = set(re.findall(r'href="#([^"]+)"', page))
    assert len(inside) > 3
    assert inside <= set(ids)


def test_each_observation_has_its_place(person: Callable[..., Any], address: str) -> None:
    client = person()
    told = client.get(f"{address}?as=json").json()
    page = client.get(address).content.decode()
    assert told["entry"]["evidence"]
    for seen in told["entry"]["evidence"]:
        assert seen["locator"] in page
    [reason, *_] = told["why"]
    assert reason["claim"]["observed"] in page and html.escape(reason["means"]) in page


def test_the_json_says_by_itself_what_the_page_says(person: Callable[..., Any], address: str) -> None:
    """Ids stand in findings and observations, and beside them, once, what each of these ids is."""
    client = person()
    told, page = client.get(f"{address}?as=json").json(), client.get(address).content
    tree, cited = lxml.html.fromstring(page), told["cited"]
    sentences = {
        one["text"]: one for law in cited["directives"].values() for one in law["requirements"].values()
    }  # fmt: skip
    shown = tree.xpath("//blockquote")
    assert shown
    for quote in shown:
        one = sentences[quote.xpath("string(./p)")]
        footer = quote.xpath("string(./footer)")
        assert one["quotation"] == footer.startswith("Quotation from the text")
        assert one["language"]
        assert all(where in footer for where in (*filter(None, [one["quoted_from"]]), *one["read_in"]))
    for finding in told["entry"]["findings"]:
        law = cited["directives"][finding["directive"]]
        assert law["title"] and law["issuer"] and law["references"]
        assert law["status"] != "in force" or re.match(r"\d{4}-\d\d", law["in_force"])
        assert finding["requirement"] in law["requirements"]
    assert tree.xpath("//*[@class='differs']")[0].text_content() == told["differs"] != ""
    for seen in told["entry"]["evidence"]:
        source = cited["sources"][seen["source"]]
        assert source["name"].endswith("register-waterdorp.csv") and source["kind"] == "register"
        assert re.fullmatch("[0-9a-f]{64}", source["sha256"]) and source["sha256"] in page.decode()
    assert cited["questions"]["decided-record-purpose"] == "Is the purpose of this camera written down?"
    assert all(words in tree.text_content() for words in cited["questions"].values())
    assert told["named"]["manufacturer"] == "Hangzhou Hikvision Digital Technology Co., Ltd."
    assert told["site"] == "Stadhuis"


def test_it_asks_the_database_little(person: Callable[..., Any], address: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    # lists have eight; here one is for photos of the label, one for what the device looks at, and one, for who may set
    # what is to be done, for who could answer for it
    for role, most in (("viewer", 10), ("editor", 11)):
        client = person(role)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert 3 <= len(asked) <= most, [one["sql"][:120] for one in asked]


def test_a_directive_is_one_line_that_opens(person: Callable[..., Any], address: str) -> None:
    tree = lxml.html.fromstring(person().get(address).content)
    told = person().get(f"{address}?as=json").json()["entry"]["findings"]
    lines = tree.xpath("//details[contains(@class, 'law')]")
    assert lines
    for line in lines:
        assert "open" not in line.attrib
        assert line.xpath("./summary//h3") and line.xpath("./summary//*[contains(@class, 'tag')]")
    first = tree.xpath("//section[contains(@class, 'first')]")[0]
    assert first.xpath(".//blockquote"), "the sentence of the law stands on the first screen"
    asked = [one for one in told if one["status"] != "not_applicable"]
    answered = tree.xpath("//details[contains(@class, 'law')]//details//ol[@class='answers']")
    assert len(answered) == len([one for one in asked if one["answers"]])
    for answers in answered:
        decided = [bool(one.xpath(".//*[text()='decided it']")) for one in answers]
        assert decided == sorted(decided, reverse=True), "those that decided come first"
        assert len(decided) == 7


def test_what_happened_is_shown_with_the_way_to_all_of_it(person: Callable[..., Any], address: str) -> None:
    client = person("editor")
    client.post(f"{address}note/", {"text": "Looked at the label."})
    history = lxml.html.fromstring(client.get(address).content).get_element_by_id("history")
    assert "Looked at the label." in history.text_content()
    assert f"{address}timeline/" in history.xpath(".//a/@href")


def test_history_ends_with_what_happened_last_whatever_that_was(person: Callable[..., Any], address: str) -> None:
    """What is known of a device, what came out otherwise, photos of its label: all that its timeline has."""
    from datetime import UTC, datetime, timedelta

    from custodiet.web import log
    from custodiet.web.store.models import Body, Change

    client, device, now = person("editor"), address.split("/")[-2], datetime.now(UTC)
    body = Body.objects.get(id="waterdorp")
    log.write(who="kees@example.org", what="label confirmed", body=body.id, about=device, said={"model": "IPC-T261H"})
    for days, label, field in ((1, device, "model"), (2, "ast-of-another", "brand")):
        Change.everything.create(
            body=body, generation=body.generation, at=now + timedelta(days=days), device=label, label="10.0.0.5",
            field=field, directive="", before="", after="IPC-T261H", latest=True,
        )  # fmt: skip
    events = client.get(f"{address}?as=json").json()["events"]
    assert [one["what"] for one in events[:2]] == ["Model", "Label confirmed"]
    assert (events[0]["kind"], events[1]["after"], events[1]["who"]) == ("changed", "IPC-T261H", "kees@example.org")
    assert "known" in {one["kind"] for one in events}
    assert events == client.get(f"{address}timeline/?as=json").json()["events"][: len(events)]
    history = lxml.html.fromstring(client.get(address).content).get_element_by_id("history")
    from custodiet.report import words

    assert f"last: {words.day((now + timedelta(days=1)).date().isoformat())}" in history.text_content()


@pytest.mark.parametrize(
    ("status", "outcome", "said"),
    [
        ("not_satisfied", "must be gone", "Keep it off other networks until it is gone"),
        ("not_satisfied", "decision required", "Somebody who may decide has to decide"),
        ("not_satisfied", "report due", "Report it"),
        ("undetermined", "cannot judge", "Read the label."),
        ("satisfied", "allowed", "Nothing now"),
    ],
)
def test_what_to_do_follows_from_the_worst(
    person: Callable[..., Any], address: str, status: str, outcome: str, said: str
) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.knowledge import names_of
    from custodiet.web.pages.device import what_to_do
    from custodiet.web.store.models import Body

    estate = Estate(Body.objects.get(id="waterdorp"))
    entry = estate.entry(address.split("/")[-2])
    assert entry is not None
    finding = msgspec.structs.replace(
        entry.findings[0], status=status, outcome=outcome, deadline="", missing=("read the label",)
    )
    entry = msgspec.structs.replace(entry, findings=(finding,))
    assert any(said in sentence for sentence in what_to_do(entry, names_of(estate)))


def test_what_a_directive_asks_by_a_day_names_the_day(web: None) -> None:
    from custodiet.report.names import CatalogNames
    from custodiet.web.knowledge import catalog
    from custodiet.web.pages.device import what_to_do
    from report.factory import relabelled_camera

    law = catalog().directives["au-defence-removal-2023"]
    asked = next(one.id for one in law.requirements if one.demands == "remove-by")
    entry = relabelled_camera()
    found = msgspec.structs.replace(
        entry.findings[0], directive=law.id, requirement=asked, status="not_satisfied", outcome="overdue",
        deadline="2025-07-01",
    )  # fmt: skip
    told = what_to_do(msgspec.structs.replace(entry, findings=(found,)), CatalogNames(catalog(), (law,)))
    assert told[0] == "The directive asks: it must be gone by 1 July 2025."
