"""One YAML file of the catalog to one record, and the sentence for the person whose file is wrong.

Every scalar is read as text, so that ``NO`` stays Norway, ``0000`` keeps its zeros and a date stays as written; the
types of the record then say what is a number. A refused record is told with file, line and the nearest known key.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from custodiet.catalog.spelling import nearest
from custodiet.errors import CatalogError

T = TypeVar("T")

# libyaml where PyYAML was built with it: ten times as fast; the Python one reads the same.
_TextLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

LARGEST_FILE = 1_000_000
"""Bytes; a record is one small file, and the largest list of address blocks stays far below."""

_UNKNOWN_FIELD = re.compile(r"unknown field `(?P<key>.*?)`(?: - at `\$?(?P<path>.*?)`)?$")
_AT_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$?(?P<path>.*?)`)?$", re.DOTALL)


def read_text(path: Path) -> str:
    """The text of a record file.

    Raises:
        CatalogError: the file cannot be read, is no UTF-8 or is larger than `LARGEST_FILE`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
            size = path.stat().st_size
    except OSError as error:
        reason = f"this record cannot be read: {error.strerror}"
        raise CatalogError(reason, place=str(path), next_step="Check that the file exists and may be read") from error
    if len(data) > LARGEST_FILE:
        raise CatalogError(
            f"this file has {size:,} bytes, a record has at most {LARGEST_FILE:,}",
            place=str(path),
            next_step="Split it into several records or take it out of the catalog folder",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(
            f"byte {error.start} is not UTF-8", place=str(path), next_step="Save the file as UTF-8"
        ) from error


def read_record(path: Path, shape: type[T]) -> T:
    """Read one file as one record of the given shape; its file name must be its id.

    Raises:
        CatalogError: with file, line and remedy.
    """
    text = read_text(path)
    record: T = _convert(path, text, _parse(path, text), shape)
    id = getattr(record, "id", path.stem)
    if id != path.stem:
        raise CatalogError(
            f"the file is called {path.name} and its record says id: {id}",
            place=f"{path}:{line_of(text, ('id',))}",
            next_step=f"Rename the file to {id}.yml, or set id: {path.stem} if the record is new",
        )
    return record


def read_words(path: Path, shape: type[T]) -> tuple[T, ...]:
    """Read one vocabulary file: a list of words, none twice.

    Raises:
        CatalogError: with file, line and remedy.
    """
    text = read_text(path)
    listed = _parse(path, text)
    words: tuple[T, ...] = _convert(path, text, [] if listed in (None, "") else listed, tuple[shape, ...])  # type: ignore[valid-type]
    seen: set[str] = set()
    for index, word in enumerate(words):
        id = str(getattr(word, "id", ""))
        if id in seen:
            place = f"{path}:{line_of(text, (index,))}"
            raise CatalogError(f"the word {id} is defined twice", place=place, next_step="Keep one of the two")
        seen.add(id)
    return words


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The line, counted from 1, on which the value at this path begins; of its nearest parent where it is absent."""
    try:
        node = yaml.compose(text, Loader=_TextLoader)
    except yaml.YAMLError:
        return 1
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def repeated_keys(text: str) -> list[tuple[int, str]]:
    """Line and name of every key that stands twice in one mapping; YAML would silently keep the last."""
    found: list[tuple[int, str]] = []
    pending = [yaml.compose(text, Loader=_TextLoader)]
    visited: set[int] = set()
    while pending:
        node = pending.pop()
        # An alias leads to the same node again, and at worst to a node that holds itself.
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    found.append((key.start_mark.line + 1, str(key.value)))
                seen.add(key.value)
                pending.append(value)
        elif isinstance(node, yaml.SequenceNode):
            pending.extend(node.value)
    return found


def _parse(path: Path, text: str) -> Any:
    try:
        return yaml.load(text, Loader=_TextLoader)  # noqa: S506 - the base loader makes text, lists and mappings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "this is not YAML"
        raise CatalogError(
            str(problem), place=f"{path}:{line}", next_step="Check indentation and put values with : or # in quotes"
        ) from error
    except RecursionError as error:
        raise CatalogError("this file nests too deeply", place=str(path), next_step="A record is flat") from error


def _convert(path: Path, text: str, plain: Any, shape: Any) -> Any:
    try:
        return msgspec.convert(plain, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(path, text, plain, shape, str(error)) from error


def _refusal(path: Path, text: str, plain: Any, shape: Any, said: str) -> CatalogError:
    """Turn msgspec's sentence into ours: file, line, what is wrong, and the nearest known key."""
    unknown = _UNKNOWN_FIELD.search(said)
    if unknown:
        steps = _steps(unknown["path"] or "")
        key = unknown["key"]
        known = _known_keys(shape, steps)
        place = f"{path}:{line_of(text, (*steps, key))}"
        return CatalogError(f"unknown key {key}", place=place, next_step=nearest(key, known))
    parts = _AT_PATH.match(said)
    steps = _steps(parts["path"] or "") if parts else ()
    what = parts["what"] if parts else said
    missing = re.search(r"missing required field `(.*?)`", what)
    if missing:
        what, remedy = f"the key {missing[1]} is missing", f"Add a line {missing[1]}: ..."
    else:
        what, remedy = what[:1].lower() + what[1:], "Correct the value; catalog/README.md shows every record's shape"
    where = ".".join(str(step) for step in steps)
    return CatalogError(f"{where}: {what}" if where else what, place=f"{path}:{line_of(text, steps)}", next_step=remedy)


def _steps(path: str) -> tuple[str | int, ...]:
    """``.relations[0].kind`` -> (relations, 0, kind)."""
    return tuple(
        int(index) if index else name
        for name, index in re.findall(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]", path)
        if index != "..."
    )


def _known_keys(shape: Any, steps: tuple[str | int, ...]) -> list[str]:
    """The keys that the record knows at this path."""
    kind: Any = msgspec.inspect.type_info(shape)
    for step in steps:
        if isinstance(step, int) and isinstance(kind, msgspec.inspect.VarTupleType):
            kind = kind.item_type
        elif isinstance(kind, msgspec.inspect.StructType):
            kind = next((field.type for field in kind.fields if field.name == step), None)
    if isinstance(kind, msgspec.inspect.VarTupleType):
        kind = kind.item_type
    return [field.name for field in kind.fields] if isinstance(kind, msgspec.inspect.StructType) else []
