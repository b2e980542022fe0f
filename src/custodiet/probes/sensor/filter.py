"""Which frames the kernel passes: those that our reader of captures can use, told by what stands in them.

The ports and first bytes are the reader's own lists, so that what it learns to read is passed too. The kernel keeps no
state between frames, so what belongs to a message but does not begin it is told by its shape: the end of a message
(PSH, shorter than a full segment) on a port of TLS, HTTP, RTSP or greetings. The middle of long answers is left out,
as are video, file copies and acknowledgements; whoever wants them listens with "flows" or "all".
"""

from __future__ import annotations

from typing import Literal

from custodiet.probes.sensor import bpf
from custodiet.probes.sensor.bpf import Assembler
from custodiet.sources.pcap.links import CISCO, FRAME_TYPES
from custodiet.sources.pcap.messages import DATAGRAM_OPENERS, DATAGRAM_PORTS, GUESSED_PORTS, STREAM_OPENERS
from custodiet.wire.link import LINK_ETHERNET

Keep = Literal["words", "flows", "all"]
"""``words``: frames that say something of a device, and now and then the headers of another. ``flows``: those, and of
all other frames of IP the headers, so that conversations and their bytes are complete. ``all``: everything."""

CONTINUED_PORTS = (
    *(21, 22, 23, 25, 80, 81, 88, 110, 143, 443, 554, 2323, 5000, 7001),
    *(8000, 8008, 8080, 8081, 8443, 8554, 8800, 8888, 9000, 9443),
)
"""TCP ports on which the short last part of a message is passed, although it does not begin with a known word."""
GREETINGS = (b"SSH-", b"220 ", b"220-", b"\xff\xfb", b"\xff\xfd")
"""First words of servers that speak first."""

_SHORT = 1300
"""Bytes; full segments are longer on every usual link."""
_TAGS = (0x8100, 0x88A8, 0x9100)
_V4, _V6 = 0x0800, 0x86DD
_TCP, _UDP, _IGMP, _ICMP6 = 6, 17, 2, 58
_EXTENSIONS = (0, 43, 44, 51, 60)
"""Headers between IPv6 and what it carries; such frames are rare and passed whole."""
_SYN_FIN_RST, _PSH = 0x07, 0x08
_OUTGOING = 4
_PROTOCOL, _TRANSPORT, _PAYLOAD, _SIZE, _FLAGS = range(5)
"""Places of the filter's memory."""


def build_filter(keep: Keep, link: int, *, skip_outgoing: bool = False, sample: int = 256) -> bytes:
    """The program for the kernel.

    Args:
        keep: how much is passed.
        link: link type of the interface in tcpdump's numbers: Ethernet, or frames that begin with the IP header.
        skip_outgoing: for an interface that hears all it says, such as loopback.
        sample: with ``words``, of one in so many of the other frames of IP the headers are passed, drawn by chance, so
            that a device that only ever sends video is noticed; a power of two, 0 for none.

    Returns:
        Instructions as the kernel takes them.
    """
    program = Assembler()
    if skip_outgoing:
        program.put(bpf.BYTE, bpf.PACKET_TYPE)
        program.test(bpf.EQUAL, _OUTGOING, otherwise="begin")
        program.keep(0)
        program.label("begin")
    if keep == "all":
        program.keep(bpf.EVERYTHING)
        return program.finish()
    at = 14 if link == LINK_ETHERNET else 0
    if link == LINK_ETHERNET:
        _link_layer(program)
    else:
        program.put(bpf.INDEX_CONSTANT, 0)
        program.put(bpf.BYTE, 0)
        program.put(bpf.SHIFT_RIGHT, 4)
        program.test(bpf.EQUAL, 4, "v4")
        program.test(bpf.EQUAL, 6, "v6")
        program.keep(0)
    _network_layer(program, at, keep, sample)
    _udp(program, at, keep, sample)
    _tcp(program, at, keep, sample)
    return program.finish()


def _link_layer(program: Assembler) -> None:
    """From here on the index is the number of bytes that tags take."""
    for tags in range(3):
        program.label(f"tags {tags}")
        program.put(bpf.INDEX_CONSTANT, tags * 4)
        program.put(bpf.HALF, 12 + tags * 4)
        if tags < 2:
            program.one_of(_TAGS, f"tags {tags + 1}")
            program.go("type")
    program.label("type")
    program.test(bpf.EQUAL, _V4, "v4")
    program.test(bpf.EQUAL, _V6, "v6")
    program.one_of(FRAME_TYPES, "frame")
    program.test(bpf.AT_LEAST, 0x600, "no frame")
    # 802.2 with the SNAP header of CDP
    program.put(bpf.WORD_X, 14)
    program.test(bpf.EQUAL, 0xAAAA0300 | CISCO >> 16, otherwise="no frame")
    program.put(bpf.WORD_X, 18)
    program.test(bpf.EQUAL, (CISCO & 0xFFFF) << 16 | 0x2000, "frame")
    program.label("no frame")
    program.keep(0)
    program.label("frame")
    program.keep(bpf.EVERYTHING)


def _network_layer(program: Assembler, at: int, keep: Keep, sample: int) -> None:
    """From here on the index and ``at`` together are where the transport header begins."""
    program.label("v4")
    program.put(bpf.BYTE_X, at + 9)
    program.put(bpf.STORE, _PROTOCOL)
    program.put(bpf.HALF_X, at + 6)
    program.test(bpf.ANY_BIT, 0x1FFF, "fragment")
    program.put(bpf.BYTE_X, at)
    program.put(bpf.AND, 0x0F)
    program.put(bpf.SHIFT_LEFT, 2)
    program.put(bpf.ADD_X)
    program.go("transport")
    program.label("v6")
    program.put(bpf.BYTE_X, at + 6)
    program.put(bpf.STORE, _PROTOCOL)
    program.one_of(_EXTENSIONS, "whole packet")
    program.put(bpf.FROM_INDEX)
    program.put(bpf.ADD, 40)
    program.label("transport")
    program.put(bpf.TO_INDEX)
    program.put(bpf.MEMORY, _PROTOCOL)
    program.test(bpf.EQUAL, _TCP, "tcp")
    program.test(bpf.EQUAL, _UDP, "udp")
    program.test(bpf.EQUAL, _IGMP, "whole packet")
    program.test(bpf.EQUAL, _ICMP6, otherwise="other packet")
    program.put(bpf.BYTE_X, at)  # neighbours and routers; who listens to which group
    program.test(bpf.AT_LEAST, 130, otherwise="other packet")
    program.test(bpf.GREATER, 143, "other packet", "whole packet")
    program.label("fragment")  # later pieces tell no port: those of UDP may belong to a long answer
    program.put(bpf.MEMORY, _PROTOCOL)
    program.test(bpf.EQUAL, _UDP, "whole packet")
    program.keep(bpf.EVERYTHING if keep == "flows" else 0)
    program.label("other packet")
    _headers(program, keep, sample, bpf.FROM_INDEX, 0, at)
    program.label("whole packet")
    program.keep(bpf.EVERYTHING)


def _udp(program: Assembler, at: int, keep: Keep, sample: int) -> None:
    program.label("udp")
    for place in (2, 0):
        program.put(bpf.HALF_X, at + place)
        program.one_of([*DATAGRAM_PORTS, *GUESSED_PORTS], "datagram")
    program.put(bpf.LENGTH)
    program.put(bpf.SUB_X)
    program.test(bpf.AT_LEAST, at + 12, otherwise="other datagram")
    program.put(bpf.WORD_X, at + 8)
    program.one_of([_first_word(opener) for opener in DATAGRAM_OPENERS], "datagram")
    program.label("other datagram")
    _headers(program, keep, sample, bpf.FROM_INDEX, 0, at + 8)
    program.label("datagram")
    program.keep(bpf.EVERYTHING)


def _tcp(program: Assembler, at: int, keep: Keep, sample: int) -> None:
    program.label("tcp")
    # stored here and not above: the kernel believes that an end goes on with the next line, and checks what is stored
    program.put(bpf.FROM_INDEX)
    program.put(bpf.STORE, _TRANSPORT)
    program.put(bpf.BYTE_X, at + 13)
    program.put(bpf.STORE, _FLAGS)
    program.test(bpf.ANY_BIT, _SYN_FIN_RST, "segment")
    program.put(bpf.BYTE_X, at + 12)
    program.put(bpf.AND, 0xF0)
    program.put(bpf.SHIFT_RIGHT, 2)
    program.put(bpf.ADD_X)
    program.put(bpf.STORE, _PAYLOAD)
    program.put(bpf.TO_INDEX)
    program.put(bpf.LENGTH)
    program.put(bpf.SUB_X)
    program.put(bpf.STORE, _SIZE)  # of the payload, and `at`
    program.test(bpf.AT_LEAST, at + 4, otherwise="other segment")
    program.test(bpf.AT_LEAST, 1 << 31, "other segment")  # a header that claims to be longer than its frame
    program.put(bpf.WORD_X, at)
    program.one_of([_first_word(word) for word in (*STREAM_OPENERS, *GREETINGS) if len(word) >= 4], "segment")
    program.put(bpf.SHIFT_RIGHT, 16)
    program.one_of([0x1603, *(_first_word(word) for word in GREETINGS if len(word) < 4)], "segment")
    program.test(bpf.EQUAL, 0x1703, "other segment")  # what TLS carries
    program.put(bpf.SHIFT_RIGHT, 8)
    program.test(bpf.EQUAL, ord("$"), "other segment")  # video inside RTSP
    program.put(bpf.INDEX_MEMORY, _TRANSPORT)
    for place in (2, 0):
        program.put(bpf.HALF_X, at + place)
        program.test(bpf.EQUAL, 53, "segment")
        program.one_of(CONTINUED_PORTS, "continued")
    program.label("other segment")
    _headers(program, keep, sample, bpf.MEMORY, _PAYLOAD, at)
    program.label("continued")
    program.put(bpf.MEMORY, _FLAGS)
    program.test(bpf.ANY_BIT, _PSH, otherwise="long segment")
    program.put(bpf.MEMORY, _SIZE)
    program.test(bpf.AT_LEAST, at + _SHORT, "long segment", "segment")
    program.label("long segment")
    _headers(program, keep, sample, bpf.MEMORY, _PAYLOAD, at)
    program.label("segment")
    program.keep(bpf.EVERYTHING)


def _headers(program: Assembler, keep: Keep, sample: int, load: int, place: int, more: int) -> None:
    """End with as many bytes as the headers take: of every frame, of one in so many, or of none."""
    if keep == "words":
        if not sample:
            program.keep(0)
            return
        program.put(bpf.WORD, bpf.RANDOM)
        program.test(bpf.ANY_BIT, sample - 1, otherwise=program.fresh())
        program.keep(0)
        program.label(program.newest)
    program.put(load, place)
    program.put(bpf.ADD, more)
    program.keep_counted()


def _first_word(opener: bytes) -> int:
    return int.from_bytes(opener[:4], "big")
