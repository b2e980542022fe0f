from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog.factories import company, small_catalog, write
from custodiet.catalog import load_catalog
from custodiet.errors import CatalogError


@pytest.fixture(autouse=True)
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home


def kept(home: Path) -> list[Path]:
    return sorted(home.rglob("*.msgpack"))


def test_the_second_load_gives_the_same_catalog(tmp_path: Path, cache_home: Path) -> None:
    folder = small_catalog(tmp_path / "catalog")
    fresh = load_catalog([folder])
    assert len(kept(cache_home)) == 1
    assert load_catalog([folder]) == fresh
    assert load_catalog([folder], use_cache=False) == fresh


def test_the_cache_is_really_read(tmp_path: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_catalog(tmp_path / "catalog")
    load_catalog([folder])
    monkeypatch.setattr("custodiet.catalog.load.read_record", None)
    assert load_catalog([folder]).companies


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    folder = small_catalog(tmp_path / "catalog")
    first = load_catalog([folder])
    path = company(folder, "example-optics", name="Exemple-Optics")
    os.utime(path, ns=(1, 1))
    assert load_catalog([folder]).version != first.version


def test_an_added_and_a_removed_file_are_seen(tmp_path: Path) -> None:
    folder = small_catalog(tmp_path / "catalog")
    first = load_catalog([folder])
    path = company(folder, "another")
    assert "another" in load_catalog([folder]).companies
    path.unlink()
    assert load_catalog([folder]).version == first.version


@pytest.mark.parametrize("content", [b"", b"\x00", b"\x81\xa3key\xa3abc", b"\xde\xad\xbe\xef" * 50])
def test_an_unreadable_cache_is_ignored_and_replaced(tmp_path: Path, cache_home: Path, content: bytes) -> None:
    folder = small_catalog(tmp_path / "catalog")
    fresh = load_catalog([folder])
    kept(cache_home)[0].write_bytes(content)
    assert load_catalog([folder]) == fresh
    assert kept(cache_home)[0].read_bytes() != content


def test_a_cache_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_home: Path
) -> None:
    write(tmp_path, "file", "not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load_catalog([small_catalog(tmp_path / "catalog")]).companies
    assert kept(cache_home) == []


def test_no_temporary_file_stays_behind(tmp_path: Path, cache_home: Path) -> None:
    load_catalog([small_catalog(tmp_path / "catalog")])
    assert [path.suffix for path in (cache_home / "custodiet").iterdir()] == [".msgpack"]


def test_what_was_left_out_once_is_still_refused_when_strict(tmp_path: Path) -> None:
    folder = small_catalog(tmp_path / "catalog")
    write(folder, "companies/bad.yml", "id: bad\n")
    assert len(load_catalog([folder], strict=False).issues) == 1
    assert len(load_catalog([folder], strict=False).issues) == 1
    with pytest.raises(CatalogError):
        load_catalog([folder])
