"""One small estate for the tests of this folder; they are skipped where no namespace can be made."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from lab.ground import Ground, proving_ground
from lab.network import why_not


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """A proving ground of 60 devices and 8 fragile cameras."""
    if reason := why_not():
        pytest.skip(f"no proving ground here: {reason}")
    with proving_ground(f"cst-test-{os.getpid()}", devices=60, fragile=8) as made:
        yield made
