"""What the ids in what is said of a device stand for, each once, so that its JSON says by itself what its page says.

Findings name directives, sentences and questions by their ids, and observations their source, since a report would
repeat them thousands of times. All here is as the records have it: in English, and a quotation in its own language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from custodiet.model import Directive, Entry, Finding, Requirement, Source, Tally
from custodiet.model.company import Reference
from custodiet.report import words
from custodiet.report.cited import questions_in
from custodiet.web.knowledge import Known

READ_IN = 2
"""Places that are named where a directive was read, and the one of its sentences is not known."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of a directive."""

    text: str
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
    issuer: str
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
    """By id."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A file, or a conversation, that was read."""

    name: str
    kind: str
    """A word of `model.source.SourceKind`."""
    format: str
    size: int
    """Bytes."""
    sha256: str
    """Of the bytes as they were read."""
    collected_at: datetime | None
    """Where the source says so."""
    collected_by: str
    first_seen: datetime | None
    """The earliest time in it."""
    last_seen: datetime | None


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """What ids stand for."""

    directives: dict[str, Law]
    """Those that findings name."""
    questions: dict[str, str]
    """Questions to people that findings name -> their words."""
    sources: dict[str, Read]
    """Those of the evidence and of conversations."""


def cited_in(entry: Entry, known: Known) -> Cited:
    """What ids stand for in what is said of a device.

    Args:
        entry: the device, with its evidence.
        known: of its body; what it does not know is left out.
    """
    tallies = {tally.source: tally for tally in known.head.tallies} if known.head else {}
    named: dict[str, list[str]] = {}
    for finding in entry.findings:
        named.setdefault(finding.directive, []).append(finding.requirement)
    texts = dict.fromkeys(text for finding in entry.findings for text in _texts(finding))
    told = dict.fromkeys([*(one.source for one in entry.evidence), *(one.source for one in entry.flows)])
    return Cited(
        directives={id: _law(law, some) for id, some in named.items() if (law := known.names.directive(id))},
        questions={id: said for text in texts for id, said in questions_in(text).items()},
        sources={id: _read(known.sources[id], tallies.get(id)) for id in told if id in known.sources},
    )


def _texts(finding: Finding) -> Iterator[str]:
    """Where it may name a question."""
    yield finding.because
    yield from finding.missing
    for answer in finding.answers:
        yield answer.because
        yield from answer.evidence


def _law(law: Directive, judged: Iterable[str]) -> Law:
    some = frozenset(judged)
    return Law(
        title=law.title,
        issuer=law.issuer,
        jurisdiction=law.jurisdiction,
        instrument=law.instrument,
        status=law.status,
        in_force=law.in_force,
        until=law.until,
        references=law.references,
        requirements={one.id: _sentence(one, law) for one in law.requirements if one.id in some},
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


def _read(source: Source, tally: Tally | None) -> Read:
    return Read(
        name=source.name,
        kind=source.kind,
        format=source.format,
        size=source.size,
        sha256=source.sha256,
        collected_at=words.utc(source.collected_at),
        collected_by=source.collected_by or "",
        first_seen=words.utc(tally.first_seen if tally else None),
        last_seen=words.utc(tally.last_seen if tally else None),
    )
