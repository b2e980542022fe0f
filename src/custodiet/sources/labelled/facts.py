"""What one labelled observation says, in the words a capture or scan of the same device would give.

One pure function, `facts_of`, for reading labelled files and for measuring how well devices are named. It sees the kind
and the payload and nothing else: what a label says about the truth can never become a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from custodiet.errors import WireError
from custodiet.sources.isapi import device_info_facts, parse_device_info
from custodiet.sources.ledger import plain
from custodiet.wire.address import mac_text
from custodiet.wire.dhip import parse_dhip
from custodiet.wire.dns import ROOT, Dns, Record
from custodiet.wire.greeting import parse_greeting
from custodiet.wire.http import parse_http_text
from custodiet.wire.json import json_object
from custodiet.wire.rtsp import parse_rtsp, stream_path
from custodiet.wire.sadp import parse_sadp
from custodiet.wire.snmp import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID
from custodiet.wire.ssdp import parse_ssdp, parse_upnp_description
from custodiet.wire.wsdiscovery import parse_wsd

Facts: TypeAlias = Iterator[tuple[str, str]]

MAX_VALUES = 500
"""Elements of a list or table that are read."""

_SNMP = {SYS_DESCR: "snmp.sys_descr", SYS_OBJECT_ID: "snmp.sys_object_id", SYS_NAME: "snmp.sys_name"}
_DHCP = {
    "mac": "net.mac",
    "hostname": "dhcp.hostname",
    "vendor_class": "dhcp.vendor_class",
    "param_request_list": "dhcp.parameter_list",
}
_TLS = {"subject": "tls.subject", "issuer": "tls.issuer"}
_ONVIF = {
    "manufacturer": "onvif.manufacturer",
    "model": "onvif.model",
    "serial_number": "onvif.serial",
    "firmware_version": "onvif.firmware",
    "hardware_id": "onvif.hardware",
    "mac_address": "net.mac",
}
_PROFILE = {
    "SsdpManufacturer": "upnp.manufacturer",
    "SsdpModelName": "upnp.model_name",
    "SsdpModelNumber": "upnp.model_number",
    "SsdpModelDescription": "upnp.model_description",
    "SsdpFriendlyName": "upnp.friendly_name",
    "SsdpDeviceType": "upnp.device_type",
    "SsdpServer": "ssdp.server",
    "SsdpUserAgent": "ssdp.user_agent",
    "DhcpHostname": "dhcp.hostname",
    "DhcpVendor": "dhcp.vendor_class",
    "MdnsModelName": "mdns.txt",
}
"""Fields of device profiles; a ``*`` at an end of their values stands for anything."""
# Greetings are often kept without the reply code that tells which service it was.
_READY = re.compile(r"\bready[.!]?\s{0,10}\Z", re.IGNORECASE)
_SSH = re.compile(r"(?:openssh|dropbear|libssh)[_-]", re.IGNORECASE)
_TXT = re.compile(r",(?=[A-Za-z0-9_#.-]{1,40}=)")
_MD5 = re.compile(r"[0-9a-f]{32}")


def facts_of(kind: str, payload: object) -> Facts:
    """What a payload of this kind says about its device.

    Args:
        kind: ``http``, ``rtsp``, ``onvif``, ``sadp``, ``dhip``, ``ssdp``, ``banner``, ``snmp``, ``tls``, ``dhcp``,
            ``mdns``, ``dns``, ``mac`` or ``model_text``.
        payload: the value of the line's ``payload``: text, a list or a table.

    Yields:
        (attribute, value), each once.

    Raises:
        WireError: an unknown kind, or a payload that this kind cannot have.
    """
    read = _KINDS.get(kind)
    if read is None:
        raise WireError(f"“{plain(kind, 40)}” is no kind of observation that is known")
    seen: set[tuple[str, str]] = set()
    for attribute, value in read(payload):
        if value and not value.isspace() and (attribute, value) not in seen:
            seen.add((attribute, value))
            yield attribute, value


def _bytes(payload: object) -> bytes:
    if not isinstance(payload, str):
        raise WireError("text is needed here")
    return payload.encode("utf-8", "surrogatepass")


def _table(payload: object, names: dict[str, str]) -> Facts:
    """The known fields of a table; values that are no text are none."""
    if not isinstance(payload, dict):
        raise WireError("a table is needed here")
    for name, attribute in names.items():
        value = payload.get(name)
        if not isinstance(value, str):
            continue
        if attribute == "net.mac":
            yield attribute, _mac_of(value)
        else:
            yield attribute, plain(value.strip(), 1000)


def _profile(payload: object) -> Facts:
    for attribute, value in _table(payload, _PROFILE):
        value = value.strip("*").strip()
        yield attribute, f"model={value}" if attribute == "mdns.txt" and value else value


def _mac_of(value: str) -> str:
    mac = mac_text(value.strip())
    if mac is None:
        raise WireError(f"“{plain(value, 40)}” is no MAC address")
    return mac


def _http(payload: object) -> Facts:
    if isinstance(payload, dict):
        icon = payload.get("favicon_md5")
        if not isinstance(icon, str) or not _MD5.fullmatch(icon.lower()):
            raise WireError("a table of HTTP needs a favicon_md5")
        yield "favicon.md5", icon.lower()
        return
    message = parse_http_text(_bytes(payload))
    yield from message.facts()
    if b"<DeviceInfo" in message.body[:2000]:
        yield from device_info_facts(parse_device_info(message.body))


def _rtsp(payload: object) -> Facts:
    if isinstance(payload, dict):
        # The address blocks that stand beside such an address are those of many devices, not of this one.
        yield "rtsp.path", stream_path(_bytes(payload.get("url")))
        return
    yield from parse_rtsp(_bytes(payload)).facts()


def _onvif(payload: object) -> Facts:
    data = _bytes(payload)
    if not data.lstrip().startswith(b"{"):
        yield from parse_wsd(data).facts()
        return
    yield from _table(json_object(data), _ONVIF)


def _ssdp(payload: object) -> Facts:
    if isinstance(payload, dict):
        yield from _profile(payload)
        return
    data = _bytes(payload)
    if data.lstrip().startswith(b"<"):
        yield from parse_upnp_description(data).facts()
    else:
        yield from parse_ssdp(data).facts()


def _banner(payload: object) -> Facts:
    data = _bytes(payload).strip()
    for attribute, value in parse_greeting(data).facts():
        if attribute == "banner.tcp" and _READY.search(value[-40:]):
            attribute = "banner.ftp"
        elif attribute == "banner.tcp" and _SSH.match(value):
            attribute = "banner.ssh"
        yield attribute, value


def _snmp(payload: object) -> Facts:
    if not isinstance(payload, dict):
        raise WireError("a table of object identifiers is needed here")
    for oid, value in list(payload.items())[:MAX_VALUES]:
        if isinstance(value, str | int | float) and value != "":
            oid = plain(str(oid).lstrip("."), 200)
            attribute = _SNMP.get(oid)
            shown = plain(str(value))
            yield (attribute, shown) if attribute else ("snmp.oid", f"{oid}={shown}")


def _dhcp(payload: object) -> Facts:
    yield from _table(payload, _DHCP)
    yield from _profile(payload)


def _names(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [plain(name) for name in listed[:MAX_VALUES] if isinstance(name, str) and name.strip()]


def _mdns(payload: object) -> Facts:
    """Names and TXT of announcements, sorted as the records of a message would be."""
    yield from _profile(payload)
    assert isinstance(payload, dict)  # _profile refuses anything else
    records: list[Record] = []
    for name in (*_names(payload.get("names")), *_names(payload.get("MdnsHostname"))):
        name = name.rstrip(".")
        if name.startswith("*"):
            name = name.lstrip("*_")
            name = f"_{name}" if "._tcp" in name or "._udp" in name else name
        if name.lower().endswith((".in-addr.arpa", ".ip6.arpa")) or name.startswith("_services._dns-sd."):
            continue
        service = "._tcp." in name.lower() or "._udp." in name.lower()
        records.append(Record(name=name, type="SRV" if service else "A", value=ROOT))
    yield from Dns(id=0, service="mdns", is_response=True, answers=tuple(records)).facts()
    for listed in _names(payload.get("txt")):
        for pair in _TXT.split(listed)[:MAX_VALUES]:
            yield "mdns.txt", pair.strip()


def _dns(payload: object) -> Facts:
    if not isinstance(payload, list):
        raise WireError("a list of names is needed here")
    for name in _names(payload):
        yield "dns.query", name.rstrip(".")


def _mac(payload: object) -> Facts:
    yield "net.mac", _mac_of(_bytes(payload).decode("utf-8", "replace"))


def _model_text(payload: object) -> Facts:
    text = plain(" ".join(_bytes(payload).decode("utf-8", "replace").split()), 1000)
    yield "register.text", text
    if " " not in text:
        yield "register.model", text


_KINDS: dict[str, Callable[[Any], Facts]] = {
    "http": _http,
    "rtsp": _rtsp,
    "onvif": _onvif,
    "sadp": lambda payload: parse_sadp(_bytes(payload)).facts(),
    "dhip": lambda payload: parse_dhip(_bytes(payload)).facts(),
    "ssdp": _ssdp,
    "banner": _banner,
    "snmp": _snmp,
    "tls": lambda payload: _table(payload, _TLS),
    "dhcp": _dhcp,
    "mdns": _mdns,
    "dns": _dns,
    "mac": _mac,
    "model_text": _model_text,
}
