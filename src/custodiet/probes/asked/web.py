"""Questions over HTTP and TLS: pages that need no log-in, and the certificate.

None of them carries a user name, a password or a cookie, and a redirect in an answer is not followed.
"""

from __future__ import annotations

from custodiet.probes.question import Question


def _get(path: bytes, connection: bytes = b"close") -> bytes:
    """A request for one page."""
    return (
        b"GET " + path + b" HTTP/1.1\r\nHost: {host}\r\nUser-Agent: custodiet\r\nAccept: */*\r\n"
        b"Connection: " + connection + b"\r\n\r\n"
    )


PORTS = (80, 8080, 81, 88)
"""Where cameras and recorders have their pages."""
SEALED_PORTS = (443, 8443)

FRONT = Question(
    id="http-front",
    title="front page",
    sends="one request for the page `/`",
    category="read",
    harmless="It is what a browser asks first; the page needs no log-in, and none is tried.",
    transport="tcp",
    ports=PORTS,
    requests=(_get(b"/"),),
)

PLATFORM = Question(
    id="http-isapi",
    title="pages of the ISAPI platform",
    sends="requests for `/ISAPI/System/deviceInfo` without a log-in, and for `/SDK/activateStatus`",
    category="read",
    harmless="The first is refused with the name of the realm, which tells the platform; no log-in is sent, so none "
    "can fail. The second only reads whether a password was ever set and is documented as open to all.",
    transport="tcp",
    ports=(80, 8080),
    requests=(_get(b"/ISAPI/System/deviceInfo", b"keep-alive"), _get(b"/SDK/activateStatus")),
    presets=("standard",),
    after="http-front",
)

CGI = Question(
    id="http-cgi",
    title="page of the magicBox platform",
    sends="one request for `/cgi-bin/magicBox.cgi` without an action and without a log-in",
    category="read",
    harmless="It is refused with the name of the realm, which tells the platform; without an action there is nothing "
    "that could be done.",
    transport="tcp",
    ports=(80, 8080),
    requests=(_get(b"/cgi-bin/magicBox.cgi"),),
    presets=("standard",),
    after="http-front",
)

UPNP = Question(
    id="upnp-description",
    title="UPnP description",
    sends="one request for `/upnpdevicedesc.xml`",
    category="read",
    harmless="The file exists to be fetched by anybody on the network who heard of the device.",
    transport="tcp",
    ports=(49152,),
    requests=(_get(b"/upnpdevicedesc.xml"),),
    presets=("standard",),
)

SEALED_FRONT = Question(
    id="https-front",
    title="front page over TLS",
    sends="one request for the page `/` inside TLS",
    category="read",
    harmless="As the front page; whatever certificate is shown is accepted, since no secret is told.",
    transport="tcp",
    ports=SEALED_PORTS,
    requests=(_get(b"/"),),
    tls=True,
    after="tls-hello",
)

_CIPHERS = bytes.fromhex(
    "c02bc02fc02cc030cca9cca8c009c013c00ac014"  # elliptic curves
    "009e009f00330039"  # Diffie-Hellman
    "009c009d003c003d002f0035000a00050004"  # RSA, down to what old devices know
)
_EXTENSIONS = bytes.fromhex(
    "000a000a0008001d001700180019"  # curves
    "000b00020100"  # points as they are
    "000d001600140403050306030804080508060401050106010201"  # signatures
)


def _counted(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


def _hello() -> bytes:
    """The first message of TLS 1.2, in which a server then shows its certificate in clear; it names no server."""
    body = (
        b"\x03\x03" + b"custodiet asks for a certificate"  # 32 bytes that need not be random: we end here
        b"\0" + _counted(_CIPHERS) + b"\x01\0" + _counted(_EXTENSIONS)
    )
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + _counted(message)


TLS = Question(
    id="tls-hello",
    title="TLS hello",
    sends="the first message of TLS, which names no server; the connection is closed when the certificate came",
    category="read",
    harmless="A server shows its certificate to everybody who begins; no keys are agreed and nothing is asked inside.",
    transport="tcp",
    ports=SEALED_PORTS,
    requests=(_hello(),),
)

_WHEN = (
    b'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    b'<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>'
)

ONVIF = Question(
    id="onvif-time",
    title="ONVIF: what time is it",
    sends="one SOAP request `GetSystemDateAndTime` without an account",
    category="read",
    harmless="ONVIF keeps this request open to everybody, so that clients can tell the time before they log in; it "
    "only reads.",
    transport="tcp",
    ports=(80, 8080, 8899),
    requests=(
        b"POST /onvif/device_service HTTP/1.1\r\nHost: {host}\r\nUser-Agent: custodiet\r\n"
        b"Content-Type: application/soap+xml; charset=utf-8\r\nContent-Length: " + str(len(_WHEN)).encode() + b"\r\n"
        b"Connection: close\r\n\r\n" + _WHEN,
    ),
    presets=("standard",),
)
