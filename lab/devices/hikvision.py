"""Hikvision, and what is sold under other names on its hardware: SADP, ISAPI, RTSP, SDK port 8000, UPnP, mDNS, SNMP."""

from __future__ import annotations

import re

from lab.certificate import Identity
from lab.common import mdns, onvif, snmp, ssdp, upnp_description, wsd
from lab.device import Datagrams, Device, Place, Stream
from lab.web import Site, Streams, redirect, reply

PREFIXES = ("44:19:b6", "c0:56:e3", "bc:ad:28", "28:57:be", "58:50:ed")
_CAMERAS = ("DS-2CD2385G1-I", "DS-2CD2143G2-I", "DS-2CD2T47G2-L", "DS-2DE4225IW-DE", "DS-2CD2043G0-I")
_RECORDERS = ("DS-7608NI-K2", "DS-7616NI-I2", "DS-7732NI-K4")
_FIRMWARE = ("V5.6.2build 190701", "V5.5.82build 190318", "V5.7.3build 220112", "V5.4.5build 170124")

_SHARED_KEY = Identity(
    (("C", "CN"), ("ST", "ZJ"), ("L", "HZ"), ("O", "HIKVISION"), ("OU", "HZ"), ("CN", "hikvision.com")),
    serial=0x8AB42317C62A20F1,
)
_OLDER = Identity(
    (
        ("CN", "www.hikvision.com"),
        ("OU", "DVRNVR"),
        ("O", "HIKVISION"),
        ("L", "HangZhou"),
        ("ST", "ZheJiang"),
        ("C", "CN"),
    )
)
SDK_LATE = bytes.fromhex("000000100000001e0000001e00000000")
SDK_FOREIGN = bytes.fromhex("000000100000000d0000000d00000000")

_UUID = re.compile(rb"<Uuid>([^<]{0,80})</Uuid>", re.IGNORECASE)
_TYPES = re.compile(rb"<Types>\s*(inquiry(?:_v32)?)\s*</Types>", re.IGNORECASE)


def sadp(fields: dict[str, str], *, to_group: bool = False) -> Datagrams:
    """Answers inquiries; keeps silent to every other verb."""
    rows = "".join(f"<{name}>{value}</{name}>\r\n" for name, value in fields.items())
    head = b'<?xml version="1.0" encoding="UTF-8" ?>\r\n<ProbeMatch>\r\n<Uuid>'
    tail = f"</Types>\r\n{rows}</ProbeMatch>\r\n".encode()

    def answer(request: bytes) -> bytes:
        kind = _TYPES.search(request)
        if not kind or b"<Probe>" not in request:
            return b""
        asked = _UUID.search(request)
        return head + (asked[1] if asked else b"") + b"</Uuid>\r\n<Types>" + kind[1] + tail

    return Datagrams(answer, groups=("239.255.255.250",), to_group=to_group)


def fields(
    device: Device, *, base: str, oem: str = "1", channels: tuple[int, int] = (1, 0), activated: bool = True,
    cloud: str = "flase", ezviz: bool = False
) -> dict[str, str]:  # fmt: skip
    """What an inquiry is answered with."""
    said = {
        "DeviceType": "141945", "DeviceDescription": device.model, "DeviceSN": device.serial, "CommandPort": "8000",
        "HttpPort": "80", "MAC": device.mac.replace(":", "-"), "IPv4Address": device.address,
        "IPv4SubnetMask": "255.255.255.0", "IPv4Gateway": device.address.rpartition(".")[0] + ".254",
        "IPv6Address": "::", "IPv6Gateway": "::", "IPv6MaskLen": "64", "DHCP": "false",
        "AnalogChannelNum": str(channels[1]), "DigitalChannelNum": str(channels[0]),
        "SoftwareVersion": device.firmware, "DSPVersion": "V7.3 build 190626", "BootTime": "2026-11-02 04:11:09",
        "Encrypt": "true", "ResetAbility": "false", "DiskNumber": "0", "Activated": "true" if activated else "false",
        "PasswordResetAbility": "true", "PasswordResetModeSecond": "true", "DetailOEMCode": oem,
        "SupportSecurityQuestion": "true", "SupportHCPlatform": "true", "HCPlatformEnable": cloud,
        "IsModifyVerificationCode": "true", "Salt": "5a" * 32, "DeviceLock": "flase", "SDKOverTLSPort": "8443",
        "SDKServerStatus": "true", "SDKOverTLSServerStatus": "true", "SupportMailBox": "true",
    }  # fmt: skip
    if base:
        said["BaseDesc"] = base
    if ezviz:
        said["EZVIZCode"] = "1"
    return said


def _serial(place: Place, model: str, tail: str = "") -> str:
    return f"{model}20{place.digits(1, '12')}{place.digits(1)}0{place.digits(1, '123456789')}1{place.digits(1)}AAWR" \
           f"{place.digits(1, 'CDEF')}{place.digits(8)}{tail}"  # fmt: skip


def _device_info(device: Device, name_space: str) -> bytes:
    return reply(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DeviceInfo version="2.0" xmlns="{name_space}">\n'
        f"<deviceName>{device.brand}</deviceName>\n<deviceID>48443031-3432-3833-3638-{device.mac.replace(':', '')}</deviceID>\n"
        f"<deviceDescription>IPCamera</deviceDescription>\n<deviceLocation>hangzhou</deviceLocation>\n"
        f"<systemContact>Hikvision.China</systemContact>\n<model>{device.model}</model>\n"
        f"<serialNumber>{device.serial}</serialNumber>\n<macAddress>{device.mac}</macAddress>\n"
        f"<firmwareVersion>{device.firmware.partition('build')[0]}</firmwareVersion>\n"
        f"<firmwareReleasedDate>build {device.firmware.partition('build ')[2]}</firmwareReleasedDate>\n"
        "<bootVersion>V1.3.4</bootVersion>\n<bootReleasedDate>100316</bootReleasedDate>\n"
        "<deviceType>IPCamera</deviceType>\n</DeviceInfo>\n",
        kind="application/xml",
    )


def _status(name_space: str) -> bytes:
    return reply(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DeviceStatus version="2.0" xmlns="{name_space}">\n'
        "<currentDeviceTime>2026-11-22T03:00:00+01:00</currentDeviceTime>\n<deviceUpTime>1724400</deviceUpTime>\n"
        "</DeviceStatus>\n",
        kind="application/xml",
    )


def _web(device: Device, realm: str, server: str, name_space: str, prefix: str = "ISAPI") -> Site:
    nonce = device.mac.encode().hex()
    challenge = reply(
        '<!DOCTYPE html>\r\n<html><head><title>Document Error: Unauthorized</title></head></html>',
        status="401 Unauthorized", server=server,
        headers=(f'WWW-Authenticate: Digest qop="auth", realm="{realm}", nonce="{nonce}", stale="FALSE"',),
    )  # fmt: skip
    login = reply("\ufeff<!doctype html>\r\n<html>\r\n<head>\r\n<title></title>\r\n"
                  '<script src="../script/lib/seajs/seajs/sea.js"></script></head></html>', server=server)  # fmt: skip
    status = reply(f'<?xml version="1.0" encoding="UTF-8"?>\n<ActivateStatus version="2.0" xmlns="{name_space}">\n'
                   "<Activated>true</Activated>\n</ActivateStatus>\n", kind="application/xml", server=server)  # fmt: skip
    info = _device_info(device, name_space)
    return Site(
        {
            "/": redirect("/doc/page/login.asp", server=server),
            "/doc/page/login.asp": login,
            "/SDK/activateStatus": status,
            "/upnpdevicedesc.xml": _description(device),
        },
        private={f"/{prefix}/System/deviceInfo": info, f"/{prefix}/System/status": _status(name_space)},
        challenge=challenge,
        posts={"/onvif/device_service": onvif(where=f"http://{device.address}/onvif/device_service", brand=device.brand, model=device.model, firmware=device.firmware,
                                              serial=device.serial, server=server)},
        missing=challenge,
    )  # fmt: skip


def _description(device: Device) -> bytes:
    return upnp_description(
        kind="urn:schemas-upnp-org:device:EmbeddedNetDevice:1", name=f"{device.brand} {device.model} - {device.serial[-9:]}",
        maker=device.brand, model=device.model, uid=_uid(device), serial=device.serial,
    )  # fmt: skip


def _uid(device: Device) -> str:
    return f"aa85c000-6324-11b3-819e-{device.mac.replace(':', '')}"


def _scopes(device: Device, name: str) -> str:
    return " ".join(
        f"onvif://www.onvif.org/{scope}"
        for scope in ("type/video_encoder", "Profile/Streaming", "Profile/G", "Profile/T", f"MAC/{device.mac}",
                      f"hardware/{device.model}", f"name/{name}", "location/city/hangzhou")
    )  # fmt: skip


def _equip(device: Device, *, base: str, realm: str, server: str, identity: Identity, oem: str = "1",
           channels: tuple[int, int] = (1, 0), name: str = "", name_space: str = "http://www.hikvision.com/ver20/XMLSchema",
           onvif_on: bool = True, ezviz: bool = False, late: bool = False, to_group: bool = False,
           cloud: str = "flase", prefix: str = "ISAPI") -> Device:  # fmt: skip
    site = _web(device, realm, server, name_space, prefix)
    rtsp = Streams(
        public="OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER", date=True,
        challenge=(f'Digest realm="{realm}", nonce="{device.mac.encode().hex()}", stale="FALSE"',),
    )  # fmt: skip
    said = fields(device, base=base, oem=oem, channels=channels, ezviz=ezviz, cloud=cloud)
    device.udp[37020] = sadp(said, to_group=to_group)
    device.raw_sadp = device.udp[37020].answer(b"<Probe><Types>inquiry</Types></Probe>")
    device.tcp |= {
        80: Stream(site),
        443: Stream(site, identity=identity),
        554: Stream(rtsp),
        8000: Stream(
            lambda _request: SDK_FOREIGN, framed=False, once=True, late=(5.0, SDK_LATE) if late else (0.0, b"")
        ),
    }
    if onvif_on:
        device.udp[3702] = wsd(f"urn:uuid:{_uid(device)}", _scopes(device, name or device.model),
                               f"http://{device.address}/onvif/device_service")  # fmt: skip
    device.protocols = ("sadp", "http", "tls", "rtsp", *(("onvif",) if onvif_on else ()))
    return device


def camera(place: Place) -> Device:
    """A camera under the maker's own name; ONVIF is off on newer firmware, as it is from the factory."""
    model = place.one_of(*_CAMERAS)
    device = Device(place.address, place.mac(*PREFIXES), place.network, "hikvision camera", "hikvision", "Hikvision",
                    "camera", model, place.one_of(*_FIRMWARE), _serial(place, model))  # fmt: skip
    number = place.number
    _equip(device, base=model.rpartition("-")[0], realm=f"IP Camera(C{place.digits(4)})",
           server=("App-webs/", "webserver", "Webs")[number % 3], identity=_SHARED_KEY, onvif_on=number % 3 != 1,
           name=f"HIKVISION%20{model}", late=number % 4 == 0, to_group=number % 2 == 0,
           cloud="true" if number % 5 == 0 else "flase")  # fmt: skip
    if number % 3 == 0:
        short = device.serial[-9:]
        device.udp[5353] = mdns(f"HIKVISION {model} - {short}", ("_http._tcp.local", "_psia._tcp.local", "_CGI._tcp.local"),
                                f"{device.serial}.local", device.address, 80, ())  # fmt: skip
        device.udp[161] = snmp({"1.3.6.1.4.1.39165.1.1.0": model, "1.3.6.1.4.1.39165.1.3.0": device.firmware,
                                "1.3.6.1.4.1.39165.1.4.0": device.mac.replace(":", "-")})  # fmt: skip
        device.protocols += ("mdns", "snmp")
    device.expected = {"manufacturer": "hikvision", "device_class": "camera", "model": model}
    return device


def recorder(place: Place) -> Device:
    """A recorder; its cameras hang at its own ports for them, behind it."""
    model = place.one_of(*_RECORDERS)
    device = Device(place.address, place.mac(*PREFIXES), place.network, "hikvision recorder", "hikvision", "Hikvision",
                    "recorder", model, "V4.30.085build 200916", _serial(place, f"{model}08", "WCVU"))  # fmt: skip
    count = 8
    _equip(device, base=model.rpartition("/")[0] or model, realm="DVRNVRDVS", server="DNVRS-Webs", identity=_OLDER,
           channels=(count, 0), name=f"HIKVISION%20{model}")  # fmt: skip
    device.tcp[49152] = Stream(Site({"/upnpdevicedesc.xml": _description(device)}))
    device.channels = tuple(f"192.168.254.{2 + index}" for index in range(count))
    device.udp[1900] = ssdp("Linux/3.0.8, UPnP/1.0, Portable SDK for UPnP devices/1.4.7",
                            f"http://{device.address}:80/upnpdevicedesc.xml", _uid(device),
                            ("urn:schemas-upnp-org:device:EmbeddedNetDevice:1",))  # fmt: skip
    device.udp[161] = snmp({"1.3.6.1.2.1.1.1.0": "Hikvision company products", "1.3.6.1.4.1.50001.1.3.0": device.serial,
                            "1.3.6.1.4.1.50001.1.100.0": "2"}, "1.3.6.1.4.1.50001")  # fmt: skip
    device.protocols += ("ssdp", "snmp")
    device.expected = {"manufacturer": "hikvision", "device_class": "recorder"}
    return device


def relabelled(place: Place) -> Device:
    """Another name on the box, on the page and in the certificate; the factory in the discovery reply."""
    brand, model, prefix = (("LTS", "CMIP1142W-28M", "14:2f:fd"), ("ANNKE", "C800", PREFIXES[0]),
                            ("Safire", "SF-IPT943WH", PREFIXES[1]), ("Alibi", "ALI-NS2034VR", "64:25:5e"))[place.number % 4]  # fmt: skip
    device = Device(place.address, place.mac(prefix), place.network, "hikvision relabelled", "hikvision", brand, "camera",
                    model, place.one_of(*_FIRMWARE), _serial(place, model))  # fmt: skip
    own = Identity((("C", "US"), ("O", f"{brand} Security"), ("CN", f"{brand.lower()}.example")))
    _equip(device, base="DS-2CD2143G2", oem=f"1{place.digits(2)}0101", realm=f"IP Camera(E{place.digits(4)})", server="web",
           identity=own, name=f"{brand}%20{model}", name_space="http://www.isapi.org/ver20/XMLSchema")  # fmt: skip
    device.expected = {"manufacturer": "hikvision"}
    return device


def ezviz(place: Place) -> Device:
    """The maker's line for homes: no web page, SADP and RTSP."""
    model = place.one_of("CS-C6N-A0-1C2WFR", "CS-CV310-A0-1B2WFR", "CS-BC1-A0-2C2WPBB")
    device = Device(place.address, place.mac("0c:a6:4c", "20:bb:bc", "78:a6:a0"), place.network, "ezviz", "ezviz", "EZVIZ",
                    "camera", model, "V5.3.0build 210705", _serial(place, model))  # fmt: skip
    _equip(device, base="", realm=f"IP Camera(D{place.digits(4)})", server="", identity=_SHARED_KEY, ezviz=True,
           onvif_on=False, cloud="true")  # fmt: skip
    del device.tcp[80], device.tcp[443]
    device.tcp |= {9010: Stream(framed=False), 9020: Stream(framed=False)}
    device.protocols = ("sadp", "rtsp")
    device.maker = "hikvision"
    device.expected = {"manufacturer": "hikvision"}
    return device


def intercom(place: Place) -> Device:
    """A door station: another realm, SIP, no ONVIF."""
    model = "DS-KV6113-WPE1(C)"
    device = Device(place.address, place.mac(*PREFIXES), place.network, "hikvision intercom", "hikvision", "Hikvision",
                    "intercom", model, "V2.2.45build 220607", _serial(place, model))  # fmt: skip
    _equip(device, base="DS-KV6113", realm=f"DS-{place.digits(8, '0123456789ABCDEF')}", server="", identity=_SHARED_KEY,
           onvif_on=False)  # fmt: skip
    device.expected = {"manufacturer": "hikvision"}
    return device
