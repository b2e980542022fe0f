"""Made labelled lines and a catalog that gets some of them right, some wrong, and falls into every trap once."""

from __future__ import annotations

import json
from pathlib import Path

from custodiet.catalog.contents import Catalog
from custodiet.evaluate import Evaluation, Fold, Labelled, evaluate, read_labelled
from custodiet.model import Issue
from small import catalog, fingerprint

KNOWLEDGE = [
    {"companies/heir.yml": "id: heir\nname: Heir of Rival\nrelations:\n  - { kind: succeeds, to: rival }\n"},
    {"address_blocks/module.yml": "id: module\nregistrant: Module Works\nblocks: [0A1B2C]\n"},
    fingerprint("acme-server", "http.server", "{ manufacturer: acme, device_class: camera }", regex="^Acme"),
    fingerprint("rival-server", "http.server", "{ manufacturer: rival, device_class: recorder }", regex="^Rival"),
    fingerprint("heir-server", "http.server", "{ manufacturer: heir }", regex="^Heir"),
    fingerprint("watch-server", "http.server", "{ device_class: surveillance }", regex="^Watch"),
]


def line(
    id: str,
    payload: object = "Server: Acme 1.0",
    maker: str = "Acme",
    *,
    kind: str = "http",
    brand: str | None = None,
    category: str = "camera",
    certainty: str = "certain",
    **over: object,
) -> str:
    """One labelled line as it stands in a file."""
    told = {
        "id": id,
        "kind": kind,
        "payload": payload,
        "truth_maker": maker,
        "truth_brand": maker if brand is None else brand,
        "truth_model": None,
        "category": category,
        "certainty": certainty,
    }
    return json.dumps(told | over)


TRAPS = [
    line("right-1"),
    line("right-brand", maker="See-S"),
    line("right-heir", "Server: Heir 2", maker="Rival"),
    line("wrong", "Server: Acme in disguise", maker="Rival", category="recorder"),
    line("same-group", maker="Acme Home Ltd"),
    line("missed", "Server: Nobody's 3.2", maker="Rival"),
    line("trap-named", "Server: Rival/1", maker="unknown (some factory)", brand="Label", certainty="brand-only"),
    line("trap-silent", "Server: Plain", maker="unknown", brand="Label", certainty="brand-only"),
    line("accused", "Server: Watch this", maker="Printers Inc", category="not-surveillance"),
    line("module", "0A:1B:2C:00:00:01", maker="Rival", kind="mac"),
    line("not-in-catalog", "Server: Zorg", maker="Zorg"),
]
"""Each counts somewhere; see the tests."""


def read(folder: Path, lines: list[str], known: Catalog) -> tuple[list[Labelled], list[Issue]]:
    """Lines through a file."""
    path = folder / "labelled.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = list(read_labelled(path, known))
    return [one for one in found if isinstance(one, Labelled)], [one for one in found if isinstance(one, Issue)]


def measure(folder: Path, lines: list[str], part: Fold | None = None) -> Evaluation:
    """Lines measured with the made catalog."""
    known = catalog(folder / "catalog", *KNOWLEDGE)
    good, bad = read(folder, lines, known)
    return evaluate(good, bad, known, part)
