"""Asks each device of a manifest what `find` would ask, one after another; runs inside the scanning namespace.

Prints one line of JSON for each answer: address, protocol, port, and the bytes as hex.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Lock

SADP = b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>A1</Uuid><Types>inquiry</Types></Probe>'
SEARCH = b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}'
DHIP = b"\x20\0\0\0DHIP" + bytes(8) + (b"\x3a" + bytes(7)) * 2 + SEARCH
WSD = (
    b'<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    b' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    b' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:7c5e0f6e-8f0e-4f0b-9d3e-1d8a5b1c2d3e'
    b"</w:MessageID><w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header><e:Body><d:Probe>"
    b"</d:Probe></e:Body></e:Envelope>"
)
SSDP = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n'
MDNS = b"\0\0\0\0\0\x01\0\0\0\0\0\0\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\x01"
AXIS_MDNS = b"\0\0\0\0\0\x01\0\0\0\0\0\0\x0b_axis-video\x04_tcp\x05local\0\0\x0c\0\x01"
SNMP = bytes.fromhex(
    "302b0201010408" + b"lab-read".hex() + "a01c020400000001020100020100300e300c06082b060102010101000500"
)
XM = b"\xff" + bytes(13) + b"\xfa\x05" + bytes(4)
UDP = {
    37020: [SADP], 37810: [DHIP],
    5050: [b"\xa3\x01\0\x01" + bytes(12) + b"\x02" + bytes(15)],
    3702: [WSD], 1900: [SSDP],
    5353: [MDNS, AXIS_MDNS], 161: [SNMP], 34569: [XM],
    1757: [b"\x99\x39\xa4\x27" + bytes(8)], 7701: [b"\x01" + bytes(261)],
    10000: [b"\x02\x4a\x5d\x8f\x1c", b"MO_I" + bytes(11) + b"\x04\0\0\0\x04" + bytes(6) + b"\x01"],
    10001: [b"\x01\0\0\0"], 8600: [b"\x44\x48\x01\x01"], 3600: [b"DISCOVER\n"],
    2380: [b"\x02ENQ:network\xff\x03"],
    5060: [b"OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n"],
}  # fmt: skip
ONE_AT_A_TIME = Lock()
"""Where answers come to one port, whoever asked."""
WAITS_AT = {1757: 1758, 7701: 7711}
RTSP = ["OPTIONS rtsp://{host}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", "DESCRIBE rtsp://{host}/ RTSP/1.0\r\nCSeq: 2\r\n\r\n"]
PATHS = ("/", "/doc/page/login.asp", "/upnpdevicedesc.xml", "/rootdesc1.xml", "/ISAPI/System/deviceInfo",
         "/cgi-bin/magicBox.cgi?action=getDeviceType")  # fmt: skip
SILENT = (8000, 37777, 35000, 34567, 9000, 9010, 9020)
NEVER = (515, 631, *range(9100, 9108), 102, 502, 2404, 20000, 44818)


def told(address: str, protocol: str, port: int, data: bytes, sender: str = "") -> None:
    """One line."""
    sys.stdout.write(json.dumps([address, protocol, port, data.hex(), sender or address]) + "\n")


def ask_udp(address: str, port: int, wait: float) -> None:
    """Send each datagram, wait for one answer."""
    for request in UDP.get(port, []):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(wait)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("", WAITS_AT.get(port, 0)))
            sock.sendto(request, (address, port))
            try:
                data, peer = sock.recvfrom(9000)
            except OSError:
                continue
            told(address, "udp", WAITS_AT.get(port, port), data, peer[0])


def read_all(sock: socket.socket, most: int = 20000) -> bytes:
    """Until the other side is quiet."""
    data = b""
    try:
        while len(data) < most:
            piece = sock.recv(16384)
            if not piece:
                break
            data += piece
            sock.settimeout(0.08)
    except OSError:
        pass
    return data


def ask_tcp(address: str, port: int, wait: float) -> None:
    """One connection after another: greeting, pages, streams, certificate."""
    if port in NEVER or port in SILENT:
        return
    if port in (554, 10554):
        requests = [one.format(host=address).encode() for one in RTSP]
    elif port in (21, 22, 23):
        requests = [b""]
    elif port == 443:
        try:
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
            made.set_ciphers("DEFAULT:@SECLEVEL=0")
            with socket.create_connection((address, port), wait) as plain, made.wrap_socket(plain) as sock:
                told(address, "tls", port, sock.getpeercert(binary_form=True) or b"")
        except OSError:
            told(address, "tls", port, b"")
        return
    else:
        requests = [f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode() for path in PATHS]
    for request in requests:
        try:
            with socket.create_connection((address, port), wait) as sock:
                if request:
                    sock.sendall(request)
                if data := read_all(sock):
                    told(address, "tcp", port, data)
        except OSError:
            continue


def ask(device: dict[str, object], wait: float) -> None:
    """All ports of one device."""
    address = str(device["address"])
    for port in device["udp"]:
        with ONE_AT_A_TIME if port in WAITS_AT else nullcontext():
            ask_udp(address, port, wait)
    for port in device["tcp"]:
        ask_tcp(address, port, wait)


def main() -> None:
    """All devices of the manifest that can be seen."""
    manifest = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    wait = float(sys.argv[2]) if len(sys.argv) > 2 else 0.5
    left_out = ("garbage", "endless", "fragile", "silent")
    seen = [device for device in manifest["devices"] if device["seen"] and device["family"] not in left_out]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda device: ask(device, wait), seen))


if __name__ == "__main__":
    main()
