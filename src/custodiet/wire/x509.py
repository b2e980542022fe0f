"""Certificates, as far as they tell who made a device.

Verifies nothing: the certificate of a camera is nearly always its own, often expired before it was made and sometimes
broken. What can be read is given; only a certificate without any name is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address

import msgspec

from custodiet.errors import WireError
from custodiet.wire.ber import (
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    UTC_TIME,
    Element,
    children,
    dotted,
    read_element,
    string,
)
from custodiet.wire.text import text

MAX_NAME = 1000
"""The most characters of a subject or issuer."""
MAX_SAN = 64
"""The most alternative names of one certificate that are kept."""

_SAN = "2.5.29.17"
_EXTENSIONS = 0xA3
_MAIL, _DNS, _URI, _IP = 0x81, 0x82, 0x86, 0x87
# The short names people know; anything else keeps its number.
_SHORT = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.13": "description",
    "2.5.4.17": "postalCode",
    "2.5.4.41": "name",
    "2.5.4.42": "GN",
    "2.5.4.46": "dnQualifier",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName",
}
_LONG = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "stateOrProvinceName": "ST",
    "localityName": "L",
    "domainComponent": "DC",
}


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What one certificate says; an empty text is something it does not say or that could not be read."""

    subject: str
    """Name of the holder, as ``CN=camera,O=Example`` with the narrowest part first; a comma in a value is ``\\,``."""
    issuer: str
    """Name of the one who signed it, written alike."""
    serial: str
    """Serial number in hexadecimal, lower case, two digits an octet, leading zero octets left out."""
    not_before: str
    """Start of validity, ISO 8601 in UTC."""
    not_after: str
    """End of validity, ISO 8601 in UTC."""
    san: tuple[str, ...]
    """Alternative names: host names, addresses, mail addresses and URIs."""

    def facts(self) -> Iterator[tuple[str, str]]:
        """What the device that shows this certificate says of itself."""
        yield from (
            (attribute, value)
            for attribute, value in (
                ("tls.subject", self.subject),
                ("tls.issuer", self.issuer),
                ("tls.serial", self.serial),
                ("tls.not_before", self.not_before),
            )
            if value
        )
        for name in self.san:
            yield "tls.san", name


def parse_certificate(der: bytes) -> Certificate:
    """Read a certificate in DER; bytes behind it are ignored.

    Raises:
        WireError: neither subject nor issuer can be found.
    """
    outer = read_element(der, cut=True)
    signed = read_element(der, outer.start, outer.end, cut=True) if outer.tag == SEQUENCE else None
    if signed is None or signed.tag != SEQUENCE:
        raise WireError("not a certificate")
    names: list[str] = []
    dates: list[str] = []
    serial = ""
    san: tuple[str, ...] = ()
    # The parts are told by what they hold, not by their place, so that a missing or odd part costs only itself.
    for part in children(der, signed, cut=True):
        if part.tag == INTEGER and not serial:
            serial = part.content(der)[:64].lstrip(b"\0").hex() or "00"
        elif part.tag == _EXTENSIONS:
            san = _alternative_names(der, part)
        elif part.tag == SEQUENCE:
            first = next(children(der, part, cut=True), None)
            if len(names) < 2 and (first is None or first.tag == SET):
                names.append(_name(der, part))
            elif not dates and first is not None and first.tag in (UTC_TIME, GENERALIZED_TIME):
                dates = [_date(time.tag, time.content(der)) for time in children(der, part, cut=True)][:2]
    if not any(names):
        raise WireError("a certificate with neither subject nor issuer")
    issuer, subject = (*names, "")[:2]
    not_before, not_after = (*dates, "", "")[:2]
    return Certificate(
        subject=subject, issuer=issuer, serial=serial, not_before=not_before, not_after=not_after, san=san
    )


def distinguished_name(pairs: Iterable[tuple[str, str]]) -> str:
    """A name of a certificate as ``CN=..,O=..``, in the order given.

    Args:
        pairs: kind of the part, in the long words that tools print or already short, and its value.
    """
    return ",".join(f"{_LONG.get(kind, kind)}={_escaped(value)}" for kind, value in pairs)


def _escaped(value: str) -> str:
    return value.replace(",", "\\,")


def _name(der: bytes, element: Element) -> str:
    """A distinguished name as text, the last part first, as RFC 4514 and most tools write it: CN=..,O=..,C=.."""
    parts: list[str] = []
    for relative in children(der, element, cut=True):
        for pair in children(der, relative, cut=True):
            fields = list(children(der, pair, cut=True))[:2]
            if len(fields) < 2 or fields[0].tag != OID:
                continue
            try:
                oid = dotted(fields[0].content(der))
            except WireError:
                continue
            value = _escaped(string(fields[1].tag, fields[1].content(der)))
            parts.append(f"{_SHORT.get(oid, oid)}={value}")
    return ",".join(reversed(parts))[:MAX_NAME]


def _date(tag: int, content: bytes) -> str:
    """A time as ISO 8601 in UTC; empty where it is no time."""
    try:
        written = content[:32].decode("ascii").strip("\0 ")
        year_digits = 4 if tag == GENERALIZED_TIME else 2
        digits = len(written) - len(written.lstrip("0123456789"))
        year = int(written[:year_digits])
        if tag == UTC_TIME:
            year += 1900 if year >= 50 else 2000
        rest = [int(written[at : at + 2]) for at in range(year_digits, digits, 2)]
        month, day, hour, minute, second = (*rest, 0, 0, 0)[:5]
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(written[digits:]))
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return ""


def _zone(suffix: str) -> timezone:
    """The zone behind the digits: ``Z``, ``+0100``, or nothing, which old devices mean as UTC.

    Raises:
        ValueError: hours or minutes that are no numbers, or a zone further than a day away.
    """
    sign = suffix[-5:-4]
    if sign in ("+", "-") and sign:
        distance = timedelta(hours=int(suffix[-4:-2]), minutes=int(suffix[-2:]))
        return timezone(-distance if sign == "-" else distance)
    return UTC


def _alternative_names(der: bytes, extensions: Element) -> tuple[str, ...]:
    for wrapper in children(der, extensions, cut=True):
        for extension in children(der, wrapper, cut=True):
            fields = list(children(der, extension, cut=True))[:3]
            if not fields or fields[0].tag != OID or fields[-1].tag != OCTET_STRING:
                continue
            try:
                if dotted(fields[0].content(der)) != _SAN:
                    continue
                names = read_element(der, fields[-1].start, fields[-1].end, cut=True)
            except WireError:
                continue
            found = (_alternative_name(name.tag, name.content(der)) for name in children(der, names, cut=True))
            return tuple(name for name in found if name)[:MAX_SAN]
    return ()


def _alternative_name(tag: int, content: bytes) -> str:
    """One alternative name; empty for kinds that tell nothing about a device."""
    if tag in (_MAIL, _DNS, _URI):
        return text(content, 255)
    if tag == _IP and len(content) in (4, 16):
        return str(ip_address(content))
    return ""
