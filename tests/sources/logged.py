"""Short ways to read bytes with a reader of scans and logs, which may also yield flows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from custodiet.model import Flow, Issue, Observation, Source, Tally
from custodiet.sources.base import HEAD_SIZE, Item, Reader, ReadOptions


@dataclass(frozen=True)
class Outcome:
    """What a reader yielded, by kind."""

    observations: list[Observation]
    flows: list[Flow]
    issues: list[Issue]
    tally: Tally

    def values(self, subject: str, attribute: str) -> list[str]:
        """The values of one attribute of one subject, in the order met."""
        return [one.value for one in self.observations if (one.subject, one.attribute) == (subject, attribute)]

    def one(self, subject: str, attribute: str) -> Observation:
        """The only observation of one attribute of one subject."""
        [found] = [one for one in self.observations if (one.subject, one.attribute) == (subject, attribute)]
        return found

    @property
    def subjects(self) -> set[str]:
        """Every subject that something was observed about."""
        return {one.subject for one in self.observations}


def items(reader: Reader, data: bytes, folder: Path, options: ReadOptions | None = None) -> list[Item]:
    """All that a reader yields for these bytes."""
    path = folder / "given"
    path.write_bytes(data)
    source = Source(
        id=f"src-{hashlib.sha256(data).hexdigest()[:16]}",
        kind=reader.kind,
        format=reader.id,
        name="given",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )
    return list(reader.read(path, source, options or ReadOptions()))


def read(reader: Reader, data: bytes, folder: Path) -> Outcome:
    """Recognise and read, twice: what comes out must be the same and add up."""
    assert reader.recognise(data[:HEAD_SIZE], "given"), f"{reader.id} does not recognise it"
    found = items(reader, data, folder)
    assert found == items(reader, data, folder), "reading again gave something else"
    *rest, tally = found
    assert isinstance(tally, Tally), "the last item of a reader is its tally"
    assert tally.total == tally.read + tally.issues
    observations = [item for item in rest if isinstance(item, Observation)]
    flows = [item for item in rest if isinstance(item, Flow)]
    ids = [item.id for item in (*observations, *flows)]
    assert len(set(ids)) == len(ids), "the same fact was told twice"
    issues = [item for item in rest if isinstance(item, Issue)]
    assert len(observations) + len(flows) + len(issues) == len(rest)
    return Outcome(observations, flows, issues, tally)
