"""The quick reading of plain DNS messages: it says what the whole reading says, or nothing."""

from __future__ import annotations

from struct import pack

import pytest
from test_dns import A, message, name, question, record

from custodiet.wire.dns import Service, parse_dns
from custodiet.wire.dns_plain import plain_facts

EDNS = b"\0" + pack("!HHIH", 41, 1232, 0, 12) + pack("!HH", 10, 8) + bytes(8)


def to_the_name(kind: int, data: bytes) -> bytes:
    """A record about the name that was asked for."""
    return b"\xc0\x0c" + pack("!HHIH", kind, 1, 60, len(data)) + data


PLAIN = {
    "a question": message([question("Time.Example.ORG")]),
    "with the options of EDNS": message([question("x.example", 28)], additionals=[EDNS]),
    "no address": message([question("x.example")], flags=0x8183),
    "addresses": message(
        [question("x.example")], [to_the_name(1, A), to_the_name(28, bytes(15) + b"\1")], flags=0x8180
    ),
    "twice the same": message([question("x.example")], [to_the_name(1, A)] * 2, flags=0x8180),
    "not ASCII": message([question("b\u00fcro.example")]),
    "a control character": message([question("a\nb.example")]),
}
NOT_PLAIN = {
    "two questions": message([question("a.example"), question("b.example")]),
    "an alias": message([question("a.example")], [to_the_name(5, name("b.example"))], flags=0x8180),
    "an owner in full": message([question("a.example")], [record("a.example", 1, A)], flags=0x8180),
    "authorities": message([question("a.example")], [], [record("a.example", 1, A)], flags=0x8180),
    "the root": message([b"\0" + pack("!HH", 2, 1)]),
    "a pointer": message([b"\x01a\xc0\x0c" + pack("!HH", 1, 1)]),
    "an unknown label": message([b"\x41" + b"a" * 65 + b"\0" + pack("!HH", 1, 1)]),
    "a zero in a label": message([b"\x03a\0b\0" + pack("!HH", 1, 1)]),
    "too long": message([question(".".join(["a" * 60] * 5))]),
    "cut": message([question("a.example")])[:-1],
    "more behind it": message([question("a.example")]) + b"\0",
    "an address that is cut": message([question("a.example")], [to_the_name(1, A)], flags=0x8180)[:-1],
    "a header alone": message(),
    "a header that is cut": message([question("a.example")])[:11],
    "nothing": b"",
}


@pytest.mark.parametrize("service", ["dns", "mdns", "llmnr"])
@pytest.mark.parametrize("what", PLAIN)
def test_the_plain_reading_agrees_with_the_whole(what: str, service: Service) -> None:
    whole = parse_dns(PLAIN[what], service)
    plain = plain_facts(PLAIN[what], service)
    if plain is None:
        assert whole.is_response and service != "dns"
    else:
        assert plain == (tuple(whole.facts()), tuple(whole.facts_about_peer()))


@pytest.mark.parametrize("what", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_the_whole_reading(what: str) -> None:
    assert plain_facts(NOT_PLAIN[what]) is None
