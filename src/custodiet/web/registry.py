"""All pages and deeds, in the order in which a body's menu and the description of the interface list them."""

from __future__ import annotations

from typing import Any

from custodiet.web.page import Deed, Page
from custodiet.web.pages import bodies, changes, device, devices, history, overview, views

ALL: list[Page[Any, Any] | Deed[Any]] = [
    bodies.PAGE,
    overview.PAGE,
    devices.PAGE,
    views.KEEP,
    views.REMOVE,
    device.PAGE,
    changes.CHANGES,
    changes.NOT_SEEN,
    history.PAGE,
]
