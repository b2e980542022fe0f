"""Folders of records to one catalog. A user's folder is read like ours; a later folder adds, and wins on the same id.

The folders and their shapes stand in one list below; a folder of another name is refused, so that a misspelt one is not
silently empty. What the records say about one another is for `check`; only words of closed lists are held here, since
nothing can be weighed with a word that has no weight.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import msgspec

from custodiet.catalog import cache, registry
from custodiet.catalog.contents import (
    Attribute,
    BodyKind,
    Catalog,
    Certainty,
    Country,
    DeviceClass,
    Step,
    Strength,
    Technique,
    Word,
)
from custodiet.catalog.files import line_of, read_record, read_text, read_words
from custodiet.catalog.spelling import nearest
from custodiet.errors import CatalogError
from custodiet.model import (
    FIELDS,
    AddressBlocks,
    Brand,
    Company,
    Directive,
    Endpoint,
    Fingerprint,
    FirmwareFormat,
    Issue,
    ModelFamily,
    Vulnerability,
)

__all__ = ["Catalog", "default_folder", "list_files", "load_catalog"]

VOCABULARIES: dict[str, type[msgspec.Struct]] = {
    # attributes first: everything else is told in their words
    "attributes": Attribute,
    "device_classes": DeviceClass,
    "strengths": Strength,
    "techniques": Technique,
    "calibration": Step,
    "body_kinds": BodyKind,
    "demands": Word,
    "countries": Country,
    "entity_tests": Word,
    "levels": Word,
    "relation_kinds": Word,
    "certainties": Certainty,
    "endpoint_purposes": Word,
    "endpoint_evidence": Word,
    "askers": Word,
    "specificities": Word,
    "exploited": Word,
    "logins": Word,
    "model_parts": Word,
    "near_words": Word,
}
"""File name in ``vocabulary/`` without its ending -> shape of one word."""

RECORDS: dict[str, type[msgspec.Struct]] = {
    "companies": Company,
    "brands": Brand,
    "address_blocks": AddressBlocks,
    "fingerprints": Fingerprint,
    "directives": Directive,
    "endpoints": Endpoint,
    "firmware": FirmwareFormat,
    "vulnerabilities": Vulnerability,
    "models": ModelFamily,
}
"""Folder -> shape of one record; fingerprints stand one folder deeper, by attribute."""

ELSEWHERE = ("vocabulary", "issuers", "alternatives", "registry", "cases", "claims")
"""Folders of the catalog that are no records of this loader: other packages read them."""


def default_folder() -> Path:
    """The catalog that came with the program: beside the code when installed, at the top of a checkout otherwise."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "_catalog"
    return packaged if packaged.is_dir() else package.parent.parent / "catalog"


def load_catalog(folders: Sequence[Path] | None = None, *, strict: bool = True, use_cache: bool = True) -> Catalog:
    """Read the catalog.

    Args:
        folders: read in this order, a later one wins on the same id; none: `default_folder` alone.
        strict: stop at the first broken record; otherwise it is left out and told in ``Catalog.issues``.
        use_cache: keep the result in the user's cache folder and take it from there while no file changed.

    Raises:
        CatalogError: a folder is missing, or (when strict) a record is broken; with file, line and remedy.
    """
    read_from = [Path(folder) for folder in folders] if folders is not None else [default_folder()]
    for folder in read_from:
        if not folder.is_dir():
            raise CatalogError(
                "there is no such catalog folder", place=str(folder), next_step="Check the path, or leave it out"
            )
    files = [list_files(folder) for folder in read_from]
    key = cache.key_of(read_from, files, strict)
    if use_cache:
        stored = cache.fetch(read_from, key)
        if stored is not None:
            return stored
    catalog = _Reading(strict).read(read_from, files)
    if use_cache:
        cache.keep(read_from, key, catalog)
    return catalog


def list_files(folder: Path) -> list[Path]:
    """The record and vocabulary files of one catalog folder, sorted, so that two machines read in the same order.

    Raises:
        CatalogError: a folder or file stands where none is known.
    """
    files: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or not entry.is_dir():
            continue
        if entry.name not in RECORDS and entry.name not in ELSEWHERE:
            raise CatalogError(
                f"unknown folder {entry.name}", place=str(entry), next_step=nearest(entry.name, [*RECORDS, *ELSEWHERE])
            )
        if entry.name == "vocabulary":
            files.extend(path for name in VOCABULARIES if (path := entry / f"{name}.yml").is_file())
        elif entry.name == "fingerprints":
            files.extend(sorted(entry.glob("*/*.yml")))
        elif entry.name in RECORDS:
            files.extend(sorted(entry.glob("*.yml")))
    return files


class _Reading:
    """One reading of all folders: what was found so far, and what was left out."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.words: dict[str, dict[str, Any]] = {name: {} for name in VOCABULARIES}
        self.records: dict[str, dict[str, Any]] = {name: {} for name in RECORDS}
        self.issues: list[Issue] = []

    def read(self, folders: Sequence[Path], files: Sequence[Sequence[Path]]) -> Catalog:
        for folder, paths in zip(folders, files, strict=True):
            # Words before records, since records are held against them.
            for path in sorted(paths, key=lambda path: (path.parent.name != "vocabulary", str(path))):
                try:
                    self._file(folder, path)
                except CatalogError as error:
                    if self.strict:
                        raise
                    self.issues.append(_left_out(error, path))
        found = {name: dict(sorted(records.items())) for name, records in self.records.items()}
        return Catalog(
            version=version_of(self.words, found),
            **self.words,
            **{kind: records for kind, records in found.items() if kind != "fingerprints"},
            fingerprints=tuple(found["fingerprints"].values()),
            registries=registry.tables(folders),
            issues=tuple(self.issues),
        )

    def _file(self, folder: Path, path: Path) -> None:
        kind = path.relative_to(folder).parts[0]
        if kind == "vocabulary":
            for word in read_words(path, VOCABULARIES[path.stem]):
                self.words[path.stem][word.id] = word  # type: ignore[attr-defined]
            return
        record: Any = read_record(path, RECORDS[kind])
        for steps, fault, remedy in self._faults(record, path):
            place = f"{path}:{line_of(read_text(path), steps)}"
            raise CatalogError(fault, place=place, next_step=remedy)
        if record.id in self.records[kind]:
            self._again(folder, path, kind, record)
        self.records[kind][record.id] = record

    def _again(self, folder: Path, path: Path, kind: str, record: Any) -> None:
        """The same id twice: a mistake within one folder, a wish of the user across folders."""
        if sum(1 for _ in folder.glob(f"{kind}/**/{record.id}.yml")) > 1:
            raise CatalogError(
                f"the id {record.id} stands twice in this folder", place=str(path), next_step="Rename the newer record"
            )
        reason = f"the record {record.id} of this folder replaces the one of the same id read before"
        self.issues.append(Issue(source=str(path), place="", reason=reason))

    def _faults(self, record: Any, path: Path) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Where, fault and remedy of everything without which the record could not be used at all."""
        if isinstance(record, Fingerprint):
            yield from self._fingerprint_faults(record, path)
        if isinstance(record, Fingerprint | AddressBlocks | Endpoint):
            yield from self._word(("strength",), "strength", record.strength, self.words["strengths"])
            for field, said in record.says.items():
                yield from self._word(("says", field), "field of an identification", field, FIELDS)
                if field == "device_class" and "{" not in said:
                    yield from self._word(("says", field), "device class", said, self.words["device_classes"])
        if isinstance(record, AddressBlocks):
            for index, block in enumerate(record.blocks):
                if not re.fullmatch(r"(?:[0-9A-F]{6}|[0-9A-F]{7}|[0-9A-F]{9})", block):
                    fault = f"{block} is no MAC block"
                    yield ("blocks", index), fault, "Write 6, 7 or 9 hexadecimal digits in capitals, no separators"
        if isinstance(record, Endpoint):
            yield from _endpoint_faults(record)
        for steps, regex in _expressions(record):
            if fault := _regex_fault(regex):
                yield steps, fault, "Correct it; see Python's re"
        if isinstance(record, ModelFamily):
            yield from self._family_faults(record)
        if isinstance(record, Brand):
            for index, series in enumerate(record.series):
                what = "certainty"
                yield from self._word(("series", index, what), what, series.certainty, self.words["certainties"])

    def _fingerprint_faults(self, record: Fingerprint, path: Path) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        yield from self._word(("attribute",), "attribute", record.attribute, self.words["attributes"])
        yield from self._word(("technique",), "technique", record.technique, self.words["techniques"])
        if path.parent.name != record.attribute:
            fault = f"this record of {record.attribute} stands in the folder {path.parent.name}"
            yield ("attribute",), fault, f"Move it to fingerprints/{record.attribute}/"
        if bool(record.when.regex) == bool(record.when.equals):
            yield ("when",), "a condition is either a regex or equals", "Keep exactly one of the two"
        groups: Iterable[str] = ()
        if record.when.regex:
            if _regex_fault(record.when.regex):
                return  # told already
            groups = re.compile(record.when.regex).groupindex
        for field, said in record.says.items():
            for group in re.findall(r"\{(\w+)\}", said):
                yield from self._word(("says", field), "named group", group, groups)

    def _family_faults(self, record: ModelFamily) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        known = self.words["device_classes"]
        if record.device_class:
            yield from self._word(("device_class",), "device class", record.device_class, known)
        groups = {} if _regex_fault(record.regex) else re.compile(record.regex).groupindex
        for index, part in enumerate(record.parts):
            yield from self._word(("parts", index, "part"), "part of a model", part.part, self.words["model_parts"])
            yield from self._word(("parts", index, "group"), "named group", part.group, groups)
            for value, device_class in part.classes.items():
                yield from self._word(("parts", index, "classes", value), "device class", device_class, known)

    @staticmethod
    def _word(
        steps: tuple[str | int, ...], what: str, word: str, known: Iterable[str]
    ) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        if word not in known:
            yield steps, f"{word or '(empty)'} is not a known {what}", nearest(word, known)


def _expressions(record: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every regular expression of a record, with its place."""
    if isinstance(record, Fingerprint):
        yield ("when", "regex"), record.when.regex
    elif isinstance(record, FirmwareFormat | ModelFamily):
        yield ("regex",), record.regex
    elif isinstance(record, Brand):
        for index, series in enumerate(record.series):
            yield ("series", index, "models"), series.models
    elif isinstance(record, Vulnerability):
        for index, affected in enumerate(record.affected):
            yield ("affected", index, "models"), affected.models


def _regex_fault(regex: str) -> str:
    try:
        re.compile(regex)
    except (re.error, RecursionError, OverflowError) as error:
        return f"this is not a regular expression: {error}"
    return ""


def _endpoint_faults(record: Endpoint) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Names and addresses that could not be looked up."""
    for index, name in enumerate(record.names):
        if not _HOST.fullmatch(name):
            yield ("names", index), f"{name} is no host name", "Write a.example.com, or *.example.com, in lower case"
    for index, address in enumerate(record.addresses):
        try:
            ip_network(address)
        except ValueError:
            yield ("addresses", index), f"{address} is no address", "Write 192.0.2.1 or 192.0.2.0/24"


_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){1,8}[a-z][a-z0-9-]{1,62}")


def _left_out(error: CatalogError, path: Path) -> Issue:
    place = error.place.removeprefix(str(path)).lstrip(":")
    return Issue(
        source=str(path),
        place=f"line {place}" if place else "",
        reason=f"this record was left out: {error.reason}",
        next_step=error.next_step,
        severity="incomplete",
    )


def version_of(words: dict[str, dict[str, Any]], records: dict[str, dict[str, Any]]) -> str:
    """First 12 hexadecimal digits of the SHA-256 over all words and records, sorted by kind and id."""
    digest = hashlib.sha256()
    for kind, entries in sorted({**words, **records}.items()):
        for id, entry in sorted(entries.items()):
            digest.update(f"{kind}/{id}\x1f".encode())
            digest.update(msgspec.json.encode(entry, order="deterministic"))
    return digest.hexdigest()[:12]
