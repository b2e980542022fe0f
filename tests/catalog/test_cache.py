from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog.factories import company, small_catalog, write
from custodiet.catalog import cache, load_catalog
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


def test_bytes_come_back_as_they_were_kept(cache_home: Path) -> None:
    assert cache.fetch_bytes("things", "key") is None
    cache.keep_bytes("things", "key", b"content")
    assert cache.fetch_bytes("things", "key") == b"content"
    assert cache.fetch_bytes("things", "another") is None
    assert cache.fetch_bytes("others", "key") is None
    assert [path.name for path in (cache_home / "custodiet").iterdir()] == ["things-key.bin"]


def kept_bytes(home: Path) -> Path:
    cache.keep_bytes("things", "key", b"content")
    return home / "custodiet" / "things-key.bin"


@pytest.mark.parametrize("change", [b"", b"x", b"\x00" * 32, b"\x00" * 39])
def test_changed_bytes_are_nothing(cache_home: Path, change: bytes) -> None:
    kept_bytes(cache_home).write_bytes(change)
    assert cache.fetch_bytes("things", "key") is None


def test_bytes_of_another_key_are_nothing_under_its_name(cache_home: Path) -> None:
    path = kept_bytes(cache_home)
    path.rename(path.with_name("things-other.bin"))
    assert cache.fetch_bytes("things", "other") is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_bytes_that_others_may_write_are_not_taken(cache_home: Path, mode: int) -> None:
    path = kept_bytes(cache_home)
    path.chmod(mode)
    assert cache.fetch_bytes("things", "key") is None
    path.chmod(0o600)
    assert cache.fetch_bytes("things", "key") == b"content"


def test_bytes_in_a_folder_that_others_may_write_to_are_not_taken(cache_home: Path) -> None:
    path = kept_bytes(cache_home)
    path.parent.chmod(0o777)
    assert cache.fetch_bytes("things", "key") is None


def test_bytes_of_another_user_are_not_taken(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_bytes(cache_home)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert cache.fetch_bytes("things", "key") is None


def test_a_link_and_a_pipe_are_not_taken(cache_home: Path) -> None:
    path = kept_bytes(cache_home)
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert cache.fetch_bytes("things", "key") is None
    path.unlink()
    os.mkfifo(path, 0o600)
    assert cache.fetch_bytes("things", "key") is None


def test_only_the_newest_are_kept(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_KEPT", 3)
    for number in range(6):
        cache.keep_bytes("things", str(number), b"content")
        os.utime(cache_home / "custodiet" / f"things-{number}.bin", ns=(number, number))
    assert [cache.fetch_bytes("things", str(number)) for number in range(6)] == [None] * 3 + [b"content"] * 3


def test_a_folder_that_cannot_be_made_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.keep_bytes("things", "key", b"content")
    assert cache.fetch_bytes("things", "key") is None
