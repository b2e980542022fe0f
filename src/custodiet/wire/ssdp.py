"""SSDP, and the device description its LOCATION leads to (UPnP).

Header names are in capitals, values as sent. Descriptions are read for the root device only; what is embedded in it
describes parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from custodiet.errors import WireError
from custodiet.wire.text import text
from custodiet.wire.xml import element_text, local, parse_xml

_MAX_DATAGRAM = 65536
_MAX_HEADERS = 100
_MAX_VALUE = 1000


class Ssdp(msgspec.Struct, frozen=True, kw_only=True):
    """One datagram of port 1900."""

    kind: Literal["notify", "search", "response"]
    """``notify`` announces (or says goodbye), ``search`` asks, ``response`` answers a search."""
    headers: dict[str, str]
    """Header name in capitals -> value; of a repeated header the first."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What it says about its sender."""
        get = self.headers.get
        if self.kind == "search":
            if target := get("ST"):
                yield "ssdp.search", target
        else:
            if target := get("NT" if self.kind == "notify" else "ST"):
                yield "ssdp.target", target
            for attribute, header in (("ssdp.usn", "USN"), ("ssdp.server", "SERVER"), ("ssdp.location", "LOCATION")):
                if value := get(header):
                    yield attribute, value
        for header in ("USER-AGENT", "X-USER-AGENT"):
            if value := get(header):
                yield "ssdp.user_agent", value


class UpnpDescription(msgspec.Struct, frozen=True, kw_only=True):
    """The root device of a description; an element that is absent is empty."""

    device_type: str = ""
    """``deviceType``."""
    friendly_name: str = ""
    """``friendlyName``."""
    manufacturer: str = ""
    """``manufacturer``, what the device calls its maker."""
    manufacturer_url: str = ""
    """``manufacturerURL``."""
    model_name: str = ""
    """``modelName``."""
    model_number: str = ""
    """``modelNumber``."""
    model_description: str = ""
    """``modelDescription``."""
    serial: str = ""
    """``serialNumber``."""
    udn: str = ""
    """``UDN``."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """Each element that is there."""
        for field in self.__struct_fields__:
            if value := getattr(self, field):
                yield f"upnp.{field}", value


_ELEMENTS = {
    "deviceType": "device_type",
    "friendlyName": "friendly_name",
    "manufacturer": "manufacturer",
    "manufacturerURL": "manufacturer_url",
    "modelName": "model_name",
    "modelNumber": "model_number",
    "modelDescription": "model_description",
    "serialNumber": "serial",
    "UDN": "udn",
}


def parse_ssdp(payload: bytes) -> Ssdp:
    """One datagram.

    Raises:
        WireError: too long, or its first line is not one of SSDP.
    """
    if len(payload) > _MAX_DATAGRAM:
        raise WireError("SSDP message larger than a datagram")
    first, *lines = payload.strip(b"\0\r\n \t").replace(b"\r\n", b"\n").split(b"\n", _MAX_HEADERS + 1)
    words = first.upper().split()
    kind: Literal["notify", "search", "response"]
    if words[:1] == [b"NOTIFY"]:
        kind = "notify"
    elif words[:1] == [b"M-SEARCH"]:
        kind = "search"
    elif words and words[0].startswith(b"HTTP/"):
        kind = "response"
    else:
        raise WireError("not a message of SSDP")
    headers: dict[str, str] = {}
    for line in lines[:_MAX_HEADERS]:
        if not line.strip():
            break
        name, colon, value = line.partition(b":")
        if colon:
            headers.setdefault(text(name.strip()).upper(), text(value.strip(), _MAX_VALUE))
    return Ssdp(kind=kind, headers=headers)


def parse_upnp_description(xml: bytes) -> UpnpDescription:
    """A device description, as fetched from LOCATION.

    Raises:
        WireError: not XML, or without a device.
    """
    root = parse_xml(xml)
    device = next((element for element in root.iter() if local(element) == "device"), None)
    if device is None:
        raise WireError("UPnP description without a device")
    found: dict[str, str] = {}
    for child in device:
        if field := _ELEMENTS.get(local(child)):
            found.setdefault(field, element_text(child))
    return UpnpDescription(**found)
