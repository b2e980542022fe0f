"""What the web application sends to machines elsewhere: messages to webhooks and e-mail. Nothing else here sends.

An address that somebody typed must not lead inside: it is taken apart strictly, its name is looked up once, every
address that comes of it is checked, and the connection is made to a checked address itself, so that a second look-up
that says otherwise changes nothing. Redirects are answers like others and are not followed.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from ipaddress import IPv6Address, ip_address

import msgspec

from custodiet.web.destinations import Address, Network, Place, Relay, is_outside

SECONDS = 10.0
"""For a message to a webhook, from the look-up of the name to the answer."""
ANSWER = 4096
"""Bytes of an answer that are read."""
_MAIL_SECONDS = 20


class Unsent(Exception):
    """A message did not arrive.

    Args:
        came: a code that `labels` has words for.
        final: whether to try it again is of no use.
    """

    def __init__(self, came: str, *, final: bool = False) -> None:
        super().__init__(came)
        self.came, self.final = came, final


def is_own(address: Address) -> bool:
    """Whether an address is one of this machine; a datagram's socket tells from where it would send, and sends none."""
    kind = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(kind, socket.SOCK_DGRAM) as asked:
            asked.connect((str(address), 9))
            return ip_address(asked.getsockname()[0].partition("%")[0]) == address
    except OSError:
        return False


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name, as the resolver of this machine gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address; no name is looked up."""
    return socket.create_connection((str(ip_address(address)), port), timeout=seconds)


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How the network is reached: a test gives others."""

    look_up: Callable[[str, int], list[str]] = look_up
    connect: Callable[[str, int, float], socket.socket] = connect
    is_own: Callable[[Address], bool] = is_own
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = SECONDS


def checked(place: Place, inside: Sequence[Network], ways: Ways, until: float) -> list[str]:
    """The addresses of a place, each of which may be reached.

    Raises:
        Unsent: one of them may not, or there is none.
    """
    told: list[Address] = []
    for text in _within(until, lambda: ways.look_up(place.host, place.port)):
        try:
            one = ip_address(text)
        except ValueError:  # with a zone of this machine behind it, for example
            raise Unsent("inside", final=True) from None
        told.append((one.ipv4_mapped or one) if isinstance(one, IPv6Address) else one)
    if not told:
        raise Unsent("name")
    allowed = [any(one in network for network in inside) for one in told]
    if not all(is_outside(one, inside) for one in told):
        raise Unsent("inside", final=True)
    if any(ways.is_own(one) and not open for one, open in zip(told, allowed, strict=True)):
        raise Unsent("inside", final=True)
    return [str(one) for one in told]


def _within(until: float, ask: Callable[[], list[str]]) -> list[str]:
    """What a look-up gives; a resolver that hangs is left to itself."""
    came: list[list[str]] = []

    def run() -> None:
        try:
            came.append(ask())
        except OSError:
            came.append([])

    thread = threading.Thread(target=run, name="look-up", daemon=True)
    thread.start()
    thread.join(max(0.0, until - time.monotonic()))
    if not came:
        raise Unsent("name")
    return came[0]


def post(
    place: Place,
    body: bytes,
    headers: Sequence[tuple[str, str]],
    inside: Sequence[Network] = (),
    ways: Ways | None = None,
) -> int:
    """Send a message to a webhook.

    Args:
        place: where.
        body: JSON.
        headers: more of them; names and values of ours.
        inside: what the operator of the server allows beside what is outside.
        ways: how the network is reached.

    Returns:
        The status of the answer, which is one of success.

    Raises:
        Unsent: it was refused here, could not be handed over, or the answer is another.
    """
    ways = ways or Ways()
    until = time.monotonic() + ways.seconds
    addresses = checked(place, inside, ways, until)
    told = [("Host", place.shown), ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*told, *headers, ("Connection", "close")))
    request = f"POST {place.target} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body
    try:
        with _first(addresses, place.port, until, ways) as plain:
            plain.settimeout(_left(until))
            with ways.trust().wrap_socket(plain, server_hostname=place.host) as secure:
                secure.settimeout(_left(until))
                secure.sendall(request)
                status = _status(secure, until)
    except ssl.SSLCertVerificationError:
        raise Unsent("certificate") from None
    except TimeoutError:
        raise Unsent("slow") from None
    except (OSError, ValueError):
        raise Unsent("connection") from None
    if not 200 <= status < 300:
        raise Unsent(f"status {status}", final=status == 410)
    return status


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _first(addresses: list[str], port: int, until: float, ways: Ways) -> socket.socket:
    """A connection to the first address that takes one."""
    for address in addresses[:-1]:
        try:
            return ways.connect(address, port, min(_left(until), ways.seconds / 3))
        except OSError:
            continue
    return ways.connect(addresses[-1], port, _left(until))


def _status(secure: ssl.SSLSocket, until: float) -> int:
    """The number in the first line of the answer; of the rest, no more is read than is needed for that."""
    came = b""
    while b"\n" not in came and len(came) < ANSWER:
        secure.settimeout(_left(until))
        piece = secure.recv(ANSWER - len(came))
        if not piece:
            break
        came += piece
    found = re.match(rb"HTTP/1\.[01] (\d{3})[ \r\n]", came)
    if found is None:
        raise Unsent("answer")
    return int(found[1])


def send_mail(
    relay: Relay, message: EmailMessage, trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
) -> None:
    """Hand a message to the relay.

    Raises:
        Unsent: it does not take it, or what is sent would be read on the way.
    """
    with _mail_faults(), _greeted(relay, trust, _MAIL_SECONDS) as server:
        if relay.user:
            server.login(relay.user, relay.password)
        server.send_message(message)


def greet_relay(relay: Relay, seconds: float, trust: Callable[[], ssl.SSLContext] = ssl.create_default_context) -> None:
    """Look whether the relay answers as is needed, and take leave: no password and no message is sent.

    Raises:
        Unsent: it does not, or what is sent would be read on the way.
    """
    with _mail_faults(), _greeted(relay, trust, seconds):
        pass


@contextmanager
def _mail_faults() -> Iterator[None]:
    """What smtplib raises, as the one thing that came of it."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as fault:
        code = max((code for code, _ in fault.recipients.values()), default=0)
        raise Unsent(f"mail {code}", final=code >= 500) from None
    except smtplib.SMTPResponseException as fault:
        raise Unsent(f"mail {fault.smtp_code}") from None
    except ssl.SSLCertVerificationError:
        raise Unsent("certificate") from None
    except TimeoutError:
        raise Unsent("slow") from None
    except (OSError, smtplib.SMTPException, ValueError):
        raise Unsent("connection") from None


def _greeted(relay: Relay, trust: Callable[[], ssl.SSLContext], seconds: float) -> smtplib.SMTP:
    """A connection to the relay by which what is to be sent may go.

    Raises:
        Unsent: it would be read on the way.
    """
    if relay.tls:
        return smtplib.SMTP_SSL(relay.host, relay.port, timeout=seconds, context=trust())
    server = smtplib.SMTP(relay.host, relay.port, timeout=seconds)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=trust())
            server.ehlo()
        safe = isinstance(server.sock, ssl.SSLSocket) or _here(server.sock)
        if not safe and (relay.user or not relay.plain):
            raise Unsent("mail unprotected")
    except BaseException:
        server.close()
        raise
    return server


def _here(connected: socket.socket | None) -> bool:
    """Whether the other side is on this machine."""
    return connected is not None and ip_address(connected.getpeername()[0].partition("%")[0]).is_loopback
