"""What is told, to whom, and once: with what it tells, in words they can use, and as long as they may hear it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

HERE = "/b/waterdorp/alerts/"
AT = datetime(2026, 11, 18, 6, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture
def served(web: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server has a mail server."""
    from django.conf import settings

    from custodiet.web.destinations import Relay

    relay = Relay(host="mail.example.org", port=25, tls=False)
    told = {"relay": relay, "mail_from": "c@example.org", "address": "https://c.example.org"}
    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, **told))
    yield


class Left:
    """What left, in place of the network."""

    def __init__(self, *faults: Exception) -> None:
        self.mails: list[Any] = []
        self.posts: list[tuple[Any, bytes, dict[str, str]]] = []
        self._faults = list(faults)

    def _fails(self) -> None:
        if self._faults:
            raise self._faults.pop(0)

    def mail(self, relay: Any, message: Any) -> None:
        self._fails()
        self.mails.append(message)

    def post(self, place: Any, body: bytes, headers: Any, inside: Any) -> int:
        self._fails()
        self.posts.append((place, body, dict(headers)))
        return 204

    def deliver(self, at: datetime = AT, most: int = 20) -> int:
        from custodiet.web.alerts.deliver import Senders, deliver

        return deliver(lambda: at, Senders(post=self.post, mail=self.mail), most)


def body(id: str = "waterdorp") -> Any:
    from custodiet.web.store.models import Body

    return Body.objects.get(id=id)


def wants(client: Any, *topics: str) -> None:
    assert client.post(f"{HERE}choose/", {"topics": topics}).status_code == 302


def hook(client: Any, *topics: str, address: str = "https://hooks.example.org/in?key=geheim") -> str:
    """A webhook, of which the secret is given."""
    assert client.post(f"{HERE}webhooks/add/", {"address": address, "topics": topics}).status_code == 302
    found = re.search(r"custodiet_hook_[\w-]+", client.get(HERE).content.decode())
    assert found
    return found[0]


def told(of: str = "waterdorp", **which: Any) -> list[Any]:
    from custodiet.web.store.models import Alert

    return list(Alert.objects.filter(body=of, **which).order_by("number"))


def parts(alert: Any) -> dict[str, Any]:
    from custodiet.web.alerts.topics import parts_of

    return {part.topic: part for part in parts_of(alert.parts)}


def publish_again(bad: int = 12) -> Any:
    """Results in which other devices are bad than before, put in as a job does it."""
    from custodiet.web.alerts import tell
    from custodiet.web.changes import GONE, ITSELF, THERE
    from custodiet.web.store.models import Change, Device, Standing

    mine, at = body(), AT
    mine.published = at
    mine.save()
    entry = Device.objects.get(body=mine, label="10.0.0.5").entry
    Device.objects.filter(body=mine).delete()
    row = {"body": mine, "at": at, "latest": True, "directive": ""}
    for number in range(bad):
        id, label = f"bad-{number:03}", f"Camera {number}\u202e\r\nBcc: x@example.org"
        Device.objects.create(
            generation=mine.generation,
            body=mine,
            id=id,
            place=number,
            label=label,
            outcome="not_satisfied",
            site="stadhuis",
            entry=entry,
        )
        Change.objects.create(device=id, label=label, field="outcome", before="rest", after="not_satisfied", **row)
        Change.objects.create(device=id, label=label, field=ITSELF, before=GONE, after=THERE, **row)
    stray = {
        "body": mine,
        "generation": mine.generation,
        "place": 1,
        "site": "",
        "label": "Stray",
        "registered": "",
        "seen": "x",
        "bought": False,
    }
    for id, kind, settled in (("s1", "surveillance", False), ("s2", "other", False), ("s3", "surveillance", True)):
        Standing.objects.create(device=id, kind=kind, standing="stray", found=id, settled=settled, **stray)
        Change.objects.create(device=id, label="Stray", field=ITSELF, before="", after=THERE, **row)
    Change.objects.create(device="g1", label="Old one", field=ITSELF, before=THERE, after=GONE, **row)
    tell.published(mine)
    return mine


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
    assert mail["Subject"] == "Waterdorp: 12 devices newly do not satisfy a directive, and 2 things more"
    assert text.startswith("12 devices newly do not satisfy a directive.\nLook at each")
    assert "  - Camera 0\\u{202E}\\u{0D}\\u{0A}Bcc: x@example.org, Hikvision IPC-T261H, Stadhuis\n" in text
    assert "and 2 more\n" in text and "Camera 10" not in text
    assert "https://c.example.org/b/waterdorp/devices/?outcome=not_satisfied\n" in text
    assert "\u202e" not in text and not re.search(r"^Bcc", mail.as_string(), re.MULTILINE)


def test_the_same_publication_is_told_once(served: None, person: Callable[..., Any]) -> None:
    from custodiet.web.alerts import tell

    wants(person("viewer"), "not-satisfied")
    mine, left = publish_again(), Left()
    tell.published(mine)
    assert len(told()) == 1 and left.deliver() == 1


def test_what_is_taken_back_is_not_told(served: None, person: Callable[..., Any]) -> None:
    from django.db import transaction

    wants(person("viewer"), "not-satisfied")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish_again()
        raise ZeroDivisionError
    assert told() == [] and Left().deliver() == 0


def test_an_import_tells_what_it_brought(served: None, person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.jobs.work import work_once
    from web.test_jobs import asked

    editor, left = person("editor"), Left()
    wants(editor, "not-satisfied", "unregistered", "gone", "failed")
    asked(tmp_path, "%PDF-1.7 not a register")
    work_once(tmp_path, pulse=False)
    assert told() == []
    asked(tmp_path)
    work_once(tmp_path, pulse=False)
    now = datetime.now(UTC)
    assert left.deliver(now) == len(left.mails) == len(told(event="publication"))


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
    assert f"/b/waterdorp/imports/{job.id}/" in mail.get_content()
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

        tell.failed(Job(id=1, body=body(), kind="import"), "it broke", "")
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


def test_a_webhook_gets_what_was_chosen_signed(served: None, person: Callable[..., Any]) -> None:
    from cryptography.hazmat.primitives import hashes, hmac

    admin, left = person("administrator"), Left()
    secret = hook(admin, "not-satisfied")
    publish_again()
    assert left.deliver() == 1
    [(place, sent, headers)] = left.posts
    assert (place.host, place.target) == ("hooks.example.org", "/in?key=geheim")
    message = msgspec.json.decode(sent)
    assert message["format"] == "custodiet-alert/1" and message["event"] == "publication"
    assert message["body"] == {"id": "waterdorp", "name": "Waterdorp"}
    assert [part["topic"] for part in message["parts"]] == ["not-satisfied"]
    assert (message["parts"][0]["count"], len(message["parts"][0]["first"])) == (12, 10)
    assert message["text"] == "Waterdorp: 12 devices newly do not satisfy a directive"
    assert (
        message["link"] == "https://c.example.org/b/waterdorp/alerts/"
        and message["id"] == headers["Custodiet-Delivery"]
    )
    time, _, mark = headers["Custodiet-Signature"].partition(",")
    assert time == f"t={int(AT.timestamp())}" and mark.startswith("v1=")
    check = hmac.HMAC(secret.encode(), hashes.SHA256())
    check.update(time.removeprefix("t=").encode() + b"." + sent)
    check.verify(bytes.fromhex(mark.removeprefix("v1=")))


def test_the_manual_says_how_a_receiver_checks_a_signature() -> None:
    import time

    from custodiet.web.alerts.hooks import signature

    text = (Path(__file__).resolve().parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")
    code = text[text.index("    import hashlib, hmac, time") :].split("\n\nA webhook cannot")[0]
    said: dict[str, Any] = {}
    exec(textwrap.dedent(code), said)
    now = int(time.time())
    header = signature(b"word", now, b"{}")
    assert said["is_ours"]("word", header, b"{}")
    assert not said["is_ours"]("word", header, b"{ }") and not said["is_ours"]("other", header, b"{}")
    assert not said["is_ours"]("word", signature(b"word", now - 301, b"{}"), b"{}")


def test_a_secret_is_shown_once_and_kept_sealed(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged, Session, Webhook

    admin = person("administrator")
    secret = hook(admin, "gone")
    assert secret not in admin.get(HERE).content.decode()
    assert secret.encode() not in bytes(Webhook.objects.get().secret)
    assert not any(secret in row.session_data for row in Session.objects.all())
    assert not any("geheim" in row.said or secret in row.said for row in Logged.objects.all())


@pytest.mark.parametrize(
    "wrong",
    [
        "http://hooks.example.org/",
        "https://hooks.example.org:22/",
        "https://u:p@hooks.example.org/",
        "https://2130706433/",
        "https://10.1.2.3/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_an_address_that_cannot_be_is_refused(person: Callable[..., Any], wrong: str) -> None:
    from custodiet.web.store.models import Webhook

    admin = person("administrator")
    assert admin.post(f"{HERE}webhooks/add/", {"address": wrong, "topics": ["gone"]}).status_code == 400
    assert admin.post(f"{HERE}webhooks/add/", {"address": "https://a.example.org/"}).status_code == 400
    assert not Webhook.objects.exists()


def test_a_webhook_that_fails_is_tried_later_and_then_given_up(served: None, person: Callable[..., Any]) -> None:
    from custodiet.web.alerts.deliver import WAITS
    from custodiet.web.outside import Unsent
    from custodiet.web.store.models import Delivery

    admin = person("administrator")
    hook(admin, "not-satisfied")
    publish_again()
    left, at, waited = Left(*[Unsent("status 503")] * 10), AT, []
    while left.deliver(at):
        row = Delivery.objects.get()
        if row.state != "waiting":
            break
        assert left.deliver(row.due - timedelta(seconds=1)) == 0
        waited.append(row.due - at)
        at = row.due
    assert tuple(waited) == WAITS and (row.state, row.came, row.tries) == ("failed", "status 503", len(WAITS) + 1)
    page = admin.get(f"{HERE}messages/").content.decode()
    assert "given up" in page and "the answer was 503" in page and "hooks.example.org" in page
    assert "given up" in admin.get(HERE).content.decode()


@pytest.mark.parametrize("code", ["inside", "status 410"])
def test_what_cannot_get_better_is_not_tried_again(served: None, person: Callable[..., Any], code: str) -> None:
    from custodiet.web.outside import Unsent
    from custodiet.web.store.models import Delivery

    hook(person("administrator"), "not-satisfied")
    publish_again()
    left = Left(Unsent(code, final=True))
    assert left.deliver() == 1 and left.deliver(AT + timedelta(days=9)) == 0
    assert Delivery.objects.get().state == "failed"


def test_a_worker_that_died_is_followed_by_another_and_one_that_is_late_changes_nothing(
    served: None, person: Callable[..., Any]
) -> None:
    from custodiet.web.alerts.deliver import CLAIMED, _end, claim
    from custodiet.web.store.models import Delivery

    hook(person("administrator"), "not-satisfied")
    publish_again()
    first = claim(AT)
    assert first is not None and claim(AT) is None and claim(AT + CLAIMED / 2) is None
    left = Left()
    assert left.deliver(AT + CLAIMED) == 1
    _end(first, "failed", "slow", AT)
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("sent", 2) and row.id == first.id == left.posts[0][2]["Custodiet-Delivery"]


def test_a_test_and_an_end_of_a_webhook(served: None, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Delivery, Webhook

    admin, left = person("administrator"), Left()
    hook(admin, "gone")
    number = {"webhook": Webhook.objects.get().number}
    assert admin.post(f"{HERE}webhooks/test/", number).status_code == 302
    assert admin.post(f"{HERE}webhooks/test/", number).status_code == 400
    later = datetime.now(UTC)
    assert left.deliver(later) == 1 and msgspec.json.decode(left.posts[0][1])["text"] == "Waterdorp: a test"
    assert "arrived" in admin.get(HERE).content.decode()
    assert admin.post(f"{HERE}webhooks/test/", number).status_code == 302
    assert admin.post(f"{HERE}webhooks/remove/", number).status_code == 302
    assert left.deliver(datetime.now(UTC)) == 1 and len(left.posts) == 1
    assert Delivery.objects.order_by("-number").first().state == "dropped"  # type: ignore[union-attr]
    assert admin.post(f"{HERE}webhooks/test/", number).status_code == 400
    assert "hooks.example.org" not in admin.get(HERE).content.decode()
    assert "hooks.example.org" in admin.get(f"{HERE}messages/").content.decode()


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
