"""That something answers at the address of a device does not say that it is still there: it may have been replaced."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from small import write
from story import MAKER_MAC, RULE, Town, scan, town

OLD, NEW = 1717200000, 1764201600  # 1 June 2024 and 27 November 2025; the rule wants it gone by 1 January 2025


@pytest.fixture
def home(tmp_path: Path) -> Town:
    """A town whose one rule is about a maker of our own catalog, so that what scanners say names him."""
    rule = {"directives/acme-rule.yml": RULE.replace("[acme]", "[hikvision]")}
    return replace(town(tmp_path), catalog=write(Path(os.environ["XDG_CACHE_HOME"]) / "named", rule))


CAMERA = ("Hikvision DS-2CD2143G2-I rtspd", "Hikvision network camera http config")
OTHER = ("Axis P3245-V",)


def answers(when: int, products: Sequence[str], mac: str = "") -> bytes:
    """What a scan of 10.0.0.5 got, from beyond a router unless it has a MAC address."""
    beside = f'<address addr="{mac.upper()}" addrtype="mac"/>' if mac else ""
    ports = "".join(
        f'<port protocol="tcp" portid="{port}"><state state="open"/><service name="http" product="{product}"/></port>'
        for port, product in enumerate(products, 80)
    )
    host = (
        f'<host starttime="{when}" endtime="{when + 9}"><status state="up"/>'
        f'<address addr="10.0.0.5" addrtype="ipv4"/>{beside}<ports>{ports}</ports></host>'
    )
    return scan(host).replace(b"1763300000", str(when).encode())


def found(home: Town) -> tuple[dict[str, Any], str]:
    """The finding of the one device, and all that was said of when it was there."""
    (entry,) = home.audit("--json").json["entries"]
    (finding,) = entry["findings"]
    verb = next(one for one in finding["answers"] if one["question"] == "verb")
    return finding, verb["because"]


def test_what_answers_later_without_a_name_is_no_sight_of_the_camera(home: Town) -> None:
    home.put("old.xml", answers(OLD, CAMERA))
    home.put("new.xml", answers(NEW, ("nginx",)))
    finding, because = found(home)
    assert (finding["outcome"], finding["status"]) == ("cannot judge", "undetermined")
    assert because == (
        "it was last seen on 2024-06-01; since then only its address was seen, last on 2025-11-27;"
        " what answers there does not say what it is"
    )
    assert finding["missing"] == ["whether it is still there after 2025-01-01: look on site, or see the removal record"]


def test_what_answers_later_with_another_maker_is_no_sight_of_the_camera(home: Town) -> None:
    home.put("old.xml", answers(OLD, CAMERA))
    home.put("new.xml", answers(NEW, OTHER))
    finding, because = found(home)
    assert finding["status"] == "undetermined"
    assert because.endswith("last on 2025-11-27; what answers there names another maker")


def test_a_row_of_a_register_is_still_listed_and_was_not_seen(home: Town) -> None:
    home.put("register.csv", "Objectnr;Omschrijving;Merk;IP-adres\r\nW-1;Dome camera;Hikvision;10.0.0.5\r\n")
    home.put("new.xml", answers(NEW, ("nginx",)))
    _, because = found(home)
    assert because == "a source without a date still lists it"


@pytest.mark.parametrize(("mac", "products"), [(MAKER_MAC, ("nginx",)), ("", CAMERA)])
def test_what_is_the_same_by_more_than_its_address_was_seen(home: Town, mac: str, products: Sequence[str]) -> None:
    home.put("old.xml", answers(OLD, CAMERA, mac))
    home.put("new.xml", answers(NEW, products, mac))
    finding, because = found(home)
    assert finding["outcome"] == "overdue"
    assert because == "it was seen on 2025-11-27, after 2025-01-01"


def test_how_fresh_tells_the_day_of_the_name_from_that_of_the_address(home: Town) -> None:
    def told(out: str) -> str:
        home.audit("-q", "--out", home.folder / out)
        return (home.folder / out / "findings.csv").read_text("utf-8")

    home.put("old.xml", answers(OLD, CAMERA))
    assert "named on" not in told("before")
    home.put("new.xml", answers(NEW, ("nginx",)))
    assert "named on 1 June 2024; its address last seen 4 days before 1 Dec 2025, in a scan" in told("after")
