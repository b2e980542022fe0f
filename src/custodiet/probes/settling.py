"""Which addresses the kernel is still about to ask for, so that a ledger is not closed before the last packet left.

Some seconds after we sent to an address whose hardware address it knew from long ago, the kernel asks that neighbour
whether it is still there (RFC 4861 section 7.3.3, which Linux follows for ARP too). That packet left because of ours.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

_NETLINK_ROUTE, _GET_NEIGHBOURS, _NEW_NEIGHBOUR, _DONE = 0, 30, 28, 3
_REQUEST, _DUMP = 1, 0x300
_DESTINATION = 1
_INCOMPLETE, _DELAY, _PROBE = 0x01, 0x08, 0x10
"""Being looked for, about to be asked, being asked (linux/neighbour.h)."""


def unsettled() -> Iterator[str]:
    """Addresses of neighbours for which the kernel sends, or will within seconds, a packet of its own.

    Raises:
        OSError: the kernel does not tell.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_ROUTE) as kernel:
        kernel.settimeout(1)
        kernel.send(struct.pack("=IHHII12x", 28, _GET_NEIGHBOURS, _REQUEST | _DUMP, 1, 0))
        while True:
            data = kernel.recv(1 << 16)
            while len(data) >= 16:
                size, kind = struct.unpack_from("=IH", data)
                if kind == _NEW_NEIGHBOUR:
                    (state,) = struct.unpack_from("=H", data, 24)
                    if state & (_INCOMPLETE | _DELAY | _PROBE):
                        yield from _destination(data[28:size])
                elif kind <= _DONE:
                    return  # the end, or an error
                data = data[max(16, size + 3 & ~3) :]


def _destination(attributes: bytes) -> Iterator[str]:
    while len(attributes) >= 4:
        size, kind = struct.unpack_from("=HH", attributes)
        value = attributes[4:size]
        if kind == _DESTINATION and len(value) in (4, 16):
            yield socket.inet_ntop(socket.AF_INET if len(value) == 4 else socket.AF_INET6, value)
        attributes = attributes[max(4, size + 3 & ~3) :]
