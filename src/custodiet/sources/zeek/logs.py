"""What each log of Zeek says about a device: about the one that began (``id.orig_h``) and the one that answered.

One function a log, from a row to facts. A log without a function here is not covered, and is counted by name. Which of
the two is a device of ours is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Protocol, TypeAlias

from custodiet.model import Flow
from custodiet.model.observation import content_id
from custodiet.sources.ledger import Facts
from custodiet.wire.address import ip_text, is_device_mac, is_local_ip, mac_text
from custodiet.wire.head import without_password


class Row(Protocol):
    """One line of a log."""

    def __contains__(self, name: str) -> bool: ...

    def text(self, name: str) -> str:
        """A value as text; empty when it is not there."""

    def items(self, name: str) -> list[str]:
        """The members of a set or vector."""

    def number(self, name: str) -> int:
        """A count; 0 when it is not there."""

    def time(self, name: str = "ts") -> float | None:
        """Seconds since 1970 UTC."""


Found: TypeAlias = list[tuple[str, str, str]]
"""Subject, attribute and value."""


def _sides(row: Row) -> tuple[str, str] | None:
    """``ip:`` keys of the one that began and the one that answered."""
    began, answered = ip_text(row.text("id.orig_h")), ip_text(row.text("id.resp_h"))
    return (f"ip:{began}", f"ip:{answered}") if began and answered else None


def server_of(row: Row) -> str:
    """``ip:`` key of the one that answered; empty when there is none."""
    sides = _sides(row)
    return sides[1] if sides else ""


# Connections in which the one that answered took part: something listens on that port.
_ANSWERED = frozenset({"SF", "S1", "S2", "S3", "RSTO", "RSTR"})
_TRANSPORTS = frozenset({"tcp", "udp"})


def read_conn(row: Row, when: float | None, place: str, source: str, facts: Facts) -> Flow | None:
    """One connection as a flow; None when it has no addresses, port or time. What it shows of a device: into facts."""
    sides = _sides(row)
    if sides is None or when is None:
        return None
    began, answered = sides
    transport = row.text("proto").lower()
    port = row.number("id.resp_p") if transport in _TRANSPORTS else 0
    if port > 65535:
        return None
    for subject, side in ((began, "orig"), (answered, "resp")):
        ip = subject[3:]
        if not (row.text(f"local_{side}") in ("T", "true") or is_local_ip(ip)):
            continue
        facts.add(subject, "net.ip", ip, place, when)
        mac = mac_text(row.text(f"{side}_l2_addr"))
        if mac and is_device_mac(mac):
            facts.add(subject, "net.mac", mac, place, when)
        if side == "orig":
            facts.add(subject, "net.vlan", row.text("vlan"), place, when)
        elif transport == "tcp" and row.text("conn_state") in _ANSWERED:
            facts.add(subject, "net.port", f"tcp/{port}", place, when)
    if transport not in _TRANSPORTS:
        number = row.number("ip_proto") or {"icmp": 1, "icmp6": 58}.get(transport, 0)
        transport = f"ip/{number}"
    length = row.time("duration") or 0.0
    return Flow(
        id=content_id("flow", source, began, answered, transport, port, place),
        source=source,
        subject=began,
        peer=answered,
        transport=transport,
        port=port,
        bytes_out=row.number("orig_ip_bytes") or row.number("orig_bytes"),
        bytes_in=row.number("resp_ip_bytes") or row.number("resp_bytes"),
        packets_out=row.number("orig_pkts"),
        packets_in=row.number("resp_pkts"),
        first_seen=when,
        last_seen=when + length,
        locator=place,
    )


_MDNS, _LLMNR, _NETBIOS = 5353, 5355, 137


def _dns(row: Row) -> Found | None:
    sides = _sides(row)
    if sides is None:
        return None
    began = sides[0]
    query, port = row.text("query"), row.number("id.resp_p")
    if not query or port in (_LLMNR, _NETBIOS):
        return []
    if port == _MDNS:
        return [(began, "mdns.query", query)]
    answers = [ip for answer in row.items("answers") if (ip := ip_text(answer))]
    return [(began, "dns.query", query), *((began, "dns.answer", f"{query}={ip}") for ip in answers)]


def _http(row: Row) -> Found | None:
    sides = _sides(row)
    if sides is None:
        return None
    began, answered = sides
    path = without_password(row.text("uri"))
    return [
        (began, "http.user_agent", row.text("user_agent")),
        (began, "http.host", row.text("host")),
        (began, "http.asked_path", path),
        (answered, "http.path", path),
    ]


def _ssl(row: Row) -> Found | None:
    sides = _sides(row)
    if sides is None:
        return None
    began, answered = sides
    return [
        (began, "tls.server_name", row.text("server_name")),
        (began, "tls.subject", row.text("client_subject")),
        (began, "tls.issuer", row.text("client_issuer")),
        (answered, "tls.subject", row.text("subject")),
        (answered, "tls.issuer", row.text("issuer")),
    ]


def _dhcp(row: Row) -> Found | None:
    ip = ip_text(row.text("assigned_addr") or row.text("assigned_ip") or row.text("client_addr"))
    mac = mac_text(row.text("mac"))
    if ip is None and mac is None:
        return None
    subject = f"ip:{ip}" if ip else f"mac:{mac}"
    return [
        (subject, "net.ip", ip or ""),
        (subject, "net.mac", mac or ""),
        (subject, "dhcp.hostname", row.text("host_name")),
        (subject, "dhcp.client_fqdn", row.text("client_fqdn")),
        (subject, "dhcp.vendor_class", row.text("client_software")),
    ]


_SOFTWARE = {
    "HTTP::SERVER": "http.server",
    "HTTP::BROWSER": "http.user_agent",
    "SSH::SERVER": "banner.ssh",
    "FTP::SERVER": "banner.ftp",
    "DHCP::CLIENT": "dhcp.vendor_class",
}


def _software(row: Row) -> Found | None:
    ip = ip_text(row.text("host"))
    if ip is None:
        return None
    kind = row.text("software_type")
    attribute = "service.os" if kind.startswith("OS::") else _SOFTWARE.get(kind, "service.product")
    return [(f"ip:{ip}", attribute, row.text("unparsed_version") or row.text("name"))]


def _known_host(row: Row) -> Found | None:
    ip = ip_text(row.text("host"))
    return None if ip is None else [(f"ip:{ip}", "net.ip", ip)]


def _known_service(row: Row) -> Found | None:
    ip = ip_text(row.text("host"))
    if ip is None:
        return None
    return [(f"ip:{ip}", "net.port", f"{row.text('port_proto').lower()}/{row.number('port_num')}")]


def _known_certificate(row: Row) -> Found | None:
    ip = ip_text(row.text("host"))
    if ip is None:
        return None
    subject = f"ip:{ip}"
    return [
        (subject, "tls.subject", row.text("subject")),
        (subject, "tls.issuer", row.text("issuer_subject")),
        (subject, "tls.serial", row.text("serial").lower()),
    ]


def _known_device(row: Row) -> Found | None:
    mac = mac_text(row.text("mac"))
    if mac is None:
        return None
    return [(f"mac:{mac}", "net.mac", mac), (f"mac:{mac}", "dhcp.hostname", row.text("dhcp_host_name"))]


def _of_server(field: str, attribute: str) -> Callable[[Row], Found | None]:
    def facts(row: Row) -> Found | None:
        sides = _sides(row)
        return None if sides is None else [(sides[1], attribute, row.text(field))]

    return facts


def _of_client(field: str, attribute: str) -> Callable[[Row], Found | None]:
    def facts(row: Row) -> Found | None:
        sides = _sides(row)
        return None if sides is None else [(sides[0], attribute, row.text(field))]

    return facts


LOGS: dict[str, Callable[[Row], Found | None]] = {
    "dhcp": _dhcp,
    "dns": _dns,
    "http": _http,
    "known_certs": _known_certificate,
    "known_devices": _known_device,
    "known_hosts": _known_host,
    "known_services": _known_service,
    "sip": _of_client("user_agent", "banner.sip"),
    "snmp": _of_server("display_string", "snmp.sys_descr"),
    "software": _software,
    "ssh": _of_server("server", "banner.ssh"),
    "ssl": _ssl,
}

# For logs that do not say which they are, the fields that only that log has; the first that fits.
_TELLING: list[tuple[str, tuple[str, ...]]] = [
    ("conn", ("id.orig_h", "proto", "conn_state")),
    ("http", ("id.orig_h", "trans_depth")),
    ("dns", ("id.orig_h", "trans_id", "proto")),
    ("ssl", ("id.orig_h", "established", "resumed")),
    ("x509", ("certificate.subject",)),
    ("dhcp", ("mac", "msg_types")),
    ("software", ("host", "software_type")),
    ("capture_loss", ("percent_lost", "gaps")),
    ("stats", ("pkts_proc", "pkts_dropped")),
    ("known_services", ("host", "port_num", "port_proto", "service")),
]


def guess_log(fields: Container[str]) -> str:
    """Which log has these fields; empty when none of the known ones has."""
    return next((log for log, telling in _TELLING if all(name in fields for name in telling)), "")
