"""What is no camera and must never notice: printers, routers, switches, servers, telephones, machine controllers."""

from __future__ import annotations

from lab.certificate import Identity
from lab.common import mdns, snmp, ssdp, upnp_description, wsd
from lab.device import INDUSTRIAL_PORTS, PRINTER_PORTS, Datagrams, Device, Place, Stream
from lab.web import Site, page, reply


def printer(place: Place) -> Device:
    """A printer: every payload on its raw ports is paper, and so is one on 631 that is no request of HTTP."""
    brand, model, prefix = (("HP", "LaserJet Pro M404dn", "3c:d9:2b"), ("Brother", "HL-L6400DW", "00:80:77"),
                            ("Canon", "iR-ADV C5535", "00:1e:8f"))[place.number % 3]  # fmt: skip
    device = Device(
        place.address, place.mac(prefix), place.network, "printer", "", brand, "printer", model, "", place.digits(10)
    )
    site = Site(
        {"/": page(f"{brand} {model}", server="HP HTTP Server; HP LaserJet" if brand == "HP" else "debut/1.30")}
    )
    device.tcp = {port: Stream(framed=False, counts="page") for port in PRINTER_PORTS if port != 631}
    device.tcp |= {80: Stream(site), 631: Stream(site, counts="page unless http")}
    device.udp |= {
        **{port: Datagrams(lambda _request: b"", counts="page") for port in (515, 9100)},
        5353: mdns(f"{brand} {model}", ("_ipp._tcp.local", "_pdl-datastream._tcp.local", "_printer._tcp.local"),
                   f"{brand.lower()}{device.mac.replace(':', '')}.local", device.address, 631, (f"ty={brand} {model}",)),
        161: snmp({"1.3.6.1.2.1.1.1.0": f"{brand} {model}"}),
        3702: wsd(f"urn:uuid:1c852a4d-b800-1f08-abcd-{device.mac.replace(':', '')}", "",
                  f"http://{device.address}:80/WebServices/Device", "wsdp:Device wprt:PrintDeviceType"),
    }  # fmt: skip
    device.protocols = ("http", "ipp", "raw printing", "mdns", "snmp", "wsd")
    device.expected = {"device_class": "not:camera"}
    return device


def router(place: Place) -> Device:
    """A router of a small office."""
    device = Device(place.address, place.mac("4c:5e:0c", "00:1d:aa"), place.network, "router", "", "MikroTik", "router",
                    "hEX S", "6.49.7", "")  # fmt: skip
    uid = f"upnp-InternetGatewayDevice-1_0-{device.mac.replace(':', '')}"
    description = upnp_description(kind="urn:schemas-upnp-org:device:InternetGatewayDevice:1", name="router", maker="MikroTik",
                                   model="Router OS", uid=uid)  # fmt: skip
    site = Site({"/": page("RouterOS router configuration page"), "/gateway.xml": description})
    device.tcp = {80: Stream(site), 22: Stream(framed=False, greeting=b"SSH-2.0-ROSSSH\r\n"),
                  23: Stream(framed=False, greeting=b"\xff\xfd\x18\r\nLogin: ")}  # fmt: skip
    device.udp = {1900: ssdp("MikroTik/6.49 UPnP/1.0 MikroTik UPnP/1.0", f"http://{device.address}/gateway.xml", uid,
                             ("urn:schemas-upnp-org:device:InternetGatewayDevice:1",)),
                  161: snmp({"1.3.6.1.2.1.1.1.0": "RouterOS RB760iGS"}, "1.3.6.1.4.1.14988.1")}  # fmt: skip
    device.protocols = ("http", "ssh", "telnet", "ssdp", "snmp")
    device.expected = {"device_class": "not:camera"}
    return device


def switch(place: Place) -> Device:
    """A switch with a web page and SNMP."""
    device = Device(place.address, place.mac("00:1b:0d", "70:10:6f"), place.network, "switch", "", "Cisco", "switch",
                    "Catalyst 2960", "15.2(7)E", "")  # fmt: skip
    challenge = reply(status="401 Unauthorized", server="cisco-IOS",
                      headers=('WWW-Authenticate: Basic realm="level_15_access"',))  # fmt: skip
    device.tcp = {80: Stream(Site({"/": challenge}, challenge=challenge)),
                  22: Stream(framed=False, greeting=b"SSH-2.0-Cisco-1.25\r\n")}  # fmt: skip
    device.udp = {161: snmp({"1.3.6.1.2.1.1.1.0": "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.2(7)E"},
                            "1.3.6.1.4.1.9.1.1208")}  # fmt: skip
    device.protocols = ("http", "ssh", "snmp")
    device.expected = {"device_class": "not:camera"}
    return device


def server(place: Place) -> Device:
    """A server; some have a service on a port that cameras use too."""
    device = Device(
        place.address,
        place.mac("00:50:56", "b8:2a:72"),
        place.network,
        "server",
        "",
        "Dell",
        "server",
        "PowerEdge",
        "",
        "",
    )
    site = Site({"/": page("Welcome to nginx!", server="nginx/1.18.0 (Ubuntu)")})
    identity = Identity(
        (("CN", f"srv{place.number}.example"),), issuer=(("O", "Let's Encrypt"), ("C", "US"), ("CN", "R3"))
    )
    device.tcp = {22: Stream(framed=False, greeting=b"SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.1\r\n"), 80: Stream(site),
                  443: Stream(site, identity=identity)}  # fmt: skip
    if place.number % 3 == 0:
        device.tcp[8000] = Stream(Site({"/": page("Directory listing for /", server="SimpleHTTP/0.6 Python/3.10.6")}))
    device.protocols = ("http", "tls", "ssh")
    device.expected = {"device_class": "not:camera"}
    return device


def phone(place: Place) -> Device:
    """A telephone."""
    brand, agent, prefix = (("Yealink", "Yealink SIP-T46S 66.85.0.5", "80:5e:c0"), ("Snom", "snomD785/10.1.54.13", "00:04:13"),
                            ("Grandstream", "Grandstream GXP2160 1.0.11.23", "00:0b:82"))[place.number % 3]  # fmt: skip
    device = Device(
        place.address, place.mac(prefix), place.network, "phone", "", brand, "phone", agent.split()[0], "", ""
    )
    known = (
        f"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {device.address}\r\nUser-Agent: {agent}\r\nContent-Length: 0\r\n\r\n"
    ).encode()
    device.tcp = {80: Stream(Site({"/": page(f"{brand} phone", server=f"{brand} httpd")}))}
    device.udp = {5060: Datagrams(lambda request: known if request.startswith(b"OPTIONS ") else b"")}
    device.protocols = ("http", "sip")
    device.expected = {"device_class": "not:camera"}
    return device


def controller(place: Place) -> Device:
    """A machine controller: it counts every payload it is given."""
    device = Device(place.address, place.mac("00:0e:8c", "00:80:f4"), place.network, "controller", "", "Siemens", "controller",
                    "S7-1200", "", "")  # fmt: skip
    device.tcp = {port: Stream(framed=False, counts="touched") for port in INDUSTRIAL_PORTS}
    device.tcp[80] = Stream(Site({"/": page("S7-1200 station")}))
    device.udp = {44818: Datagrams(lambda _request: b"", counts="touched")}
    device.protocols = ("http", "modbus", "s7", "iec104", "dnp3", "enip")
    device.expected = {"device_class": "not:camera"}
    return device
