"""What a question is: data, with the words that say what it sends and why that is harmless.

No part of the program builds a message out of a verb. The bytes that leave stand in the questions, and
`Question.filled` is the only way to them: it puts the address asked and an identifier at their marks, nothing else.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import msgspec

from custodiet.errors import UsageError

Category = Literal["discovery", "connect", "greeting", "read", "table"]
"""``discovery``: a search datagram by which tools of the maker find devices. ``connect``: only a connection is opened.
``greeting``: we connect and listen. ``read``: one documented request that only reads. ``table``: a table of names or
neighbours is asked."""
Preset = Literal["gentle", "standard"]
Transport = Literal["udp", "tcp"]

HOST, UUID, REVERSE = b"{host}", b"{uuid}", b"{reverse}"
"""The marks: the address asked as text (in brackets where it is IPv6), an identifier, and the name under which the DNS
keeps the address, in the form it has in a message."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One thing we may ask of a device."""

    id: str
    """Short name, as a file name: ``sadp-inquiry``."""
    title: str
    """A few words for people."""
    sends: str
    """What is sent, in plain words."""
    category: Category
    """What kind of asking it is."""
    harmless: str
    """Why it is harmless, in one or two sentences."""
    transport: Transport
    """How it travels."""
    ports: tuple[int, ...]
    """Ports it is sent to."""
    groups: tuple[str, ...] = ()
    """Multicast groups, or ``broadcast``, that it may also be sent to."""
    answer_port: int = 0
    """UDP: our port that answers come to; 0: any."""
    answer_groups: tuple[str, ...] = ()
    """UDP: multicast groups into which devices answer, instead of to us."""
    requests: tuple[bytes, ...] = ()
    """UDP: the datagrams. TCP: sent one after another on one connection, each after the answer to the one before."""
    waits: float = 2.0
    """Seconds to wait for an answer."""
    most: int = 16384
    """Bytes that are kept of the answer to each request."""
    presets: tuple[Preset, ...] = ("gentle", "standard")
    """In which presets it is asked."""
    tls: bool = False
    """TCP: the requests go inside TLS; no certificate is judged, none is sent."""
    after: str = ""
    """Id of the question that must have been answered on the same port before; empty: none."""
    asks: Literal["device", "resolver"] = "device"
    """Who is asked: the device itself, or the name server about it."""

    def filled(self, request: bytes, host: str, uuid: str = "") -> bytes:
        """One of the requests with its marks filled in.

        Args:
            request: one of ``requests``.
            host: the address asked about.
            uuid: an identifier; empty: one made of question and address, so that the same is asked in the same bytes.

        Raises:
            UsageError: the request is none of this question's, or the host is no address.
        """
        if request not in self.requests:
            raise UsageError(
                f"the question {self.id} holds no such request", next_step="Add a question for what shall be sent."
            )
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError as error:
            raise UsageError(f"{host[:60]!r} is no address", next_step="Give an IPv4 or IPv6 address.") from error
        if any(sign not in "0123456789abcdefABCDEF-" for sign in uuid):
            raise UsageError(f"{uuid[:60]!r} is no identifier", next_step="Give hexadecimal digits and hyphens.")
        shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        marks = {
            HOST: shown.encode(),
            UUID: (uuid or str(uuid5(NAMESPACE_URL, f"{self.id} {address}"))).encode(),
            REVERSE: b"".join(bytes([len(label)]) + label.encode() for label in address.reverse_pointer.split(".")),
        }
        for mark, value in marks.items():
            request = request.replace(mark, value)
        return request
