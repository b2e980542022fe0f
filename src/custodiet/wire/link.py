"""One captured frame: link layer and VLAN tags, then what `custodiet.wire.ip` reads; and ARP.

The exact, scalar reading of one frame. A capture reader may decode the plain majority of frames in another way; what
this module says of a frame is what that way has to agree with.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ip import ETHERTYPE_IPV4, ETHERTYPE_IPV6, Frame, ipv4_text, parse_ip

__all__ = ["Arp", "Frame", "parse_arp", "parse_frame", "parse_ip"]

LINK_NULL = 0
LINK_ETHERNET = 1
LINK_LOOP = 108
LINK_SLL = 113
LINK_SLL2 = 276
LINK_RAW = frozenset({12, 14, 101, 228, 229})
"""Link types whose frames begin with the IP header."""

ETHERTYPE_ARP = 0x0806
ETHERTYPE_LLDP = 0x88CC
_PPPOE_SESSION = 0x8864
_VLAN_TAGS = frozenset({0x8100, 0x88A8, 0x9100})
_MPLS = frozenset({0x8847, 0x8848})
_SNAP_ETHERNET = frozenset({0x000000, 0x0000F8})  # organisations whose protocol number is an Ethernet type
_PPP_IP = frozenset({0x0021, 0x0057})
_MAX_TAGS = 16  # tags or labels in a row; real frames have two or three


class Arp(msgspec.Struct, frozen=True, kw_only=True):
    """An ARP message of Ethernet and IPv4."""

    op: int
    """1 request, 2 reply."""
    sender_mac: str
    """Who sends."""
    sender_ip: str
    """The address the sender has, ``0.0.0.0`` while it only asks whether an address is free."""
    target_mac: str
    """Whom it is for; zeros in a request."""
    target_ip: str
    """The address that is asked for or answered."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """The address pair of the sender, unless it is only a probe."""
        if self.sender_ip != "0.0.0.0":  # noqa: S104  (an address in a message, nothing is bound to it)
            yield "net.ip", self.sender_ip
        if self.sender_mac not in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
            yield "net.mac", self.sender_mac


def parse_frame(data: bytes, link_type: int) -> Frame:
    """One frame as the capture holds it.

    Args:
        data: the captured bytes, perhaps cut at the capture's snap length.
        link_type: the capture's link type, a number of the LINKTYPE_ registry.

    Raises:
        WireError: an unknown link type, a header cut before its addresses, or lengths that contradict each other.
    """
    if link_type == LINK_ETHERNET:
        return _ethernet(data)
    if link_type in LINK_RAW:
        return parse_ip(data)
    if link_type == LINK_SLL:
        return _cooked(data)
    if link_type == LINK_SLL2:
        return _cooked2(data)
    if link_type in (LINK_NULL, LINK_LOOP):
        # The address family differs by system; the IP header itself says its version.
        if len(data) < 5:
            raise WireError("loopback frame shorter than its header")
        return parse_ip(data[4:])
    raise WireError(f"link type {link_type} is not known")


def parse_arp(payload: bytes) -> Arp:
    """An ARP message, that is the payload of ethertype 0x0806.

    Raises:
        WireError: cut, or not of Ethernet and IPv4.
    """
    if len(payload) < 28:
        raise WireError("ARP message shorter than 28 bytes")
    hardware, protocol, hardware_size, protocol_size, op = unpack_from("!HHBBH", payload)
    if (protocol, hardware_size, protocol_size) != (ETHERTYPE_IPV4, 6, 4):
        raise WireError(f"ARP of hardware {hardware} and protocol {protocol:#06x} is not known")
    return Arp(
        op=op,
        sender_mac=_mac(payload[8:14]),
        sender_ip=ipv4_text(payload[14:18]),
        target_mac=_mac(payload[18:24]),
        target_ip=ipv4_text(payload[24:28]),
    )


def _ethernet(data: bytes) -> Frame:
    if len(data) < 14:
        raise WireError("Ethernet frame shorter than its header")
    return _behind_type(data, 12, src_mac=_mac(data[6:12]), dst_mac=_mac(data[0:6]))


def _cooked(data: bytes) -> Frame:
    if len(data) < 16:
        raise WireError("Linux cooked frame shorter than its header")
    length = unpack_from("!H", data, 4)[0]
    return _behind_type(data, 14, src_mac=_mac(data[6:12]) if length == 6 else "")


def _cooked2(data: bytes) -> Frame:
    if len(data) < 20:
        raise WireError("Linux cooked frame shorter than its header")
    # Version 2 has the protocol first; put it where the others have it.
    return _behind_type(data[0:2] + data[20:], 0, src_mac=_mac(data[12:18]) if data[11] == 6 else "")


def _behind_type(data: bytes, at: int, src_mac: str = "", dst_mac: str = "") -> Frame:
    """A frame whose Ethernet type, length or tag stands at `at`."""
    vlans = []
    kind = unpack_from("!H", data, at)[0]
    at += 2
    for _ in range(_MAX_TAGS):
        if kind not in _VLAN_TAGS:
            break
        if len(data) < at + 4:
            raise WireError("VLAN tag is cut")
        tag, kind = unpack_from("!HH", data, at)
        at += 4
        if tag & 0xFFF:
            vlans.append(tag & 0xFFF)
    snap_oui = 0
    truncated = False
    end = len(data)
    if kind < 0x0600:  # 802.3: a length instead of a type
        if dst_mac:  # a cooked capture has a mark there and tells no length
            truncated = at + kind > end
            end = min(end, at + kind)
        kind = 0
        if data[at : at + 3] == b"\xaa\xaa\x03" and end >= at + 8:
            snap_oui = int.from_bytes(data[at + 3 : at + 6], "big")
            kind = unpack_from("!H", data, at + 6)[0]
            at += 8
    frame = Frame(
        src_mac=src_mac,
        dst_mac=dst_mac,
        vlans=tuple(vlans),
        ethertype=kind,
        snap_oui=snap_oui,
        payload=data[at:end],
        truncated=truncated,
    )
    if snap_oui not in _SNAP_ETHERNET:
        return frame
    if kind in (ETHERTYPE_IPV4, ETHERTYPE_IPV6):
        return parse_ip(frame.payload, frame)
    if kind in _MPLS:
        return _mpls(frame)
    if kind == _PPPOE_SESSION:
        return _pppoe(frame)
    return frame


def _mpls(frame: Frame) -> Frame:
    """Behind the label that is marked as the last; anything but IP there stays as it is."""
    data = frame.payload
    for at in range(0, 4 * _MAX_TAGS, 4):
        if len(data) <= at + 4:
            break
        if data[at + 2] & 1:
            return parse_ip(data[at + 4 :], frame) if data[at + 4] >> 4 in (4, 6) else frame
    return frame


def _pppoe(frame: Frame) -> Frame:
    data = frame.payload
    if len(data) < 9 or data[1] != 0 or unpack_from("!H", data, 6)[0] not in _PPP_IP:
        return frame
    return parse_ip(data[8:], frame)


def _mac(raw: bytes) -> str:
    return raw.hex(":")
