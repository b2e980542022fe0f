"""The other makers, one function each."""

from __future__ import annotations

import json

from lab.certificate import Identity
from lab.common import mdns, onvif, snmp, ssdp, upnp_description, wsd
from lab.device import Datagrams, Device, Place, Stream
from lab.web import Site, Streams, page, reply

_PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER"


def _packed(address: str) -> bytes:
    return bytes(int(part) for part in address.split("."))


def _raw(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def _ask(realm: str, *, status: str = "401 Unauthorized", server: str = "", kind: str = "Digest") -> bytes:
    rest = ', qop="auth", nonce="5bd1f9ab8d2c4e0f"' if kind == "Digest" else ""
    return reply(page("401 Unauthorized")[-60:], status=status, server=server,
                 headers=(f'WWW-Authenticate: {kind} realm="{realm}"{rest}',))  # fmt: skip


def _onvif_post(device: Device) -> dict[str, object]:
    return {"/onvif/device_service": onvif(where=f"http://{device.address}/onvif/device_service", brand=device.brand, model=device.model, firmware=device.firmware,
                                           serial=device.serial)}  # fmt: skip


def _where(device: Device) -> str:
    return f"http://{device.address}/onvif/device_service"


def _scopes(*scopes: str) -> str:
    return " ".join(f"onvif://www.onvif.org/{scope}" for scope in scopes)


def _described(session: str, tools: tuple[str, ...] = ()) -> str:
    lines = ["v=0", "o=- 1001 1 IN IP4 0.0.0.0", f"s={session}", "t=0 0", *tools, "m=video 0 RTP/AVP 96",
             "a=rtpmap:96 H264/90000", ""]  # fmt: skip
    return "\r\n".join(lines)


def uniview(place: Place) -> Device:
    """Uniview under its own name."""
    model = place.one_of("IPC3614SB-ADF28KM-I0", "IPC2124LB-SF28KM-G", "IPC322LB-SF28-A")
    device = Device(place.address, place.mac("48:ea:63", "6c:f1:7e", "88:26:3f", "c4:79:05"), place.network, "uniview",
                    "uniview", "Uniview", "camera", model, "IPC_G6102-B0016P70D1903", f"210235C{place.digits(13)}")  # fmt: skip
    _uniview(device, label="Uniview", open_stream=place.number % 2 == 0)
    device.expected = {"manufacturer": "uniview"}
    return device


def uniview_relabelled(place: Place) -> Device:
    """Another label over Uniview's stream and page: the session description tells."""
    own = "00:13:e2" if place.number % 2 else "48:ea:63"
    device = Device(place.address, place.mac(own), place.network, "uniview relabelled", "uniview", "GeoVision", "camera",
                    "GV-TBL4703", "V1.0", f"GV{place.digits(8)}")  # fmt: skip
    _uniview(device, label="GeoVision", open_stream=True)
    if place.number % 2:
        device.why_not = "the MAC block and the names are the label's own and stand against its stream: contested"
    else:
        device.expected = {"manufacturer": "uniview"}
    return device


def _uniview(device: Device, *, label: str, open_stream: bool) -> None:
    site = Site(
        {"/": page(label if label != "Uniview" else "", f'<script>var gjs_oemtype = "{label}";</script>')},
        posts=_onvif_post(device),
        challenge=_ask("RTSP SERVER"),
    )
    sdp = _described("VCP IPC Realtime stream", ("a=control:*", "a=framesize:96 1920-1080"))
    asked = () if open_stream else ('Digest realm="RTSP SERVER", nonce="c1d2e3f4"',)
    device.tcp |= {80: Stream(site), 443: Stream(site, identity=Identity((("CN", "device"), ("O", label)))),
                   554: Stream(Streams(public=_PUBLIC, challenge=asked, sdp=sdp))}  # fmt: skip
    low = device.mac.replace(":", "")
    device.udp[3702] = wsd(f"urn:uuid:00010010-0001-1020-8000-{low}",
                           _scopes("type/video_encoder", f"name/{label}", f"hardware/{device.model}", "Profile/Streaming",
                                   "location/china"), _where(device))  # fmt: skip
    if label == "Uniview":
        device.udp[161] = snmp({"1.3.6.1.2.1.1.1.0": "Zhejiang Uniview Technologies Co., Ltd."}, "1.3.6.1.4.1.39747.1")
    device.protocols = ("http", "tls", "rtsp", "onvif", *(("snmp",) if 161 in device.udp else ()))


def axis(place: Place) -> Device:
    """Axis: named by its certificate, mDNS, UPnP, FTP and web server."""
    model, name = (("M3046-V", "M3046-V Network Camera"), ("P3245-LVE", "P3245-LVE Network Camera"),
                   ("Q6075-E", "Q6075-E PTZ Network Camera"))[place.dice(3)]  # fmt: skip
    device = Device(place.address, place.mac("00:40:8c", "ac:cc:8e", "b8:a4:4f", "e8:27:25"), place.network, "axis", "axis",
                    "AXIS", "camera", model, "10.12.153", "")  # fmt: skip
    low = device.mac.replace(":", "")
    device.serial = low.upper()
    uid = f"5f5a69c2-e0ae-504f-829b-{low}"
    description = upnp_description(
        kind="urn:axis-com:device:BasicDevice:1", name=f"AXIS {model} - {device.serial}", maker="AXIS", model=f"AXIS {model}",
        uid=uid, serial=device.serial, about=f"AXIS {name}",
    )  # fmt: skip
    challenge = _ask(f"AXIS_{device.serial}", server="Apache")
    site = Site({"/": page("AXIS", '<a href="/camera/index.html"></a>', server="Apache"),
                 "/rootdesc1.xml": description}, posts=_onvif_post(device), challenge=challenge,
                private={"/axis-cgi/param.cgi": challenge})  # fmt: skip
    identity = Identity((("CN", f"axis-{low}"), ("O", "Axis Communications AB")), serial=int(low, 16))
    device.tcp |= {
        80: Stream(site), 443: Stream(site, identity=identity),
        554: Stream(Streams(public=_PUBLIC, server="GStreamer RTSP server",
                            challenge=(f'Digest realm="AXIS_{device.serial}", nonce="0019b8", stale=FALSE',))),
        21: Stream(framed=False, greeting=f"220 AXIS {name} 10.12.153 (2023) ready.\r\n".encode()),
    }  # fmt: skip
    device.udp |= {
        5353: mdns(f"AXIS {model} - {device.serial}", ("_axis-video._tcp.local", "_http._tcp.local"), f"axis-{low}.local",
                   device.address, 80, (f"macaddress={device.serial}",)),
        1900: ssdp("Linux/4.14.193-axis8, UPnP/1.0, Portable SDK for UPnP devices/1.8.4",
                   f"http://{device.address}:80/rootdesc1.xml", uid, ("urn:axis-com:device:BasicDevice:1",)),
        3702: wsd(f"urn:uuid:{uid}", _scopes("type/video_encoder", f"name/AXIS%20{model}", f"hardware/{model}",
                                             "Profile/Streaming", "location/"), _where(device)),
        161: snmp({"1.3.6.1.2.1.1.1.0": f" ; AXIS {model}; Network Camera; 10.12.153; Apr 14 2023 08:36; 799.2; 1;"},
                  "1.3.6.1.4.1.368.1.1"),
    }  # fmt: skip
    device.protocols = ("http", "tls", "rtsp", "ftp", "mdns", "ssdp", "onvif", "snmp")
    device.expected = {"manufacturer": "axis"}
    return device


def hanwha(place: Place) -> Device:
    """Hanwha: its own discovery on 7701, answered on 7711."""
    model = place.one_of("XNV-6080R", "QNO-7080R", "PNM-9000VQ", "XND-8080RV")
    device = Device(place.address, place.mac("00:09:18", "44:b4:23", "e4:30:22"), place.network, "hanwha", "hanwha", "Hanwha",
                    "camera", model, "1.41.02_20210716", f"ZL{place.digits(10)}")  # fmt: skip

    def pad(value: str, size: int) -> bytes:
        return value.encode().ljust(size, b"\0")

    gateway = device.address.rpartition(".")[0] + ".254"
    whole = (b"\x0b" + bytes(18) + pad(device.mac.replace(":", ":").upper(), 18) + pad(device.address, 16)
             + pad("255.255.255.0", 16) + pad(gateway, 16) + bytes(24) + pad(model, 24)
             + pad(f"http://{device.address}/", 129))  # fmt: skip
    device.udp[7701] = Datagrams(lambda request: whole if request and request[0] != 0x0B else b"", to_port=7711,
                                 groups=("broadcast",))  # fmt: skip
    site = Site({"/": page("WISENET", '<link href="css/techwin.css">')}, challenge=_ask("iPolis_wisenet"),
                posts=_onvif_post(device))  # fmt: skip
    device.tcp |= {80: Stream(site), 443: Stream(site, identity=Identity((("C", "KR"), ("O", "Hanwha Techwin"), ("CN", model)))),
                   554: Stream(Streams(public=_PUBLIC, challenge=('Digest realm="iPolis_wisenet", nonce="00ff12"',)))}  # fmt: skip
    device.udp[3702] = wsd(f"urn:uuid:5a4c5350-30bb-4b4c-aba5-{device.mac.replace(':', '')}",
                           _scopes("type/video_encoder", f"name/{model}", f"hardware/{model}", "Profile/Streaming"),
                           _where(device))  # fmt: skip
    device.protocols = ("http", "tls", "rtsp", "onvif", "hanwha")
    device.expected = {"manufacturer": "hanwha"}
    return device


def bosch(place: Place) -> Device:
    """Bosch: asked on 1757, answers on 1758 in its binary or its XML form."""
    model = place.one_of("FLEXIDOME IP starlight 8000i", "DINION IP 5000 HD", "AUTODOME IP 4000i")
    device = Device(place.address, place.mac("00:04:63", "00:07:5f", "00:10:17"), place.network, "bosch", "bosch", "Bosch",
                    "camera", model, "7.81.0005", place.digits(18))  # fmt: skip
    mac, address = _raw(device.mac), _packed(device.address)
    if place.number % 2:
        whole = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<root xmlns="OEMExt00:device-1-0"><device>'
            f"<friendlyName>{model}</friendlyName><unitName>{place.number}</unitName><deviceType>{model}</deviceType>"
            f"<physAddress>{device.mac.replace(':', '-')}</physAddress><unitIPAddress>{device.address}</unitIPAddress>"
            f"<serialNumber>{device.serial}</serialNumber></device></root>"
        ).encode()  # fmt: skip
    else:
        whole = (
            b"\x99\x39\xa4\x27"
            + bytes(4)
            + mac
            + bytes(2)
            + address
            + b"\xff\xff\xff\x00"
            + address[:3]
            + b"\xfe"
            + bytes(4)
        )
    device.udp[1757] = Datagrams(lambda request: whole if request[:4] == b"\x99\x39\xa4\x27" else b"", to_port=1758,
                                 groups=("broadcast",))  # fmt: skip
    realm = "Use 'live' as User Name"
    challenge = _ask(realm, server="VCS-VideoJet-Webserver")
    site = Site({"/": challenge}, challenge=challenge, posts=_onvif_post(device), missing=challenge)
    identity = Identity((("CN", "local.myboschcam.net"), ("O", "Bosch Sicherheitssysteme GmbH"), ("L", "Grasbrunn"),
                         ("ST", "Bayern"), ("C", "DE")))  # fmt: skip
    device.tcp |= {80: Stream(site), 443: Stream(site, identity=identity),
                   554: Stream(Streams(public=_PUBLIC, challenge=('Digest realm="please log in with a valid username", nonce="77aa"',)))}  # fmt: skip
    device.protocols = ("http", "tls", "rtsp", "bosch")
    device.expected = {"manufacturer": "bosch"}
    return device


def tvt(place: Place) -> Device:
    """TVT, under its own name or that of a label: the same servers."""
    brand = ("TVT", "Provision-ISR")[place.number % 2]
    device = Device(place.address, place.mac("00:18:ae", "58:5b:69"), place.network, "tvt", "tvt", brand, "recorder",
                    place.one_of("TD-2708TS-C", "TD-3316B2"), "4.2.1.B21207", place.digits(12))  # fmt: skip
    uid = f"2f402f80-da50-11e1-9b23-{device.mac.replace(':', '')}"
    description = upnp_description(kind="urn:schemas-upnp-org:device:EmbeddedNetDevice:1", name=brand, maker=brand,
                                   model=device.model, uid=uid)  # fmt: skip
    site = Site({"/": page("", "<script>var NVMS='NVMS-1000';</script>", server="Cross Web Server"),
                 "/upnpdevicedesc.xml": description}, challenge=_ask("IPC", server="Cross Web Server"))  # fmt: skip
    device.tcp[49152] = Stream(Site({"/upnpdevicedesc.xml": description}))
    device.tcp |= {80: Stream(site),
                   554: Stream(Streams(public=_PUBLIC, server="TVT RTSP Server/1.0", challenge=('Basic realm="TVT"',)))}  # fmt: skip
    device.udp[1900] = ssdp("Linux/3.4.35, UPnP/1.0, Portable SDK for UPnP devices/1.6.18",
                            f"http://{device.address}:80/upnpdevicedesc.xml", uid,
                            ("urn:schemas-upnp-org:device:EmbeddedNetDevice:1",))  # fmt: skip
    device.protocols = ("http", "rtsp", "ssdp")
    device.expected = {"manufacturer": "tvt"}
    return device


def xiongmai(place: Place) -> Device:
    """Xiongmai: no MAC block of its own, a discovery on 34569, silence on 34567."""
    brand = ("XM", "Zosi", "ieGeek")[place.number % 3]
    model = place.one_of("50H20L_18EV200_S38", "IPG-53H20PL-S", "HI3518E_50H10L_S39")
    device = Device(place.address, place.mac("00:12:31", "00:12:16", "00:12:12"), place.network, "xiongmai", "xiongmai", brand,
                    "camera", model, "V4.02.R11.30170620", place.digits(16, "0123456789abcdef"))  # fmt: skip
    said = {"Name": "NetWork.NetCommon", "NetWork.NetCommon": {
        "BuildDate": "2017-06-20 10:11:01", "ChannelNum": 1, "DeviceType": 1, "GateWay": "0xFE14000A",
        "HostIP": "0x" + _packed(device.address)[::-1].hex().upper(), "HostName": "LocalHost", "HttpPort": 80,
        "MAC": device.mac, "MonMode": "TCP", "SN": device.serial, "TCPPort": 34567, "Version": device.firmware,
    }, "Ret": 100, "SessionID": "0x00000000"}  # fmt: skip
    body = json.dumps(said).encode() + b"\n\x00"
    whole = b"\xff\x01" + bytes(12) + b"\xfb\x05" + len(body).to_bytes(4, "little") + body
    device.udp[34569] = Datagrams(
        lambda request: whole if request[:1] == b"\xff" and request[14:16] == b"\xfa\x05" else b"",
        groups=("239.255.255.250", "broadcast"),
    )
    site = Site({"/": page("NETSurveillance WEB", server="uc-httpd 1.0.0")})
    device.tcp |= {80: Stream(site), 34567: Stream(framed=False),
                   554: Stream(Streams(public=_PUBLIC, server="H264DVR 1.0", sdp=_described("RTSP Session")))}  # fmt: skip
    low = device.mac.replace(":", "")
    device.udp[3702] = wsd(f"urn:uuid:00000000-0001-0000-0000-{low}",
                           _scopes("type/video_encoder", "name/IPCAM", "hardware/IPC", "Profile/Streaming"),
                           f"http://{device.address}:8899/onvif/device_service")  # fmt: skip
    device.tcp[8899] = Stream(Site({}, posts=_onvif_post(device)))
    device.protocols = ("http", "rtsp", "onvif", "xiongmai")
    device.expected = {"manufacturer": "xiongmai"}
    return device


def reolink(place: Place) -> Device:
    """Reolink: its page, its stream's name, a silent port 9000."""
    model = place.one_of("RLC-410-5MP", "RLC-520A", "RLC-811A")
    device = Device(place.address, place.mac("ec:71:db"), place.network, "reolink", "reolink", "Reolink", "camera", model,
                    "v3.0.0.136_20121102", place.digits(16))  # fmt: skip
    site = Site({"/": page("Reolink", server="nginx")}, posts=_onvif_post(device))
    device.tcp |= {
        80: Stream(site), 443: Stream(site, identity=Identity((("C", "US"), ("O", "Reolink"), ("CN", "Reolink")))),
        554: Stream(Streams(public=_PUBLIC, server="Rtsp Server/2.0",
                            sdp=_described("Session streamed by \"preview\"", ("i=h264Preview_01_main",)))),
        9000: Stream(framed=False), 8000: Stream(Site({}, posts=_onvif_post(device))),
    }  # fmt: skip
    low = device.mac.replace(":", "")
    device.udp[3702] = wsd(f"urn:uuid:2419d68a-2dd2-21b2-a205-{low}",
                           _scopes("type/video_encoder", f"name/{model}", f"hardware/{model}", "Profile/Streaming"),
                           f"http://{device.address}:8000/onvif/device_service")  # fmt: skip
    device.protocols = ("http", "tls", "rtsp", "onvif")
    device.expected = {"manufacturer": "reolink"}
    return device


def vivotek(place: Place) -> Device:
    """VIVOTEK: its discovery on 10000."""
    device = Device(place.address, place.mac("00:02:d1"), place.network, "vivotek", "vivotek", "VIVOTEK", "camera", "IB9367-HT",
                    "0110b", "")  # fmt: skip

    def short(kind: int, value: bytes) -> bytes:
        return bytes((kind, len(value))) + value

    fields = (short(1, f"VIVOTEK {device.model}".encode()) + short(2, _raw(device.mac)) + short(3, _packed(device.address))
              + b"\x04\x1b" + short(9, device.model.encode()))  # fmt: skip

    def answer(request: bytes) -> bytes:
        return (
            request[:1] + b"\x4a\x5d\x8f\x1c" + fields
            if request[1:5] == b"\x4a\x5d\x8f\x1c" and len(request) < 40
            else b""
        )

    device.udp[10000] = Datagrams(answer, groups=("broadcast",))
    site = Site({"/": page("Network Camera", server="VVTK-HTTP-Server")}, challenge=_ask("streaming_server"))
    device.tcp |= {80: Stream(site),
                   554: Stream(Streams(public=_PUBLIC, challenge=('Digest realm="streaming_server", nonce="beef"',)))}  # fmt: skip
    device.protocols = ("http", "rtsp", "vivotek")
    device.expected = {"manufacturer": "vivotek"}
    return device


def mobotix(place: Place) -> Device:
    """MOBOTIX: its realm and its page."""
    device = Device(
        place.address, place.mac("00:03:c5"), place.network, "mobotix", "mobotix", "MOBOTIX", "camera", "Q26", "", ""
    )
    challenge = _ask("MOBOTIX Camera User", kind="Basic")
    site = Site({"/": page("Redirect to userimage: /control/userimage.html", '<meta name="author" content="MOBOTIX AG, Germany">'),
                 "/control/userimage.html": challenge}, challenge=challenge)  # fmt: skip
    device.tcp |= {80: Stream(site)}
    device.protocols = ("http",)
    device.expected = {"manufacturer": "mobotix"}
    return device


def sony(place: Place) -> Device:
    """Sony: its discovery on 2380, its realm."""
    device = Device(place.address, place.mac("00:01:4a", "08:00:46"), place.network, "sony", "sony", "Sony", "camera",
                    "SNC-VB770", "2.10.00", place.digits(7))  # fmt: skip
    whole = (f"\x02MAC:{device.mac.replace(':', '-')}\xffINFO:Network Camera\xffMODEL:{device.model}\xffSERIAL:{device.serial}"
             f"\xffIPADR:{device.address}\xffSOFTVERSION:{device.firmware}\xff\x03").encode("latin-1")  # fmt: skip
    device.udp[2380] = Datagrams(lambda request: whole if request[:4] == b"\x02ENQ" else b"", groups=("broadcast",))
    challenge = _ask(f"Sony Network Camera {device.model}", server="NetEVI/3.10")
    device.tcp |= {80: Stream(Site({"/": challenge}, challenge=challenge, missing=challenge))}
    device.protocols = ("http", "sony")
    device.expected = {"manufacturer": "sony"}
    return device


def foscam(place: Place) -> Device:
    """Foscam: its discovery on 10000, the port that VIVOTEK has too; the operation number tells search from answer."""
    device = Device(place.address, place.mac("00:62:6e", "c0:99:34"), place.network, "foscam", "foscam", "Foscam", "camera",
                    "FI9900P", "2.84.2.28", "")  # fmt: skip
    low = device.mac.replace(":", "").upper()
    head = b"MO_I\x01".ljust(23, b"\0")
    whole = head + low.encode().ljust(13, b"\0") + f"IPCam{place.number}".encode().ljust(21, b"\0") + bytes(30)
    device.udp[10000] = Datagrams(
        lambda request: whole if request[:6] == b"MO_I\0\0" and len(request) >= 27 else b"", groups=("broadcast",)
    )
    device.tcp |= {88: Stream(Site({"/": page("IPCam Client", "<object codebase=IPCWebComponents.exe></object>")})),
                   888: Stream(framed=False)}  # fmt: skip
    device.protocols = ("http", "foscam")
    device.expected = {"manufacturer": "foscam"}
    return device


def ubiquiti(place: Place) -> Device:
    """Ubiquiti: type, length and value on 10001, in two versions."""
    device = Device(place.address, place.mac("04:18:d6", "18:e8:29"), place.network, "ubiquiti", "ubiquiti", "Ubiquiti",
                    "camera", "UVC G3", "v4.23.8", "")  # fmt: skip
    mac = _raw(device.mac)

    def field(kind: int, value: bytes) -> bytes:
        return bytes((kind,)) + len(value).to_bytes(2) + value

    fields = (field(0x02, mac + _packed(device.address)) + field(0x01, mac) + field(0x0A, (86400).to_bytes(4))
              + field(0x0B, f"camera-{place.number}".encode()) + field(0x0C, b"UVC") + field(0x03, b"UVC.S2L.v4.23.8")
              + field(0x14, device.model.encode()))  # fmt: skip
    rest = len(fields).to_bytes(2) + fields
    searches = {b"\x01\0\0\0": b"\x01\0" + rest, b"\x02\x08\0\0": b"\x02\x06" + rest}
    device.udp[10001] = Datagrams(lambda request: searches.get(request, b""), groups=("233.89.188.1", "broadcast"))
    identity = Identity((("C", "US"), ("O", "Ubiquiti Networks Inc."), ("CN", "camera.ubnt.dev")))
    device.tcp |= {22: Stream(framed=False, greeting=b"SSH-2.0-dropbear_2018.76\r\n"),
                   443: Stream(Site({"/": page("UniFi Video Camera")}), identity=identity)}  # fmt: skip
    device.protocols = ("tls", "ssh", "ubiquiti")
    device.expected = {"manufacturer": "ubiquiti"}
    return device


def vstarcam(place: Place) -> Device:
    """VStarcam: begins its messages with DH, and is no Dahua."""
    device = Device(place.address, place.mac("48:02:2a"), place.network, "vstarcam", "vstarcam", "VStarcam", "camera", "C7824WIP",
                    "48.53.64.67", f"VSTC{place.digits(6)}{place.digits(5, 'ABCDEFGHJK')}")  # fmt: skip

    def pad(value: str, size: int) -> bytes:
        return value.encode().ljust(size, b"\0")

    whole = (b"\x44\x48\x01\x08" + pad(device.address, 16) + pad("255.255.255.0", 16) + bytes(48) + _raw(device.mac) + bytes(2)
             + pad(device.serial, 32) + pad("IPCAM", 32) + bytes(48) + pad(device.firmware, 52))  # fmt: skip
    device.udp[8600] = Datagrams(
        lambda request: whole if request == b"\x44\x48\x01\x01" else b"", groups=("broadcast",)
    )
    device.tcp |= {81: Stream(Site({"/": page("IPCAM")})),
                   10554: Stream(Streams(public=_PUBLIC, sdp=_described("streamed by the VSTARCAM RTSP server")))}  # fmt: skip
    device.protocols = ("http", "rtsp", "vstarcam")
    device.expected = {"manufacturer": "vstarcam"}
    return device


def vision360(place: Place) -> Device:
    """360 Vision Technology: one line of text on 3600."""
    device = Device(place.address, place.mac("00:1c:b5"), place.network, "360 vision", "360-vision", "360 Vision", "camera",
                    "PREDATOR", "", place.digits(10))  # fmt: skip
    whole = f"DISCOVER TYPE={device.model} KEY='{device.mac}' ID={device.serial}".encode()
    device.udp[3600] = Datagrams(lambda request: whole if request == b"DISCOVER\n" else b"", groups=("broadcast",))
    device.tcp |= {80: Stream(Site({"/": page("Login")}))}
    device.protocols = ("http", "360vision")
    device.expected = {"manufacturer": "360-vision"}
    return device
