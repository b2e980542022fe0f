"""Answers of a device's own HTTP interface (ISAPI) that somebody kept: its DeviceInfo, and the cameras of a recorder.

Two forms are read: the XML of one DeviceInfo, and JSON that holds many answers by their path. A recorder's list names
the devices behind it: each is a subject of its own, so that a channel never becomes a recorder. Their addresses are not
told, since recorders give the same private addresses to the cameras on their own sockets. Names given by users,
passwords and salts are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from custodiet.errors import SourceError, WireError
from custodiet.model import Source, observe
from custodiet.sources.base import Item, Reader, ReadOptions
from custodiet.sources.ledger import Ledger, plain
from custodiet.wire.address import is_device_mac, mac_text
from custodiet.wire.json import json_object
from custodiet.wire.xml import element_text, local, parse_xml

MAX_FILE = 8 << 20
"""Bytes of a file with the answers of one device; real ones have some hundred thousand."""
MAX_CHANNELS = 512

_FIELDS = (
    ("manufacturer", "isapi.manufacturer"),
    ("model", "isapi.model"),
    ("serialNumber", "isapi.serial"),
    ("deviceType", "isapi.device_type"),
    ("systemContact", "isapi.contact"),
    ("@xmlns", "isapi.namespace"),
)
_NEXT_STEP = "Ask for the device's answer to /ISAPI/System/deviceInfo as it was sent"


def device_info_facts(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the elements of a DeviceInfo say about the device that sent it; ``@xmlns`` is its namespace."""
    for name, attribute in _FIELDS:
        if value := plain(fields.get(name, "").strip()):
            yield attribute, value
    if firmware := _firmware(fields):
        yield "isapi.firmware", firmware
    mac = mac_text(fields.get("macAddress", "").strip())
    if mac and is_device_mac(mac):
        yield "isapi.mac", mac


def parse_device_info(xml: bytes) -> dict[str, str]:
    """Names and texts of the elements of a DeviceInfo, and its namespace as ``@xmlns``.

    Raises:
        WireError: not XML, or another document.
    """
    root = parse_xml(xml)
    if local(root) != "DeviceInfo":
        raise WireError("not a DeviceInfo of ISAPI")
    namespace = re.match(r"\{([^}]{1,200})\}", str(root.tag))
    fields: dict[str, str] = {"@xmlns": namespace[1] if namespace else ""}
    for element in root:
        if name := local(element):
            fields.setdefault(name, element_text(element))
    return fields


def _firmware(fields: Mapping[str, str]) -> str:
    """Version and build as the makers write them together: ``V5.7.15 build 240201``."""
    parts = (fields.get("firmwareVersion", ""), fields.get("firmwareReleasedDate", ""))
    return plain(" ".join(part.strip() for part in parts if part.strip()))


def _texts(value: object) -> dict[str, str]:
    """The texts of a JSON object; what is nested is left out."""
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def _answers(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers by path, wherever the tool put them."""
    inner = message.get("data")
    inner = inner.get("ISAPI") if isinstance(inner, dict) else message.get("ISAPI", message)
    return inner if isinstance(inner, dict) else {}


def _answer(answers: Mapping[str, Any], path: str, root: str) -> object:
    """The document of one answer; none where it was refused or is of another kind."""
    kept = answers.get(path)
    kept = kept.get("response", kept) if isinstance(kept, dict) else None
    return kept.get(root) if isinstance(kept, dict) else None


def _channels(answers: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """(number, fields) of each camera that a recorder lists."""
    listed = _answer(answers, "ContentMgmt/InputProxy/channels", "InputProxyChannelList")
    channels = listed.get("InputProxyChannel") if isinstance(listed, dict) else None
    if isinstance(channels, dict):
        channels = [channels]  # converters of XML make no list of a single element
    for place, channel in enumerate(channels[:MAX_CHANNELS] if isinstance(channels, list) else [], start=1):
        if isinstance(channel, dict):
            number = plain(str(channel.get("id", place)), 20)
            yield number, _texts(channel.get("sourceInputPortDescriptor"))


def _recognise(head: bytes, name: str) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return b"<DeviceInfo" in start[:2000] and b"<serialNumber" in start
    return start.startswith(b"{") and (b'"System/deviceInfo"' in start or b'"ISAPI"' in start[:400])


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    if path.stat().st_size > MAX_FILE:
        raise SourceError(f"more than {MAX_FILE >> 20} MiB of answers", place=source.name, next_step=_NEXT_STEP)
    data = path.read_bytes()
    answers: Mapping[str, Any] = {}
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            fields = parse_device_info(data)
        else:
            answers = _answers(json_object(data.removeprefix(b"\xef\xbb\xbf")))
            fields = _texts(_answer(answers, "System/deviceInfo", "DeviceInfo"))
    except WireError as error:
        reason = f"the answers cannot be read: {error.reason}"
        raise SourceError(reason, place=source.name, next_step=_NEXT_STEP) from error
    if not fields:
        raise SourceError("no answer of System/deviceInfo is in it", place=source.name, next_step=_NEXT_STEP)
    ledger = Ledger(source, "devices")
    for attribute, value in device_info_facts(fields):
        yield observe(source.id, "device:1", attribute, value, "System/deviceInfo")
    ledger.read()
    for number, channel in _channels(answers):
        place = f"channel {number}"
        told = dict(device_info_facts(channel))
        for attribute, value in told.items():
            yield observe(source.id, f"channel:{number}", attribute, value, place)
        if told:
            ledger.read()
        else:
            ledger.not_covered("channels without a device")
    options.progress(source.size)
    yield from ledger.close()


READER = Reader(
    id="isapi",
    title="ISAPI answers of a device (JSON, XML)",
    kind="scan",
    recognise=_recognise,
    read=_read,
)
