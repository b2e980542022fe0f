"""What the scripts of nmap print of a device's answers, as it stands in XML and in the text report alike.

One function a script, from its output to facts. A script without a function here is not covered, and is counted by
name. What a script concludes (a vulnerability, an account) is not read: only what the device said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from custodiet.errors import WireError
from custodiet.wire.address import ip_text, mac_text
from custodiet.wire.greeting import parse_greeting
from custodiet.wire.http import parse_header_block
from custodiet.wire.x509 import distinguished_name

Facts: TypeAlias = Iterator[tuple[str, str]]

MAX_OUTPUT = 1 << 16
"""The most characters of one output that are read."""


def script_facts(script: str, output: str, port: int) -> Sequence[tuple[str, str]] | None:
    """The facts that one script printed.

    Args:
        script: its id, for example ``http-title``.
        output: what it printed.
        port: the number of the port; 0 for a script about the whole host.

    Returns:
        (attribute, value) pairs, or None when this version does not read that script.
    """
    if script not in _SCRIPTS:
        return None
    if len(output) > _SHORT:
        return tuple(_SCRIPTS[script](output[:MAX_OUTPUT], port))
    return _remembered(script, output, port)


# Ten cameras of one model print the same; what is short and was read before is not read again.
_SHORT = 1000


@lru_cache(maxsize=2048)
def _remembered(script: str, output: str, port: int) -> tuple[tuple[str, str], ...]:
    return tuple(_SCRIPTS[script](output, port))


def _fields(output: str) -> Iterator[tuple[str, str]]:
    """Lines ``Name: value``; a name may come more than once."""
    for line in output.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            yield name.strip(), value.strip()


def _title(output: str, _port: int) -> Facts:
    first, *rest = output.strip("\n").splitlines() or [""]
    for line in (first, *rest):
        _, redirect, target = line.partition("Did not follow redirect to ")
        if not redirect:
            _, redirect, target = line.partition("Requested resource was ")
        if redirect:
            yield "http.location", target
    if not first.startswith(("Site doesn't have a title", "Did not follow redirect", "Requested resource was")):
        yield "http.title", first.removeprefix("Site title:")


def _lines_as(attribute: str) -> Callable[[str, int], Facts]:
    def facts(output: str, _port: int) -> Facts:
        for line in output.splitlines():
            yield attribute, line

    return facts


def _headers(output: str, _port: int) -> Facts:
    lines = [line.strip() for line in output.splitlines()]
    block = "\n".join(line for line in lines if line and not line.startswith("(Request type"))
    try:
        yield from parse_header_block(block.encode("utf-8", "surrogatepass")).facts()
    except WireError:
        return


_PARAMETER = re.compile(r"\s(?=[A-Za-z]{2,20}=)")
_STATUS_LINE = re.compile(r"HTTP/\d|Server returned status")


def _challenge(output: str, _port: int) -> Facts:
    """nmap prints the parameters without quotes and in no order; they are put back as servers send them."""
    for line in output.splitlines():
        scheme, *parameters = _PARAMETER.split(line.strip())
        if not scheme or _STATUS_LINE.match(scheme) or not parameters:
            continue
        pairs = [parameter.partition("=")[::2] for parameter in parameters]
        pairs.sort(key=lambda pair: (pair[0].lower() != "realm", pair[0]))
        # A nonce or opaque is another one each time.
        kept = [(name, value) for name, value in pairs if name.lower() not in ("nonce", "opaque", "cnonce")]
        yield "http.www_authenticate", f"{scheme} " + ", ".join(f'{name}="{value}"' for name, value in kept)


def _name_pairs(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"/(?=[A-Za-z0-9.]{1,64}=)", text)
    return [(key, value) for key, equals, value in (part.partition("=") for part in parts) if equals]


def _certificate(output: str, _port: int) -> Facts:
    for name, value in _fields(output):
        match name:
            case "Subject":
                yield "tls.subject", distinguished_name(_name_pairs(value))
            case "Issuer":
                yield "tls.issuer", distinguished_name(_name_pairs(value))
            case "Not valid before":
                yield "tls.not_before", value.replace("+00:00", "").removesuffix("Z") + "Z"
            case "Subject Alternative Name":
                for alternative in value.split(", "):
                    yield "tls.san", alternative.partition(":")[2]


def _system_description(output: str, _port: int) -> Facts:
    yield "snmp.sys_descr", output.partition("\n  System uptime:")[0]


_UPNP = {
    "Server": "ssdp.server",
    "Location": "ssdp.location",
    "Webserver": "http.server",
    "Name": "upnp.friendly_name",
    "Manufacturer": "upnp.manufacturer",
    "Model Descr": "upnp.model_description",
    "Model Name": "upnp.model_name",
    "Model Version": "upnp.model_number",
    # The words of the description itself, which some versions print.
    "friendlyName": "upnp.friendly_name",
    "manufacturer": "upnp.manufacturer",
    "modelName": "upnp.model_name",
    "modelDescription": "upnp.model_description",
    "modelNumber": "upnp.model_number",
}


def _upnp(output: str, _port: int) -> Facts:
    first = output.strip().partition("\n")[0]
    if "UPnP/" in first and ":" not in first:
        yield "ssdp.server", first
    for name, value in _fields(output):
        if attribute := _UPNP.get(name):
            yield attribute, value


def _web_services(output: str, _port: int) -> Facts:
    for name, value in _fields(output):
        if name == "Address":
            for address in value.split():
                yield "wsd.address", address
        elif name == "Type":
            yield "wsd.types", value.removeprefix("Device ")


_MD5 = re.compile(r"\bMD5: ([0-9A-Fa-f]{32})\b")


def _favicon(output: str, _port: int) -> Facts:
    if match := _MD5.search(output):
        yield "favicon.md5", match[1].lower()
    elif output.strip():
        yield "service.product", output  # nmap knows the icon and prints whose it is


_HEX = re.compile(rb"\\x([0-9A-Fa-f]{2})")


def _banner(output: str, port: int) -> Facts:
    raw = _HEX.sub(lambda match: bytes([int(match[1], 16)]), output.encode("utf-8", "surrogatepass"))
    try:
        yield from parse_greeting(raw, port).facts()
    except WireError:
        yield "banner.tcp", output


def _netbios(output: str, _port: int) -> Facts:
    for part in output.partition("\n")[0].split(", "):
        name, _, value = part.partition(": ")
        if name.strip() == "NetBIOS name" and not value.startswith("<"):
            yield "net.hostname", value
        elif name == "NetBIOS MAC" and (mac := mac_text(value.partition(" ")[0])) and int(mac.replace(":", ""), 16):
            yield "net.mac", mac


_SERVICE = re.compile(r"\d{1,5}/(tcp|udp) (\S{1,64})\Z")


def _service_discovery(output: str, _port: int) -> Facts:
    for line in output.splitlines():
        if match := _SERVICE.match(line.strip()):
            yield "mdns.service", f"_{match[2].removeprefix('_')}._{match[1]}.local"
        elif "=" in line and not line.strip().startswith("Address="):
            yield "mdns.txt", line


def _nothing(_output: str, _port: int) -> Facts:
    yield from ()


_SCRIPTS: dict[str, Callable[[str, int], Facts]] = {
    "banner": _banner,
    "dns-service-discovery": _service_discovery,
    "fingerprint-strings": _nothing,  # the same answers as in the service fingerprint, with less of them
    "http-auth": _challenge,
    "http-favicon": _favicon,
    "http-headers": _headers,
    "http-server-header": _lines_as("http.server"),
    "http-title": _title,
    "nbstat": _netbios,
    "rtsp-methods": _lines_as("rtsp.public"),
    "snmp-sysdescr": _system_description,
    "ssl-cert": _certificate,
    "upnp-info": _upnp,
    "wsdd-discover": _web_services,
}

# Scripts that ask a whole network: their output names an address, and under it what that device answered.
_BROADCAST: dict[str, Callable[[str, int], Facts]] = {
    "broadcast-upnp-info": _upnp,
    "broadcast-wsdd-discover": _web_services,
    "broadcast-dns-service-discovery": _service_discovery,
}


def broadcast_facts(script: str, output: str) -> Iterator[tuple[str, str, str]] | None:
    """The facts of a script that asked a whole network, as (address, attribute, value); None when it is not read."""
    function = _BROADCAST.get(script)
    return None if function is None else _by_address(function, output[:MAX_OUTPUT])


def _by_address(function: Callable[[str, int], Facts], output: str) -> Iterator[tuple[str, str, str]]:
    parts: dict[str, list[str]] = {}
    current: list[str] = []  # what stands before the first address belongs to nobody
    for line in output.splitlines():
        if address := ip_text(line.strip()):
            current = parts.setdefault(address, [])
        else:
            current.append(line)
    for address, lines in parts.items():
        for attribute, value in function("\n".join(lines), 0):
            yield address, attribute, value
