"""What many tests ask of our own catalog, made once in each process that runs tests."""

from __future__ import annotations

from functools import cache

from custodiet.catalog import load_catalog
from custodiet.identify import Matcher


@cache
def our_matcher() -> Matcher:
    """All that we know of devices, ready to be asked; what it remembers changes no answer."""
    return Matcher(load_catalog())
