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
        load_catalog()
        load_catalog([default_folder(), knowledge(shared_knowledge())])
