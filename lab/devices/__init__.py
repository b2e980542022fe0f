"""The families of the estate, and how many of a hundred devices each makes.

The order is that of reading: makers, relabelled ones, what is no camera, trouble. Each family is a function from a place
to a device; shares are parts of the whole and need not add up to a hundred.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lab.device import Device, Place
from lab.devices import dahua, hikvision, others, plain, trouble


class Family(NamedTuple):
    """One row."""

    make: Callable[[Place], Device]
    share: int


FAMILIES: list[Family] = [
    Family(hikvision.camera, 14),
    Family(hikvision.recorder, 3),
    Family(hikvision.intercom, 1),
    Family(hikvision.relabelled, 5),
    Family(hikvision.ezviz, 2),
    Family(dahua.camera, 10),
    Family(dahua.recorder, 3),
    Family(dahua.intercom, 1),
    Family(dahua.relabelled, 5),
    Family(dahua.imou, 2),
    Family(others.uniview, 4),
    Family(others.uniview_relabelled, 1),
    Family(others.axis, 5),
    Family(others.hanwha, 3),
    Family(others.bosch, 3),
    Family(others.tvt, 2),
    Family(others.xiongmai, 3),
    Family(others.reolink, 2),
    Family(others.vivotek, 1),
    Family(others.mobotix, 1),
    Family(others.sony, 1),
    Family(others.foscam, 1),
    Family(others.ubiquiti, 1),
    Family(others.vstarcam, 1),
    Family(others.vision360, 1),
    Family(plain.printer, 6),
    Family(plain.router, 2),
    Family(plain.switch, 2),
    Family(plain.server, 5),
    Family(plain.phone, 5),
    Family(plain.controller, 2),
    Family(trouble.silent, 2),
    Family(trouble.filtered, 1),
    Family(trouble.refusing, 1),
    Family(trouble.spoofed, 1),
    Family(trouble.garbage, 1),
    Family(trouble.endless, 1),
    Family(trouble.elsewhere, 1),
    Family(trouble.broken_certificate, 1),
    Family(trouble.to_the_cloud, 1),
]
FRAGILE = Family(trouble.fragile, 0)
"""Made in a number of their own, in a subnet of their own, where their packets are counted one by one."""
