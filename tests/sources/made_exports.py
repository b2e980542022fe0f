"""Made rows of scan exports, with addresses and networks that are kept for documentation."""

from __future__ import annotations

import json
from typing import Any

HEAD = (
    "HTTP/1.1 401 Unauthorized\r\nDate: Wed, 28 Jan 2026 07:21:33 GMT\r\nServer: ExampleCam-Webs/2.1\r\n"
    'WWW-Authenticate: Digest realm="ExampleCam", nonce="abc"\r\nContent-Length: 5000\r\n'
    'Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\nETag: "5f-1"\r\n\r\n'
)
PAGE = "<html><head><title>Example  camera</title></head><body>log in</body></html>"
RTSP = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: ExampleRtsp/1.0\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"


def shodan(**changes: Any) -> dict[str, Any]:
    """An answer of port 80 as Shodan keeps it."""
    return {
        "_shodan": {"module": "http", "id": "x", "options": {}},
        "ip_str": "192.0.2.7", "ip": 3221225991, "port": 80, "transport": "tcp", "hash": -5, "opts": {},
        "timestamp": "2026-01-28T07:21:33.444507", "data": HEAD, "domains": [], "hostnames": ["cam.example.net"],
        "location": {"country_code": "nl", "city": None}, "asn": "AS64500", "org": "Example  Telecom", "isp": "Other",
        "product": "Example camera httpd", "version": 2, "devicetype": "webcam", "os": None,
        "http": {"html": PAGE, "title": "Example camera", "server": "x", "favicon": {"hash": -1234567}},
    } | changes  # fmt: skip


def censys(*services: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A host in the older shape."""
    return {
        "ip": "198.51.100.9", "services": list(services), "location": {"country_code": "DE", "country": "Germany"},
        "autonomous_system": {"asn": 64501, "name": "EXAMPLE-AS", "description": "EXAMPLE"},
        "last_updated_at": "2026-01-27T16:39:12.343Z", "dns": {"reverse_dns": {"names": ["c.example.org"]}},
    } | changes  # fmt: skip


def censys_web(**changes: Any) -> dict[str, Any]:
    """A web service in the older shape."""
    return {
        "port": 443, "service_name": "HTTP", "transport_protocol": "TCP",
        "observed_at": "2026-01-27T14:44:01.811676766Z",
        "banner": "HTTP/1.1 200 OK\r\nServer: ExampleCam-Webs/2.1\r\nDate:  <REDACTED>\r\n",
        "http": {"request": {"uri": "/"}, "response": {
            "headers": {"Server": ["ExampleCam-Webs/2.1"], "_encoding": {"Server": "DISPLAY_UTF8"}},
            "body": PAGE, "html_title": "Example camera",
            "favicons": [{"md5_hash": "0123456789ABCDEF0123456789abcdef", "shodan_hash": 77}]}},
        "tls": {"certificates": {"leaf_data": {
            "subject_dn": "C=NL, O=Example, CN=cam-1", "issuer_dn": "CN=Example CA", "names": ["cam-1.example.org"]}}},
        "software": [{"vendor": "Example", "product": "httpd", "version": "2.1", "part": "a"}],
    } | changes  # fmt: skip


def platform(*services: dict[str, Any]) -> dict[str, Any]:
    """A host in the newer shape, wrapped as its interface answers."""
    host = {
        "ip": "2001:db8::5", "services": list(services), "location": {"country_code": "BE"},
        "autonomous_system": {"asn": 64502, "organization": "Example Org", "name": "EX"},
        "operating_system": {"vendor": "linux", "product": "linux_kernel"},
    }  # fmt: skip
    return {"host_v1": {"resource": host, "extensions": {}}}


def platform_web() -> dict[str, Any]:
    """A web service in the newer shape."""
    return {
        "port": 80, "protocol": "HTTP", "transport_protocol": "tcp", "scan_time": "2026-02-01T00:00:00Z",
        "banner_hash_sha256": "00",
        "endpoints": [{"endpoint_type": "HTTP", "path": "/", "http": {
            "headers": {"Server": {"headers": ["ExampleCam-Webs/2.1"]}, "Www-Authenticate": {"headers": ["Basic x"]}},
            "html_title": "Example camera", "favicons": [{"hash_md5": "f" * 32, "hash_shodan": -5}]}}],
        "cert": {"parsed": {"subject_dn": "CN=cam", "issuer_dn": "CN=ca", "serial_number_hex": "0A1B",
                            "validity_period": {"not_before": "2020-01-01T00:00:00Z"}}, "names": ["cam"]},
        "hardware": [{"vendor": "Example", "product": "Camera"}],
    }  # fmt: skip


def masscan_array() -> bytes:
    """What ``-oJ`` writes, the comma before each row but the first."""
    return (
        b'[\n{   "ip": "203.0.113.4",   "timestamp": "1767225600", "ports": [ {"port": 554, "proto": "tcp", '
        b'"status": "open", "reason": "syn-ack", "ttl": 52} ] }\n,\n'
        b'{   "ip": "203.0.113.4",   "timestamp": "1767225601", "ports": [ {"port": 554, "proto": "tcp", "service": '
        b'{"name": "unknown", "banner": "RTSP/1.0 200 OK\\u000d\\u000aServer: Ex\\u00e9\\u000d\\u000a"} } ] }\n,\n'
        b'{   "ip": "203.0.113.5",   "timestamp": "1767225602", "ports": [ {"port": 81, "proto": "tcp", '
        b'"status": "closed", "reason": "rst-ack", "ttl": 52} ] }\n]\n'
    )


def masscan_line(service: str = "", banner: str = "", **changes: Any) -> dict[str, Any]:
    """What ``-oD`` writes."""
    data = {"service_name": service, "banner": banner} if service else {"status": "open", "reason": "syn-ack", "ttl": 9}
    row = {"ip": "203.0.113.8", "timestamp": "1767225600", "port": 80, "proto": "tcp", "data": data}
    return row | {"rec_type": "banner" if service else "status"} | changes


def zgrab(**modules: dict[str, Any]) -> dict[str, Any]:
    """What zgrab2 writes; a module needs only what is particular about it."""
    base = {"status": "success", "timestamp": "2026-04-06T19:38:11Z"}
    data = {name: base | {"protocol": name} | module for name, module in modules.items()}
    return {"ip": "192.0.2.33", "domain": "cam.example.org", "data": data}


def zgrab_http(**changes: Any) -> dict[str, Any]:
    """The http module."""
    response = {
        "status_line": "200 OK", "status_code": 200, "protocol": {"name": "HTTP/1.1"},
        "headers": {"server": ["ExampleCam-Webs/2.1"], "www_authenticate": ['Basic realm="x"'],
                    "unknown": [{"key": "x_example", "value": ["yes"]}, {"key": "date", "value": ["now"]}]},
        "body": PAGE,
    }  # fmt: skip
    return {"result": {"response": response | changes}}


def lines(*rows: dict[str, Any]) -> bytes:
    """Rows, one a line."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
