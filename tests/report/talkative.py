"""Small factories of what devices talk to, for the tests of the faces that show it."""

from __future__ import annotations

import msgspec

from custodiet.model import Bar, Egress, FirmwareSeen, Located, Peer, WayIn

EIGHT = 1_763_366_400.0
"""17 Nov 2025 08:00 UTC."""
HOUR = 3600.0
LOCATED = Located(country="SG", network_owner="Example Cloud", database="Made-Country 2025-11-01")


def bars(*volumes: tuple[int, int, int]) -> tuple[Bar, ...]:
    """Bars of (hour, bytes out, bytes in)."""
    return tuple(Bar(EIGHT + hour * HOUR, out, into) for hour, out, into in volumes)


def peer(address: str = "203.0.113.80", **over: object) -> Peer:
    """The cloud of the maker, called every 30 seconds."""
    given: dict[str, object] = {
        "address": address,
        "where": "outside",
        "transport": "tcp",
        "port": 8555,
        "begun_by": "device",
        "names": ("dev.hik-connect.com",),
        "serves": "vendor cloud",
        "owner": "hikvision",
        "of_maker": True,
        "answered": True,
        "size": "keep-alive",
        "every": 30.0,
        "conversations": 26,
        "bytes_out": 41_000,
        "bytes_in": 22_000,
        "first_seen": EIGHT + 60,
        "last_seen": EIGHT + 26 * HOUR - 60,
        "bars": bars(*((hour, 1_577, 846) for hour in range(26) if not 9 <= hour < 12)),
    }
    return Peer(**(given | over))


def video(address: str = "203.0.113.90", **over: object) -> Peer:
    """A relay that gets moving pictures for some minutes."""
    given: dict[str, object] = {
        "names": (),
        "serves": "P2P relay",
        "owner": "",
        "of_maker": False,
        "size": "video-sized",
        "every": 0.0,
        "conversations": 1,
        "bytes_out": 9_200_000,
        "bytes_in": 180_000,
        "first_seen": EIGHT + 15 * HOUR,
        "last_seen": EIGHT + 15 * HOUR + 300,
        "bars": bars((15, 9_200_000, 180_000)),
        "located": LOCATED,
    }
    return peer(address, **(given | over))


def inside(address: str = "10.20.8.20", **over: object) -> Peer:
    """The recorder."""
    given: dict[str, object] = {
        "where": "inside",
        "names": (),
        "serves": "recorder",
        "port": 554,
        "owner": "",
        "of_maker": False,
        "size": "video-sized",
        "every": 0.0,
        "bytes_out": 3_000_000_000,
    }
    return peer(address, **(given | over))


def talker(**over: object) -> Egress:
    """A camera that talks to its maker, with a gap in the watching."""
    made = Egress(
        asset="asset-camera",
        label="10.0.0.5",
        maker="hikvision",
        outcome="maker's own seen",
        says="Seen 1 cloud of its maker, 41.0 kB out in 23 hours of capture.",
        peers=(peer(), video(), inside()),
        peers_total=3,
        watched=23 * HOUR,
        spans=((EIGHT, EIGHT + 9 * HOUR), (EIGHT + 12 * HOUR, EIGHT + 26 * HOUR)),
        ways_in=(
            WayIn(
                kind="p2p registration", says="It registers with a relay of its maker.", state="seen", first_seen=EIGHT
            ),
            WayIn(kind="open port", says="tcp/554 is open.", state="declared"),
        ),
        firmware=(
            FirmwareSeen(version="V5.7.13", first_seen=EIGHT, last_seen=EIGHT + HOUR),
            FirmwareSeen(version="V5.7.21", first_seen=EIGHT + 20 * HOUR),
        ),
        doubts=("The capture has a gap of 3 hours.",),
        not_visible=("What went by another way out.",),
    )
    made = msgspec.structs.replace(made, **over)
    return made if "clean" in over else msgspec.structs.replace(made, clean=made.spans)


def silent(**over: object) -> Egress:
    """A camera that was watched, and of which nothing went outside."""
    given: dict[str, object] = {
        "asset": "asset-axis",
        "label": "row 3 of the register",
        "maker": "axis",
        "outcome": "nothing outside seen",
        "says": "Nothing outside seen in 26 hours of complete capture at this point.",
        "peers": (inside(),),
        "peers_total": 1,
        "watched": 26 * HOUR,
        "spans": ((EIGHT, EIGHT + 26 * HOUR),),
        "ways_in": (),
        "firmware": (),
        "doubts": (),
    }
    return talker(**(given | over))


def unseen(**over: object) -> Egress:
    """A device of whose traffic nothing was watched."""
    given: dict[str, object] = {
        "asset": "asset-unknown-1",
        "label": "10.0.1.1",
        "maker": "",
        "outcome": "cannot be said",
        "says": "Cannot be said: it was only heard calling to all.",
        "peers": (inside("239.255.255.250", where="to all", serves="unknown", size="small", bytes_out=900),),
        "peers_total": 1,
        "watched": 0.0,
        "spans": (),
        "ways_in": (),
        "firmware": (),
        "doubts": (),
    }
    return talker(**(given | over))
