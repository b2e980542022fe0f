"""Any bytes as a file of labelled lines with their truth."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.catalog import load_catalog
from custodiet.catalog.contents import Catalog
from custodiet.evaluate import Labelled, read_labelled
from custodiet.evaluate.knowable import Knowable
from custodiet.evaluate.makers import Makers


@cache
def known() -> tuple[Catalog, Makers]:
    catalog = load_catalog()
    return catalog, Makers(catalog)


def target(data: bytes) -> None:
    """Read the bytes, and ask everything that is asked of a label."""
    catalog, makers = known()
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        lines = [one for one in read_labelled(Path(file.name), catalog) if isinstance(one, Labelled)]
    rule = Knowable(catalog, lines)
    for line in lines:
        rule.why_not(line)
        makers.same("axis", line.maker)


@FUZZ
@given(st.binary(max_size=400) | mutations(seeds("evaluate")))
def test_any_bytes(data: bytes) -> None:
    target(data)
