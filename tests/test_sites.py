"""The sites file: what is read, what is refused and with which sentence, and where a device belongs."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from custodiet import plain_yaml
from custodiet.concluding import placed_asset
from custodiet.errors import UsageError
from custodiet.model import Asset, Body, Decision, Observation, Position, Site, Zone
from custodiet.plain_yaml import MOST_VALUES
from custodiet.sites import LARGEST_FILE, Places, load_sites

HEAD = "id: d\nname: Department\nkind: uk-central-department\ncountry: GB\n"
ZONE = "sites:\n  - id: a\n    name: A\n    zones:\n      - "


def load(tmp_path: Path, text: str | bytes, **more: object) -> Body:
    path = tmp_path / "sites.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_sites(path, **more)  # type: ignore[arg-type]


def refused(tmp_path: Path, text: str | bytes, **more: object) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text, **more)
    assert str(tmp_path) in caught.value.place
    assert caught.value.next_step
    return caught.value


def test_a_whole_file_is_read_as_written(tmp_path: Path) -> None:
    body = load(
        tmp_path,
        HEAD
        + """\
sites:
  - id: hq
    name: "No"
    names: [HQ, no]
    facts:
      routinely-used-by-ministers: {answer: no, decided_by: security team, decided_on: 2022-11-28}
    zones:
      - {id: cctv, subnets: [10.20.0.0/24, "fd00::/64"], vlans: [120], core: {answer: yes}}
""",
    )
    site = body.sites[0]
    assert site.name == "No" and site.names == ("HQ", "no")
    assert site.facts["routinely-used-by-ministers"] == Decision(
        answer="no", decided_by="security team", decided_on="2022-11-28"
    )
    assert site.zones[0].vlans == (120,) and site.zones[0].core.answer == "yes"


def test_a_file_in_docs_is_read(tmp_path: Path) -> None:
    docs = Path(__file__).resolve().parents[1] / "docs" / "sites-file.md"
    example = docs.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert load(tmp_path, example).sites[0].zones[0].subnets == ("10.20.0.0/24",)


def test_a_site_has_a_position_on_earth_or_none(tmp_path: Path) -> None:
    told = "sites:\n  - {id: a, name: A}\n  - {id: b, name: B, position: {latitude: -33.87, longitude: 180}}\n"
    assert [site.position for site in load(tmp_path, HEAD + told).sites] == [
        None,
        Position(latitude=-33.87, longitude=180),
    ]
    for wrong in ("latitude: 90.01, longitude: 0", "latitude: 0, longitude: -180.5", "latitude: nan, longitude: 0"):
        fault = refused(tmp_path, f"{HEAD}sites:\n  - id: a\n    name: A\n    position: {{{wrong}}}\n")
        assert fault.place.endswith(":8") and re.match("(latitude|longitude) may be at (most|least)", fault.reason)
    fault = refused(tmp_path, f"{HEAD}sites:\n  - id: a\n    name: A\n    position: {{latitude: 1, longitud: 2}}\n")
    assert "unknown key longitud" in fault.reason and "longitude" in fault.next_step


def test_a_key_with_nothing_behind_it_is_an_absent_key(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD + "facts:\nsites:\n").sites == ()


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + HEAD.encode()).id == "d"


@pytest.mark.parametrize(
    ("text", "line", "reason", "next_step"),
    [
        ("sites:\n  - {id: a, name: A, zonse: []}\n", 6, "unknown key zonse", "Did you mean zones?"),
        (ZONE + "{id: z, core: {anwser: yes}}\n", 9, "unknown key anwser", ""),
        ("sites:\n  - {name: A}\n", 6, "the key id is missing", "Add a line id"),
        ("facts:\n  x: {answer: maybe}\n", 6, "x has no readable answer", "yes, no or unknown"),
        ("facts:\n  x: yes\n", 6, "x has no readable answer", "yes, no or unknown"),
        ("facts:\n  x: {answer: yes, decided_on: 2022-13-01}\n", 6, "no such month", "2022-11-24"),
        ("facts:\n  x: {answer: yes, until: soon}\n", 6, "'soon' is not a date", "2022-11-24"),
        ("sites: all\n", 5, "sites wants a list, and here is a text", ""),
        ("sites: [all]\n", 5, "sites, number 1 wants keys with values below it, and here is a text", ""),
        ("sites:\n  - {id: a, name: A, position: [1, 2]}\n", 6, "position wants keys with values below it", ""),
        ("sites:\n  - {id: a, name: A, position: {latitude: 95, longitude: 1}}\n", 6, "latitude may be at most 90", ""),
        (ZONE + "{id: z, core: {answer: perhaps}}\n", 9, "answer does not take the word perhaps", ""),
        ("sites:\n  - {id: a, name: A}\n  - {id: a, name: B}\n", 7, "the site a stands twice", ""),
        ("sites:\n  - {id: a, name: A, country: england}\n", 6, "not a country code", "GB"),
        (ZONE + "{id: z, vlans: [4095]}\n", 9, "4095 is not a VLAN", ""),
        (ZONE + "{id: z, vlans: [x]}\n", 9, "vlans, number 1 wants a whole number, and here is a text", ""),
        (ZONE + "{id: z, subnets: [10.0.0.1/24]}\n", 9, "10.0.0.1/24", "host bits"),
        ("name: Again\n", 5, "the key name stands twice", "Keep one"),
        ("facts: &a {}\n", 5, "anchors and aliases", "Write the value out"),
        ("facts: *a\n", 5, "anchors and aliases", "Write the value out"),
        ("facts: !!map {}\n", 5, "tags (!)", "text"),
        ("facts: !!python/object/apply:os.system [ls]\n", 5, "tags (!)", "text"),
        ("---\nid: e\n", 5, "second document", "one body"),
        ("? [a]\n: b\n", 5, "a key is a word", ""),
        ("facts: {\n", 6, "this is not YAML", ""),
        ("facts: " + "[" * 40 + "\n", 5, "nested deeper", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_next_step(
    tmp_path: Path, text: str, line: int, reason: str, next_step: str
) -> None:
    error = refused(tmp_path, HEAD + text)
    assert reason in error.reason and next_step in error.next_step
    assert error.place.endswith(f":{line}")


def test_a_file_of_countless_values_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_VALUES <= 400_000
    monkeypatch.setattr(plain_yaml, "MOST_VALUES", 1000)
    assert "more than 1,000 values" in refused(tmp_path, HEAD + "sites: [" + "[]," * 1001 + "]\n").reason


def test_two_zones_may_not_share_an_address(tmp_path: Path) -> None:
    zones = "zones: [{id: z, subnets: ['10.0.0.0/16']}]"
    text = (
        f"{HEAD}sites:\n  - {{id: a, name: A, {zones}}}\n  - {{id: b, name: B, {zones.replace('0.0/16', '7.0/24')}}}\n"
    )
    error = refused(tmp_path, text)
    assert "a/z and b/z overlap" in error.reason and error.place.endswith(":7")


def test_one_zone_may_name_a_range_twice_and_neighbours_do_not_overlap(tmp_path: Path) -> None:
    zones = "zones: [{id: z, subnets: [10.0.0.0/16, 10.0.1.0/24]}, {id: y, subnets: [10.1.0.0/16, '::/0']}]"
    assert load(tmp_path, f"{HEAD}sites:\n  - {{id: a, name: A, {zones}}}\n").sites[0].zones[1].id == "y"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("facts: { x: { answer: yes, decided_on: 2026-11-23 } }", 5),
        ("sites:\n  - { id: a, name: A, facts: { x: { answer: yes, decided_on: 2027 } } }", 6),
        ("sites:\n  - { id: a, name: A, zones: [{ id: z, core: { answer: yes, decided_on: 2026-12 } }] }", 6),
        ("others:\n  - { id: a, name: A, facts: { x: { answer: yes, decided_on: 2026-11-23 } } }", 6),
        ("devices:\n  - { serial: S1, decided_on: 2026-11-23 }", 6),
        ("devices:\n  - { serial: S1, facts: { x: { answer: yes, decided_on: 2026-11-23 } } }", 6),
        ("devices:\n  - { serial: S1, events: [{ what: removed, on: 2026-11-23 }] }", 6),
    ],
)
def test_what_is_decided_on_a_day_to_come_is_refused_where_the_day_is_known(
    tmp_path: Path, text: str, line: int
) -> None:
    error = refused(tmp_path, f"{HEAD}{text}\n", today=date(2026, 11, 22))
    assert "is still to come" in error.reason and error.place.endswith(f":{line}")
    assert load(tmp_path, f"{HEAD}{text}\n", today=date(2027, 1, 1)).id == "d"


def test_an_answer_may_begin_and_end_on_a_day_to_come(tmp_path: Path) -> None:
    fact = "{ answer: yes, decided_on: 2026-11, since: 2027-01-01, until: 2030-01-01 }"
    body = load(tmp_path, f"{HEAD}facts: {{ x: {fact} }}\n", today=date(2026, 11, 22))
    assert body.facts["x"].until == "2030-01-01"


def test_an_unknown_kind_of_body_names_the_nearest(tmp_path: Path) -> None:
    error = refused(tmp_path, HEAD.replace("uk-central-department", "uk-central-departement"))
    assert error.next_step == "Did you mean uk-central-department?" and error.place.endswith(":3")


def test_an_answer_that_nobody_asks_for_is_refused_where_the_conditions_are_known(tmp_path: Path) -> None:
    text = HEAD + "facts: {holds-secret-or-above-routinly: {answer: yes}}\n"
    assert load(tmp_path, text).facts
    error = refused(tmp_path, text, conditions=["holds-secret-or-above-routinely"])
    assert error.next_step == "Did you mean holds-secret-or-above-routinely?"


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"\xff\xfe\x00", b"\x00", b"- a\n", b"words"])
def test_what_is_no_sites_file_is_refused(tmp_path: Path, data: bytes) -> None:
    refused(tmp_path, data)


def test_a_file_that_is_too_large_or_absent_is_refused(tmp_path: Path) -> None:
    assert "larger than" in refused(tmp_path, b"#" * (LARGEST_FILE + 1)).reason
    with pytest.raises(UsageError, match="cannot be read"):
        load_sites(tmp_path / "absent.yml")
    with pytest.raises(UsageError, match="cannot be read"):
        load_sites(tmp_path)


# --- where a device belongs

BODY = Body(
    id="d",
    name="D",
    kind="other",
    country="GB",
    sites=(
        Site(
            id="hq",
            name="Headquarters",
            names=("HQ",),
            zones=(
                Zone(id="cctv", subnets=("10.1.0.0/24", "fd00:1::/64"), vlans=(10,)),
                Zone(id="office", subnets=("10.1.1.0/24",), vlans=(20,)),
            ),
        ),
        Site(
            id="lab",
            name="Laboratory",
            names=("HQ annex",),
            zones=(Zone(id="cctv", subnets=("10.2.0.0/16",), vlans=(10,)),),
        ),
        Site(id="twin", name="Laboratory"),
    ),
)


@pytest.mark.parametrize(
    ("ips", "vlans", "text", "site", "zone", "why"),
    [
        (["10.1.0.9"], [], "", "hq", "cctv", "10.1.0.9 lies in hq/cctv"),
        (["fd00:1::9"], [], "", "hq", "cctv", "fd00:1::9"),
        (["10.1.0.9"], [], " hQ ", "hq", "cctv", "the register agrees"),
        (["10.1.0.9"], [10], "", "hq", "cctv", "10.1.0.9"),
        (["10.1.0.9", "10.2.0.9"], [], "", None, None, "two sites contradict"),
        (["10.1.0.9", "10.1.1.9"], [], "", "hq", None, "two zones contradict"),
        (["10.1.0.9"], [20], "", "hq", None, "but VLAN 20 is hq/office"),
        (["10.1.0.9"], [], "HQ annex", None, None, "but the register says lab"),
        ([], [20], "", "hq", "office", "VLAN 20"),
        ([], [10], "", None, None, "VLAN 10 is used at 2 sites"),
        ([], [10], "HQ", "hq", "cctv", "the register agrees"),
        ([], [20], "HQ annex", "lab", None, "no address or VLAN tells the zone"),
        ([], [], "Headquarters", "hq", None, "the register says Headquarters"),
        ([], [], "laboratory", None, None, "several sites are called that"),
        ([], [], "Depot", None, None, "no site is called that"),
        (["192.0.2.1", "nonsense"], [4000], "", None, None, "no address, VLAN or register entry"),
        ([], [], "   ", None, None, "no address, VLAN or register entry"),
    ],
)
def test_address_then_vlan_then_register_and_no_choice_between_contradictions(
    ips: list[str], vlans: list[int], text: str, site: str | None, zone: str | None, why: str
) -> None:
    found = Places(BODY).of(ips, vlans, [text])
    assert found[:2] == (site, zone)
    assert why in found[2]


def test_every_register_is_heard_of_where_a_device_is() -> None:
    rows = [
        Observation(id=text, source=text, subject="row:2", attribute="register.site", value=text, locator="row 2")
        for text in ("HQ", "HQ annex")
    ]
    placed = placed_asset(Asset(id="a", label="cam", subjects=()), rows, Places(BODY))
    assert (placed.site, placed.placed_by) == (None, CLASH)


CLASH = "registers name different sites: HQ / HQ annex"


@pytest.mark.parametrize(
    ("ips", "vlans", "texts", "site", "zone", "why"),
    [
        ([], [], ["HQ", "HQ annex"], None, None, CLASH),
        (["10.2.0.9"], [], ["HQ", "HQ annex"], "lab", "cctv", f"10.2.0.9 lies in lab/cctv; {CLASH}"),
        ([], [20], ["HQ", "HQ annex"], "hq", "office", f"VLAN 20 is hq/office; {CLASH}"),
        (
            ["10.1.0.9"],
            [],
            ["HQ annex", "twin"],
            None,
            None,
            "10.1.0.9 lies in hq/cctv; registers name different sites",
        ),
        ([], [], ["HQ", "headquarters"], "hq", None, "the register says HQ / headquarters; no address or VLAN"),
        ([], [], ["Laboratory", "HQ annex"], "lab", None, "the register says Laboratory / HQ annex"),
        ([], [], ["Depot", "HQ"], "hq", None, "; another entry says Depot, and no site is called that"),
        (["10.1.0.9"], [], ["HQ", "Depot"], "hq", "cctv", "; the register agrees; another entry says Depot"),
        ([], [], ["Depot", "Shed"], None, None, "the register says Depot / Shed, and no site is called that"),
    ],
)
def test_registers_that_name_different_sites_are_not_chosen_between(
    ips: list[str], vlans: list[int], texts: list[str], site: str | None, zone: str | None, why: str
) -> None:
    for order in (texts, texts[::-1]):
        found = Places(BODY).of(ips, vlans, order)
        assert found[:2] == (site, zone)
    assert why in Places(BODY).of(ips, vlans, texts)[2]
