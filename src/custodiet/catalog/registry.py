"""Who holds the MAC blocks that no record of ours speaks of: the public registry, as one table beside the records.

It knows the table and makes an ordinary record of a line of it. It refuses to conclude anything: a line says who
registered a block, and nothing about a maker.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from custodiet.model import AddressBlocks, Reference

FILE = Path("registry") / "mac-blocks.tsv"
"""Where the table stands in a catalog folder: name, tab, blocks separated by blanks; lines with # are comments."""

MARK = "registry-"
"""How the id of such a record begins; the block follows in lower case."""

LARGEST = 16 * 2**20
"""Bytes; the whole registry is little more than one million."""

SOURCE = Reference(where="IEEE Registration Authority, as republished in silverwind/oui-data 2.1.9", read="2026-10")
"""Where the table was read."""


def tables(folders: Sequence[Path]) -> tuple[str, ...]:
    """The tables of these catalog folders, as paths."""
    return tuple(str(folder / FILE) for folder in folders if (folder / FILE).is_file())


def holder(paths: Sequence[str], block: str) -> AddressBlocks | None:
    """The record of one block, 6, 7 or 9 hexadecimal digits in capitals; the last table that has it wins."""
    for path in reversed(paths):
        name = _holders(path).get(block)
        if name:
            return AddressBlocks(
                id=f"{MARK}{block.lower()}", registrant=name, blocks=(block,), references=(SOURCE,), added=SOURCE.read
            )
    return None


def by_id(paths: Sequence[str], id: str) -> AddressBlocks | None:
    """The record of this id; nothing where it is not the id of a line of the registry."""
    return holder(paths, id.removeprefix(MARK).upper()) if id.startswith(MARK) else None


@lru_cache(8)
def _holders(path: str) -> dict[str, str]:
    """Block -> who registered it; read once, when the first address asks. A table that cannot be read is empty."""
    try:
        with Path(path).open("rb") as file:
            lines = file.read(LARGEST).decode("utf-8", "replace").split("\n")
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        name, tab, blocks = line.partition("\t")
        if tab and not line.startswith("#"):
            for block in blocks.split():
                found[block] = name
    return found
