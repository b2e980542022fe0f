"""The plain part of YAML: mappings, lists and text, each with its line; nothing that can surprise.

Every scalar is text, so that ``no`` stays the word no and a date stays as written. Anchors, aliases and tags are
refused, so that a file of a kilobyte cannot unpack into a gigabyte, and so is nesting that no file of ours needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from custodiet.errors import UsageError

Steps = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""

DEEPEST = 12
"""Levels of nesting."""
MOST_VALUES = 400_000
"""Values in a file; a body of 20,000 sites has fewer."""

# libyaml where PyYAML was built with it: ten times as fast; the Python one reads the same.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_plain(text: str, path: Path, help: str) -> tuple[Any, dict[Steps, int]]:
    """Mappings, lists and text, with the line on which each value begins.

    Args:
        text: the file.
        path: its name, for messages.
        help: the next step to name where a message has no better one.

    Raises:
        UsageError: with file, line and next step.
    """
    builder = _Builder(path, help)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "a character that YAML does not allow"
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UsageError(f"this is not YAML: {problem}", place=place, next_step=help) from error
    if not builder.root:
        raise UsageError("the file is empty", place=str(path), next_step=help)
    return builder.root[0], builder.lines


class _Builder:
    """Values made from the parser's events and not by its composer, which calls itself once for each level."""

    def __init__(self, path: Path, help: str) -> None:
        self.path = path
        self.help = help
        self.root: list[Any] = []
        self.lines: dict[Steps, int] = {}
        self._stack: list[tuple[Any, Steps]] = []
        """The open containers and the way to each, innermost last."""
        self._keys: list[str | None] = []
        """For each of them the key that waits for its value."""
        self._documents = 0

    def take(self, event: Any) -> None:
        """Use one event of the parser.

        Raises:
            UsageError: it is not of the plain part.
        """
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refuse(event, "a second document begins here", "Keep one body in a file")
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(event, "anchors and aliases (& and *) are not read here", "Write the value out")
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
            self._keys.pop()
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if len(self.lines) >= MOST_VALUES:
                raise self._refuse(event, f"more than {MOST_VALUES:,} values")
            if event.tag is not None:
                raise self._refuse(event, "tags (!) are not read here", "Leave the tag out; every value is text")
            if self._keys and isinstance(self._stack[-1][0], dict) and self._keys[-1] is None:
                self._key(event)
            else:
                self._value(event)

    def _key(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionStartEvent):
            raise self._refuse(event, "a key is a word, not a mapping or a list")
        steps = (*self._stack[-1][1], event.value)
        if steps in self.lines:
            raise self._refuse(event, f"the key {event.value[:60]} stands twice", "Keep one of the two")
        self._keys[-1] = event.value
        self.lines[steps] = event.start_mark.line + 1

    def _value(self, event: Any) -> None:
        scalar = isinstance(event, yaml.ScalarEvent)
        value: Any = event.value if scalar else {} if isinstance(event, yaml.MappingStartEvent) else []
        parent, above = self._stack[-1] if self._stack else (self.root, ())
        steps: Steps
        if isinstance(parent, dict):
            key = self._keys[-1]
            self._keys[-1] = None
            steps = (*above, str(key))
            # a key with nothing behind it says no more than an absent one
            if not (scalar and value == "" and not event.style):
                parent[key] = value
        else:
            steps = (*above, len(parent)) if self._stack else ()
            self.lines[steps] = event.start_mark.line + 1
            parent.append(value)
        if not scalar:
            if len(self._stack) >= DEEPEST:
                raise self._refuse(event, f"nested deeper than {DEEPEST} levels")
            self._stack.append((value, steps))
            self._keys.append(None)

    def _refuse(self, event: Any, reason: str, next_step: str = "") -> UsageError:
        return UsageError(reason, place=f"{self.path}:{event.start_mark.line + 1}", next_step=next_step or self.help)
