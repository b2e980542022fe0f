"""Evidence as text: canonical, complete, and weighed as everywhere."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from custodiet.errors import SourceError
from custodiet.identify import Matcher, identify
from custodiet.identify import evidence as module
from custodiet.identify.evidence import Evidence, Said, as_text, conclude_evidence
from custodiet.model import FIELDS
from small import DEVICE, catalog, fingerprint, seen

SERVER = fingerprint("acme-server", "http.server", "{ manufacturer: acme, device_class: camera }", regex="^AcmeCam")
TITLE = fingerprint("rival-title", "http.title", "{ manufacturer: rival }", equals="[Rival]")
GRAMMAR = fingerprint("model-acme", "device.model", "{ manufacturer: acme }", regex="^ACME Z[0-9]+$")


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    return Matcher(catalog(tmp_path, SERVER, TITLE, GRAMMAR))


def test_evidence_is_sorted_and_says_each_thing_once(matcher: Matcher) -> None:
    evidence = Evidence(matcher)
    one = evidence.of_pairs([("http.title", "Rival"), ("http.server", "AcmeCam"), ("http.title", "Rival")])
    other = evidence.of_pairs([("http.server", "AcmeCam/2"), ("http.title", "Rival")])
    assert one == other
    assert msgspec.json.decode(one) == [
        ["device_class", "camera", "protocol-reply", 0.9, "acme-server", ""],
        ["manufacturer", "acme", "protocol-reply", 0.9, "acme-server", ""],
        ["manufacturer", "rival", "protocol-reply", 0.9, "rival-title", ""],
    ]


@pytest.mark.parametrize("pairs", [[], [("http.server", "nginx")], [("net.port", "tcp/80")], [("no.such", "AcmeCam")]])
def test_what_says_nothing_is_no_text(matcher: Matcher, pairs: list[tuple[str, str]]) -> None:
    assert Evidence(matcher).of_pairs(pairs) == ""


def test_only_the_wanted_fields_are_kept(matcher: Matcher) -> None:
    pairs = [("http.server", "AcmeCam"), ("http.title", "Rival"), ("register.supplier", "Kijkgoed")]
    found = Evidence(matcher, ["supplier"]).of_pairs(pairs)
    assert [one[0] for one in msgspec.json.decode(found)] == ["supplier"]
    assert Evidence(matcher, ["serial"]).of_pairs(pairs) == ""


def test_brand_and_model_of_one_record_speak_together(matcher: Matcher) -> None:
    evidence = Evidence(matcher, ["manufacturer"])
    assert evidence.of_pairs([("register.model", "Z100")]) == ""
    assert "model-acme" in evidence.of_pairs([("register.model", "Z100"), ("register.brand", "ACME")])


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("http.server", "AcmeCam")],
        [("http.server", "AcmeCam"), ("http.title", "Rival")],
        [("register.brand", "ACME"), ("register.model", "Z100"), ("register.firmware", "1.0")],
        [("register.brand", "SeeS"), ("net.mac", "00:00:5e:00:53:01"), ("http.title", "Rival")],
        [("register.mac", "00:00:5e:00:53:01"), ("register.model", "ACME Z9")],
        [("net.mac", "00:00:5e:00:53:01"), ("register.model", "ACME Z9")],
    ],
)
def test_the_answers_are_those_of_identify(matcher: Matcher, pairs: list[tuple[str, str]]) -> None:
    whole = identify(DEVICE, [seen(attribute, value) for attribute, value in pairs], matcher)
    apart = conclude_evidence([Evidence(matcher).of_pairs(pairs)], matcher)
    assert [(one.field, one.value, one.band, one.confidence) for one in apart] == [
        (field, found.value, found.band, found.confidence) for field in FIELDS for found in [whole.get(field)]
    ]


SERIES = {
    "brands/twofold.yml": "id: twofold\nname: Twofold\nnames: []\ncompany: acme\nmakes: []\nseries:\n"
    "  - { name: Z, models: 'Z[0-9]+', made_by: rival, certainty: confirmed }\n"
}


def test_what_the_maker_rests_on_is_kept_with_it(tmp_path: Path) -> None:
    matcher = Matcher(catalog(tmp_path, SERVER, SERIES))
    pairs = [("register.brand", "Twofold"), ("register.model", "Z100"), ("register.serial", "1")]
    whole = identify(DEVICE, [seen(*pair) for pair in pairs], matcher).get("manufacturer")
    assert whole.value == "rival"
    found = Evidence(matcher, ["manufacturer"]).of_pairs(pairs)
    assert {one[0] for one in msgspec.json.decode(found)} == {"brand", "model"}
    (apart,) = (one for one in conclude_evidence([found], matcher) if one.field == "manufacturer")
    assert (apart.value, apart.confidence) == (whole.value, whole.confidence)


def test_evidence_of_several_records_adds_up(matcher: Matcher) -> None:
    evidence = Evidence(matcher)
    pieces = [evidence.of_pairs([pair]) for pair in [("http.server", "AcmeCam"), ("register.brand", "SeeS")]]
    by_field = {one.field: one.value for one in conclude_evidence([*pieces, ""], matcher)}
    assert (by_field["manufacturer"], by_field["brand"]) == ("acme", "sees")


@pytest.mark.parametrize(
    "piece", ["x", "[[1]]", "{}", '[["manufacturer"]]', "[" * 100_000, "\ud800", '[["a","b","c","d","e"]]']
)
def test_what_is_no_evidence_is_told(matcher: Matcher, piece: str) -> None:
    with pytest.raises(SourceError, match="evidence"):
        conclude_evidence([piece], matcher)


def test_the_text_does_not_depend_on_order() -> None:
    said = [Said("brand", "b", "label", 0.5, "statement"), Said("brand", "a", "label", 0.5, "statement")]
    assert as_text(said) == as_text(reversed(said)) == as_text([*said, *said])
    assert as_text([]) == ""


def test_forgetting_changes_nothing(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    monkeypatch.setattr("custodiet.identify.REMEMBERED", 2)
    evidence = Evidence(matcher)
    for number in [*range(5), *range(5)]:
        assert "acme-server" in evidence.of_pairs([("http.server", f"AcmeCam/{number}")])
    assert len(matcher.said) <= 2
