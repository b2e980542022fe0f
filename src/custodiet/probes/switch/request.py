"""The only maker of questions to switches: three kinds, all of which can only read.

The kind of a message is one octet. It is taken from the table below and from nowhere else, names come from the list of
tables, and values are always empty, so what would change something at a switch cannot be written down here.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from custodiet.wire.ber_write import element, identifier, number, sequence
from custodiet.wire.snmp_pdu import Oid

Kind = Literal["get", "get-next", "get-bulk"]
_READS: dict[str, int] = {"get": 0xA0, "get-next": 0xA1, "get-bulk": 0xA5}
"""GetRequest, GetNextRequest, GetBulkRequest."""
_EMPTY = b"\x05\x00"


class Sealer(Protocol):
    """Puts a question into the frame of its version."""

    def sealed(self, request: Request) -> bytes:
        """The datagram."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One question."""

    kind: Kind
    names: tuple[Oid, ...]
    """What is asked for, or what stands before it."""
    number: int
    """By which the answer is known; of 31 bits."""
    rows: int = 0
    """Of ``get-bulk``: for each name at most."""

    def pdu(self) -> bytes:
        """What is asked, without frame."""
        wanted = sequence(*(sequence(identifier(name), _EMPTY) for name in self.names))
        bulk = self.kind == "get-bulk"
        return element(_READS[self.kind], number(self.number) + number(0) + number(self.rows if bulk else 0) + wanted)

    def filled(self, sealer: Sealer) -> bytes:
        """The datagram."""
        return sealer.sealed(self)
