"""What one source knows a device by, and which of it says who the device is.

What is no identity joins nothing: a MAC that a router lends to many addresses, an address that two rows of one register
claim, the address of a recorder in the row of its channel. What is no device of ours at all is a peer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from custodiet.model import Observation, Source

MANY_ADDRESSES = 4
"""A MAC seen with more IPv4 addresses than this in one source forwards for others."""

MOST_IDENTIFIERS = 1000
"""Of one subject: a device has a handful, and what claims more than this identifies nobody."""

_SERIAL_PLACEHOLDER = re.compile(r"(?i)^(0+|1234567890?|n/?[av]|none|unknown|default|serial.*|x+|-+|to be filled.*)$")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_CHANNEL = re.compile(r"(?i)\b(channel|kanaal|ch)[ .:_-]*\d{1,3}\b")


MORE = ("register.name", "register.text", "register.quantity")
"""Attributes that say more of a subject than who it is."""

LENT = "a router answers with this address for several devices"
"""Why a MAC names none of the devices that were seen with it."""

OWN = "custodiet_id"
"""The kind of identifier that is an id of ours, as a table has it that we wrote."""
_OWN = re.compile(r"ast-[0-9a-f]{20}")


@dataclass(slots=True)
class Subject:
    """One device as one source knows it.

    Args:
        key: ``source/subject``.
        source_kind: kind of the source.
        source_name: its name for people.
        identifiers: (kind, value) pairs in the order learned; a dict, since hostile input repeats them.
        channel: True where the text says it is a channel of a recorder: its address is the recorder's.
        called: its name in a register.
    """

    key: str
    source_kind: str
    source_name: str
    first_seen: float | None = None
    last_seen: float | None = None
    identifiers: dict[tuple[str, str], None] = field(default_factory=dict)
    channel: bool = False
    quantity: int = 1
    called: str = ""


def subject_of(
    source: str, subject: str, first: float | None, last: float | None, sources: Mapping[str, Source]
) -> Subject:
    read = sources[source]
    made = Subject(
        key=f"{source}/{subject}", source_kind=read.kind, source_name=read.name, first_seen=first, last_seen=last
    )
    kind, _, value = subject.partition(":")
    if kind == "ip" or (kind == "mac" and is_mac(value)):
        made.identifiers[kind, value] = None
    return made


def learn(subject: Subject, observation: Observation, kinds: Mapping[str, str]) -> None:
    kind = kinds.get(observation.attribute)
    value = observation.value.strip()
    if kind and value:
        value = as_identifier(kind, value)
        if value and len(subject.identifiers) < MOST_IDENTIFIERS:
            subject.identifiers[kind, value] = None
    elif observation.attribute == "register.text" and _CHANNEL.search(observation.value):
        subject.channel = True
    elif observation.attribute == "register.name":
        subject.called = subject.called or value
    elif observation.attribute == "register.quantity" and value.isdecimal():
        subject.quantity = max(1, min(int(value[:7]), 1_000_000))


def as_identifier(kind: str, value: str) -> str:
    """The one spelling of an identifier; empty where the value names no single device."""
    value = value.strip()
    if kind == "serial":
        value = value.upper()
        return "" if len(value) < 5 or _SERIAL_PLACEHOLDER.match(value) else value
    if kind == OWN:
        return value if _OWN.fullmatch(value) else ""
    if kind == "mac":
        value = value.lower()
        return value if is_mac(value) else ""
    return value


def source_of(key: str) -> str:
    """Id of the source in a ``source/subject`` key."""
    return key.partition("/")[0]


class Doubts:
    """Which identifiers of these subjects join nothing.

    Args:
        subjects: all of them, since one alone cannot show that its identifier is shared.
    """

    def __init__(self, subjects: Collection[Subject]) -> None:
        self._lent = _shared_macs(subjects)
        self._claimed = _claimed_twice(subjects)

    def is_lent(self, source: str, mac: str) -> bool:
        """True where a router answers with this MAC for several devices of this source."""
        return (source, mac) in self._lent

    def why(self, subject: Subject, kind: str, value: str) -> str:
        """Why an identifier of a subject joins nothing; empty where it does."""
        source = source_of(subject.key)
        if kind == "mac" and self.is_lent(source, value):
            return LENT
        if (source, kind, value) in self._claimed:
            return "two rows of the same list claim it"
        if kind == "ip" and subject.channel:
            return "the row is a channel, the address is its recorder's"
        return ""

    def is_peer(self, subject: Subject) -> bool:
        """True for addresses that passive sources show but that are no device on the network looked at."""
        kind, _, value = subject.key.partition("/")[2].partition(":")
        if kind == "mac":
            return is_mac(value) and bool(int(value[:2], 16) & 1)
        if kind != "ip":
            return False
        if _is_no_host(value):
            return True
        if subject.source_kind not in ("capture", "log") or not _is_outside(value):
            return False
        macs = {v for k, v in subject.identifiers if k == "mac"}
        return not macs or any(self.is_lent(source_of(subject.key), mac) for mac in macs)


def _shared_macs(subjects: Iterable[Subject]) -> set[tuple[str, str]]:
    """(source, MAC) pairs that stand for more than one device: the MAC belongs to a router in between."""
    addresses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject in subjects:
        if subject.source_kind in ("register", "purchase_record"):
            continue
        for kind, mac in subject.identifiers:
            if kind == "mac":
                addresses[source_of(subject.key), mac].update(
                    v for k, v in subject.identifiers if k == "ip" and "." in v
                )
    return {place for place, used in addresses.items() if len(used) > MANY_ADDRESSES or _inside_and_outside(used)}


def _inside_and_outside(addresses: set[str]) -> bool:
    outside = sum(1 for address in addresses if _is_outside(address))
    return 0 < outside < len(addresses) or outside > 1


_INSIDE = [ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")]
_INSIDE_V6 = [ip_network(n) for n in ("fc00::/7", "fe80::/10")]


def _is_outside(address: str) -> bool:
    """True for addresses that no private network uses, those kept for documentation included."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return not any(parsed in network for network in (_INSIDE if parsed.version == 4 else _INSIDE_V6))


def _is_no_host(address: str) -> bool:
    """Multicast, broadcast and the unspecified address are nobody's; a loopback address is the sensor's own."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.is_multicast or parsed.is_unspecified or parsed.is_loopback or address == "255.255.255.255"


def _claimed_twice(subjects: Iterable[Subject]) -> set[tuple[str, str, str]]:
    """(source, kind, value) that two rows of one table claim: then it is not known whose it is."""
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    for subject in subjects:
        if subject.source_kind in ("register", "purchase_record"):
            for kind, value in subject.identifiers:
                seen[source_of(subject.key), kind, value] += 1
    return {place for place, number in seen.items() if number > 1}


def is_mac(text: str) -> bool:
    """True for a MAC as observations write it; a device can put anything where its MAC belongs."""
    return _MAC.fullmatch(text) is not None


def is_local_mac(mac: str) -> bool:
    """True for a locally administered MAC, which software sets and changes."""
    return bool(int(mac[:2], 16) & 2)
