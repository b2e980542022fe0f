"""Prints our answer beside the truth, for every file of a folder of samples with a MANIFEST.tsv.

    python scripts/compare_samples.py ../shared/samples

For captures, scans and the like: every device that is not silent. Labelled lines are for ``custodiet evaluate``.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from datetime import date
from pathlib import Path

from custodiet import audit
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.catalog.load import load_catalog
from custodiet.identify import Matcher
from custodiet.judge import Judge
from custodiet.model import Entry
from custodiet.report.summary import worst_first
from custodiet.sources import READERS


def read(case: Case, path: Path, catalog: Catalog, scratch: Path) -> list[str]:
    """Read and identify one file; what was skipped, in words."""
    skipped = audit.read_inputs(case, [str(path)], READERS, scratch)
    audit.conclude(case, Matcher(catalog), Judge(None, (), catalog, date(2026, 11, 21)), worst_first)
    return [issue.reason for issue in skipped] + [f"{i.place}: {i.reason}" for i in case.issues()]


def answer(entry: Entry) -> str:
    """One device in one line."""
    said = []
    for field in ("device_class", "manufacturer", "brand", "model", "oui_registrant"):
        conclusion = entry.identification.get(field)
        if conclusion.value:
            said.append(f"{field.replace('_', ' ')} {conclusion.value} ({conclusion.band})")
    return f"{entry.asset.label}: {', '.join(said) or 'unknown'}"


def files(folder: Path, catalog: Catalog, scratch: Path) -> None:
    """The table for every file of the manifest."""
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows):
        for path in sorted(folder.glob(row["file"])):
            if path.suffix == ".md" or path.name == "observations.jsonl":
                continue
            with Case(scratch / f"{number}-{path.name}.sqlite", durable=False) as case:
                trouble = read(case, path, catalog, scratch)
                entries = list(audit.entries(case))
                sources = case.sources()
                print(f"\n{path.relative_to(folder)}  read as {sources[0].format if sources else 'nothing'}")
                print(f"  truth: {row['expected_truth']}")
                named = [entry for entry in entries if audit.gives_a_sign(entry.identification)]
                for entry in named[:8]:
                    print(f"  ours:  {answer(entry)}")
                quiet = len(entries) - len(named[:8])
                if quiet:
                    print(f"  and {quiet} more, unknown")
                for reason in trouble[:3]:
                    print(f"  issue: {reason}")


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as scratch:
        files(folder, catalog, Path(scratch))


if __name__ == "__main__":
    main()
