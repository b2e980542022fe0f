"""Devices of a case found again in what was read of another time: by MAC first, since addresses change.

An address alone says little: where its MAC is another's, it is another device; where a router lent its MAC, what stands
behind it cannot be told apart by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from custodiet.isolation.judged import RecognisedBy
from custodiet.model import Asset, Identifier
from custodiet.resolve import is_local_mac

MOST_NAMED = 5
"""MACs named in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """How a device was found again.

    Args:
        by: by what; empty: not at all.
        addresses: its ``ip:`` keys there.
        heard: whether any sign of it was there.
        doubts: what forbids to call it isolated, in sentences.
        remarks: what is to be known, in sentences.
    """

    by: RecognisedBy = ""
    addresses: frozenset[str] = frozenset()
    heard: bool = False
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class Found:
    """The devices of one time, to be looked up.

    Args:
        assets: as they were resolved from what was read of that time alone.
    """

    def __init__(self, assets: Iterable[Asset]) -> None:
        self._by: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        self.assets = tuple(assets)
        for asset in self.assets:
            for one in asset.identifiers:
                if one.kind in ("mac", "serial", "ip"):
                    self._by[one.kind, one.value].append(asset)
        self._claimed: dict[str, set[str]] = defaultdict(set)

    @property
    def on_link(self) -> frozenset[str]:
        """``ip:`` keys of those that were seen with a MAC of their own: they are near, whatever their address."""
        near = (asset for asset in self.assets if any(map(_is_own_mac, asset.identifiers)))
        return frozenset(f"ip:{one.value}" for asset in near for one in asset.identifiers if one.kind == "ip")

    def claim(self, devices: Iterable[Asset]) -> None:
        """Tell which devices will be looked up, so that one found for two of them is noticed."""
        for device in devices:
            for _, found in self._named(device):
                self._claimed[found.id].add(device.id)

    def of(self, device: Asset) -> Recognised:
        """How a device of the case is found again."""
        named = list(self._named(device))
        macs = {i.value for i in device.identifiers if _is_own_mac(i)}
        if not named:
            return self._by_address(device, macs)
        found = {asset.id: asset for _, asset in named}
        doubts = []
        if any(len(self._claimed[id]) > 1 for id in found):
            doubts.append("An address of it was used by another device of the case too: they cannot be told apart.")
        addresses = [i for asset in found.values() for i in asset.identifiers if i.kind == "ip"]
        strangers = {i.value for asset in found.values() for i in asset.identifiers if _is_own_mac(i)} - macs
        if strangers and macs:
            doubts.append(
                f"Its address was used with another MAC as well ({', '.join(sorted(strangers)[:MOST_NAMED])}): what "
                "passed may be another device's."
            )
        return Recognised(
            by="MAC" if any(kind == "mac" for kind, _ in named) else "serial number",
            addresses=frozenset(f"ip:{one.value}" for one in addresses),
            heard=True,
            doubts=tuple(doubts),
        )

    def _named(self, device: Asset) -> Iterable[tuple[str, Asset]]:
        """(kind, asset) of those that a MAC or a serial number names."""
        for one in device.identifiers:
            if _is_own_mac(one) or (one.kind == "serial" and one.identity):
                for found in self._by.get((one.kind, one.value), ()):
                    there = next(i for i in found.identifiers if (i.kind, i.value) == (one.kind, one.value))
                    if there.identity or _is_own_mac(there):
                        yield one.kind, found

    def _by_address(self, device: Asset, macs: set[str]) -> Recognised:
        addresses: set[str] = set()
        doubts: list[str] = []
        remarks: list[str] = []
        heard = False
        for one in device.identifiers:
            if one.kind != "ip":
                continue
            key = f"ip:{one.value}"
            there = self._by.get(("ip", one.value), [])
            own = {i.value for a in there for i in a.identifiers if _is_own_mac(i)}
            if macs and own:
                remarks.append(f"Its address {one.value} is now that of another MAC ({', '.join(sorted(own)[:3])}).")
                continue
            heard = heard or bool(there)
            addresses.add(key)
            if any(i.kind == "mac" and not _is_own_mac(i) for a in there for i in a.identifiers):
                doubts.append(
                    f"{one.value} was seen behind a router, whose MAC it bears: addresses may have changed, and other "
                    "addresses of the device, of IPv6 too, cannot be recognised there."
                )
        if not addresses:
            return Recognised(remarks=tuple(remarks))
        doubts.append(
            "It was recognised by its address alone: if addresses were given out anew since, this is another device, "
            "and of other addresses of it nothing is known. Give address tables or DHCP leases of that time along."
        )
        return Recognised(
            by="address",
            addresses=frozenset(addresses),
            heard=heard,
            doubts=tuple(dict.fromkeys(doubts)),
            remarks=tuple(remarks),
        )


def _is_own_mac(one: Identifier) -> bool:
    """Whether it is a MAC that this device alone bears, if only until software changes it."""
    return one.kind == "mac" and (one.identity or (is_local_mac(one.value) and one.why.startswith("software set it")))
