"""Any bytes as a list to import: drafts with safe names, or one sentence why not; never anything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ, mutations, seeds

from custodiet.catalog.contents import Catalog
from custodiet.catalog.imports import import_list, write_drafts
from custodiet.catalog.load import load_catalog
from custodiet.errors import SourceError


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog()


def target(data: bytes, folder: Path, known: Catalog) -> None:
    path = folder / "list"
    path.write_bytes(data)
    try:
        _, found = import_list(path, known, on="2026-11-21", registrants=["a"] if len(data) % 2 else [])
    except SourceError as fault:
        assert fault.reason and fault.next_step and str(path) in fault.place
        return
    assert all(draft.confirm for draft in found.drafts)
    for file in write_drafts(folder / "out", found.drafts).new:
        assert re.fullmatch(r"[A-Za-z0-9-]{1,80}\.yml", file.name)
        assert file.resolve().is_relative_to((folder / "out").resolve())


@FUZZ
@given(data=st.binary() | mutations(seeds("imports")))
def test_any_bytes(data: bytes, tmp_path: Path, known: Catalog) -> None:
    target(data, tmp_path, known)


def test_each_seed_gives_a_draft(tmp_path: Path, known: Catalog) -> None:
    formats = set()
    for number, seed in enumerate(seeds("imports")):
        path = tmp_path / str(number)
        path.write_bytes(seed)
        format, found = import_list(path, known, on="2026-11-21")
        assert found.drafts, seed
        formats.add(format.id)
    assert formats == {"ieee", "kev", "netbox"}


@pytest.mark.parametrize(
    "data",
    [
        b'{"catalogVersion":1,"vulnerabilities":' + b"[" * 60_000,
        b"manufacturer: a\nmodel: b\nslug: " + b"[" * 60_000,
        b"manufacturer: &a a\nmodel: *a\nslug: c\n",
        b"Registry,Assignment,Organization Name,Organization Address\n" + b'"' * 200_000,
        b"Registry,Assignment,Organization Name,Organization Address\n" + b"MA-L,001122,../../etc/passwd,x\n",
    ],
)
def test_lists_made_to_hurt(data: bytes, tmp_path: Path, known: Catalog) -> None:
    target(data, tmp_path, known)
