"""From observations to an identification: claims cite what they rest on, and five names stay five names."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.identify import Matcher, claims_of, identify
from custodiet.model import FIELDS, Identification, Observation, observe
from small import DEVICE, catalog, fingerprint, seen

REPLY = fingerprint(
    "acme-oem", "sadp.oem_code", "{ manufacturer: acme }", regex="^1[0-9]{6}$",
    technique="discovery-reply", strength="decisive",
)  # fmt: skip
SERVER = fingerprint("acme-server", "http.server", "{ manufacturer: Acme, device_class: camera }", equals="[AcmeCam]")
GRAMMAR = fingerprint(
    "sees-model", "device.model", "{ brand: sees, model: '{m}' }", regex="^(?P<m>SS-[0-9]+)$", technique="model-grammar"
)
LEAD = fingerprint(
    "rumour", "http.title", "{ manufacturer: rival }", equals="[NetCam]", strength="decisive", shelf=True
)


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    return Matcher(catalog(tmp_path, REPLY, SERVER, GRAMMAR, LEAD))


def named(matcher: Matcher, *observations: Observation) -> Identification:
    return identify(DEVICE, observations, matcher)


def test_a_relabelled_camera_keeps_its_label_and_its_maker_apart(matcher: Matcher) -> None:
    found = named(
        matcher,
        seen("register.brand", "SeeS"),
        seen("register.supplier", "Kijkgoed"),
        seen("sadp.oem_code", "1021001"),
        seen("sadp.description", "SS-100"),
        seen("sadp.manufacturer", "SafeEyes"),
        seen("net.mac", "00:00:5e:00:53:01"),
    )
    values = {field: found.get(field).value for field in FIELDS}
    assert values == {
        "device_class": "",
        "brand": "sees",
        "manufacturer": "acme",
        "declared_manufacturer": "SafeEyes",
        "oui_registrant": "acme",
        "supplier": "Kijkgoed",
        "model": "SS-100",
        "firmware": "",
        "serial": "",
    }


@pytest.mark.parametrize(
    ("attribute", "value", "silent"),
    [
        ("register.brand", "SeeS", {"manufacturer", "declared_manufacturer", "supplier", "oui_registrant"}),
        ("register.manufacturer", "Acme", {"brand", "declared_manufacturer", "supplier", "oui_registrant"}),
        ("upnp.manufacturer", "Acme", {"brand", "manufacturer", "supplier", "oui_registrant"}),
        ("register.supplier", "Acme", {"brand", "manufacturer", "declared_manufacturer", "oui_registrant"}),
        ("sadp.oem_code", "1021001", {"brand", "declared_manufacturer", "supplier", "oui_registrant"}),
    ],
)
def test_one_name_is_never_filled_from_another(matcher: Matcher, attribute: str, value: str, silent: set[str]) -> None:
    found = named(matcher, seen(attribute, value))
    assert {field for field in silent if found.get(field).value or found.get(field).claims_for} == set()


def test_a_maker_that_is_sure_leaves_the_brand_open(matcher: Matcher) -> None:
    found = named(
        matcher, seen("sadp.oem_code", "1021001"), seen("http.server", "AcmeCam"), seen("net.mac", "00:00:5e:00:53:01")
    )
    assert found.get("manufacturer").band == "certain"
    assert found.get("brand").band == "unknown"
    assert "label" in found.get("brand").settle


def test_a_claim_cites_the_observation_and_the_record(matcher: Matcher) -> None:
    observation = seen("http.server", "AcmeCam", "packet 41")
    by_field = {claim.field: claim for claim in claims_of(observation, matcher)}
    claim = by_field["manufacturer"]
    assert claim.observations == (observation.id,)
    assert (claim.record, claim.attribute, claim.observed) == ("acme-server", "http.server", "AcmeCam")
    assert claim.value == "acme", "spelled as people do, concluded as the id"
    assert by_field["device_class"].value == "camera"


def test_a_record_on_the_shelf_never_decides(matcher: Matcher) -> None:
    (claim,) = claims_of(seen("http.title", "NetCam"), matcher)
    assert claim.strength == matcher.catalog.strengths["lead"].weight
    assert named(matcher, seen("http.title", "NetCam")).get("manufacturer").band == "unknown"


def test_a_span_stays_within_what_is_kept_of_a_long_value(tmp_path: Path) -> None:
    late = fingerprint("late", "http.body", "{ manufacturer: acme }", regex="needle")
    (claim,) = claims_of(seen("http.body", "x" * 1000 + "needle"), Matcher(catalog(tmp_path, late)))
    assert len(claim.observed) == 400
    assert claim.span == (400, 400)


def test_nothing_known_is_said_with_what_would_settle_it(matcher: Matcher) -> None:
    found = named(matcher, seen("http.server", "webserver"), seen("net.port", "tcp/80"))
    assert all(found.get(field).band == "unknown" for field in FIELDS)
    assert found.get("manufacturer").settle
    assert found.get("device_class").settle


def test_the_order_of_observations_does_not_matter(matcher: Matcher) -> None:
    observations = [
        seen("register.brand", "SeeS", source="src-2"),
        seen("sadp.oem_code", "1021001"),
        seen("http.server", "AcmeCam"),
        seen("http.server", "AcmeCam", "packet 9"),
        seen("http.title", "NetCam"),
        seen("net.mac", "00:00:5e:00:53:01"),
    ]
    assert named(matcher, *observations) == named(matcher, *reversed(observations))


def test_a_bare_part_number_speaks_beside_the_brand_of_its_row(tmp_path: Path) -> None:
    grammar = fingerprint("model-acme", "device.model", "{ manufacturer: acme }", regex="^ACME Z[0-9]+$")
    brand, model = seen("register.brand", "ACME"), seen("register.model", "Z100")
    elsewhere = seen("register.model", "Z100", source="src-2")
    matcher = Matcher(catalog(tmp_path, grammar))
    found = identify(DEVICE, [brand, model], matcher).get("manufacturer")
    assert found.value == "acme"
    assert found.claims_for[0].observations == (model.id, brand.id)
    assert identify(DEVICE, [brand, elsewhere], matcher).get("manufacturer").value == ""


def test_what_we_wrote_and_that_comes_back_makes_nothing_surer(matcher: Matcher) -> None:
    """Only what somebody changed in it counts; where nothing else is known, it is what is known."""

    def row(source: str, brand: str, *more: Observation) -> list[Observation]:
        return [observe(source, "row:2", "register.brand", brand, "row 2"), *more]

    ours = observe("back", "row:2", "register.custodiet_id", DEVICE.id, "row 2")
    maker = observe("back", "row:2", "register.manufacturer", "Hik", "row 2")
    own = [observe("scan", "ip:1", "register.brand", "Voorbeeld", "x"), *row("reg", "Voorbeeld")]
    alone = identify(DEVICE, own, matcher)
    assert alone.get("brand") == identify(DEVICE, [*own, *row("back", "VOORBEELD", ours)], matcher).get("brand")
    changed = identify(DEVICE, [*own, *row("back", "Ander", ours, maker)], matcher)
    assert changed.get("brand").confidence < alone.get("brand").confidence
    assert changed.get("manufacturer").claims_for
    assert identify(DEVICE, row("back", "Voorbeeld", ours), matcher).get("brand").value == "Voorbeeld"
