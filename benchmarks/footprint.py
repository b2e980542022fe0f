"""How long the first answer takes and how much disk an installation needs.

Prints the CPU and wall seconds of ``custodiet --help`` and of the example audit (median of several runs, peer: a bare
``python -c pass`` and ``python -c 'import typer'``), and the size of a fresh installation with its largest parts.

    python benchmarks/footprint.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7


def measure(command: list[str]) -> tuple[float, float, float]:
    """(wall seconds, CPU seconds, peak MiB) of one finished run."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(command: list[str], runs: int = RUNS) -> str:
    """One line: medians after one warm-up run."""
    measure(command)
    walls, cpus, peaks = zip(*(measure(command) for _ in range(runs)), strict=True)
    wall, cpu, peak = (statistics.median(values) for values in (walls, cpus, peaks))
    return f"{wall:6.3f} s wall  {cpu:6.3f} s CPU  {peak:5.0f} MiB"


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def main() -> None:
    """Print the three tables."""
    with tempfile.TemporaryDirectory(prefix="footprint-") as made:
        venv = Path(made, "venv")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        python = str(venv / "bin" / "python")
        bare = size(venv)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT)], check=True
        )
        packages = next((venv / "lib").glob("python*/site-packages"))
        parts = sorted(((size(p), p.name) for p in packages.iterdir() if p.is_dir()), reverse=True)
        print(
            f"installation: {(size(venv) - bare) / 1e6:.0f} MB over a bare environment of {bare / 1e6:.0f} MB (limit 200 MB)"
        )
        print("  largest: " + ", ".join(f"{name} {number / 1e6:.0f} MB" for number, name in parts[:6]))
        example = Path(made, "example")
        subprocess.run([python, str(ROOT / "examples/gemeente/make.py"), str(example)], check=True)
        custodiet = str(venv / "bin" / "custodiet")
        audit = [custodiet, "audit", str(example), "--sites", str(ROOT / "examples/gemeente/sites.yml"), "--catalog",
                 str(ROOT / "examples/gemeente/catalog"), "--on", "2025-12-01", "--out", str(Path(made, "out"))]  # fmt: skip
        print(f"python -c pass          {median([python, '-c', 'pass'])}   (the floor)")
        print(f"python -c import typer  {median([python, '-c', 'import typer'])}   (what any command line pays)")
        print(f"custodiet --help        {median([custodiet, '--help'])}   (limit 0.25 s)")
        print(f"example audit           {median(audit, 3)}   (limit 10 s)")


if __name__ == "__main__":
    main()
