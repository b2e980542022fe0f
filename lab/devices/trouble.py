"""Trouble: hosts that keep silent, lie, babble, or die."""

from __future__ import annotations

from dataclasses import replace

from lab.certificate import Identity, broken_flight
from lab.device import Datagrams, Device, Place, Stream
from lab.devices import hikvision
from lab.web import Site, Streams, page, redirect, reply


def _unknown(place: Place, family: str, why: str, *, seen: bool = True) -> Device:
    return Device(
        place.address, place.mac("00:e0:4c", "00:0c:43"), place.network, family, "", "", "", "", seen=seen, why_not=why
    )


def silent(place: Place) -> Device:
    """Answers nothing to nobody."""
    device = _unknown(
        place, "silent", "answers no packet at all: only a neighbour table or a capture can tell", seen=False
    )
    device.drops = "all"
    return device


def filtered(place: Place) -> Device:
    """A camera behind a filter that lets only TCP 443 through, with a certificate that names it."""
    device = hikvision.camera(place)
    device.family, device.drops = "filtered", "most"
    device.tcp, device.udp, device.raw_sadp = {443: device.tcp[443]}, {}, b""
    device.protocols = ("tls",)
    device.expected = {"manufacturer": "hikvision"}
    device.why_not = "a filter drops all but TCP 443"
    return device


def refusing(place: Place) -> Device:
    """Refuses every port."""
    return _unknown(place, "refusing", "every port refuses: somebody is there, nobody can say who")


def spoofed(place: Place) -> Device:
    """A trap on a small computer: banners of two makers, the discovery of none."""
    device = _unknown(place, "spoofed", "banners of two makers contradict each other and no discovery answers")
    site = Site({"/": page("NETSurveillance WEB", server="App-webs/"),
                 "/ISAPI/System/deviceInfo": reply(status="401 Unauthorized", server="App-webs/",
                                                   headers=('WWW-Authenticate: Digest realm="IP Camera(C2183)", nonce="1"',))})  # fmt: skip
    device.tcp = {80: Stream(site), 554: Stream(Streams(public="OPTIONS, DESCRIBE", server="Dahua Rtsp Server")),
                  22: Stream(framed=False, greeting=b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")}  # fmt: skip
    device.mac = place.mac("b8:27:eb")
    device.protocols = ("http", "rtsp", "ssh")
    return device


def garbage(place: Place) -> Device:
    """Says what is no protocol, on every port that is asked."""
    device = _unknown(place, "garbage", "its answers are no protocol")
    noise = bytes((value * 73 + 41) % 256 for value in range(900))
    device.tcp = {80: Stream(lambda _request: b"HTTP/1.1 " + noise, once=True), 443: Stream(lambda _request: noise, framed=False),
                  554: Stream(lambda _request: b"RTSP/1.0 9999999\r\n\0\0" + noise, once=True),
                  8000: Stream(framed=False, greeting=noise), 37777: Stream(framed=False, greeting=b"\0" * 400)}  # fmt: skip
    device.udp = {37020: Datagrams(lambda _request: b"<ProbeMatch>" + b"<a>" * 300), 3702: Datagrams(lambda _request: noise),
                  37810: Datagrams(lambda _request: b"\x20\0\0\0DHIP" + b"\xff" * 24 + b"{" * 500),
                  161: Datagrams(lambda _request: b"\x30\x84\xff\xff\xff\xff" + noise)}  # fmt: skip
    return device


def endless(place: Place) -> Device:
    """Never stops talking, or never begins."""
    device = _unknown(place, "endless", "its answers never end, so its pages are never whole")
    device.tcp = {
        80: Stream(
            lambda _request: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", endless=b"<p>more</p>" * 90
        ),
        443: Stream(framed=False),
        554: Stream(lambda _request: b"RTSP/1.0 200 OK\r\nX: ", endless=b"x" * 900),
        8000: Stream(framed=False, greeting=b"x" * 100, endless=b"x" * 900),
    }
    return device


def elsewhere(place: Place) -> Device:
    """Its discovery answers come from another address, as with two network cards."""
    device = hikvision.camera(place)
    other = place.address.rpartition(".")[0] + ".253"
    device.family = "elsewhere"
    device.udp[37020] = replace(device.udp[37020], from_address=other, to_group=False)
    device.why_not = f"its discovery answers come from {other}"
    return device


def broken_certificate(place: Place) -> Device:
    """Shows bytes that are no certificate, or one whose time has passed."""
    device = hikvision.camera(place)
    device.family = "broken certificate"
    if place.number % 2:
        old = Identity(
            (("CN", "www.hikvision.com"), ("O", "HIKVISION")), since="20000101000000Z", until="20010101000000Z"
        )
        device.tcp[443] = replace(device.tcp[443], identity=old)
        return device
    flight = broken_flight()
    device.tcp[443] = Stream(lambda request: flight if request[:1] == b"\x16" else b"", framed=False)
    return device


def to_the_cloud(place: Place) -> Device:
    """Sends every page to a cloud name, which nobody may follow."""
    device = hikvision.ezviz(place)
    device.family = "to the cloud"
    device.tcp[80] = Stream(
        Site({"/": redirect("https://www.ezvizlife.com/")}, missing=redirect("https://www.ezvizlife.com/"))
    )
    device.protocols += ("http",)
    return device


def fragile(place: Place) -> Device:
    """A camera that dies at more than 20 packets in a second, at the third connection at once, or of unknown bytes."""
    device = hikvision.camera(place)
    device.family, device.fragile = "fragile", True
    device.tcp[8000] = Stream(framed=False, counts="kills")
    return device
