"""A file of settings, as systemd reads it (``EnvironmentFile=``): no shell, so that an address with ``&`` is one.

What systemd leaves out is left out here too, so that a command sees what the server sees, and is told.
"""

from __future__ import annotations

import re
from pathlib import Path

from custodiet.errors import UsageError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOTHING = re.compile(r"[ \t\n\r]+|[#;][^\n\r]*")
_NAMED = re.compile(r"([^\n\r][^=\n\r]*)=")
_LINE = re.compile(r"[^\n\r]*")
_PLAIN = re.compile(r"((?:\\.|[^\\\n\r])*?)(?:\\\Z)?[ \t]*(?=[\n\r]|\Z)", re.S)
_SINGLE = re.compile(r"'([^']*)(?:'|\Z)")
_DOUBLE = re.compile(r'"((?:\\.|[^"\\])*)(?:"|\\?\Z)', re.S)
_SPACE = re.compile(r"[ \t]*")


def read_env_file(path: Path, given: str = "") -> tuple[dict[str, str], tuple[int, ...]]:
    """What a file of settings says, and the lines that say nothing to systemd.

    Args:
        path: the file; ``-``: what was given.
        given: standard input.

    Raises:
        UsageError: it cannot be read.
    """
    if str(path) == "-":
        return parse_env_file(given)
    try:
        return parse_env_file(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        step = "Where it is for root alone, let root hand it in: --env-file - <FILE"
        raise UsageError(f"the settings cannot be read: {why}", place=str(path), next_step=step) from fault


def parse_env_file(text: str) -> tuple[dict[str, str], tuple[int, ...]]:
    """The variables of a file of settings, the last one of each name, and the numbers of lines that are left out."""
    found: dict[str, str] = {}
    left_out: list[int] = []
    at = 0
    while at < len(text):
        if nothing := _NOTHING.match(text, at):
            at = nothing.end()
            continue
        number = text.count("\n", 0, at) + 1
        if named := _NAMED.match(text, at):
            value, at = _value(text, named.end())
            if _NAME.fullmatch(name := named[1].strip()):
                found[name] = value
                continue
        else:
            at = _LINE.match(text, at).end()  # type: ignore[union-attr]
        left_out.append(number)
    return found, tuple(left_out)


def _value(text: str, at: int) -> tuple[str, int]:
    """A value, and where it ends. Quotes count at its beginning, and after each other."""
    said = ""
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if single := _SINGLE.match(text, at):
            said, at = said + single[1], single.end()
        elif double := _DOUBLE.match(text, at):
            said, at = said + re.sub(r'\\(?:([$"\\`])|\n)', r"\1", double[1]), double.end()
        else:
            plain = _PLAIN.match(text, at)
            assert plain is not None
            return said + re.sub(r"\\(?:\n|(.))", r"\1", plain[1]), plain.end()
