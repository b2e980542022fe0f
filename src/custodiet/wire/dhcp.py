"""DHCP: what a device calls itself while it asks for an address, and which address it got.

The subject of a client's message is the client address in the message (`Dhcp.client_mac`), not the sender of the
frame: a relay may have passed it on. DHCPv6 is read as far as names and classes go.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ip import ipv4_text, ipv6_text
from custodiet.wire.text import text

REQUEST, REPLY = 1, 2
ACK = 5
_COOKIE = b"\x63\x82\x53\x63"
_NO_ADDRESS = "0.0.0.0"  # noqa: S104  (an address in a message, nothing is bound to it)
_OVERLOAD = 52


class Dhcp(msgspec.Struct, frozen=True, kw_only=True):
    """One message of DHCP for IPv4, or of BOOTP before it."""

    op: int
    """1 from a client, 2 from a server."""
    message_type: int = 0
    """Option 53: 1 discover, 2 offer, 3 request, 4 decline, 5 ACK, 6 NAK, 7 release, 8 inform; 0 for BOOTP."""
    client_mac: str = ""
    """Hardware address of the client; empty when it is not of Ethernet."""
    ciaddr: str = _NO_ADDRESS
    """Address the client uses already."""
    yiaddr: str = _NO_ADDRESS
    """Address the server gives."""
    giaddr: str = _NO_ADDRESS
    """Address of the relay that passed it on."""
    requested: str = ""
    """Option 50, the address the client would like."""
    server_id: str = ""
    """Option 54, the server meant."""
    hostname: str = ""
    """Option 12."""
    vendor_class: str = ""
    """Option 60."""
    parameter_list: tuple[int, ...] = ()
    """Option 55 in the order sent."""
    fqdn: str = ""
    """Option 81, the name only."""
    client_id: str = ""
    """Option 61 in hexadecimal."""
    complete: bool = True
    """False when the options ended in the middle of one."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What a client says about itself; a server's message says nothing about the server."""
        if self.op != REQUEST:
            return
        if self.client_mac:
            yield "net.mac", self.client_mac
        if self.ciaddr != _NO_ADDRESS:
            yield "net.ip", self.ciaddr
        if self.hostname:
            yield "dhcp.hostname", self.hostname
        if self.vendor_class:
            yield "dhcp.vendor_class", self.vendor_class
        if self.parameter_list:
            yield "dhcp.parameter_list", ",".join(map(str, self.parameter_list))
        if self.fqdn:
            yield "dhcp.client_fqdn", self.fqdn

    def lease(self) -> tuple[str, str] | None:
        """(MAC, address) that an ACK confirms."""
        address = self.ciaddr if self.yiaddr == _NO_ADDRESS else self.yiaddr
        if self.op != REPLY or self.message_type != ACK or not self.client_mac or address == _NO_ADDRESS:
            return None
        return self.client_mac, address


class Dhcp6(msgspec.Struct, frozen=True, kw_only=True):
    """One message of DHCPv6."""

    message_type: int
    """1 solicit, 3 request, 7 reply and so on; of the innermost message where relays passed it on."""
    duid: str = ""
    """Client identifier in hexadecimal."""
    duid_mac: str = ""
    """The MAC in the client identifier: one of the client's, not always of this interface."""
    vendor_class: str = ""
    """Option 16, its texts joined by blanks."""
    fqdn: str = ""
    """Option 39, the name only."""
    addresses: tuple[str, ...] = ()
    """Addresses in option 3, asked for or given."""
    complete: bool = True
    """False when the options ended in the middle of one."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What a client says about itself; the answers of servers (2, 7, 10) say nothing about them."""
        if self.message_type in (2, 7, 10):
            return
        if self.vendor_class:
            yield "dhcp.vendor_class", self.vendor_class
        if self.fqdn:
            yield "dhcp.client_fqdn", self.fqdn


def parse_dhcp(payload: bytes) -> Dhcp:
    """A datagram of port 67 or 68.

    Raises:
        WireError: shorter than the fixed part, or neither a request nor a reply.
    """
    if len(payload) < 236:
        raise WireError("DHCP message shorter than its fixed part")
    op, hardware, size = payload[0], payload[1], payload[2]
    if op not in (REQUEST, REPLY):
        raise WireError(f"DHCP operation {op} is not known")
    options, complete = _all_options(payload)
    return Dhcp(
        op=op,
        message_type=_number(options.get(53, b"")),
        client_mac=payload[28:34].hex(":") if hardware == 1 and size == 6 else "",
        ciaddr=ipv4_text(payload[12:16]),
        yiaddr=ipv4_text(payload[16:20]),
        giaddr=ipv4_text(payload[24:28]),
        requested=_address(options.get(50, b"")),
        server_id=_address(options.get(54, b"")),
        hostname=_string(options.get(12, b"")),
        vendor_class=_string(options.get(60, b"")),
        parameter_list=tuple(options.get(55, b"")),
        fqdn=_fqdn(options.get(81, b"")),
        client_id=options.get(61, b"").hex(),
        complete=complete,
    )


def parse_dhcp6(payload: bytes) -> Dhcp6:
    """A datagram of port 546 or 547; what relays wrapped is unwrapped.

    Raises:
        WireError: shorter than its header, or a type that no standard names.
    """
    for _ in range(8):  # relays in a row
        if len(payload) < 4 or not 1 <= payload[0] <= 36:
            raise WireError("not a DHCPv6 message")
        kind = payload[0]
        options, complete = _options6(payload[34:] if kind in (12, 13) else payload[4:])
        if kind not in (12, 13) or 9 not in options:
            break
        payload = options[9]
    duid = options.get(1, b"")
    ethernet = duid[:4] in (b"\x00\x01\x00\x01", b"\x00\x03\x00\x01")  # made of a link-layer address, with time or not
    address_options, _ = _options6(options.get(3, b"")[12:])
    return Dhcp6(
        message_type=kind,
        duid=duid.hex(),
        duid_mac=duid[-6:].hex(":") if ethernet and len(duid) in (10, 14) else "",
        vendor_class=text(b" ".join(_sized(options.get(16, b"")[4:]))),
        fqdn=_labels(options.get(39, b"")[1:]),
        addresses=(ipv6_text(address_options[5][:16]),) if len(address_options.get(5, b"")) >= 16 else (),
        complete=complete,
    )


def _all_options(payload: bytes) -> tuple[dict[int, bytes], bool]:
    """Options by number. A second one of the same number continues the first (RFC 3396)."""
    if payload[236:240] != _COOKIE:
        return {}, True  # plain BOOTP
    options: dict[int, bytearray] = {}
    complete = _options(payload[240:], options)
    overload = _number(options.get(_OVERLOAD, b""))
    if overload & 1:
        complete &= _options(payload[108:236], options)  # in place of the boot file
    if overload & 2:
        complete &= _options(payload[44:108], options)  # in place of the server's name
    return {number: bytes(value) for number, value in options.items()}, complete


def _options(data: bytes, into: dict[int, bytearray]) -> bool:
    at = 0
    while at < len(data):
        number = data[at]
        if number == 255:
            return True
        at += 1
        if number == 0:
            continue
        if at >= len(data) or at + 1 + data[at] > len(data):
            return False
        into.setdefault(number, bytearray()).extend(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return True


def _options6(data: bytes) -> tuple[dict[int, bytes], bool]:
    options: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            return options, False
        number, size = unpack_from("!HH", data, at)
        if at + 4 + size > len(data):
            return options, False
        options.setdefault(number, data[at + 4 : at + 4 + size])
        at += 4 + size
    return options, True


def _number(raw: bytes | bytearray) -> int:
    return raw[0] if raw else 0


def _address(raw: bytes) -> str:
    return ipv4_text(raw) if len(raw) == 4 else ""


def _string(raw: bytes) -> str:
    """Text of an option; some clients count the final NUL, some fill up with it."""
    return text(raw.rstrip(b"\0"))


def _sized(raw: bytes) -> Iterator[bytes]:
    at = 0
    while at + 2 <= len(raw):
        size = unpack_from("!H", raw, at)[0]
        yield raw[at + 2 : at + 2 + size].rstrip(b"\0")
        at += 2 + size


def _fqdn(raw: bytes) -> str:
    """The name in option 81, which is plain or in labels, as its first flag byte says."""
    if len(raw) < 3:
        return ""
    return _labels(raw[3:]) if raw[0] & 4 else _string(raw[3:]).rstrip(".")


def _labels(raw: bytes) -> str:
    labels = []
    at = 0
    while at < len(raw) and 0 < raw[at] < 64:
        labels.append(raw[at + 1 : at + 1 + raw[at]])
        at += 1 + raw[at]
    return text(b".".join(labels))
