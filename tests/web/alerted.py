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
