"""Devices that were bought alike, and devices of which it is open whether a text means them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from custodiet.returns.draft import Draft, column, table
from custodiet.returns.estate import Device, Estate, item_name
from custodiet.returns.paper import Section
from custodiet.returns.words import several


@dataclass(frozen=True, slots=True)
class Item:
    """Devices that were bought alike."""

    brand: str
    model: str
    supplier: str
    devices: tuple[Device, ...]

    @property
    def name(self) -> str:
        """How the paper calls it."""
        alone = self.devices[0].asset.label if len(self.devices) == 1 else "equipment that is not named further"
        return item_name(self.brand, self.model) or alone

    @property
    def number(self) -> int:
        """How many devices it stands for."""
        return sum(device.asset.quantity for device in self.devices)


def items(estate: Estate, devices: Iterable[Device]) -> tuple[Item, ...]:
    """Devices gathered by brand, model and supplier, in their order."""
    found: dict[tuple[str, str, str], list[Device]] = {}
    for device in devices:
        key = (estate.brand(device) or estate.maker(device), estate.model(device), device.said("register.supplier"))
        found.setdefault(key, []).append(device)
    return tuple(Item(*key, tuple(alike)) for key, alike in found.items())


def open_section(draft: Draft, directive: str, *words: str) -> Section:
    """Devices of which it is open whether the text means them, with what is open; and why others were left out."""
    estate = draft.estate
    rows = []
    for device in estate.devices:
        if device.meant_by(directive) == "unknown":
            draft.judged(device, directive)
            rows.append(
                (
                    device.asset.id,
                    [device.asset.label, draft.kind(device), estate.maker(device), why_open(device, directive)],
                )
            )
    columns = [
        column("device", "Device"),
        column("kind", "Kind"),
        column("maker", "Producer"),
        column("open", "What is open"),
    ]
    made = table("open", "Devices that may be meant", columns, rows)
    return Section(id="open", title="What could not be judged", publication="restricted", words=words, tables=(made,))


def why_open(device: Device, directive: str) -> str:
    """What is open about the kind or the maker, in the judge's words."""
    said = (
        answered.because
        for finding in device.findings
        if finding.directive == directive
        for answered in finding.answers
        if answered.question in ("equipment", "entity") and answered.answer == "unknown"
    )
    return "; ".join(dict.fromkeys(said))


def named(devices: Iterable[Device]) -> str:
    """The devices in a row, for a cell."""
    return several([device.asset.label for device in devices], "en")
