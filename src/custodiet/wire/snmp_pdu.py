"""SNMP as whoever asked reads it: variables as bytes with their kind, errors, and the frames of versions 2c and 3.

`wire.snmp` says in text what a capture shows. Here nothing is taken for text, since a hardware address and the number
of a port are needed as they are, and what is not whole is refused, since the one who asked can ask again.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ber import (
    INTEGER,
    NULL,
    OCTET_STRING,
    OID,
    SEQUENCE,
    Element,
    children,
    dotted,
    integer,
    read_element,
)

Oid = tuple[int, ...]
"""An object identifier as numbers."""

RESPONSE, REPORT = 0xA2, 0xA8
END_OF_VIEW = 0x82
NO_VALUE = frozenset({NULL, 0x80, 0x81, END_OF_VIEW})
"""Kinds of a variable that has no value: null, no such object, no such instance, end of view."""
_NUMBERS = frozenset({INTEGER, 0x41, 0x42, 0x43, 0x46, 0x47})


class Variable(msgspec.Struct, frozen=True, gc=False):
    """One variable of an answer."""

    oid: Oid
    """Its name."""
    tag: int
    """Its kind, as BER has it."""
    content: bytes
    """Its value, as it came."""

    def number(self) -> int | None:
        """The value where it is a number of up to 8 octets."""
        if self.tag not in _NUMBERS or not 0 < len(self.content) <= 9:
            return None
        return int.from_bytes(self.content, signed=self.tag == INTEGER)


class Pdu(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent answers (response), or why it does not (report, version 3 only)."""

    kind: Literal["response", "report"]
    request_id: int
    """The number of the question."""
    error: int
    """0: none; others as RFC 3416 numbers them."""
    variables: tuple[Variable, ...]
    """In the order in which they were asked for."""


class Community(msgspec.Struct, frozen=True, kw_only=True):
    """The frame of version 2c."""

    community: bytes
    """The word of the owner; it must not be stored."""
    pdu: bytes
    """What is inside, for `parse_pdu`."""


class Version3(msgspec.Struct, frozen=True, kw_only=True):
    """The frame of version 3 with the user-based security model."""

    number: int
    """Number of the message."""
    authenticated: bool
    private: bool
    engine: bytes
    """Id of the agent's engine."""
    boots: int
    """How often that engine was started."""
    time: int
    """Seconds since it was."""
    user: bytes
    digest: bytes
    """What proves that the sender has the key; empty where nothing does."""
    digest_at: int
    """Where in the message it stands."""
    salt: bytes
    """What the encryption was begun with."""
    data: bytes
    """For `parse_scoped`, encrypted where `private`."""


def parse_pdu(data: bytes) -> Pdu:
    """A response or report.

    Raises:
        WireError: broken, or any other kind of message: nobody may ask us, and nothing else answers a question.
    """
    pdu = read_element(data)
    if pdu.tag not in (RESPONSE, REPORT):
        raise WireError(f"no answer: a message of kind {pdu.tag:#x}")
    fields = list(children(data, pdu))
    if [field.tag for field in fields] != [INTEGER, INTEGER, INTEGER, SEQUENCE]:
        raise WireError("an SNMP answer without number, error and variables")
    number, error = (integer(field.content(data)) for field in fields[:2])
    return Pdu(
        kind="response" if pdu.tag == RESPONSE else "report",
        request_id=number,
        error=error,
        variables=tuple(_variable(data, one) for one in children(data, fields[3])),
    )


def _variable(data: bytes, pair: Element) -> Variable:
    parts = list(children(data, pair)) if pair.tag == SEQUENCE else []
    if len(parts) != 2 or parts[0].tag != OID:
        raise WireError("an SNMP variable that is no name with a value")
    name = tuple(map(int, dotted(parts[0].content(data)).split(".")))
    return Variable(name, parts[1].tag, parts[1].content(data))


def parse_community(payload: bytes) -> Community:
    """A datagram of version 2c.

    Raises:
        WireError: it is none.
    """
    message = _message(payload, 1)
    if len(message) < 3 or message[1].tag != OCTET_STRING:
        raise WireError("an SNMP message without a community")
    return Community(community=message[1].content(payload), pdu=payload[message[1].end : message[2].end])


def _message(payload: bytes, version: int) -> list[Element]:
    outer = read_element(payload)
    parts = list(children(payload, outer)) if outer.tag == SEQUENCE else []
    if not parts or parts[0].tag != INTEGER:
        raise WireError("not SNMP: no version")
    if integer(parts[0].content(payload)) != version:
        raise WireError("an SNMP message of another version than was asked in")
    return parts


def parse_version3(payload: bytes) -> Version3:
    """A datagram of version 3.

    Raises:
        WireError: it is none, or secured otherwise than by users.
    """
    parts = _message(payload, 3)
    if [part.tag for part in parts[1:3]] != [SEQUENCE, OCTET_STRING] or len(parts) < 4:
        raise WireError("an SNMP message of version 3 without its parts")
    head = list(children(payload, parts[1]))
    if [one.tag for one in head] != [INTEGER, INTEGER, OCTET_STRING, INTEGER]:
        raise WireError("an SNMP message of version 3 without its head")
    flags = head[2].content(payload)
    if len(flags) != 1 or integer(head[3].content(payload)) != 3:
        raise WireError("an SNMP message that is not secured by users")
    inside = read_element(payload, parts[2].start, parts[2].end)
    told = list(children(payload, inside)) if inside.tag == SEQUENCE else []
    wanted = [OCTET_STRING, INTEGER, INTEGER, OCTET_STRING, OCTET_STRING, OCTET_STRING]
    if [one.tag for one in told] != wanted:
        raise WireError("an SNMP message of version 3 without its security")
    engine, boots, time, user, digest, salt = told
    return Version3(
        number=integer(head[0].content(payload)),
        authenticated=bool(flags[0] & 1),
        private=bool(flags[0] & 2),
        engine=engine.content(payload),
        boots=integer(boots.content(payload)),
        time=integer(time.content(payload)),
        user=user.content(payload),
        digest=digest.content(payload),
        digest_at=digest.start,
        salt=salt.content(payload),
        data=parts[3].content(payload) if flags[0] & 2 else payload[parts[2].end : parts[3].end],
    )


def parse_scoped(data: bytes) -> bytes:
    """The PDU inside what version 3 carries, once it is decrypted; what pads it at the end is left out.

    Raises:
        WireError: it is not of that form.
    """
    outer = read_element(data)
    parts = list(children(data, outer)) if outer.tag == SEQUENCE else []
    if [part.tag for part in parts[:2]] != [OCTET_STRING, OCTET_STRING] or len(parts) < 3:
        raise WireError("what version 3 of SNMP carries is not of its form")
    return data[parts[1].end : parts[2].end]
