"""Dahua, and what is sold under other names on its hardware: DHIP with and without header, 5050, the web page, RTSP."""

from __future__ import annotations

import base64
import json

from lab.certificate import Identity
from lab.common import onvif, snmp, wsd
from lab.device import Datagrams, Device, Place, Stream
from lab.web import Site, Streams, page, reply

PREFIXES = ("3c:ef:8c", "e0:50:8b", "9c:14:63", "bc:32:5f", "a0:bd:1d")
_CAMERAS = ("IPC-HFW4431R-Z", "IPC-HDW5442T-ZE", "IPC-HDBW2431E-S", "IPC-HFW2831T-ZS")
_RECORDERS = ("NVR5216-16P-4KS2E", "NVR4108HS-8P-4KS2", "XVR5108HS-4KL-X")
_HEADER = b"\x20\x00\x00\x00DHIP"


def _factory(place: Place) -> str:
    return f"{place.digits(7, '0123456789ABCDEF')}PA{place.digits(1, 'ABCDEFGHJ')}{place.digits(5, '0123456789ABCDEF')}"


def dhip(device: Device, kind: str, *, vendor: str, manufacturer: str, port: int = 37777, lenient: bool = False,
         bare: bool = False, channels: int = 1) -> Datagrams:  # fmt: skip
    """Answers a search.

    Args:
        lenient: older firmware, which answers whatever comes; newer firmware wants its header.
        bare: the answer has no header.
    """
    message = {
        "mac": device.mac,
        "method": "client.notifyDevInfo",
        "params": {
            "deviceInfo": {
                "AlarmInputChannels": 1, "AlarmOutputChannels": 1, "DeviceClass": kind, "DeviceType": device.model,
                "Find": "BC", "HttpPort": 80,
                "IPv4Address": {"DefaultGateway": device.address.rpartition(".")[0] + ".254", "DhcpEnable": False,
                                "IPAddress": device.address, "SubnetMask": "255.255.255.0"},
                "Init": 150, "MachineName": device.serial, "Manufacturer": manufacturer, "Port": port,
                "RemoteVideoInputChannels": channels if channels > 1 else 0, "SerialNo": device.serial, "Vendor": vendor,
                "Version": device.firmware, "VideoInputChannels": 1 if channels == 1 else 0, "VideoOutputChannels": 0,
            }
        },
    }  # fmt: skip
    body = json.dumps(message, separators=(",", ":")).encode()
    length = len(body).to_bytes(4, "little") + bytes(4)
    whole = body if bare else _HEADER + bytes(8) + length * 2 + body

    def answer(request: bytes) -> bytes:
        if lenient:
            return whole if request else b""
        return whole if request.startswith(_HEADER) and b'"DHDiscover.search"' in request else b""

    return Datagrams(answer, groups=("239.255.255.251",))


def older_discovery(device: Device) -> Datagrams:
    """Answers the binary form on 5050."""
    address = bytes(int(part) for part in device.address.split("."))
    named = device.mac.encode() + device.model.encode()
    fixed = bytearray(120)
    fixed[0:3] = b"\xb3\x00" + bytes((len(named),))
    fixed[40:56] = device.model.encode()[:15].ljust(16, b"\0")
    fixed[56:72] = address + b"\xff\xff\xff\x00" + address[:3] + b"\xfe" + b"\x08\x08\x08\x08"
    lines = f"Name:{device.model}\r\nDevice:{device.model}\r\nIPv6Addr:;\r\nSerialNo:{device.serial}\r\n\r\n"
    whole = bytes(fixed) + named + lines.encode()
    return Datagrams(lambda request: whole if request[:3] == b"\xa3\x01\x00" and len(request) >= 32 else b"",
                     groups=("broadcast",))  # fmt: skip


def _scopes(name: str, model: str) -> str:
    return " ".join(
        f"onvif://www.onvif.org/{scope}"
        for scope in ("location/country/china", f"name/{name}", f"hardware/{model}", "Profile/Streaming",
                      "type/Network_Video_Transmitter", "extension/unique_identifier", "Profile/G", "Profile/T")
    )  # fmt: skip


def _equip(device: Device, kind: str, *, vendor: str, manufacturer: str, title: str = "WEB SERVICE", realm: str = "",
           identity: Identity | None = None, port: int = 37777, rtsp_server: str = "Rtsp Server/3.0", lenient: bool = False,
           bare: bool = False, old: bool = False, channels: int = 1, name: str = "Dahua", dhip_on: bool = True,
           onvif_on: bool = True) -> Device:  # fmt: skip
    realm = realm or f"Login to {device.serial}"
    nonce = base64.b64encode(f"onvif-digest:{int(device.mac[-5:].replace(':', ''), 16)}".encode()).decode()
    challenge = reply(status="401 Unauthorized", headers=(
        f'WWW-Authenticate: Digest realm="{realm}", qop="auth", nonce="{nonce}", opaque="{device.mac.replace(":", "")}"',
        "Connection: close",
    ))  # fmt: skip
    rpc = reply('{"error":{"code":287637505,"message":"Invalid session in request data!"},"id":1,"result":false}',
                kind="application/json")  # fmt: skip
    site = Site(
        {"/": page(title, '<script src="./cap.js"></script><script src="jsCore/rpcCore.js?version=3"></script>'
                   '<div class="dhvideowhmode"></div><a href="baseProj/js/component"></a>'),
         "/RPC2": rpc},
        private={
            "/cgi-bin/magicBox.cgi?action=getDeviceType": _text(f"type={device.model}\r\n"),
            "/cgi-bin/magicBox.cgi?action=getSerialNo": _text(f"sn={device.serial}\r\n"),
            "/cgi-bin/magicBox.cgi?action=getSoftwareVersion": _text(f"version={device.firmware},build:2019-07-18\r\n"),
            "/cgi-bin/magicBox.cgi?action=getVendor": _text(f"vendor={vendor}\r\n"),
            "/cgi-bin/magicBox.cgi?action=getMachineName": _text(f"name={device.serial}\r\n"),
            "/cgi-bin/magicBox.cgi?action=getDeviceClass": _text(f"class={kind}\r\n"),
            "/cgi-bin/magicBox.cgi": challenge, "/cgi-bin/configManager.cgi": challenge,
        },
        challenge=challenge,
        posts={"/RPC2": lambda _request: rpc,
               "/onvif/device_service": onvif(where=f"http://{device.address}/onvif/device_service", brand=device.brand, model=device.model, firmware=device.firmware,
                                              serial=device.serial)},
    )  # fmt: skip
    rtsp = Streams(
        public="OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER", server=rtsp_server,
        challenge=(f'Digest realm="{realm}", nonce="{nonce}"',), extra=("x-Accept-Dynamic-Rate: 1",),
    )  # fmt: skip
    device.tcp |= {80: Stream(site), 554: Stream(rtsp), port: Stream(framed=False)}
    if identity:
        device.tcp[443] = Stream(site, identity=identity)
    spoken = ["http", "rtsp"] + (["tls"] if identity else [])
    if dhip_on:
        device.udp[37810] = dhip(device, kind, vendor=vendor, manufacturer=manufacturer, port=port, lenient=lenient,
                                 bare=bare, channels=channels)  # fmt: skip
        spoken.append("dhip")
    if old:
        device.udp[5050] = older_discovery(device)
        spoken.append("dvrip")
    if onvif_on:
        low = device.mac.replace(":", "")
        device.udp[3702] = wsd(f"uuid:5f5a69c2-e0ae-504f-829b-{low}", _scopes(name, device.model),
                               f"http://{device.address}/onvif/device_service")  # fmt: skip
        spoken.append("onvif")
    device.protocols = tuple(spoken)
    return device


def _text(body: str) -> bytes:
    return reply(body, kind="text/plain;charset=utf-8")


def _own_certificate(device: Device) -> Identity:
    return Identity(
        (
            ("C", "CN"),
            ("ST", "ZheJiang"),
            ("L", "HangZhou"),
            ("O", "DahuaTech"),
            ("OU", "DAHUATECH"),
            ("CN", "192.168.1.108"),
        ),
        issuer=(("C", "CN"), ("O", "DahuaTech"), ("OU", "IPC"), ("CN", "Product Root CA")),
        serial=int(device.mac.replace(":", ""), 16),
    )


def camera(place: Place) -> Device:
    """A camera under the maker's own name."""
    model = place.one_of(*_CAMERAS)
    device = Device(place.address, place.mac(*PREFIXES), place.network, "dahua camera", "dahua", "Dahua", "camera", model,
                    place.one_of("2.800.0000018.0.R", "2.622.0000000.18.R", "2.840.0000000.25.R"), _factory(place))  # fmt: skip
    number = place.number
    _equip(device, "IPC", vendor="Dahua" if number % 2 else "General", manufacturer="Dahua" if number % 2 else "General",
           identity=_own_certificate(device) if number % 3 else None, lenient=number % 3 == 0, bare=number % 6 == 0,
           old=number % 2 == 0, rtsp_server="Dahua Rtsp Server" if number % 4 == 0 else "Rtsp Server/3.0")  # fmt: skip
    if number % 4 == 1:
        device.udp[161] = snmp(
            {"1.3.6.1.2.1.1.1.0": model, "1.3.6.1.2.1.1.5.0": device.serial}, "1.3.6.1.4.1.1004849.2.1"
        )
        device.protocols += ("snmp",)
    device.expected = {"manufacturer": "dahua"}
    return device


def recorder(place: Place) -> Device:
    """A recorder; its cameras hang at its own ports for them, behind it."""
    model = place.one_of(*_RECORDERS)
    device = Device(place.address, place.mac(*PREFIXES), place.network, "dahua recorder", "dahua", "Dahua", "recorder", model,
                    "4.001.0000005.1", _factory(place))  # fmt: skip
    _equip(device, "HCVR" if model.startswith("X") else "NVR", vendor="General", manufacturer="General", channels=16,
           identity=_own_certificate(device), old=True)  # fmt: skip
    device.channels = tuple(f"10.1.1.{65 + index}" for index in range(16))
    device.expected = {"manufacturer": "dahua"}
    return device


def relabelled(place: Place) -> Device:
    """Another name on the box, on the page and in the certificate; the factory in the discovery reply."""
    brand, model, prefix, code, vendor = (
        ("Amcrest", "IP8M-2496EW-V2", "9c:8e:cd", "2.800.00AC006.0.R", "Amcrest"),
        ("Lorex", "LNB8111B", "00:1f:54", "2.622.00LR000.10.R", "Lorex"),
        ("Intelbras", "VIP-3230-D", "24:fd:0d", "2.800.00IB003.0.T", "Intelbras"),
        ("BCS", "BCS-TIP3401IR-E-V", "38:c4:e8", "2.800.106F004.0.R", "General"),
        ("CP PLUS", "CP-UNC-TA21PL3", "28:18:fd", "2.800.0000018.0.R", "Private"),
    )[place.number % 5]
    serial = {"Amcrest": f"AMC{place.digits(12, '0123456789ABCDEF')}", "Lorex": f"ND02{place.digits(10)}"}.get(
        brand
    ) or _factory(place)
    device = Device(place.address, place.mac(prefix), place.network, "dahua relabelled", "dahua", brand, "camera", model,
                    code, serial)  # fmt: skip
    own = Identity((("C", "US"), ("O", brand), ("CN", f"{brand.lower().replace(' ', '')}.example")))
    _equip(device, "IPC", vendor=vendor, manufacturer="Private", title=f"{brand} web viewer", identity=own,
           port=35000 if brand == "Lorex" else 37777, name=brand.replace(" ", "%20"))  # fmt: skip
    device.expected = {"manufacturer": "dahua"}
    return device


def imou(place: Place) -> Device:
    """The maker's line for homes: the discovery answers and a stream, no page."""
    model = place.one_of("IPC-A22EP", "IPC-C22EP", "IPC-F42FEP")
    device = Device(place.address, place.mac("a8:31:62", "90:6a:94", "1c:4d:89"), place.network, "imou", "dahua", "Imou",
                    "camera", model, "2.680.0000000.25.R", _factory(place))  # fmt: skip
    _equip(device, "IPC", vendor="General", manufacturer="General", onvif_on=False)
    del device.tcp[80]
    device.protocols = ("dhip", "rtsp")
    device.expected = {"manufacturer": "dahua"}
    return device


def intercom(place: Place) -> Device:
    """An outdoor station."""
    model = "VTO2000A"
    device = Device(place.address, place.mac("3c:ef:8c"), place.network, "dahua intercom", "dahua", "Dahua", "intercom", model,
                    "3.120.0000.0.R", _factory(place))  # fmt: skip
    _equip(device, "VTO", vendor="General", manufacturer="General", onvif_on=False, lenient=True)
    device.expected = {"manufacturer": "dahua", "device_class": "intercom"}
    return device
