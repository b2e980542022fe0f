"""Plain text that people wrote: tenders, offers, letters, a list somebody typed. One observation a sentence.

What a sentence names is not known here; sentences that name no device are left out and counted in the step that reads
them. It is asked last of all readers and takes nothing but files that call themselves text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath

from custodiet.model import Source, observe
from custodiet.sources.base import Item, Reader, ReadOptions
from custodiet.sources.ledger import Ledger, plain
from custodiet.sources.lines import Lines, head_lines

LONGEST = 4000
"""Characters of a sentence; what is longer is cut there."""

MOST_LINES = 200_000
"""Lines of one text; a tender with all its annexes has some ten thousand."""

_NOT_ABOUT_DEVICES = re.compile(r"(?i)read[-_ ]?me|licen[cs]e|requirements|changelog|changes|robots")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-Z0-9•-])")


def _recognise(head: bytes, name: str) -> bool:
    path = PurePath(name)
    if path.suffix.lower() not in (".txt", ".text") or _NOT_ABOUT_DEVICES.match(path.stem):
        return False
    lines = head_lines(head)[:200]
    text = "\n".join(lines)
    strange = sum(not (sign.isprintable() or sign.isspace()) for sign in text)
    return strange == 0 and any(len(_WORDS.findall(line)) >= 2 for line in lines)


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    ledger = Ledger(source, "lines")
    lines = Lines(path, options.progress)
    for number, line in lines:
        place = f"line {number}"
        if number > MOST_LINES:
            reason = f"only the first {MOST_LINES:,} lines were read"
            yield from ledger.remark(place, reason, "Split the text into several files", severity="incomplete")
            break
        if line is None:
            yield from ledger.refuse(place, "the line is too long to be a line of text", "Break it into lines")
            continue
        ledger.read()
        sentences = [one for one in _SENTENCE.split(line.strip()) if one]
        for part, sentence in enumerate(sentences, start=1):
            subject = f"line:{number}" if len(sentences) == 1 else f"line:{number}.{part}"
            yield observe(source.id, subject, "register.text", plain(" ".join(sentence.split()), LONGEST), place)
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


READER = Reader(
    id="prose",
    title="plain text (tender, offer, list)",
    kind="purchase_record",
    recognise=_recognise,
    read=_read,
)
