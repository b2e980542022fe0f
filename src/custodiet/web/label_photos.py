"""Photos of labels: what a program reads on one, in a process of its own with bounds on its memory and time.

It is a help for whoever fills in the form, and no evidence.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import msgspec

from custodiet.web.label_fields import Code, Line
from custodiet.web.pictures import Picture

SECONDS = 60
"""That the reading may take by the clock, and of the processor; two to four are usual."""

PATIENCE = 20
"""Seconds that a photo waits for others that are being read; pages are answered by a few threads."""

SMALLEST = 80
"""Pixels of the shorter side: on less there is no label to be read."""

_READER = Path(__file__).with_name("photo_reader.py")
_ONE_AT_A_TIME = threading.Lock()  # each takes two processors and half a gigabyte

_SECRET = re.compile(
    r"(?i)(?<![a-z])(sc|vc|pwd|pass(?:word)?|pin|key|verif\w*(?:\s?code)?|safety\s?code|wachtwoord)(\"?\s*[:=]\s*\"?)[^,;}\s\"]+"
)
"""What opens a device, as some codes and labels carry it: as text it is not kept."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read on a photo."""

    codes: tuple[Code, ...] = ()
    lines: tuple[Line, ...] | None = None
    """From above; none: no text was read, and `problem` says why."""
    problem: str = ""
    """``missing`` (nothing to read text with is installed), ``small``, ``late`` or ``failed``."""


class _Told(msgspec.Struct, frozen=True):
    codes: tuple[Code, ...] | None = None
    lines: tuple[Line, ...] | None = None


def can_read_text() -> bool:
    """Whether the extra `photo` is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read(picture: Picture) -> Reading:
    """What stands on a picture that we wrote; what cannot be read is not told."""
    if min(picture.width, picture.height) < SMALLEST:
        return Reading(problem="small")
    text = can_read_text()
    command = [sys.executable, "-I", str(_READER), str(SECONDS), *(("text",) if text else ())]
    if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE):
        return Reading(problem="late")
    late = False
    try:
        told = subprocess.run(  # noqa: S603
            command, input=picture.content, capture_output=True, timeout=SECONDS, check=False
        ).stdout
    except subprocess.TimeoutExpired as fault:
        late, told = True, fault.stdout or b""
    finally:
        _ONE_AT_A_TIME.release()
    found = [_decoded(line) for line in told.splitlines()]
    codes = next((each.codes for each in found if each.codes is not None), ())
    lines = next((each.lines for each in found if each.lines is not None), None)
    problem = "" if lines is not None else "late" if late else "failed" if text else "missing"
    hidden = tuple(Code(kind=code.kind, text=_open(code.text)) for code in codes)
    shown = None if lines is None else tuple(msgspec.structs.replace(line, text=_open(line.text)) for line in lines)
    return Reading(codes=hidden, lines=shown, problem=problem)


def _open(text: str) -> str:
    """A text without what opens a device."""
    return _SECRET.sub(r"\1\2…", text)


def _decoded(line: bytes) -> _Told:
    try:
        return msgspec.json.decode(line, type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Told()
