"""What is told, to whom, and once: with what it tells, in words they can use, and as long as they may hear it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from web.alerted import AT, HERE, Left, body, hook, parts, publish_again, served, told, wants

__all__ = ["served"]


def test_a_publication_is_one_message_with_numbers_and_the_first_ten(served: None, person: Callable[..., Any]) -> None:
    viewer, left = person("viewer"), Left()
    wants(viewer, "not-satisfied", "unregistered", "gone")
    publish_again()
    [alert] = told()
    found = parts(alert)
    assert {topic: part.count for topic, part in found.items()} == {"not-satisfied": 12, "unregistered": 1, "gone": 1}
    assert [one.id for one in found["not-satisfied"].first] == [f"bad-{number:03}" for number in range(10)]
    assert left.deliver() == 1 and left.deliver() == 0
    [mail] = left.mails
    text = mail.get_content()
    assert mail["To"] == "viewer0@example.org" and mail["Bcc"] is None
    assert mail["Subject"] == "Waterdorp: 12 devices newly do not satisfy a directive, and 2 more"
    assert text.startswith("12 devices newly do not satisfy a directive.\nLook at each")
    assert "  - Camera 0\\u{202E}\\u{0D}\\u{0A}Bcc: x@example.org, Hikvision IPC-T261H, Stadhuis\n" in text
    assert "and 2 more\n" in text and "Camera 10" not in text
    assert "https://c.example.org/b/waterdorp/devices/?outcome=not_satisfied\n" in text
    assert "\u202e" not in text and not re.search(r"^Bcc", mail.as_string(), re.MULTILINE)


def test_the_same_publication_is_told_once(served: None, person: Callable[..., Any]) -> None:
    wants(person("viewer"), "not-satisfied")
    publish_again(times=2)
    left = Left()
    assert len(told()) == 1 and left.deliver() == 1


def test_what_is_taken_back_is_not_told(served: None, person: Callable[..., Any]) -> None:
    from django.db import transaction

    wants(person("viewer"), "not-satisfied")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish_again()
        raise ZeroDivisionError
    assert told() == [] and Left().deliver() == 0


SCAN = """<?xml version="1.0"?><nmaprun scanner="nmap" args="nmap" start="1763368200" version="7.93"
xmloutputversion="1.05"><host starttime="1763368200" endtime="1763368240"><status state="up" reason="arp-response"/>
<address addr="10.0.0.99" addrtype="ipv4"/>
<address addr="44:19:B6:4A:11:0B" addrtype="mac"/><ports>
<port protocol="tcp" portid="80"><state state="open" reason="syn-ack"/><service name="http" product="Hikvision"
method="probed" conf="10"/>
<script id="http-server-header" output="App-webs/"/>
</port></ports></host></nmaprun>"""


def test_an_import_tells_what_it_brought(served: None, person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once
    from web.test_jobs import asked

    left = Left()
    wants(person("editor"), "not-satisfied", "unregistered", "gone", "failed")
    asked(tmp_path, "%PDF-1.7 not a register")
    work_once(tmp_path, pulse=False)
    assert told() == []
    asked(tmp_path, SCAN)
    work_once(tmp_path, pulse=False)
    [alert] = told()
    [part] = parts(alert).values()
    assert (part.topic, part.count, part.first[0].label) == ("unregistered", 1, "10.0.0.99")
    assert left.deliver(datetime.now(UTC)) == 1 and "  - 10.0.0.99, Hikvision" in left.mails[0].get_content()


def test_a_job_that_went_wrong_is_told_with_its_reason(
    served: None, person: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custodiet.errors import CustodietError
    from custodiet.web.jobs import kinds, queue
    from custodiet.web.jobs.work import work_once
    from web.test_jobs import asked

    def broken(todo: Any) -> None:
        raise CustodietError("the disk is full\u202e", next_step="Make room.")

    monkeypatch.setitem(kinds.KINDS, "import", broken)
    left, job = Left(), asked(tmp_path)
    wants(person("editor"), "failed")
    work_once(tmp_path, pulse=False)
    assert queue.begin(job, "me@example.org")
    work_once(tmp_path, pulse=False)
    assert left.deliver(datetime.now(UTC)) == len(told(event="job")) == 2  # each time
    assert "Reason: the disk is full\\u{202E}\n" in left.mails[0].get_content()


def test_a_job_that_is_given_up_is_told_to_who_may_edit(
    served: None, person: Callable[..., Any], tmp_path: Path
) -> None:
    from custodiet.web.jobs import queue
    from web.test_jobs import asked

    editor, viewer, left = person("editor"), person("viewer"), Left()
    wants(editor, "failed")
    assert viewer.post(f"{HERE}choose/", {"topics": ["failed"]}).status_code == 400
    job = asked(tmp_path)
    type(job).objects.filter(id=job.id).update(
        state="running", begun=queue.MOST_BEGUN, claim="x", heartbeat=datetime.now(UTC) - timedelta(hours=1)
    )
    assert queue.take() is None
    assert left.deliver(datetime.now(UTC)) == 1
    [mail] = left.mails
    assert mail["To"].startswith("editor") and "An import went wrong." in mail.get_content()
    assert f"/b/waterdorp/imports/{job.number}/" in mail.get_content()
    assert "went wrong" in editor.get(HERE).content.decode()
    assert "an import went wrong" not in viewer.get(HERE).content.decode().lower()


@pytest.mark.parametrize("what", ["role", "active", "wish", "other role"])
def test_who_may_not_hear_it_any_more_hears_nothing(served: None, person: Callable[..., Any], what: str) -> None:
    from custodiet.web.store.models import Delivery, Membership, Person, Wish

    client, left = person("editor"), Left()
    wants(client, "failed" if what == "other role" else "not-satisfied")
    if what == "other role":
        from custodiet.web.alerts import tell
        from custodiet.web.store.models import Job

        tell.failed(Job(id=1, number=1, body=body(), kind="import"), "it broke", "")
    else:
        publish_again()
    mine = Membership.objects.filter(person__email="editor0@example.org")
    if what == "role":
        mine.delete()
    elif what == "other role":
        mine.update(role="viewer")
    elif what == "active":
        Person.objects.filter(email="editor0@example.org").update(is_active=False)
    else:
        Wish.objects.update(topics="gone-by")
    assert left.deliver(datetime.now(UTC) + timedelta(days=1)) == 1 and left.mails == []
    assert [(row.state, row.came) for row in Delivery.objects.all()] == [("dropped", "no longer")]


def test_without_a_mail_server_nothing_waits(web: None, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Delivery

    client = person("viewer")
    wants(client, "not-satisfied")
    publish_again()
    assert len(told()) == 1 and not Delivery.objects.exists()
    assert "This server sends no e-mail" in client.get(HERE).content.decode()


def test_a_message_is_in_the_language_of_who_reads(served: None, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Person

    wants(person("viewer"), "not-satisfied", "gone")
    Person.objects.update(language="nl")
    publish_again(1)
    left = Left()
    left.deliver()
    [mail] = left.mails
    assert mail["Subject"].startswith("Waterdorp: 1 apparaat") and "1 apparaat" in mail.get_content()
    assert not re.search(r"\b(device|directive|look)\b", re.sub(r"http\S+", "", mail.get_content()), re.IGNORECASE)


def test_who_left_the_language_to_the_browser_gets_mail_as_pages_were(served: None, person: Callable[..., Any]) -> None:
    one, other = person("viewer"), person("viewer")
    one.defaults["HTTP_ACCEPT_LANGUAGE"] = "nl"
    wants(one, "not-satisfied")
    wants(other, "not-satisfied")
    one.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    one.get(HERE)  # who only looks at a page elsewhere keeps what they chose with
    publish_again(1)
    left = Left()
    left.deliver()
    dutch, english = (mail["Subject"] for mail in left.mails)
    assert "1 apparaat voldoet" in dutch and "1 device newly" in english


@pytest.mark.parametrize(
    ("bad", "to_do", "where"),
    [
        (1, "Look at it, and set", r"devices/[\w-]+/\n"),
        (3, "Look at each of them", r"devices/\?outcome=not_satisfied\n"),
    ],
)
def test_one_device_is_led_to_and_several_to_their_list(
    served: None, person: Callable[..., Any], bad: int, to_do: str, where: str
) -> None:
    wants(person("viewer"), "not-satisfied")
    publish_again(bad)
    left = Left()
    left.deliver()
    text = left.mails[0].get_content()
    assert to_do in text and re.search(f"/b/waterdorp/{where}", text)


def test_people_see_their_own_messages_and_no_others(served: None, person: Callable[..., Any]) -> None:
    one, other, admin = person("viewer"), person("viewer"), person("administrator")
    wants(one, "not-satisfied")
    hook(admin, "not-satisfied")
    publish_again()
    Left().deliver()
    seen = [len(client.get(f"{HERE}messages/?as=json").json()["rows"]) for client in (one, other, admin)]
    assert seen == [1, 0, 2]
    assert "hooks.example.org" not in one.get(HERE).content.decode() + one.get(f"{HERE}messages/").content.decode()
    theirs = person("administrator", "geheimstad").get("/b/geheimstad/alerts/messages/?as=json")
    assert theirs.json()["rows"] == []


def test_only_what_there_is_can_be_chosen(person: Callable[..., Any]) -> None:
    client = person("auditor")
    wants(client, "chain", "gone")
    for topic in ("failed", "no-such"):
        assert client.post(f"{HERE}choose/", {"topics": [topic]}).status_code == 400
    chosen = {one["topic"] for one in client.get(f"{HERE}?as=json").json()["choices"] if one["chosen"]}
    assert chosen == {"chain", "gone"}
    wants(client)
    assert not any(one["chosen"] for one in client.get(f"{HERE}?as=json").json()["choices"])


def test_each_part_leads_to_a_page_that_is_there(web: None, person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.alerts import words
    from custodiet.web.alerts.topics import TOPICS, Part
    from web.test_jobs import asked

    admin, job = person("administrator"), asked(tmp_path)
    for kind in ("import", "again"):
        for topic in TOPICS:
            path = words.path(Part(topic=topic, job=job.number, kind=kind), AT)
            assert admin.get(f"/b/waterdorp/{path}").status_code == 200, path
