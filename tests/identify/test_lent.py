"""The MAC address of a router says nothing of who made the devices that are seen behind it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from custodiet.identify import Matcher, identify
from custodiet.identify.dossier import make_dossier, worked_out_again
from custodiet.model import Asset, Identifier, Observation, Source
from custodiet.report.dossier import stands_on
from custodiet.resolve import LENT
from small import DEVICE, catalog, fingerprint, seen

MAC = "00:00:5e:00:53:01"
ROUTERS = Identifier(kind="mac", value=MAC, identity=False, why=LENT)
BEHIND = msgspec.structs.replace(DEVICE, identifiers=(ROUTERS,))
SERVER = fingerprint("rival-server", "http.server", "{ manufacturer: rival }", regex="^Rival/")
BLOCK_NAME = fingerprint(
    "oui-acme", "net.oui_text", "{ oui_registrant: acme, manufacturer: acme }", regex="^Acme", technique="address-block"
)
SOURCE = Source(id="src-1", kind="scan", format="nmap", name="scan.xml", sha256="1" + "0" * 63, size=1)


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    return Matcher(catalog(tmp_path, SERVER, BLOCK_NAME))


def maker(asset: Asset, matcher: Matcher, *observations: Observation) -> str:
    return identify(asset, observations, matcher).get("manufacturer").value


@pytest.mark.parametrize(
    "told",
    [
        [seen("net.mac", MAC)],
        [seen("net.mac", MAC), seen("net.oui_text", "Acme Cameras")],
        [seen("net.mac", MAC), seen("register.mac", MAC.upper(), "row 2", "src-2")],
    ],
)
def test_it_names_no_maker_and_no_holder(matcher: Matcher, told: list[Observation]) -> None:
    found = identify(DEVICE, told, matcher)
    assert [found.get(field).value for field in ("manufacturer", "oui_registrant")] == ["acme", "acme"]
    found = identify(BEHIND, told, matcher)
    assert [found.get(field).value for field in ("manufacturer", "oui_registrant")] == ["", ""]
    assert not [claim for one in found.conclusions for claim in (*one.claims_for, *one.claims_against)]


def test_it_speaks_against_no_answer_of_the_device(matcher: Matcher) -> None:
    told = [seen("net.mac", MAC), seen("http.server", "Rival/1.0")]
    assert identify(BEHIND, told, matcher).get("manufacturer") == identify(BEHIND, told[1:], matcher).get(
        "manufacturer"
    )


def test_another_mac_of_the_device_is_its_own(matcher: Matcher) -> None:
    assert maker(BEHIND, matcher, seen("net.mac", MAC), seen("net.mac", "00:00:5e:00:53:02", "packet 2")) == "acme"
    by_software = msgspec.structs.replace(ROUTERS, why="two rows of the same list claim it")
    claimed = msgspec.structs.replace(DEVICE, identifiers=(by_software,))
    assert maker(claimed, matcher, seen("net.mac", MAC)) == "acme"


def test_what_is_known_by_the_mac_itself_is_the_router(matcher: Matcher) -> None:
    router = msgspec.structs.replace(BEHIND, subjects=(f"src-1/mac:{MAC}",))
    assert maker(router, matcher, seen("net.mac", MAC)) == "acme"


def test_the_dossier_shows_the_mac_and_why_it_is_silent_and_follows(matcher: Matcher) -> None:
    told = [seen("net.mac", MAC), seen("net.oui_text", "Acme Cameras"), seen("http.server", "Rival/1.0")]
    dossier = make_dossier(BEHIND, told, [SOURCE], matcher)
    assert {one.attribute for one in dossier.observations} == {"net.mac", "net.oui_text", "http.server"}
    assert [one.why for one in dossier.asset.identifiers] == [LENT]
    assert dossier.identification.get("manufacturer").value == "rival"
    assert worked_out_again(dossier)[0] == dossier.identification.conclusions


def test_a_silent_mac_is_not_counted_among_what_speaks(matcher: Matcher) -> None:
    dossier = make_dossier(BEHIND, [seen("net.mac", MAC), seen("http.server", "Rival/1.0")], [SOURCE], matcher)
    assert stands_on(dossier).startswith("1 observation speaks about it, read by 1 record; 1 more")
