"""Discovery protocols of single makers, each with one short reply.

A reply proves that a device speaks the protocol and gives what its fields say. The protocols are told by their content;
the port only decides between forms that look alike. Protocols that many devices use have files of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from custodiet.errors import WireError
from custodiet.wire.address import ipv4_of_bytes, ipv4_of_text, mac_of_bytes, mac_of_text
from custodiet.wire.dhip import MAX_JSON
from custodiet.wire.json import json_object, scalar
from custodiet.wire.text import text
from custodiet.wire.xml import child_text, local, parse_xml

PORTS = frozenset({1757, 1758, 2000, 2380, 3000, 3600, 7701, 7711, 8600, 8601, 10000, 10001, 10669, 23456, 34569})
"""UDP ports on which these protocols answer, or on which the maker's tool asks."""

Fields = tuple[tuple[str, str], ...]


class MakerReply(msgspec.Struct, frozen=True, kw_only=True):
    """One reply."""

    protocol: str
    """Name of the protocol, for example ``bosch``; a protocol, not yet a maker."""
    fields: Fields
    """Names and values in the order of the reply, as text; empty values are left out."""
    mac: str = ""
    """MAC of the device, lower case with colons."""
    hostname: str = ""
    """Name the device gives itself, where the protocol has one."""

    def field(self, name: str) -> str:
        """The first field of that name; empty when there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the device says of itself."""
        shown = "; ".join(f"{name}={value}" for name, value in self.fields)
        yield "discovery.other", f"{self.protocol}={shown}"[:4000]
        if self.mac:
            yield "net.mac", self.mac
        if self.hostname:
            yield "net.hostname", self.hostname


def parse_maker_discovery(payload: bytes, port: int) -> MakerReply:
    """The reply in the payload of a datagram.

    Args:
        payload: the payload.
        port: UDP port the reply came from or went to, whichever is of the protocol.

    Raises:
        WireError: none of the known replies; requests are none either.
    """
    for ports, looks_right, parse in _PROTOCOLS:
        if (not ports or port in ports) and looks_right(payload):
            return parse(payload)
    raise WireError("no known reply of a maker's own discovery")


def _hanwha(payload: bytes) -> MakerReply:
    mac = mac_of_text(_c_string(payload[19:37]))
    if not mac:
        raise WireError("not Hanwha: no MAC at its place")
    return _reply(
        "hanwha",
        mac=mac,
        address=ipv4_of_text(_c_string(payload[37:53])),
        model=_c_string(payload[109:133]),
        url=_c_string(payload[133:172]),
    )


def _bosch(payload: bytes) -> MakerReply:
    # Bytes 14, 15 and those behind the gateway have no known meaning.
    return _reply("bosch", mac=mac_of_bytes(payload[8:14]), address=ipv4_of_bytes(payload[16:20]))


_BOSCH_NAMES = ("friendlyName", "unitName", "deviceType", "serialNumber", "unitIPAddress", "deviceTypeIDs")


def _bosch_xml(payload: bytes) -> MakerReply:
    root = parse_xml(payload)
    if local(root) != "root":
        raise WireError("not Bosch: no root element")
    values = {name: child_text(root, name) for name in _BOSCH_NAMES}
    return _reply("bosch-xml", mac=mac_of_text(child_text(root, "physAddress")), **values)


def _sony(payload: bytes) -> MakerReply:
    fields: dict[str, str] = {}
    for part in payload.strip(b"\x02\x03\0")[:4096].split(b"\xff")[:64]:
        name, colon, value = part.partition(b":")
        if colon and name.isalnum():
            fields.setdefault(text(name, 40).lower(), text(value))
    mac = mac_of_text(fields.pop("mac", ""))
    if not mac:
        raise WireError("not Sony: no MAC")
    kept = {name: fields.get(name, "") for name in ("model", "serial", "info", "ipadr", "softversion")}
    return _reply("sony", mac=mac, **kept)


_UBIQUITI_TEXTS = {
    0x03: "firmware",
    0x0B: "hostname",
    0x0C: "platform",
    0x14: "model_name",
    0x15: "model",
    0x16: "version",
    0x1B: "minimum_version",
}


def _ubiquiti(payload: bytes) -> MakerReply:
    mac = ""
    address = ""
    fields: dict[str, str] = {}
    offset = 4
    while offset + 3 <= len(payload) and len(fields) < 64:
        kind, length = payload[offset], int.from_bytes(payload[offset + 1 : offset + 3])
        value = payload[offset + 3 : offset + 3 + length]
        if len(value) < length:
            break  # cut: what came before is true
        offset += 3 + length
        if kind == 0x01 and length == 6:
            mac = mac or mac_of_bytes(value)
        elif kind == 0x02 and length == 10:
            mac = mac or mac_of_bytes(value[:6])
            address = address or ipv4_of_bytes(value[6:])
        elif name := _UBIQUITI_TEXTS.get(kind):
            fields.setdefault(name, text(value.rstrip(b"\0")))
    if not mac and not fields:
        raise WireError("not Ubiquiti: no known field")
    # Devices without a name of their own put the maker's abbreviation there.
    hostname = "" if fields.get("hostname") in ("", "UBNT") else fields.get("hostname", "")
    return _reply("ubiquiti", mac=mac, host=hostname, address=address, **fields)


def _vivotek(payload: bytes) -> MakerReply:
    mac = ""
    fields: dict[str, str] = {}
    offset = 5
    while offset + 2 <= len(payload):
        kind, length = payload[offset], payload[offset + 1]
        offset += 2
        if kind == 0x04:
            continue  # one byte of value in the place of the length
        value = payload[offset : offset + length]
        if len(value) < length:
            break  # cut: what came before is true
        offset += length
        if kind == 0x01:
            fields.setdefault("name", text(value))
        elif kind == 0x02:
            mac = mac or mac_of_bytes(value)
        elif kind == 0x03:
            fields.setdefault("address", ipv4_of_bytes(value))
        elif kind == 0x09:
            fields.setdefault("model", text(value))
    if not mac and not fields:
        raise WireError("not Vivotek: a request or no known field")
    return _reply("vivotek", mac=mac, **fields)


def _foscam(payload: bytes) -> MakerReply:
    # The search of a tool is answered with the next odd number of operation.
    operation = int.from_bytes(payload[4:6], "little")
    if operation % 2 == 0 or len(payload) < 64:
        raise WireError("not a reply of Foscam: the search of a tool")
    return _reply("foscam", id=_c_string(payload[23:36]), name=_c_string(payload[36:57]))


def _vstarcam(payload: bytes) -> MakerReply:
    return _reply(
        "vstarcam",
        mac=mac_of_bytes(payload[84:90]),
        address=ipv4_of_text(_c_string(payload[4:20])),
        serial=_c_string(payload[92:124]),
        name=_c_string(payload[124:156]),
        firmware=_c_string(payload[204:236]),
    )


_TVT_TYPES = {0: "DVR", 1: "DVS", 2: "IP camera", 3: "NVR", 4: "decoder"}


def _tvt(payload: bytes) -> MakerReply:
    firmware = ".".join(str(byte) for byte in reversed(payload[52:56]))
    channels = int.from_bytes(payload[228:232], "little")
    return _reply(
        "tvt",
        mac=mac_of_bytes(payload[32:38]),
        address=ipv4_of_bytes(payload[40:44]),
        name=_c_string(payload[12:32]),
        model=_c_string(payload[196:212]) + _c_string(payload[180:196]),
        type=_TVT_TYPES.get(int.from_bytes(payload[64:68], "little"), ""),
        firmware=firmware if any(payload[52:56]) else "",
        channels=str(channels) if 0 < channels <= 512 else "",
    )


def _reolink(payload: bytes) -> MakerReply:
    return _reply(
        "reolink",
        mac=mac_of_text(_c_string(payload[164:182])) or mac_of_bytes(payload[80:86]),
        address=ipv4_of_text(_c_string(payload[108:128])),
        name=_c_string(payload[132:164]),
        kind=_c_string(payload[58:76]),
        uid=_c_string(payload[228:260]),
    )


def _panasonic(payload: bytes) -> MakerReply:
    fields: dict[str, str] = {}
    offset = 53
    names = {0x20: "address", 0xA7: "name", 0xA8: "model"}
    while offset + 4 <= len(payload) and len(fields) < 16:
        kind = int.from_bytes(payload[offset : offset + 2])
        length = int.from_bytes(payload[offset + 2 : offset + 4])
        value = payload[offset + 4 : offset + 4 + length]
        if len(value) < length:
            break  # cut: what came before is true
        offset += 4 + length
        if name := names.get(kind):
            fields.setdefault(name, ipv4_of_bytes(value) if kind == 0x20 else text(value.rstrip(b"\0")))
    if not fields.get("name") and not fields.get("model"):
        raise WireError("not Panasonic: no name")
    return _reply("panasonic", mac=mac_of_bytes(payload[6:12]), **fields)


_VISION_FIELD = re.compile(r"([A-Z]{2,20})=(?:'([^']{0,100})'|(\S{1,100}))")


def _vision360(payload: bytes) -> MakerReply:
    fields = {match[1].lower(): match[2] or match[3] or "" for match in _VISION_FIELD.finditer(text(payload, 1000))}
    return _reply("360vision", mac=mac_of_text(fields.pop("key", "")), **fields)


_XIONGMAI_NAMES = ("HostName", "HostIP", "SN", "DeviceType", "ChannelNum", "BuildDate", "Version", "TCPPort")


def _xiongmai(payload: bytes) -> MakerReply:
    network = json_object(payload[20:].rstrip(b"\0\n "), MAX_JSON).get("NetWork.NetCommon")
    if not isinstance(network, dict):
        raise WireError("not Xiongmai: no NetWork.NetCommon")
    values = {name: scalar(network.get(name)) for name in _XIONGMAI_NAMES}
    hostname = values["HostName"] if values["HostName"] != "LocalHost" else ""
    return _reply("xiongmai", mac=mac_of_text(scalar(network.get("MAC"))), host=hostname, **values)


def _reply(protocol: str, *, mac: str = "", host: str = "", **fields: str) -> MakerReply:
    """A reply with the fields that have a value."""
    kept = tuple((name, value.strip()) for name, value in fields.items() if value.strip())
    return MakerReply(protocol=protocol, fields=kept, mac=mac, hostname=host)


def _c_string(raw: bytes) -> str:
    """Text up to the first zero byte."""
    return text(raw.split(b"\0", 1)[0].strip())


# In the order of how sure the content is; a port where the content alone would not do.
_PROTOCOLS: list[tuple[frozenset[int], Callable[[bytes], bool], Callable[[bytes], MakerReply]]] = [
    (frozenset(), lambda data: data[:4] == b"\x99\x39\xa4\x27" and len(data) == 32, _bosch),
    (frozenset(), lambda data: b'"OEMExt00:device' in data[:400], _bosch_xml),
    (frozenset(), lambda data: data[1:5] == b"\x4a\x5d\x8f\x1c", _vivotek),
    (frozenset(), lambda data: data[:4] == b"MO_I", _foscam),
    (frozenset(), lambda data: data[:4] == b"\x44\x48\x01\x08" and len(data) >= 124, _vstarcam),
    (frozenset(), lambda data: data[:6] == b"MHED\x07\0" and len(data) >= 232, _tvt),
    (frozenset(), lambda data: len(data) == 388 and data[104:108] == b"\xaa\xaa\0\0", _reolink),
    (frozenset(), lambda data: data.startswith(b"DISCOVER TYPE="), _vision360),
    (frozenset(), lambda data: data.startswith(b"\x02MAC:"), _sony),
    (frozenset({7701, 7711}), lambda data: data[:1] == b"\x0b" and len(data) >= 133, _hanwha),
    (frozenset({10001}), lambda data: data[:1] in (b"\x01", b"\x02") and len(data) >= 16, _ubiquiti),
    (frozenset({10669}), lambda data: data[:2] == b"\x00\x01" and len(data) > 52, _panasonic),
    (frozenset({34569}), lambda data: data[:1] == b"\xff" and data[14:16] == b"\xfb\x05", _xiongmai),
]
