"""What is written is what the reader of the same house reads."""

from __future__ import annotations

import pytest

from custodiet.wire.ber import dotted, integer, read_element
from custodiet.wire.ber_write import element, identifier, number, octets, sequence


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, -1, -128, -129, 0x7FFFFFFF, 1 << 63])
def test_numbers(value: int) -> None:
    made = number(value)
    assert integer(read_element(made).content(made)) == value


def test_numbers_are_short() -> None:
    assert [number(value).hex() for value in (0, 127, 128)] == ["020100", "02017f", "02020080"]


@pytest.mark.parametrize("name", ["1.3.6.1", "1.0.8802.1.1.2", "2.5.4.3", "1.3.6.1.4.1.4294967295.0.127.128"])
def test_names(name: str) -> None:
    made = identifier(tuple(map(int, name.split("."))))
    assert dotted(read_element(made).content(made)) == name


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 70_000])
def test_lengths(size: int) -> None:
    made = octets(bytes(size))
    assert read_element(made).content(made) == bytes(size)


def test_a_sequence_holds_its_parts() -> None:
    assert sequence(number(1), element(0x05, b"")).hex() == "30050201010500"
