"""SNMP version 1 and 2c: what an agent answers or reports about itself.

Requests give no facts: they tell about the manager's curiosity, not about a device. The community string is a password
and never leaves this file. Version 3 needs keys and is refused with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Literal, TypeAlias

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
from custodiet.wire.text import text

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
TRAP_ENTERPRISE = "1.3.6.1.6.3.1.1.4.3.0"

MAX_BINDINGS = 256
"""The most variables of one message that are kept; a datagram of usual size has fewer than a hundred."""


class Sealed(WireError):
    """A message in order whose content cannot be read without keys."""


PduType: TypeAlias = Literal["get", "get-next", "response", "set", "trap-v1", "get-bulk", "inform", "trap", "report"]
_PDU_TYPES: dict[int, PduType] = {
    0xA0: "get",
    0xA1: "get-next",
    0xA2: "response",
    0xA3: "set",
    0xA4: "trap-v1",
    0xA5: "get-bulk",
    0xA6: "inform",
    0xA7: "trap",
    0xA8: "report",
}
_OF_AGENTS: frozenset[PduType] = frozenset({"response", "trap-v1", "inform", "trap", "report"})

_IP_ADDRESS = 0x40
_GAUGES = frozenset({0x42, 0x47})
# Null, no such object, no such instance, end of view; and counters and clocks, which differ in every answer.
_NO_VALUE = frozenset({NULL, 0x80, 0x81, 0x82, 0x41, 0x43, 0x46})

_ATTRIBUTES = {SYS_DESCR: "snmp.sys_descr", SYS_OBJECT_ID: "snmp.sys_object_id", SYS_NAME: "snmp.sys_name"}


class Snmp(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    version: Literal["1", "2c"]
    """Version of the protocol."""
    pdu_type: PduType
    """What kind of message it is."""
    bindings: tuple[tuple[str, str], ...]
    """Pairs of dotted object identifier and value as text; left out are
    variables without a value, and counters and clocks, which differ in every answer."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the sender says of itself; nothing for requests."""
        if self.pdu_type not in _OF_AGENTS:
            return
        for oid, value in self.bindings:
            if not value:
                continue
            attribute = _ATTRIBUTES.get(oid)
            yield (attribute, value) if attribute else ("snmp.oid", f"{oid}={value}")


def parse_snmp(payload: bytes) -> Snmp:
    """One message from the payload of a datagram.

    Raises:
        Sealed: version 3.
        WireError: not SNMP, not version 1 or 2c, or broken before its variables.
    """
    # Cut datagrams are read as far as they go, so lengths that point behind the end are no reason to refuse.
    message = read_element(payload, cut=True)
    if message.tag != SEQUENCE:
        raise WireError("not SNMP: no sequence at the start")
    parts = children(payload, message, cut=True)
    version = _version(payload, next(parts, None))
    community = next(parts, None)
    if community is None or community.tag != OCTET_STRING:
        raise WireError("not SNMP: no community")
    pdu = next(parts, None)
    pdu_type = _PDU_TYPES.get(pdu.tag) if pdu is not None else None
    if pdu is None or pdu_type is None:
        raise WireError("not SNMP: no known kind of message")
    fields = list(children(payload, pdu, cut=True))
    if not fields or fields[-1].tag != SEQUENCE:
        raise WireError("an SNMP message without a list of variables")
    bindings = list(_bindings(payload, fields[-1]))
    if pdu_type == "trap-v1" and fields[0].tag == OID:
        bindings.insert(0, (TRAP_ENTERPRISE, dotted(fields[0].content(payload))))
    return Snmp(version=version, pdu_type=pdu_type, bindings=tuple(bindings))


def _version(payload: bytes, element: Element | None) -> Literal["1", "2c"]:
    if element is None or element.tag != INTEGER:
        raise WireError("not SNMP: no version")
    number = integer(element.content(payload))
    if number == 0:
        return "1"
    if number == 1:
        return "2c"
    if number == 3:
        raise Sealed("SNMP version 3 cannot be read without its keys")
    raise WireError(f"not SNMP: version number {number}")


def _bindings(payload: bytes, variables: Element) -> Iterator[tuple[str, str]]:
    """The variables that have a value; one that is broken is left out and the rest is still read."""
    for count, variable in enumerate(children(payload, variables, cut=True)):
        if count >= MAX_BINDINGS:
            return
        pair = list(children(payload, variable, cut=True))[:2] if variable.tag == SEQUENCE else []
        if len(pair) < 2 or pair[0].tag != OID or not pair[1].whole or pair[1].tag in _NO_VALUE:
            continue
        try:
            yield dotted(pair[0].content(payload)), _value(pair[1].tag, pair[1].content(payload))
        except WireError:
            continue


def _value(tag: int, content: bytes) -> str:
    """One value as text.

    Raises:
        WireError: the content does not fit its kind.
    """
    if tag == INTEGER:
        return str(integer(content))
    if tag in _GAUGES:
        return str(integer(content, signed=False))
    if tag == OID:
        return dotted(content)
    if tag == _IP_ADDRESS:
        if len(content) != 4:
            raise WireError(f"an IPv4 address of {len(content)} octets")
        return str(IPv4Address(content))
    return text(content.rstrip(b"\0")).strip()  # some agents count the end mark of C strings
