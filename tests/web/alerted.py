"""Alerts in tests: a mail server that is set, what left in place of the network, and results that say something new."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
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


def publish_again(bad: int = 12, *, times: int = 1) -> Any:
    """Results in which other devices are bad than before, put in as a job does it, and told so many times."""
    from custodiet.web.alerts import tell
    from custodiet.web.changes import GONE, ITSELF, THERE
    from custodiet.web.news import News
    from custodiet.web.store.models import Device

    mine, news = body(), News()
    mine.published = AT
    mine.save()
    entry = Device.objects.get(body=mine, label="10.0.0.5").entry
    Device.objects.filter(body=mine).delete()
    place = {"site": "stadhuis", "entry": entry}
    for number in range(bad):
        id, label = f"bad-{number:03}", f"Camera {number}\u202e\r\nBcc: x@example.org"
        Device.objects.create(
            generation=mine.generation, body=mine, id=id, place=number, label=label, outcome="not_satisfied", **place
        )
        changes = {"outcome": ("rest", "not_satisfied"), ITSELF: (GONE, THERE)}
        news.device(id, label, changes, outcome="not_satisfied", is_stray=False)
    for id, is_stray in (("s1", True), ("s2", False), ("s3", False)):
        news.device(id, "Stray", {ITSELF: ("", THERE)}, outcome="undecided", is_stray=is_stray)
    news.gone([("g1", "Old one")])
    for _ in range(times):
        tell.published(mine, news)
    return mine
