"""Rows that come back by key, from memory and from disk."""

from pathlib import Path

import numpy as np
import pytest

from custodiet.count.shelf import Shelf

ROW = np.dtype([("key", "u8"), ("number", "i4")])


def rows(count: int, seed: int = 1):
    random = np.random.default_rng(seed)
    made = np.zeros(count, ROW)
    made["key"] = random.integers(0, 50, count).astype(np.uint64) * np.uint64(2**57 + 11)
    made["number"] = np.arange(count)
    return made


@pytest.mark.parametrize("most", [10, 10_000])
def test_each_row_comes_back_once_and_no_key_is_split(tmp_path: Path, most: int) -> None:
    shelf, given = Shelf(tmp_path / "parts", "key", most), rows(1000)
    for begin in range(0, 1000, 100):
        shelf.add(given[begin : begin + 100])
    parts = list(shelf.parts())
    assert sorted(np.concatenate(parts)["number"].tolist()) == list(range(1000))
    keys = [set(part["key"].tolist()) for part in parts]
    assert sum(map(len, keys)) == len(set().union(*keys))
    assert (len(parts) > 1) == (most == 10)


def test_few_rows_never_touch_the_disk(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "parts", "key", 1000)
    shelf.add(rows(1000))
    assert len(list(shelf.parts())) == 1
    assert not (tmp_path / "parts").exists()


def test_the_parts_are_gone_when_they_were_read(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "parts", "key", 10)
    shelf.add(rows(100))
    list(shelf.parts())
    assert not list((tmp_path / "parts").iterdir())


def test_an_empty_shelf_has_no_parts(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "parts", "key")
    shelf.add(rows(0))
    assert list(shelf.parts()) == []
