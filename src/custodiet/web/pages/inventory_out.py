"""The devices of a body in the form in which inventory programs take them: NetBox, Snipe-IT and GLPI.

Only what was concluded or read stands there; what is unknown stays empty, and is for people to fill in. Two columns
are of our own, which those programs keep as fields that are added there: by the id a row is known again when it comes
back, and the brand is another than the manufacturer where a device is sold under a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from custodiet.model import Entry
from custodiet.report.names import CatalogNames
from custodiet.resolve import is_local_mac
from custodiet.web import lists
from custodiet.web.estate import Estate, entry_of
from custodiet.web.knowledge import Known, known_of, names_of
from custodiet.web.page import Asked, File, Nothing, Page
from custodiet.web.store.models import Observation


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What can be had."""

    devices: int
    """How many there are."""
    forms: dict[str, str]
    """Word behind ``as=`` -> the program that takes it."""


class _Device:
    """What the forms say of a device."""

    def __init__(self, entry: Entry, names: CatalogNames, known: Known, named: Mapping[str, str]) -> None:
        concluded = entry.identification
        found: dict[str, list[str]] = {}
        for one in entry.asset.identifiers:
            # what is another's, as the address of a router, must not come back as its own
            if one.identity or (one.kind == "mac" and is_local_mac(one.value)):
                found.setdefault(one.kind, []).append(one.value)
        self.mac, self.ip = ", ".join(found.get("mac", [])), ", ".join(found.get("ip", []))
        # one too short to tell devices apart is still what the register says
        self.serial = concluded.get("serial").value or next(iter(found.get("serial", [])), "")
        self.tag = next(iter(found.get("tag", [])), "")
        self.name = entry.asset.called or next(iter(found.get("hostname", [])), entry.asset.label)
        said = (named[key] for key in entry.asset.subjects if key in named)
        self.site = known.site(entry.asset.site) if entry.asset.site else next(said, "")
        brand = concluded.get("brand").value
        self.brand = names.brand(brand) if brand else ""
        maker = concluded.get("manufacturer").value
        self.maker = names.company(maker) if maker else ""
        self.model = concluded.get("model").value
        kind = concluded.get("device_class").value
        self.kind = "" if kind == "not_surveillance" else kind.replace("_", " ")
        self.id = entry.asset.id


def _sites_named(estate: Estate) -> dict[str, str]:
    """``source/subject`` -> what a register calls the site, which need not be one of the body's sites."""
    rows = estate.rows(Observation).filter(attribute="register.site", number__lte=estate.row.observations)
    told = rows.values_list("source", "subject", "value").iterator(2000)
    return {f"{source}/{subject}": value for source, subject, value in told}


_Form = dict[str, Callable[[_Device], str]]

_NETBOX: _Form = {
    "name": lambda d: d.name,
    "role": lambda d: d.kind,
    "manufacturer": lambda d: d.maker,
    "device_type": lambda d: d.model,
    "serial": lambda d: d.serial,
    "asset_tag": lambda d: d.tag,
    "status": lambda d: "active",
    "site": lambda d: d.site,
    "comments": lambda d: "; ".join(filter(None, (d.mac, d.ip))),
    "cf_custodiet_id": lambda d: d.id,
    "cf_custodiet_brand": lambda d: d.brand,
}
"""As its import of devices calls them, with ``cf_`` before fields that were added; addresses have tables of their own
there, and stand in the comments."""

_SNIPE_IT: _Form = {
    "Asset Name": lambda d: d.name,
    "Asset Tag": lambda d: d.tag,
    "Model name": lambda d: d.model,
    "Category": lambda d: d.kind,
    "Manufacturer": lambda d: d.maker,
    "Serial": lambda d: d.serial,
    "Location": lambda d: d.site,
    "MAC Address": lambda d: d.mac,
    "IP Address": lambda d: d.ip,
    "custodiet_id": lambda d: d.id,
    "custodiet_brand": lambda d: d.brand,
}

_GLPI: _Form = {
    "Name": lambda d: d.name,
    "Manufacturer": lambda d: d.maker,
    "Model": lambda d: d.model,
    "Type": lambda d: d.kind,
    "Serial number": lambda d: d.serial,
    "Inventory number": lambda d: d.tag,
    "Location": lambda d: d.site,
    "Network - MAC address": lambda d: d.mac,
    "Network - IP": lambda d: d.ip,
    "custodiet_id": lambda d: d.id,
    "custodiet_brand": lambda d: d.brand,
}

FORMS = {"netbox": ("NetBox", _NETBOX), "snipe-it": ("Snipe-IT", _SNIPE_IT), "glpi": ("GLPI", _GLPI)}
"""Word of a form -> (program, its headings and what stands below each)."""


def fetch(asked: Asked[Nothing]) -> Inventory:
    """How many devices, and the forms."""
    forms = {word: program for word, (program, _form) in FORMS.items()}
    return Inventory(devices=asked.estate.devices().count(), forms=forms)


def _file(word: str, asked: Asked[Nothing]) -> File:
    form = FORMS[word][1]

    def rows() -> Iterator[Sequence[Any]]:
        names, known, named = names_of(asked.estate), known_of(asked.estate), _sites_named(asked.estate)
        for row in asked.estate.devices().order_by("place").iterator(200):
            device = _Device(entry_of(row), names, known, named)
            yield [say(device) for say in form.values()]

    return lists.table(f"{asked.estate.id}-{word}", list(form), rows)


PAGE = Page(
    name="inventory",
    path="inventory/",
    says="The devices in the form in which inventory programs take them.",
    query=Nothing,
    data=Inventory,
    fetch=fetch,
    template="inventory.html",
    files={word: partial(_file, word) for word in FORMS},
)
