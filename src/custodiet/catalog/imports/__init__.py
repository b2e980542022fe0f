"""Public lists that a user has on disk, to drafts of records: an IEEE registry, the KEV list, NetBox device types.

A draft is no knowledge yet: it is written into a folder of its own, with what a person must still confirm, and never
over a file that stands there. A list is recognised by its content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.imports import ieee, kev, netbox
from custodiet.catalog.imports.draft import Draft, Imported, Refused
from custodiet.errors import SourceError, UsageError
from custodiet.model import Fingerprint

__all__ = ["FORMATS", "Draft", "Imported", "Written", "import_list", "write_drafts"]

LARGEST = 64_000_000
"""Bytes; the largest of these lists has six million."""

MOST_DRAFTS = 2_000
"""Nobody confirms more in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of list.

    Args:
        id: short name.
        title: name for people.
        recognise: whether bytes at the beginning are of it.
        draft: (text, name of the file, its date, catalog, registrants asked for) -> drafts.
    """

    id: str
    title: str
    recognise: Callable[[bytes], bool]
    draft: Callable[[str, str, str, Catalog, Sequence[str]], Imported]


FORMATS: list[Format] = [
    # the stricter ones first; YAML is the loosest
    Format(id="ieee", title="IEEE registry (CSV)", recognise=ieee.recognise, draft=ieee.draft),
    Format(id="kev", title="CISA list of exploited vulnerabilities (JSON)", recognise=kev.recognise, draft=kev.draft),
    Format(id="netbox", title="NetBox device type (YAML)", recognise=netbox.recognise, draft=netbox.draft),
]


def import_list(path: Path, catalog: Catalog, *, on: str, registrants: Sequence[str] = ()) -> tuple[Format, Imported]:
    """Read one list.

    Args:
        path: the file.
        catalog: what we know already.
        on: ISO 8601 date of the file, for references.
        registrants: names to make drafts for although we do not know them; for IEEE registries.

    Raises:
        SourceError: it is none of these lists, too large or broken as a whole.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise SourceError(f"it has more than {LARGEST:,} bytes", place=str(path), next_step="No such list is as large.")
    found = next((one for one in FORMATS if one.recognise(data[:65536])), None)
    if found is None:
        titles = ", ".join(one.title for one in FORMATS)
        raise SourceError(
            "its format is not one that is imported", place=str(path), next_step=f"Imported are: {titles}."
        )
    try:
        return found, found.draft(data.decode("utf-8-sig", "replace"), path.name, on, catalog, registrants)
    except Refused as fault:
        raise SourceError(str(fault), place=str(path), next_step=f"Download the {found.title} again.") from fault


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the drafts."""

    new: list[Path] = field(default_factory=list)
    """Files that were written."""
    stood: list[Path] = field(default_factory=list)
    """Files that stood there already, and were left as they are."""
    left: int = 0
    """Drafts that were too many."""


def write_drafts(folder: Path, drafts: Sequence[Draft]) -> Written:
    """Write drafts as record files into a folder.

    Raises:
        UsageError: the folder is a catalog: a draft in it would count as knowledge.
    """
    if (folder / "vocabulary").is_dir():
        raise UsageError("this is a catalog", place=str(folder), next_step="Give --out a folder for drafts.")
    written = Written(left=max(0, len(drafts) - MOST_DRAFTS))
    for draft in drafts[:MOST_DRAFTS]:
        path = folder / draft.kind / f"{draft.record.id}.yml"
        if isinstance(draft.record, Fingerprint):
            path = folder / draft.kind / draft.record.attribute / f"{draft.record.id}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write("# A draft. Before it may go into the catalog, confirm:\n")
                file.writelines(f"# - {' '.join(point.split())}\n" for point in draft.confirm)
                file.write(msgspec.yaml.encode(_told(draft.record)).decode())
            written.new.append(path)
        except FileExistsError:
            written.stood.append(path)
    return written


def _told(record: Any) -> dict[str, Any]:
    """A record without the fields that say nothing; what a record must have is then missing, and the check says so."""
    told: dict[str, Any] = _pruned(msgspec.json.decode(msgspec.json.encode(record)))
    return told


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(inner) for name, inner in value.items() if inner not in ("", [], {}, None, False)}
    return [_pruned(inner) for inner in value] if isinstance(value, list) else value
