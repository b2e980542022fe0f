"""What the tests of returns share: the example bodies, and one catalog for all runs of the command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bodies import Bodies, audit


@pytest.fixture(scope="session", autouse=True)
def _one_catalog() -> Iterator[None]:
    """The catalog is read once for each set of folders, not once for each return."""
    from custodiet.cli import returns

    whole = returns.load
    once = cache(lambda folders: whole(list(folders)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(returns, "load", lambda folders: once(tuple(folders or ())))
        yield


@pytest.fixture(scope="session")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Bodies:
    """The example bodies, audited once."""
    return audit(tmp_path_factory.mktemp("bodies"))
