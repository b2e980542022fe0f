"""Asking a router to let somebody in from outside: UPnP in SOAP, NAT-PMP and PCP on UDP 5351.

Read are the requests that open, prolong or take away a way from outside, what routers answer, and what they list. An
answer of SOAP does not repeat what was asked, so it says only that something was granted or why not; of errors only
those are taken whose name belongs to port mapping, since other services use the same numbers. Nothing here can build a
message.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Literal

import msgspec
from lxml import etree

from custodiet.errors import WireError
from custodiet.wire.address import ip_text
from custodiet.wire.xml import element_text, local, parse_xml

PORT = 5351
"""UDP port of NAT-PMP and PCP."""

_TRANSPORT = {6: "tcp", 17: "udp"}
_OPEN = frozenset({"AddPortMapping", "AddAnyPortMapping", "AddPinhole"})
_GRANTED = frozenset({"AddPortMappingResponse", "AddAnyPortMappingResponse", "AddPinholeResponse"})
_LISTED = frozenset({"GetGenericPortMappingEntryResponse", "GetSpecificPortMappingEntryResponse"})
_ERRORS = frozenset(
    {
        "NoSuchEntryInArray",
        "WildCardNotPermittedInSrcIP",
        "WildCardNotPermittedInExtPort",
        "ConflictInMappingEntry",
        "SamePortValuesRequired",
        "OnlyPermanentLeasesSupported",
        "RemoteHostOnlySupportsWildcard",
        "ExternalPortOnlySupportsWildcard",
        "NoPortMapsAvailable",
        "ConflictWithOtherMechanisms",
        "ConflictWithOtherMechanism",
        "WildCardNotPermittedInIntPort",
        "PinholeSpaceExhausted",
        "FirewallDisabled",
        "InboundPinholeNotAllowed",
    }
)
_NAT_PMP_RESULTS = {
    1: "version not supported",
    2: "not authorised",
    3: "network failure",
    4: "out of resources",
    5: "not supported",
}
_PCP_RESULTS = {
    1: "version not supported",
    2: "not authorised",
    3: "malformed request",
    4: "not supported",
    5: "not supported",
    6: "malformed request",
    7: "network failure",
    8: "out of resources",
    9: "not supported",
    10: "too many mappings",
    11: "external port not to be had",
    12: "address mismatch",
    13: "too many peers",
}
_PCP_MAP, _PCP_SIZE, _THIRD_PARTY = 1, 60, 1


class PortMapping(msgspec.Struct, frozen=True, kw_only=True):
    """One request, answer or line of a list."""

    kind: Literal["open", "close", "granted", "closed", "refused", "listed"]
    """``open`` and ``close`` are asked by the sender; the others are told by the router."""
    transport: str = ""
    """``tcp`` or ``udp``, or ``ip/N`` where PCP names another; empty where the message does not repeat it."""
    external_port: int = 0
    """Port outside; 0: any, or not repeated."""
    internal_client: str = ""
    """Address inside, in canonical form, or a name as sent; empty: the one who asked."""
    internal_port: int = 0
    """Port inside; 0: all."""
    lease: int | None = None
    """Seconds; 0: without end in UPnP; none where the message does not say."""
    reason: str = ""
    """Why it was refused, in the protocol's own word."""

    @property
    def way(self) -> str:
        """The mapping as text: ``tcp 8000 -> 10.0.0.5:80``; empty where the message does not repeat it."""
        if not self.transport:
            return ""
        outside = str(self.external_port or "any port")
        if self.internal_client:
            client = f"[{self.internal_client}]" if ":" in self.internal_client else self.internal_client
            inside = f"{client}:{self.internal_port or '*'}"
        else:
            inside = f"port {self.internal_port}" if self.internal_port else "all its ports"
        return f"{self.transport} {outside} -> {inside}"

    def facts(self) -> Iterator[tuple[str, str]]:
        """What its sender asks for."""
        if self.kind == "open":
            yield "upnp.port_mapping", self.way
            if self.lease is not None:
                yield "upnp.port_mapping_lease", f"{self._name}: {self._duration}"
        elif self.kind == "close":
            yield "upnp.port_mapping_ended", self._name

    def facts_about_peer(self) -> Iterator[tuple[str, str]]:
        """What it tells the one who asked."""
        if self.kind == "granted":
            lease = f" for {self.lease} s" if self.lease is not None else ""
            yield "upnp.port_mapping_answer", f"granted {self.way}{lease}".rstrip()
        elif self.kind == "closed":
            yield "upnp.port_mapping_answer", f"taken away {self._name}"
        elif self.kind == "refused":
            yield "upnp.port_mapping_answer", f"refused: {self.reason}"

    def facts_about_client(self) -> Iterator[tuple[str, str]]:
        """What it says about the device inside that is let in to, where it names its address."""
        if self.kind in ("open", "listed") and ip_text(self.internal_client):
            yield "upnp.port_mapping", self.way

    @property
    def _name(self) -> str:
        return f"{self.transport} {self.external_port}" if self.external_port else self.way

    @property
    def _duration(self) -> str:
        return f"{self.lease} s" if self.lease else "without end"


# --- SOAP


def parse_soap(body: bytes) -> PortMapping:
    """The body of a request to a router's WANIPConnection, WANPPPConnection or WANIPv6FirewallControl, or its answer.

    Raises:
        WireError: not XML, or about something else.
    """
    for element in parse_xml(body).iter():
        name = local(element)
        if name in _OPEN or name in _LISTED:
            said = _arguments(element)
            return PortMapping(
                kind="open" if name in _OPEN else "listed",
                transport=_transport(said.get("Protocol", "")),
                external_port=_number(said.get("ExternalPort", said.get("InternalPort", ""))),
                internal_client=ip_text(said.get("InternalClient", "")) or said.get("InternalClient", ""),
                internal_port=_number(said.get("InternalPort", "")),
                lease=_number(said.get("LeaseDuration", said.get("LeaseTime", "0")), 1 << 32),
            )
        if name == "DeletePortMapping":
            said = _arguments(element)
            port = _number(said.get("ExternalPort", ""))
            return PortMapping(kind="close", transport=_transport(said.get("Protocol", "")), external_port=port)
        if name in _GRANTED:
            return PortMapping(kind="granted")
        if name == "UPnPError":
            reason = _arguments(element).get("errorDescription", "")
            if reason in _ERRORS:
                return PortMapping(kind="refused", reason=reason)
            break
    raise WireError("not about port mapping")


def _arguments(element: etree._Element) -> dict[str, str]:
    """Arguments of an action by name, without the ``New`` that some of them begin with; of each the first."""
    found: dict[str, str] = {}
    for child in element:
        found.setdefault(local(child).removeprefix("New"), element_text(child, 100))
    return found


def _transport(said: str) -> str:
    name = said.strip().lower()
    if name in ("6", "17"):
        name = _TRANSPORT[int(name)]
    if name not in ("tcp", "udp"):
        raise WireError("port mapping of an unknown protocol")
    return name


def _number(said: str, most: int = 1 << 16) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= 10 and int(said) < most):
        raise WireError("port mapping without a number where one must be")
    return int(said)


# --- NAT-PMP and PCP


def parse_datagram(payload: bytes) -> PortMapping:
    """A datagram of NAT-PMP or PCP that asks for a mapping or answers that.

    Raises:
        WireError: neither, or about something else.
    """
    if payload[:1] == b"\0":
        return _nat_pmp(payload)
    if payload[:1] == b"\2":
        return _pcp(payload)
    raise WireError("neither NAT-PMP nor PCP")


def _nat_pmp(payload: bytes) -> PortMapping:
    answer, code = payload[1:2] >= b"\x80", (payload[1] & 0x7F if len(payload) > 1 else 0)
    if code not in (1, 2) or len(payload) != (16 if answer else 12):
        raise WireError("NAT-PMP that asks for no mapping")
    inside, outside = _pair(payload, 8 if answer else 4)
    lease = int.from_bytes(payload[-4:], "big")
    result = int.from_bytes(payload[2:4], "big") if answer else 0
    if result:
        return PortMapping(kind="refused", reason=_NAT_PMP_RESULTS.get(result, f"result {result}"))
    return PortMapping(
        kind=_kind(answer, lease),
        transport="udp" if code == 1 else "tcp",
        external_port=outside,
        internal_port=inside,
        lease=lease,
    )


def _pcp(payload: bytes) -> PortMapping:
    if not _PCP_SIZE <= len(payload) <= 1100 or len(payload) % 4 or payload[1] & 0x7F != _PCP_MAP:
        raise WireError("PCP that asks for no mapping")
    answer, lease = bool(payload[1] & 0x80), int.from_bytes(payload[4:8], "big")
    if answer and payload[3]:
        return PortMapping(kind="refused", reason=_PCP_RESULTS.get(payload[3], f"result {payload[3]}"))
    protocol = payload[36]
    inside, outside = _pair(payload, 40)
    return PortMapping(
        kind=_kind(answer, lease),
        transport=_TRANSPORT.get(protocol, f"ip/{protocol}"),
        external_port=outside,
        internal_client=_third_party(payload) or ("" if answer else _address(payload[8:24])),
        internal_port=inside,
        lease=lease,
    )


def _kind(answer: bool, lease: int) -> Literal["open", "close", "granted", "closed"]:
    """Both protocols take a mapping away by asking for no time."""
    if answer:
        return "granted" if lease else "closed"
    return "open" if lease else "close"


def _third_party(payload: bytes) -> str:
    """The address for which it is asked, where that is another than the sender's; empty otherwise."""
    at = _PCP_SIZE
    while at + 4 <= len(payload):
        size = int.from_bytes(payload[at + 2 : at + 4], "big")
        if payload[at] == _THIRD_PARTY and size == 16 and at + 20 <= len(payload):
            return _address(payload[at + 4 : at + 20])
        at += 4 + (size + 3 & ~3)
    return ""


def _address(raw: bytes) -> str:
    address = IPv6Address(raw)
    return "" if address.is_unspecified else ip_text(str(address)) or ""


def _pair(payload: bytes, at: int) -> tuple[int, int]:
    return int.from_bytes(payload[at : at + 2], "big"), int.from_bytes(payload[at + 2 : at + 4], "big")
