"""Two states of the catalog compared: which records came, went or changed, field by field, in words.

It compares what records say and not how their files are written. What a change can do to an identification is told by
the attributes and fields it touches; whether it does so for a device is for `identify` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.load import RECORDS, VOCABULARIES, load_catalog
from custodiet.errors import CatalogError

What = Literal["added", "removed", "changed"]


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one record that is not what it was."""

    field: str
    """The way to it: ``relations, owns ezviz, until``."""
    before: Any = None
    """As it was; none where it was not there."""
    after: Any = None
    """As it is; none where it is gone."""
    words: str
    """The change in words: "relation owns ezviz got until 2024-03"."""


class RecordChange(msgspec.Struct, frozen=True, kw_only=True):
    """One record that came, went or changed."""

    kind: str
    """The folder of the catalog, or ``vocabulary/`` and its list."""
    id: str
    """Id of the record, or the word."""
    what: What
    """What happened to it."""
    fields: tuple[FieldChange, ...] = ()
    """What changed in it; empty for a record that came or went."""
    touches: tuple[str, ...] = ()
    """What of an identification could change by it; empty: nothing."""


class CatalogDiff(msgspec.Struct, frozen=True, kw_only=True):
    """All that differs between two states."""

    old: str
    """Version of the older state."""
    new: str
    """Version of the newer state."""
    changes: tuple[RecordChange, ...]
    """In the order of the kinds and ids."""
    left_out: tuple[str, ...] = ()
    """Records of either state that could not be read, each with its reason."""


TOLD_BY: dict[str, tuple[str, ...]] = {
    "relations": ("kind", "to"),
    "references": ("where",),
    "series": ("name",),
    "examples": ("value", "model"),
    "requirements": ("id",),
    "affected": ("what",),
    "parts": ("group", "part"),
    "codes": ("code",),
    "platforms": ("code",),
}
"""List of a record -> the keys by which one of its entries is known again."""

ONE_OF = {
    "relations": "relation",
    "references": "source",
    "examples": "example",
    "requirements": "requirement",
    "blocks": "block",
    "names": "name",
    "counter_examples": "counter-example",
    "parts": "part",
    "codes": "code",
    "platforms": "platform",
    "makes": "maker",
}
"""List of a record -> how one entry is called."""

SAYS_NOTHING = {"references", "note", "added", "examples", "counter_examples", "means", "title"}
"""Fields that no answer depends on."""


def load_state(path: Path) -> Catalog:
    """A catalog folder, or a checkout that holds one; records of an older shape are left out and told.

    Raises:
        CatalogError: there is none.
    """
    folder = path / "catalog" if (path / "catalog" / "vocabulary").is_dir() else path
    if not (folder / "vocabulary").is_dir():
        raise CatalogError(
            "this is no catalog folder",
            place=str(path),
            next_step="Give a folder with vocabulary/ in it; for a git revision: "
            "git archive REVISION catalog | tar -x -C FOLDER",
        )
    return load_catalog([folder], strict=False, use_cache=False)


def diff(old: Catalog, new: Catalog) -> CatalogDiff:
    """What came, went and changed from one state to another."""
    changes: list[RecordChange] = []
    for kind in RECORDS:
        changes += _compare(kind, _shelf(old, kind), _shelf(new, kind))
    for name in VOCABULARIES:
        changes += _compare(f"vocabulary/{name}", _shelf(old, name), _shelf(new, name))
    left_out = [
        f"{issue.source}: {issue.reason}"
        for catalog in (old, new)
        for issue in catalog.issues
        if issue.severity == "incomplete"
    ]
    return CatalogDiff(old=old.version, new=new.version, changes=tuple(changes), left_out=tuple(left_out))


def _shelf(catalog: Catalog, kind: str) -> dict[str, Any]:
    shelf = getattr(catalog, kind, {})
    return dict(shelf) if isinstance(shelf, Mapping) else {record.id: record for record in shelf}


def _compare(kind: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[RecordChange]:
    for id in sorted(old.keys() | new.keys()):
        if id not in new:
            yield RecordChange(kind=kind, id=id, what="removed", touches=_touches(kind, old[id], None))
        elif id not in old:
            yield RecordChange(kind=kind, id=id, what="added", touches=_touches(kind, new[id], None))
        elif old[id] != new[id]:
            before, after = msgspec.to_builtins(old[id]), msgspec.to_builtins(new[id])
            fields = tuple(_fields(before, after, ()))
            changed = {change.field.split(", ")[0] for change in fields}
            touches = _touches(kind, old[id], changed) + _touches(kind, new[id], changed)
            yield RecordChange(kind=kind, id=id, what="changed", fields=fields, touches=tuple(dict.fromkeys(touches)))


def _fields(before: dict[str, Any], after: dict[str, Any], way: tuple[str, ...]) -> Iterator[FieldChange]:
    """The fields in which two mappings differ, deepest first told."""
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _fields(was, now, (*way, name))
        elif isinstance(was or now, list | tuple):
            yield from _entries(name, list(was or ()), list(now or ()), way)
        else:
            yield _change((*way, name), was, now)


def _entries(name: str, was: list[Any], now: list[Any], way: tuple[str, ...]) -> Iterator[FieldChange]:
    """The entries in which two lists differ; an entry is known again by what it names."""
    old, new = ({_known_by(name, entry, place): entry for place, entry in enumerate(side)} for side in (was, now))
    for known in dict.fromkeys([*old, *new]):
        here = f"{ONE_OF.get(name, name)} {known}"
        if known not in new:
            yield _change((*way, name, known), old[known], None, f"lost the {here}")
        elif known not in old:
            yield _change((*way, name, known), None, new[known], f"got the {here}{_dates(new[known])}")
        elif isinstance(old[known], dict) and isinstance(new[known], dict):
            for change in _fields(old[known], new[known], ()):
                yield msgspec.structs.replace(
                    change, field=", ".join((*way, name, known, change.field)), words=f"{here} {change.words}"
                )
    if old == new and was != now:
        yield _change((*way, name), was, now, f"{name} stand in another order")


def _known_by(name: str, entry: Any, place: int) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    told = " ".join(str(entry[key]) for key in TOLD_BY.get(name, ()) if entry.get(key))
    return told or f"number {place + 1}"


def _dates(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    parts = [f"{name} {entry[name]}" for name in ("since", "until", "share", "read") if entry.get(name)]
    return f" ({', '.join(parts)})" if parts else ""


def _change(way: tuple[str, ...], was: Any, now: Any, words: str = "") -> FieldChange:
    name = ", ".join(way)
    if not words:
        if was in (None, "", [], False):
            words = f"is now {name}" if now is True else f"got {name} {_short(now)}"
        elif now in (None, "", [], False):
            words = f"is no longer {name}" if was is True else f"lost {name} {_short(was)}"
        else:
            words = f"changed {name} from {_short(was)} to {_short(now)}"
    return FieldChange(field=name, before=was, after=now, words=words)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:159]}…"


def _touches(kind: str, record: Any, changed: set[str] | None) -> tuple[str, ...]:
    """What of an identification a record has a hand in; ``changed``: its fields that changed, none: all of them."""
    if changed is not None and not changed - SAYS_NOTHING - {"survives_relabelling"}:
        return ()
    said = ", ".join(getattr(record, "says", {}))
    match kind:
        case "fingerprints":
            return (f"{record.attribute}: {said}",)
        case "address_blocks":
            return (f"net.mac: {', '.join(filter(None, ['oui_registrant', said]))}",)
        case "endpoints":
            return (f"dns.query, tls.server_name: {said}",) if said else ()
        case "companies":
            return ("names of makers",) if changed is None or changed & {"name", "names", "group"} else ()
        case "brands":
            names = ("names of brands",) if changed is None or changed & {"name", "names"} else ()
            series = ("makers of its series",) if record.series and (changed is None or "series" in changed) else ()
            return names + series
        case "vulnerabilities":
            return ("known vulnerabilities",)
        case "firmware":
            return ("build dates of firmware",)
        case "models":
            return ("parts of model names",)
        case "vocabulary/attributes":
            return (f"{record.id}: how it is read",)
        case "vocabulary/near_words":
            return ("misspelt names in text",)
        case "vocabulary/strengths" | "vocabulary/techniques" | "vocabulary/certainties" | "vocabulary/calibration":
            return ("every confidence",)
        case _:
            return ()
