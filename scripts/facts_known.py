"""What `facts_covered` knows of the tables: which attribute a signal stands for, what is left out and why."""

from __future__ import annotations

import re
from collections.abc import Callable

from custodiet.wire.text import text


def _same(value: str) -> list[str]:
    return [value]


def _bytes(value: str) -> list[str]:
    return [text(bytes.fromhex(value))]


def _challenge(realm: str) -> list[str]:
    return [f'Digest realm="{realm}", nonce="0"', f'Basic realm="{realm}"']


def _header(value: str) -> list[str]:
    return [value.partition(": ")[2] or value, value]


SIGNALS: dict[str, tuple[str, Callable[[str], list[str]]]] = {
    # signals of the tables of Dahua and of the others
    "udp.37810.reply.json": ("dhip.reply", _same),
    "udp.37810.reply.json.Vendor": ("dhip.vendor", _same),
    "udp.37810.reply.json.DeviceClass": ("dhip.device_class", _same),
    "http.server": ("http.server", _same),
    "http.body": ("http.body", _same),
    "http.title": ("http.title", _same),
    "http.www_authenticate": ("http.www_authenticate", _same),
    "http.set_cookie": ("http.set_cookie", _same),
    "http.path": ("http.path", _same),
    "http.header": ("http.header", _same),
    "favicon.mmh3": ("favicon.mmh3", lambda value: re.findall(r"-?\d+", value)),
    "favicon.md5": ("favicon.md5", _same),
    "rtsp.server": ("rtsp.server", _same),
    "rtsp.www_authenticate": ("rtsp.www_authenticate", _header),
    "rtsp.path": ("rtsp.path", _same),
    "rtsp.sdp": ("rtsp.sdp", _same),
    "rtsp.header": ("rtsp.header", _same),
    "dhcp.option55": ("dhcp.parameter_list", _same),
    "dhcp.hostname": ("dhcp.hostname", _same),
    "dhcp.vendor_class": ("dhcp.vendor_class", _same),
    "onvif.scopes": ("onvif.scope", str.split),
    "tls.subject": ("tls.subject", _same),
    "tls.issuer": ("tls.issuer", _same),
    "snmp.sysObjectID": ("snmp.sys_object_id", lambda value: [value.lstrip(".")]),
    "snmp.sysDescr": ("snmp.sys_descr", _same),
    "device.serial": ("device.serial", _same),
    "firmware.version": ("device.firmware", _same),
    "dns.qname": ("dns.query", _same),
    "telnet.banner": ("banner.telnet", _same),
    "ftp.banner": ("banner.ftp", _same),
    "sip.user_agent": ("banner.sip", _same),
    "tcp.34567.bytes": ("banner.tcp", _bytes),
    "tcp.banner": ("banner.tcp", _bytes),
    "tcp.37777.bytes": ("banner.tcp", _bytes),
    "tcp.9000.bytes": ("banner.tcp", _bytes),
    "tcp.6668.bytes": ("banner.tcp", _bytes),
    "mdns.service": ("mdns.service", _same),
    "mdns.txt.macaddress": ("mdns.txt", lambda value: [f"macaddress={value}"]),
    "ssdp.manufacturer": ("upnp.manufacturer", _same),
    "mac.prefix": ("net.mac", _same),
    # entries of the table of Hikvision, by id
    "hik-mac-oui": ("net.mac", _same),
    "hik-sadp-reply": ("sadp.reply", lambda value: ["Types: inquiry\nDeviceSN: x\nCommandPort: 8000"]),
    "hik-sadp-flase": ("sadp.reply", lambda value: ["HCPlatformEnable: flase", value]),
    "hik-sadp-nothamerica": ("sadp.reply", lambda value: [f"supportwifiRegion: {value}"]),
    "hik-sadp-oem-code": ("sadp.oem_code", _same),
    "hik-sadp-serial-model": ("device.serial", _same),
    "hik-sadp-software": ("device.firmware", _same),
    "hik-onvif-hardware": ("onvif.hardware", lambda value: [value.rpartition("/")[2]]),
    "dahua.onvif.hardware": ("onvif.hardware", lambda value: [value.rpartition("/")[2]]),
    "dahua.http.body.nvr4": ("http.body", lambda value: [f'{value}"baseProj/js/component" src="./cap.js"']),
    "hik-onvif-name": ("onvif.scope", lambda value: [value.replace("%20", " ")]),
    "hik-onvif-hangzhou": ("onvif.scope", _same),
    "hik-http-server-app-webs": ("http.server", _same),
    "hik-http-server-hikvision-webs": ("http.server", _same),
    "hik-http-server-dnvrs": ("http.server", _same),
    "hik-http-server-dvrdvs": ("http.server", _same),
    "hik-http-server-webs": ("http.server", lambda value: ["Webs", "webserver", "web"]),
    "hik-http-body-bom": ("http.body", _same),
    "hik-http-login-path": ("http.body", lambda value: [value, f"window.location='{value}'"]),
    "hik-http-activate": ("http.body", _same),
    "hik-http-language": ("http.path", _same),
    "hik-http-upnp": ("upnp.device_type", lambda value: [re.sub(r"<.*?>", "", value)]),
    "hik-http-xmlns": ("http.body", _same),
    "hik-http-xmlns-neutral": ("http.body", _same),
    "hik-http-prama-path": ("http.path", _same),
    "hik-http-realm-ipcamera": ("http.www_authenticate", _challenge),
    "hik-http-realm-nvr": ("http.www_authenticate", _challenge),
    "hik-http-realm-model": ("http.www_authenticate", _challenge),
    "hik-http-realm-access": ("http.www_authenticate", _challenge),
    "hik-http-digest-quirk": ("http.www_authenticate", _same),
    "hik-rtsp-realm": ("rtsp.www_authenticate", lambda value: re.findall(r"WWW-Authenticate: (.*?)\r", value)),
    "hik-rtsp-options": ("rtsp.public", _same),
    "hik-rtsp-path": ("rtsp.path", _same),
    "hik-rtsp-sdp": ("rtsp.sdp", _same),
    "hik-rtsp-realm-mac": ("rtsp.www_authenticate", _challenge),
    "hik-sdk-null": ("banner.tcp", _bytes),
    "hik-sdk-other": ("banner.tcp", _bytes),
    "hik-tls-dvrnvr": ("tls.subject", _same),
    "hik-tls-hz": ("tls.subject", lambda value: [value, "CN=hikvision.com,OU=HZ,O=HIKVISION,L=HZ,ST=ZJ,C=CN"]),
    "ezviz-tls-cloud": ("dns.query", _same),
    "hik-snmp-cam": ("snmp.sys_object_id", _same),
    "hik-snmp-rec": ("snmp.sys_object_id", _same),
    "hik-snmp-cam-emptyoid": ("snmp.oid", lambda value: ["1.3.6.1.4.1.39165.1.1.0=DS-2CD2185FWD-I"]),
    "hik-snmp-descr": ("snmp.sys_descr", _same),
    "hik-ssdp-server": ("ssdp.server", _same),
    "hik-mdns-psia": ("mdns.service", lambda value: ["_psia._tcp.local", "_psia._tcp"]),
    "hik-mdns-host": ("mdns.host", _same),
    "hik-telnet-default": ("banner.telnet", _same),
    "hik-sip-agent": ("banner.sip", _same),
    "hik-ehome-register": ("banner.tcp", _same),
    "hik-fw-version": ("device.firmware", _same),
    "hik-serial": ("device.serial", _same),
    "hik-serial-bare": ("device.serial", _same),
    "hik-serial-access": ("device.serial", _same),
    "hik-model": ("device.model", _same),
} | {f"hik-favicon-mmh3-{value}": ("favicon.mmh3", _same) for value in ("999357577", "808437027", "1830859634")} | {
    f"hik-favicon-md5-{value}": ("favicon.md5", _same) for value in ("89b932fc", "efca7d9a", "4209fe52")
}  # fmt: skip
"""Signal or entry -> the attribute that our sources yield for it, and how its example looks there."""

NAMES: dict[str, list[str]] = {
    "tkh_siqura": ["Siqura"],
    "digitalwatchdog": ["Digital Watchdog"],
    "Honeywell Performance Series": ["Honeywell"],
    "Honeywell equIP S/H (some models)": ["Honeywell"],
    "Honeywell Performance": ["Honeywell"],
    "FLIR (Lorex-era and some visible cameras)": ["FLIR", "Lorex"],
    "Swann, LTS, Annke, Alibi, LaView, Interlogix/TruVision, Luma": [
        "Swann", "LTS", "Annke", "Alibi", "LaView", "TruVision", "Luma",
    ],
    "ECI / PCI / EKI / ECT lines": ["hikvision-usa-lines"],
    "80+ labels of TVT recorders": ["tvt"],
    "about 60 labels of one camera binary (Honeywell, Stanley, Bikal, LS vision and others)": [
        "Honeywell", "Stanley", "Bikal", "LS vision",
    ],
    "Longse units": ["Longse"],
    "many unnamed recorders and cameras (XMEye, iCSee, Besder, Hiseeu and others)": ["xiongmai", "Besder", "Hiseeu"],
    "Xiaomi (Imilab, Chuangmi)": ["Xiaomi", "imilab"],
    "Steinsvik Orbit": ["steinsvik"],
    "Steinsvik Orbit-351 and similar": ["steinsvik"],
    "Luma LUM-500/501, Wirepath": ["Luma"],
    "Luma LUM-500/501, Wirepath (Snap One)": ["Luma"],
    "V380 label family": ["macro-video"],
    "Q-See, IC Realtime, Amcrest, Lorex, BCS, CP Plus, Intelbras and more": [
        "Q-See", "IC Realtime", "Amcrest", "Lorex", "BCS", "CP Plus", "Intelbras",
    ],
    "InVid ELEV": ["InVid"],
    "Advidia (sold through Panasonic / i-PRO in the US)": ["Advidia"],
    "Legrand/BTicino": ["bticino"],
}  # fmt: skip
"""How a row joins names or writes one -> the names one by one."""

_FRAME = "read by the parser of the protocol in wire/, whose facts our rules read"
_TRAFFIC = "inside UDP streams, which no source yields as values; the host names of the cloud are records"
_OWNER = "needs the login of the owner, and says nothing about the maker that the maker's field does not say"
_TEXT = "kept as text in sadp.reply; names no maker"
_BROAD = "the shape is so short or broad that it names other makers' goods too"

ELSEWHERE: dict[str, dict[str, str]] = {
    "ouis": {"4840A9": "a trap that the registry does not know: it names nobody, and no record may hold it"},
    "endpoints": {
        r"^8\.8\.8\.8$": "named in the note of hikvision-default-dns: nothing follows from it, so it is no address",
        r"^(?:34\.241|52\.49)\.0\.0": "named in the note of ezviz-relay-addresses: shared by millions, so no address",
        r"RaCM": "named in the note of hikvision-site: a name space, no traffic",
    },
    "names": {},
    "sadp": {
        r"^(?:DeviceType|DSPVersion|BootTime|Encrypt|Salt|DiskNumber)": _TEXT,
        r"^(?:HttpPort|SDKOverTLSPort|SDKServerStatus|IPv6Address|IPv4Address)": _TEXT,
        r"^(?:PasswordReset|IsModify|SupportMailBox|SystemMode|EZVIZBind|SpecificDeviceType)": _TEXT,
    },
    "fingerprints": {
        r"^dahua\.dhip\.(?:reply\.magic|request)$": _FRAME,
        r"^dahua\.dvrip1\.reply$": _FRAME,
        r"^(?:xiongmai|foscam|vstarcam|hanwha|bosch|ipro|vivotek|sony|ubiquiti|360vision)\.udp": _FRAME,
        r"^hik-sadp-ethertype$": _FRAME,
        r"^dahua\.p2p\.|^reolink\.udp$|^pppp\.udp$": _TRAFFIC,
        r"^dahua\.file\.dhav$": "the beginning of a file of recordings, which no source of ours is",
        r"^hik-sadp-(?:base-desc|specific-type|activated|cloud)$": "read by wire/sadp.py; compared, not matched",
        r"^hik-onvif-(?:epr-mac|mac-scope)$": "a MAC inside an identifier: its block says it, the shape does not",
        r"^hik-http-i18n$": "the name of the maker in a file of words, which a label changes first",
        r"999357577$": "contested: lists give this icon to three makers; the shelf record of the same value says so",
        r"^hik-rtsp-realm-mac$": "twelve hexadecimal digits name nobody",
        r"^hik-ssdp-server$": "a library of many makers, low confidence in the table itself",
        r"^hik-default-ip$": "the endpoint hikvision-factory-address; anybody may use it",
        r"^hik-info-(?:bootversion|deviceid)$": _OWNER,
        r"^hik-info-hw$|^hik-fw-package$": "read by the firmware formats hikvision-line and hikvision-package",
        r"^dahua\.firmware\.file$": "read by the firmware format dahua-package",
        r"^jaws\.favicon$": "the table does not know the maker",
    },
    "models": {
        r"^DHI-ARC": "general knowledge in the table, not checked; the alarm hubs are no surveillance",
        r"^DS-TCP|^STI-|^DS-B30": "low confidence in the table itself; the prefix alone says too little",
        r"\.\.\.|^HW-HWD$": "no model was kept in the table, only its beginning",
        r"^IPC6285-VRZ$": "general knowledge in the table, not checked",
        r"^(?:s16|CD42|D1101V|E12S)$": _BROAD,
    },
}
"""Kind of row -> an expression for its key -> where it is known to the program, or why it is left out."""
