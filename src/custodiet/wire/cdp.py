"""CDP, which some cameras and telephones speak to the switch at the other end of their cable."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ip import ipv4_text, ipv6_text
from custodiet.wire.text import text

SNAP_OUI = 0x00000C
SNAP_PROTOCOL = 0x2000

_DEVICE_ID, _ADDRESSES, _PORT_ID, _VERSION, _PLATFORM, _MANAGEMENT = 1, 2, 3, 5, 6, 0x16
_MAX_ADDRESSES = 64
_IPV4 = b"\xcc"
_IPV6 = b"\xaa\xaa\x03\x00\x00\x00\x86\xdd"


class Cdp(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement (SNAP 00-00-0C, protocol 0x2000)."""

    device_id: str = ""
    """Name, serial number or MAC, as the sender likes."""
    port_id: str = ""
    """Port of the sender."""
    platform: str = ""
    """Mostly maker and model."""
    version: str = ""
    """Software version, up to 1,000 characters."""
    addresses: tuple[str, ...] = ()
    """Addresses of the sender, IPv4 and IPv6."""
    complete: bool = True
    """False when the message ended in the middle of an element."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """All it says about its sender."""
        for attribute, value in (
            ("cdp.device_id", self.device_id),
            ("cdp.platform", self.platform),
            ("cdp.version", self.version),
        ):
            if value:
                yield attribute, value
        for address in self.addresses:
            yield "net.ip", address


def parse_cdp(payload: bytes) -> Cdp:
    """What stands behind the SNAP header.

    Raises:
        WireError: another version, or not one whole element.
    """
    if len(payload) < 4 or payload[0] not in (1, 2):
        raise WireError("not a CDP message of version 1 or 2")
    elements: dict[int, bytes] = {}
    complete = True
    at = 4
    while at + 4 <= len(payload):
        kind, size = unpack_from("!HH", payload, at)
        if size < 4 or at + size > len(payload):
            complete = False
            break
        elements.setdefault(kind, payload[at + 4 : at + size])
        at += size
    if not elements:
        raise WireError("CDP message without an element")
    addresses = [*_addresses(elements.get(_ADDRESSES, b"")), *_addresses(elements.get(_MANAGEMENT, b""))]
    return Cdp(
        device_id=_string(elements.get(_DEVICE_ID, b"")),
        port_id=_string(elements.get(_PORT_ID, b"")),
        platform=_string(elements.get(_PLATFORM, b"")),
        version=_string(elements.get(_VERSION, b""), 1000),
        addresses=tuple(dict.fromkeys(addresses)),
        complete=complete,
    )


def _addresses(raw: bytes) -> Iterator[str]:
    """Addresses of a list: count, then for each the protocol and the address, both behind their length."""
    if len(raw) < 4:
        return
    at = 4
    for _ in range(min(unpack_from("!I", raw)[0], _MAX_ADDRESSES)):
        if at + 2 > len(raw):
            return
        protocol_end = at + 2 + raw[at + 1]
        protocol = raw[at + 2 : protocol_end]
        if protocol_end + 2 > len(raw):
            return
        start = protocol_end + 2
        at = start + unpack_from("!H", raw, protocol_end)[0]
        address = raw[start:at]
        if protocol == _IPV4 and len(address) == 4 and any(address):
            yield ipv4_text(address)
        elif protocol == _IPV6 and len(address) == 16 and any(address):
            yield ipv6_text(address)


def _string(raw: bytes, limit: int = 400) -> str:
    return text(raw.strip(b"\0 \r\n"), limit)
