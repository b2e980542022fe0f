"""What statements on isolation say of a device, in plain words, for every face that shows them.

A broken statement is shown as broken and never as proof; what nobody signed is told as what anybody can have written.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from custodiet.model import Proof
from custodiet.report.egress import hours
from custodiet.report.speech import Words, number
from custodiet.report.speech import gettext as _
from custodiet.report.words import clock, count

VERDICTS = Words(
    {
        "isolated as far as seen": "Isolated, as far as seen",
        "leaks": "Leaks",
        "not seen": "Not seen, so nothing is proved",
        "too short": "Watched too briefly",
        "doubtful": "Doubtful",
    }
)
"""Verdict -> label."""

SINCE, NOT_TESTED = "Since then", "Not tested"
"""Headings of which a page shows the text in its own way."""

HEADINGS = Words(
    {
        one: one
        for one in (
            SINCE,
            "Watched after",
            "Before",
            "Leaks",
            "Found again by",
            "To be known with it",
            NOT_TESTED,
            "Signed",
            "Statement",
        )
    }
)
"""Heading -> as a page shows it."""

_CLASSES = {"isolated as far as seen": "satisfied", "leaks": "not_satisfied"}
_STYLES = {"satisfied": "bold green", "not_satisfied": "bold red", "undetermined": "bold yellow"}


def label(proof: Proof) -> str:
    """The answer in a few words."""
    if proof.standing == "broken" or proof.verdict is None:
        return _("Broken statement, proves nothing")
    told = VERDICTS[proof.verdict]
    return told if proof.standing == "signed" else _("{answer}, but not signed").format(answer=told)


def state(proof: Proof) -> str:
    """The class of its label on a page; only what is signed, and not contradicted since, is ever calm."""
    found = _CLASSES.get(proof.verdict or "", "undetermined")
    calm = proof.standing == "signed" and not proof.since
    return "undetermined" if proof.standing == "broken" or (found == "satisfied" and not calm) else found


def style(proof: Proof) -> str:
    """The same for a terminal."""
    return _STYLES[state(proof)]


def sentence(proof: Proof) -> str:
    """What it says; of a broken one why it is broken."""
    return f"{proof.fault[:1].upper()}{proof.fault[1:]}." if proof.standing == "broken" else proof.says


def when(proof: Proof) -> str:
    """How long, from when to when, and where: "27 h, 12 Nov 2025 16:00 UTC to 13 Nov 2025 19:00 UTC, at the uplink"."""
    told = [hours(proof.hours * 3600)]
    if proof.watched_from and proof.watched_until:
        told.append(_("{begin} to {end}").format(begin=_clock(proof.watched_from), end=_clock(proof.watched_until)))
    where = _("at: {place}").format(place=proof.point) if proof.point else _("where it was captured is not said")
    return f"{', '.join(told)}; {where}"


def before(proof: Proof) -> str:
    """What it had to do with the outside before."""
    if proof.before_outside:
        return _("It had to do with {peers} outside.").format(peers=count(proof.before_outside, "peer"))
    return _("Nothing of it was seen outside, so the captures do not show what was stopped.")


def leaks(proof: Proof) -> list[str]:
    """Its leaks, and that there are more."""
    left = proof.leaks_total - len(proof.leaks)
    return [*proof.leaks, *([_("and {number} more").format(number=number(left))] if left > 0 else [])]


def signed(proof: Proof) -> str:
    """By which key."""
    if proof.standing == "signed":
        return _("key {key}; whose it is, a report cannot know").format(key=proof.key_id)
    return _("by nobody: anybody can have written it")


def to_check(proof: Proof) -> str:
    """The command by which anybody checks it offline."""
    there = shlex.quote(proof.file) if proof.file else f"{proof.statement} --case CASE"
    return f"custodiet isolate check {there} --public-key KEY"


def how_to_check(proof: Proof) -> str:
    """What stands in for the capitals of the command."""
    case = "" if proof.file else _("CASE is the case file, ")
    return case + _("KEY the public key of who should have signed, from that person and not from the statement")


def rows(proof: Proof) -> Iterator[tuple[str, str | Sequence[str]]]:
    """Everything beyond label and sentence, each with its heading: a text or a list."""
    if proof.standing != "broken":
        for sentence in proof.since:
            yield SINCE, sentence
        yield "Watched after", when(proof)
        yield "Before", before(proof)
        if proof.leaks:
            yield "Leaks", leaks(proof)
        if proof.recognised_by:
            yield "Found again by", _("its {identifier}").format(identifier=proof.recognised_by)
        if proof.doubts:
            yield "To be known with it", proof.doubts
        yield NOT_TESTED, proof.not_tested
        yield "Signed", signed(proof)
    stated = _(", of {moment}").format(moment=_clock(proof.stated_at)) if proof.stated_at else ""
    kept = _("; written to {file}").format(file=proof.file) if proof.file else ""
    yield "Statement", f"{proof.statement}{stated}{kept}"


def _clock(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return clock((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return text
