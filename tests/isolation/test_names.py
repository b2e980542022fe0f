"""Names that stay inside, and names that leave."""

from __future__ import annotations

import pytest

from custodiet.errors import UsageError
from custodiet.isolation.names import is_inside_name
from custodiet.isolation.side import parse_allowed


@pytest.mark.parametrize(
    "name",
    [
        "nvr", "NVR.local.", "a.b.internal", "x.home.arpa", "5.0.0.10.in-addr.arpa", "wpad.lan",
        "1.0.168.192.in-addr.arpa", f"{'0.' * 30}d.f.ip6.arpa",
    ],
)  # fmt: skip
def test_inside(name: str) -> None:
    assert is_inside_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "vendor.example", "local.vendor.example", "8.8.8.8.in-addr.arpa", "x" * 25, "a" * 40 + ".local",
        "x.in-addr.arpa", "..in-addr.arpa", "ip6.arpa", "zz.ip6.arpa", "internal.example", "é.example",
    ],
)  # fmt: skip
def test_outside(name: str) -> None:
    assert not is_inside_name(name)


def test_domains_of_the_user_are_inside() -> None:
    assert is_inside_name("a.town.example", ["town.example"])
    assert not is_inside_name("atown.example", ["town.example"])


def test_what_is_allowed_is_read() -> None:
    networks, domains = parse_allowed(["10.0.0.5", "10.1.0.0/16", "fd00::/8", "*.Town.example."])
    assert [str(one) for one in networks] == ["10.0.0.5/32", "10.1.0.0/16", "fd00::/8"]
    assert domains == ("town.example",)


@pytest.mark.parametrize("wrong", ["10.0.0.5/24", "10.0.0", "", "a..b", "fe80::zz", "x/24", "999.1.1.1"])
def test_what_is_neither_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        parse_allowed([wrong])
