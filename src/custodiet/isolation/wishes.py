"""What a person asks for: which devices, and who is let through; refused where it would open the way to be shut."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import msgspec

from custodiet.errors import UsageError
from custodiet.isolation.binding import Inside, Network
from custodiet.model import Body

NONE = "none"
"""Written instead of a recorder's address where a device is to be cut off from everybody."""

_WIDEST = {4: 8, 6: 16}
"""The shortest prefix of a network of operators, by version of IP: a shorter one is nearly everybody."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked for."""

    devices: frozenset[str] = frozenset()
    """Ids of assets named one by one."""
    zone: tuple[str, str] | None = None
    """Site and zone whose surveillance devices are meant."""
    recorders: tuple[str, ...] = ()
    """Addresses; `NONE` alone: no recorder at all."""
    operators: tuple[str, ...] = ()
    """Networks or addresses."""
    direct: bool = False
    """Operators may ask the devices too."""
    times: tuple[str, ...] = ()
    """Addresses."""


def check_zone(body: Body | None, zone: tuple[str, str]) -> None:
    """Refuse a zone that the sites file does not have.

    Raises:
        UsageError: there is none; with those there are.
    """
    known = [f"{site.id}/{each.id}" for site in (body.sites if body else ()) for each in site.zones]
    if "/".join(zone) not in known:
        step = f"There are: {', '.join(known[:12])}" if known else "The case was judged without a sites file."
        raise UsageError(f"there is no zone {'/'.join(zone)[:80]}", place="--zone", next_step=step)


def named_address(text: str, place: str, inside: Inside) -> str:
    """An address inside, in its one spelling.

    Args:
        text: as a person wrote it.
        place: the option it came by.
        inside: what is the body's own.

    Raises:
        UsageError: it is none, nobody's, or outside.
    """
    try:
        address = ip_address(text.strip())
    except ValueError:
        step = "Write an address, as 10.20.8.2."
        if place == "--recorder":
            step = f"Write an address, as 10.20.8.2; or {NONE}, to cut the devices off from everybody."
        raise UsageError(f"{text[:60]} is no address", place=place, next_step=step) from None
    if address.is_multicast or address.is_loopback or address.is_unspecified:
        raise UsageError(f"{address} is nobody's address", place=place, next_step="Write the address of a machine.")
    _refuse_outside(ip_network(str(address)), place, inside)
    return str(address)


def named_network(text: str, place: str, inside: Inside) -> str:
    """A network inside in its one spelling; one address is written without a length. Else as `named_address`."""
    try:
        network = ip_network(text.strip())
    except ValueError as error:
        step = "Write a network, as 10.20.1.0/24 (host bits zero), or an address."
        raise UsageError(f"{text[:60]} is no network", place=place, next_step=step) from error
    if network.prefixlen < _WIDEST[network.version]:
        raise UsageError(f"{network} is nearly everybody", place=place, next_step="Name the viewing stations only.")
    _refuse_outside(network, place, inside)
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _refuse_outside(network: Network, place: str, inside: Inside) -> None:
    if not inside.holds(network):
        raise UsageError(
            f"{network} is outside: letting it through would open the way that is to be shut",
            place=place,
            next_step="Name one inside; if it is your own, put its subnet into the sites file and audit again.",
        )
