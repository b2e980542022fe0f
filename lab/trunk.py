"""A trunk: devices in VLANs that no route and no address of the station leads to, heard by their tagged frames alone.

The station has one end of it, `trunk0`, as a mirror port or a trunk port of a switch would show it. Nobody can ask these
devices anything; they announce themselves like those on the link, and over IPv6 too. The tags are written into the
frames here, so that no kernel needs to know of VLANs.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from lab.chatter import datagram6, frames, hello, named
from lab.device import Device, Place
from lab.devices import dahua, hikvision, others, plain

LINK = "trunk0"
"""Interface at both ends."""
VLANS = (30, 31)
_FAMILIES = (
    hikvision.camera,
    dahua.camera,
    others.axis,
    others.uniview,
    hikvision.recorder,
    plain.phone,
)
"""Each VLAN has two of each."""
WHY_NOT = "no sweep reaches its VLAN; its frames are heard on trunk0"
NAMELESS = "; it says nothing of its maker unasked"


def devices(seed: int) -> list[Device]:
    """The devices of the trunk, the same for the same seed; ``network`` is ``vlan30`` or ``vlan31``."""
    dice = random.Random(f"{seed} trunk")
    made = []
    for vlan in VLANS:
        for number, make in enumerate(_FAMILIES * 2):
            address = f"10.78.{vlan}.{10 + number}"
            device = make(Place(address, f"vlan{vlan}", 1000 + number, dice.randrange))
            device.seen, device.why_not = False, WHY_NOT + (NAMELESS if make is plain.phone else "")
            made.append(device)
    return made


def said(device: Device) -> Iterator[bytes]:
    """The tagged frames of one round of a device."""
    tag = struct.pack(">HH", 0x8100, int(device.network.removeprefix("vlan")))
    for frame in (*frames(device), *_over_ipv6(device)):
        yield frame[:12] + tag + frame[12:]


def _over_ipv6(device: Device) -> Iterator[bytes]:
    if greeting := hello(device):
        yield datagram6(device.mac, "ff02::c", 3702, greeting)
    if answer := named(device):
        yield datagram6(device.mac, "ff02::fb", 5353, answer)
