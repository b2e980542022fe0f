"""What a start of the web application needs to know, read once from the command line and the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from custodiet.errors import UsageError

DATABASE_VARIABLE = "CUSTODIET_DATABASE_URL"
_HERE = ("localhost", "127.0.0.1", "[::1]")
_SECRET = "web.key"  # noqa: S105 (the name of a file)


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a start needs to know."""

    folder: Path
    """Where the embedded database, the key and uploaded files stand; for the owner alone."""
    database: str = ""
    """``postgresql://USER:PASSWORD@HOST:PORT/NAME``; empty: the embedded database in the folder."""
    secret: str
    """Signs sessions; whoever has it can be anybody."""
    hosts: tuple[str, ...] = _HERE
    """Names under which browsers may reach it."""
    https: bool = False
    """Browsers reach it by HTTPS, through a proxy in front: cookies are for HTTPS alone."""
    proxy: str = ""
    """Address of that proxy: it alone is believed in where requests come from, and whether by HTTPS; empty: nobody."""
    second_factor: bool = False
    """Who signed in by a password alone sees their own account and nothing else, until they have a second factor."""
    oidc_issuer: str = ""
    """Who signs people of the organisation in (OpenID Connect), as it calls itself; empty: nobody."""
    oidc_client: str = ""
    """How the issuer calls us."""
    oidc_secret: str = ""
    """By which the issuer knows us; empty where it asks for none."""


def read_config(folder: Path, environ: Mapping[str, str]) -> Config:
    """Read the configuration; a key is made at the first start.

    Args:
        folder: where things stand; made when it is not there.
        environ: ``CUSTODIET_DATABASE_URL``, ``CUSTODIET_HOSTS`` (names parted by commas), ``CUSTODIET_HTTPS`` (1),
            ``CUSTODIET_PROXY`` (with HTTPS ``127.0.0.1`` where it is not said), ``CUSTODIET_SECOND_FACTOR`` (1),
            ``CUSTODIET_OIDC_ISSUER``, ``CUSTODIET_OIDC_CLIENT_ID``, ``CUSTODIET_OIDC_CLIENT_SECRET``.

    Raises:
        UsageError: the folder cannot be used, or the issuer cannot be asked.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = _secret(folder / _SECRET)
    except OSError as fault:
        step = "Choose a folder you may write to, with --folder."
        raise UsageError(f"the folder cannot be used: {fault.strerror}", place=str(folder), next_step=step) from fault
    told = tuple(name.strip() for name in environ.get("CUSTODIET_HOSTS", "").split(",") if name.strip())
    https = environ.get("CUSTODIET_HTTPS", "") == "1"
    issuer, client = environ.get("CUSTODIET_OIDC_ISSUER", ""), environ.get("CUSTODIET_OIDC_CLIENT_ID", "")
    if issuer and not client:
        step = "Set CUSTODIET_OIDC_CLIENT_ID to how the issuer calls this installation, or leave the issuer out."
        raise UsageError("the issuer does not know who asks", place="CUSTODIET_OIDC_ISSUER", next_step=step)
    return Config(
        folder=folder,
        database=environ.get(DATABASE_VARIABLE, ""),
        secret=secret,
        hosts=(*_HERE, *told),
        https=https,
        proxy=environ.get("CUSTODIET_PROXY", "127.0.0.1" if https else ""),
        second_factor=environ.get("CUSTODIET_SECOND_FACTOR", "") == "1",
        oidc_issuer=issuer,
        oidc_client=client,
        oidc_secret=environ.get("CUSTODIET_OIDC_CLIENT_SECRET", ""),
    )


def _secret(path: Path) -> str:
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def database_of(config: Config) -> dict[str, object]:
    """The configured database as Django's ``DATABASES`` wants it.

    Raises:
        UsageError: the address is not that of a PostgreSQL database.
    """
    if not config.database:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(config.folder / "custodiet.sqlite"),
            "OPTIONS": {
                # who is going to write waits its turn at once, and not in the middle of a transaction
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "pragma journal_mode=wal; pragma synchronous=normal; pragma cache_size=-32000",
            },
        }
    try:
        parts = urlsplit(config.database)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise UsageError(
            "this is not the address of a PostgreSQL database",
            place=DATABASE_VARIABLE,
            next_step="Write postgresql://USER:PASSWORD@HOST:PORT/NAME, or leave it out for the embedded database.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
