"""What commands that send packets share: the user's word, where logs are kept, what this machine keeps for itself."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import typer

from custodiet.errors import UsageError


def agreed() -> bool:
    """Ask whether the plan may begin.

    Raises:
        UsageError: nobody is there to answer.
    """
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to agree to the plan", next_step="Look at it, and begin with --yes.")
    return typer.confirm("Begin?", default=False)


def finds_of(case: Path | None) -> Path:
    """The folder of the logs of a case, or of those without one."""
    return case.with_name(f"{case.name}.finds") if case else Path.cwd() / "custodiet-finds"


def new_log(case: Path | None, started: float, kind: str = "") -> Path:
    """The file of a new log, named by the moment (seconds since 1970) and its kind; its folder is made."""
    folder = finds_of(case)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(started))}{kind}.find"


def state_folder() -> Path:
    """Where this user keeps the key of ledgers and the turns of jobs; made for nobody else to read."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "custodiet"
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    return state
