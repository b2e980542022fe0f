"""What the server says of itself: one line of JSON for each thing, without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
