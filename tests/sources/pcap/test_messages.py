"""What is remembered of a message: all that its reading rests on."""

from __future__ import annotations

import pytest

from custodiet.sources.pcap.messages import read_datagram, same_content


def probe_match(number: str = "uuid:1", scopes: str = "onvif://www.onvif.org/name/Lantern", inside: str = "") -> bytes:
    return (
        f"<s:Envelope><s:Header><a:MessageID>{number}</a:MessageID><a:RelatesTo>{number}</a:RelatesTo></s:Header>"
        f"<s:Body><d:ProbeMatches><d:ProbeMatch><d:Types>{inside}</d:Types><d:Scopes>{scopes}</d:Scopes>"
        "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    ).encode()


def test_an_answer_is_the_same_under_another_number() -> None:
    one, two = probe_match("uuid:1"), probe_match("urn:uuid:2-3")
    assert same_content(one, 3702) == same_content(two, 3702)
    assert read_datagram(one, 3702) == read_datagram(two, 3702)


@pytest.mark.parametrize(
    "other",
    [
        probe_match(scopes="onvif://www.onvif.org/name/Ember"),
        probe_match("1<!-- -->"),
        probe_match(inside="<a:MessageID>uuid:2</a:MessageID>"),
        b"<ProbeMatch><MessageID>uuid:1</MessageID></ProbeMatch>",
        b"<ProbeMatch><MessageID>uuid:2</MessageID></ProbeMatch>",
    ],
)
def test_an_answer_with_other_words_is_another(other: bytes) -> None:
    known = [
        probe_match(),
        probe_match(inside="<a:MessageID>uuid:1</a:MessageID>"),
        b"<ProbeMatch><MessageID>uuid:3</MessageID></ProbeMatch>",
    ]
    assert same_content(other, 3702) not in [same_content(one, 3702) for one in known]


@pytest.mark.parametrize("port", [67, 68, 5355])
def test_what_is_too_short_for_a_number_is_kept_whole(port: int) -> None:
    assert same_content(bytes(7), port) != same_content(b"\0" * 6 + b"\1", port)
