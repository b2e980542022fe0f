"""Make a scan export in Shodan's form: the same seed and size give the same lines.

Six records in ten are web answers, a quarter of them of cameras and recorders; the rest are streams, certificates,
secure shells, file servers and consoles. Three devices in ten show more than one port. All names, owners and serial
numbers are invented; addresses are numbers, nothing is asked of them.

    python benchmarks/make_scan.py OUT.jsonl.gz 5000000 [--seed 7]
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

COUNTRIES = ["NL", "GB", "DE", "FR", "US", "AU", "BE", "TW", "CA", "PL", "BR", "VN"]
OWNERS = [f"Example Network {number}" for number in range(400)]

Banner = tuple[int, str, dict[str, object]]
"""Port, what was answered, and the fields a scanner takes from it."""


def web(server: str, title: str, realm: str = "", cookie: str = "") -> Callable[[Random], Banner]:
    """A web answer; sizes and dates differ from one to the next."""

    def made(random: Random) -> Banner:
        status = "401 Unauthorized" if realm else "200 OK"
        lines = [f"HTTP/1.1 {status}", f"Server: {server}"] if server else [f"HTTP/1.1 {status}"]
        lines.append(f"Date: Tue, 03 Nov 2026 {random.randrange(24):02}:{random.randrange(60):02}:00 GMT")
        if realm:
            lines.append(f'WWW-Authenticate: Digest realm="{realm}", nonce="{random.getrandbits(64):x}"')
        if cookie:
            lines.append(f"Set-Cookie: {cookie}={random.getrandbits(64):x}; path=/")
        lines += ["Content-Type: text/html", f"Content-Length: {random.randrange(300, 9000)}"]
        fields: dict[str, object] = {"status": 401 if realm else 200, "title": title or None, "server": server or None}
        return random.choice((80, 80, 80, 8080, 81, 8000)), "\r\n".join(lines) + "\r\n\r\n", {"http": fields}

    return made


def rtsp(server: str, realm: str = "") -> Callable[[Random], Banner]:
    """An answer to OPTIONS."""

    def made(random: Random) -> Banner:
        text = f"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: {server}\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n"
        if realm:
            text += f'WWW-Authenticate: Digest realm="{realm}", nonce="{random.getrandbits(64):x}"\r\n'
        return 554, text + "\r\n", {}

    return made


def certificate(subject: dict[str, str]) -> Callable[[Random], Banner]:
    """A web server that shows a certificate."""

    def made(random: Random) -> Banner:
        shown = {"subject": subject, "issuer": subject, "serial": random.getrandbits(63)}
        return 443, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {"ssl": {"cert": shown}}

    return made


def line(port: int, text: str) -> Callable[[Random], Banner]:
    """A greeting of one line; ``#`` becomes a number."""
    return lambda random: (port, text.replace("#", str(random.randrange(10, 99))), {})


CAMERAS = [
    web("App-webs/", "", "IP Camera(C2141)"),
    web("DNVRS-Webs", "", "DS-7608NI"),
    web("App-webs/", "index"),
    web("", "WEB SERVICE"),
    web("", "NETSurveillance WEB"),
    web("", "AXIS", "AXIS_ACCC8E01A2B3"),
    web("Boa/0.94.14rc21", "Network Video Client"),
    web("uc-httpd 1.0.0", "NETSurveillance WEB"),
    web("GoAhead-Webs", "NVR Login"),
    web("", "HD IPC", "HipcamRealServer/V1.0"),
]
OTHERS = [
    web("nginx/1.18.0", "Welcome to nginx!"),
    web("Apache/2.4.57 (Debian)", "It works"),
    web("Microsoft-IIS/10.0", "IIS Windows Server"),
    web("micro_httpd", "", "NETGEAR R7000"),
    web("lighttpd/1.4.69", "OpenWrt - LuCI"),
    web("Virata-EmWeb/R6_2_1", "HP LaserJet 400 M401dn"),
    web("mini_httpd/1.30", "RouterOS router configuration page"),
    web("", "Synology DiskStation", cookie="id"),
    web("GoAhead-Webs", "TP-LINK Wireless Router"),
    web("cloudflare", "Just a moment..."),
    web("", "FRITZ!Box"),
    web("KM-MFP-http/V0.0.1", "Start Page"),
]
STREAMS = [
    rtsp("Hipcam RealServer/V1.0"),
    rtsp("Rtsp Server/2.0", "Login to 4A0B1C"),
    rtsp("Hikvision RTSP Server"),
    rtsp("GStreamer RTSP server"),
    rtsp("TVMobili RTSP"),
    rtsp("Cisco RTSP"),
]
CERTIFICATES = [
    certificate({"CN": "www.example.org"}),
    certificate({"CN": "localhost", "O": "Example"}),
    certificate({"CN": "DVR", "O": "Dahua"}),
    certificate({"CN": "AXIS"}),
    certificate({"CN": "TRAEFIK DEFAULT CERT"}),
]
LINES = [
    line(22, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u#\r\n"),
    line(22, "SSH-2.0-dropbear_2019.#\r\n"),
    line(21, "220 FTP server ready.\r\n"),
    line(21, "220 AXIS Q1615 Network Camera 9.80.# ready.\r\n"),
    line(23, "\r\nlogin: "),
    line(23, "Welcome to HiLinux.\r\nlogin: "),
    line(161, "Linux router 5.10.# mips"),
]
SHARES: list[tuple[float, list[Callable[[Random], Banner]]]] = [
    (0.15, CAMERAS), (0.45, OTHERS), (0.10, STREAMS), (0.12, CERTIFICATES), (0.18, LINES),
]  # fmt: skip


def lines(count: int, seed: int = 7) -> Iterator[str]:
    """The lines of an export."""
    random = Random(seed)
    weights, groups = zip(*SHARES, strict=True)
    address, ports = 0x0B000000, 0
    for _number in range(count):
        if ports == 0:
            address += random.randrange(1, 700)
            ports = 1 if random.random() < 0.7 else random.randrange(2, 5)
            where = {"country_code": random.choice(COUNTRIES)}
            owner = random.choice(OWNERS)
        ports -= 1
        port, data, fields = random.choice(random.choices(groups, weights)[0])(random)
        record = {
            "ip_str": ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0)),
            "port": port,
            "transport": "udp" if port == 161 else "tcp",
            "timestamp": f"2026-11-{3 + random.randrange(3):02}T{random.randrange(24):02}:15:42.123456",
            "location": where,
            "org": owner,
            "asn": f"AS{64512 + hash_of(owner)}",
            "hostnames": [],
            "data": data,
            **fields,
        }
        yield json.dumps(record)


def hash_of(owner: str) -> int:
    """A number of an owner."""
    return int(owner.rpartition(" ")[2])


def write(path: Path, count: int, seed: int = 7) -> None:
    """Write an export; the name's ending decides whether it is packed."""
    packed = path.suffix == ".gz"
    with gzip.open(path, "wb", compresslevel=1) if packed else path.open("wb") as raw, io.BufferedWriter(raw) as out:  # type: ignore[arg-type]
        for text in lines(count, seed):
            out.write(text.encode() + b"\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write(arguments.out, arguments.count, arguments.seed)


if __name__ == "__main__":
    main()
