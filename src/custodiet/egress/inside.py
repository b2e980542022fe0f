"""What machines inside are to a device: recorder, viewer, gateway, the server of names or time, or unknown.

A recorder is one that was concluded to be one, or that fetches pictures from several surveillance devices. Whoever
fetches pictures and is none is a viewer; a viewing station that shows several cameras looks like a recorder from here,
and that is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from custodiet.egress.owners import BY_PORT, GATEWAY, RECORDER, UNKNOWN, VIEWER, Owner

PICTURES = {("tcp", port) for port in (80, 443, 554, 8000, 8080, 8443, 8554, 10554, 34567, 37777)} | {
    ("udp", 554), ("udp", 37778),
}  # fmt: skip
"""Ports of a surveillance device from which pictures are fetched: RTSP, HTTP and the makers' own."""

STREAMS = (554, 8000, 8554, 10554, 34567, 37777)
"""Those of them that are for little else."""


@dataclass(frozen=True, slots=True)
class Roles:
    """What is known of addresses inside, by ``ip:`` key.

    Args:
        recorders: key -> label of the asset that was concluded to be a recorder.
        fetchers: key -> from how many surveillance devices it fetches pictures.
        gateways: keys that forward for others.
    """

    recorders: Mapping[str, str] = field(default_factory=dict)
    fetchers: Mapping[str, int] = field(default_factory=dict)
    gateways: frozenset[str] = frozenset()

    def of(self, key: str, transport: str, port: int, began: bool) -> Owner:
        """What a machine inside is to the device that talks with it.

        Args:
            key: of the other machine.
            transport: as in `Flow`.
            port: of the side that was called.
            began: True where the device began.
        """
        if began and (serves := BY_PORT.get((transport, port))):
            return Owner(serves, because=f"By its port alone, {transport}/{port}.")
        if label := self.recorders.get(key):
            return Owner(RECORDER, because=f"{label} is concluded to be a recorder.")
        if (number := self.fetchers.get(key, 0)) > 1:
            how = f"It fetches pictures from {number:,} surveillance devices; a viewing station would look alike."
            return Owner(RECORDER, because=how)
        if not began and (transport, port) in PICTURES:
            return Owner(VIEWER, because=f"It calls {transport}/{port} of the device, from which pictures are fetched.")
        if key in self.gateways:
            return Owner(GATEWAY, because="It forwards for others.")
        return Owner(UNKNOWN)
