"""LLDP: what a device tells the switch at the other end of its cable, with the inventory of LLDP-MED."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ip import ipv4_text, ipv6_text
from custodiet.wire.text import text

_END, _CHASSIS, _PORT, _TTL, _PORT_DESCRIPTION, _NAME, _DESCRIPTION, _CAPABILITIES, _ADDRESS = range(9)
_ORGANISATION = 127
_MED = b"\x00\x12\xbb"
_INVENTORY = {
    5: "hardware",
    6: "firmware",
    7: "software",
    8: "serial",
    9: "manufacturer",
    10: "model",
    11: "asset",
}
CAPABILITIES = (
    "other",
    "repeater",
    "bridge",
    "wlan-access-point",
    "router",
    "telephone",
    "docsis-cable-device",
    "station-only",
    "c-vlan",
    "s-vlan",
    "two-port-mac-relay",
)
"""Names of the capabilities, from the lowest bit."""
# Subtype of an id that is a MAC, or a network address; all others are text.
_MAC_SUBTYPE = {_CHASSIS: 4, _PORT: 3}
_ADDRESS_SUBTYPE = {_CHASSIS: 5, _PORT: 4}


class Lldp(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement (ethertype 0x88CC)."""

    chassis_id: str
    """Chassis id: a MAC, an address or text, by its subtype."""
    chassis_mac: str = ""
    """The chassis id where it is a MAC."""
    port_id: str = ""
    """Port id: a MAC, an address or text, by its subtype."""
    port_description: str = ""
    """Description of the port."""
    system_name: str = ""
    """Name of the device."""
    system_description: str = ""
    """Description of the device, up to 1,000 characters."""
    capabilities: tuple[str, ...] = ()
    """Enabled capabilities."""
    addresses: tuple[str, ...] = ()
    """Management addresses of IPv4 and IPv6."""
    inventory: tuple[tuple[str, str], ...] = ()
    """LLDP-MED inventory: hardware, firmware, software, serial, manufacturer, model, asset."""
    complete: bool = True
    """False when the message ended in the middle of an element."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """All it says about its sender."""
        if self.chassis_id:
            yield "lldp.chassis_id", self.chassis_id
        if self.chassis_mac:
            yield "net.mac", self.chassis_mac
        for address in self.addresses:
            yield "net.ip", address
        for attribute, value in (
            ("lldp.port_id", self.port_id),
            ("lldp.system_name", self.system_name),
            ("lldp.system_description", self.system_description),
            ("lldp.capabilities", ",".join(self.capabilities)),
        ):
            if value:
                yield attribute, value
        for key, value in self.inventory:
            yield "lldp.inventory", f"{key}={value}"


def parse_lldp(payload: bytes) -> Lldp:
    """The payload of ethertype 0x88CC.

    Raises:
        WireError: it does not begin with a chassis id.
    """
    elements, complete = _elements(payload)
    if not elements or elements[0][0] != _CHASSIS or len(elements[0][1]) < 2:
        raise WireError("LLDP message without a chassis id")
    chassis = elements[0][1]
    single: dict[int, bytes] = {}
    addresses: list[str] = []
    inventory: list[tuple[str, str]] = []
    for kind, value in elements:
        if kind == _ADDRESS:
            addresses += _management_address(value)
        elif kind == _ORGANISATION and value[:3] == _MED and len(value) > 4 and value[3] in _INVENTORY:
            if said := _string(value[4:]):
                inventory.append((_INVENTORY[value[3]], said))
        else:
            single.setdefault(kind, value)
    return Lldp(
        chassis_id=_id(_CHASSIS, chassis),
        chassis_mac=chassis[1:].hex(":") if chassis[0] == _MAC_SUBTYPE[_CHASSIS] and len(chassis) == 7 else "",
        port_id=_id(_PORT, single.get(_PORT, b"")),
        port_description=_string(single.get(_PORT_DESCRIPTION, b"")),
        system_name=_string(single.get(_NAME, b"")),
        system_description=_string(single.get(_DESCRIPTION, b""), 1000),
        capabilities=tuple(_capabilities(single.get(_CAPABILITIES, b""))),
        addresses=tuple(dict.fromkeys(addresses)),
        inventory=tuple(inventory),
        complete=complete,
    )


def _elements(payload: bytes) -> tuple[list[tuple[int, bytes]], bool]:
    """(type, value) of each element up to the end mark."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 <= len(payload):
        head = unpack_from("!H", payload, at)[0]
        kind, size = head >> 9, head & 0x1FF
        if kind == _END:
            break
        if at + 2 + size > len(payload):
            return found, False
        found.append((kind, payload[at + 2 : at + 2 + size]))
        at += 2 + size
    return found, True


def _id(kind: int, raw: bytes) -> str:
    if not raw:
        return ""
    subtype, value = raw[0], raw[1:]
    if subtype == _MAC_SUBTYPE[kind] and len(value) == 6:
        return value.hex(":")
    if subtype == _ADDRESS_SUBTYPE[kind]:
        return _network_address(value) or text(value)
    return _string(value)


def _network_address(raw: bytes) -> str:
    """An address behind its family number (1 IPv4, 2 IPv6); empty for others."""
    if raw[:1] == b"\x01" and len(raw) == 5:
        return ipv4_text(raw[1:])
    if raw[:1] == b"\x02" and len(raw) == 17:
        return ipv6_text(raw[1:])
    return ""


def _management_address(raw: bytes) -> list[str]:
    size = raw[0] if raw else 0
    found = _network_address(raw[1 : 1 + size])
    return [found] if found and found != "0.0.0.0" else []  # noqa: S104  (an address in a message)


def _capabilities(raw: bytes) -> Iterator[str]:
    if len(raw) >= 4:
        enabled = unpack_from("!H", raw, 2)[0]
        for bit, name in enumerate(CAPABILITIES):
            if enabled >> bit & 1:
                yield name


def _string(raw: bytes, limit: int = 400) -> str:
    return text(raw.strip(b"\0 \r\n"), limit)
