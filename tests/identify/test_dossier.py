"""The dossier holds all that its answers rest on: the records that spoke, whole, and nothing that has to be trusted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog
from custodiet.identify import Matcher, identify, remembered
from custodiet.identify import dossier as module
from custodiet.identify.dossier import Dossier, catalog_of, digest_of, make_dossier, makers_model
from custodiet.identify.recompute import recompute
from custodiet.model import Asset, Brand, Claim, Conclusion, Endpoint, Identification, Observation, Source, observe
from small import DEVICE, catalog, claim, fingerprint, seen

REALM = fingerprint("realm-acme", "http.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam/")
RIVAL = fingerprint("title-rival", "http.title", "{ manufacturer: rival }", regex="Rival")
OTHER = fingerprint("never-spoke", "http.server", "{ manufacturer: rival }", regex="^Nothing")

SOURCE = Source(id="src-1", kind="scan", format="nmap", name="scan.xml", sha256="1" + "0" * 63, size=1)


def observations() -> list[Observation]:
    return [
        seen("http.server", "AcmeCam/1.0"),
        seen("http.title", "Rival Optics viewer"),
        seen("net.mac", "00:00:5e:00:53:01"),
        seen("net.port", "tcp/80"),
    ]


@pytest.fixture
def known(tmp_path: Path) -> Catalog:
    return catalog(tmp_path, REALM, RIVAL, OTHER)


def made(known: Catalog, given: list[Observation] | None = None) -> Dossier:
    return make_dossier(DEVICE, observations() if given is None else given, [SOURCE], Matcher(known))


def test_its_answers_are_those_of_identify(known: Catalog) -> None:
    assert made(known).identification == identify(DEVICE, observations(), Matcher(known))


def test_it_holds_the_records_that_spoke_and_no_other(known: Catalog) -> None:
    records = made(known).records
    assert [record.id for record in records.fingerprints] == ["realm-acme", "title-rival"]
    assert [record.id for record in records.address_blocks] == ["acme"]
    assert {record.id for record in records.companies} == {"acme", "rival"}


def test_what_says_nothing_is_counted(known: Catalog) -> None:
    dossier = made(known)
    assert [o.attribute for o in dossier.observations] == ["http.server", "http.title", "net.mac"]
    assert dossier.silent == 1


def test_every_claim_finds_its_record_and_its_observations(known: Catalog) -> None:
    dossier = made(known)
    there = {observation.id for observation in dossier.observations}
    for conclusion in dossier.identification.conclusions:
        for one in (*conclusion.claims_for, *conclusion.claims_against):
            assert set(one.observations) <= there
            record = dossier.record(one)
            assert (record is None) == (one.record == "statement")


@pytest.mark.parametrize(
    ("technique", "kind"), [("address-block", "AddressBlocks"), ("traffic", "Endpoint"), ("model-grammar", "Brand")]
)
def test_of_records_that_share_an_id_the_kind_of_evidence_tells_which_spoke(
    known: Catalog, technique: str, kind: str
) -> None:
    endpoint = Endpoint(id="acme", purpose="cloud", asked_by="device", known_by="maker", specificity="maker")
    brand = Brand(id="acme", name="Acme")
    dossier = made(known)
    records = msgspec.structs.replace(dossier.records, endpoints=(endpoint,), brands=(brand,))
    found = msgspec.structs.replace(dossier, records=records).record(claim("acme", technique=technique, record="acme"))
    assert type(found).__name__ == kind


def test_a_brand_and_a_model_of_one_row_are_cited_together(tmp_path: Path) -> None:
    rule = fingerprint(
        "text-acme", "device.text", "{ manufacturer: acme }", regex="(?i)^ACME AC-\\\\d+", strength="platform"
    )
    known = catalog(tmp_path, {name: text.replace("\\\\", "\\") for name, text in rule.items()})
    row = [seen("register.brand", "ACME", "row 2"), seen("register.model", "AC-12", "row 2")]
    dossier = made(known, row)
    assert len(dossier.observations) == 2
    assert module.worked_out_again(dossier)[0] == dossier.identification.conclusions


def test_the_digest_is_of_the_content(known: Catalog) -> None:
    dossier = made(known)
    assert dossier.digest == digest_of(dossier) != digest_of(msgspec.structs.replace(dossier, silent=9))


def test_its_catalog_is_never_taken_for_ours(known: Catalog) -> None:
    dossier = made(known)
    again = catalog_of(dossier)
    assert again.version != known.version
    assert again.version.startswith("dossier ")
    heavier = msgspec.structs.replace(
        dossier.weights,
        strengths=tuple(msgspec.structs.replace(word, weight=0.5) for word in dossier.weights.strengths),
    )
    assert catalog_of(msgspec.structs.replace(dossier, weights=heavier)).version != again.version


def test_where_more_of_the_catalog_has_a_say_all_of_it_goes_along(
    known: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = module._spoken
    monkeypatch.setattr(
        module, "_spoken", lambda *given: msgspec.structs.replace(spoken(*given), fingerprints=(), address_blocks=())
    )
    dossier = made(known)
    assert [record.id for record in dossier.records.fingerprints] == ["never-spoke", "realm-acme", "title-rival"]
    assert module.worked_out_again(dossier)[0] == dossier.identification.conclusions


def test_models_of_several_makers_need_no_more_than_their_own_records() -> None:
    """What kind of device a rule leaves open is told by the grammar of each model that is claimed, not of one alone."""
    ours = load_catalog()
    rows = (("a.csv", "Hikvision", "DS-2CD2143G2-I"), ("b.csv", "Axis", "P3245-V"))
    given = [
        observe(register, DEVICE.subjects[0].partition("/")[2], f"register.{field}", value, "row 2")
        for register, brand, model in rows
        for field, value in (("brand", brand), ("model", model))
    ]
    dossier = make_dossier(DEVICE, given, [SOURCE], Matcher(ours))
    assert not [one for one in recompute(dossier) if "follow" in one]
    assert len(dossier.records.fingerprints) < 50 < len(ours.fingerprints)


def test_nothing_is_kept_of_the_catalog_of_a_dossier(known: Catalog) -> None:
    """A server makes many; what is made of our own catalog stays."""
    dossier = made(known)
    recompute(dossier)
    kept = [version for each in remembered._ALL for version in each]
    assert known.version in kept
    assert not [version for version in kept if version.startswith("dossier ")]


def test_a_device_of_which_nothing_is_known_has_a_dossier_too(known: Catalog) -> None:
    dossier = made(known, [])
    assert dossier.observations == ()
    assert [source.id for source in dossier.sources] == ["src-1"]
    assert not any(conclusion.value for conclusion in dossier.identification.conclusions)


def answer(field: str, value: str = "", *claimed: str) -> Conclusion:
    claims = tuple(
        Claim(
            field=field,
            value=one,
            technique="label",
            strength=0.9,
            record="x",
            observations=(),
            attribute="a",
            observed=one,
        )
        for one in claimed
    )
    return Conclusion(field=field, value=value, confidence=0.9, band="likely", claims_for=claims)


@pytest.mark.parametrize(
    ("brand", "model", "asked"),
    [("sees", "AC-1", "AC-1"), ("", "AC-1", "AC-1"), ("Elsewhere", "EW-1", "")],
)
def test_the_name_on_anothers_label_is_not_the_makers_model(known: Catalog, brand: str, model: str, asked: str) -> None:
    identification = Identification(
        asset="ast-1",
        catalog="x",
        conclusions=(answer("brand", brand), answer("manufacturer", "acme"), answer("model", model, model)),
    )
    assert makers_model(identification, known) == asked


def test_an_observation_of_a_row_keeps_its_place(known: Catalog) -> None:
    row = observe("src-1", "row:2", "register.brand", "SeeS", "row 2")
    asset = Asset(id="ast-2", label="row 2", subjects=("src-1/row:2",))
    dossier = make_dossier(asset, [row], [SOURCE], Matcher(known))
    assert dossier.observations == (row,)
    assert dossier.identification.get("brand").value == "sees"
