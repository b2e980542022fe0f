"""Prints our answer beside the truth, for every file of a folder of samples with a MANIFEST.tsv.

    python scripts/compare_samples.py ../shared/samples [--wrong]

For captures, scans and the like: every device that is not silent. For labelled lines: right, wrong and unknown by kind
of evidence; ``--wrong`` lists the wrong ones.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from custodiet import audit
from custodiet.casefile import Case
from custodiet.catalog.contents import Catalog
from custodiet.catalog.load import load_catalog
from custodiet.catalog.spelling import fold
from custodiet.judge import Judge
from custodiet.model import Entry, Identification
from custodiet.report.summary import worst_first
from custodiet.sources import READERS


def read(case: Case, path: Path, catalog: Catalog, scratch: Path) -> list[str]:
    """Read and identify one file; what was skipped, in words."""
    skipped = audit.read_inputs(case, [str(path)], READERS, scratch)
    audit.conclude(case, catalog, Judge(None, (), catalog, date(2026, 11, 21)), worst_first)
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


def labelled(path: Path, catalog: Catalog, scratch: Path, list_wrong: bool) -> None:
    """The table for the labelled lines."""
    with path.open(encoding="utf-8") as stream:
        truths = {row["id"]: row for row in map(json.loads, stream)}
    makers: dict[str, Counter[str]] = {}
    bands: dict[str, Counter[str]] = {}
    kinds: Counter[str] = Counter()
    wrong: list[str] = []
    accused = 0
    with Case(scratch / "labelled.sqlite", durable=False) as case:
        read(case, path, catalog, scratch)
        answers = {subject.partition("/")[2].partition(":")[2]: found
                   for asset, found, _ in case.conclusions() for subject in asset.subjects}  # fmt: skip
    for identity, truth in truths.items():
        found = answers.get(identity)
        verdict = judge_maker(found, truth, catalog)
        makers.setdefault(truth["kind"], Counter())[verdict] += 1
        if found:
            bands.setdefault(found.get("manufacturer").band, Counter())[verdict] += 1
            kinds[judge_class(found, truth)] += 1
            if truth["category"] == "not-surveillance" and surveillance(found, catalog):
                accused += 1
                wrong.append(f"{identity}: no surveillance device, we said {found.get('device_class').value}")
        if verdict == "wrong" and found:
            said = found.get("manufacturer").value
            wrong.append(f"{identity}: truth {truth['truth_maker']} ({truth['certainty']}), we said {said}")
    print(f"\n{path.name}: {len(truths)} labelled lines, the maker")
    print(f"  {'kind':12}{'right':>7}{'wrong':>7}{'unknown':>9}")
    for kind, counts in sorted(makers.items()):
        print(f"  {kind:12}{counts['right']:>7}{counts['wrong']:>7}{counts['unknown']:>9}")
    for band, counts in sorted(bands.items()):
        print(f"  band {band:10} right {counts['right']}, wrong {counts['wrong']}, unknown {counts['unknown']}")
    print(f"  device class: {dict(kinds)}; called surveillance though it is none: {accused}")
    if list_wrong:
        print("\n".join(f"  {line}" for line in wrong))


def judge_maker(found: Identification | None, truth: dict[str, str], catalog: Catalog) -> str:
    """right, wrong or unknown; where the maker cannot be known, unknown is right and a name is wrong."""
    said = found.get("manufacturer").value if found else ""
    unknowable = truth["certainty"] == "brand-only" or fold(truth["truth_maker"]).startswith("unknown")
    if not said:
        return "right" if unknowable else "unknown"
    if unknowable:
        return "wrong"
    company = catalog.companies.get(said)
    names = {fold(name) for name in ((company.id, company.name, *company.names) if company else (said,))}
    wanted = fold(truth["truth_maker"])
    return "right" if any(wanted == name or wanted in name or name in wanted for name in names) else "wrong"


def judge_class(found: Identification, truth: dict[str, str]) -> str:
    """right, wrong or unknown for the kind of device."""
    said = found.get("device_class").value
    wanted = {
        "access-control": "access_controller",
        "not-surveillance": "not_surveillance",
        "thermal": "thermal_camera",
    }
    if not said:
        return "unknown"
    return "right" if said in (wanted.get(truth["category"], truth["category"]), "surveillance") else "wrong"


def surveillance(found: Identification, catalog: Catalog) -> bool:
    """Whether we called it a surveillance device."""
    return bool(catalog.surveillance(found.get("device_class").value))


def main() -> None:
    """Print both tables."""
    folder = Path(sys.argv[1])
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as scratch:
        files(folder, catalog, Path(scratch))
        labelled(folder / "observations.jsonl", catalog, Path(scratch), "--wrong" in sys.argv)


if __name__ == "__main__":
    main()
