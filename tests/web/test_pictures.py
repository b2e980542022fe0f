"""A picture that anybody sent becomes its pixels, upright; what would hurt is refused and hurts nobody."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

pytest.importorskip("PIL", reason="the extra `web` is not installed")

from PIL import Image

from custodiet.errors import UsageError
from custodiet.web import pictures
from custodiet.web.pictures import clean

SECRET = b"52.0907N 5.1214E"


def photo() -> bytes:
    """Left half red, right half blue, lying on its side; with a place, a comment and something behind its end."""
    image = Image.new("RGB", (40, 20), "red")
    image.paste("blue", (20, 0, 40, 20))
    told = Image.Exif()
    told[0x0112], told[0x010E] = 6, SECRET.decode()
    file = io.BytesIO()
    image.save(file, "JPEG", exif=told, comment=SECRET, quality=95)
    return file.getvalue() + SECRET


def test_a_photo_is_upright_and_says_nothing_but_its_pixels() -> None:
    sent = photo()
    assert sent.count(SECRET) == 3
    picture = clean(sent)
    assert (picture.kind, picture.width, picture.height) == ("jpeg", 20, 40)
    assert SECRET not in picture.content and b"Exif" not in picture.content
    with Image.open(io.BytesIO(picture.content)) as image:
        top, bottom = image.getpixel((10, 5)), image.getpixel((10, 35))
    assert top[0] > 200 > 80 > top[2] and bottom[2] > 200 > 80 > bottom[0]


def test_what_is_under_a_clear_pixel_is_gone() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(file, "PNG")
    picture = clean(file.getvalue())
    with Image.open(io.BytesIO(picture.content)) as image:
        assert picture.kind == "png" and image.mode == "RGB" and image.getpixel((1, 1)) == (255, 255, 255)


def test_a_large_one_is_made_smaller() -> None:
    file = io.BytesIO()
    Image.new("L", (300, 30)).save(file, "WEBP")
    picture = clean(file.getvalue(), longest=100)
    assert (picture.kind, picture.width, picture.height) == ("png", 100, 10)


def bomb(side: int) -> bytes:
    """A small PNG that unfolds to a square of this side."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n", "export the page as PNG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "export it as PNG"),
        (b"\n<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "export it as PNG"),
        (b"\0\0\0\x18ftypheic", "JPEG"),
        (b"GIF89a", "Send it as PNG"),
        (b"", "none of them"),
        (b"<html><script>alert(1)</script>", "none of them"),
        (photo()[:200], "damaged"),
        (bomb(2**31 - 1), "more than 40 million"),
        (bomb(7000), "more than 40 million"),
        (bomb(500), "damaged"),
        (bytes(pictures.MOST_BYTES + 1), "larger than 20 MiB"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_not_taken_says_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(UsageError) as told:
        clean(data, name="plan.png")
    assert said in str(told.value) and told.value.next_step and told.value.place == "plan.png"


def test_a_decoder_that_dies_or_hangs_takes_nobody_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    writer = Path(str(tmp_path)) / "writer.py"
    monkeypatch.setattr(pictures, "_WRITER", writer)
    monkeypatch.setenv("CUSTODIET_DATABASE_URL", "a secret")
    for does, said in (
        ("import os; 'CUSTODIET_DATABASE_URL' in os.environ and os._exit(3)\nos.abort()", "cannot be decoded"),
        ("import time; time.sleep(60)", "takes too long"),
    ):
        writer.write_text(does)
        monkeypatch.setattr(pictures, "SECONDS", 0.5 if "sleep" in does else 10.0)
        with pytest.raises(UsageError, match=said):
            clean(photo())


def test_there_are_bounds_on_memory() -> None:
    """As a picture that the decoder unfolds beyond what its head says would meet them."""
    pytest.importorskip("resource")
    import subprocess
    import sys

    does = "from custodiet.web.picture_writer import _bounded\n_bounded(10)\nbytes(2 << 30)"
    told = subprocess.run([sys.executable, "-c", does], capture_output=True, text=True, check=False)
    assert "MemoryError" in told.stderr
