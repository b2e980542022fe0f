"""Labelled lines with their truth: what was observed, and what is known about the device from elsewhere.

It knows the shape of a label and which brands belong to which fold. What the program answers is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from custodiet.catalog.contents import Catalog
from custodiet.catalog.spelling import fold, nearest
from custodiet.errors import UsageError, WireError
from custodiet.model import Issue
from custodiet.sources.labelled.facts import facts_of
from custodiet.sources.ledger import MOST_ISSUES, plain
from custodiet.sources.lines import Lines

MAX_LINE = 1 << 20
"""Bytes of one line."""
MOST_LINES = 200_000
"""Lines of one set; nobody labels more by hand."""

CERTAINTIES = ("certain", "likely", "brand-only")
"""How well the truth is known; with ``brand-only`` nobody knows the maker, and naming one is wrong."""

_CLASSES = {
    "access-control": "access_controller",
    "not-surveillance": "not_surveillance",
    "thermal": "thermal_camera",
}
"""Words of the labels that are spelt otherwise in our vocabulary."""
_FORM = 'A labelled line needs "id", "kind", "payload", "truth_maker", "truth_brand", "category" and "certainty"'


class _Form(msgspec.Struct, frozen=True):
    """One line as it stands in the file; other fields are left where they are."""

    id: str
    kind: str
    payload: Any
    truth_maker: str
    category: str
    certainty: str
    truth_brand: str | None = None
    truth_model: str | None = None
    note: str | None = None


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """One device that was observed, and the truth about it."""

    id: str
    """The id of the line."""
    place: str
    """``line 12``."""
    kind: str
    """The kind of the payload: http, rtsp, mac ..."""
    facts: tuple[tuple[str, str], ...]
    """(attribute, value): what the program gets to see, and nothing else."""
    payload: str
    """The payload as text, for asking what is spelt out in it; the program does not see it."""
    maker: str
    """Who made the hardware, as the label spells it."""
    brand: str
    """The name on the box."""
    model: str
    """The model; empty where the label gives none."""
    device_class: str
    """A word of our vocabulary."""
    certainty: str
    """A word of `CERTAINTIES`."""
    registered_to: str
    """Who holds the address block, where the label's note says so."""

    @property
    def maker_known(self) -> bool:
        """Whether anybody knows who made it; where nobody does, the right answer is unknown."""
        said = fold(self.maker)
        return self.certainty != "brand-only" and bool(said) and not said.startswith(("unknown", "generic"))


class Fold(NamedTuple):
    """A part of all brands, so that nothing is judged by weights that were fitted on its own brand."""

    part: int
    """From 1 to ``of``."""
    of: int
    """How many parts there are."""

    def holds(self, brand: str) -> bool:
        """Whether a brand lies in this part; spelling and case of the brand make no difference."""
        return fold_of(brand, self.of) == self.part


def fold_of(brand: str, parts: int) -> int:
    """The part a brand lies in, 1 to ``parts``; the same on every machine and for ever."""
    return int.from_bytes(blake2b(fold(brand).encode(), digest_size=8).digest()) % parts + 1


def parse_fold(text: str) -> Fold | None:
    """``2/5`` as a `Fold`; nothing for an empty text.

    Raises:
        UsageError: it is no such thing.
    """
    if not text:
        return None
    part, _, of = text.partition("/")
    if part.isdecimal() and of.isdecimal() and len(part) < 5 and len(of) < 5 and 1 <= int(part) <= int(of):
        return Fold(int(part), int(of))
    raise UsageError(f"{text!r} is no fold", next_step="Write a part and how many parts there are, as in --fold 1/5.")


def read_labelled(path: Path, catalog: Catalog) -> Iterator[Labelled | Issue]:
    """The lines of a file, in their order; a line that cannot be used is an issue, and the rest goes on.

    Raises:
        OSError: the file cannot be read.
    """
    told = 0
    lines = Lines(path, lambda _done: None, limit=MAX_LINE)
    number = 0
    for number, line in lines:
        if number > MOST_LINES:
            break
        if line is not None and not line.strip():
            continue
        found = _line(f"line {number}", line, catalog)
        if isinstance(found, Labelled):
            yield found
            continue
        told += 1
        if told <= MOST_ISSUES:
            yield _issue(path, f"line {number}", *found)
    if told > MOST_ISSUES:
        yield _issue(path, "", f"{told - MOST_ISSUES} more lines could not be used", "Repair or export the file again.")
    if number > MOST_LINES:
        yield _issue(path, f"line {number}", f"only the first {MOST_LINES} lines were measured", "Split the file.")
    if lines.cut:
        yield _issue(path, "", lines.cut, "Copy the file again.")


def _issue(path: Path, place: str, reason: str, next_step: str) -> Issue:
    return Issue(source=str(path), place=place, reason=reason, next_step=next_step, severity="incomplete")


def _line(place: str, line: str | None, catalog: Catalog) -> Labelled | tuple[str, str]:
    """The line, or why it cannot be used and what to do."""
    if line is None:
        return "the line is longer than 1 MiB", _FORM
    try:
        read = msgspec.json.decode(line.encode("utf-8", "replace"), type=_Form)
        facts = tuple(facts_of(read.kind, read.payload))
        payload = msgspec.json.encode(read.payload).decode("utf-8", "replace")
    except WireError as error:
        return error.reason, _FORM
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return "this is no labelled line", _FORM
    name = plain(read.id, 100)
    device_class = _CLASSES.get(read.category, read.category)
    if device_class not in catalog.device_classes:
        words = [*catalog.device_classes, *_CLASSES]
        return f"{name}: “{plain(read.category, 40)}” is no kind of device", nearest(read.category, words)
    if read.certainty not in CERTAINTIES:
        return f"{name}: “{plain(read.certainty, 40)}” is no certainty", nearest(read.certainty, CERTAINTIES)
    said, _, holder = (read.note or "").partition("registered to:")
    return Labelled(
        id=name,
        place=place,
        kind=read.kind,
        facts=facts,
        payload=payload,
        maker=plain(read.truth_maker.strip(), 100),
        brand=plain((read.truth_brand or "").strip(), 100),
        model=plain((read.truth_model or "").strip(), 100),
        device_class=device_class,
        certainty=read.certainty,
        registered_to=plain(holder.strip(), 100) if not said else "",
    )
