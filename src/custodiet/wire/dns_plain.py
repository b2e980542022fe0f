"""The facts of the most usual DNS messages, without building them: one question, perhaps with its addresses.

Nearly all messages on a resolver's port have this form, and reading them this way is many times faster. Whatever has
another form is left to `custodiet.wire.dns`, which is the whole reading and says the same about these.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from custodiet.wire.dns import MAX_CACHED, MAX_NAME, Service, name_text
from custodiet.wire.ip import ipv4_text, ipv6_text

Facts: TypeAlias = tuple[tuple[str, str], ...]


def plain_facts(payload: bytes, service: Service = "dns") -> tuple[Facts, Facts] | None:
    """What a message in the most usual form says.

    Args:
        payload: the datagram.
        service: as for `parse_dns`.

    Returns:
        The same as `Dns.facts` and `Dns.facts_about_peer`; None when the message has to be read as a whole.
    """
    # One question, fewer than 256 answers, no authorities, nothing given along but the options of EDNS.
    if len(payload) < 12 or payload[4:7] != b"\0\1\0" or payload[8:11] != b"\0\0\0" or payload[11] > 1:
        return None
    at, end = payload.find(b"\0", 12) + 5, len(payload)
    name = _plain_name(payload[12 : at - 4]) if 17 < at <= end else ""
    answer = payload[2] >= 0x80
    if not name or (answer and service != "dns") or (payload[7] and not answer):
        return None
    query = ("mdns.query" if service == "mdns" else "dns.query", name)
    told = [query]
    for _ in range(payload[7]):
        head, size = payload[at : at + 4], payload[at + 10 : at + 12]
        if head == b"\xc0\x0c\0\1" and size == b"\0\4" and at + 16 <= end:
            told.append(("dns.answer", f"{name}={ipv4_text(payload[at + 12 : at + 16])}"))
            at += 16
        elif head == b"\xc0\x0c\0\x1c" and size == b"\0\x10" and at + 28 <= end:
            told.append(("dns.answer", f"{name}={ipv6_text(payload[at + 12 : at + 28])}"))
            at += 28
        else:
            return None
    if payload[11]:
        if payload[at : at + 3] != b"\0\0\x29":
            return None
        at += 11 + int.from_bytes(payload[at + 9 : at + 11])
    if at != end:
        return None
    return ((), tuple(dict.fromkeys(told))) if answer else ((query,), ())


@lru_cache(maxsize=MAX_CACHED)
def _plain_name(raw: bytes) -> str:
    """A name that was sent as labels and nothing else, with the empty one at its end; empty where it is not."""
    labels: list[bytes] = []
    at = 0
    while at < len(raw) - 1:
        size = raw[at]
        if size >= 64:
            return ""
        labels.append(raw[at + 1 : at + 1 + size])
        at += 1 + size
    return name_text(b".".join(labels)) if at == len(raw) - 1 < MAX_NAME else ""
