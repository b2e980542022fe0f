"""Makes the files of three example bodies that do not exist: a UK department, a US contractor, an Australian ministry.

Each gets an nmap report, a register and a sites file. Names, people and contract numbers are invented and addresses are
those kept for documentation; the shapes of replies are those that real devices give. The same bytes every time.

    python examples/bodies/make.py DIR
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

HEADINGS = ["Asset tag", "Description", "Brand", "Model", "Serial number", "MAC address", "IP address", "Site",
            "Location", "Supplier", "Order number", "Purchase date", "Installed on", "Status"]  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A sort of device: how it is registered and how it answers."""

    what: str
    brand: str
    model: str
    block: str
    registrant: str
    ports: tuple[tuple[int, str, str, str], ...]
    """Port, service, product, and the Server line of its web page."""


HIKVISION = Kind("Dome camera", "Hikvision", "DS-2CD2143G2-I", "44:19:b6", "Hangzhou Hikvision Digital Technology",
                 ((80, "http", "Hikvision IP camera httpd", "App-webs/"), (554, "rtsp", "", ""), (8000, "http-alt", "", "")))  # fmt: skip
DAHUA = Kind("Network recorder, 16 channels", "Dahua", "DHI-NVR5216-4KS2", "4c:11:bf", "Zhejiang Dahua Technology",
             ((80, "http", "", "Webs"), (554, "rtsp", "Dahua RTSP", ""), (37777, "unknown", "", "")))  # fmt: skip
DOOR = Kind("Door station", "Dahua", "VTO2202F-P", "3c:ef:8c", "Zhejiang Dahua Technology",
            ((80, "http", "", "Webs"), (5060, "sip", "", "")))  # fmt: skip
AXIS = Kind("Dome camera", "Axis", "P3245-V", "ac:cc:8e", "Axis Communications AB",
            ((80, "http", "Axis P3245-V Network Camera", ""), (443, "https", "", ""), (554, "rtsp", "", "")))  # fmt: skip
NAMELESS = Kind("Camera", "", "", "d8:5e:d3", "Giga-Byte Technology", ((80, "http", "", "webserver"), (554, "rtsp", "", "")))  # fmt: skip


@dataclass(frozen=True)
class Device:
    """One device of a body."""

    kind: Kind
    ip: str
    site: str
    room: str
    installed: str
    removed: str = ""
    listed: bool = True
    """Whether the register has it."""
    supplier: str = ""
    order: str = ""
    bought: str = ""

    def mac(self, number: int) -> str:
        return f"{self.kind.block}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def register(devices: list[Device], first: int) -> str:
    """The register as CSV."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(HEADINGS)
    for number, one in enumerate(devices, start=first):
        if one.listed:
            rows.writerow([
                f"A-{number:04}", one.kind.what, one.kind.brand, one.kind.model, "", one.mac(number), one.ip, one.site, one.room,
                one.supplier, one.order, one.bought, one.installed, "removed" if one.removed else "in use",
            ])  # fmt: skip
    return out.getvalue()


def scan(devices: list[Device], first: int, begin: int) -> str:
    """The nmap report of what still answers."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!DOCTYPE nmaprun>",
        f'<nmaprun scanner="nmap" args="nmap -sV -oX scan.xml" start="{begin}" version="7.93" xmloutputversion="1.05">',
    ]
    up = [(number, one) for number, one in enumerate(devices, start=first) if not one.removed]
    for number, one in up:
        lines.append(f'<host starttime="{begin}" endtime="{begin + 40}"><status state="up" reason="arp-response"/>')
        lines.append(
            f'<address addr="{one.ip}" addrtype="ipv4"/><address addr="{one.mac(number).upper()}" addrtype="mac" vendor="{one.kind.registrant}"/><ports>'
        )
        for port, service, product, server in one.kind.ports:
            named = f' product="{product}"' if product else ""
            said = f'<script id="http-server-header" output="{server}"/>' if server else ""
            lines.append(
                f'<port protocol="tcp" portid="{port}"><state state="open" reason="syn-ack"/><service name="{service}"{named} method="probed" conf="10"/>{said}</port>'
            )
        lines.append("</ports></host>")
    lines.append(
        f'<runstats><finished time="{begin + 900}" exit="success"/><hosts up="{len(up)}" down="0" total="{len(up)}"/></runstats>'
    )
    lines.append("</nmaprun>")
    return "\n".join(lines) + "\n"


def answer(said: str, by: str, on: str, reason: str = "", **more: str) -> str:
    """A decision for a sites file, on one line."""
    given = {"answer": f'"{said}"', "decided_by": by, "decided_on": on, **more}
    if reason:
        given["reason"] = f'"{reason}"'
    return "{ " + ", ".join(f"{key}: {value}" for key, value in given.items()) + " }"


# --- the UK department

CLEARED = [("Lock House", "2023-05"), ("Towpath Court", "2023-07-14"), ("Basin House", "2023-11-02"),
           ("Aqueduct House", "2023-12-08"), ("Sluice Gate House", "2023-12-15"), ("Tunnel Court", "2024-03-04"),
           ("Weir House", "2024-06-21"), ("Winding Hole House", "2024-09-30"), ("Bargeman House", "2024-10-11"),
           ("Cut Lane House", "2024-11-22"), ("Summit Court", "2024-12-06")]  # fmt: skip
KEPT = [
    "Navigation House",
    "Junction Court",
    "Canal Office",
    "Embankment House",
    "Drawbridge House",
    "Coal Wharf House",
]
NEVER = [
    "Ferry House",
    "Dredger House",
    "Quay Court",
    "Pound House",
    "Mooring House",
    "Paddle Court",
    "Stop Plank House",
]
OTHER = ["Boatyard Depot", "Museum of Waterways", "Visitor Centre"]
LIMBS = ["holds-secret-or-above-routinely", "significant-share-dv-cleared", "routinely-used-by-ministers",
         "socpa-2005-government-location"]  # fmt: skip
TEAM, OWNER = "departmental security team", "network owner"


def uk() -> tuple[list[Device], str]:
    """The Department for Canals and Rivers: sites that were cleared, sites that were not, and others."""
    names = [*(name for name, _ in CLEARED), *KEPT, *NEVER, *OTHER]
    nets = [f"192.0.2.{start}/28" for start in range(0, 256, 16)] + [
        f"198.51.100.{start}/28" for start in range(0, 256, 16)
    ]
    devices: list[Device] = []
    lines = ["# Made by make.py; the department does not exist.", "id: canals", "name: Department for Canals and Rivers",
             "kind: uk-central-department", "country: GB", "sites:"]  # fmt: skip
    removed = dict(CLEARED)
    for place, (name, net) in enumerate(zip(names, nets, strict=False)):
        base, _, start = net.partition("/")[0].rpartition(".")

        def ip(number: int, base: str = base, start: str = start) -> str:
            return f"{base}.{int(start) + number}"

        if name in removed:
            devices.append(Device(HIKVISION, ip(1), name, "entrance", "2019-03-11", removed[name]))
            devices.append(Device(AXIS, ip(2), name, "entrance", removed[name][:7] + "-28"))
        elif name in KEPT:
            devices.append(Device(HIKVISION, ip(1), name, "entrance", "2020-02-03"))
            devices.append(Device(DAHUA, ip(2), name, "plant room", "2020-02-03", listed=name == KEPT[0]))
        elif name == "Museum of Waterways":
            devices += [
                Device(HIKVISION, ip(1), name, "gallery", "2021-06-01"),
                Device(HIKVISION, ip(2), name, "shop", "2021-06-01"),
            ]
        else:
            devices.append(Device(AXIS, ip(1), name, "entrance", "2018-04-16"))
        sensitive = name not in OTHER
        yes = LIMBS[place % 3] if sensitive else ""
        lines += [f"  - id: site-{place + 1:02}", f"    name: {name}", "    facts:"]
        lines += [f"      {limb}: {answer('yes' if limb == yes else 'no', TEAM, '2023-10-02')}" for limb in LIMBS]
        if name == KEPT[0]:
            lines.append(
                f"      return-keep-reason: {answer('yes', TEAM, '2025-02-11', 'listed building: cable routes need consent, given for 2026')}"
            )
        if name == OTHER[0]:
            lines.append(
                f"      decided-consider-extending: {answer('no', TEAM, '2024-01-15', 'no staff, open to anybody')}"
            )
        if name == OTHER[1]:
            lines.append(
                f"      decided-consider-extending: {answer('yes', TEAM, '2024-01-15', 'ministers visit at times')}"
            )
        core = answer("yes" if name == KEPT[1] else "no", OWNER, "2023-10-02")
        lines += ["    zones:", f"      - {{ id: cctv, subnets: [{net}], core: {core} }}"]
    lines.append("devices:")
    for one in devices:
        if one.removed:
            lines += [
                f"  - ip: {one.ip}",
                f"    events: [{{ what: removed, on: {one.removed}, by: estates team, note: removal report }}]",
            ]
    return devices, "\n".join(lines) + "\n"


# --- the US contractor

FACILITY = "facility security officer"


def us() -> tuple[list[Device], str]:
    """Example Aerostructures: three premises, equipment found in February 2026."""
    noord = {"supplier": "Keystone Alarm Example Inc.", "order": "PO-11802", "bought": "2019-11-04"}
    devices = [
        Device(HIKVISION, "203.0.113.11", "Plant 1", "gate", "2019-12-02", **noord),
        Device(HIKVISION, "203.0.113.12", "Plant 1", "loading dock", "2019-12-02", **noord),
        Device(DAHUA, "203.0.113.20", "Plant 1", "guard room", "2021-05-17", supplier="Example Distribution LLC", order="PO-14410", bought="2021-04-20"),
        Device(AXIS, "203.0.113.70", "Headquarters", "lobby", "2024-08-19", supplier="Keystone Alarm Example Inc.", order="PO-20077", bought="2024-07-01"),
        Device(NAMELESS, "203.0.113.71", "Headquarters", "garage", "", listed=False),
    ]  # fmt: skip
    contracts = "contracts manager"
    return (
        devices,
        f"""# Made by make.py; the company, its contracts and its suppliers do not exist.
id: aerostructures
name: Example Aerostructures LLC
kind: us-federal-contractor
also: [us-federal-grantee]
country: US
facts:
  contract-carries-clause: {answer("yes", contracts, "2026-02-11", "the clause stands in section I")}
  performing-federal-contract: {answer("yes", contracts, "2026-02-11")}
  identified: {answer("yes", FACILITY, "2026-02-12", "found by a scan of the camera networks", since="2026-02-12")}
  return-contract-number: {answer("yes", contracts, "2026-02-12", "EX-0000-24-C-0017 (example)")}
  return-order-numbers: {answer("yes", contracts, "2026-02-12", "none")}
  paid-from-federal-award: {answer("no", "controller", "2026-02-13", "paid from overhead")}
sites:
  - id: plant-1
    name: Plant 1
    facts:
      purpose-government-facilities: {answer("yes", FACILITY, "2026-02-12", "government property is stored here")}
      return-mitigation: {answer("yes", FACILITY, "2026-02-12", "moved to a network without a way out; replacement ordered")}
    zones:
      - {{ id: cctv, subnets: [203.0.113.0/26], core: {answer("no", "network owner", "2026-02-12")} }}
  - id: hq
    name: Headquarters
    zones:
      - {{ id: cctv, subnets: [203.0.113.64/26], core: {answer("no", "network owner", "2026-02-12")} }}
devices:
  - ip: 203.0.113.20
    facts:
      return-supplier-cage: {answer("yes", contracts, "2026-02-12", "0EX00 (example)")}
""",
    )


# --- the Australian ministry


def au() -> tuple[list[Device], str]:
    """The Department of Harbours: a register that undercounts, and a plan for one of two sites."""
    devices = [
        Device(HIKVISION, "198.51.100.11", "Wharf House", "foyer", "2020-07-06"),
        Device(HIKVISION, "198.51.100.12", "Wharf House", "car park", "2020-07-06", listed=False),
        Device(DOOR, "198.51.100.13", "Wharf House", "staff door", "2021-03-15", listed=False),
        Device(DAHUA, "198.51.100.75", "Lighthouse Office", "server room", "2019-09-23"),
        Device(AXIS, "198.51.100.76", "Lighthouse Office", "entrance", "2024-02-12"),
        Device(HIKVISION, "198.51.100.77", "Lighthouse Office", "entrance", "2018-10-08", "2023-05-30"),
    ]
    property_team = "property services"
    return (
        devices,
        f"""# Made by make.py; the department does not exist.
id: harbours
name: Department of Harbours
kind: au-department
country: AU
sites:
  - id: wharf
    name: Wharf House
    facts:
      return-removal-plan: {answer("yes", property_team, "2026-01-20", "remove and replace", until="2026-08-31")}
      decided-assess-risk: {answer("yes", "chief security officer", "2025-05-19")}
      return-foci-indicators: {answer("yes", "chief security officer", "2025-05-19", "duties under foreign law")}
    zones:
      - {{ id: cctv, subnets: [198.51.100.0/26] }}
  - id: lighthouse
    name: Lighthouse Office
    zones:
      - {{ id: cctv, subnets: [198.51.100.64/26] }}
devices:
  - ip: 198.51.100.77
    events: [{{ what: removed, on: 2023-05-30, by: property services, note: removal report }}]
""",
    )


BODIES = {
    "uk-department": (uk, 1, 1768982400),
    "us-contractor": (us, 501, 1770890400),
    "au-ministry": (au, 801, 1770724800),
}
"""Folder -> what makes it, the number of its first device, when it was scanned."""


def main(folder: Path) -> None:
    """Make all files in a folder, one folder a body."""
    for name, (make, first, begin) in BODIES.items():
        devices, sites = make()
        home = folder / name
        (home / "input").mkdir(parents=True, exist_ok=True)
        (home / "input" / "register.csv").write_text(register(devices, first), encoding="utf-8", newline="")
        (home / "input" / "scan.xml").write_text(scan(devices, first, begin), encoding="utf-8")
        (home / "sites.yml").write_text(sites, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "out")
