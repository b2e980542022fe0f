"""Inputs of no known format that are lines of text: what people wrote about devices, line by line.

A file that calls itself text is read by `custodiet.sources.prose`, as observations of a case. Here is what is left,
lines typed or piped in above all: each is asked what it names, with how many of it, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from custodiet.identify import Matcher
from custodiet.identify.text import read_line
from custodiet.model import Issue
from custodiet.report.identified import Line

MOST_LINES = 20_000
"""Lines read of one input; longer lists have a format."""

LONGEST = 4_000
"""Characters of a line that are read."""


def prose_of(skipped: Sequence[Issue], scratch: Path, matcher: Matcher) -> tuple[list[Line], tuple[Issue, ...]]:
    """Read what no reader knew and what is text.

    Args:
        skipped: the inputs that were not read.
        scratch: the folder in which standard input was kept.
        matcher: the records, made ready.

    Returns:
        What the lines name, and the inputs that stay unread.
    """
    lines: list[Line] = []
    unread: list[Issue] = []
    for issue in skipped:
        path = _standard_input(scratch) if issue.source == "standard input" else Path(issue.source)
        told = _lines(path, issue.source) if path and not issue.place and issue.severity == "note" else None
        if told is None:
            unread.append(issue)
            continue
        for number, text in told:
            lines += (Line(source=issue.source, number=number, text=text, item=one) for one in read_line(text, matcher))
    return lines, tuple(unread)


def _standard_input(scratch: Path) -> Path | None:
    return next(iter(sorted(scratch.glob("stdin-*"))), None)


def _lines(path: Path, name: str) -> list[tuple[int, str]] | None:
    """Numbered lines of a text file; none where it is no text, or too long."""
    try:
        with path.open("rb") as file:
            raw = list(islice(iter(lambda: file.readline(4 * LONGEST), b""), MOST_LINES + 1))
        if not raw or len(raw) > MOST_LINES or any(b"\0" in line for line in raw):
            return None
        texts = [line.decode("utf-8-sig").strip() for line in raw]
    except (OSError, UnicodeDecodeError):
        return None
    return [(number, text[:LONGEST]) for number, text in enumerate(texts, 1) if text]
