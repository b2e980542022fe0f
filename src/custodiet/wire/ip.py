"""An IP packet: addresses, extension headers, fragments, ports.

It does not put anything together: neither fragments nor segments. What a tunnel carries is its payload, which
`parse_ip` reads when the caller wants to look inside; what an ICMP error message quotes, `quoted` reads.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address
from struct import unpack_from

import msgspec

from custodiet.errors import WireError

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_IPV6 = 0x86DD

TCP = 6
UDP = 17
_AH = 51
_FRAGMENT = 44
# Hop-by-hop, routing, destination, mobility, HIP, shim6: length in units of eight bytes, not counting the first.
_EXTENSIONS = frozenset({0, 43, 60, 135, 139, 140})
# (protocol, type): unreachable, quench, redirect, time exceeded, parameter problem; and the four of ICMPv6.
_ICMP_ERRORS = frozenset({(1, 3), (1, 4), (1, 5), (1, 11), (1, 12), (58, 1), (58, 2), (58, 3), (58, 4)})
_MAX_HEADERS = 16  # extension headers in a row; real packets have two or three


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What one frame says about who sent what to whom."""

    src_mac: str = ""
    """Sender, lower case with colons; empty where the link layer does not tell."""
    dst_mac: str = ""
    """Receiver; empty where the link layer does not tell."""
    vlans: tuple[int, ...] = ()
    """VLAN numbers from the outer tag to the inner; a tag of priority only (number 0) is none."""
    ethertype: int = 0
    """Ethernet type behind all tags, or the protocol number of a SNAP header; 0 for other 802.2 frames."""
    snap_oui: int = 0
    """Organisation of the SNAP header, 0 without one: CDP is 0x00000C with ethertype 0x2000."""
    src_ip: str = ""
    """Sender in canonical text; empty when this is not IP."""
    dst_ip: str = ""
    """Receiver in canonical text; empty when this is not IP."""
    protocol: int = -1
    """IP protocol behind all extension headers; -1 when this is not IP."""
    src_port: int = 0
    """TCP or UDP port of the sender; 0 where there is none."""
    dst_port: int = 0
    """TCP or UDP port of the receiver; 0 where there is none."""
    payload: bytes = b""
    """What the innermost header read here carries, without padding."""
    tcp_flags: int = 0
    """The lower eight flags of TCP: 1 FIN, 2 SYN, 4 RST, 16 ACK."""
    tcp_seq: int = 0
    """Sequence number of the first byte of the payload (of the SYN itself when that flag is set)."""
    ip_length: int = 0
    """Bytes of the IP packet as it was on the network, headers included."""
    fragment: bool = False
    """A later fragment: it has no ports, and its payload is a piece from the middle."""
    fragment_id: int = 0
    """Identification common to the fragments of one packet; meaningful when `fragment` or `more_fragments`."""
    fragment_offset: int = 0
    """Where the piece belongs in the payload of IP, in bytes."""
    more_fragments: bool = False
    """Further fragments follow."""
    truncated: bool = False
    """The payload is not whole: the capture cut the frame, or the rest is in other fragments."""


def parse_ip(data: bytes, link: Frame | None = None) -> Frame:
    """An IP packet, for example behind an Ethernet type or in a tunnel.

    Args:
        data: from the first byte of the IP header; bytes behind its length are padding.
        link: what the link layer said, kept in the answer.

    Raises:
        WireError: a header cut before its addresses, or lengths that contradict each other.
    """
    frame = link or Frame()
    # The version in the header is believed; a link layer that names the other one is a known sloppiness.
    version = data[0] >> 4 if data else 0
    if version == 4:
        return _ipv4(data, msgspec.structs.replace(frame, ethertype=ETHERTYPE_IPV4))
    if version == 6:
        return _ipv6(data, msgspec.structs.replace(frame, ethertype=ETHERTYPE_IPV6))
    raise WireError(f"IP version {version} is not known" if data else "IP header is cut")


def quoted(frame: Frame) -> Frame | None:
    """The packet that an ICMP error message quotes: sent earlier, by the one who now gets the message.

    Returns:
        nothing when the frame is no ICMP error message, or what it quotes cannot be read.
    """
    kind = frame.payload[0] if frame.payload else -1
    if (frame.protocol, kind) not in _ICMP_ERRORS:
        return None
    try:
        return parse_ip(frame.payload[8:])
    except WireError:
        return None


def _ipv4(data: bytes, frame: Frame) -> Frame:
    header = (data[0] & 15) * 4
    if len(data) < 20 or len(data) < header:
        raise WireError("IPv4 header is cut")
    length, identification, offset = unpack_from("!HHH", data, 2)
    if length == 0:  # left to the network card by the machine that captured its own packets
        length = len(data)
    if header < 20 or length < header:
        raise WireError("IPv4 lengths contradict each other")
    return _transport(
        data[header:length],
        data[9],
        msgspec.structs.replace(
            frame,
            src_ip=ipv4_text(data[12:16]),
            dst_ip=ipv4_text(data[16:20]),
            ip_length=length,
            fragment=offset & 0x1FFF != 0,
            fragment_id=identification,
            fragment_offset=(offset & 0x1FFF) * 8,
            more_fragments=offset & 0x2000 != 0,
            truncated=length > len(data) or offset & 0x3FFF != 0,
        ),
    )


def _ipv6(data: bytes, frame: Frame) -> Frame:
    if len(data) < 40:
        raise WireError("IPv6 header is cut")
    length = unpack_from("!H", data, 4)[0]
    length = length + 40 if length else len(data)  # 0: a jumbogram, or left to the network card
    return _transport(
        data[40:length],
        data[6],
        msgspec.structs.replace(
            frame,
            src_ip=ipv6_text(data[8:24]),
            dst_ip=ipv6_text(data[24:40]),
            ip_length=length,
            truncated=length > len(data),
        ),
    )


def _transport(data: bytes, protocol: int, frame: Frame) -> Frame:
    """Walk extension headers, then read the ports."""
    fragment: dict[str, int | bool] = {}
    later = frame.fragment
    for _ in range(_MAX_HEADERS):
        if later or (protocol not in _EXTENSIONS and protocol not in (_FRAGMENT, _AH)):
            break
        if frame.ethertype == ETHERTYPE_IPV4 and protocol != _AH:
            break  # there the numbers mean other protocols
        if len(data) < 8:
            return _cut(data, protocol, frame)
        if protocol == _FRAGMENT:
            size = 8
            word, identification = unpack_from("!HI", data, 2)
            later = word & 0xFFF8 != 0
            fragment = {
                "fragment": later,
                "fragment_id": identification,
                "fragment_offset": word & 0xFFF8,
                "more_fragments": word & 1 != 0,
                "truncated": frame.truncated or word & 0xFFF9 != 0,
            }
        elif protocol == _AH:
            size = (data[1] + 2) * 4
        else:
            size = (data[1] + 1) * 8
        protocol = data[0]
        data = data[size:]
    if fragment:
        frame = msgspec.structs.replace(frame, **fragment)
    if later or protocol not in (TCP, UDP):
        return msgspec.structs.replace(frame, protocol=protocol, payload=data)
    if len(data) < 4:
        return _cut(b"", protocol, frame)
    source, destination = unpack_from("!HH", data)
    frame = msgspec.structs.replace(frame, protocol=protocol, src_port=source, dst_port=destination, payload=b"")
    return _udp(data, frame) if protocol == UDP else _tcp(data, frame)


def _udp(data: bytes, frame: Frame) -> Frame:
    if len(data) < 8:
        return _cut(b"", UDP, frame)
    length = unpack_from("!H", data, 4)[0] or len(data)
    if length < 8:
        raise WireError("UDP length is smaller than its header")
    return msgspec.structs.replace(frame, payload=data[8:length], truncated=frame.truncated or length > len(data))


def _tcp(data: bytes, frame: Frame) -> Frame:
    if len(data) < 14:
        return _cut(b"", TCP, frame)
    header = (data[12] >> 4) * 4
    if header < 20:
        raise WireError("TCP header length is smaller than its header")
    flags, sequence = data[13], unpack_from("!I", data, 4)[0]
    if header > len(data) and not frame.truncated:
        raise WireError("TCP header is longer than its packet")
    return msgspec.structs.replace(frame, payload=data[header:], tcp_flags=flags, tcp_seq=sequence)


def _cut(data: bytes, protocol: int, frame: Frame) -> Frame:
    """The addresses are there, the rest of a header is not."""
    return msgspec.structs.replace(frame, protocol=protocol, payload=data, truncated=True)


def ipv4_text(raw: bytes) -> str:
    """Four bytes as a.b.c.d."""
    return "%d.%d.%d.%d" % (raw[0], raw[1], raw[2], raw[3])  # noqa: UP031  (twice as fast, and called per packet)


@lru_cache(maxsize=4096)
def ipv6_text(raw: bytes) -> str:
    """Sixteen bytes in canonical form."""
    return str(IPv6Address(raw))
