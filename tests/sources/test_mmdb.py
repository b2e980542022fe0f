"""Databases of the user: what they say of an address, in the shapes of several makers; and files that lie."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import UsageError
from custodiet.model import Located
from custodiet.sources.mmdb import Database
from mmdb_file import MARKER, mmdb


def asked(folder: Path, data: bytes, address: str) -> Located | None:
    path = folder / "made.mmdb"
    path.write_bytes(data)
    with Database(path) as database:
        return database.of(ip_address(address))


@pytest.mark.parametrize(
    ("record", "country", "owner"),
    [
        ({"country": {"iso_code": "CN"}, "registered_country": {"iso_code": "US"}}, "CN", ""),
        ({"registered_country": {"iso_code": "US"}}, "US", ""),
        ({"autonomous_system_number": 64500, "autonomous_system_organization": "Example Net"}, "", "Example Net"),
        (
            {"country": "Netherlands", "country_code": "NL", "as_name": "Example  B.V.", "asn": "AS64500"},
            "NL",
            "Example B.V.",
        ),
        ({"country": "nl", "as_name": "Example"}, "NL", "Example"),
    ],
)
def test_the_shapes_of_several_makers(tmp_path: Path, record: Any, country: str, owner: str) -> None:
    found = asked(tmp_path, mmdb({"203.0.113.0/24": record}), "203.0.113.80")
    assert found == Located(country=country, network_owner=owner, database="Made-Country, made 2023-11-14")


@pytest.mark.parametrize("record", [{}, {"country": "Netherlands"}, {"country": {"iso_code": 7}}, {"as_name": ""}])
def test_a_record_that_says_neither_is_none(tmp_path: Path, record: Any) -> None:
    assert asked(tmp_path, mmdb({"203.0.113.0/24": record}), "203.0.113.80") is None


def test_an_address_it_does_not_hold_is_none(tmp_path: Path) -> None:
    data = mmdb({"203.0.113.0/24": {"country": {"iso_code": "CN"}}})
    assert asked(tmp_path, data, "198.51.100.1") is None
    assert asked(tmp_path, data, "2001:db8::1") is None


def test_ipv6_in_a_database_of_ipv4_is_none_and_no_fault(tmp_path: Path) -> None:
    data = mmdb({"203.0.113.0/24": {"country": {"iso_code": "CN"}}}, version=4)
    assert asked(tmp_path, data, "2001:db8::1") is None
    assert asked(tmp_path, data, "203.0.113.1") is not None


def test_a_day_that_no_calendar_holds_is_said(tmp_path: Path) -> None:
    found = asked(tmp_path, mmdb({"203.0.113.0/24": {"as_name": "x"}}, epoch=1 << 62), "203.0.113.1")
    assert found
    assert found.database == "Made-Country, of a day that it does not say"


@pytest.mark.parametrize("data", [b"", b"no database", MARKER, MARKER + b"\xe0", mmdb({"10.0.0.0/8": {}})[40:]])
def test_what_is_no_database_is_refused_with_a_next_step(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError, match=r"fetch it anew|Check the path"):
        asked(tmp_path, data, "10.0.0.1")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Database(tmp_path / "none.mmdb")


def test_every_cut_and_flip_is_an_answer_or_a_refusal(tmp_path: Path) -> None:
    whole = mmdb({"203.0.113.0/24": {"country": {"iso_code": "CN"}, "as_name": "Example"}})
    for at in range(0, len(whole), 7):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            try:
                asked(tmp_path, data, "203.0.113.80")
            except UsageError:
                continue
