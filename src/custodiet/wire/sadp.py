"""SADP: the search by which a family of recorders and cameras is found on its own network.

XML on UDP 37020, and the same behind a binary header on Ethernet type 0x8033, where it works before a device has an
address. Replies give facts; requests are recognised and say nothing about a device. The log-in salt and the request's
identifier in a reply are not kept. Verbs that change a device exist; nothing here can build a message.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from custodiet.errors import WireError
from custodiet.wire.address import ipv4_of_bytes, ipv4_of_text, mac_of_bytes, mac_of_text
from custodiet.wire.text import text
from custodiet.wire.xml import local, parse_xml

ETHERTYPE = 0x8033
PORT = 37020
HEADER_SIZE = 38
"""Bytes before the XML in an Ethernet frame."""
MAX_FIELDS = 200
"""The most elements of one message that are kept."""

_REQUEST, _RESPONSE = 0x02, 0x01
_MARKER = 0x21
_FROM_TOOL = 0x42
# In the header: marker, kind, a constant, origin, counter, a constant, query type, parameters, checksum, and then the
# addresses of sender and receiver.
_MAC_AT, _IP_AT = 14, 20
_NEVER_KEPT = frozenset({"salt", "uuid"})
_ATTRIBUTES = (
    ("DeviceDescription", "sadp.description"),
    ("BaseDesc", "sadp.base_description"),
    ("DeviceSN", "sadp.serial"),
    ("SoftwareVersion", "sadp.firmware"),
    ("DetailOEMCode", "sadp.oem_code"),
    ("Manufacturer", "sadp.manufacturer"),
    ("Activated", "sadp.activated"),
    ("HCPlatformEnable", "sadp.cloud"),
)


class Sadp(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    request: bool
    """True for a search by a tool; it tells nothing about a device."""
    types: str
    """The verb, for example ``inquiry``; empty where it is not said."""
    fields: tuple[tuple[str, str], ...]
    """Names and values of the elements in the order sent, as the device spelt them; empty values included."""
    mac: str = ""
    """MAC of the sender, lower case with colons; from the XML, else from the frame's header."""
    ip: str = ""
    """IPv4 address of the sender, likewise. Not among the facts: before set-up all devices name the same one."""

    def field(self, name: str) -> str:
        """The first field of that name in any case; empty when there is none."""
        return _by_name(self.fields).get(name.lower(), "")

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the device says of itself; nothing for a request."""
        if self.request:
            return
        if reply := "\n".join(f"{name}: {value}" for name, value in self.fields if value):
            yield "sadp.reply", reply[:4000]
        said = _by_name(self.fields)
        for name, attribute in _ATTRIBUTES:
            if value := said.get(name.lower()):
                yield attribute, value
        if self.mac:
            yield "sadp.mac", self.mac
        digital, analogue = said.get("digitalchannelnum", ""), said.get("analogchannelnum", "")
        if digital or analogue:
            yield "sadp.channels", f"{digital or 0}/{analogue or 0}"


def parse_sadp(payload: bytes) -> Sadp:
    """A message from the payload of a UDP datagram.

    Raises:
        WireError: no XML, or XML that is no message of this protocol.
    """
    root = parse_xml(payload)
    name = local(root)
    if name not in ("Probe", "ProbeMatch"):
        raise WireError("not SADP: neither Probe nor ProbeMatch")
    fields: list[tuple[str, str]] = []
    # Devices that leave out an end tag nest what follows, so all elements are looked at and only own text is taken.
    for element in root.iter():
        key = local(element)
        if element is root or not key or key.lower() in _NEVER_KEPT:
            continue
        value = text((element.text or "").strip().encode())
        fields.append((key, value))
        if len(fields) >= MAX_FIELDS:
            break
    request, said = name == "Probe", _by_name(tuple(fields))
    if not request and not any(key in said for key in ("mac", "devicesn", "devicedescription", "devicetype")):
        raise WireError("not SADP: a ProbeMatch that describes no device")
    return Sadp(
        request=request,
        types=said.get("types", ""),
        fields=tuple(fields),
        mac="" if request else mac_of_text(said.get("mac", "")),
        ip="" if request else ipv4_of_text(said.get("ipv4address", "")),
    )


def _by_name(fields: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Name in lower case -> its first value that is not empty."""
    found: dict[str, str] = {}
    for name, value in fields:
        if value:
            found.setdefault(name.lower(), value)
    return found


def parse_sadp_frame(payload: bytes) -> Sadp:
    """A message from what follows the type of an Ethernet frame.

    The XML begins at the first ``<``. Where there is none, the addresses in the header are all that is known.

    Raises:
        WireError: no header of this protocol, and no XML.
    """
    start = payload.find(b"<")
    is_header = len(payload) >= HEADER_SIZE and payload[0] == _MARKER and payload[1] in (_REQUEST, _RESPONSE)
    if not is_header and start < 0:
        raise WireError("not SADP: neither its header nor XML")
    sadp: Sadp | None = None
    if start >= 0:
        try:
            sadp = parse_sadp(payload[start:].rstrip(b"\0"))
        except WireError:
            if not is_header:
                raise
    if not is_header:
        assert sadp is not None
        return sadp
    request = sadp.request if sadp is not None else payload[1] == _REQUEST or payload[3] == _FROM_TOOL
    sadp = sadp or Sadp(request=request, types="", fields=())
    if request:
        return sadp
    return msgspec.structs.replace(
        sadp,
        mac=sadp.mac or mac_of_bytes(payload[_MAC_AT : _MAC_AT + 6]),
        ip=sadp.ip or ipv4_of_bytes(payload[_IP_AT : _IP_AT + 4]),
    )
