"""WS-Discovery, by which ONVIF devices are found.

An envelope may hold several matches. A fragment without its envelope, and prefixes that nobody declared, are read
too: that is how such messages come out of logs. The last digits of an endpoint's UUID are often, and not always, a
MAC address; so no MAC is read from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote_to_bytes

import msgspec
from lxml import etree

from custodiet.errors import WireError
from custodiet.wire.text import text
from custodiet.wire.xml import child_text, element_text, local, parse_xml

Kind = Literal["probe", "probe_matches", "resolve", "resolve_matches", "hello", "bye"]

_KINDS: dict[str, Kind] = {
    "ProbeMatch": "probe_matches",
    "ResolveMatch": "resolve_matches",
    "Hello": "hello",
    "Bye": "bye",
    "Probe": "probe",
    "Resolve": "resolve",
    "ProbeMatches": "probe_matches",  # the three last: without a single match inside
    "ResolveMatches": "resolve_matches",
}
_ONE_DEVICE = frozenset({"ProbeMatch", "ResolveMatch", "Hello", "Bye"})
_MAX_MATCHES = 64
_MAX_LIST = 16_000  # characters of one list of scopes
_MAX_SCOPES = 500

_ONVIF_SCOPE = re.compile(r"onvif://www\.onvif\.org/(name|hardware)/(.+)", re.IGNORECASE | re.DOTALL)
_MAC_SCOPE = re.compile(
    r"/mac(?:[-_]?address)?/([0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{12})(?![0-9a-f])", re.IGNORECASE
)


class WsdMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One device as it describes itself."""

    endpoint: str = ""
    """Address of the endpoint reference, mostly a ``urn:uuid:``."""
    types: str = ""
    """Types, separated by single blanks, with the prefixes as sent."""
    scopes: tuple[str, ...] = ()
    """Scopes, percent-decoded."""
    addresses: tuple[str, ...] = ()
    """Each of XAddrs."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """All it says."""
        if self.endpoint:
            yield "wsd.endpoint", self.endpoint
        if self.types:
            yield "wsd.types", self.types
        for address in self.addresses:
            yield "wsd.address", address
        for scope in self.scopes:
            yield "onvif.scope", scope
            if (match := _ONVIF_SCOPE.fullmatch(scope)) and (said := match[2].strip()):
                yield f"onvif.{match[1].lower()}", said
            if match := _MAC_SCOPE.search(scope):
                digits = re.sub("[:-]", "", match[1].lower())
                if digits not in ("0" * 12, "f" * 12):
                    yield "net.mac", ":".join(digits[at : at + 2] for at in range(0, 12, 2))


class WsDiscovery(msgspec.Struct, frozen=True, kw_only=True):
    """One message of port 3702."""

    kind: Kind
    """What it is; a ``probe`` or ``resolve`` asks and describes nobody."""
    matches: tuple[WsdMatch, ...] = ()
    """The devices it describes, mostly one."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What all matches say; the sender answers for them all."""
        yield from dict.fromkeys(fact for match in self.matches for fact in match.facts())


def parse_wsd(payload: bytes) -> WsDiscovery:
    """A datagram, or a fragment of one from its match inwards.

    Raises:
        WireError: not XML, or without an element of WS-Discovery.
    """
    kind: Kind | None = None
    matches: list[WsdMatch] = []
    for element in parse_xml(payload).iter():
        name = local(element)
        if name not in _KINDS:
            continue
        kind = kind or _KINDS[name]
        if name in _ONE_DEVICE and len(matches) < _MAX_MATCHES:
            matches.append(_match(element))
    if kind is None:
        raise WireError("no message of WS-Discovery")
    return WsDiscovery(kind=kind, matches=tuple(matches))


def _match(element: etree._Element) -> WsdMatch:
    found = dict.fromkeys(("Types", "Scopes", "XAddrs"), "")
    endpoint = ""
    for child in element:
        name = local(child)
        if name == "EndpointReference":
            endpoint = endpoint or child_text(child, "Address")
        elif name in found and not found[name]:
            found[name] = element_text(child, _MAX_LIST)
    return WsdMatch(
        endpoint=endpoint,
        types=text(" ".join(found["Types"].split()).encode()),
        scopes=tuple(_scopes(found["Scopes"])),
        addresses=tuple(text(address.encode()) for address in found["XAddrs"].split()),
    )


def _scopes(listed: str) -> list[str]:
    """Scopes of a list, decoded. A word that is no URI is the rest of a name whose blank was not encoded."""
    words: list[str] = []
    for word in listed.split()[:_MAX_SCOPES]:
        if words and ":" not in word:
            words[-1] += f" {word}"
        else:
            words.append(word)
    return [text(unquote_to_bytes(word)) for word in words]
