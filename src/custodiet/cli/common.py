"""What several commands share: options, the catalog with a user's own folder, writing files whole."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custodiet.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from custodiet.catalog.contents import Catalog
    from custodiet.model import Body

CaseOption = Annotated[Path, typer.Option("--case", metavar="FILE", help="The case file that audit made.")]
CatalogOption = Annotated[
    list[Path] | None,
    typer.Option("--catalog", metavar="DIR", help="A folder with records of your own, read beside ours; repeatable."),
]
VerboseOption = Annotated[
    int, typer.Option("--verbose", "-v", count=True, show_default=False, help="Show more; -vv still more.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors and the exit code.")]


class Language(StrEnum):
    """The languages of a report; `custodiet.report.languages` has what each needs."""

    en = "en"
    nl = "nl"


LanguageOption = Annotated[Language, typer.Option("--language", help="Language of the page: English or Dutch.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

ZoneOption = Annotated[
    str,
    typer.Option(
        "--zone", metavar="NAME", help="Time zone of logs that do not say theirs, as Europe/Amsterdam. [default: UTC]"
    ),
]


def checked_zone(name: str) -> str:
    """What stands behind ``--zone``, once it is known that there is such a time zone; empty where nothing was said.

    Raises:
        UsageError: there is none of that name.
    """
    from zoneinfo import ZoneInfo

    if name:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError) as fault:
            step = "Write it as Europe/Amsterdam, or UTC."
            raise UsageError(
                f"{name!r} is no time zone that this computer knows", place="--zone", next_step=step
            ) from fault
    return name


def load(folders: list[Path] | None) -> Catalog:
    """Our catalog and the user's own folders beside it."""
    from custodiet.catalog.load import default_folder, load_catalog

    for folder in folders or []:
        if not folder.is_dir():
            raise UsageError("there is no such catalog folder", place=str(folder), next_step="Check --catalog.")
    return load_catalog([default_folder(), *(folders or [])])


def read_sites(path: Path, catalog: Catalog) -> Body:
    """The sites file, held against the kinds of bodies and the questions that the catalog and returns know."""
    from custodiet.returns.questions import QUESTIONS
    from custodiet.sites import load_sites

    conditions = {condition for one in catalog.directives.values() for condition in one.conditions}
    return load_sites(path, kinds=catalog.body_kinds, conditions=conditions | set(QUESTIONS), today=date.today())


def tell(value: object, parts: Callable[[], Iterable[RenderableType]], *, json: bool) -> None:
    """Print what was found: JSON for machines, else the parts for people, on a terminal on which data cannot act."""
    from custodiet.report import guard

    if json:
        sys.stdout.buffer.write(guard.json_bytes(value) + b"\n")
        return
    screen = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
    for part in parts():
        screen.print(part)


def say(sentences: Iterable[str]) -> None:
    """Print sentences for people, as wide as the screen is; nothing in them can act on it."""
    from custodiet.report import guard

    screen = guard.console(sys.stdout, colour=guard.wants_colour(sys.stdout, os.environ))
    for sentence in sentences:
        screen.print(guard.styled(sentence))


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file under another name first, so that a half-written one never stands under its own."""
    if path.is_dir():
        raise UsageError("this is a folder, not a file", place=str(path), next_step="Give a file name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    unfinished = Path(name)
    try:
        write(unfinished)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault  # a full disk does not say which file it was
    finally:
        unfinished.unlink(missing_ok=True)


def time_in_words(seconds: float) -> str:
    """A length of time for people."""
    if seconds < 90:
        return "1 second" if round(seconds) == 1 else f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours" if seconds < 172_800 else f"{seconds / 86400:.1f} days"
