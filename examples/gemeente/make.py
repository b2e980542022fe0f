"""Makes the files of the example municipality: Waterwijk, a Dutch town that does not exist.

Devices, people, suppliers and the brand SafeSight are invented; the shapes of replies are those that real devices give.
Running it again gives the same bytes.

    python examples/gemeente/make.py DIR [ISOLATION]     # the inputs of an audit; before and after two were shut in
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import mirror
import xlsxwriter
from packets import Capture, Host

BEGIN = datetime(2025, 11, 17, 8, 30, tzinfo=UTC).timestamp()
ROUTER = Host("10.20.8.1", "00:1b:54:10:20:01")
RECORDER_CLIENT = Host("10.20.8.5", "3c:ec:ef:20:08:05")

TOWN_HALL = Host("10.20.8.11", "44:19:b6:4a:11:0b")
RELABELLED = Host("10.20.8.12", "c0:56:e3:7d:21:12")
DAHUA_RECORDER = Host("10.20.8.20", "4c:11:bf:20:aa:14")
DOOR_STATION = Host("10.20.8.21", "3c:ef:8c:51:0d:15")
AXIS = Host("10.20.8.30", "ac:cc:8e:30:be:1e")
NAMELESS = Host("10.20.8.40", "d8:5e:d3:40:00:28")
LIBRARY = Host("10.20.1.77", "0c:a6:4c:77:10:4d")
PRINTER = Host("10.20.1.60", "3c:d9:2b:60:01:3c")
CLOUD = "203.0.113.80"
CLOUD_OF_NEW_FIRMWARE = "203.0.113.81"
RELAY = "203.0.113.90"
NOBODY_KNOWS = "203.0.113.140"
RESOLVER = "10.20.0.53"
TIME_SERVER = Host("10.20.0.123", ROUTER.mac)


def sadp(host: Host, label: str, factory: str, serial: str, firmware: str, oem: int) -> bytes:
    fields = {
        "Uuid": "6B1A0B5C-2025-11B3-8E11-000000000001",
        "Types": "inquiry",
        "DeviceType": "141945",
        "DeviceDescription": label,
        "BaseDesc": factory,
        "DeviceSN": serial,
        "CommandPort": "8000",
        "HttpPort": "80",
        "MAC": host.mac.replace(":", "-"),
        "IPv4Address": host.ip,
        "DHCP": "false",
        "SoftwareVersion": firmware,
        "DetailOEMCode": str(oem),
        "Activated": "true",
        "HCPlatformEnable": "true",
    }
    inner = "\r\n".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\r\n<ProbeMatch>{inner}</ProbeMatch>\r\n'.encode()


def dhip(host: Host, model: str, device_class: str, serial: str, firmware: str, channels: int) -> bytes:
    info = {
        "DeviceClass": device_class,
        "DeviceType": model,
        "HttpPort": 80,
        "IPv4Address": {"DefaultGateway": ROUTER.ip, "DhcpEnable": False, "IPAddress": host.ip},
        "MachineName": serial,
        "Manufacturer": "General",
        "Port": 37777,
        "SerialNo": serial,
        "Vendor": "General",
        "Version": firmware,
        "VideoInputChannels": channels,
    }
    return dhip_frame({"mac": host.mac, "method": "client.notifyDevInfo", "params": {"deviceInfo": info}})


def dhip_frame(message: dict[str, object]) -> bytes:
    body = json.dumps(message).encode()
    return struct.pack("<I4sIIIIII", 0x20, b"DHIP", 0, 0, len(body), 0, len(body), 0) + body


def dns_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def dns_question(name: str, identity: int, kind: int = 1) -> bytes:
    return struct.pack(">HHHHHH", identity, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)


def dns_answer(name: str, identity: int, address: str) -> bytes:
    value = bytes(int(part) for part in address.split("."))
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 300, 4) + value
    return struct.pack(">HHHHHH", identity, 0x8180, 1, 1, 0, 0) + dns_name(name) + struct.pack(">HH", 1, 1) + record


def mdns_service(service: str, instance: str, host: str) -> bytes:
    full = dns_name(f"{instance}.{service}")
    pointer = dns_name(service) + struct.pack(">HHIH", 12, 1, 120, len(full)) + full
    target = dns_name(host)
    where = full + struct.pack(">HHIHHHH", 33, 0x8001, 120, 6 + len(target), 0, 0, 80) + target
    return struct.pack(">HHHHHH", 0, 0x8400, 0, 2, 0, 0) + pointer + where


def dhcp_request(host: Host, name: str, wanted: list[int]) -> bytes:
    head = struct.pack(">BBBBIHH", 1, 1, 6, 0, 0x20251117, 0, 0) + bytes(16)
    head += bytes.fromhex(host.mac.replace(":", "")) + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63"
    options = b"\x35\x01\x03" + bytes([12, len(name)]) + name.encode() + bytes([55, len(wanted), *wanted])
    options += bytes([50, 4, *(int(part) for part in host.ip.split("."))])
    return head + options + b"\xff"


def client_hello(name: str) -> bytes:
    entry = b"\0" + struct.pack(">H", len(name)) + name.encode()
    names = struct.pack(">H", len(entry)) + entry
    extensions = struct.pack(">HH", 0, len(names)) + names
    body = b"\x03\x03" + bytes(range(32)) + b"\0" + struct.pack(">H", 2) + b"\x13\x01" + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(handshake)) + handshake


def http_answer(*headers: str, body: str = "", status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body.encode())}", "", body]
    return "\r\n".join(lines).encode()


def asks_cloud(capture: Capture, host: Host, name: str, identity: int, video: int = 0) -> None:
    """The device looks up its cloud and talks to it; ``video`` more bytes make it look like a stream."""
    capture.datagram(host, RESOLVER, 40000 + identity, 53, dns_question(name, identity))
    capture.answer(RESOLVER, host, 53, 40000 + identity, dns_answer(name, identity, CLOUD))
    beyond = Host(CLOUD, capture.router.mac)
    capture.conversation(
        host, beyond, 443, [(">", client_hello(name)), ("<", b"\x16\x03\x03\x00\x02\x02\x00"), (">", bytes(400 + video))],
        50000 + identity,
    )  # fmt: skip


def camera_network(path: Path) -> None:
    """What the mirror port of the camera VLAN showed for a while."""
    capture = Capture(vlan=80, router=ROUTER, clock=BEGIN)
    group = "239.255.255.250"
    capture.datagram(
        TOWN_HALL, group, 37020, 37020,
        sadp(TOWN_HALL, "DS-2CD2143G2-I", "DS-2CD2143G2-I", "DS-2CD2143G2-I20230511AAWRL00000011", "V5.7.13build 230915", 1),
    )  # fmt: skip
    capture.datagram(
        RELABELLED, group, 37020, 37020,
        sadp(RELABELLED, "SS-PRODOME-4", "DS-2CD2143G0-I", "SS-PRODOME-420200608AAWRE00000012", "V5.5.82build 200408", 1021001),
    )  # fmt: skip
    capture.datagram(
        DAHUA_RECORDER, "239.255.255.251", 37810, 37810,
        dhip(DAHUA_RECORDER, "DHI-NVR5216-4KS2", "NVR", "6G0A11DPAZ00014", "4.001.0000005.1.R", 16),
    )  # fmt: skip
    capture.datagram(
        DOOR_STATION, "239.255.255.251", 37810, 37810,
        dhip(DOOR_STATION, "VTO2202F-P", "VTO", "7B03C2EPAJ00015", "4.500.0000000.0.R", 1),
    )  # fmt: skip
    capture.datagram(
        AXIS, "224.0.0.251", 5353, 5353, mdns_service("_axis-video._tcp.local", "AXIS P3245-V - ACCC8E30BE1E", "axis-accc8e30be1e.local")
    )  # fmt: skip
    for number in range(6):
        asks_cloud(capture, TOWN_HALL, "dev.hik-connect.com", 10 + number)
    asks_cloud(capture, RELABELLED, "dev.guardingvision.com", 30, video=400_000)
    page = "<!doctype html><html><head><title></title></head></html>"
    get = b"GET / HTTP/1.1\r\nHost: camera\r\nUser-Agent: Beheer/1.0\r\n\r\n"
    capture.conversation(
        RECORDER_CLIENT, RELABELLED, 80, [(">", get), ("<", http_answer("Server: DNVRS-Webs", "ETag: \"1-2-3\"", body=page))], 51000
    )  # fmt: skip
    capture.conversation(
        RECORDER_CLIENT, AXIS, 80,
        [(">", get), ("<", http_answer('WWW-Authenticate: Digest realm="AXIS_ACCC8E30BE1E", nonce="00", algorithm=MD5, qop="auth"', status="401 Unauthorized"))],
        51001,
    )  # fmt: skip
    describe = b"DESCRIBE rtsp://10.20.8.20:554/cam/realmonitor?channel=1&subtype=0 RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: Beheer/1.0\r\n\r\n"
    refused = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="Login to 6G0A11DPAZ00014", nonce="0a"\r\n\r\n'
    capture.conversation(RECORDER_CLIENT, DAHUA_RECORDER, 554, [(">", describe), ("<", refused)], 51002)
    capture.conversation(
        RECORDER_CLIENT, NAMELESS, 80, [(">", get), ("<", http_answer("Server: webserver", body="<html><title>IP Camera</title></html>"))], 51003
    )  # fmt: skip
    capture.save(path / "cameranet.pcap")


def a_day_and_two_hours(path: Path) -> None:
    """The same mirror port, 26 hours from then on: a claim contradicted, a camera kept apart, a device barely heard."""
    capture = Capture(vlan=80, router=ROUTER, clock=BEGIN + 12, snap=mirror.SNAP)
    mirror.play(capture, _a_day(capture))
    capture.save(path / "cameranet-26h.pcap")


def _a_day(capture: Capture) -> Iterator[mirror.Event]:
    def asks(host: Host, name: str, address: str, identity: int) -> None:
        capture.datagram(host, RESOLVER, 40000 + identity, 53, dns_question(name, identity))
        capture.answer(RESOLVER, host, 53, 40000 + identity, dns_answer(name, identity, address))

    access, relay = "litedev.hik-connect.com", "vtmtxeu.ezvizlife.com"
    yield 1.0, lambda: asks(TOWN_HALL, access, CLOUD_OF_NEW_FIRMWARE, 201)
    touch = mirror.Line(capture, TOWN_HALL, Host(CLOUD_OF_NEW_FIRMWARE, ROUTER.mac), 8666, 52001)
    yield from mirror.keeps_alive(touch, 3.0, client_hello(access), bytes(24), bytes(16))
    evening = 14 * 3600 + 11 * 60.0  # 22:41, when nobody is in the hall
    yield evening, lambda: asks(TOWN_HALL, relay, RELAY, 202)
    stream = mirror.Line(capture, TOWN_HALL, Host(RELAY, ROUTER.mac), 10554, 52002)
    yield from mirror.uploads(stream, evening + 1, 42, client_hello(relay), 20)
    looks = mirror.Line(capture, DAHUA_RECORDER, NAMELESS, 554, 53001)
    options = b"OPTIONS rtsp://10.20.8.40/ RTSP/1.0\r\nCSeq: 3\r\n\r\n"
    yield from mirror.looks_at(looks, 95.0, options, b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n")
    yield from mirror.sets_its_clock(capture, NAMELESS, TIME_SERVER)
    call = dhip_frame({"method": "DHDiscover.search", "params": {"mac": "", "uni": 1}})
    for hour in range(1, mirror.HOURS, 6):
        yield hour * 3600.0, lambda: capture.datagram(DOOR_STATION, "239.255.255.251", 37810, 37810, call)


SHUT_IN = datetime(2025, 11, 12, 12, 0, tzinfo=UTC).timestamp()
"""Five days before the audit: two cameras were to be shut in. Of one the switch port was forgotten."""
HOURS_BEFORE, HOURS_AFTER = 4, 27
NO_GAP = (0.0, 0.0)

RULES = f"""\
! Waterwijk, switch stadhuis-2, port 7 (camera without a name), loaded on 12 November 2025
ip access-list extended CAMERA-SHUT-IN
 permit tcp host {NAMELESS.ip} host {DAHUA_RECORDER.ip}
 permit udp host {NAMELESS.ip} host {TIME_SERVER.ip} eq ntp
 deny   ip any any
interface GigabitEthernet0/7
 ip access-group CAMERA-SHUT-IN in
"""


def before_and_after(folder: Path) -> None:
    """The mirror port before two cameras were shut in, and for 27 hours after; these are no inputs of the audit."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, begin, hours in (
        ("before", SHUT_IN - HOURS_BEFORE * 3600, HOURS_BEFORE),
        ("after", SHUT_IN, HOURS_AFTER),
    ):
        capture = Capture(vlan=80, router=ROUTER, clock=begin, snap=mirror.SNAP)
        mirror.play(capture, _two_cameras(capture, hours, shut_in=name == "after"), NO_GAP)
        capture.save(folder / f"{name}.pcap")
    (folder / "switch-port-7.txt").write_text(RULES, encoding="utf-8")


def _two_cameras(capture: Capture, hours: int, *, shut_in: bool) -> Iterator[mirror.Event]:
    def line(client: Host, server: str, port: int, client_port: int) -> mirror.Line:
        return mirror.Line(capture, client, Host(server, ROUTER.mac), port, client_port)

    cloud = client_hello("litedev.hik-connect.com")
    touch = line(TOWN_HALL, CLOUD_OF_NEW_FIRMWARE, 8666, 52011)
    yield from mirror.keeps_alive(touch, 3.0, cloud, bytes(24), bytes(16), hours)
    if not shut_in:  # by its address alone, without a name
        yield from mirror.keeps_alive(
            line(NAMELESS, NOBODY_KNOWS, 8800, 52012), 7.0, bytes(48), bytes(32), bytes(32), hours
        )
    looks = mirror.Line(capture, DAHUA_RECORDER, NAMELESS, 554, 53011)
    options = b"OPTIONS rtsp://10.20.8.40/ RTSP/1.0\r\nCSeq: 3\r\n\r\n"
    yield from mirror.looks_at(looks, 95.0, options, b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n", hours)
    yield from mirror.sets_its_clock(capture, NAMELESS, TIME_SERVER, hours)


def office_network(path: Path) -> None:
    """The office network of the library, where somebody plugged something in."""
    router = Host("10.20.1.1", "00:1b:54:10:20:02")
    capture = Capture(vlan=0, router=router, clock=BEGIN + 3600)
    capture.datagram(
        Host("0.0.0.0", LIBRARY.mac),
        "255.255.255.255",
        68,
        67,
        dhcp_request(LIBRARY, "CS-C6N", [1, 3, 6, 12, 15, 28, 42]),
    )
    for number, name in enumerate(("litedev.ezvizlife.com", "time.ezvizlife.com", "litedev.ezvizlife.com")):
        asks_cloud(capture, LIBRARY, name, 60 + number)
    capture.datagram(
        Host("10.20.1.31", "a4:bb:6d:31:00:1f"), RESOLVER, 40100, 53, dns_question("www.waterwijk.example", 100)
    )
    capture.save(path / "bibliotheek.pcap")


NMAP_HOSTS: list[tuple[Host, str, list[tuple[int, str, str, dict[str, str]]]]] = [
    (TOWN_HALL, "Hangzhou Hikvision Digital Technology", [
        (80, "http", "Hikvision IP camera httpd", {"http-server-header": "App-webs/"}), (554, "rtsp", "", {}), (8000, "http-alt", "", {})]),
    (RELABELLED, "Hangzhou Hikvision Digital Technology", [(80, "http", "", {"http-title": "SafeSight"}), (554, "rtsp", "", {}), (8000, "http-alt", "", {})]),
    (DAHUA_RECORDER, "Zhejiang Dahua Technology", [(80, "http", "", {"http-title": "WEB SERVICE"}), (554, "rtsp", "Dahua RTSP", {}), (37777, "unknown", "", {})]),
    (DOOR_STATION, "Zhejiang Dahua Technology", [(80, "http", "", {}), (5060, "sip", "", {})]),
    (AXIS, "Axis Communications AB", [(80, "http", "Axis P3245-V Network Camera", {}), (443, "https", "", {}), (554, "rtsp", "", {})]),
    (NAMELESS, "Giga-Byte Technology", [(80, "http", "", {"http-server-header": "webserver", "http-title": "IP Camera"}), (554, "rtsp", "", {})]),
    (PRINTER, "Hewlett Packard", [(80, "http", "HP LaserJet M553 http config", {}), (9100, "jetdirect", "", {}), (515, "printer", "", {})]),
    (Host("10.20.8.2", "44:19:b6:00:3e:02"), "Hangzhou Hikvision Digital Technology", [(80, "http", "", {"http-title": "DS-3E1518P-EI"})]),
]  # fmt: skip


def scan(path: Path) -> None:
    """An nmap report, as the network team made it."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!DOCTYPE nmaprun>",
        f'<nmaprun scanner="nmap" args="nmap -sV -oX scan.xml 10.20.0.0/16" start="{int(BEGIN)}" version="7.93" xmloutputversion="1.05">',
    ]
    for host, vendor, ports in NMAP_HOSTS:
        lines.append(
            f'<host starttime="{int(BEGIN)}" endtime="{int(BEGIN) + 40}"><status state="up" reason="arp-response"/>'
        )
        lines.append(
            f'<address addr="{host.ip}" addrtype="ipv4"/><address addr="{host.mac.upper()}" addrtype="mac" vendor="{vendor}"/>'
        )
        lines.append("<ports>")
        for port, service, product, scripts in ports:
            said = "".join(f'<script id="{name}" output="{output}"/>' for name, output in scripts.items())
            named = f' product="{product}"' if product else ""
            lines.append(
                f'<port protocol="tcp" portid="{port}"><state state="open" reason="syn-ack"/>'
                f'<service name="{service}"{named} method="probed" conf="10"/>{said}</port>'
            )
        lines.append("</ports></host>")
    lines.append(
        f'<runstats><finished time="{int(BEGIN) + 900}" exit="success"/><hosts up="{len(NMAP_HOSTS)}" down="0" total="{len(NMAP_HOSTS)}"/></runstats>'
    )
    lines.append("</nmaprun>")
    (path / "scan.xml").write_text("\n".join(lines) + "\n", encoding="utf-8")


REGISTER_HEADINGS = ["Objectnr", "Omschrijving", "Merk", "Type", "Serienummer", "MAC-adres", "IP-adres", "Locatie", "Plaats", "Geplaatst op", "Status"]  # fmt: skip
REGISTER = [
    ["W-0011", "Dome camera hal", "Hikvision", "DS-2CD2143G2-I", "", TOWN_HALL.mac.upper(), TOWN_HALL.ip, "Stadhuis", "Publiekshal", "12-06-2023", "in gebruik"],
    ["W-0012", "Dome camera raadzaal", "SafeSight", "SS-ProDome-4", "", RELABELLED.mac.upper(), RELABELLED.ip, "Stadhuis", "Raadzaal", "01-09-2020", "in gebruik"],
    ["W-0014", "Netwerkrecorder 16 kanalen", "Dahua", "NVR5216-4KS2", "", "", DAHUA_RECORDER.ip, "Stadhuis", "Serverruimte", "14-02-2022", "in gebruik"],
    ["W-0030", "Camera fietsenstalling", "Axis", "P3245-V", "", AXIS.mac.upper(), AXIS.ip, "Stadhuis", "Fietsenstalling", "03-03-2024", "in gebruik"],
    ["W-0051", "Bullet camera milieustraat", "Hikvision", "DS-2CD2T47G2-L", "", "", "", "Milieustraat", "Poort", "20-05-2021", "in gebruik"],
    ["W-0052", "Standaard camera, compatibel met Dahua", "", "", "", "", "", "Milieustraat", "Weegbrug", "", "onbekend"],
    ["W-0060", "Printer burgerzaken", "HP", "LaserJet M553", "", "", PRINTER.ip, "Stadhuis", "Burgerzaken", "11-01-2019", "in gebruik"],
]  # fmt: skip


def register(path: Path) -> None:
    """The asset register, as a facility team keeps it: a title above the table, Dutch headings, Dutch dates."""
    with xlsxwriter.Workbook(path / "register.xlsx", {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {"title": "Objectenregister Waterwijk", "created": datetime(2025, 11, 1, tzinfo=UTC).replace(tzinfo=None)}
        )
        sheet = book.add_worksheet("Objecten")
        sheet.write_string(0, 0, "Gemeente Waterwijk, objectenregister beveiliging, stand 1 november 2025")
        for number, row in enumerate([REGISTER_HEADINGS, *REGISTER], start=2):
            for column, value in enumerate(row):
                sheet.write_string(number, column, value)


PURCHASES = [
    ["Factuurdatum", "Factuurnummer", "Leverancier", "Aantal", "Artikelomschrijving", "Bedrag"],
    ["05-05-2021", "2021-0442", "Beveiliging Noord B.V.", "4", "DS-2CD2T47G2-L bullet 4mm", "716,00"],
    ["21-08-2020", "2020-0871", "Kijkgoed Installaties", "6", "SafeSight ProDome 4MP", "1.254,00"],
    ["09-02-2022", "2022-0103", "Beveiliging Noord B.V.", "1", "Dahua DHI-NVR5216-4KS2 recorder", "489,00"],
    [
        "09-02-2022",
        "2022-0103",
        "Beveiliging Noord B.V.",
        "1",
        "Hikvision DS-3E1518P-EI switch 16 poorts PoE",
        "212,50",
    ],
    ["26-02-2024", "2024-0157", "Kijkgoed Installaties", "1", "AXIS P3245-V vandaalbestendige dome", "402,00"],
]


def purchases(path: Path) -> None:
    """Purchase lines as the financial system exports them: semicolons and Windows-1252."""
    text = "".join(";".join(row) + "\r\n" for row in PURCHASES)
    (path / "inkoop.csv").write_bytes(text.encode("cp1252"))


def main(folder: Path, isolation: Path | None = None) -> None:
    """Make all files in a folder, and in another those that are held against them."""
    folder.mkdir(parents=True, exist_ok=True)
    camera_network(folder)
    a_day_and_two_hours(folder)
    office_network(folder)
    scan(folder)
    register(folder)
    purchases(folder)
    if isolation:
        before_and_after(isolation)


if __name__ == "__main__":
    main(*(map(Path, sys.argv[1:]) if len(sys.argv) > 1 else (Path(__file__).parent / "out" / "input",)))
