"""Answers beside the truth: what was right, what was wrong, what stayed open, and whether the bands mean what they say.

Each line is identified as one device, by the same function as in an audit, from the facts of its payload alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold
from custodiet.evaluate.knowable import Knowable, Reason, spelt
from custodiet.evaluate.lines import Fold, Labelled
from custodiet.evaluate.makers import Makers, Same
from custodiet.identify import Matcher, identify
from custodiet.model import Asset, Conclusion, Issue, observe
from custodiet.model.identification import Band

SCHEMA_VERSION = "custodiet-evaluation/1"
"""Raised when a reader of the JSON has to change."""

Verdict = Literal["right", "wrong", "unknown", "rightly unknown"]
"""``unknown``: no answer where there is one; ``rightly unknown``: no answer, and nobody knows one."""

NOBODY = "(nobody knows)"
"""Stands in the place of a maker whom nobody knows."""

FINE = 0.05
"""Width of the finer bins of the calibration."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One line, what was answered and how that compares."""

    id: str
    """The id of the line."""
    place: str
    """Where it stands in the file."""
    kind: str
    """The kind of its payload."""
    truth: str
    """Who made it, as the label says."""
    brand: str
    """The name on the box."""
    certainty: str
    """How well the truth is known."""
    device_class: str
    """What it is, in our words."""
    said: str
    """The maker we named; empty where we named none."""
    confidence: float
    """As stated with the maker, 0 to 1."""
    band: Band
    """The same in words."""
    verdict: Verdict
    """Whether the maker is right."""
    same_by: Same
    """Why it is the same company, where it is right."""
    same_group: bool
    """The company we named belongs to the group of the true one, where it is wrong."""
    cannot_be_known: Reason
    """Why the payload cannot tell the maker; empty where it can."""
    spelt: bool
    """The payload spells the maker, the brand or the model."""
    techniques: tuple[str, ...]
    """The kinds of evidence that speak for the maker we named."""
    records: tuple[str, ...]
    """The records that spoke for it."""
    said_class: str
    """The class we named; empty where we named none."""
    class_confidence: float
    """As stated with the class."""
    class_band: Band
    """The same in words."""
    class_verdict: Verdict
    """Whether the class is right; what is right though it is another word is counted apart."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How the answers about some lines compare."""

    lines: int
    """All of them."""
    right: int
    """The truth was named."""
    wrong: int
    """Something else was named, or something where nothing can be."""
    unknown: int
    """Nothing was named, although the truth is known."""
    rightly_unknown: int
    """Nothing was named, and nobody knows the truth."""


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of about the same confidence."""

    name: str
    """The band, or the lowest confidence of the bin."""
    answers: int
    """How many."""
    right: int
    """How many of them are right."""
    stated: float
    """The mean of the confidence that was stated."""
    share_right: float
    """The share that is right."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Whether stated confidence and share of right answers agree."""

    bands: tuple[Bin, ...]
    """The bands in which something was answered."""
    bins: tuple[Bin, ...]
    """The same answers in bins of `FINE`."""
    error: float
    """Mean distance of stated confidence and share right over the bands, weighted by their answers."""
    error_fine: float
    """The same over the finer bins."""


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the makers were named."""

    known: Count
    """All lines whose maker anybody knows."""
    knowable: Count
    """Those of them whose payload can tell it."""
    spelt: Count
    """Those of them whose payload spells maker, brand or model."""
    left_out: dict[str, int]
    """Why a line is not among the knowable -> how many."""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """How often we are right, and how often we accuse wrongly."""

    schema: str
    """`SCHEMA_VERSION`."""
    tool: str
    """Version of the program."""
    catalog: str
    """Version of the catalog."""
    fold: str
    """The part of the brands that was measured, as ``1/5``; empty: all."""
    lines: int
    """Lines that were measured."""
    maker: Count
    """The maker, over all lines."""
    by_maker: dict[str, Count]
    """The maker, by who made it in truth."""
    by_class: dict[str, Count]
    """The maker, by what the device is in truth."""
    by_kind: dict[str, Count]
    """The maker, by the kind of payload."""
    by_technique: dict[str, Count]
    """The makers that were named, by each kind of evidence that spoke for them."""
    classes: dict[str, Count]
    """The class, by what the device is in truth."""
    only_surveillance: int
    """Right classes that say no more than "a surveillance device"."""
    encoder_as_camera: int
    """Right classes that say encoder of a camera, where the labels of the file have no word for encoders."""
    calibration: dict[str, Calibration]
    """For ``manufacturer`` and ``device_class``."""
    recall: Recall
    """How many of the makers were named."""
    unknown_answers: int
    """Lines on which no maker was named."""
    unknown_right: int
    """Those of them whose maker nobody knows."""
    unknown_not_in_payload: int
    """Those of them whose maker the payload cannot tell."""
    named_on_unknowable: tuple[Judged, ...]
    """A maker was named, and the label says that nobody knows him."""
    named_wrongly: tuple[Judged, ...]
    """Another maker was named than the true one."""
    called_surveillance: tuple[Judged, ...]
    """Called a surveillance device, and it is none."""
    wrong_class: tuple[Judged, ...]
    """Other wrong classes."""
    not_in_catalog: tuple[str, ...]
    """Makers of the labels that the catalog does not know: no answer about them can be right."""
    issues: tuple[Issue, ...]
    """Lines that could not be used."""


def judge_line(line: Labelled, matcher: Matcher, makers: Makers, knowable: Knowable, encoders: bool) -> Judged:
    """Identify one line as one device, and compare; ``encoders``: the labels have a word for them."""
    subject = f"line:{line.id}"
    observed = [observe("labelled", subject, attribute, value, line.place) for attribute, value in line.facts]
    asset = Asset(id=line.id, label=line.id, subjects=(f"labelled/{subject}",))
    found = identify(asset, observed, matcher)
    maker, device_class = found.get("manufacturer"), found.get("device_class")
    same = makers.same(maker.value, line.maker) if maker.value and line.maker_known else ""
    return Judged(
        id=line.id,
        place=line.place,
        kind=line.kind,
        truth=line.maker,
        brand=line.brand,
        certainty=line.certainty,
        device_class=line.device_class,
        said=maker.value,
        confidence=maker.confidence if maker.value else 0.0,
        band=maker.band,
        verdict=_verdict(maker, line.maker_known, bool(same)),
        same_by=same,
        same_group=bool(maker.value) and not same and line.maker_known and makers.group(maker.value, line.maker),
        cannot_be_known=knowable.why_not(line),
        spelt=spelt(line),
        techniques=tuple(sorted({claim.technique for claim in maker.claims_for})) if maker.value else (),
        records=tuple(dict.fromkeys(claim.record for claim in maker.claims_for)) if maker.value else (),
        said_class=device_class.value,
        class_confidence=device_class.confidence if device_class.value else 0.0,
        class_band=device_class.band,
        class_verdict=_verdict(
            device_class, True, same_class(device_class.value, line.device_class, matcher.catalog, encoders)
        ),
    )


def _verdict(said: Conclusion, known: bool, same: bool) -> Verdict:
    if not said.value:
        return "unknown" if known else "rightly unknown"
    return "right" if same else "wrong"


def same_class(said: str, truth: str, catalog: Catalog, encoders: bool) -> bool:
    """Whether a class is right. Labels without a word for encoders file them under cameras."""
    if said == "encoder" and truth == "camera" and not encoders:
        return True
    return said == truth or (said == "surveillance" and bool(catalog.surveillance(truth)))


def evaluate(lines: Sequence[Labelled], issues: Sequence[Issue], catalog: Catalog, part: Fold | None) -> Evaluation:
    """Measure the lines.

    Args:
        lines: all lines of the file; those outside the fold only tell what makers share.
        issues: what could not be used.
        catalog: the catalog to measure.
        part: the part of the brands that is measured; none: all.
    """
    from custodiet import __version__

    matcher, makers, knowable = Matcher(catalog), Makers(catalog), Knowable(catalog, lines)
    asked = [line for line in lines if part is None or part.holds(line.brand or line.maker)]
    encoders = any(line.device_class == "encoder" for line in lines)
    judged = [judge_line(line, matcher, makers, knowable, encoders) for line in asked]
    named = [one for one in judged if one.said]
    silent = [one for one in judged if not one.said]
    accused = [one for one in judged if one.device_class == "not_surveillance" and catalog.surveillance(one.said_class)]
    known = [one for one in judged if one.cannot_be_known != "nobody knows"]
    can_be_known = [one for one in judged if not one.cannot_be_known]
    return Evaluation(
        schema=SCHEMA_VERSION,
        tool=__version__,
        catalog=catalog.version,
        fold=f"{part.part}/{part.of}" if part else "",
        lines=len(judged),
        maker=count(one.verdict for one in judged),
        by_maker=_by_maker(judged),
        by_class=_by(judged, lambda one: one.device_class),
        by_kind=_by(judged, lambda one: one.kind),
        by_technique={
            technique: count(one.verdict for one in named if technique in one.techniques)
            for technique in catalog.techniques
            if any(technique in one.techniques for one in named)
        },
        classes=_by(judged, lambda one: one.device_class, lambda one: one.class_verdict),
        encoder_as_camera=sum(
            one.class_verdict == "right" and (one.said_class, one.device_class) == ("encoder", "camera")
            for one in judged
        ),
        only_surveillance=sum(one.class_verdict == "right" and one.said_class == "surveillance" for one in judged),
        calibration={
            "manufacturer": calibrate([(one.confidence, one.band, one.verdict == "right") for one in named]),
            "device_class": calibrate(
                [
                    (one.class_confidence, one.class_band, one.class_verdict == "right")
                    for one in judged
                    if one.said_class
                ]
            ),
        },
        recall=Recall(
            known=count(one.verdict for one in known),
            knowable=count(one.verdict for one in can_be_known),
            spelt=count(one.verdict for one in can_be_known if one.spelt),
            left_out=dict(Counter(one.cannot_be_known for one in judged if one.cannot_be_known).most_common()),
        ),
        unknown_answers=len(silent),
        unknown_right=sum(one.verdict == "rightly unknown" for one in silent),
        unknown_not_in_payload=sum(one.cannot_be_known not in ("", "nobody knows") for one in silent),
        named_on_unknowable=tuple(one for one in named if one.cannot_be_known == "nobody knows"),
        named_wrongly=tuple(one for one in named if one.verdict == "wrong" and one.cannot_be_known != "nobody knows"),
        called_surveillance=tuple(accused),
        wrong_class=tuple(one for one in judged if one.class_verdict == "wrong" and one not in accused),
        not_in_catalog=tuple(
            sorted({line.maker for line in asked if line.maker_known and not makers.known(line.maker)})
        ),
        issues=tuple(issues),
    )


def count(verdicts: Iterable[Verdict]) -> Count:
    """How many of each."""
    counted = Counter(verdicts)
    return Count(
        lines=counted.total(),
        right=counted["right"],
        wrong=counted["wrong"],
        unknown=counted["unknown"],
        rightly_unknown=counted["rightly unknown"],
    )


def _by(
    judged: Sequence[Judged],
    key: Callable[[Judged], str],
    verdict: Callable[[Judged], Verdict] = lambda one: one.verdict,
) -> dict[str, Count]:
    """Counts by a word, the most lines first."""
    groups: dict[str, list[Verdict]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(verdict(one))
    return {word: count(groups[word]) for word in sorted(groups, key=lambda word: (-len(groups[word]), word))}


def _by_maker(judged: Sequence[Judged]) -> dict[str, Count]:
    """Counts by true maker, under the first of the spellings of one name."""
    spelling: dict[str, str] = {}
    for one in judged:
        spelling.setdefault(fold(one.truth), one.truth)
    return _by(
        judged,
        lambda one: NOBODY if one.cannot_be_known == "nobody knows" else spelling[fold(one.truth)],
    )


def calibrate(answers: Sequence[tuple[float, Band, bool]]) -> Calibration:
    """Stated confidence beside the share that is right.

    Args:
        answers: (confidence, its band, whether it is right) of each answer given.
    """
    bands: dict[str, list[tuple[float, bool]]] = {}
    bins: dict[str, list[tuple[float, bool]]] = {}
    for confidence, band, right in sorted(answers, key=lambda answer: -answer[0]):
        bands.setdefault(band, []).append((confidence, right))
        lowest = int(round(confidence, 4) / FINE + 1e-9) * FINE
        bins.setdefault(f"{lowest:.2f}", []).append((confidence, right))
    in_bands, in_bins = _bins(bands), _bins(bins)
    return Calibration(bands=in_bands, bins=in_bins, error=_error(in_bands), error_fine=_error(in_bins))


def _bins(groups: dict[str, list[tuple[float, bool]]]) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            name=name,
            answers=len(held),
            right=sum(right for _, right in held),
            stated=round(sum(confidence for confidence, _ in held) / len(held), 4),
            share_right=round(sum(right for _, right in held) / len(held), 4),
        )
        for name, held in groups.items()
    )


def _error(bins: Sequence[Bin]) -> float:
    answers = sum(one.answers for one in bins)
    return round(sum(one.answers * abs(one.stated - one.share_right) for one in bins) / answers, 4) if answers else 0.0
