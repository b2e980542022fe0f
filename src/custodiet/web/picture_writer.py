"""Decodes one picture and writes its pixels anew; runs as a program of its own, which `pictures` starts.

It imports nothing of ours, so that it is up quickly and holds nothing worth having.

    python picture_writer.py KIND LONGEST MOST_PIXELS SECONDS  < picture  > kind, width and height in a line, then bytes
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings

from PIL import Image

MEMORY = 1 << 30
"""Bytes: forty million pixels, turned and made smaller, take some six hundred million."""

ROOM = 6 << 20
"""Bytes that a picture may have as PNG; what has more is a photo, and is written as JPEG."""

REFUSED = 3

# EXIF orientation -> how to turn the pixels upright
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    """A picture that is not taken; says why."""


def rewritten(data: bytes, kind: str, longest: int, most: int) -> tuple[str, int, int, bytes]:
    """The pixels of a picture as a new file.

    Args:
        data: the file.
        kind: by which decoder alone it is read.
        longest: pixels of the longer side of what is written.
        most: pixels that it may unfold to.

    Returns:
        ``png`` or ``jpeg``, width, height, and the new file.

    Raises:
        Refused: it cannot be decoded, or is too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about it is told by its result
            return _written(_pixels(data, kind, longest, most), kind)
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise Refused(f"it has more than {most // 1_000_000} million pixels") from None
    except Exception as fault:  # a decoder meets broken bytes with errors of any kind; all of them mean this
        raise Refused("it is damaged, or not what it says it is") from fault


def _pixels(data: bytes, kind: str, longest: int, most: int) -> Image.Image:
    """Upright, grey or in three colours, no longer than asked, and with nothing beside the pixels."""
    with Image.open(io.BytesIO(data), formats=(kind,)) as read:
        if read.width * read.height > most:
            raise Refused(f"it has more than {most // 1_000_000} million pixels")
        turn = 1
        with contextlib.suppress(Exception):  # what is broken beside the pixels is thrown away anyhow
            turn = read.getexif().get(0x0112, 1)
        read.draft(None, (longest, longest))  # a JPEG is decoded at half or a quarter of its size where that is enough
        read.load()
        image: Image.Image = read
        if image.mode.startswith("I;16"):
            image = image.point(lambda value: value / 256).convert("L")
        if image.has_transparency_data:
            # what is under a pixel that shines through is not seen, and so not kept
            clear = image.convert("RGBA")
            image = Image.new("RGB", clear.size, "white")
            image.paste(clear, mask=clear.getchannel("A"))
        image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    image.thumbnail((longest, longest))
    if turn in _UPRIGHT:
        image = image.transpose(_UPRIGHT[turn])
    image.info = {}  # a comment or a profile would be written along
    return image


def _written(image: Image.Image, kind: str) -> tuple[str, int, int, bytes]:
    if kind != "JPEG":
        content = io.BytesIO()
        image.save(content, "PNG")
        if content.tell() <= ROOM:
            return "png", image.width, image.height, content.getvalue()
    content = io.BytesIO()
    image.save(content, "JPEG", quality=88)
    return "jpeg", image.width, image.height, content.getvalue()


def _bounded(seconds: int) -> None:
    """So much memory and time, and no file written; where the system knows no such bounds there is still the clock."""
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
    kind, longest, most, seconds = arguments
    _bounded(int(seconds))
    try:
        written, width, height, content = rewritten(sys.stdin.buffer.read(), kind, int(longest), int(most))
    except Refused as fault:
        sys.stdout.write(f"{fault}\n")
        return REFUSED
    except MemoryError:
        sys.stdout.write("it unfolds to more than there is room for\n")
        return REFUSED
    sys.stdout.buffer.write(f"{written} {width} {height}\n".encode() + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
