"""Models explained part by part; what no family knows is not explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.catalog import load_catalog
from custodiet.catalog.check.models import check_models
from custodiet.catalog.contents import Catalog
from custodiet.catalog.models import LONGEST_MODEL, describe_model
from small import catalog, fingerprint

FAMILY = """
id: acme-model
name: Acme camera
fingerprints: [acme-rule]
regex: 'AC-(?P<kind>[CR])(?P<channels>\\d{2})(?:-(?P<feature>[A-Z]{1,6}))?'
parts:
  - { group: kind, part: kind, values: { C: camera, R: recorder }, classes: { C: camera, R: recorder } }
  - { group: channels, part: channels, says: '{} channels' }
  - { group: feature, part: feature, letters: true, values: { I: infrared, IR: red light, W: Wi-Fi } }
examples:
  - { model: AC-R08, says: { kind: recorder, channels: 8 channels } }
  - { model: AC-C01-IW, says: { feature: 'infrared, Wi-Fi' } }
counter_examples: [AC-X1]
references: [{ where: a manual, read: 2026-11-21 }]
added: 2026-11-21
"""
RULE = fingerprint("acme-rule", "device.model", "{ brand: sees, model: '{model}' }", regex="(?P<model>AC-[CR].*)")


def made(folder: Path, text: str = FAMILY) -> Catalog:
    return catalog(folder, RULE, {"models/acme-model.yml": text})


@pytest.fixture(scope="module")
def ours() -> Catalog:
    return load_catalog()


def test_each_part_is_told_in_words(tmp_path: Path) -> None:
    reading = describe_model("ac-r08", made(tmp_path))
    assert reading
    assert [(p.part, p.text, p.means) for p in reading.parts] == [
        ("kind", "r", "recorder"),
        ("channels", "08", "8 channels"),
    ]
    assert reading.device_class == "recorder"


def test_a_run_of_letters_is_read_with_the_longest_code_first(tmp_path: Path) -> None:
    reading = describe_model("AC-C01-IRWQI", made(tmp_path))
    assert reading
    assert [p.means for p in reading.parts if p.part == "feature"] == ["red light", "Wi-Fi", "", "infrared"]


@pytest.mark.parametrize("model", ["SeeS AC-C01", "  AC-C01 ", "AC-C01 buiten"])
def test_words_around_a_model_do_no_harm(tmp_path: Path, model: str) -> None:
    reading = describe_model(model, made(tmp_path))
    assert reading
    assert reading.model == "AC-C01"


@pytest.mark.parametrize("model", ["", " ", "AC-X1", "XAC-C01", "AC-C01X", "AC-C" + "0" * LONGEST_MODEL])
def test_what_no_family_knows_is_not_explained(tmp_path: Path, model: str) -> None:
    assert describe_model(model, made(tmp_path)) is None


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (("says: { kind: recorder, channels: 8 channels }", "says: { channels: 4 channels }"), "gives channels"),
        (("counter_examples: [AC-X1]", "counter_examples: [AC-R16]"), "counter-example"),
        (("[acme-rule]", "[acme-rul]"), "acme-rul is no fingerprint"),
        (("values: { C: camera, R: recorder }, classes", "values: { c: camera }, classes"), "capitals"),
        (("model: AC-R08", "model: AX-R08"), "is not read"),
    ],
)
def test_a_family_proves_itself(tmp_path: Path, wrong: tuple[str, str], fault: str) -> None:
    assert list(check_models(made(tmp_path))) == []
    (tmp_path / "models" / "acme-model.yml").write_text(FAMILY.replace(*wrong), encoding="utf-8")
    told = list(check_models(load_catalog([tmp_path], use_cache=False)))
    assert any(fault in result.fault for result in told), told


def test_a_fingerprint_and_its_family_call_a_thing_by_one_name(tmp_path: Path) -> None:
    rule = fingerprint("acme-rule", "device.model", "{ device_class: intercom }", regex="AC-[CR]")
    told = list(check_models(catalog(tmp_path, rule, {"models/acme-model.yml": FAMILY})))
    assert any("called recorder here and intercom" in result.fault for result in told)


@pytest.mark.parametrize(
    ("model", "device_class", "said"),
    [
        ("DS-2CD2T47G2-LSU/SL", "camera", {"4 megapixels", "generation 2", "microphone"}),
        ("DS-7616NI-K2/16P", "recorder", {"16 channels", "network recorder", "16 ports that power cameras"}),
        ("DS-3E0105P-E/M(B)", "not_surveillance", {"switch"}),
        ("IPC-HDBW2831RP-ZS", "camera", {"vandal-proof dome with infrared light", "8 megapixels"}),
        ("NVR4108-8P-4KS2/L", "recorder", {"8 channels"}),
        ("AXIS Q6135-LE", "camera", {"infrared light", "for outdoors"}),
        ("CP-UNR-104F1", "recorder", {"network recorder"}),
    ],
)
def test_models_that_are_no_examples(ours: Catalog, model: str, device_class: str, said: set[str]) -> None:
    reading = describe_model(model, ours)
    assert reading
    assert reading.device_class == device_class
    assert said <= {part.means for part in reading.parts}


@pytest.mark.parametrize("model", ["N100", "SD32GB", "DS-7500N", "CS-Z50VKEW", "GV-N3060", "PCI-X133", "IPC-A-610"])
def test_part_numbers_of_other_trades_are_not_explained(ours: Catalog, model: str) -> None:
    assert describe_model(model, ours) is None


def test_nothing_in_a_family_names_a_maker(ours: Catalog) -> None:
    assert len(ours.models) > 50
    assert {"manufacturer", "brand"}.isdisjoint(ours.models["hikvision-2cd"].__struct_fields__)
