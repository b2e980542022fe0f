"""Claims -> conclusion: what counts once, what adds up, what is never certain, and what order must not change."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog, Step, Technique
from custodiet.identify.weigh import (
    BANDS,
    CERTAIN,
    LIKELY,
    MOST,
    SHOWN,
    band_of,
    conclude,
    conclude_all,
    evidence_of,
    lowered,
    may_be_certain,
    support,
)
from custodiet.model import FIELDS, Claim, Conclusion
from small import catalog, claim


@cache
def known() -> Catalog:
    with TemporaryDirectory() as folder:
        return catalog(Path(folder))


def maker(*claims: Claim) -> Conclusion:
    return conclude("manufacturer", claims, known())


def words() -> dict[str, Technique]:
    return known().techniques


TECHNIQUES = sorted(words())


def test_bands_are_named_from_their_lowest_confidence() -> None:
    for lowest, name in BANDS:
        assert band_of(lowest) == name
        if lowest:
            assert band_of(lowest - 0.001) != name


def test_the_same_technique_counts_once_and_the_strongest_counts() -> None:
    assert support([claim("acme", strength=0.5)] * 5, words()) == pytest.approx(0.5)
    assert support([claim("acme", strength=0.5), claim("acme", strength=0.8)], words()) == pytest.approx(0.8)


def test_different_techniques_add_up_as_independent_signs() -> None:
    both = [claim("acme", "protocol-reply", 0.5), claim("acme", "traffic", 0.5)]
    assert support(both, words()) == pytest.approx(0.75)
    assert maker(*both).confidence > maker(both[0]).confidence


@pytest.mark.parametrize("technique", [t for t in TECHNIQUES if t != "discovery-reply"])
def test_one_kind_of_evidence_alone_is_never_certain(technique: str) -> None:
    alone = maker(*[claim("acme", technique, 1.0, record=f"r{n}", observations=(f"obs-{n}",)) for n in range(9)])
    assert alone.confidence <= words()[technique].cap + 1e-9
    assert alone.band != "certain"
    assert alone.settle


@pytest.mark.parametrize("technique", ["address-block", "self-declared", "label", "stated", "other-tool"])
def test_what_anybody_can_write_or_set_stays_capped(technique: str) -> None:
    assert words()[technique].cap < CERTAIN


def test_a_technique_without_a_cap_counts_little() -> None:
    assert support([claim("acme", "invented", 1.0)], words()) == 0.5


def test_a_contradiction_lowers_is_shown_and_is_never_certain() -> None:
    sure = [claim("acme", "discovery-reply", 0.97), claim("acme", "certificate", 0.97)]
    assert maker(*sure).band == "certain"
    doubted = maker(*sure, claim("rival", "traffic", 0.1))
    assert doubted.value == "acme"
    assert doubted.confidence < maker(*sure).confidence
    assert doubted.band != "certain"
    assert [c.value for c in doubted.claims_against] == ["rival"]
    assert doubted.settle


def test_equal_evidence_on_both_sides_names_nobody_likely() -> None:
    drawn = maker(claim("acme", "certificate", 0.9), claim("rival", "protocol-reply", 0.9))
    assert drawn.band in ("possible", "unknown")
    assert len(drawn.claims_for) == len(drawn.claims_against) == 1


def test_sources_that_say_the_same_are_all_cited() -> None:
    """What a label repeats is still what the register says; more places than anybody looks at are not kept."""
    told = [claim("acme", "label", observations=(f"obs-{n:02}",)) for n in (3, 1, 2)]
    other = claim("acme", "label", observations=("obs-04", "obs-05"), record="r2")
    [one, two] = maker(*told, other).claims_for
    assert one.observations == ("obs-01", "obs-02", "obs-03") and two == other
    assert maker(*told, other).confidence == maker(told[0], other).confidence
    [many] = maker(*[claim("acme", "label", observations=(f"obs-{n:02}",)) for n in range(40)]).claims_for
    assert len(many.observations) == SHOWN


@pytest.mark.parametrize("technique", ["label", "model-grammar", "self-declared", "stated", "other-tool"])
def test_words_do_not_undo_what_a_device_answers(technique: str) -> None:
    answered = claim("acme", "discovery-reply", 0.97)
    found = maker(answered, claim("rival", technique, 0.9, record="r2"))
    assert (found.value, found.band) == ("acme", "likely"), "contradicted, so it is not certain"
    assert [one.value for one in found.claims_against] == ["rival"]
    many = [claim("rival", one, 0.9, record="r2", observed=one) for one in ("label", "model-grammar", "self-declared")]
    assert maker(answered, *many).value == "acme"


@pytest.mark.parametrize("technique", ["discovery-reply", "certificate", "address-block"])
def test_what_is_more_than_words_does(technique: str) -> None:
    found = maker(claim("acme", "certificate", 0.9), claim("rival", technique, 0.9, record="r2"))
    assert found.band in ("possible", "unknown")


def test_words_undo_what_is_less_than_an_answer_of_one_maker() -> None:
    for technique, strength in (("protocol-reply", 0.8), ("address-block", 0.9), ("web-page", 0.89)):
        found = maker(claim("acme", technique, strength), claim("rival", "label", 0.9, record="r2"))
        assert found.band in ("possible", "unknown"), technique


def test_only_of_who_made_it() -> None:
    """What it is called and what kind it is, people know as well."""
    answered, written = claim("A-100", "discovery-reply", 0.97, field="model"), claim("B-7", "label", field="model")
    assert conclude("model", [answered, written], known()).band == "possible"


def test_many_weak_rivals_do_not_add_up_to_one_strong_contradiction() -> None:
    weak = [claim(f"maker-{n}", "traffic", 0.25) for n in range(20)]
    assert maker(claim("acme", "certificate", 0.9), *weak).value == "acme"


def test_lowering_keeps_within_bounds() -> None:
    for own, against in itertools.product((0.0, 0.3, 0.97, 1.0), repeat=2):
        assert 0.0 <= lowered(own, against) <= own


def test_no_claims_is_unknown_with_what_would_settle_it() -> None:
    nothing = maker()
    assert (nothing.value, nothing.confidence, nothing.band) == ("", 0.0, "unknown")
    assert "discovery" in nothing.settle


def test_a_weak_sign_is_unknown_but_stays_visible() -> None:
    weak = maker(claim("acme", "traffic", 0.25))
    assert (weak.value, weak.band) == ("", "unknown")
    assert weak.claims_for
    assert weak.settle


@pytest.mark.parametrize("field", [f for f in FIELDS if f != "declared_manufacturer"])
def test_every_field_says_what_would_settle_it(field: str) -> None:
    assert conclude(field, [], known()).settle


def test_all_fields_are_concluded_in_reading_order_and_none_is_filled_from_another() -> None:
    claims = [claim("sees", field="brand"), claim("acme", field="oui_registrant"), claim("S", field="supplier")]
    found = {c.field: c for c in conclude_all(claims, known())}
    assert tuple(found) == FIELDS
    assert {field for field, c in found.items() if c.value} == {"brand", "oui_registrant", "supplier"}
    assert not found["manufacturer"].claims_for
    assert conclude_all([claim("acme")], known())[FIELDS.index("brand")].value == ""


def test_a_family_supports_its_member_but_the_member_needs_an_own_sign() -> None:
    shared = claim("acme", "discovery-reply", 0.8)
    own = claim("acme-home", "address-block", 0.9)
    both = maker(shared, own)
    assert both.claims_against == ()
    assert both.value == "acme-home"
    assert both.confidence > maker(own).confidence
    assert maker(shared).value == "acme"


def test_a_company_of_no_family_contradicts() -> None:
    assert maker(claim("acme", "certificate", 0.9), claim("rival", "traffic", 0.5)).claims_against


def test_a_model_within_a_longer_form_of_itself_is_the_same_model() -> None:
    both = conclude(
        "model",
        [claim("AC-1234-I", "discovery-reply", field="model"), claim("ac 1234", "label", field="model")],
        known(),
    )
    assert both.claims_against == ()
    assert len(both.claims_for) == 2


@pytest.mark.parametrize(("one", "other"), [("AC-1234", "AC-1235"), ("AC", "AC-1234"), ("C6N", "CS-C6N")])
def test_other_models_and_scraps_of_models_contradict(one: str, other: str) -> None:
    claims = [claim(one, "discovery-reply", field="model"), claim(other, "label", field="model")]
    assert conclude("model", claims, known()).claims_against


@pytest.mark.parametrize("device_class", ["camera", "recorder", "intercom", "thermal_camera", "access_controller"])
def test_surveillance_supports_every_class_of_it(device_class: str) -> None:
    own = claim(device_class, "label", 0.8, field="device_class")
    general = claim("surveillance", "protocol-reply", 0.8, field="device_class")
    found = conclude("device_class", [own, general], known())
    assert found.value == device_class
    assert found.claims_against == ()
    assert found.confidence > conclude("device_class", [own], known()).confidence


def test_surveillance_contradicts_what_is_none() -> None:
    claims = [
        claim("not_surveillance", "label", 0.9, field="device_class"),
        claim("surveillance", "web-page", 0.5, field="device_class"),
    ]
    found = conclude("device_class", claims, known())
    assert found.value == "not_surveillance"
    assert found.claims_against


def test_two_classes_contradict() -> None:
    claims = [
        claim("camera", "label", 0.9, field="device_class"),
        claim("recorder", "web-page", 0.9, field="device_class"),
    ]
    assert conclude("device_class", claims, known()).band != "certain"


def test_few_enough_claims_are_kept_to_be_read() -> None:
    many = [claim("acme", record=f"r{n}", observations=(f"obs-{n}",)) for n in range(50)]
    assert len(maker(*many).claims_for) == SHOWN


@st.composite
def some_claims(draw: st.DrawFn) -> list[Claim]:
    return draw(
        st.lists(
            st.builds(
                claim,
                st.sampled_from(["acme", "acme-home", "rival", "Somebody"]),
                st.sampled_from(TECHNIQUES),
                st.sampled_from([0.1, 0.25, 0.5, 0.8, 0.9, 0.97]),
                record=st.sampled_from(["r1", "r2"]),
                attribute=st.sampled_from(["http.server", "rtsp.server"]),
                observed=st.sampled_from(["x", "y"]),
                observations=st.sampled_from([("obs-1",), ("obs-2",)]),
                span=st.sampled_from([(0, 1), (0, 0)]),
            ),
            max_size=10,
        )
    )


FIELD = st.sampled_from(["manufacturer", "brand", "model"])
quick = settings(deadline=None, max_examples=80, derandomize=True)


@quick
@given(some_claims(), st.randoms(use_true_random=False), FIELD)
def test_the_order_of_claims_does_not_matter(claims: list[Claim], random: object, field: str) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert conclude(field, shuffled, known()) == conclude(field, claims, known())


@quick
@given(some_claims(), FIELD)
def test_saying_it_again_changes_nothing(claims: list[Claim], field: str) -> None:
    assert conclude(field, claims * 3, known()) == conclude(field, claims, known())


@quick
@given(some_claims(), st.sampled_from(TECHNIQUES), st.sampled_from([0.25, 0.5, 0.9]))
def test_support_for_the_answer_never_lowers_it(claims: list[Claim], technique: str, strength: float) -> None:
    before = maker(*claims)
    if before.value:
        after = maker(*claims, claim(before.value, technique, strength, record="r3"))
        assert after.value == before.value
        assert after.confidence >= before.confidence


@quick
@given(some_claims())
def test_speaking_against_the_answer_never_raises_it(claims: list[Claim]) -> None:
    before = maker(*claims)
    if before.value:
        after = maker(*claims, claim("An Outsider", "certificate", 0.9))
        assert after.value in ("", before.value, "An Outsider")
        if after.value == before.value:
            assert after.confidence <= before.confidence
            assert after.band != "certain"


@quick
@given(some_claims(), FIELD)
def test_a_conclusion_is_whole(claims: list[Claim], field: str) -> None:
    found = conclude(field, claims, known())
    assert 0.0 <= found.confidence <= 1.0
    assert (found.band == "unknown") == (found.value == "")
    assert not (found.claims_against and found.band == "certain")
    read = field == "brand" and any(one.technique == "label-read" for one in claims)
    assert bool(found.settle) == (found.band != "certain") or (read and found.band == "likely")
    assert not set(found.claims_for) & set(found.claims_against)


def test_a_device_that_says_thousands_of_values_is_weighed_at_once() -> None:
    strong = [claim("acme", "certificate", 0.9), claim("acme", "discovery-reply", 0.9)]
    many = [claim(f"maker {number}", strength=0.5) for number in range(3000)]
    answer = maker(*many, *strong)
    assert answer.value == "acme" and answer.claims_against
    assert maker(*many).band != "certain"


def test_kinds_that_rest_on_one_text_count_once() -> None:
    name = {"attribute": "upnp.friendly_name", "observed": "Acme AC-1234"}
    one_text = [claim("acme", "self-declared", 0.85, **name), claim("acme", "model-grammar", 0.9, **name)]
    assert support(one_text, words()) == pytest.approx(0.9)
    other = claim("acme", "model-grammar", 0.9, attribute="http.title", observed="AC-1234")
    assert support([one_text[0], other], words()) == pytest.approx(1 - 0.15 * 0.1)


def test_the_same_words_at_two_places_are_two_texts() -> None:
    claims = [
        claim("acme", "protocol-reply", 0.5, attribute="http.server", observed="Acme"),
        claim("acme", "web-page", 0.5, attribute="http.title", observed="Acme"),
    ]
    assert support(claims, words()) == pytest.approx(0.75)


@pytest.mark.parametrize(
    "claims",
    [
        [claim("acme", "discovery-reply", 0.97)],
        [claim("acme", "certificate", 0.9)],
        [claim("acme", "protocol-reply", 0.9)],
        [claim("acme", "web-page", 0.9), claim("acme", "protocol-reply", 0.8)],
        [claim("acme", "address-block", 0.9), claim("acme", "model-grammar", 0.9)],
        [claim("acme", "address-block", 0.9), claim("acme", "self-declared", 0.85)],
        [claim("acme", "address-block", 0.9), claim("acme", "traffic", 0.8)],
        [claim("acme", "protocol-reply", 0.8), claim("acme", "model-grammar", 0.9)],
    ],
)
def test_certain_may_rest_on_answers_or_on_two_bases(claims: list[Claim]) -> None:
    assert may_be_certain([evidence_of(claims, words())], words())


@pytest.mark.parametrize(
    "claims",
    [
        [],
        [claim("acme", "address-block", 1.0)],
        [claim("acme", "address-block", 1.0, observed=f"mac {n}", record=f"r{n}") for n in range(9)],
        [claim("acme", "address-block", 0.9), claim("acme", "firmware-format", 0.8)],
        [claim("acme", "address-block", 0.9), claim("acme", "traffic", 0.45)],
        [claim("acme", "traffic", 1.0)],
        [claim("acme", "self-declared", 1.0)],
        [claim("acme", technique, 1.0) for technique in ("self-declared", "model-grammar", "label", "stated")],
        [claim("acme", "self-declared", 1.0), claim("acme", "web-page", 0.45)],
        [claim("acme", "address-block", 0.9), claim("acme", "model-grammar", 0.45)],
        [claim("acme", "web-page", 1.0)],
        [claim("acme", "protocol-reply", 0.8)],
        [claim("acme", technique, 0.8, observed="one text") for technique in ("protocol-reply", "model-grammar")],
        [claim("acme", "of no known kind", 1.0), claim("acme", "self-declared", 1.0)],
    ],
)
def test_certain_never_rests_on_less_whatever_was_measured(claims: list[Claim]) -> None:
    assert not may_be_certain([evidence_of(claims, words())], words())
    if claims:
        assert conclude("manufacturer", claims, measured(step(0.4, 0.999))).band != "certain"


def test_what_people_typed_is_words_whatever_it_is_about() -> None:
    model = claim("acme", "model-grammar", 0.9, attribute="register.model", observed="AC-12")
    for attribute, certain in (("net.mac", True), ("register.mac", False), ("label.mac", False)):
        mac = claim("acme", "address-block", 0.9, attribute=attribute, observed="00:00:5e:00:53:01")
        assert may_be_certain([evidence_of([mac, model], words())], words()) is certain
        found = conclude("manufacturer", [mac, model], measured(step(0.4, 0.999)))
        assert (found.band == "certain") is certain  # one after the other: neither is taken for the other
        assert found.band in ("certain", "likely")


def test_a_typed_address_takes_nothing_from_one_that_was_seen() -> None:
    model = claim("acme", "model-grammar", 0.9, attribute="register.model", observed="AC-12")
    macs = [claim("acme", "address-block", 0.9, attribute=name) for name in ("register.mac", "net.mac")]
    for ordered in (macs, macs[::-1]):
        assert may_be_certain([evidence_of([*ordered, model], words())], words())


def step(support: float, states: float, **over: object) -> Step:
    given = {"id": f"s{support}{over}", "field": "manufacturer", "most": 1.0, "answers": 9, "right": 9, "means": "x"}
    return Step(support=support, states=states, **(given | over))  # type: ignore[arg-type]


def measured(*steps: Step) -> Catalog:
    """The catalog of invented records with these steps; each its own version, since a version never changes."""
    return replace(known(), version=repr(steps), calibration={one.id: one for one in steps})


def test_the_first_step_that_fits_states_the_confidence() -> None:
    told = measured(step(0.9, 0.95), step(0.75, 0.8), step(0.4, 0.5))
    for strength, stated in ((0.9, 0.95), (0.8, 0.8), (0.45, 0.5), (0.3, 0.3)):
        found = conclude("manufacturer", [claim("acme", strength=strength)], told)
        assert found.confidence == pytest.approx(stated)
        assert found.band == band_of(stated)


def test_what_was_measured_can_lower_too() -> None:
    assert conclude("manufacturer", [claim("acme", strength=0.9)], measured(step(0.4, 0.3))).value == ""


def test_a_step_of_one_kind_asks_that_kind_alone() -> None:
    told = measured(step(0.4, 0.9, technique="address-block"), step(0.4, 0.6))
    block = claim("acme", "address-block", 0.45)
    assert conclude("manufacturer", [block], told).confidence == 0.9
    assert conclude("manufacturer", [claim("acme", "traffic", 0.45)], told).confidence == 0.6
    weak = claim("acme", "address-block", 0.25)
    assert conclude("manufacturer", [claim("acme", "traffic", 0.45), weak], told).confidence == 0.6


def test_a_step_that_carries_certain_passes_over_what_may_not() -> None:
    told = measured(step(0.9, 0.98, carries_certain=True), step(0.9, 0.9))
    assert conclude("manufacturer", [claim("acme", "certificate", 0.9)], told).confidence == 0.98
    assert conclude("manufacturer", [claim("acme", "model-grammar", 0.9)], told).confidence == 0.9


def test_a_contradicted_value_is_never_stated_higher_than_the_contradiction_leaves_it() -> None:
    told = measured(step(0.4, 0.99))
    claims = [claim("acme", "certificate", 0.9), claim("rival", "traffic", 0.45)]
    found = conclude("manufacturer", claims, told)
    assert found.value == "acme"
    assert found.confidence == pytest.approx(lowered(0.9, 0.45), abs=1e-4)
    low = measured(step(0.4, 0.5))
    assert conclude("manufacturer", claims, low).confidence == 0.5


def test_steps_are_about_their_own_field() -> None:
    told = measured(step(0.4, 0.99, field="device_class"))
    assert conclude("manufacturer", [claim("acme", strength=0.45)], told).confidence == pytest.approx(0.45)


@cache
def ours() -> Catalog:
    """The invented records with the steps that we ship."""
    return replace(known(), version="ours", calibration=load_catalog().calibration)


def test_the_steps_we_ship_hold_together() -> None:
    for field in ("manufacturer", "device_class"):
        steps = [one for one in ours().calibration.values() if one.field == field]
        assert steps
        assert [one.support for one in steps if not one.technique] == sorted(
            (one.support for one in steps if not one.technique), reverse=True
        )
        for one in steps:
            assert 0 < one.states <= one.most <= MOST
            assert one.right <= one.answers
            assert one.technique in words() or not one.technique
        for one in steps:
            if field == "manufacturer" and not one.carries_certain:
                assert one.most < CERTAIN
            if one.support < 0.75 and not one.technique:
                assert one.most < LIKELY  # hints are hints, however often they were right


def test_every_kind_of_evidence_has_its_basis() -> None:
    assert {word.basis for word in words().values()} == {"answer", "trace", "words"}
    assert {words()[id].basis for id in ("self-declared", "model-grammar", "label", "stated", "other-tool")} == {
        "words"
    }
    assert words()["address-block"].basis == "trace"


@quick
@given(some_claims(), st.sampled_from(TECHNIQUES), st.sampled_from([0.25, 0.5, 0.9]))
def test_support_never_lowers_what_is_stated(claims: list[Claim], technique: str, strength: float) -> None:
    before = conclude("manufacturer", claims, ours())
    if before.value:
        more = claim(before.value, technique, strength, record="r3", attribute="http.title", observed="another text")
        after = conclude("manufacturer", [*claims, more], ours())
        assert after.value == before.value
        assert after.confidence >= before.confidence


@quick
@given(some_claims())
def test_speaking_against_never_raises_what_is_stated(claims: list[Claim]) -> None:
    before = conclude("manufacturer", claims, ours())
    after = conclude("manufacturer", [*claims, claim("An Outsider", "certificate", 0.9)], ours())
    if before.value and after.value == before.value:
        assert after.confidence <= before.confidence
        assert after.band != "certain"


def test_what_a_person_read_off_the_label_settles_the_brand() -> None:
    """Whatever lists and replies say; only another reading of a label speaks against it."""
    read = claim("safesight", field="brand", technique="label-read", strength=0.98)
    listed = claim("Other", field="brand", technique="label", strength=0.9)
    answered = claim("Other", field="brand", technique="discovery-reply", strength=0.97)
    told = conclude("brand", [read, listed, answered], known())
    assert (told.value, told.band, told.settle) == ("safesight", "likely", "")
    assert told.confidence > LIKELY and conclude("brand", [read], known()).band == "certain"
    assert {one.value for one in told.claims_against} == {"Other"}, "what else was said is shown"
    spelled = claim("SafeSight", field="brand", technique="label", strength=0.9)
    assert len(conclude("brand", [read, spelled], known()).claims_for) == 2
    two = conclude("brand", [read, claim("Other", field="brand", technique="label-read", strength=0.98)], known())
    assert two.band != "certain" and two.settle
    assert conclude("brand", [spelled], known()).settle, "a list is no look at the label"
