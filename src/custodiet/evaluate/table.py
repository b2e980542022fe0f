"""An evaluation as text of at most 80 columns, with what each number means under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap

from custodiet.evaluate.knowable import MEANS
from custodiet.evaluate.measure import FINE, NOBODY, Calibration, Count, Evaluation, Judged

WIDTH = 80
FEW = 3
"""Makers with fewer lines than this, and nothing wrong, are added up unless more is asked for."""

DEFINITIONS = [
    "right: the maker that was named is the true one, by a name of the company, by a brand that it owns, or as its "
    "successor or predecessor. A company of the same group is another company.",
    "wrong: another maker was named, or any maker where nobody knows him.",
    "unknown: no maker was named, although the true one is known; fair: nobody knows him, so unknown is the right "
    "answer (the label says brand-only or unknown).",
    "stated: the mean of the confidence that was stated; the error is its distance from the share that is right, "
    "weighted by the number of answers. Unknown is no answer here.",
    "A payload can tell the maker unless it holds nothing but a MAC address of a block that another company holds, "
    "values that the same file shows for another maker, or words for software, protocols and kinds of device. What we "
    "answered has no part in this, and a payload that spells maker, brand or model always counts.",
    "A class is right when it is the same word; surveillance is right for every device that is, and encoder for a "
    "camera in a file whose labels have no word for encoders.",
]


def table(found: Evaluation, *, name: str, verbose: int = 0) -> Iterator[str]:
    """The lines of the table.

    Args:
        found: what was measured.
        name: the file, for people.
        verbose: 1 shows every maker, and every confidence in bins.
    """
    of = f", fold {found.fold} of the brands" if found.fold else ""
    yield from wrap(f"{found.lines:,} labelled lines of {name}{of}; catalog {found.catalog}", WIDTH)
    yield from _counts("The maker", {"all lines": found.maker})
    yield from _counts("by kind of payload", found.by_kind)
    yield from _counts("by what the device is", found.by_class)
    yield from _counts("by maker", found.by_maker if verbose else _frequent(found.by_maker))
    yield from _counts("by evidence for the maker named", found.by_technique)
    yield from _counts("The class, by what the device is", found.classes)
    yield f"  of the right ones, {found.only_surveillance} say no more than surveillance"
    if found.encoder_as_camera:
        yield f"  and {found.encoder_as_camera} say encoder of what the label files under camera"
    for field, title in (("manufacturer", "the maker"), ("device_class", "the class")):
        yield from _calibration(title, found.calibration[field], verbose)
    yield from _recall(found)
    yield from _unknown(found)
    yield from _accusations(found)
    for issue in found.issues:
        yield from wrap(f"not used: {issue.place}: {issue.reason}. {issue.next_step}", WIDTH, subsequent_indent="  ")
    yield ""
    for sentence in DEFINITIONS:
        yield from wrap(sentence, WIDTH, subsequent_indent="  ")


def _counts(title: str, counts: Mapping[str, Count]) -> Iterator[str]:
    yield ""
    yield f"{title:35}{'lines':>9}{'right':>9}{'wrong':>9}{'unknown':>9}{'fair':>9}"
    for word, one in counts.items():
        numbers = (one.lines, one.right, one.wrong, one.unknown, one.rightly_unknown)
        yield f"  {_cut(word.replace('_', ' '), 32):33}{''.join(f'{number:>9,}' for number in numbers)}"


def _frequent(counts: Mapping[str, Count]) -> dict[str, Count]:
    """The makers with `FEW` lines and those with something wrong; the rest as one."""
    shown = {word: one for word, one in counts.items() if one.lines >= FEW or one.wrong or word == NOBODY}
    rest = [one for word, one in counts.items() if word not in shown]
    if rest:
        shown[f"{len(rest)} others (-v shows them)"] = Count(
            lines=sum(one.lines for one in rest),
            right=sum(one.right for one in rest),
            wrong=0,
            unknown=sum(one.unknown for one in rest),
            rightly_unknown=sum(one.rightly_unknown for one in rest),
        )
    return shown


def _calibration(title: str, found: Calibration, verbose: int) -> Iterator[str]:
    yield ""
    yield f"{f'How sure we were of {title}':35}{'answers':>9}{'right':>9}{'share':>9}{'stated':>9}"
    for bins, shown in ((found.bands, True), (found.bins, verbose > 0)):
        for one in bins if shown else ():
            share, stated = f"{one.share_right:.1%}", f"{one.stated:.1%}"
            yield f"  {one.name:33}{one.answers:>9,}{one.right:>9,}{share:>9}{stated:>9}"
    yield f"  calibration error: {found.error:.3f} over the bands, {found.error_fine:.3f} in bins of {FINE}"


def _recall(found: Evaluation) -> Iterator[str]:
    yield ""
    yield f"{'Makers found':62}{'lines':>9}{'share':>9}"
    for title, one in (
        ("of all lines whose maker is known", found.recall.known),
        ("where the payload can tell it", found.recall.knowable),
        ("where the payload spells maker, brand or model", found.recall.spelt),
    ):
        yield f"  {title:52}{f'{one.right:,} of {one.lines:,}':>17}{_share(one.right, one.lines):>9}"
    for reason, number in found.recall.left_out.items():
        yield from wrap(f"left out {number:,}: {MEANS[reason]}", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _unknown(found: Evaluation) -> Iterator[str]:
    right, silent = found.unknown_right, found.unknown_not_in_payload
    yield ""
    yield f"Unknown was the answer on {found.unknown_answers:,} lines."
    yield f"  the right answer, since nobody knows: {right:,} ({_share(right, found.unknown_answers)})"
    both = _share(right + silent, found.unknown_answers)
    yield f"  or the only one, since the payload cannot tell: {silent:,} more (together {both})"
    if found.not_in_catalog:
        yield f"  {len(found.not_in_catalog)} makers of these labels are not in the catalog and cannot be named"


def _accusations(found: Evaluation) -> Iterator[str]:
    nobody, things = found.by_maker.get(NOBODY), found.by_class.get("not_surveillance")
    yield ""
    yield "False accusations"
    yield f"  another maker named than the true one: {len(found.named_wrongly)} of {found.maker.lines:,}"
    yield from _listed(found.named_wrongly)
    yield f"  a maker named where nobody knows him: {len(found.named_on_unknowable)} of {nobody.lines if nobody else 0}"
    yield from _listed(found.named_on_unknowable)
    yield (
        "  called a surveillance device, and it is none: "
        f"{len(found.called_surveillance)} of {things.lines if things else 0}"
    )
    yield from _listed_classes(found.called_surveillance)
    yield f"Other wrong classes: {len(found.wrong_class)}"
    yield from _listed_classes(found.wrong_class)


def _listed(wrong: tuple[Judged, ...]) -> Iterator[str]:
    for one in wrong:
        group = ", of the same group" if one.same_group else ""
        truth = f"{one.truth} ({one.certainty}, on the box: {one.brand or 'not given'})"
        said = f"{one.said}{group} ({one.band}, {one.confidence:.2f}; by {', '.join(one.records[:3])})"
        yield from wrap(
            f"{one.id}, {one.place}: truth {truth}; we said {said}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="      ",
        )


def _listed_classes(wrong: tuple[Judged, ...]) -> Iterator[str]:
    for one in wrong:
        text = f"{one.id}, {one.place}: {one.truth} {one.device_class}; we said {one.said_class} ({one.class_band})"
        yield from wrap(text.replace("_", " "), WIDTH, initial_indent="    ", subsequent_indent="      ")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
