"""Numbers for a monitor on this machine alone, and a log of lines that opens no door."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def near(web: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A monitor on this machine."""
    from django.conf import settings
    from django.test import Client

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["localhost", "testserver"])
    return Client(REMOTE_ADDR="127.0.0.1", HTTP_HOST="localhost:8000")


def test_a_monitor_on_this_machine_is_told_and_nobody_else(near: Any) -> None:
    from django.test import Client

    Client().get("/sign-in/")
    told = near.get("/metrics").content.decode()
    assert re.search(r'^custodiet_answers_total\{status="2xx"\} [1-9]', told, re.MULTILINE)
    assert "custodiet_database_answers 1\n" in told
    assert all(
        re.fullmatch(r'# (HELP|TYPE) .+|custodiet_\w+(\{\w+="\w+"\})? [\d.e-]+', row) for row in told.splitlines()
    )
    assert "waterdorp" not in told
    for address in ("10.0.0.5", "::ffff:10.0.0.5", "", "x"):
        assert Client(REMOTE_ADDR=address, HTTP_HOST="localhost").get("/metrics").status_code == 404
    # a proxy on this machine of which nobody told us: all that comes through it seems to be from here
    assert Client(REMOTE_ADDR="127.0.0.1", HTTP_HOST="testserver").get("/metrics").status_code == 404


def test_a_monitor_hears_of_messages_that_were_given_up(near: Any) -> None:
    from datetime import UTC, datetime

    from custodiet.web.store.models import Alert, Body, Delivery

    def told() -> list[str]:
        rows = near.get("/metrics").content.decode().splitlines()
        return [row for row in rows if row.startswith("custodiet_messages{")]

    assert told() == ['custodiet_messages{state="failed"} 0', 'custodiet_messages{state="waiting"} 0']
    now, body = datetime.now(UTC), Body.objects.get(id="waterdorp")
    for number, state in enumerate(("failed", "waiting", "failed", "sent")):
        alert = Alert.objects.create(body=body, at=now, event="e", key=str(number), parts="[]")
        Delivery.objects.create(body=body, alert=alert, id=str(number), due=now, state=state)
    assert told() == ['custodiet_messages{state="failed"} 2', 'custodiet_messages{state="waiting"} 1']


def test_a_monitor_elsewhere_needs_the_token(web: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec
    from django.conf import settings
    from django.test import Client

    token = "of-the-monitor-and-nobody-else"

    def told(authorization: str, address: str = "/metrics") -> int:
        return Client(REMOTE_ADDR="10.0.0.5").get(address, headers={"Authorization": authorization}).status_code

    assert told("Bearer ") == 404 and told(f"Bearer {token}") == 404, "where none is set, none is right"
    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, metrics_token=token))
    assert told(f"Bearer {token}") == 200
    assert [told(one) for one in ("", "Bearer ", f"Bearer {token}x", f"Basic {token}", "Bearer é")] == [404] * 5
    assert told(f"Bearer {token}", "/b/waterdorp/?as=json") == 401, "it opens nothing else"


def test_a_refusal_says_who_asked_and_from_where(person: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    from custodiet.web.lines import Lines

    person("viewer").get("/b/waterdorp/members/?q=s3cr3t", REMOTE_ADDR="192.0.2.7")
    [record] = [one for one in caplog.records if one.name == "django.request"]
    line = json.loads(Lines().format(record))
    assert (line["who"], line["origin"], line["status"]) == ("viewer0@example.org", "192.0.2.7", 404)
    assert "/b/waterdorp/members/" in line["said"] and "s3cr3t" not in str(line)
    assert line["at"].endswith("+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /welcome/s3cr3t-word/",
        "GET /b/x/devices/?q=s3cr3t-word HTTP/1.1",
        "postgresql://user:s3cr3t-word@db/x does not answer",
        "Authorization: Bearer s3cr3t-word",
        "password=s3cr3t-word&x",
        '{"token": "s3cr3t-word"}',
        "sessionid: s3cr3t-word",
    ],
)
def test_a_line_opens_no_door(web: None, text: str) -> None:
    from custodiet.web.lines import Lines

    line = Lines().format(logging.makeLogRecord({"msg": text, "levelname": "WARNING", "name": "django.request"}))
    assert "s3cr3t" not in line
    assert json.loads(line)["level"] == "warning"


def test_requests_for_other_names_do_not_fill_the_log(web: None) -> None:
    from io import StringIO

    from django.test import Client

    from custodiet.web.lines import EACH, Held, Lines

    told, now = StringIO(), [0.0]
    handler = logging.StreamHandler(told)
    handler.setFormatter(Lines())
    handler.addFilter(Held(lambda: now[0]))
    logger = logging.getLogger("django")
    logger.addHandler(handler)
    try:
        for _ in range(50):
            Client(headers={"Host": "evil.example\x1b[2J"}, REMOTE_ADDR="192.0.2.7").get("/sign-in/")
        now[0] += EACH
        Client(headers={"Host": "evil.example"}).get("/sign-in/")
        Client().get("/no-such-page")
    finally:
        logger.removeHandler(handler)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert [line["level"] for line in lines] == ["warning"] * 3 and not any("fault" in line for line in lines)
    assert "CUSTODIET_HOSTS" in lines[0]["said"] and lines[0]["origin"] == "192.0.2.7" and lines[0]["status"] == 400
    assert "49 more" in lines[1]["said"] and "/no-such-page" in lines[2]["said"]


def test_a_line_is_one_line(web: None) -> None:
    from custodiet.web.lines import Lines

    line = Lines().format(logging.makeLogRecord({"msg": "a\nb\x1b[2J\u2028" + "x" * 9000, "name": "x"}))
    assert line.isascii() or "\u2028" not in line
    assert not re.search(r"[\x00-\x1f\x7f\u2028]", line)
    assert len(line) < 6000
