"""Device types of NetBox libraries: a YAML file that describes one product.

It says what a model is called and who sells it, not that one hangs anywhere; it is read like a line of a register.
Ports, weights and sizes are not read. YAML is read in its plain part only: no anchors, no aliases, no tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from custodiet.errors import SourceError, UsageError
from custodiet.model import Source, observe
from custodiet.plain_yaml import read_plain
from custodiet.sources.base import Item, Reader, ReadOptions
from custodiet.sources.ledger import Ledger, plain
from custodiet.sources.lines import head_lines

MAX_FILE = 1 << 20
"""Bytes; a chassis with hundreds of ports has about 100,000."""
_NEEDED = ("manufacturer", "model")
_KEY = re.compile(r"([a-z_-]{1,40}):(?:\s|\Z)")
_NEXT_STEP = "A device type has manufacturer, model and slug at its top"


def _recognise(head: bytes, name: str) -> bool:
    keys = {found[1] for line in head_lines(head)[:400] if (found := _KEY.match(line))}
    return keys.issuperset(_NEEDED) and bool(keys & {"slug", "u_height", "part_number", "is_full_depth"})


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    if path.stat().st_size > MAX_FILE:
        raise SourceError("the file is larger than a device type can be", place=source.name, next_step=_NEXT_STEP)
    text = path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        fields, lines = read_plain(text, Path(source.name), _NEXT_STEP)
    except UsageError as error:
        raise SourceError(error.reason, place=error.place, next_step=error.next_step) from error
    if not isinstance(fields, dict) or not all(isinstance(fields.get(name), str) for name in _NEEDED):
        raise SourceError("this is no device type", place=source.name, next_step=_NEXT_STEP)
    told = [
        ("manufacturer", "register.manufacturer"),
        ("model", "register.model"),
        ("part_number", "register.model"),
        ("comments", "register.text"),
    ]
    seen: set[tuple[str, str]] = set()
    for name, attribute in told:
        value = fields.get(name)
        shown = plain(" ".join(value.split()), 1000) if isinstance(value, str) else ""
        if shown and (attribute, shown) not in seen:
            seen.add((attribute, shown))
            yield observe(source.id, "type:1", attribute, shown, f"line {lines.get((name,), 1)}")
    options.progress(source.size)
    ledger = Ledger(source, "device types")
    ledger.read()
    yield from ledger.close()


READER = Reader(
    id="device_type",
    title="NetBox device type (YAML)",
    kind="register",
    recognise=_recognise,
    read=_read,
)
