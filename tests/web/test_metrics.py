"""Numbers for a monitor on this machine alone, and a log of lines that opens no door."""

from __future__ import annotations

import json
import logging
import re

import pytest


def test_a_monitor_on_this_machine_is_told_and_nobody_else(web: None) -> None:
    from django.test import Client

    Client().get("/sign-in/")
    told = Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    assert re.search(r'^custodiet_answers_total\{status="2xx"\} [1-9]', told, re.MULTILINE)
    assert "custodiet_database_answers 1\n" in told
    assert all(
        re.fullmatch(r'# (HELP|TYPE) .+|custodiet_\w+(\{\w+="\w+"\})? [\d.e-]+', row) for row in told.splitlines()
    )
    assert "waterdorp" not in told
    for address in ("10.0.0.5", "::ffff:10.0.0.5", "", "x"):
        assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 404


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


def test_a_line_is_one_line(web: None) -> None:
    from custodiet.web.lines import Lines

    line = Lines().format(logging.makeLogRecord({"msg": "a\nb\x1b[2J\u2028" + "x" * 9000, "name": "x"}))
    assert line.isascii() or "\u2028" not in line
    assert not re.search(r"[\x00-\x1f\x7f\u2028]", line)
    assert len(line) < 6000
