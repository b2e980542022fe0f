"""Parties and plans for tests: a camera with all kinds of addresses, a recorder, operators, a time server."""

from __future__ import annotations

from custodiet.isolation.comments import comment
from custodiet.isolation.parties import Device, Parties, Party
from custodiet.isolation.plan import Plan, make_plan
from custodiet.isolation.services import Service
from custodiet.isolation.targets import TARGETS

SERVICES = tuple(Service(transport="tcp", port=port, because="test") for port in (80, 443, 554))


def device(
    number: int = 12,
    *,
    label: str = "",
    v4: tuple[str, ...] | None = None,
    v6: tuple[str, ...] = (),
    macs: tuple[str, ...] = (),
    device_class: str = "camera",
    services: tuple[Service, ...] = SERVICES,
    notes: tuple[str, ...] = (),
) -> Device:
    """A camera at 10.20.8.NUMBER."""
    shown = label or f"10.20.8.{number}"
    return Device(
        asset=f"ast-{number}",
        name=comment(f"Camera {shown}", 40),
        label=shown,
        device_class=device_class,
        v4=(f"10.20.8.{number}",) if v4 is None else v4,
        v6=v6,
        macs=macs,
        services=services,
        notes=notes,
    )


def party(address: str) -> Party:
    """Somebody who is let through."""
    return Party(address=address, name="", because="test")


def parties(
    *devices: Device,
    recorders: tuple[str, ...] = ("10.20.9.2",),
    operators: tuple[str, ...] = (),
    times: tuple[str, ...] = ("10.20.9.4",),
    direct: bool = False,
) -> Parties:
    """Everybody."""
    return Parties(
        devices=devices or (device(),),
        recorders=tuple(party(address) for address in recorders),
        proposed=(),
        operators=tuple(party(address) for address in operators),
        direct=direct,
        times=tuple(party(address) for address in times),
    )


def plan(found: Parties | None = None, target: str = "nftables") -> Plan:
    """The plan for a target."""
    return make_plan(
        found or parties(),
        target=target,
        binds_mac=TARGETS[target].binds_mac,
        made_on="2026-11-22",
        tool="custodiet 0.1.0",
    )


def written(found: Parties | None = None, target: str = "nftables") -> dict[str, str]:
    """The files of a target."""
    return TARGETS[target].write(plan(found, target))
