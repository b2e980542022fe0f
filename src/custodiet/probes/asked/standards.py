"""Searches that are public standards: WS-Discovery (by which ONVIF devices are found), SSDP and multicast DNS."""

from __future__ import annotations

from custodiet.probes.question import Question


def _probe(types: bytes) -> bytes:
    """A probe for one type of device, as ONVIF's core specification shows it."""
    return (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        b' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        b' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
        b' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"'
        b' xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
        b"<s:Header><a:MessageID>urn:uuid:{uuid}</a:MessageID>"
        b"<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
        b"<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>"
        b"<s:Body><d:Probe><d:Types>" + types + b"</d:Types></d:Probe></s:Body></s:Envelope>"
    )


WS_DISCOVERY = Question(
    id="ws-discovery-probe",
    title="WS-Discovery probe",
    sends="two datagrams of XML: who is a network video transmitter, and who is an ONVIF device of any kind",
    category="discovery",
    harmless="The standard exists for this one question; printers and computers that hear it are not meant by its "
    "types and stay silent.",
    transport="udp",
    ports=(3702,),
    groups=("239.255.255.250",),
    requests=(_probe(b"dn:NetworkVideoTransmitter"), _probe(b"tds:Device")),
)

SSDP = Question(
    id="ssdp-search",
    title="SSDP search",
    sends="one datagram `M-SEARCH` for root devices",
    category="discovery",
    harmless="Televisions, phones and routers send it all day; a device answers with the address of its description, "
    "which is not fetched because of it.",
    transport="udp",
    ports=(1900,),
    groups=("239.255.255.250",),
    requests=(
        b'M-SEARCH * HTTP/1.1\r\nHOST: {host}:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n',
    ),
)

_LOCAL = b"\x05local\0\0\x0c\x80\x01"  # the end of a name; PTR; please answer us alone

MDNS = Question(
    id="mdns-services",
    title="multicast DNS: which services",
    sends="one datagram with eight questions: which services there are, and who offers those of cameras and recorders",
    category="discovery",
    harmless="Asking for names is all that this message can do, and every phone on the network does it.",
    transport="udp",
    ports=(5353,),
    groups=("224.0.0.251",),
    requests=(
        b"\0\0\0\0\0\x08\0\0\0\0\0\0"
        b"\x09_services\x07_dns-sd\x04_udp" + _LOCAL + b"\x0b_axis-video\x04_tcp" + _LOCAL + b"\x09_axis-nvr\x04_tcp"
        + _LOCAL + b"\x05_psia\x04_tcp" + _LOCAL + b"\x04_CGI\x04_tcp" + _LOCAL + b"\x05_arec\x04_tcp"
        + _LOCAL + b"\x05_rtsp\x04_tcp" + _LOCAL + b"\x05_http\x04_tcp" + _LOCAL,
    ),
)  # fmt: skip
