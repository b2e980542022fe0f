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

_ASKS = b"\0\1\0\0\0\0\0\0"
"""How many records of each kind a question has, and nothing else."""
_HAS_ONE_ANSWER = b"\0\1\0\1\0\0\0\0"


def plain_facts(payload: bytes, service: Service = "dns") -> tuple[Facts, Facts] | None:
    """What a message in the most usual form says.

    Args:
        payload: the datagram.
        service: as for `parse_dns`.

    Returns:
        The same as `Dns.facts` and `Dns.facts_about_peer`; None when the message has to be read as a whole.
    """
    counts = payload[4:12]
    if counts == _ASKS and payload[2] < 0x80 and len(payload) - 16 <= MAX_NAME:
        return _asked(payload[12:], service)
    # One question, fewer than 256 answers, no authorities, nothing given along but the options of EDNS.
    if len(counts) < 8 or counts[:3] != b"\0\1\0" or counts[4:7] != b"\0\0\0" or counts[7] > 1:
        return None
    at, end = payload.find(b"\0", 12) + 5, len(payload)
    answer = payload[2] >= 0x80
    if not 17 < at <= min(end, MAX_NAME + 16) or (answer and service != "dns") or (counts[3] and not answer):
        return None
    if counts == _HAS_ONE_ANSWER and end <= at + 28:
        # All but how long it holds, which is another number every time.
        return _answered(payload[12:at], payload[at : at + 4], payload[at + 10 :])
    name = _plain_name(payload[12 : at - 4])
    if not name:
        return None
    query = ("mdns.query" if service == "mdns" else "dns.query", name)
    told = [query]
    for _ in range(counts[3]):
        address = _address(payload[at : at + 4], payload[at + 10 : at + 28])
        if not address:
            return None
        told.append(("dns.answer", f"{name}={address}"))
        at += 12 + payload[at + 11]
    if counts[7]:
        if payload[at : at + 3] != b"\0\0\x29":
            return None
        at += 11 + int.from_bytes(payload[at + 9 : at + 11])
    if at != end:
        return None
    return ((), tuple(dict.fromkeys(told))) if answer else ((query,), ())


@lru_cache(maxsize=MAX_CACHED)
def _asked(question: bytes, service: Service) -> tuple[Facts, Facts] | None:
    """A message that is only a question; the same few are asked again and again."""
    name = _plain_name(question[:-4])
    return (((("mdns.query" if service == "mdns" else "dns.query"), name),), ()) if name else None


@lru_cache(maxsize=MAX_CACHED)
def _answered(question: bytes, head: bytes, data: bytes) -> tuple[Facts, Facts] | None:
    """A message that is a question and one answer, cut out of the record before and behind its time to live."""
    name, address = _plain_name(question[:-4]), _address(head, data)
    if not name or not address or len(data) != 2 + data[1]:
        return None
    return (), (("dns.query", name), ("dns.answer", f"{name}={address}"))


def _address(head: bytes, data: bytes) -> str:
    """The address in a record about the name asked for, from its first four bytes and from its size on."""
    if head == b"\xc0\x0c\0\1" and data[:2] == b"\0\4" and len(data) >= 6:
        return ipv4_text(data[2:6])
    if head == b"\xc0\x0c\0\x1c" and data[:2] == b"\0\x10" and len(data) >= 18:
        return ipv6_text(data[2:18])
    return ""


@lru_cache(maxsize=MAX_CACHED)
def _plain_name(raw: bytes) -> str:
    """A name that was sent as labels and nothing else, with the empty one at its end; empty where it is not."""
    if len(raw) < 2 or raw.find(b"\0") != len(raw) - 1:
        return ""
    labels: list[bytes] = []
    at = 0
    while at < len(raw) - 1:
        size = raw[at]
        if size >= 64:
            return ""
        labels.append(raw[at + 1 : at + 1 + size])
        at += 1 + size
    return name_text(b".".join(labels)) if at == len(raw) - 1 < MAX_NAME else ""
