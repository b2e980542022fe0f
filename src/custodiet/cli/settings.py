"""Settings of a server that stand in a file: what the service is started with, for commands beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from custodiet.errors import UsageError

EnvFileOption = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        metavar="FILE",
        readable=False,  # where it is not, we say how it can be handed in
        help="Settings of the server, read as systemd reads them; they hold over those of the environment. "
        "- for standard input.",
    ),
]


def settings(env_file: Path | None) -> Mapping[str, str]:
    """The environment, with what a file of settings says put over it, for this process and what it starts.

    Raises:
        UsageError: the file cannot be read, or packages that these settings need are not installed.
    """
    from custodiet.web.environment import with_files
    from custodiet.web.parts import extra_of, missing

    environ = read_settings(env_file)
    if away := missing(with_files(environ)):
        step = f"Install it with: {extra_of(away)}"
        raise UsageError("what this needs is not installed", place=", ".join(away), next_step=step)
    return environ


def read_settings(env_file: Path | None) -> Mapping[str, str]:
    """The same, whatever is installed.

    Raises:
        UsageError: the file cannot be read.
    """
    if env_file is not None:
        from custodiet.web.env_file import read_env_file

        found, left_out = read_env_file(env_file, sys.stdin.read() if str(env_file) == "-" else "")
        for line in left_out:
            typer.echo(f"custodiet: {env_file}, line {line}: it sets nothing, for systemd neither.", err=True)
        os.environ.update(found)
    return os.environ
