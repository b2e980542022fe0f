"""DHIP: JSON on UDP 37810 by which a family of cameras and recorders is found, and its older binary form on UDP 5050.

The JSON comes with a header of 32 bytes or bare, and some firmware writes it badly; then the known fields are picked
out one by one. Replies give facts; requests are recognised and say nothing about a device. Vendor and manufacturer are
labels: that a device speaks this protocol at all says more than they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from custodiet.errors import WireError
from custodiet.wire.address import mac_of_text
from custodiet.wire.json import json_object, scalar
from custodiet.wire.text import text

PORT = 37810
OLD_PORT = 5050
MAX_JSON = 262144
"""The most bytes of JSON that are read."""

_HEADER = b"\x20\x00\x00\x00DHIP"
_HEADER_SIZE = 32
_NAMES = (
    "mac",
    "DeviceType",
    "DeviceClass",
    "Vendor",
    "Manufacturer",
    "SerialNo",
    "Version",
    "MachineName",
    "Port",
)
_BROKEN_FIELD = re.compile(r'"(mac|method|' + "|".join(_NAMES[1:]) + r')"\s{0,8}:\s{0,8}"?([^",{}\[\]\r\n]{1,200})')


class Dhip(msgspec.Struct, frozen=True, kw_only=True):
    """One message; an empty text is a field the device did not send."""

    request: bool
    """True for a search by a tool; it tells nothing about a device."""
    method: str = ""
    """The method, for example ``client.notifyDevInfo``."""
    reply: str = ""
    """The message as the device sent it, cut to 4,000 characters."""
    mac: str = ""
    """MAC, lower case with colons where it is one."""
    device_type: str = ""
    """Model."""
    device_class: str = ""
    """Kind of device, for example ``IPC`` or ``NVR``."""
    vendor: str = ""
    """Label."""
    manufacturer: str = ""
    """A label too."""
    serial: str = ""
    """Serial number."""
    firmware: str = ""
    """Version of the firmware."""
    machine_name: str = ""
    """Name given to the device."""
    port: str = ""
    """Port of the data channel."""
    repaired: bool = False
    """True where the JSON was broken and the fields were picked out of it."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the device says of itself; nothing for a request."""
        if self.request:
            return
        for attribute, value in (
            ("dhip.reply", self.reply),
            ("dhip.device_type", self.device_type),
            ("dhip.device_class", self.device_class),
            ("dhip.vendor", self.vendor),
            ("dhip.manufacturer", self.manufacturer),
            ("dhip.serial", self.serial),
            ("dhip.mac", self.mac),
            ("dhip.firmware", self.firmware),
            ("dhip.machine_name", self.machine_name),
            ("dhip.port", self.port),
        ):
            if value:
                yield attribute, value


def parse_dhip(payload: bytes) -> Dhip:
    """A message from the payload of a datagram, with or without header.

    Raises:
        WireError: no JSON object of this protocol.
    """
    start = payload.find(b"{", 0, 256)
    if start < 0 or (start > 0 and not payload.startswith(_HEADER)):
        raise WireError("not DHIP: neither its header nor a JSON object")
    raw = payload[start:]
    if start == _HEADER_SIZE and payload.startswith(_HEADER):
        length = int.from_bytes(payload[16:20], "little")
        raw = raw[:length] if 2 <= length <= len(raw) else raw
    raw = raw.rstrip(b"\0\r\n ")
    try:
        message = json_object(raw, MAX_JSON)
    except WireError:
        fields = _picked(raw)
        repaired = True
    else:
        fields = _fields(message)
        repaired = False
    method = fields.get("method", "")
    described = any(fields.get(name) for name in ("DeviceType", "SerialNo", "DeviceClass", "Version"))
    if not method.startswith(("DHDiscover.", "client.")) and not described:
        raise WireError("not DHIP: JSON without its methods or fields")
    if method.startswith("DHDiscover.") and not described:
        return Dhip(request=True, method=method)
    mac = fields.get("mac", "")
    return Dhip(
        request=False,
        method=method,
        reply=text(raw, 4000),
        mac=mac_of_text(mac) or mac,
        device_type=fields.get("DeviceType", ""),
        device_class=fields.get("DeviceClass", ""),
        vendor=fields.get("Vendor", ""),
        manufacturer=fields.get("Manufacturer", ""),
        serial=fields.get("SerialNo", ""),
        firmware=fields.get("Version", ""),
        machine_name=fields.get("MachineName", ""),
        port=fields.get("Port", ""),
        repaired=repaired,
    )


def parse_dvrip_discovery(payload: bytes) -> Dhip:
    """A message of the older form: fixed fields, then MAC and model as text, then lines ``Name: value``.

    Raises:
        WireError: neither its reply nor its request.
    """
    if payload[:2] == b"\xa3\x01" and len(payload) >= 32:
        return Dhip(request=True, method="a301")
    if payload[:2] != b"\xb3\x00" or len(payload) < 120:
        raise WireError("not the older discovery: neither reply nor request")
    label = text(payload[40:56].split(b"\0", 1)[0].strip())
    # The third byte is the length of what stands between the fixed part and the lines: MAC and model.
    named = payload[120 : 120 + payload[2]]
    mac, model = mac_of_text(text(named[:17])), text(named[17:].split(b"\0", 1)[0].strip())
    lines = dict(_lines(payload[120 + payload[2] :]))
    kept = payload[120:].strip(b"\0\r\n ")
    return Dhip(
        request=False,
        method="b300",
        reply=text(kept, 4000),
        mac=mac,
        device_type=lines.get("Device", "") or model or label,
        vendor="",
        serial=lines.get("SerialNo", ""),
        machine_name=lines.get("Name", ""),
    )


def _fields(message: dict[str, object]) -> dict[str, str]:
    """The known fields, wherever the firmware put them: at the top, in ``params`` or in ``deviceInfo``."""
    found = {"method": scalar(message.get("method"))}
    level: object = message
    for key in ("", "params", "deviceInfo"):
        level = level.get(key) if key and isinstance(level, dict) else level
        if isinstance(level, dict):
            for name in _NAMES:
                if value := scalar(level.get(name)):
                    found[name] = value
    return found


def _picked(raw: bytes) -> dict[str, str]:
    """The known fields of JSON that cannot be read as such; of a field that comes twice the first."""
    found: dict[str, str] = {}
    for match in _BROKEN_FIELD.finditer(text(raw, 16000)):
        found.setdefault(match[1], match[2].strip())
    return found


def _lines(raw: bytes) -> Iterator[tuple[str, str]]:
    for line in raw[:4096].split(b"\n")[:40]:
        name, colon, value = line.strip(b"\r\0 ").partition(b":")
        if colon and name.isalnum():
            yield name.decode("ascii", "replace"), text(value.strip())
