"""The devices of a body in the form in which inventory programs take them: NetBox, Snipe-IT and GLPI.

Only what was concluded or read stands there; what is unknown stays empty, and is for people to fill in. A line of a
purchase that is no device known elsewhere does not go out: it would come back as a device of a register. Two columns
are of our own, which those programs keep as fields that are added there: by the id a row is known again when it comes
back, and the brand is another than the manufacturer where a device is sold under a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from custodiet.judge.events import GONE, STORED
from custodiet.model import Entry
from custodiet.report.names import CatalogNames
from custodiet.resolve import is_local_mac
from custodiet.web import lists
from custodiet.web.columns import Selection, both, columns_of, number
from custodiet.web.estate import Estate, entry_of
from custodiet.web.knowledge import Known, known_of, names_of
from custodiet.web.page import Asked, File, Nothing, Page
from custodiet.web.standing import NETWORK
from custodiet.web.store.models import Observation


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What can be had."""

    devices: int
    """How many there are."""
    left_out: int
    """Lines of purchases beside them that are no device known elsewhere: they do not go out."""
    lacks: dict[str, int]
    """Column that NetBox asks for -> devices of which it is not known, and so stays empty."""
    forms: dict[str, str]
    """Word behind ``as=`` -> the program that takes it."""


class _Device:
    """What the forms say of a device.

    Args:
        entry: all that is said of it.
        names: names for ids.
        known: what is known of the body.
        named: ``source/subject`` -> what a register calls the site.
        states: the same -> in what state a register says it is.
    """

    def __init__(
        self, entry: Entry, names: CatalogNames, known: Known, named: Mapping[str, str], states: Mapping[str, str]
    ) -> None:
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
        written = (_state(states[key]) for key in entry.asset.subjects if key in states)
        self.seen = not NETWORK.isdisjoint(_kinds(entry, known))
        self.state = next(filter(None, written), "active" if self.seen else "")


def _kinds(entry: Entry, known: Known) -> set[str]:
    """Kinds of source that know a device."""
    ids = {subject.partition("/")[0] for subject in entry.asset.subjects}
    return {str(known.sources[id].kind) for id in ids if id in known.sources}


def _state(text: str) -> str:
    """The state in which a register says that a device is, as NetBox calls it; empty: in none that it knows."""
    said = " ".join(text.casefold().split())
    return next((state for state, words in _STATES.items() if said == state or said in words), "")


_STATES = {
    "active": frozenset({"in use", "in gebruik", "actief", "deployed", "operational", "in bedrijf"}),
    "inventory": STORED,
    "decommissioning": GONE,
    "offline": frozenset({"buiten gebruik", "out of service"}),
    "planned": frozenset({"gepland"}),
    "staged": frozenset(),
    "failed": frozenset({"defect", "broken", "kapot"}),
}
"""State as NetBox knows it -> how registers write it."""


def _written(estate: Estate, attribute: str) -> dict[str, str]:
    """``source/subject`` -> what a register says there; a site so named need not be one of the body's sites."""
    rows = estate.rows(Observation).filter(attribute=attribute, number__lte=estate.row.observations)
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
    "status": lambda d: d.state,
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
    columns = columns_of(asked.estate)
    lines = _not(columns["source"].where(lambda kind: kind != "purchase_record"))
    out = _not(lines)
    lacks = {
        name: number(both(out, columns[field].where(lambda value: value in ("", "not_surveillance"))), columns.total)
        for name, field in _NEEDED.items()
    }
    left_out = number(lines, columns.total)
    return Inventory(devices=columns.total - left_out, left_out=left_out, lacks=lacks, forms=forms)


_NEEDED = {"role": "device_class", "manufacturer": "maker", "device_type": "model", "site": "site"}
"""Column that NetBox asks for -> field of the columns; of its state nobody is asked, since a network tells it too."""
_SWAPPED = bytes(0 if byte else 255 for byte in range(256))


def _not(chosen: Selection) -> Selection:
    """The devices that are not chosen."""
    return chosen.translate(_SWAPPED)


def _file(word: str, asked: Asked[Nothing]) -> File:
    form = FORMS[word][1]

    def rows() -> Iterator[Sequence[Any]]:
        names, known = names_of(asked.estate), known_of(asked.estate)
        named, states = (_written(asked.estate, f"register.{field}") for field in ("site", "status"))
        for row in asked.estate.devices().order_by("place").iterator(200):
            entry = entry_of(row)
            if _kinds(entry, known) != {"purchase_record"}:
                device = _Device(entry, names, known, named, states)
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
