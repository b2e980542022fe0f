"""Directives as files for programs have them beside findings: the sentences that were judged, and where these stand.

All is as the records have it: in English, and a quotation in its own language.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from custodiet.model import Assessment, Directive, Requirement
from custodiet.model.company import Reference
from custodiet.report import summary
from custodiet.report.summary import Names

READ_IN = 2
"""Places that are named where a directive was read, and the one of its sentences is not known."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of a directive."""

    text: str
    """What it says."""
    quotation: bool
    """Whether these are the words of the text; else it is our paraphrase of them."""
    language: str
    """ISO 639 code of the text."""
    quoted_from: str
    """Where a quotation was read; empty: that is not known of this sentence alone."""
    read_in: tuple[str, ...]
    """Where the directive was read, of a sentence of which it is not known."""


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """A directive, with those of its sentences that were judged."""

    title: str
    """Its short name for people."""
    issuer: str
    """Who issued it."""
    jurisdiction: str
    """ISO 3166 code, ``EU``, or ``INT`` for what no state issued."""
    instrument: str
    """Statute, executive instruction, departmental decision, ..."""
    status: str
    """What kind of force it has; only ``in force`` is a rule."""
    in_force: str
    """ISO 8601 date from which it holds; empty: no day is known."""
    until: str
    """ISO 8601 date after which it holds no more; empty: no day is known."""
    references: tuple[Reference, ...]
    """Where it was read."""
    requirements: dict[str, Sentence]
    """Its sentences by their ids."""


def laws_of(assessment: Assessment, names: Names) -> dict[str, Law]:
    """The directives by which was judged, by id, but for those that say nothing of any device here."""
    quiet = summary.silent_directives(assessment, names)
    return {law.id: law_of(law) for law in summary.records(assessment, names) if law.id not in quiet}


def law_of(law: Directive, judged: Collection[str] = ()) -> Law:
    """A directive with its sentences.

    Args:
        law: its record.
        judged: ids of the sentences that are wanted; empty: all.
    """
    return Law(
        title=law.title,
        issuer=law.issuer,
        jurisdiction=law.jurisdiction,
        instrument=law.instrument,
        status=law.status,
        in_force=law.in_force,
        until=law.until,
        references=law.references,
        requirements={one.id: _sentence(one, law) for one in law.requirements if not judged or one.id in judged},
    )


def _sentence(one: Requirement, law: Directive) -> Sentence:
    elsewhere = () if one.quoted_from else law.references[:READ_IN]
    return Sentence(
        text=one.text,
        quotation=one.quotation,
        language=(one.language if one.quotation else "") or "en",
        quoted_from=one.quoted_from,
        read_in=tuple(reference.where for reference in elsewhere),
    )
