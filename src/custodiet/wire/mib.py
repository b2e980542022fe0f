"""The tables of switches and routers that link addresses, as SNMP numbers them, in the order in which they are asked.

Who asks and who reads use the same list. A row of a table is named by the numbers behind its column.
"""

from __future__ import annotations

import msgspec

from custodiet.wire.snmp_pdu import Oid


class Column(msgspec.Struct, frozen=True):
    """One column."""

    name: str
    """As its standard names it."""
    oid: Oid


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table."""

    id: str
    """Id of the question by which it is asked."""
    title: str
    """Name for people."""
    columns: tuple[Column, ...]
    rows: int = 20
    """Rows of one answer: with all columns they fit into one datagram that no network has to cut."""
    unless: str = ""
    """Id of a table whose rows say the same and more: asked only where that one has none."""


def _columns(base: str, **numbers: int) -> tuple[Column, ...]:
    start = tuple(map(int, base.split(".")))
    return tuple(Column(name, (*start, number)) for name, number in numbers.items())


SYSTEM = Table(
    id="switch-system",
    title="the switch itself",
    # sysContact is left out: it names a person
    columns=_columns("1.3.6.1.2.1.1", sysDescr=1, sysObjectID=2, sysName=5, sysLocation=6),
)
"""Not a table but a group: each of them has the one row 0."""

_LLDP = "1.0.8802.1.1.2.1"
TABLES: tuple[Table, ...] = (
    Table(
        id="switch-interfaces",
        title="names of its interfaces",
        columns=_columns("1.3.6.1.2.1.31.1.1.1", ifName=1, ifAlias=18) + _columns("1.3.6.1.2.1.2.2.1", ifDescr=2),
        rows=8,
    ),
    Table(
        id="switch-arp",
        title="addresses and hardware addresses (ARP)",
        columns=_columns("1.3.6.1.2.1.4.22.1", ipNetToMediaPhysAddress=2, ipNetToMediaType=4),
    ),
    Table(
        id="switch-neighbours",
        title="addresses and hardware addresses (IPv4 and IPv6)",
        columns=_columns("1.3.6.1.2.1.4.35.1", ipNetToPhysicalPhysAddress=4, ipNetToPhysicalType=6),
        rows=12,
    ),
    Table(
        id="switch-ports",
        title="which port is which interface",
        columns=_columns("1.3.6.1.2.1.17.1.4.1", dot1dBasePortIfIndex=2),
        rows=40,
    ),
    Table(
        id="switch-vlans",
        title="which table of hardware addresses is which VLAN",
        columns=_columns("1.3.6.1.2.1.17.7.1.4.2.1", dot1qVlanFdbId=3),
        rows=40,
    ),
    Table(
        id="switch-vlan-macs",
        title="hardware addresses behind its ports, by VLAN",
        columns=_columns("1.3.6.1.2.1.17.7.1.2.2.1", dot1qTpFdbPort=2, dot1qTpFdbStatus=3),
    ),
    Table(
        id="switch-macs",
        title="hardware addresses behind its ports",
        columns=_columns("1.3.6.1.2.1.17.4.3.1", dot1dTpFdbPort=2, dot1dTpFdbStatus=3),
        unless="switch-vlan-macs",
    ),
    Table(
        id="switch-lldp-ports",
        title="names of its ports in LLDP",
        columns=_columns(f"{_LLDP}.3.7.1", lldpLocPortIdSubtype=2, lldpLocPortId=3, lldpLocPortDesc=4),
        rows=8,
    ),
    Table(
        id="switch-lldp",
        title="what neighbours say of themselves (LLDP)",
        columns=_columns(
            f"{_LLDP}.4.1.1",
            lldpRemChassisIdSubtype=4,
            lldpRemChassisId=5,
            lldpRemPortIdSubtype=6,
            lldpRemPortId=7,
            lldpRemPortDesc=8,
            lldpRemSysName=9,
            lldpRemSysDesc=10,
            lldpRemSysCapEnabled=12,
        ),
        rows=2,
    ),
    Table(
        id="switch-lldp-addresses",
        title="addresses of neighbours (LLDP)",
        columns=_columns(f"{_LLDP}.4.2.1", lldpRemManAddrIfSubtype=3),
    ),
    Table(
        id="switch-lldp-inventory",
        title="maker, model and serial number of neighbours (LLDP-MED)",
        columns=_columns(
            f"{_LLDP}.5.4795.1.3.3.1",
            lldpXMedRemHardwareRev=1,
            lldpXMedRemFirmwareRev=2,
            lldpXMedRemSoftwareRev=3,
            lldpXMedRemSerialNum=4,
            lldpXMedRemMfgName=5,
            lldpXMedRemModelName=6,
            lldpXMedRemAssetID=7,
        ),
        rows=3,
    ),
)
"""In this order: what names ports before what stands on them."""
