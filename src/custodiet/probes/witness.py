"""Sees every packet that really leaves, so that the ledger is what was on the wire and not what we meant to send.

The kernel sends more than a program asks it to: it opens and closes connections, sends again what got lost, resolves
addresses and refuses answers that come late. All of it is ours. The witness is a packet socket that is only read; its
filter in the kernel passes outgoing packets alone. Packets of other programs to the same addresses are told by the
local port, which is registered before the first packet leaves.

Without the right to open such a socket there is no witness: then the kernel is asked how many segments each connection
sent (see `segments_sent`), which counts packets and does not show them.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import time
from collections.abc import Callable, Collection, Iterator
from ipaddress import ip_address

from custodiet.probes.ledger import Packet, Protocol

_PACKET_OUTGOING = 4
_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_STATISTICS, _PACKET_IGNORE_OUTGOING = 263, 6, 23
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE = 26, 33
_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806
_MOST_SEEN = 128
"""Bytes of a packet that are looked at: the heads of IPv6 and TCP fit."""

# looking for a neighbour and being found by one; what else a kernel says to routers and groups of IPv6, it says on
# its own, whether we are there or not
_SOLICITATION, _ADVERTISEMENT = 135, 136
_ON_ITS_OWN = {133, 134, 143}
_ESTABLISHED, _CLOSE_WAIT = 1, 8
"""States of a connection (linux/tcp_states.h): open on both sides; ended by the other side."""

RESOLVING = "to find the hardware address"
JOINING = "to hear what devices say to a group"
NOBODY_WAITS = "to tell that nobody waits for this any more"


class Witness:
    """Packets that leave to addresses that were asked.

    Args:
        concerns: address -> whether it is one of those asked.
        ways: addresses of routers that lead to them; finding these is ours too.
        clock: seconds since 1970 UTC.

    Raises:
        PermissionError: this process may not look at packets.
    """

    def __init__(
        self, concerns: Callable[[str], bool], clock: Callable[[], float] = time.time, *, ways: Collection[str] = ()
    ) -> None:
        self._concerns = concerns
        self._ways = ways
        self._clock = clock
        self._ours: dict[tuple[str, int], str] = {}
        self._joined: set[str] = set()
        self.others = 0
        """Packets of other programs to these addresses."""
        self.lost = 0
        """Packets that the kernel could not hand to us in time: so many entries are missing."""
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
        try:
            self._socket.setblocking(False)
            more_room(self._socket, 16 << 20)
            attach(self._socket, _ONLY_OUTGOING)
            while True:  # what came in before the filter was there
                try:
                    self._socket.recv(1)
                except BlockingIOError:
                    break
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """For a loop that waits until there is something to read."""
        return self._socket.fileno()

    def ours(self, protocol: Protocol, port: int, why: str) -> None:
        """From now on this local port sends for this reason; a reason given last counts."""
        self._ours[protocol, port] = why

    def joins(self, group: str) -> None:
        """From now on a word to routers on this group is ours; on others it is that of another program."""
        self._joined.add(group)

    def read(self) -> Iterator[Packet]:
        """What left since the last call; never waits."""
        receive = self._socket.recvfrom
        while True:
            try:
                data, (_, kind, packet_type, *_rest) = receive(_MOST_SEEN)
            except BlockingIOError:
                break
            if packet_type != _PACKET_OUTGOING:
                continue
            packet = self._read(data, kind)
            if packet:
                yield packet
        self.lost += self._newly_lost()

    def _newly_lost(self) -> int:
        _, lost = struct.unpack("II", self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
        return int(lost)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def _read(self, data: bytes, kind: int) -> Packet | None:
        now = self._clock()
        if kind == _IPV4 and len(data) >= 20:
            size, number, to = int.from_bytes(data[2:4], "big"), data[9], socket.inet_ntop(socket.AF_INET, data[16:20])
            rest = data[(data[0] & 15) * 4 :]
            if int.from_bytes(data[6:8], "big") & 0x1FFF:
                rest = b""  # a later fragment has no ports
        elif kind == _IPV6 and len(data) >= 40:
            size, number = 40 + int.from_bytes(data[4:6], "big"), data[6]
            to, rest = socket.inet_ntop(socket.AF_INET6, data[24:40]), data[40:]
        elif kind == _ARP and len(data) >= 28:
            to = socket.inet_ntop(socket.AF_INET, data[24:28])
            asked = self._concerns(to) or to in self._ways
            return Packet(now, to, "arp", 0, 0, 28, 1, RESOLVING) if asked else None
        else:
            return None
        if kind == _IPV6 and number == socket.IPPROTO_HOPOPTS:
            return None  # membership of groups, which a kernel tells on its own
        if number in (socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6) and rest:
            return self._control(now, to, size, number, rest)
        if not self._concerns(to):
            return None
        if number == socket.IPPROTO_IGMP:
            if self._joined.isdisjoint(_groups_told(rest)):
                self.others += 1
                return None
            return Packet(now, to, "other", 0, 0, size, 1, JOINING)
        protocol: Protocol = "tcp" if number == 6 else "udp" if number == 17 else "other"
        from_port, port = struct.unpack("!HH", rest[:4]) if len(rest) >= 4 and protocol != "other" else (0, 0)
        why = self._ours.get((protocol, from_port))
        if why is None:
            self.others += 1
            return None
        return Packet(now, to, protocol, port, from_port, size, 1, why)

    def _control(self, now: float, to: str, size: int, number: int, rest: bytes) -> Packet | None:
        if number == socket.IPPROTO_ICMPV6 and rest[0] in _ON_ITS_OWN:
            return None
        if number == socket.IPPROTO_ICMPV6 and rest[0] in (_SOLICITATION, _ADVERTISEMENT):
            asked = str(ip_address(rest[8:24])) if rest[0] == _SOLICITATION and len(rest) >= 24 else to
            return Packet(now, asked, "icmp", 0, 0, size, 1, RESOLVING) if self._concerns(asked) else None
        if not self._concerns(to):
            return None
        unreachable = rest[0] == (3 if number == socket.IPPROTO_ICMP else 1)
        if not unreachable:
            self.others += 1
            return None
        return Packet(now, to, "icmp", 0, 0, size, 1, NOBODY_WAITS)


def _groups_told(data: bytes) -> Iterator[str]:
    """The groups of which a message of IGMP says that somebody here listens to them, or does not any more."""
    if data[:1] != b"\x22":  # version 1 or 2: one group
        yield socket.inet_ntoa(data[4:8]) if len(data) >= 8 else ""
        return
    at = 8
    for _ in range(int.from_bytes(data[6:8], "big")):
        if len(data) < at + 8:
            return
        yield socket.inet_ntoa(data[at + 4 : at + 8])
        at += 8 + 4 * data[at + 1] + 4 * int.from_bytes(data[at + 2 : at + 4], "big")


def segments_sent(connection: socket.socket) -> int:
    """TCP segments that the kernel sent on a connection so far; those of its closing come later. 0: it does not say."""
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return int(struct.unpack_from("I", told, 136)[0]) if len(told) >= 140 else 0


def segments_of_end(connection: socket.socket) -> int:
    """TCP segments that the kernel will send if a connection is ended now, as far as the other side goes along.

    The end of our side, and our word on the end of theirs, where that has not come yet.
    """
    state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[0]
    return 2 if state == _ESTABLISHED else int(state == _CLOSE_WAIT)


_Step = tuple[int, int, int, int]


def attach(reader: socket.socket, program: list[_Step]) -> None:
    """Attach a classic packet filter: (code, jump if true, jump if false, constant) a step."""
    packed = b"".join(struct.pack("HBBI", *step) for step in program)
    held = ctypes.create_string_buffer(packed)
    reader.setsockopt(
        socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HxxxxxxP", len(program), ctypes.addressof(held))
    )


_ONLY_OUTGOING: list[_Step] = [
    (0x28, 0, 0, 0xFFFFF004),  # load the packet's type: in, out, broadcast
    (0x15, 0, 1, _PACKET_OUTGOING),  # going out?
    (0x06, 0, 0, _MOST_SEEN),  # then so many bytes of it
    (0x06, 0, 0, 0),  # else nothing
]


def more_room(reader: socket.socket, size: int) -> None:
    """Ask for so many bytes of waiting packets; without the right to it, for as many as everybody may have."""
    try:
        reader.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
    except PermissionError:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
