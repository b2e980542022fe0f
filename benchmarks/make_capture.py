"""Make a capture of a town hall's network: the same seed and size give the same bytes.

Cameras and recorders send video, keep their relays alive, ask for names and announce themselves (about 60% of the
bytes); offices browse, print and copy files. Two or three packets in a hundred say something about somebody. Names,
addresses and devices are invented. It also holds what makes reading hard: VLAN and double tags, IPv6, hellos split
over segments, segments out of order, fragments, DNS over TCP, QUIC.

    python benchmarks/make_capture.py OUT.pcap 64 [--pcapng] [--seed 7]
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from random import Random

Frame = bytes
Session = Iterator[Frame]

BLOB = Random(1).randbytes(1 << 20)
WORDS = [
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris", "juniper", "kestrel", "lumen"),
    *("maple", "north", "orchid", "pine", "quarry", "river", "slate", "tundra", "umber", "vale", "willow", "yarrow"),
]


# --- layers


@dataclass(frozen=True, slots=True)
class Host:
    """One end of a conversation."""

    mac: bytes
    ip: bytes
    """4 or 16 bytes."""
    vlans: tuple[int, ...] = ()

    def link(self, other: Host) -> bytes:
        """The Ethernet header of a frame to another host."""
        tags = b"".join(
            struct.pack(">HH", 0x88A8 if at == 0 and len(self.vlans) == 2 else 0x8100, vlan)
            for at, vlan in enumerate(self.vlans)
        )
        return other.mac + self.mac + tags + (b"\x08\x00" if len(self.ip) == 4 else b"\x86\xdd")


def ip_header(source: Host, target: Host, protocol: int, size: int, number: int = 0, fragment: int = 0x4000) -> bytes:
    """The Ethernet and IP headers before ``size`` bytes."""
    if len(source.ip) == 4:
        ip = struct.pack(">BBHHHBBH", 0x45, 0, size + 20, number, fragment, 64, protocol, 0)
    else:
        ip = struct.pack(">IHBB", 0x60000000, size, protocol, 64)
    return source.link(target) + ip + source.ip + target.ip


def udp(source: Host, target: Host, src_port: int, dst_port: int, payload: bytes) -> Frame:
    """A datagram."""
    size = len(payload) + 8
    return ip_header(source, target, 17, size) + struct.pack(">HHHH", src_port, dst_port, size, 0) + payload


def fragments(source: Host, target: Host, src_port: int, dst_port: int, payload: bytes, number: int) -> list[Frame]:
    """A datagram in pieces of at most 1,480 bytes."""
    whole = struct.pack(">HHHH", src_port, dst_port, len(payload) + 8, 0) + payload
    frames = []
    for at in range(0, len(whole), 1480):
        piece = whole[at : at + 1480]
        more = 0x2000 if at + 1480 < len(whole) else 0
        frames.append(ip_header(source, target, 17, len(piece), number, more | at >> 3) + piece)
    return frames


class Tcp:
    """A connection whose sequence numbers are kept."""

    def __init__(self, rng: Random, client: Host, server: Host, port: int) -> None:
        self.ends = (client, server)
        self.ports = (rng.randrange(32768, 61000), port)
        self.seq = [rng.getrandbits(32), rng.getrandbits(32)]

    def frame(self, side: int, flags: int, payload: bytes = b"") -> Frame:
        """One segment from client (0) or server (1)."""
        source, target = self.ends[side], self.ends[1 - side]
        seq, ack = self.seq[side], self.seq[1 - side]
        self.seq[side] = seq + len(payload) + (1 if flags & 3 else 0) & 0xFFFFFFFF
        head = struct.pack(">HHIIBBHHH", self.ports[side], self.ports[1 - side], seq, ack, 0x80, flags, 64240, 0, 0)
        options = b"\x01\x01\x08\x0a\0\0\0\1\0\0\0\1"
        return ip_header(source, target, 6, 32 + len(payload)) + head + options + payload

    def open(self) -> Iterator[Frame]:
        """The three segments that begin it."""
        yield self.frame(0, 0x02)
        yield self.frame(1, 0x12)
        yield self.frame(0, 0x10)

    def close(self) -> Iterator[Frame]:
        """The three segments that end it."""
        yield self.frame(0, 0x11)
        yield self.frame(1, 0x11)
        yield self.frame(0, 0x10)

    def send(self, side: int, data: bytes, swap: bool = False) -> Iterator[Frame]:
        """Data in segments of 1,448 bytes, with an acknowledgement for every second; perhaps the first two swapped."""
        frames = [self.frame(side, 0x18, data[at : at + 1448]) for at in range(0, len(data), 1448)]
        if swap and len(frames) > 1:
            frames[0], frames[1] = frames[1], frames[0]
        for at, frame in enumerate(frames):
            yield frame
            if at % 2:
                yield self.frame(1 - side, 0x10)


# --- messages


def dns_name(name: str) -> bytes:
    """A name as labels."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns(number: int, name: str, kind: int = 1, answer: bytes | None = None, flags: int | None = None) -> bytes:
    """A question, or its answer with one record."""
    flags = (0x0100 if answer is None else 0x8180) if flags is None else flags
    question = dns_name(name) + struct.pack(">HH", kind, 1)
    left = number % 300  # a resolver counts the seconds down
    record = b"" if answer is None else b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, left, len(answer)) + answer
    return struct.pack(">HHHHHH", number, flags, 1, int(answer is not None), 0, 0) + question + record


def mdns(host: str, instance: str, service: str, ip: bytes) -> bytes:
    """An announcement: PTR, SRV, TXT and address."""

    def record(name: str, kind: int, data: bytes) -> bytes:
        return dns_name(name) + struct.pack(">HHIH", kind, 0x8001 if kind != 12 else 1, 120, len(data)) + data

    whole = f"{instance}.{service}"
    text = f"macaddress={ip.hex()}".encode()
    records = [
        record(service, 12, dns_name(whole)),
        record(whole, 33, struct.pack(">HHH", 0, 0, 80) + dns_name(host)),
        record(whole, 16, bytes([len(text)]) + text),
        record(host, 1 if len(ip) == 4 else 28, ip),
    ]
    return struct.pack(">HHHHHH", 0, 0x8400, 0, len(records), 0, 0) + b"".join(records)


def client_hello(rng: Random, name: str, size: int) -> bytes:
    """A client hello, padded to about ``size`` bytes as keys of the newer kind do."""

    def vector(width: int, data: bytes) -> bytes:
        return len(data).to_bytes(width, "big") + data

    host = name.encode()
    found = struct.pack(">H", 0) + vector(2, vector(2, b"\0" + vector(2, host)))
    found += struct.pack(">H", 16) + vector(2, vector(2, vector(1, b"h2") + vector(1, b"http/1.1")))
    found += struct.pack(">H", 43) + vector(2, vector(1, b"\x03\x04\x03\x03"))
    body = b"\x03\x03" + rng.randbytes(32) + vector(1, rng.randbytes(32)) + vector(2, b"\x13\x01\x13\x02\xc0\x2f")
    body += vector(1, b"\0")
    key = rng.randbytes(max(32, size - len(body) - len(found) - 20))
    # The name comes last in half of them, so that it lies in the second segment of a split hello.
    share = struct.pack(">H", 51) + vector(2, vector(2, struct.pack(">H", 29) + vector(2, key)))
    body += vector(2, share + found if rng.random() < 0.5 else found + share)
    message = b"\x01" + vector(3, body)
    return b"\x16\x03\x01" + vector(2, message)


def der(tag: int, *parts: bytes) -> bytes:
    """One ASN.1 element."""
    data = b"".join(parts)
    size = len(data)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + data


def certificate(rng: Random, name: str, organisation: str) -> bytes:
    """A certificate with a made-up key and signature."""

    def attribute(number: int, value: str) -> bytes:
        return der(0x31, der(0x30, der(6, bytes([0x55, 4, number])), der(0x0C, value.encode())))

    subject = der(0x30, attribute(10, organisation), attribute(3, name))
    algorithm = der(0x30, der(6, bytes.fromhex("2a864886f70d01010b")), der(5))
    key_kind = der(0x30, der(6, bytes.fromhex("2a864886f70d010101")), der(5))
    modulus = der(0x30, der(2, b"\0" + rng.randbytes(256)), der(2, b"\1\0\1"))
    names = der(0x30, der(0x82, name.encode()), der(0x82, f"www.{name}".encode()))
    extension = der(0x30, der(6, bytes.fromhex("551d11")), der(4, names))
    content = der(
        0x30,
        der(0xA0, der(2, b"\2")),
        der(2, b"\1" + rng.randbytes(15)),
        algorithm,
        der(0x30, attribute(3, "Example Issuing CA")),
        der(0x30, der(0x17, b"240101000000Z"), der(0x17, b"270101000000Z")),
        subject,
        der(0x30, key_kind, der(3, b"\0" + modulus)),
        der(0xA3, der(0x30, extension)),
    )
    return der(0x30, content, algorithm, der(3, b"\0" + rng.randbytes(256)))


def server_flight(rng: Random, chain: bytes) -> bytes:
    """A server's answer in TLS 1.2: hello, certificates, end."""

    def message(kind: int, body: bytes) -> bytes:
        return bytes([kind]) + len(body).to_bytes(3, "big") + body

    hello = b"\x03\x03" + rng.randbytes(32) + b"\0" + b"\xc0\x2f\0" + b"\0\0"
    both = message(2, hello) + message(11, len(chain).to_bytes(3, "big") + chain) + message(14, b"")
    return b"\x16\x03\x03" + len(both).to_bytes(2, "big") + both


def dhcp(rng: Random, kind: int, mac: bytes, name: str, vendor: str, yours: bytes = b"\0\0\0\0") -> bytes:
    """A DHCP message of a client (1, 3) or server (5)."""
    op = 2 if kind == 5 else 1
    head = struct.pack(">BBBBIHH", op, 1, 6, 0, rng.getrandbits(32), 0, 0x8000)
    head += b"\0" * 4 + yours + b"\0" * 8 + mac + b"\0" * 202 + b"\x63\x82\x53\x63"
    options = bytes([53, 1, kind])
    if op == 1:
        options += bytes([12, len(name)]) + name.encode() + bytes([60, len(vendor)]) + vendor.encode()
        options += bytes([55, 7, 1, 3, 6, 12, 15, 28, 42])
    return head + options + b"\xff"


# --- who is there

_BROADCAST = Host(b"\xff" * 6, b"\xff" * 4)


def _multicast(ip: str, vlans: tuple[int, ...]) -> Host:
    packed = ip_address(ip).packed
    mac = b"\x01\x00\x5e" + bytes([packed[1] & 127]) + packed[2:] if len(packed) == 4 else b"\x33\x33" + packed[-4:]
    return Host(mac, packed, vlans)


class Town:
    """The devices, and what they do."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = Random(seed)
        self.number = 0
        camera_vlans = [(20,), (20,), (), (), (100, 20)]
        self.cameras = [
            self._host(f"10.20.{n // 200}.{n % 200 + 10}", b"\x00\x40\x8c", camera_vlans[n % 5]) for n in range(400)
        ]
        self.desks = [self._host(f"10.30.{n // 200}.{n % 200 + 10}", b"\x3c\x52\x82") for n in range(300)]
        self.desks6 = [self._host(f"2001:db8:30::{n + 16:x}", b"\x3c\x52\x82") for n in range(150)]
        self.viewer = {vlans: self._host("10.20.9.5", b"\x00\x15\x5d", vlans) for vlans in camera_vlans}
        self.resolver = self._host("10.30.0.2", b"\x00\x15\x5d")
        self.resolver6 = self._host("2001:db8:30::2", b"\x00\x15\x5d")
        self.router = rng.randbytes(5)
        self.sites = [f"{a}.{b}.example" for a in WORDS for b in WORDS[:12]]
        self.chains = []
        for name in self.sites[:120]:
            pieces = [certificate(rng, name, f"{name.split('.')[0].title()} Ltd"), certificate(rng, "ca.example", "CA")]
            self.chains.append(b"".join(len(one).to_bytes(3, "big") + one for one in pieces))
        # (weight by packets wanted, what happens)
        self.scenes: list[tuple[float, Callable[[], Session]]] = [
            (1.0, self.rtp),
            (0.2, self.rtsp_video),
            (6.0, self.relay),
            (2.2, self.office_tls),
            (0.6, self.office_http),
            (1.0, self.file_copy),
            (0.5, self.quic),
            (4.0, self.ask_name),
            (0.5, self.dhcp_lease),
            (0.6, self.camera_mdns),
            (0.9, self.camera_ssdp),
            (0.4, self.camera_wsd),
            (0.4, self.maker_discovery),
            (0.8, self.camera_cloud),
            (0.3, self.neighbours),
            (0.05, self.odd_things),
            (1.0, self.arp),
        ]

    def _host(self, ip: str, block: bytes, vlans: tuple[int, ...] = ()) -> Host:
        return Host(block + self.rng.randbytes(3), ip_address(ip).packed, vlans)

    def _far(self, near: Host) -> Host:
        """Somebody behind the router."""
        rng = self.rng
        ip = (
            bytes([203, 0, 113, rng.randrange(1, 255)])
            if len(near.ip) == 4
            else ip_address(f"2001:db8:ffff::{rng.randrange(1, 4000):x}").packed
        )
        return Host(b"\x02" + self.router, ip, near.vlans)

    def scene(self) -> Session:
        """Something that begins now."""
        weights = [weight for weight, _scene in self.scenes]
        return self.rng.choices(self.scenes, weights)[0][1]()

    # cameras

    def rtp(self) -> Session:
        """Video over UDP to the viewer, with a control report now and then."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        viewer = self.viewer[camera.vlans]
        source, target = rng.randrange(20000, 30000, 2), rng.randrange(40000, 50000, 2)
        for at in range(rng.randrange(60, 160)):
            begin = rng.randrange(1 << 19)
            head = struct.pack(">BBHII", 0x80, 96, at, at * 3000, 7)
            size = 1388 if at % 3 else rng.randrange(200, 1388)
            yield udp(camera, viewer, source, target, head + BLOB[begin : begin + size])
            if at % 4 == 3:
                yield udp(viewer, camera, target + 1, source + 1, b"\x80\xc9\0\7" + bytes(28))

    def rtsp_video(self) -> Session:
        """RTSP with log-in and description, then video in the same connection and a sign of life."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        tcp = Tcp(rng, self.viewer[camera.vlans], camera, 554)
        ip = str(ip_address(camera.ip))
        path = f"/cam/{rng.choice(WORDS)}"
        yield from tcp.open()

        def ask(method: str, number: int, extra: str = "") -> Iterator[Frame]:
            text = f"{method} rtsp://{ip}{path} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: Viewer 4\r\n{extra}\r\n"
            return tcp.send(0, text.encode())

        def answer(number: int, extra: str = "", body: str = "", status: str = "200 OK") -> Iterator[Frame]:
            length = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else ""
            head = f"RTSP/1.0 {status}\r\nCSeq: {number}\r\nServer: ViewServer/2.{camera.ip[3] % 4}\r\n"
            return tcp.send(1, f"{head}{extra}{length}\r\n{body}".encode())

        yield from ask("OPTIONS", 1)
        yield from answer(1, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER\r\n")
        yield from ask("DESCRIBE", 2, "Accept: application/sdp\r\n")
        yield from answer(
            2,
            f'WWW-Authenticate: Digest realm="{rng.choice(WORDS)}", nonce="{rng.getrandbits(64):x}"\r\n',
            "",
            "401 Unauthorized",
        )
        yield from ask("DESCRIBE", 3, "Accept: application/sdp\r\n")
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=Media Presentation\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        )
        yield from answer(3, f"Content-Base: rtsp://{ip}{path}/\r\n", sdp)
        yield from ask("SETUP", 4, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
        yield from answer(4, "Session: 1;timeout=60\r\n")
        yield from ask("PLAY", 5, "Session: 1\r\n")
        yield from answer(5, "Session: 1\r\n")
        for at in range(rng.randrange(150, 400)):
            begin = rng.randrange(1 << 19)
            yield from tcp.send(1, b"$\0\x0b\x40" + BLOB[begin : begin + 2880])
            if at % 120 == 119:
                yield from ask("GET_PARAMETER", 6, "Session: 1\r\n")
                yield from answer(6, "Session: 1\r\n")
        yield from tcp.close()

    def relay(self) -> Session:
        """Small datagrams that keep a way open to a relay."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        relay = self._far(camera)
        port = rng.randrange(30000, 60000)
        for at in range(rng.randrange(8, 70)):
            yield udp(camera, relay, port, 8800, b"\xf1\x10\0\x2c" + bytes([at]) + bytes(rng.randrange(20, 90)))
            yield udp(relay, camera, 8800, port, b"\xf1\x11\0\x00" + bytes(16))

    def camera_cloud(self) -> Session:
        """A camera asks for its cloud, then speaks TLS with it."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        name = f"{rng.choice(WORDS)}{rng.randrange(40)}.cam-cloud.example"
        yield from self._lookup(camera, self.resolver, name)
        yield from self._tls(camera, name, rng.randrange(3000, 30000), rng.choice(self.chains))

    def dhcp_lease(self) -> Session:
        """Discover, request, acknowledgement."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        nobody = Host(camera.mac, b"\0\0\0\0", camera.vlans)
        name, vendor = f"CAM-{camera.mac[3:].hex().upper()}", f"lantern-cam {camera.ip[3] % 7}"
        yield udp(nobody, _BROADCAST, 68, 67, dhcp(rng, 1, camera.mac, name, vendor))
        yield udp(nobody, _BROADCAST, 68, 67, dhcp(rng, 3, camera.mac, name, vendor))
        server = Host(b"\x02" + self.router, b"\x0a\x14\0\1", camera.vlans)
        yield udp(server, _BROADCAST, 67, 68, dhcp(rng, 5, camera.mac, name, vendor, camera.ip))

    def camera_mdns(self) -> Session:
        """An announcement and a question by multicast, over IPv4 or IPv6."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        serial = camera.mac.hex()
        group = _multicast("224.0.0.251", camera.vlans)
        if rng.random() < 0.3:
            camera = Host(camera.mac, ip_address("fe80::" + serial[:4] + ":" + serial[4:8]).packed, camera.vlans)
            group = _multicast("ff02::fb", camera.vlans)
        yield udp(camera, group, 5353, 5353, dns(0, "_rtsp._tcp.local", 12, flags=0))
        message = mdns(f"cam-{serial}.local", f"Lantern {serial[6:]}", "_rtsp._tcp.local", camera.ip)
        yield udp(camera, group, 5353, 5353, message)

    def camera_ssdp(self) -> Session:
        """A search with its answer, and an announcement."""
        rng = self.rng
        camera, desk = rng.choice(self.cameras), rng.choice(self.desks)
        ip = str(ip_address(camera.ip))
        unique = f"uuid:{camera.mac.hex()}"
        common = (
            f"CACHE-CONTROL: max-age=1800\r\nLOCATION: http://{ip}:80/desc.xml\r\n"
            f"SERVER: Linux/4.9 UPnP/1.0 Lantern/{camera.ip[3] % 5}\r\n"
        )
        target = "urn:schemas-upnp-org:device:Basic:1"
        group = _multicast("239.255.255.250", camera.vlans)
        port = rng.randrange(40000, 60000)
        search = f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250\r\nMAN: "ssdp:discover"\r\nMX:3\r\nST: {target}\r\n\r\n'
        yield udp(desk, _multicast("239.255.255.250", ()), port, 1900, search.encode())
        answer = f"HTTP/1.1 200 OK\r\n{common}ST: {target}\r\nUSN: {unique}::{target}\r\nEXT:\r\n\r\n"
        yield udp(camera, Host(desk.mac, desk.ip, camera.vlans), 1900, port, answer.encode())
        notify = (
            f"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n{common}"
            f"NT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nUSN: {unique}::upnp:rootdevice\r\n\r\n"
        )
        yield udp(camera, group, 1900, 1900, notify.encode())

    def camera_wsd(self) -> Session:
        """An answer to a probe."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        ip = str(ip_address(camera.ip))
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
            'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
            'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>'
            f"<a:MessageID>uuid:{rng.getrandbits(128):032x}</a:MessageID></s:Header><s:Body><d:ProbeMatches>"
            f"<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{camera.mac.hex()}</a:Address>"
            "</a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>"
            f"onvif://www.onvif.org/hardware/LN-{camera.ip[3]} onvif://www.onvif.org/name/Lantern "
            f"onvif://www.onvif.org/location/hall</d:Scopes><d:XAddrs>http://{ip}/onvif/device_service</d:XAddrs>"
            "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
        )
        yield udp(camera, self.viewer[camera.vlans], 3702, rng.randrange(40000, 60000), body.encode())

    def maker_discovery(self) -> Session:
        """The two most common discovery protocols of makers, in the forms they have on the wire."""
        rng = self.rng
        camera = rng.choice(self.cameras)
        ip, mac = str(ip_address(camera.ip)), camera.mac.hex("-")
        if rng.random() < 0.5:
            xml = (
                f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>{rng.getrandbits(64):X}</Uuid>'
                f"<Types>inquiry</Types><DeviceType>1</DeviceType><DeviceDescription>LN-{camera.ip[3]}"
                f"</DeviceDescription><DeviceSN>LN{camera.mac.hex()}</DeviceSN><MAC>{mac}</MAC><IPv4Address>{ip}"
                "</IPv4Address><SoftwareVersion>V1.2.3build 200101</SoftwareVersion></ProbeMatch>"
            )
            yield udp(camera, _multicast("239.255.255.250", camera.vlans), 37020, 37020, xml.encode())
        else:
            body = (
                f'{{"mac":"{camera.mac.hex(":")}","method":"client.notifyDevInfo","params":{{"deviceInfo":'
                f'{{"DeviceClass":"IPC","DeviceType":"LN-{camera.ip[3]}","IPv4Address":{{"IPAddress":"{ip}"}},'
                f'"SerialNo":"LN{camera.mac.hex()}","Vendor":"Lantern","Version":"2.800.0"}}}}}}'
            ).encode()
            head = b"\x20\0\0\0DHIP" + bytes(8) + struct.pack("<QQ", len(body), len(body))
            yield udp(camera, self.viewer[camera.vlans], 37810, rng.randrange(40000, 60000), head + body)

    def neighbours(self) -> Session:
        """LLDP."""
        camera = self.rng.choice(self.cameras)

        def element(kind: int, data: bytes) -> bytes:
            return struct.pack(">H", kind << 9 | len(data)) + data

        parts = element(1, b"\x04" + camera.mac) + element(2, b"\x05eth0") + element(3, b"\0\x78")
        parts += element(5, f"cam-{camera.mac.hex()}".encode()) + element(6, b"Lantern camera") + element(0, b"")
        yield b"\x01\x80\xc2\0\0\x0e" + camera.mac + b"\x88\xcc" + parts

    def arp(self) -> Session:
        """Who has that address?"""
        rng = self.rng
        one, two = rng.choice(self.desks), rng.choice(self.desks)
        head = struct.pack(">HHBB", 1, 0x0800, 6, 4)
        yield b"\xff" * 6 + one.mac + b"\x08\x06" + head + b"\0\1" + one.mac + one.ip + b"\0" * 6 + two.ip + bytes(18)
        yield one.mac + two.mac + b"\x08\x06" + head + b"\0\2" + two.mac + two.ip + one.mac + one.ip + bytes(18)

    # offices

    def _desk(self) -> tuple[Host, Host]:
        rng = self.rng
        return (
            (rng.choice(self.desks6), self.resolver6)
            if rng.random() < 0.35
            else (rng.choice(self.desks), self.resolver)
        )

    def _lookup(self, who: Host, resolver: Host, name: str) -> Session:
        rng = self.rng
        address = Random(name)
        resolver = Host(resolver.mac, resolver.ip, who.vlans)
        port, number = rng.randrange(1024, 65000), rng.getrandbits(16)
        kind, answer = (1, address.randbytes(4)) if rng.random() < 0.6 else (28, address.randbytes(16))
        yield udp(who, resolver, port, 53, dns(number, name, kind))
        yield udp(resolver, who, 53, port, dns(number, name, kind, answer))

    def ask_name(self) -> Session:
        """A desk or camera asks for a name; now and then the answer is long and goes over TCP."""
        rng = self.rng
        # A few names are asked for again and again, most of them seldom.
        pick = int(rng.paretovariate(0.7)) % 3000
        name = f"{WORDS[pick % len(WORDS)]}{pick}.{self.sites[pick % len(self.sites)]}"
        who, resolver = self._desk()
        if rng.random() < 0.02:
            tcp = Tcp(rng, who, resolver, 53)
            yield from tcp.open()
            question = dns(7, name)
            yield from tcp.send(0, len(question).to_bytes(2, "big") + question)
            answer = dns(7, name, 1, b"\x0a\1\2\3")
            yield from tcp.send(1, len(answer).to_bytes(2, "big") + answer)
            yield from tcp.close()
            return
        yield from self._lookup(who, resolver, name)

    def _tls(self, who: Host, name: str, size: int, chain: bytes) -> Session:
        rng = self.rng
        tcp = Tcp(rng, who, self._far(who), 443)
        yield from tcp.open()
        long = rng.random() < 0.35
        yield from tcp.send(0, client_hello(rng, name, 1900 if long else 510), swap=long and rng.random() < 0.1)
        yield from tcp.send(1, server_flight(rng, chain))
        begin = rng.randrange(1 << 18)
        yield from tcp.send(0, b"\x17\x03\x03\x02\x00" + BLOB[begin : begin + 512])
        while size > 0:
            piece = min(size, 16384)
            yield from tcp.send(1, b"\x17\x03\x03" + piece.to_bytes(2, "big") + BLOB[begin : begin + piece])
            size -= piece
        yield from tcp.close()

    def office_tls(self) -> Session:
        """A desk looks up a site and opens it."""
        rng = self.rng
        who, resolver = self._desk()
        name = rng.choice(self.sites)
        yield from self._lookup(who, resolver, name)
        yield from self._tls(who, name, rng.randrange(8000, 160000), rng.choice(self.chains))

    def office_http(self) -> Session:
        """A page of an old server inside, with two pictures over the same connection."""
        rng = self.rng
        who, _resolver = self._desk()
        server = Host(b"\x00\x15\x5d\1\2\3", b"\x0a\x1e\x09\x09" if len(who.ip) == 4 else self.resolver6.ip)
        tcp = Tcp(rng, who, server, 80)
        yield from tcp.open()
        for path, kind, size in (
            (f"/{rng.choice(WORDS)}.html", "text/html", 900),
            ("/a.png", "image/png", 9000),
            ("/b.png", "image/png", 20000),
        ):
            ask = f"GET {path} HTTP/1.1\r\nHost: intranet.example\r\nUser-Agent: Desk/1.0\r\n\r\n"
            yield from tcp.send(0, ask.encode())
            body = f"<html><head><title>{rng.choice(WORDS)}</title></head>".encode().ljust(size, b" ")
            head = f"HTTP/1.1 200 OK\r\nServer: Paper/1.{rng.randrange(4)}\r\n"
            head += f"Content-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
            yield from tcp.send(1, head.encode() + body)
        yield from tcp.close()

    def file_copy(self) -> Session:
        """A file server; the beginning was not captured."""
        rng = self.rng
        who, _resolver = self._desk()
        server = Host(b"\x00\x15\x5d\1\2\4", b"\x0a\x1e\x09\x0a" if len(who.ip) == 4 else self.resolver6.ip)
        tcp = Tcp(rng, who, server, 445)
        for _ in range(rng.randrange(3, 12)):
            begin = rng.randrange(1 << 18)
            yield from tcp.send(0, b"\0\0\0\x60\xfeSMB" + bytes(92))
            yield from tcp.send(1, BLOB[begin : begin + 16384])

    def quic(self) -> Session:
        """QUIC, which is counted and not read."""
        rng = self.rng
        who, _resolver = self._desk()
        far = self._far(who)
        port = rng.randrange(1024, 65000)
        for at in range(rng.randrange(8, 60)):
            begin = rng.randrange(1 << 19)
            side = at % 3
            source, target, ports = (who, far, (port, 443)) if side == 0 else (far, who, (443, port))
            yield udp(source, target, *ports, bytes([0x43]) + BLOB[begin : begin + (1200 if side else 60)])

    def odd_things(self) -> Session:
        """An answer in fragments, LLMNR, IPv6 with an extension header."""
        rng = self.rng
        who = rng.choice(self.desks)
        name = f"{rng.choice(WORDS)}-long{rng.randrange(50)}.example"
        answer = dns(9, name, 16, bytes([200]) + BLOB[:200])
        pieces = fragments(self.resolver, who, 53, 4321, answer.ljust(2600, b"\0"), rng.getrandbits(16))
        yield from pieces
        yield udp(who, _multicast("224.0.0.252", ()), 5432, 5355, dns(5, f"desk-{rng.randrange(90)}"))
        six = rng.choice(self.desks6)
        question = dns(11, f"ext{rng.randrange(90)}.example", 28)
        datagram = struct.pack(">HHHH", 5353 + 1, 53, len(question) + 8, 0) + question
        yield ip_header(six, self.resolver6, 60, len(datagram) + 8) + b"\x11\0\1\4\0\0\0\0" + datagram


def frames(seed: int, size: int) -> Iterator[tuple[float, Frame]]:
    """Frames with their times until about ``size`` bytes are reached."""
    town = Town(seed)
    rng = town.rng
    running = [town.scene() for _ in range(120)]
    time, done = 1_750_000_000.0, 0
    while done < size:
        at = int(rng.random() * len(running))
        frame = next(running[at], None)
        if frame is None:
            running[at] = town.scene()
            continue
        time += 0.0002 * rng.random()
        done += len(frame) + 16
        yield time, frame


def write(path: Path, megabytes: float, *, seed: int = 7, pcapng: bool = False) -> None:
    """Write a capture of about so many megabytes (10**6 bytes)."""
    with path.open("wb", buffering=1 << 20) as file:
        if not pcapng:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for time, frame in frames(seed, int(megabytes * 1e6)):
                second = int(time)
                file.write(struct.pack("<IIII", second, int((time - second) * 1e6), len(frame), len(frame)) + frame)
            return
        file.write(struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
        file.write(struct.pack("<IIHHII", 1, 20, 1, 0, 262144, 20))
        # The second interface counts nanoseconds.
        file.write(struct.pack("<IIHHIHHB3xHHI", 1, 32, 1, 0, 262144, 9, 1, 9, 0, 0, 32))
        for at, (time, frame) in enumerate(frames(seed, int(megabytes * 1e6))):
            stamp = int(time * (1e9 if at % 2 else 1e6))
            size = len(frame) + 3 & ~3
            head = struct.pack(
                "<IIIIIII", 6, size + 32, at % 2, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame)
            )
            file.write(head + frame.ljust(size, b"\0") + struct.pack("<I", size + 32))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("megabytes", type=float)
    parser.add_argument("--pcapng", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write(arguments.path, arguments.megabytes, seed=arguments.seed, pcapng=arguments.pcapng)


if __name__ == "__main__":
    main()
