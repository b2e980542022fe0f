"""A dossier worked out again from the file alone: does what it concludes follow from what it cites?

The file comes from outside, so it is bounded before anything in it is used: its size, the length and number of its
expressions, and the time that all of them together may take. Nothing in it is ever executed but these expressions.
It neither reads our catalog nor the case. It cannot tell who made the file, nor whether something was left out of
everything it holds together; the digest told elsewhere and the version of the catalog are for that.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from custodiet import __version__
from custodiet.catalog.rule import ask
from custodiet.catalog.runaway import nested_repeat
from custodiet.catalog.time_limit import OutOfTime, may_explode, time_limit
from custodiet.errors import SourceError
from custodiet.identify.dossier import DOSSIER_VERSION, Dossier, Weights, digest_of, worked_out_again
from custodiet.identify.weigh import BANDS, COUNTER_WEIGHT, MOST
from custodiet.model import FIELDS, Claim, Conclusion, Fingerprint, content_id

LARGEST = 64_000_000
"""Bytes of a file; a dossier of ten thousand observations has fewer."""

LONGEST_PATTERN = 4_000
"""Characters; ours have fewer than two thousand."""

MOST_RECORDS = 20_000
"""Records and words of a file; our whole catalog has fewer."""

SECONDS = 20.0
"""For everything that runs expressions of the file; ours take hundredths."""

_SHOWN = 120
"""Characters of a value in a sentence."""


def read_dossier(path: Path) -> Dossier:
    """The dossier in a file.

    Raises:
        SourceError: the file is no dossier of this version, or is too large.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    return parse_dossier(data, str(path))


def parse_dossier(data: bytes, name: str = "") -> Dossier:
    """The dossier in these bytes; ``name`` is told in messages.

    Raises:
        SourceError: they are none of this version.
    """
    if len(data) > LARGEST:
        raise _unreadable(f"it has more than {LARGEST:,} bytes", name)
    try:
        plain: Any = msgspec.json.decode(data)
        version = plain.get("schema") if isinstance(plain, dict) else None
        if version != DOSSIER_VERSION:
            told = f"it says schema {str(version)[:20]!r}" if version is not None else "it is no dossier"
            raise _unreadable(f"{told}, and this version reads {DOSSIER_VERSION}", name)
        dossier = msgspec.convert(plain, Dossier, strict=True)
        again = msgspec.json.decode(msgspec.json.encode(dossier))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _unreadable(f"it is no dossier: {str(fault)[:200]}", name) from fault
    if again != plain:
        # A field that we do not know would be neither checked nor covered by the digest.
        raise _unreadable("it holds fields that a dossier does not have, or lacks some", name)
    try:
        with time_limit(SECONDS):
            fault_found = next(_faults(dossier), "")
    except OutOfTime:
        fault_found = "its expressions cannot be read in time"
    if fault_found:
        raise _unreadable(fault_found, name)
    return dossier


def recompute(dossier: Dossier) -> list[str]:
    """Work a dossier out again.

    Returns:
        Every difference as a sentence; empty where it agrees.

    Raises:
        SourceError: its expressions cannot be run to an end.
    """
    found = [*_changed(dossier), *_cited(dossier)]
    try:
        with time_limit(SECONDS) as stoppable:
            if not stoppable:
                _must_be_harmless(dossier)
            found += _examples(dossier.records.fingerprints)
            again, readings = worked_out_again(dossier)
    except OutOfTime as fault:
        raise _unreadable(f"its expressions did not end within {SECONDS:.0f} seconds", "") from fault
    except KeyError as fault:
        raise _unreadable(f"its tables lack the word {str(fault.args[0])[:60]!r}", "") from fault
    stated = {conclusion.field: conclusion for conclusion in dossier.identification.conclusions}
    for conclusion in again:
        if conclusion.field not in stated:
            found.append(f"{conclusion.field}: the file has no answer for it")
        elif stated[conclusion.field] != conclusion:
            found += differences(stated[conclusion.field], conclusion)
    for name, follows in readings._asdict().items():
        if getattr(dossier, name) != follows:
            found.append(f"what is said of its {name} does not follow: {_readings(getattr(dossier, name), follows)}")
    return found


def differences(stated: Conclusion, again: Conclusion) -> Iterator[str]:
    """What differs between the answer in a file and the answer that follows, as sentences."""
    field = again.field
    if (stated.value, stated.confidence, stated.band) != (again.value, again.confidence, again.band):
        yield f"{field}: the file says {_answer(stated)}; what follows is {_answer(again)}"
    for side, theirs, ours in (
        ("for", stated.claims_for, again.claims_for),
        ("against", stated.claims_against, again.claims_against),
    ):
        if theirs != ours:
            yield from _claims(field, side, theirs, ours)
    if stated.settle != again.settle:
        yield f"{field}: what would settle it is said otherwise"


def _claims(field: str, side: str, stated: Sequence[Claim], again: Sequence[Claim]) -> Iterator[str]:
    """What differs between the claims of one side; where the same record read the same value it is the same claim."""
    theirs, ours = ({_what(claim): claim for claim in claims} for claims in (stated, again))
    before = len(theirs.keys() ^ ours.keys())
    for what, claim in ours.items():
        if what not in theirs:
            yield f"{field}: a claim {side} it follows and is not in the file: {_claim(claim)}"
        elif theirs[what] != claim:
            before += 1
            for name in Claim.__struct_fields__:
                told, follows = getattr(theirs[what], name), getattr(claim, name)
                if told != follows:
                    what_differs = f"{name} is {told} in the file, and {follows} follows"
                    yield f"{field}: of a claim {side} it the {what_differs}: {_claim(claim)}"
    for what, claim in theirs.items():
        if what not in ours:
            yield f"{field}: a claim {side} it is in the file and does not follow: {_claim(claim)}"
    if not before:
        yield f"{field}: the claims {side} it stand in another order, or twice"


def _what(claim: Claim) -> tuple[str, ...]:
    return (claim.field, claim.value, claim.record, claim.attribute, claim.observed)


def _changed(dossier: Dossier) -> Iterator[str]:
    """What the file says of itself."""
    if digest_of(dossier) != dossier.digest:
        yield "the digest does not fit the content: the file was changed after it was made"
    if dossier.identification.asset != dossier.asset.id:
        yield f"the answers are those of {dossier.identification.asset}, the device is {dossier.asset.id}"
    if dossier.identification.catalog != dossier.catalog:
        yield f"the answers were made with catalog {dossier.identification.catalog}, the file says {dossier.catalog}"
    fields = tuple(conclusion.field for conclusion in dossier.identification.conclusions)
    if fields != FIELDS:
        yield f"the answers are not for the fields that there are, in their order: {', '.join(fields)[:200]}"
    ours = Weights(
        strengths=dossier.weights.strengths,
        techniques=dossier.weights.techniques,
        calibration=dossier.weights.calibration,
        bands={name: lowest for lowest, name in BANDS},
        counter_weight=COUNTER_WEIGHT,
        most=MOST,
    )
    for name in ("bands", "counter_weight", "most"):
        theirs, here = getattr(dossier.weights, name), getattr(ours, name)
        if theirs != here:
            yield f"weighed with {name.replace('_', ' ')} {theirs}; custodiet {__version__} weighs with {here}"


def _cited(dossier: Dossier) -> Iterator[str]:
    """Observations are what their ids say, and come from sources and subjects that the file names."""
    sources = {source.id for source in dossier.sources}
    subjects = set(dossier.asset.subjects)
    ids: set[str] = set()
    for seen in dossier.observations:
        what = f"the observation {seen.id} ({seen.attribute} at {seen.locator[:_SHOWN]})"
        if seen.id != content_id("obs", seen.source, seen.subject, seen.attribute, seen.value, seen.locator):
            yield f"{what} is not what its id was made of: it was changed"
        if seen.id in ids:
            yield f"{what} stands twice"
        if seen.source not in sources:
            yield f"{what} comes from a source that the file does not name"
        if f"{seen.source}/{seen.subject}" not in subjects:
            yield f"{what} is of {seen.subject[:_SHOWN]}, which is not this device"
        ids.add(seen.id)
    for source in dossier.sources:
        if not source.id.startswith(f"src-{source.sha256[:16]}"):
            yield f"the source {source.name[:_SHOWN]} is not what its id was made of: its SHA-256 was changed"
    for conclusion in dossier.identification.conclusions:
        for claim in (*conclusion.claims_for, *conclusion.claims_against):
            if lost := [id for id in claim.observations if id not in ids]:
                yield f"{conclusion.field}: a claim cites {lost[0][:_SHOWN]}, which is not in the file"


def _examples(records: Iterable[Fingerprint]) -> Iterator[str]:
    """Each rule still does what its own examples say: a changed expression seldom does."""
    for record in records:
        pattern = re.compile(record.when.regex) if record.when.regex else None
        for example in record.examples:
            held = ask(record, pattern, example.value)
            if held is None:
                yield f"the rule {record.id} does not hold on its own example {example.value[:_SHOWN]!r}"
            elif any(held.says.get(field, "") != value for field, value in example.says.items()):
                yield f"the rule {record.id} says something else of its own example {example.value[:_SHOWN]!r}"
        for value in record.counter_examples:
            if ask(record, pattern, value) is not None:
                yield f"the rule {record.id} holds on its own counter-example {value[:_SHOWN]!r}"


def _faults(dossier: Dossier) -> Iterator[str]:
    """What makes a file unusable, whatever it says."""
    records, weights = dossier.records, dossier.weights
    shelves = {name: getattr(records, name) for name in records.__struct_fields__}
    shelves |= {"strengths": weights.strengths, "techniques": weights.techniques, "calibration": weights.calibration}
    if sum(map(len, shelves.values())) > MOST_RECORDS:
        yield f"it holds more than {MOST_RECORDS:,} records"
    for name, found in shelves.items():
        if len({record.id for record in found}) != len(found):
            yield f"two of its {name.replace('_', ' ')} have one id"
    told = [*(word.weight for word in weights.strengths), *(word.cap for word in weights.techniques)]
    for number in (*told, *(number for step in weights.calibration for number in (step.support, step.states))):
        if not 0 <= number <= 1:
            yield f"{number} is no weight from 0 to 1"
    for record in records.fingerprints:
        if bool(record.when.regex) == bool(record.when.equals):
            yield f"the rule {record.id[:60]} has not exactly one condition"
    for id, pattern in _expressions(dossier):
        if fault := _pattern_fault(pattern):
            yield f"the expression of {id[:60]} {fault}"


def _expressions(dossier: Dossier) -> Iterator[tuple[str, str]]:
    """(id of the record, expression) of everything in the file that would be run."""
    records = dossier.records
    yield from ((record.id, record.when.regex) for record in records.fingerprints if record.when.regex)
    yield from ((family.id, family.regex) for family in records.models)
    yield from ((written.id, written.regex) for written in records.firmware)
    yield from ((brand.id, series.models) for brand in records.brands for series in brand.series if series.models)
    yield from ((flaw.id, part.models) for flaw in records.vulnerabilities for part in flaw.affected if part.models)


def _pattern_fault(pattern: str) -> str:
    if len(pattern) > LONGEST_PATTERN:
        return f"has more than {LONGEST_PATTERN:,} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # what will mean something else one day means nothing today
            re.compile(pattern)
            return "could run away" if nested_repeat(pattern) else ""
    except (re.error, RecursionError, OverflowError, FutureWarning) as fault:
        return f"is none: {str(fault)[:100]}"


def _must_be_harmless(dossier: Dossier) -> None:
    """Where nothing can be stopped, only what cannot explode may run."""
    for id, pattern in _expressions(dossier):
        if may_explode(pattern):
            raise _unreadable(f"the expression of {id[:60]} could run away, and cannot be stopped here", "")


def _readings(stated: object, follows: object) -> str:
    """Two readings of model, firmware or vulnerabilities, short."""
    if isinstance(stated, tuple) and isinstance(follows, tuple):
        wrong = [item for item in stated if item not in follows], [item for item in follows if item not in stated]
        stated, follows = (items[0] if items else "nothing" for items in wrong)
    return f"the file has {str(stated)[: 2 * _SHOWN]}, and {str(follows)[: 2 * _SHOWN]} follows"


def _answer(conclusion: Conclusion) -> str:
    value = conclusion.value[:_SHOWN] or "unknown"
    return f"{value}, {conclusion.band} ({conclusion.confidence})"


def _claim(claim: Claim) -> str:
    return f"{claim.value[:_SHOWN]}, by {claim.record} from {claim.attribute} {claim.observed[:_SHOWN]!r}"


def _unreadable(reason: str, name: str) -> SourceError:
    return SourceError(
        reason, place=name, next_step="Take the file that custodiet explain --format json wrote, unchanged."
    )
