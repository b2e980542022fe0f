"""What was sent: every packet with the moment, to whom and why, in pages that hold together and one signature.

A page is a list of packets and the hash of the page before it, so that none can be changed, taken out or put in without
every later hash changing. The last hash is signed. It knows packets as they were seen or counted; whether they are all
that left is for `witness` to say, and what the pages leave open is told in so many words (`Pages.gaps`).
"""

from __future__ import annotations

import hashlib
import socket
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Address
from typing import Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custodiet.errors import IntegrityError

Protocol = Literal["tcp", "udp", "icmp", "arp", "other"]
PROTOCOLS: tuple[Protocol, ...] = ("tcp", "udp", "icmp", "arp", "other")
PAGE = 4096
"""Packets of one page."""
PAGE_SECONDS = 5.0
"""A page is turned after this time, however few packets are on it: a killed program loses no more than that."""
LARGEST_PAGE = 1 << 20
"""Bytes that a page may unpack to; a longer one is not ours."""
BEGINNING = "0" * 64
"""What stands for the page before the first."""
_SIGNED = b"custodiet ledger 1\n"


class Packet(NamedTuple):
    """One packet that left, or several alike that the kernel counted."""

    at: float
    """Seconds since 1970 UTC."""
    to: str
    """The address it went to; of ARP the one asked for."""
    protocol: Protocol
    port: int
    """Port of the other side; 0 where there is none."""
    from_port: int
    size: int
    """Bytes from the network layer on, of all of them together."""
    packets: int
    """How many: 1 where it was seen on the wire."""
    why: str
    """Id of the question it belongs to, or a few plain words."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Up to `PAGE` packets, packed, and their place in the chain."""

    number: int
    """Counted from 1."""
    reasons: tuple[str, ...]
    """What the packets' reasons are numbered by."""
    packed: bytes
    """The packets as `_ROW`s, compressed."""
    before: str
    """Hash of the page before."""
    hash: str
    """SHA-256 over all of the above."""

    def packets(self) -> Iterator[Packet]:
        """The packets of this page.

        Raises:
            IntegrityError: they are not what a page holds.
        """
        try:
            unpacker = zlib.decompressobj()
            plain = unpacker.decompress(self.packed, LARGEST_PAGE)
            if unpacker.unconsumed_tail or len(plain) % _ROW.size:
                raise ValueError("wrong length")
            for at, to, protocol, port, from_port, size, many, why in _ROW.iter_unpack(plain):
                yield Packet(at, _address(to), PROTOCOLS[protocol], port, from_port, size, many, self.reasons[why])
        except (ValueError, IndexError, zlib.error, struct.error) as fault:
            raise IntegrityError("a page of the ledger cannot be read", place=f"page {self.number}") from fault


_ROW = struct.Struct("<d16sBHHIIH")


def _packed(packets: Sequence[Packet], reasons: dict[str, int]) -> bytes:
    return zlib.compress(
        b"".join(
            _ROW.pack(
                p.at, _bytes(p.to), PROTOCOLS.index(p.protocol), p.port, p.from_port, p.size, p.packets, reasons[p.why]
            )
            for p in packets
        ),
        1,
    )


def _bytes(address: str) -> bytes:
    if ":" in address:
        return socket.inet_pton(socket.AF_INET6, address)
    return b"\0" * 10 + b"\xff\xff" + socket.inet_pton(socket.AF_INET, address)


def _address(packed: bytes) -> str:
    mapped = IPv6Address(packed)
    return str(mapped.ipv4_mapped if mapped.ipv4_mapped else mapped)


def _hash(number: int, reasons: Sequence[str], packed: bytes, before: str) -> str:
    head = msgspec.json.encode((number, reasons, before))
    return hashlib.sha256(len(head).to_bytes(8, "little") + head + packed).hexdigest()


class Pages:
    """A ledger in the making.

    Args:
        before: the last page of an earlier part of the same job; none: a new ledger.
    """

    def __init__(self, before: Page | None = None) -> None:
        self._last = before
        self._waiting: list[Packet] = []
        self.counted: Counter[str] = Counter()
        """Reason -> packets."""
        self.gaps: list[str] = []
        """What is known to be missing or uncertain, in sentences."""

    def add(self, packet: Packet) -> None:
        """One more packet."""
        self._waiting.append(packet)
        self.counted[packet.why] += packet.packets

    @property
    def full(self) -> bool:
        """Whether a page should be taken."""
        return len(self._waiting) >= PAGE

    @property
    def old(self) -> bool:
        """Whether packets wait that left long ago."""
        waiting = self._waiting
        return bool(waiting) and abs(waiting[-1].at - waiting[0].at) >= PAGE_SECONDS

    def take(self) -> Page | None:
        """The next page; nothing where nothing waits."""
        if not self._waiting:
            return None
        packets, self._waiting = self._waiting[:PAGE], self._waiting[PAGE:]
        numbers = {why: number for number, why in enumerate(dict.fromkeys(packet.why for packet in packets))}
        reasons, packed = tuple(numbers), _packed(packets, numbers)
        number, before = (self._last.number + 1, self._last.hash) if self._last else (1, BEGINNING)
        self._last = Page(
            number=number, reasons=reasons, packed=packed, before=before, hash=_hash(number, reasons, packed, before)
        )
        return self._last

    @property
    def last(self) -> str:
        """Hash of the last page that was taken."""
        return self._last.hash if self._last else BEGINNING


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a ledger, signed."""

    pages: int
    packets: int
    last: str
    """Hash of the last page."""
    gaps: tuple[str, ...] = ()
    """What is known to be missing."""
    key: str
    """The public key, in hexadecimal."""
    signature: str
    """Ed25519 over all of the above but the key, in hexadecimal."""


def seal(pages: int, packets: int, last: str, gaps: Sequence[str], key: Ed25519PrivateKey) -> Seal:
    """Sign a ledger that has come to its end, or to a stop."""
    signature = key.sign(_statement(pages, packets, last, gaps)).hex()
    public = key.public_key().public_bytes_raw().hex()
    return Seal(pages=pages, packets=packets, last=last, gaps=tuple(gaps), key=public, signature=signature)


def _statement(pages: int, packets: int, last: str, gaps: Sequence[str]) -> bytes:
    return _SIGNED + msgspec.json.encode((pages, packets, last, tuple(gaps)))


def verify(pages: Iterable[Page], sealed: Seal | None) -> Iterator[Packet]:
    """Walk through a ledger and check every page, and at the end the signature.

    Yields:
        its packets, in order.

    Raises:
        IntegrityError: a page was changed, is missing or was put in, or the signature is not of this ledger.
    """
    last, number, packets = BEGINNING, 0, 0
    for page in pages:
        number += 1
        place = f"page {number}"
        if page.number != number or page.before != last:
            raise IntegrityError("a page of the ledger is missing or out of its place", place=place)
        if page.hash != _hash(page.number, page.reasons, page.packed, page.before):
            raise IntegrityError("a page of the ledger was changed", place=place)
        for packet in page.packets():
            packets += packet.packets
            yield packet
        last = page.hash
    if sealed is None:
        return
    if (sealed.pages, sealed.packets, sealed.last) != (number, packets, last):
        raise IntegrityError("the ledger does not end where it was signed", place="the end")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(sealed.key))
        statement = _statement(sealed.pages, sealed.packets, sealed.last, sealed.gaps)
        key.verify(bytes.fromhex(sealed.signature), statement)
    except (ValueError, InvalidSignature) as fault:
        raise IntegrityError("the signature is not of this ledger", place="the end") from fault
