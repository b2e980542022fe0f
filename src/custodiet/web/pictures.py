"""Pictures that people send: told by their content, decoded in a process of its own, and written anew.

Nothing of the file itself is kept or shown: only its pixels, as PNG or JPEG. So where and with what a photo was taken,
a second picture inside it, whatever a program hid behind its end and any trick on a browser are gone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import msgspec

from custodiet.errors import UsageError

MOST_BYTES = 20 << 20
"""Of a picture as it is sent."""

MOST_PIXELS = 40_000_000
"""Of a picture as it is sent: one that unfolds to more is refused before it is decoded."""

LONGEST = 5000
"""Pixels of the longer side as it is kept; a larger picture is made smaller."""

SECONDS = 60.0
"""That the decoding may take by the clock; of the processor it has half of that."""

_WRITER = Path(__file__).with_name("picture_writer.py")
_ONE_AT_A_TIME = threading.Lock()  # each may take a gigabyte


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that we wrote ourselves."""

    kind: Literal["png", "jpeg"]
    width: int
    """In pixels, upright."""
    height: int
    content: bytes

    @property
    def media_type(self) -> str:
        """As it is served."""
        return f"image/{self.kind}"


def clean(data: bytes, *, longest: int = LONGEST, name: str = "") -> Picture:
    """Decode a picture that anybody may have sent, and write its pixels anew.

    It is turned upright as the camera said, and what shone through becomes white. The decoder runs in a process of its
    own with bounds on its memory and time: a picture made to bring it down ends that process and nothing else.

    Args:
        data: the file as it was sent.
        longest: pixels of the longer side as it is kept.
        name: of the file, for the refusal.

    Raises:
        UsageError: it is no PNG, JPEG or WebP, is too large, or cannot be decoded.
    """
    if len(data) > MOST_BYTES:
        step = "Save it with fewer pixels or as JPEG, and send it again."
        raise UsageError(f"the picture is larger than {MOST_BYTES >> 20} MiB", place=name, next_step=step)
    kind = kind_of(data)
    if kind not in ("PNG", "JPEG", "WEBP"):
        raise UsageError(*_not_taken(kind), place=name, next_step=_NEXT.get(kind, "Send it as PNG, JPEG or WebP."))
    command = [sys.executable, "-I", str(_WRITER), kind, str(longest), str(MOST_PIXELS), str(int(SECONDS / 2))]
    if not _ONE_AT_A_TIME.acquire(timeout=SECONDS):
        raise UsageError("other pictures are being read", place=name, next_step="Send it again in a minute.")
    try:
        told = subprocess.run(  # noqa: S603 (a program of ours)
            command, input=data, capture_output=True, timeout=SECONDS, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise _broken(name, "decoding it takes too long") from None
    finally:
        _ONE_AT_A_TIME.release()
    head, _, content = told.stdout.partition(b"\n")
    if told.returncode:
        reason = head.decode(errors="replace") if told.returncode == REFUSED else "it cannot be decoded"
        raise _broken(name, reason)
    written, width, height = head.decode().split()
    return msgspec.convert({"kind": written, "width": int(width), "height": int(height), "content": content}, Picture)


def _environment() -> dict[str, str]:
    """What a program needs to begin; no address of a database and no key."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}


REFUSED = 3
"""What the writer ends with where it says why."""


def _broken(name: str, reason: str) -> UsageError:
    step = "Open it in a picture program, save it as PNG with fewer pixels, and send that."
    return UsageError(f"the picture is not taken: {reason}", place=name, next_step=step)


def kind_of(data: bytes) -> str:
    """What a file is by its content, whatever it is called; empty: nothing known."""
    for kind, start in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
        return "HEIC"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in head:
        return "PDF"
    return "SVG" if b"<svg" in head or head.startswith(b"<?xml") else ""


_STARTS = (
    ("PNG", b"\x89PNG\r\n\x1a\n"),
    ("JPEG", b"\xff\xd8\xff"),
    ("GIF", b"GIF8"),
    ("TIFF", b"II*\0"),
    ("TIFF", b"MM\0*"),
    ("BMP", b"BM"),
)
_NEXT = {
    "SVG": "Open it in a drawing program, export it as PNG, some 3,000 pixels wide, and send that.",
    "PDF": "Open it, export the page as PNG, or take a picture of the screen, and send that.",
    "HEIC": "Let the phone save photos as JPEG (“most compatible”), or export it as JPEG, and send that.",
}


def _not_taken(kind: str) -> tuple[str]:
    return (f"a picture is taken as PNG, JPEG or WebP, and this is {kind or 'none of them'}",)
