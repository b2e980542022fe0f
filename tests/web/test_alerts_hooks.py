"""What programs are told: signed, tried again and given up, and to addresses that may be asked for alone."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from web.alerted import AT, HERE, Left, hook, publish_again, served

__all__ = ["served"]


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
