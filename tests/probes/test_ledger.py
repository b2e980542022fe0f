"""The ledger: what goes in comes out, and no page can be changed, left out, put in or signed by another."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import IntegrityError
from custodiet.probes.ledger import PAGE, PROTOCOLS, Packet, Page, Pages, Seal, seal, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)


def packet(number: int = 1, **changed: object) -> Packet:
    plain = Packet(1e9 + number, f"10.0.{number // 250 % 250}.{number % 250}", "tcp", 80, 40000, 44, 1, "knock")
    return plain._replace(**changed)


def written(packets: list[Packet]) -> tuple[list[Page], Seal]:
    pages = Pages()
    taken = []
    for one in packets:
        pages.add(one)
        if pages.full and (page := pages.take()):
            taken.append(page)
    if page := pages.take():
        taken.append(page)
    return taken, seal(len(taken), sum(p.packets for p in packets), pages.last, pages.gaps, KEY)


def test_what_goes_in_comes_out_in_order() -> None:
    packets = [packet(n, why=("knock", "sadp-inquiry")[n % 2]) for n in range(PAGE + 100)]
    packets.append(packet(7, to="fe80::1", protocol="udp", port=3702, packets=3, size=900, why="x"))
    pages, sealed = written(packets)
    assert len(pages) == 2
    assert list(verify(pages, sealed)) == packets


@given(
    st.lists(
        st.builds(
            Packet,
            at=st.floats(0, 4e9),
            to=st.ip_addresses().map(str),
            protocol=st.sampled_from(PROTOCOLS),
            port=st.integers(0, 65535),
            from_port=st.integers(0, 65535),
            size=st.integers(0, 2**32 - 1),
            packets=st.integers(0, 2**32 - 1),
            why=st.text(max_size=40).filter(lambda text: text.isprintable()),
        ),
        max_size=30,
    )
)
@settings(deadline=None, max_examples=60)
def test_any_packets_come_out_as_they_went_in(packets: list[Packet]) -> None:
    # an IPv6 address that holds an IPv4 address is that address
    packets = [p._replace(to=p.to if not p.to.startswith("::ffff:") else "10.0.0.1") for p in packets]
    pages, sealed = written(packets)
    assert list(verify(pages, sealed)) == packets


def test_an_empty_ledger_can_be_signed_too() -> None:
    pages, sealed = written([])
    assert pages == [] and list(verify(pages, sealed)) == []


def changed_time(pages: list[Page]) -> list[Page]:
    other = written([packet(n, at=5.0) for n in range(10)])[0][0]
    return [msgspec.structs.replace(pages[0], packed=other.packed), *pages[1:]]


def other_reason(pages: list[Page]) -> list[Page]:
    return [msgspec.structs.replace(pages[0], reasons=("something harmless",)), *pages[1:]]


@pytest.mark.parametrize(
    "spoil",
    [
        changed_time,
        other_reason,
        lambda pages: pages[1:],
        lambda pages: pages[:-1],
        lambda pages: [pages[0], pages[0], *pages[1:]],
        lambda pages: [pages[1], pages[0], *pages[2:]],
        lambda pages: [],
        lambda pages: [msgspec.structs.replace(pages[0], packed=b"\0\1\2"), *pages[1:]],
    ],
)
def test_what_was_changed_is_found(spoil: Callable[[list[Page]], list[Page]]) -> None:
    pages, sealed = written([packet(n) for n in range(2 * PAGE + 5)])
    with pytest.raises(IntegrityError, match=r"page|end"):
        list(verify(spoil(pages), sealed))


@pytest.mark.parametrize("field", ["packets", "pages", "last", "gaps", "signature", "key"])
def test_the_end_cannot_be_changed(field: str) -> None:
    pages, sealed = written([packet(n) for n in range(20)])
    other = seal(9, 9, "ab", ["lost"], Ed25519PrivateKey.from_private_bytes(b"\2" * 32))
    with pytest.raises(IntegrityError):
        list(verify(pages, msgspec.structs.replace(sealed, **{field: getattr(other, field)})))


def test_a_page_that_unpacks_to_too_much_is_refused() -> None:
    import zlib

    pages, _ = written([packet()])
    bomb = msgspec.structs.replace(pages[0], packed=zlib.compress(bytes(200 << 20), 9))
    with pytest.raises(IntegrityError):
        list(bomb.packets())


def test_a_later_part_goes_on_where_the_earlier_ended() -> None:
    first, _ = written([packet(n) for n in range(10)])
    pages = Pages(first[-1])
    pages.add(packet(11))
    page = pages.take()
    assert page
    sealed = seal(2, 11, pages.last, (), KEY)
    assert len(list(verify([*first, page], sealed))) == 11
