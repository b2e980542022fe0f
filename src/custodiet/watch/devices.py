"""Which device of the case a MAC, a serial number or an address belongs to, as it was concluded last.

A MAC or a serial number that is the device's own comes first. An address names a device only where nothing speaks
against it: where both have a MAC of their own and these differ, somebody else stands at that address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from custodiet.model import Asset, Identification

MOST = 500_000
"""Names of devices that are known by heart."""

_OWN = ("serial", "mac")


@dataclass(frozen=True, slots=True)
class Known:
    """A device as the case knew it.

    Args:
        id, label: of the asset.
        macs: its own.
        maker: id of the company concluded as its maker, certain or likely; empty: not known.
        registrant: who holds its address block; empty: not known.
        told: whether news of it are told.
        surveillance: whether it is concluded to be a surveillance device.
    """

    id: str
    label: str
    macs: frozenset[str]
    maker: str = ""
    registrant: str = ""
    told: bool = False
    surveillance: bool = False


class Devices:
    """The devices of a case by what names them."""

    def __init__(self) -> None:
        self._by: dict[tuple[str, str], Known] = {}
        self.lent: set[str] = set()
        """MAC addresses that routers put before the packets of others."""

    def add(self, asset: Asset, known: Known) -> None:
        """Learn a device, or what is known of it now."""
        if len(self._by) >= MOST:
            return
        for one in asset.identifiers:
            if one.identity and one.kind in (*_OWN, "ip"):
                self._by[one.kind, one.value] = known
        self.lend(asset)

    def lend(self, asset: Asset) -> None:
        """Learn which MAC addresses a router lends to others."""
        if len(self.lent) < MOST:
            self.lent.update(lent_of(asset))

    def of(self, asset: Asset) -> Known | None:
        """The device that this one is."""
        for kind in _OWN:
            for one in asset.identifiers:
                if one.kind == kind and one.identity and (found := self._by.get((kind, one.value))):
                    return found
        macs = self.own_macs(asset)
        for found, _ in self.at_its_addresses(asset):
            if not (macs and found.macs and macs.isdisjoint(found.macs)):
                return found
        return None

    def replaced(self, asset: Asset) -> Iterator[tuple[Known, str]]:
        """Devices that stood at an address of this one with a MAC of their own, which is another; with the address."""
        macs = self.own_macs(asset)
        for found, address in self.at_its_addresses(asset):
            if macs and found.macs and macs.isdisjoint(found.macs):
                yield found, address

    def at(self, key: str) -> Known | None:
        """Who stands at an ``ip:`` key."""
        return self._by.get(("ip", key.removeprefix("ip:")))

    def at_its_addresses(self, asset: Asset) -> Iterable[tuple[Known, str]]:
        for one in asset.identifiers:
            if one.kind == "ip" and (found := self._by.get(("ip", one.value))):
                yield found, one.value

    def own_macs(self, asset: Asset) -> frozenset[str]:
        """MAC addresses that are its own, as far as is known by now."""
        return own_macs(asset) - self.lent


def own_macs(asset: Asset) -> frozenset[str]:
    """MAC addresses that are its own."""
    return frozenset(one.value for one in asset.identifiers if one.kind == "mac" and one.identity)


def lent_of(asset: Asset) -> Iterator[str]:
    """MAC addresses that a router lends it."""
    return (o.value for o in asset.identifiers if o.kind == "mac" and not o.identity and "software" not in o.why)


def known_of(asset: Asset, identification: Identification, *, told: bool, surveillance: bool) -> Known:
    """What to remember of a device."""
    return Known(
        id=asset.id,
        label=asset.label,
        macs=own_macs(asset),
        maker=identification.sure("manufacturer"),
        registrant=identification.get("oui_registrant").value,
        told=told,
        surveillance=surveillance,
    )
