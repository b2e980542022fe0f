"""Short ways to read bytes with a reader and to look at what came out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from custodiet.model import Flow, Issue, Observation, Source, Tally
from custodiet.sources.base import HEAD_SIZE, Reader, ReadOptions


@dataclass(frozen=True)
class Outcome:
    """What a reader yielded, by kind."""

    observations: list[Observation]
    issues: list[Issue]
    tally: Tally

    def facts(self, subject: str) -> dict[str, str]:
        """Attribute -> value of one subject; several values are joined with a bar."""
        found: dict[str, list[str]] = {}
        for one in self.observations:
            if one.subject == subject:
                found.setdefault(one.attribute, []).append(one.value)
        return {attribute: "|".join(values) for attribute, values in found.items()}

    @property
    def subjects(self) -> list[str]:
        """Every subject once, in the order met."""
        return list(dict.fromkeys(one.subject for one in self.observations))

    @property
    def reasons(self) -> str:
        """All issues as one text."""
        return "\n".join(f"{one.place}: {one.reason}" for one in self.issues)


def read(reader: Reader, data: bytes, folder: Path, name: str = "given", **options: object) -> Outcome:
    """Read bytes as the audit would: recognised first, then read from a file."""
    path = folder / Path(name).name
    path.write_bytes(data)
    head = data[:HEAD_SIZE]
    assert reader.recognise(head, name), f"{reader.id} does not recognise {name}"
    kind = reader.kind_of(path, name) if reader.kind_of else reader.kind
    sha256 = hashlib.sha256(data).hexdigest()
    source = Source(id=f"src-{sha256[:16]}", kind=kind, format=reader.id, name=name, sha256=sha256, size=len(data))
    items = list(reader.read(path, source, ReadOptions(**options)))  # type: ignore[arg-type]
    assert not any(isinstance(item, Flow) for item in items)
    tally = items[-1]
    assert isinstance(tally, Tally), "the last item of a reader is its tally"
    assert sum(isinstance(item, Tally) for item in items) == 1
    assert tally.read + tally.issues == tally.total
    observations = [item for item in items if isinstance(item, Observation)]
    assert len({one.id for one in observations}) == len(observations), "the same fact was told twice"
    assert all(one.value and one.locator for one in observations)
    return Outcome(observations, [item for item in items if isinstance(item, Issue)], tally)
