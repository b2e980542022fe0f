from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bodies import Bodies, audit


@pytest.fixture(scope="session")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Bodies:
    """The example bodies, audited once."""
    return audit(tmp_path_factory.mktemp("bodies"))
