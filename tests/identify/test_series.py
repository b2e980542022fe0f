"""Brand and model together: a series with a maker speaks, one without stays silent, and nothing is counted twice."""

from __future__ import annotations

import pytest

from custodiet.catalog import Catalog, load_catalog
from custodiet.identify import Matcher, all_claims
from custodiet.identify.series import series_claims, series_of
from custodiet.identify.weigh import conclude
from custodiet.model import Claim
from small import seen


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog()


def named(field: str, value: str, strength: float = 0.9) -> Claim:
    return Claim(
        field=field, value=value, technique="label", strength=strength, record="statement",
        observations=(f"obs-{field}",), attribute=f"register.{field}", observed=value,
    )  # fmt: skip


def makers(known: Catalog, *claims: Claim) -> set[str]:
    return {claim.value for claim in series_claims(claims, known)}


@pytest.mark.parametrize(
    ("brand", "model", "maker"),
    [
        ("honeywell", "HBW4PER2", "dahua"),
        ("honeywell", "Honeywell H4W4PER2", "dahua"),
        ("honeywell", "HCW4G", "dahua"),
        ("swann", "DVR8-1550", "hikvision"),
        ("digital-watchdog", "DWC-MTT4WiA", "tvt"),
        ("adt", "A-ADT4H2S", "idis"),
        ("steinsvik", "Orbit-351", "truen"),
        ("flir", "NR9320N", "dahua"),
        ("uniden", "DB1", "hikvision"),
    ],
)
def test_a_model_of_a_known_series_names_its_maker(known: Catalog, brand: str, model: str, maker: str) -> None:
    assert makers(known, named("brand", brand), named("model", model)) == {maker}


@pytest.mark.parametrize(
    ("brand", "model"),
    [
        ("honeywell", "HC35WB5R2"),
        ("honeywell", "HN35080200"),
        ("flir", "CM-3304-11-I"),
        ("flir", "FC-363-O"),
        ("lorex", "LNE3003"),
        ("abus", "TVIP62000"),
        ("digital-watchdog", "VMAX A1"),
        ("panasonic", "BL-C210"),
        ("indigovision", "any"),
        ("axis", "HBW4PER2"),
        ("uniden", "DB10"),
    ],
)
def test_a_series_without_a_known_maker_is_silent(known: Catalog, brand: str, model: str) -> None:
    assert makers(known, named("brand", brand), named("model", model)) == set()


def test_a_brand_or_a_model_alone_says_nothing(known: Catalog) -> None:
    assert makers(known, named("brand", "honeywell")) == set()
    assert makers(known, named("model", "HBW4PER2")) == set()


def test_a_brand_that_is_only_hinted_at_does_not_count(known: Catalog) -> None:
    assert makers(known, named("brand", "honeywell", 0.25), named("model", "HBW4PER2")) == set()


def test_the_claim_cites_both_and_names_the_record(known: Catalog) -> None:
    (claim,) = series_claims([named("brand", "honeywell"), named("model", "HBW4PER2")], known)
    assert claim.observations == ("obs-model", "obs-brand")
    assert (claim.record, claim.technique) == ("honeywell", "model-grammar")


def test_a_rule_for_the_same_model_is_not_counted_twice(known: Catalog) -> None:
    matcher = Matcher(known)
    found = [seen("register.brand", "Amcrest"), seen("register.model", "IP5M-T1179E")]
    claims = [claim for claim in all_claims(found, matcher) if claim.field == "manufacturer"]
    assert len({claim.record for claim in claims}) > 1
    assert {claim.technique for claim in claims} == {"model-grammar"}
    assert conclude("manufacturer", claims, known).band != "certain"


def test_a_device_that_names_thousands_of_models_costs_little(known: Catalog) -> None:
    claims = [named("brand", "honeywell"), *(named("model", f"X{number}") for number in range(5000))]
    assert makers(known, *claims) == set()


def test_the_name_of_the_brand_before_the_model_does_not_count(known: Catalog) -> None:
    assert [series.made_by for series in series_of(known.brands["swann"], "SWANN DVR8-1550")] == ["hikvision"]
    assert series_of(known.brands["swann"], "DVR8-15500") == ()


def test_the_maker_is_no_surer_than_the_label(known: Catalog) -> None:
    def strength(*claims: Claim) -> float:
        (said,) = series_claims(claims, known)
        return said.strength

    model = named("model", "HBW4PER2")
    hinted, read = named("brand", "honeywell", 0.45), named("brand", "honeywell", 0.9)
    assert strength(hinted, model) == 0.45
    assert strength(hinted, read, model) == strength(read, hinted, model) == strength(read, model) > 0.45
