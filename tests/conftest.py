"""Shared by all tests: where the samples are, and where the cache may not go."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from custodiet.catalog import load_catalog
from custodiet.catalog.load import default_folder
from story import knowledge, shared_knowledge

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"


LONGEST = (
    "web/test_authorisation.py", "web/test_nasty_browser.py", "probes/test_sweep.py", "count/test_engines.py",
    "web/test_nasty.py", "probes/test_find_lab.py", "cli/test_catalog.py", "cli/test_find.py", "watch/test_at_once.py",
    "identify/test_runners.py", "identify/test_patterns.py", "web/test_walk.py", "web/test_pages_browser.py",
    "test_bad_input.py", "web/test_accounts_browser.py", "test_crash.py", "web/test_upgrades.py", "lab/test_trunk.py",
)  # fmt: skip
"""Files that take longest: they begin first, so that no process is left with one of them when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; the others keep their order."""
    first = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.path, len(first)))


@pytest.fixture
def samples() -> Path:
    """The folder with real device data; skips the test where it is not there."""
    if not SAMPLES.is_dir():
        pytest.skip("the samples of real devices are not beside this checkout")
    return SAMPLES


def pytest_configure(config: pytest.Config) -> None:
    """Tests leave the user's cache alone; all processes that run them share one, in which the catalogs are already."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="custodiet-tests-")
        config.add_cleanup(folder.cleanup)
        os.environ["XDG_CACHE_HOME"] = folder.name
        os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")  # Spark is done before more would pay
        load_catalog()
        load_catalog([default_folder(), knowledge(shared_knowledge())])
