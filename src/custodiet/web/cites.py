"""What the ids in what is said of a device stand for, each once, so that its JSON says by itself what its page says.

Findings name directives, sentences and questions by their ids, and observations their source, since a report would
repeat them thousands of times. All here is as the records have it: in English, and a quotation in its own language.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from custodiet.model import Entry, Finding, Source, Tally
from custodiet.report import words
from custodiet.report.cited import questions_in
from custodiet.report.laws import Law, law_of
from custodiet.web.knowledge import Known


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
        directives={id: law_of(law, some) for id, some in named.items() if (law := known.names.directive(id))},
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
