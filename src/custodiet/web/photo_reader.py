"""Reads codes and printed text on one picture; runs as a program of its own, which `label_photos` starts.

It imports nothing of ours, so that it holds nothing worth having. Text is read where that is asked for, by the packages
of the extra `photo`. Nothing is asked of a network: what tries to is stopped.

    python photo_reader.py SECONDS [text]  < picture  > a line of JSON with the codes, then one with the text
"""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import Any

from PIL import Image

MEMORY = 4 << 30
"""Bytes of addresses; the reader of text has some hundred million in use, and more that it never touches."""

LONGEST = 1600
"""Pixels of the longer side for reading text; more makes it slower and no better (benchmarks/labels.py)."""

THREADS = 2
MOST = 200
"""Lines and codes that are told."""
MOST_TEXT = 400
"""Characters of each."""


def codes_of(image: Image.Image) -> list[dict[str, str]]:
    """What barcodes and QR codes hold."""
    import zxingcpp

    found = zxingcpp.read_barcodes(image)
    return [{"kind": str(code.format).rpartition(".")[2], "text": code.text[:MOST_TEXT]} for code in found[:MOST]]


def lines_of(image: Image.Image) -> list[dict[str, Any]]:
    """Lines of text from above, each with how sure the reader is and how high its letters are."""
    logging.disable(logging.CRITICAL)
    import numpy
    from rapidocr import RapidOCR

    told = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": THREADS}
    reader = RapidOCR(params=told)
    small = image.convert("RGB")
    small.thumbnail((LONGEST, LONGEST))
    read = reader(numpy.asarray(small)[:, :, ::-1])
    if read.txts is None or read.boxes is None or read.scores is None:
        return []
    return [
        {"text": str(text)[:MOST_TEXT], "confidence": round(float(sure), 3), "height": _height(box)}
        for text, sure, box in list(zip(read.txts, read.scores, read.boxes, strict=True))[:MOST]
    ]


def _height(box: Any) -> int:
    """Of a line in pixels: the shorter side of what it stands in, whichever way it is turned."""
    sides = [((box[i][0] - box[i - 1][0]) ** 2 + (box[i][1] - box[i - 1][1]) ** 2) ** 0.5 for i in (1, 2)]
    return round(float(min(sides)))


def _bounded(seconds: int) -> None:
    """So much memory and time, no file written, no network; where the system has no such bounds there is the clock."""

    def alone(event: str, _arguments: Any) -> None:
        if event.startswith("socket."):
            raise PermissionError(event)

    sys.addaudithook(alone)
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(arguments: list[str]) -> int:
    """Read from standard input, write to standard output."""
    _bounded(int(arguments[0]))
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("PNG", "JPEG")) as image:
        image.load()
        # the codes are told at once: they are sure, and text may take longer than there is time
        sys.stdout.write(json.dumps({"codes": codes_of(image)}) + "\n")
        sys.stdout.flush()
        if "text" in arguments:
            sys.stdout.write(json.dumps({"lines": lines_of(image)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
