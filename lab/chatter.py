"""What devices on the link say unasked: ARP, DHCP, mDNS, SSDP, WS-Discovery, DHIP and SADP, for the passive sensor.

Whole Ethernet frames, made beforehand. Each device speaks about every ten seconds, one protocol after another.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator

from lab.device import Device

EVERY = 10.0
"""Seconds between two rounds of a device."""
_EVERYBODY = b"\xff" * 6
_ASKED = {"dahua camera": bytes((1, 3, 4, 5, 6, 12, 15, 28, 42))}
_MDNS = b"\0\0\0\0\0\x01\0\0\0\0\0\0\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\x01"
_PROBE = b"<MessageID>uuid:0</MessageID><Body><Probe/></Body>"
_RELATES = re.compile(rb"<wsa:RelatesTo>[^<]*</wsa:RelatesTo>")
_SEARCH = b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n"


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _packed(address: str) -> bytes:
    return bytes(int(part) for part in address.split("."))


def _sum(data: bytes) -> int:
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def datagram(mac: str, source: str, target: str, source_port: int, port: int, payload: bytes) -> bytes:
    """A frame to a multicast group or to everybody."""
    to = _packed(target)
    there = b"\x01\x00\x5e" + bytes((to[1] & 0x7F,)) + to[2:] if 224 <= to[0] < 240 else _EVERYBODY
    udp = struct.pack(">HHHH", source_port, port, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 4, 17, 0) + _packed(source) + to
    head = head[:10] + struct.pack(">H", _sum(head)) + head[12:]
    return there + _mac(mac) + b"\x08\x00" + head + udp


def datagram6(mac: str, group: str, port: int, payload: bytes) -> bytes:
    """A frame to a group of IPv6, from the link-local address that follows from the MAC."""
    own, to = _mac(mac), socket.inet_pton(socket.AF_INET6, group)
    source = b"\xfe\x80" + bytes(6) + bytes((own[0] ^ 2,)) + own[1:3] + b"\xff\xfe" + own[3:]
    udp = struct.pack(">HHHH", port, port, 8 + len(payload), 0) + payload
    pseudo = source + to + struct.pack(">IHBB", len(udp), 0, 0, 17) + udp + b"\0" * (len(udp) % 2)
    udp = udp[:6] + struct.pack(">H", _sum(pseudo) or 0xFFFF) + udp[8:]
    return (
        b"\x33\x33" + to[12:] + own + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(udp), 17, 1) + source + to + udp
    )


def hello(device: Device) -> bytes:
    """What it says of itself by WS-Discovery when it comes up; empty where it does not speak that."""
    match = device.udp[3702].answer(_PROBE) if 3702 in device.udp else b""
    whole = _RELATES.sub(b"", match).replace(b"<d:ProbeMatches><d:ProbeMatch>", b"<d:Hello>")
    return whole.replace(b"</d:ProbeMatch></d:ProbeMatches>", b"</d:Hello>").replace(b"/ProbeMatches<", b"/Hello<")


def named(device: Device) -> bytes:
    """What it says of its services by multicast DNS; empty where it does not speak that."""
    return device.udp[5353].answer(_MDNS) if 5353 in device.udp else b""


def _arp(device: Device) -> bytes:
    """It announces its own address."""
    own = _mac(device.mac) + _packed(device.address)
    return _EVERYBODY + _mac(device.mac) + b"\x08\x06\0\x01\x08\0\x06\x04\0\x01" + own + bytes(6) + own[6:] + bytes(18)


def _dhcp(device: Device) -> bytes:
    """It asks for an address as it does when it starts."""
    name = (
        f"axis-{device.mac.replace(':', '')}" if device.family == "axis" else device.serial or device.model
    ).encode()[:60]
    options = b"\x35\x01\x01" + b"\x0c" + bytes((len(name),)) + name
    if device.family == "axis":
        vendor = f"AXIS,Network Camera,{device.model},{device.firmware}".encode()
        options += b"\x3c" + bytes((len(vendor),)) + vendor
    asked = _ASKED.get(device.family, bytes((1, 3, 6, 15)))
    options += b"\x37" + bytes((len(asked),)) + asked + b"\xff"
    body = (
        b"\x01\x01\x06\0"
        + _mac(device.mac)[2:]
        + bytes(20)
        + _mac(device.mac)
        + bytes(202)
        + b"\x63\x82\x53\x63"
        + options
    )
    return datagram(device.mac, "0.0.0.0", "255.255.255.255", 68, 67, body.ljust(300, b"\0"))


def frames(device: Device) -> Iterator[bytes]:
    """The frames of one round."""

    def to(group: str, port: int, payload: bytes) -> bytes:
        return datagram(device.mac, device.address, group, port, port, payload)

    yield _arp(device)
    yield _dhcp(device)
    if said := named(device):
        yield to("224.0.0.251", 5353, said)
    if 1900 in device.udp and (said := device.udp[1900].answer(_SEARCH)):
        _head, _end, rest = said.partition(b"\r\n")
        note = rest.replace(b"\r\nST: ", b"\r\nNTS: ssdp:alive\r\nNT: ").replace(b"\r\nEXT:", b"")
        yield to("239.255.255.250", 1900, b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n" + note)
    if greeting := hello(device):
        yield to("239.255.255.250", 3702, greeting)
    if 37810 in device.udp:
        search = b"\x20\0\0\0DHIP" + bytes(24) + b'{"method":"DHDiscover.search"}'
        if said := device.udp[37810].answer(search):
            yield to("239.255.255.251", 37810, said)
    if device.raw_sadp:
        yield to("239.255.255.250", 37020, device.raw_sadp)
