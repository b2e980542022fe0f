"""Which ports of a device its recorder needs: those every camera has, those of its maker, those that were used.

A maker's ports come from the endpoint records for `device-service`. Remote shells are never opened, seen or not: who
maintains a device can open one for an hour.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.model import Flow

EVERY_CAMERA = {
    ("tcp", 80): "web page and ONVIF",
    ("tcp", 443): "web page and ONVIF, encrypted",
    ("tcp", 554): "pictures by RTSP",
}
"""What recorders ask of any camera: ONVIF has no port of its own, it is asked where the web page is."""

NEVER = {("tcp", 22), ("tcp", 23), ("tcp", 2323), ("udp", 1900), ("udp", 5353), ("udp", 5351), ("tcp", 49152)}
"""Remote shells, and what opens doors in a gateway or speaks to groups: no recorder needs them."""

MOST_SERVICES = 15
"""Ports of one device: more is a scan that somebody took for a conversation."""


class Service(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A port of a device that its recorder may ask."""

    transport: str
    """``tcp`` or ``udp``."""
    port: int
    """1 to 65535."""
    because: str
    """Why it is opened."""


def services_of(maker: str, catalog: Catalog, asked: Iterable[Flow]) -> tuple[tuple[Service, ...], tuple[str, ...]]:
    """The ports to open, and what was left shut.

    Args:
        maker: id of the company concluded as its maker; empty: not known.
        catalog: knows the ports of makers.
        asked: conversations that a confirmed recorder began with the device.

    Returns:
        services in order, and sentences on ports that were seen and stay shut.
    """
    found = dict(EVERY_CAMERA)
    for record in catalog.endpoints.values():
        if not maker or record.company != maker or record.purpose != "device-service":
            continue
        if record.specificity != "platform":  # a number that others use too is opened only where it was used
            continue
        for text in record.ports:
            transport, _, number = text.partition("/")
            found.setdefault((transport, int(number)), f"service of its maker, by the record {record.id}")
    shut: list[str] = []
    seen = sorted({(f.transport, f.port) for f in asked if f.bytes_in and f.transport in ("tcp", "udp")})
    for key in seen:
        if not 0 < key[1] < 65536:
            continue
        if key in NEVER:
            shut.append(f"{key[0]}/{key[1]} was used by the recorder and stays shut: no recording needs it")
        elif len(found) >= MOST_SERVICES and key not in found:
            shut.append(f"{key[0]}/{key[1]} was used by the recorder and stays shut: too many ports were used")
        else:
            found[key] = "seen in use by the recorder" if key not in EVERY_CAMERA else found[key]
    services = (Service(transport=t, port=p, because=why) for (t, p), why in found.items() if (t, p) not in NEVER)
    return tuple(sorted(services)), tuple(shut)
