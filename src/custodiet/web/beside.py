"""What a server needs beside it, for `doctor`: the programs of PostgreSQL, and the server for e-mail."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping

from custodiet.errors import CustodietError
from custodiet.web.checked import Checked
from custodiet.web.destinations import parse_relay
from custodiet.web.outside import Unsent, greet_relay

ANSWERS = 5.0
"""Seconds in which the server for e-mail has to answer."""
_UNSENT = {
    "connection": "it cannot be reached, or does not answer as a server for e-mail",
    "slow": "it does not answer",
    "certificate": "its certificate is not one that this machine trusts for that name",
    "mail unprotected": "it does not offer TLS, so that nothing would be sent",
}


def programs(environ: Mapping[str, str]) -> Iterator[Checked]:
    """Whether the programs are there by which a database on PostgreSQL is kept and put back."""
    if environ.get("CUSTODIET_DATABASE_URL"):
        away = [name for name in ("pg_dump", "pg_restore") if shutil.which(name) is None]
        wrong = f"not installed, so that no backup can be made or put back: {', '.join(away)}" if away else ""
        mend = "Install the client programs of PostgreSQL, of the version of its server; on Debian, postgresql-client."
        yield Checked(what="programs of PostgreSQL", wrong=wrong, mend=mend if away else "")


def version(server: int) -> Checked:
    """Whether `pg_dump` knows a server of that version: one of an earlier version refuses it."""
    what, path = f"PostgreSQL {server}", shutil.which("pg_dump")
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False) if path else None  # noqa: S603 (no words of others)
    found = re.search(r" (\d+)", told.stdout) if told else None
    if found is None or int(found[1]) >= server:
        return Checked(what=what)
    mend = f"Install the client programs of PostgreSQL {server}."
    return Checked(what=what, wrong=f"pg_dump {found[1]} makes no backup of it", mend=mend)


def relay(environ: Mapping[str, str]) -> Iterator[Checked]:
    """Whether the server for e-mail answers; nothing is sent to it."""
    if not environ.get("CUSTODIET_SMTP_URL"):
        return
    try:
        told = parse_relay(environ["CUSTODIET_SMTP_URL"])
    except CustodietError:
        return  # it is told with the rest of the configuration
    what, wrong = f"server for e-mail, {told.host}, port {told.port}", ""
    try:
        greet_relay(told, ANSWERS)
    except Unsent as fault:
        wrong = _UNSENT.get(fault.came, f"it refuses us ({fault.came})")
    mend = "Check CUSTODIET_SMTP_URL, and whether this machine may reach that server."
    yield Checked(what=what, wrong=wrong, mend=mend if wrong else "")
