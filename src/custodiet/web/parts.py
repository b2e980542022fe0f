"""Packages that a server needs beside those of the command line, and how they are installed."""

from __future__ import annotations

import importlib.util
import json
import shlex
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

PARTS = ("django", "django_htmx", "waitress", "whitenoise", "zxcvbn")
"""Packages of the extra ``web``."""


def missing(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Packages that a server needs and that are not installed, by its environment."""
    wanted = (*PARTS, "psycopg") if environ.get("CUSTODIET_DATABASE_URL") else PARTS
    return tuple(name for name in wanted if importlib.util.find_spec(name) is None)


def extra_of(missing: Iterable[str]) -> str:
    """How what is missing is installed: from the source, since no registry of packages has this program."""
    extra = "web,postgresql" if "psycopg" in missing else "web"
    pip, source = f"{shlex.quote(sys.executable)} -m pip install", _source()
    if source is None:
        return f'{pip} ".[{extra}]", in the folder of the source'
    return f"{pip} --editable {shlex.quote(f'{source}[{extra}]')}"


def _source() -> Path | None:
    """The folder of which this program was installed so that it runs there; none: it was copied elsewhere."""
    try:
        told = json.loads(distribution("custodiet").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    folder = Path(unquote(urlsplit(str(told.get("url", ""))).path))
    return folder if told.get("dir_info", {}).get("editable") and (folder / "pyproject.toml").is_file() else None
