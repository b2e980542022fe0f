"""What the server says of itself: one line of JSON for each thing, without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.core.exceptions import DisallowedHost

_SECRETS = (
    (re.compile(r"/welcome/[^/\s]+"), "/welcome/…"),
    # what somebody asked for stands behind the question mark
    (re.compile(r"\?[^\s'\"]+"), "?…"),
    (re.compile(r"(?i)(postgres(?:ql)?://[^:/@\s]*):[^@\s]*@"), r"\1:…@"),
    (
        re.compile(r"(?i)\b(bearer|password|secret|token|csrf\w*|session\w*)([\"']?\s*[=: ]\s*[\"']?)[^\s\"',;]+"),
        r"\1\2…",
    ),
)
_LONGEST = 4_000


class Lines(logging.Formatter):
    """A record of the log as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; line breaks and what else could act in a terminal are escaped by JSON."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": cleaned(record.getMessage()),
        }
        if status := getattr(record, "status_code", None):
            told["status"] = status
        if request := getattr(record, "request", None):
            told |= _who(request)
        if record.exc_info:
            told["fault"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(told)


EACH = 60.0
"""Seconds in which one request that is none is told, of each kind."""


class Held(logging.Filter):
    """What anybody can send as often as they like is told now and then, in one line, with how often it came.

    It is what Django calls suspicious, as a request for a name that is not ours: no fault of this program, and of no
    use with the way that it took through it.

    Args:
        clock: seconds, of which only the difference counts.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock, self._alone = clock, threading.Lock()
        self._told: dict[str, float] = {}
        self._more: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is told."""
        fault = record.exc_info[1] if record.exc_info else None
        if not record.name.startswith("django.security.") or fault is None:
            # of each request that is refused there is a line too, but of this kind enough was said
            return not (record.name == "django.request" and _is_for_another(getattr(record, "request", None)))
        with self._alone:
            now = self._clock()
            if now - self._told.get(record.name, -EACH) < EACH:
                self._more[record.name] = self._more.get(record.name, 0) + 1
                return False
            self._told[record.name], more = now, self._more.pop(record.name, 0)
        if isinstance(fault, DisallowedHost):
            name = str(getattr(getattr(record, "request", None), "META", {}).get("HTTP_HOST", ""))
            record.msg = f"a request for {name[:100]!r}, which CUSTODIET_HOSTS does not name"
        else:
            record.msg = record.getMessage()[:200]
        record.msg += f"; {more} more of this kind were not told" if more else ""
        record.args, record.exc_info, record.exc_text = (), None, None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _is_for_another(request: object) -> bool:
    """Whether a request asks for a name that is not ours."""
    try:
        getattr(request, "get_host", str)()
    except DisallowedHost:
        return True
    return False


def _who(request: object) -> dict[str, str]:
    """Who asked, as far as that is known already, and from where: what was refused is of use with that alone."""
    meta, person = getattr(request, "META", {}), getattr(request, "_cached_user", None)
    if getattr(request, "token", None) is not None:
        person = getattr(request, "user", None)
    return {"who": cleaned(str(getattr(person, "email", ""))), "origin": cleaned(str(meta.get("REMOTE_ADDR", "")))}


def cleaned(text: str) -> str:
    """A text without what opens a door, cut where it is long."""
    for secret, instead in _SECRETS:
        text = secret.sub(instead, text)
    text = "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def log_in_lines() -> None:
    """Let all that is logged in this process go to standard error so."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(Held())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
