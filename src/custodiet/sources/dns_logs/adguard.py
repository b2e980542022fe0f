"""The query log of AdGuard Home: one JSON object a line, with the whole answer as the server gave it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

from custodiet.errors import WireError
from custodiet.sources.lines import object_of
from custodiet.sources.log_lines import Asked, Dialect, Told
from custodiet.sources.log_times import LogClock
from custodiet.wire.address import ip_text, is_device_ip
from custodiet.wire.dns import parse_dns


class AdGuard(Dialect):
    """``{"T":"2026-11-22T07:00:00Z","QH":"cam.example","QT":"A","IP":"10.0.0.5","Answer":".."}``"""

    id = "adguard"
    title = "AdGuard Home"

    def read(self, line: str, clock: LogClock) -> Told:
        """Take one line."""
        if not line.startswith("{") or '"QH"' not in line or '"IP"' not in line:
            return None
        said = object_of(line)
        if said is None:
            return "the line is no JSON object"
        asker, name, when = ip_text(str(said.get("IP"))), said.get("QH"), said.get("T")
        if asker is None or not isinstance(name, str) or not name:
            return "a query without an address or name that can be read"
        moment = clock.stamp(when)[0] if isinstance(when, str) and len(when) < 64 else None
        return Asked(asker=asker, name=name, answers=_answers(said, name), when=moment)


def _answers(said: dict[str, Any], name: str) -> tuple[str, ...]:
    written = said.get("Answer")
    if not isinstance(written, str):
        return ()
    try:
        message = parse_dns(b64decode(written, validate=True))
    except (binascii.Error, ValueError, WireError):
        return ()
    addresses = [record.value for record in message.answers if record.type in ("A", "AAAA")]
    told = [value for attribute, value in message.facts_about_peer() if attribute == "dns.answer"]
    told += [f"{name}={address}" for address in addresses]
    return tuple(one for one in dict.fromkeys(told) if is_device_ip(one.rpartition("=")[2]))
