"""How long a dossier of one device takes, and how long an opponent needs to work it out again.

    python benchmarks/dossier.py [CASE]

Without a case the example town is made and judged in a temporary folder. Every device is timed with the records made
ready, three times over; the median and the slowest of all devices are printed for each step:

- make: observations from the case, claims, answers, records and digest, with the file worked out again as a check;
- json, tree, page: writing what was made;
- again: an opponent's whole way from bytes to "agrees", without our catalog.

The limit is 50 ms for make and json together, at the median.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import msgspec

from custodiet import audit as steps
from custodiet.casefile import Case
from custodiet.catalog.load import default_folder, load_catalog
from custodiet.cli.show import names_for
from custodiet.identify import Matcher
from custodiet.identify.recompute import parse_dossier, recompute
from custodiet.report import guard
from custodiet.report.dossier_html import write_dossier
from custodiet.report.dossier_tree import dossier_tree
from custodiet.report.json import dossier_bytes

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "gemeente"
LIMIT = 0.050
ROUNDS = 3


def example(folder: Path) -> Path:
    """The case of the example town."""
    sys.path.insert(0, str(EXAMPLE))
    import make
    from typer.testing import CliRunner

    from custodiet.cli import app

    make.main(folder / "town")
    options = ["--sites", str(EXAMPLE / "sites.yml"), "--catalog", str(EXAMPLE / "catalog"), "--on", "2025-12-01"]
    CliRunner().invoke(app, ["audit", str(folder / "town"), *options, "--case", str(folder / "c.sqlite"), "-q"])
    return folder / "c.sqlite"


def main() -> int:
    """Time every device and print the table; 1 when the limit is not held."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else example(Path(scratch))
        catalog = load_catalog([default_folder(), EXAMPLE / "catalog"])
        begun = perf_counter()
        matcher = Matcher(catalog)
        times: dict[str, list[float]] = {name: [] for name in ("make", "json", "tree", "page", "again")}
        sizes: list[int] = []

        def timed(name: str, work: Callable[[], object]) -> object:
            start = perf_counter()
            made = work()
            times[name].append(perf_counter() - start)
            return made

        with Case(path, must_exist=True) as case:
            context = steps.recall(case)
            assert context is not None
            assessment, names = steps.assess(case, context), names_for(case, catalog)
            devices = [asset.id for asset, *_ in case.conclusions()]
            steps.dossier(case, matcher, devices[0])
            ready = perf_counter() - begun
            for _ in range(ROUNDS):
                for device in devices:
                    dossier = timed("make", lambda device=device: steps.dossier(case, matcher, device))
                    written = timed("json", lambda dossier=dossier: dossier_bytes(dossier))
                    entry = msgspec.structs.replace(
                        next(steps.entries(case, device)), identification=dossier.identification
                    )
                    timed("tree", lambda dossier=dossier, entry=entry: guard.console(
                        io.StringIO(), colour=False, width=80
                    ).print(dossier_tree(dossier, entry, assessment, names)))  # fmt: skip
                    timed("page", lambda dossier=dossier, entry=entry: write_dossier(
                        io.StringIO(), dossier, entry, assessment, names
                    ))  # fmt: skip
                    differences = timed("again", lambda written=written: recompute(parse_dossier(written)))
                    assert differences == [], differences
                    sizes.append(len(written))
    print(f"{len(devices)} devices, records ready in {ready:.2f} s, JSON of {statistics.median(sizes) / 1000:.0f} kB")
    print(f"{'step':<6} {'median':>9} {'slowest':>9}")
    for name, took in times.items():
        print(f"{name:<6} {statistics.median(took) * 1000:>6.1f} ms {max(took) * 1000:>6.1f} ms")
    both = statistics.median(a + b for a, b in zip(times["make"], times["json"], strict=True))
    print(
        f"make and json together {both * 1000:.1f} ms, limit {LIMIT * 1000:.0f} ms: {'held' if both < LIMIT else 'NOT held'}"
    )
    return 0 if both < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
