from __future__ import annotations

from pathlib import Path

import pytest

from catalog.factories import kinds, write
from custodiet.catalog.check import check_catalog


def faults(folder: Path) -> list[str]:
    return [result.fault for result in check_catalog(folder)]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("company: example-optics", "company: nobody", "nobody is no company we know"),
        ("code: SE, brand: sees", "code: SE, brand: other", "other is no brand we know"),
        ("code: P1, device_class: camera", "code: P1, device_class: kite", "kite is no device class we know"),
        ("date: yymmdd", "date: ddmmyy", "ddmmyy is no layout of a date we know"),
        ("date: yymmdd\n", "", "the group date and its layout go together"),
        ("(?P<platform>", "(?P<plateau>", "plateau is no part of a version we know"),
        ("version: '5.1',", "version: '5.2',", "gives version: '5.1' and not '5.2'"),
        ("'E5.1.2-P2-XX 241231'", "'F5.1'", "its example 'F5.1' is not read"),
        ("'E5.1-P1-SE 251302'", "'E5.1-P1-SE 250302'", "its counter-example 'E5.1-P1-SE 250302' is read"),
        ("['E5.1-P1-SE 251302', 'E5.1']", "[]", "there is no counter-example"),
        ("[0-9.]{3,9}", "(?:[0-9.]+)+", "an endless repeat stands inside an endless repeat"),
        ("(?P<code>", "(?P<code", "this is not a regular expression"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = kinds(tmp_path) / "firmware/example-version.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert any(fault in told for told in faults(tmp_path)), faults(tmp_path)


def test_two_formats_that_read_the_same_text_are_told(tmp_path: Path) -> None:
    text = (kinds(tmp_path) / "firmware/example-version.yml").read_text()
    write(tmp_path, "firmware/example-other.yml", text.replace("id: example-version", "id: example-other"))
    assert "its example 'E5.1-P1-SE 250102' is also read by example-other" in faults(tmp_path)
