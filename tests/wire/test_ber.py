"""Elements, their lengths, and the few kinds of value that are read."""

from __future__ import annotations

import pytest
from der import number, oid, seq, tlv

from custodiet.errors import WireError
from custodiet.wire.ber import MAX_DEPTH, children, dotted, integer, read_element, string, walk


def test_short_long_and_high_tag() -> None:
    assert read_element(b"\x04\x02hi").content(b"\x04\x02hi") == b"hi"
    long = tlv(0x04, bytes(300))
    assert (read_element(long).start, read_element(long).end) == (4, 304)
    high = b"\x7f\x81\x01\x01x"
    element = read_element(high)
    assert (element.tag, element.content(high), element.constructed) == (0x7F8101, b"x", True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",  # indefinite
        b"\x30\x89" + bytes(20),  # a length of nine octets
        b"\x30\x82\x01",  # ends inside its length
        b"\x04\x05abc",  # more than there is
        b"\x1f\xff\xff\xff\xff\x01\x00",  # a tag without end
        b"\x1f\x81",
    ],
)
def test_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        read_element(data)


def test_cut_element_gives_what_is_there() -> None:
    element = read_element(b"\x04\x05abc", cut=True)
    assert (element.content(b"\x04\x05abc"), element.whole) == (b"abc", False)


def test_children_stop_at_their_parent() -> None:
    data = seq(number(1), number(2)) + number(3)
    assert [child.content(data) for child in children(data, read_element(data))] == [b"\x01", b"\x02"]


def test_child_longer_than_its_parent_is_refused_or_cut() -> None:
    data = b"\x30\x04\x04\x09ab" + b"behind!"
    root = read_element(data)
    with pytest.raises(WireError):
        list(children(data, root))
    assert [child.content(data) for child in children(data, root, cut=True)] == [b"ab"]


def test_walk_visits_parents_first_and_gives_up_when_too_deep() -> None:
    data = seq(seq(number(1)), number(2))
    assert [(depth, element.tag) for depth, element in walk(data, read_element(data))] == [
        (0, 0x30),
        (1, 0x30),
        (2, 0x02),
        (1, 0x02),
    ]
    deep = b""
    for _ in range(MAX_DEPTH + 2):
        deep = seq(deep)
    with pytest.raises(WireError, match="deeper"):
        list(walk(deep, read_element(deep)))


@pytest.mark.parametrize("value", [0, 1, 127, 128, -1, -129, 1 << 60])
def test_integers(value: int) -> None:
    data = number(value)
    assert integer(read_element(data).content(data)) == value


@pytest.mark.parametrize("value", ["1.3.6.1.4.1.39165.1.1", "2.999.3", "0.0", "1.3.6.1.4.1.50001.4294967295"])
def test_object_identifiers(value: str) -> None:
    data = oid(value)
    assert dotted(read_element(data).content(data)) == value


@pytest.mark.parametrize("content", [b"", b"\x2b\x86", b"\x2b" * 200])
def test_broken_object_identifiers(content: bytes) -> None:
    with pytest.raises(WireError):
        dotted(content)


def test_strings_of_every_kind() -> None:
    assert string(0x1E, "Größe".encode("utf-16-be")) == "Größe"
    assert string(0x0C, "Größe".encode()) == "Größe"
    assert string(0x13, b"abc\x00") == "abc\\x00"
    assert string(0x1E, b"\xd8\x00\x00") != ""  # half a character is no reason to stop
