"""What a start of the web application needs to know, read once from the command line and the environment."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from custodiet.errors import UsageError
from custodiet.web.destinations import Network, Relay, parse_networks, parse_relay
from custodiet.web.environment import with_files

DATABASE_VARIABLE = "CUSTODIET_DATABASE_URL"
TLS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
"""What may stand behind the question mark of that address -> the same for the programs of PostgreSQL."""
HERE = ("localhost", "127.0.0.1", "[::1]")
"""Names of this machine."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")
_SENDER = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_SECRET = "web.key"  # noqa: S105 (the name of a file)


LEAST = 32
"""Letters of the key at least."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a start needs to know."""

    folder: Path
    """Where the embedded database, the key and uploaded files stand; for the owner alone."""
    database: str = ""
    """``postgresql://USER:PASSWORD@HOST:PORT/NAME``, with ``?sslmode=verify-full&sslrootcert=FILE`` and the like behind
    it; empty: the embedded database in the folder."""
    secret: str
    """Signs sessions; whoever has it can be anybody."""
    hosts: tuple[str, ...] = HERE
    """Names under which browsers may reach it."""
    https: bool = False
    """Browsers reach it by HTTPS, through a proxy in front: cookies are for HTTPS alone."""
    proxy: str = ""
    """Address of that proxy: it alone is believed in where requests come from, and whether by HTTPS; empty: nobody."""
    second_factor: bool = False
    """Who signed in by a password alone sees their own account and nothing else, until they have a second factor."""
    idle: int = 60
    """Minutes after which somebody who does nothing has to sign in again."""
    breached: Path | None = None
    """A sorted list of SHA-1s of passwords known from breaches, which are refused; none: there is none."""
    pace: int = 30
    """Files, as exports and reports, that one person or token may take in a minute."""
    metrics_token: str = ""
    """With it a monitor on another machine may read the numbers; empty: those on this machine alone."""
    oidc_issuer: str = ""
    """Who signs people of the organisation in (OpenID Connect), as it calls itself; empty: nobody."""
    oidc_client: str = ""
    """How the issuer calls us."""
    oidc_secret: str = ""
    """By which the issuer knows us; empty where it asks for none."""
    relay: Relay | None = None
    """The server to which e-mail is handed; none: no e-mail is sent."""
    mail_from: str = ""
    """Address from which it is sent."""
    address: str = ""
    """Under which people reach the server, for links in what is sent; without a slash at its end."""
    webhooks_inside: tuple[Network, ...] = ()
    """Addresses of the inside to which webhooks may lead all the same."""
    oidc_two: bool = False
    """The issuer asks everybody for two factors, also where it does not say so of each sign-in."""

    @property
    def shown(self) -> str:
        """Under which people reach it from elsewhere, as far as that was told; empty: on this machine alone."""
        others = [name for name in self.hosts if name not in HERE]
        return self.address or (f"https://{others[0].lstrip('.')}" if self.https and others else "")


def begun(folder: Path, environ: Mapping[str, str]) -> Path:
    """The folder of a server that was started before.

    Raises:
        UsageError: none was started there.
    """
    if not with_files(environ).get(DATABASE_VARIABLE) and not (folder / "custodiet.sqlite").is_file():
        step = "Name the folder of custodiet serve with --folder."
        raise UsageError("there is no database in this folder", place=str(folder), next_step=step)
    return folder


def read_config(folder: Path, environ: Mapping[str, str], *, begin: bool = True) -> Config:
    """Read the configuration; a key is made at the first start.

    Args:
        folder: where things stand; made when it is not there.
        environ: ``CUSTODIET_DATABASE_URL``, ``CUSTODIET_HOSTS`` (names parted by commas), ``CUSTODIET_HTTPS`` (1),
            ``CUSTODIET_PROXY`` (with HTTPS ``127.0.0.1`` where it is not said), ``CUSTODIET_SECOND_FACTOR`` (1 where
            others than this machine reach it, if it is not said), ``CUSTODIET_SESSION_IDLE`` (minutes),
            ``CUSTODIET_BREACHED_PASSWORDS`` (a file), ``CUSTODIET_METRICS_TOKEN``, ``CUSTODIET_OIDC_ISSUER``,
            ``CUSTODIET_OIDC_CLIENT_ID``, ``CUSTODIET_OIDC_CLIENT_SECRET``, ``CUSTODIET_OIDC_TWO_FACTORS`` (1),
            ``CUSTODIET_SMTP_URL``, ``CUSTODIET_MAIL_FROM``, ``CUSTODIET_ADDRESS``, ``CUSTODIET_WEBHOOKS_INSIDE``
            (ranges parted by commas).
        begin: whether this may be a first start; otherwise nothing is made, and where no key can be read there is one
            that opens nothing.

    Raises:
        UsageError: the folder cannot be used, the issuer cannot be asked, or a variable says what it cannot say.
    """
    environ = with_files(environ)
    try:
        if begin:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = _secret(folder / _SECRET, begin=begin)
    except OSError as fault:
        step = "Choose a folder you may write to, with --folder."
        raise UsageError(f"the folder cannot be used: {fault.strerror}", place=str(folder), next_step=step) from fault
    told = tuple(name.strip() for name in environ.get("CUSTODIET_HOSTS", "").split(",") if name.strip())
    https = _yes("CUSTODIET_HTTPS", environ)
    issuer, client = environ.get("CUSTODIET_OIDC_ISSUER", ""), environ.get("CUSTODIET_OIDC_CLIENT_ID", "")
    if issuer and not client:
        step = "Set CUSTODIET_OIDC_CLIENT_ID to how the issuer calls this installation, or leave the issuer out."
        raise UsageError("the issuer does not know who asks", place="CUSTODIET_OIDC_ISSUER", next_step=step)
    return Config(
        folder=folder,
        database=environ.get(DATABASE_VARIABLE, ""),
        secret=secret,
        hosts=(*HERE, *told),
        https=https,
        proxy=_proxy(environ.get("CUSTODIET_PROXY", "127.0.0.1" if https else "")),
        second_factor=_yes("CUSTODIET_SECOND_FACTOR", environ, usually=bool(told) or https),
        idle=_idle(environ.get("CUSTODIET_SESSION_IDLE", "60")),
        breached=_breached(environ.get("CUSTODIET_BREACHED_PASSWORDS", "")),
        metrics_token=_long(environ.get("CUSTODIET_METRICS_TOKEN", "")),
        oidc_issuer=issuer,
        oidc_client=client,
        oidc_secret=environ.get("CUSTODIET_OIDC_CLIENT_SECRET", ""),
        webhooks_inside=parse_networks(environ.get("CUSTODIET_WEBHOOKS_INSIDE", "")),
        **_mail(environ),
        oidc_two=_yes("CUSTODIET_OIDC_TWO_FACTORS", environ),
    )


def _yes(name: str, environ: Mapping[str, str], *, usually: bool = False) -> bool:
    """A switch: 1 or 0; a word that is neither would count as no, and nobody would know."""
    told = environ.get(name, "").strip()
    if told not in ("", "0", "1"):
        raise UsageError("this is neither yes nor no", place=name, next_step="Write 1 for yes or 0 for no.")
    return told == "1" if told else usually


def _proxy(told: str) -> str:
    """An address, as it stands in what comes from there: a name would be compared with it, and be nobody's."""
    try:
        return str(ip_address(told.strip())) if told.strip() else ""
    except ValueError:
        step = "Write the address of the proxy, as 192.0.2.7."
        raise UsageError("this is no address of a machine", place="CUSTODIET_PROXY", next_step=step) from None


def _idle(told: str) -> int:
    if not told.isdecimal() or not 5 <= int(told) <= 720:
        step = "Write a number of minutes from 5 to 720."
        raise UsageError("this is no time after which somebody is idle", place="CUSTODIET_SESSION_IDLE", next_step=step)
    return int(told)


def _breached(told: str) -> Path | None:
    path = Path(told) if told else None
    if path is not None and not os.access(path, os.R_OK):
        step = "Name a file that the server may read, or leave it out."
        raise UsageError("this list cannot be read", place="CUSTODIET_BREACHED_PASSWORDS", next_step=step)
    return path


def _long(told: str) -> str:
    if told and len(told) < 22:
        step = "Make one, for example with: openssl rand -base64 32"
        raise UsageError("this token can be guessed", place="CUSTODIET_METRICS_TOKEN", next_step=step)
    return told


def _mail(environ: Mapping[str, str]) -> dict[str, Any]:
    """What is asked of the environment for e-mail; all of it, or nothing."""
    url, sender = environ.get("CUSTODIET_SMTP_URL", ""), environ.get("CUSTODIET_MAIL_FROM", "").strip()
    address = environ.get("CUSTODIET_ADDRESS", "").strip().rstrip("/")
    if address and not _ADDRESS.fullmatch(address):
        step = "Write it as https://custodiet.example.org, with nothing behind the name and the port."
        raise UsageError("links cannot lead there", place="CUSTODIET_ADDRESS", next_step=step)
    if url and not (address and _SENDER.fullmatch(sender)):
        step = "Set CUSTODIET_MAIL_FROM to an address alone, as custodiet@example.org, and CUSTODIET_ADDRESS too."
        raise UsageError("e-mail needs a sender, and an address for its links", place=sender, next_step=step)
    return {"relay": parse_relay(url) if url else None, "mail_from": sender, "address": address}


def _secret(path: Path, *, begin: bool) -> str:
    try:
        if begin:
            with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    told, until = "", time.monotonic() + 1.0
    try:
        # another that starts in the same moment may have made the file, and not yet written into it
        while not (told := path.read_text(encoding="utf-8", errors="replace").strip()) and time.monotonic() < until:
            time.sleep(0.01)
    except OSError:
        if begin:
            raise
        return secrets.token_urlsafe(48)
    if len(told) < LEAST:
        step = "Restore it from a backup, or take it away: a new one is made, and everybody signs in again."
        raise UsageError("this key can be guessed: sessions are signed with it", place=str(path), next_step=step)
    return told


def database_of(config: Config) -> dict[str, object]:
    """The configured database as Django's ``DATABASES`` wants it.

    Raises:
        UsageError: the address is not that of a PostgreSQL database.
    """
    if not config.database:
        return {
            "ENGINE": "custodiet.web.embedded",
            "NAME": str(config.folder / "custodiet.sqlite"),
            "OPTIONS": {
                # who is going to write waits its turn at once, and not in the middle of a transaction
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # the log goes into the file when it has 32 MB, by whoever writes then; a large import sees to it itself
                "init_command": "pragma journal_mode=wal; pragma synchronous=normal; pragma cache_size=-32000;"
                " pragma wal_autocheckpoint=8000",
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
        "OPTIONS": _tls(parts.hostname or "", parts.query),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _tls(host: str, told: str) -> dict[str, str]:
    """How a database is reached, as libpq calls it: by TLS where it is not on this machine, whoever answers there."""
    options = dict(parse_qsl(told))
    if odd := sorted(options.keys() - set(TLS)):
        step = f"Behind the question mark may stand {', '.join(TLS)}."
        raise UsageError(f"{odd[0][:40]} is not understood here", place=DATABASE_VARIABLE, next_step=step)
    here = host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")
    return options if here else {"sslmode": "require", **options}
