"""The registry of MAC blocks fills in who holds a block, and concludes nothing."""

from __future__ import annotations

from pathlib import Path

from custodiet.catalog.ask import lookup_mac
from custodiet.catalog.load import default_folder, load_catalog
from custodiet.catalog.registry import by_id, holder, tables


def table(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "registry").mkdir(parents=True, exist_ok=True)
    (folder / "registry" / "mac-blocks.tsv").write_text(text, encoding="utf-8")
    return tables([folder])


def test_a_line_names_the_holder_of_each_of_its_blocks(tmp_path: Path) -> None:
    paths = table(tmp_path, "# a comment\tAABBCC\nExample Optics\tAABBCC DDEEFF0\n")
    found = holder(paths, "DDEEFF0")
    assert found is not None
    assert (found.registrant, found.blocks, found.says) == ("Example Optics", ("DDEEFF0",), {})
    assert holder(paths, "DDEEFF1") is None
    assert by_id(paths, found.id) == found
    assert by_id(paths, "example-optics") is None


def test_a_later_folder_wins_and_a_broken_table_is_empty(tmp_path: Path) -> None:
    first = table(tmp_path / "one", "Old Name\tAABBCC\n")
    second = table(tmp_path / "two", "New Name\tAABBCC\n\xff\n no tab here\n\t\n")
    found = holder((*first, *second), "AABBCC")
    assert found is not None and found.registrant == "New Name"
    assert holder((str(tmp_path / "nowhere.tsv"),), "AABBCC") is None
    assert tables([tmp_path / "three"]) == ()


def test_a_record_of_ours_speaks_before_the_registry_and_the_longest_block_wins() -> None:
    catalog = load_catalog()
    ours = lookup_mac(catalog, "00:40:8c:11:22:33")
    assert ours is not None and ours[0].id == "axis"
    registered = lookup_mac(catalog, "00:03:7f:11:22:33")
    assert registered is not None
    assert (registered[0].registrant, registered[0].says, registered[0].company) == (
        "Atheros Communications, Inc.",
        {},
        "",
    )
    small = lookup_mac(catalog, "70:b3:d5:00:11:22")
    assert small is not None and small[1] == "70B3D5001"


def test_the_table_holds_blocks_and_names_only() -> None:
    lines = (default_folder() / "registry" / "mac-blocks.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert len(rows) > 25_000
    assert all(len(row) == 2 and row[0].strip() for row in rows)
    blocks = [block for row in rows for block in row[1].split()]
    assert len(blocks) == len(set(blocks))
    assert all(len(block) in (6, 7, 9) and set(block) <= set("0123456789ABCDEF") for block in blocks)
