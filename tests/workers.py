"""Functions that a test sends to another process: they must be importable there, which functions of a test are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def passed_on(batches: Iterable[Any]) -> Iterator[Any]:
    """Nothing is done."""
    yield from batches


def broken(batches: Iterable[Any]) -> Iterator[Any]:
    """Nothing can be done."""
    raise ValueError("a fault in a worker")
    yield from batches
