"""What people read on the labels of devices: JSON lines, one label a line.

Only what a person confirmed is read. What a program made of the photo may stand in the line too, as `read`, and is no
evidence: somebody looked at the label and said what it says. A label says of itself what is printed on it; its brand
is a brand, and who made the device is concluded from all there is.

What it says carries no time: when a photo was taken is not known, and a label that was read shows no device on a
network. When it was confirmed, and by whom, stands in the line: so the source was collected, for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from custodiet.model import Source, observe
from custodiet.sources.base import LINES, Item, Reader, ReadOptions
from custodiet.sources.ledger import Ledger, plain
from custodiet.sources.lines import Lines, head_lines
from custodiet.wire.address import mac_text

MAX_LINE = 1 << 20
"""Bytes of one line."""
_FORM = 'Each line needs "label" with what it says and "photo" with the SHA-256 of the picture'
_SHORT = 16
"""Digits of its SHA-256 by which a photo is called where the whole would hide the rest."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Printed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands on a label; a field that is empty does not."""

    brand: str = ""
    """The name of the device's seller, as it is printed."""
    model: str = ""
    serial: str = ""
    mac: str = ""
    """In whichever way it is written."""
    fcc_id: str = ""
    """What the device was authorised under in the United States; its beginning is the code of who asked for that."""
    certificate: str = ""
    """Any other certificate, with its scheme, as ``CMIIT ID: 2019AP0001``."""
    made_in: str = ""
    """The country, as it is printed."""
    manufacturer: str = ""
    """Who made it, as the label has it."""


class LabelReading(msgspec.Struct, frozen=True, kw_only=True):
    """One label that somebody read."""

    label: Printed
    photo: str
    """SHA-256 of the picture, in hexadecimal."""
    confirmed_by: str = ""
    """Who read it, or corrected what a program read."""
    confirmed_at: datetime | None = None


ATTRIBUTES = {name: f"register.{name}" for name in Printed.__struct_fields__}
"""Field -> the attribute it is; the same as in a register, which often was copied off labels."""
BRAND = "label.brand"
"""The brand once more, as what was printed: nothing says better what the brand is than somebody who looked."""

_read_line = msgspec.json.Decoder(LabelReading).decode


def _decode(line: str) -> LabelReading | None:
    try:
        found = _read_line(line.encode("utf-8", "surrogatepass"))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return found if _SHA256.fullmatch(found.photo) else None


def _recognise(head: bytes, name: str) -> bool:
    first = next((line for line in head_lines(head) if line.strip()), "")
    return first.startswith("{") and _decode(first) is not None


def _read(path: Path, source: Source, options: ReadOptions) -> Iterator[Item]:
    ledger = Ledger(source, "labels")
    lines = Lines(path, options.progress, limit=MAX_LINE)
    for number, line in lines:
        place = f"line {number}"
        if line is not None and not line.strip():
            continue
        reading = _decode(line) if line is not None else None
        if reading is None:
            yield from ledger.refuse(place, "this is no reading of a label", _FORM)
            continue
        where = f"{place}, photo {reading.photo[:_SHORT]}"
        for name, attribute in ATTRIBUTES.items():
            value = plain(" ".join(getattr(reading.label, name).split()))
            if name == "mac" and value:
                mac = mac_text(value)
                if mac is None:
                    yield from ledger.remark(
                        place, f"no MAC address: {value}", "It has twelve digits 0 to 9 and A to F"
                    )
                value = mac or ""
            if value:
                yield observe(source.id, f"label:{number}", attribute, value, where)
            if value and name == "brand":
                yield observe(source.id, f"label:{number}", BRAND, value, where)
        ledger.read()
    yield from ledger.cut_short(lines.cut)
    yield from ledger.close()


def _collected(path: Path) -> tuple[float | None, str | None]:
    """When the last of the labels was confirmed, and by whom, where it was one person."""
    lines = Lines(path, lambda _done: None, limit=MAX_LINE)
    found = [reading for _number, line in lines if line and (reading := _decode(line))]
    times = [at if at.tzinfo else at.replace(tzinfo=UTC) for one in found if (at := one.confirmed_at)]
    who = {one.confirmed_by for one in found}
    return max(times).timestamp() if times else None, who.pop() or None if len(who) == 1 else None


READER = Reader(
    id="label",
    title="labels of devices that people read (JSON lines)",
    kind="label",
    recognise=_recognise,
    read=_read,
    collected=_collected,
    unpacks=LINES,
)
