"""The small words of logs: protocols, counts and ports, and which files are logs at all."""

from __future__ import annotations

import pytest

from custodiet.sources.dns_logs.dialects import DNS
from custodiet.sources.firewall.dialects import FIREWALLS
from custodiet.sources.log_lines import count_of, port_of, transport_of
from custodiet.sources.log_reading import recognises


@pytest.mark.parametrize(
    ("written", "transport"),
    [
        ("TCP", "tcp"),
        ("17", "udp"),
        ("icmp", "ip/1"),
        ("ICMPv6", "ip/58"),
        (" 47 ", "ip/47"),
        ("256", ""),
        ("", ""),
        ("-1", ""),
        ("²", ""),
        ("tcpudp", ""),
    ],
)
def test_protocols_by_name_and_by_number(written: str, transport: str) -> None:
    assert transport_of(written) == transport


@pytest.mark.parametrize(
    ("written", "number"),
    [("7", 7), ("", 0), (None, 0), ("-7", 0), ("7.5", 0), ("9" * 18, 10**18 - 1), ("9" * 19, 0), ("٣", 0)],
)
def test_counts_that_can_be_stored(written: str | None, number: int) -> None:
    assert count_of(written) == number


def test_ports() -> None:
    assert (port_of("65535"), port_of("65536"), port_of("https")) == (65535, 0, 0)


def test_every_dialect_has_a_name_of_its_own() -> None:
    kinds = [*FIREWALLS, *DNS]
    assert len({kind.id for kind in kinds}) == len({kind.title for kind in kinds}) == len(kinds)
    assert all(kind.id and kind.title for kind in kinds)


QUERY = b"Nov 22 07:00:00 dnsmasq[7]: query[A] cam.example from 10.0.0.5\n"


def test_a_log_is_known_though_it_begins_with_other_lines_or_ends_in_the_middle_of_one() -> None:
    assert recognises(b"Nov 22 07:00:00 gw kernel: Linux version\n" * 100 + QUERY + QUERY[:20], DNS)
    assert recognises(QUERY, DNS)
    assert recognises(QUERY.rstrip(), DNS)
    assert not recognises(QUERY, FIREWALLS)
    assert not recognises(b"\0\1\2\n" + QUERY, DNS), "a file that begins with bytes of no text is no log"
