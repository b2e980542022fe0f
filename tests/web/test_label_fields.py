"""From lines and codes of a label to the fields of a form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ

from custodiet.sources.label_reading import Printed
from custodiet.web.label_fields import Code, Line, propose


def fields(*lines: str, codes: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> dict[str, str]:
    """What is proposed for lines and codes."""
    read = [Line(text=line, confidence=0.9, height=20) for line in lines]
    held = [Code(kind="QR Code", text=code) for code in codes]
    return {name: one.value for name, one in propose(held, read, names).items()}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("S/N: D12345678", {"serial": "D12345678"}),
        ("SN:4K0123PAZ9", {"serial": "4K0123PAZ9"}),
        ("SN4K0123PAZ9", {"serial": "4K0123PAZ9"}),
        ("S/N: SN0000001", {"serial": "SN0000001"}),
        ("Ser. No. 8B14A5URG", {"serial": "8B14A5URG"}),
        ("Serienummer 00408C1234", {"serial": "00408C1234"}),
        ("MAC: 44-19-B6-00-00-11", {"mac": "44:19:b6:00:00:11"}),
        ("Mac Address A4D5C242O3FE", {"mac": "a4:d5:c2:42:03:fe"}),
        ("00:40:8C:12:34:56", {"mac": "00:40:8c:12:34:56"}),
        ("MODEL: DS-2CD2143G2-I 2.8mm", {"model": "DS-2CD2143G2-I 2.8mm"}),
        ("Model VX1 S/N 12345678 Made in Korea", {"model": "VX1", "serial": "12345678", "made_in": "Korea"}),
        ("P/N: 01234-001", {"model": "01234-001"}),
        ("FCCID: 2AXAB-VX1000", {"fcc_id": "2AXAB-VX1000"}),
        ("CMIIT ID: 2019AP0001", {"certificate": "CMIIT ID: 2019AP0001"}),
        ("Fabriqué en Chine", {"made_in": "Chine"}),
        ("Made in the Netherlands", {"made_in": "Netherlands"}),
        ("Manufacturer: Kaap B.V.", {"manufacturer": "Kaap B.V."}),
        ("Examplevision Co.,Ltd.", {"manufacturer": "Examplevision Co.,Ltd."}),
        # words that only begin like one
        ("Snapshot 12345678", {}),
        ("Type: IP Dome Camera", {}),
        ("Machine 2000", {}),
        ("IP Address: 192.168.1.64", {}),
        ("S/N:", {}),
    ],
)
def test_a_line_says(line: str, told: dict[str, str]) -> None:
    assert fields(line) == told


def test_a_word_that_stands_alone_speaks_of_the_line_below() -> None:
    assert fields("S/N", "D12345678", "12345") == {"serial": "D12345678"}


def test_a_code_goes_before_what_letters_look_like() -> None:
    assert fields("S/N: 4KO123PAZ9", codes=("4K0123PAZ9",)) == {"serial": "4K0123PAZ9"}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("{SN:4K0123PAZ9,DT:VX-1}", {"serial": "4K0123PAZ9", "model": "VX-1"}),
        ("VX-1,MAC=4419B6000011", {"mac": "44:19:b6:00:00:11"}),
        ("https://example.org/a?sn=12345678", {}),
        ("D12345678", {"serial": "D12345678"}),
        ("44:19:B6:00:00:11", {"mac": "44:19:b6:00:00:11"}),
        ("D12345678 E12345678", {}),
    ],
)
def test_a_code_says(code: str, told: dict[str, str]) -> None:
    assert fields(codes=(code,)) == told


def test_a_brand_is_a_name_that_is_known_or_in_large_letters() -> None:
    assert fields("IP Camera", "HiLook", names=("hilook",)) == {"brand": "HiLook"}
    assert fields("SafeSight Network Camera", names=("safesight",)) == {"brand": "SafeSight"}
    assert fields("SAFE SIGHT IP Camera", names=("safesight", "safe")) == {"brand": "SAFE SIGHT"}
    assert fields("Camera HP", names=("hp",)) == {}, "two letters within a line may be anything"
    read = [Line(text="Voorbeeld", confidence=0.9, height=56), *[Line(text="Camera", confidence=0.9, height=20)] * 3]
    assert propose((), read, ())["brand"].value == "Voorbeeld"


@FUZZ
@given(st.lists(st.text(max_size=120), max_size=8), st.lists(st.text(max_size=120), max_size=4))
def test_any_text(lines: list[str], codes: list[str]) -> None:
    assert set(fields(*lines, codes=tuple(codes))) <= set(Printed.__struct_fields__)
