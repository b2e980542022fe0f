"""Which addresses no line of any configuration tells apart: what is true of one of them is true of all.

Every address and network that is named anywhere cuts the line of all addresses in two. Between two cuts that stand next
to each other, nothing can tell one address from another, so that a way is worked out for one and holds for the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from custodiet.reach.network import Device
from custodiet.reach.sets import Range, Ranges, network_range

Position: TypeAlias = tuple[tuple[int, int], ...]
"""For each range of addresses, between which cuts it begins and ends."""


class Alike:
    """The cuts.

    Args:
        devices: everything they name cuts.
        more: version -> ranges that are asked about besides.
    """

    def __init__(self, devices: Sequence[Device], more: Iterable[Mapping[int, Iterable[Range]]]) -> None:
        cuts: dict[int, set[int]] = {4: set(), 6: set()}
        named = [*_named(devices), *((v, span) for one in more for v, spans in one.items() for span in spans)]
        for version, (first, last) in named:
            cuts[version] |= {first, last + 1}
        self._cuts = {version: sorted(found) for version, found in cuts.items()}

    def position(self, version: int, where: Ranges) -> Position:
        """Where ranges lie; those of two devices that lie alike get the same answers."""
        cuts = self._cuts[version]
        return tuple((bisect_right(cuts, first), bisect_right(cuts, last)) for first, last in where)


def _named(devices: Sequence[Device]) -> Iterator[tuple[int, Range]]:
    """Everything that is named, with its version; what may be of either counts for both."""
    for device in devices:
        for interface in device.interfaces.values():
            yield from ((one.version, network_range(one.network)) for one in interface.addresses)
        yield from ((route.network.version, network_range(route.network)) for route in device.routes)
        matches = [rule.match for filter in device.filters.values() for rule in filter.rules]
        matches += [one.match for one in device.translations]
        for match in matches:
            for spans in (match.source, match.destination):
                for version in (match.version,) if match.version else (4, 6):
                    yield from ((version, span) for span in spans or ())
