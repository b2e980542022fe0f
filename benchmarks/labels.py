"""Reading labels: of what stands on a photo of a label, how much is read, and what does it cost?

Draws labels as makers print them, with made-up names and numbers, and photographs them by arithmetic: straight, turned,
from the side, out of focus, with noise, in poor light, from afar (`make_labels`). Each is read by every reader that is
installed: ours, which the web application starts, and Tesseract (package ``tesserocr`` with its data) to compare. Then

1. lines: how many were read letter for letter, signs and blanks aside;
2. fields: how many of brand, model, serial number, address, FCC ID, country and maker were proposed rightly (and how
   many wrongly: a wrong one costs a person more than none), with the code on the label and without;
3. codes: how many were read;
4. cost: seconds for one photo, ours as a whole process with all that it loads.

    python benchmarks/labels.py [--labels 6] [--show FOLDER]

It needs the extra ``photo`` and TrueType fonts (Liberation, DejaVu). ``--show`` keeps the pictures of one label.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from make_labels import photos
from PIL import Image

from custodiet.catalog.spelling import fold
from custodiet.web import label_photos
from custodiet.web.label_fields import Code, Line, propose
from custodiet.web.pictures import Picture

Read = Callable[[bytes], tuple[tuple[Code, ...], tuple[Line, ...]]]


def ours(photo: bytes) -> tuple[tuple[Code, ...], tuple[Line, ...]]:
    """As the web application does it."""
    with Image.open(io.BytesIO(photo)) as image:
        picture = Picture(kind="jpeg", width=image.width, height=image.height, content=photo)
    reading = label_photos.read(picture)
    return reading.codes, reading.lines or ()


def tesseract(photo: bytes) -> tuple[tuple[Code, ...], tuple[Line, ...]]:
    """With the way up found by itself, which is its best mode for these."""
    import tesserocr

    # where the package with the data has put it
    data = os.environ.get("TESSDATA_PREFIX") or f"{sys.prefix}/share/tessdata/"
    with tesserocr.PyTessBaseAPI(path=data, lang="eng", psm=tesserocr.PSM.AUTO_OSD) as api:
        api.SetImage(Image.open(io.BytesIO(photo)).convert("L"))
        lines = [line for line in api.GetUTF8Text().splitlines() if line.strip()]
    return (), tuple(Line(text=line, confidence=0.9) for line in lines)


def readers() -> dict[str, Read]:
    """Name -> reader, of those that are installed."""
    found: dict[str, Read] = {"ours": ours} if label_photos.can_read_text() else {}
    try:
        import tesserocr  # noqa: F401
    except ImportError:
        return found
    return found | {"tesseract": tesseract}


def bare(text: str) -> str:
    """Letters and digits of a text."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def measure(name: str, read: Read, number: int) -> None:
    """Read all photos with one reader and print a table."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for how, label, photo in photos(number):
        began = time.perf_counter()
        codes, lines = read(photo)
        for row in (sums[how], sums["all"]):
            row["photos"] += 1
            row["seconds"] += time.perf_counter() - began
            row["codes"] += any(code.text in label.codes for code in codes)
            everything = bare("".join(line.text for line in lines))
            row["lines"] += sum(bare(line) in everything for line in label.lines) / len(label.lines)
            for key, seen in (("text", ()), ("both", codes)):
                proposed = propose(seen, lines, {fold(label.fields["brand"])})
                right = sum(
                    bare(proposed[field].value) == bare(value)
                    for field, value in label.fields.items()
                    if field in proposed
                )
                row[f"right {key}"] += right / len(label.fields)
                row[f"wrong {key}"] += (len(label.fields.keys() & proposed.keys()) - right) / len(label.fields)
    print(f"\n{name}: {number} labels, each taken in {len(sums) - 1} ways")
    print(f"{'':24}{'lines':>8}{'fields from text':>20}{'with the code':>18}{'codes':>8}{'seconds':>9}")
    print(f"{'':24}{'right':>8}{'right':>12}{'wrong':>8}{'right':>10}{'wrong':>8}{'read':>8}{'a photo':>9}")
    for how, row in sums.items():
        share = {key: row[key] / row["photos"] for key in row}
        print(
            f"{how:24}{share['lines']:8.1%}{share['right text']:12.1%}{share['wrong text']:8.1%}"
            f"{share['right both']:10.1%}{share['wrong both']:8.1%}{share['codes']:8.1%}{share['seconds']:9.2f}"
        )


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Reading labels on photos.")
    parser.add_argument("--labels", type=int, default=6)
    parser.add_argument("--show", type=Path)
    asked = parser.parse_args()
    if asked.show:
        asked.show.mkdir(parents=True, exist_ok=True)
        for how, _label, photo in photos(1):
            (asked.show / f"{how.replace(' ', '-')}.jpg").write_bytes(photo)
    label_photos.SECONDS = 600  # what is read is measured, also where the machine has other work
    found = readers()
    if not found:
        print("no reader of text is installed: install the extra `photo`")
        return 1
    for name, read in found.items():
        measure(name, read, asked.labels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
