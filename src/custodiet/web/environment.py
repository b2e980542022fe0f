"""The variables by which a server is set up: which there are, and which of them stand in files."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from custodiet.errors import UsageError

_OURS = "CUSTODIET_"
SECRETS = ("CUSTODIET_DATABASE_URL", "CUSTODIET_OIDC_CLIENT_SECRET", "CUSTODIET_METRICS_TOKEN", "CUSTODIET_SMTP_URL")
"""Variables that open something: each may stand in a file, which its name with ``_FILE`` behind it tells."""


VARIABLES = (
    *SECRETS,
    "CUSTODIET_ADDRESS",
    "CUSTODIET_BREACHED_PASSWORDS",
    "CUSTODIET_HOSTS",
    "CUSTODIET_HTTPS",
    "CUSTODIET_MAIL_FROM",
    "CUSTODIET_OIDC_CLIENT_ID",
    "CUSTODIET_OIDC_ISSUER",
    "CUSTODIET_OIDC_TWO_FACTORS",
    "CUSTODIET_PROXY",
    "CUSTODIET_SECOND_FACTOR",
    "CUSTODIET_SESSION_IDLE",
    "CUSTODIET_WEBHOOKS_INSIDE",
)
"""All that is asked of the environment."""
_OF_OTHERS = ("CUSTODIET_SNMP_", "CUSTODIET_TEST_")
"""How names begin that `find` and the tests know."""


def with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with the secrets that stand in files, as those of a safe, systemd or a container do.

    What names such a file is taken out, so that what came of it can be given to whoever asks the same again.

    Raises:
        UsageError: such a file cannot be read or is empty, or a secret is told twice.
    """
    told = dict(environ)
    for name in SECRETS:
        path = told.pop(f"{name}_FILE", "")
        if not path:
            continue
        if told.get(name):
            raise UsageError("this is told twice", place=name, next_step=f"Leave out {name} or {name}_FILE.")
        try:
            told[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            step = "Name a file that the server may read."
            raise UsageError("this file cannot be read", place=f"{name}_FILE", next_step=step) from fault
        if not told[name]:
            # a safe that handed out nothing would else be taken for a wish to do without
            step = f"Write {name} into it, or leave {name}_FILE out."
            raise UsageError("this file is empty", place=f"{name}_FILE", next_step=step)
    return told


def unknown(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables that are called like ours and that nobody reads, each with what to do about it."""
    known = {name.removeprefix(_OURS): name for name in (*VARIABLES, *(f"{name}_FILE" for name in SECRETS))}
    found = {}
    for name in sorted(environ):
        if not name.upper().startswith(_OURS) or name in known.values() or name.startswith(_OF_OTHERS):
            continue
        near = get_close_matches(name.upper().removeprefix(_OURS), known, 1, cutoff=0.5)
        found[name] = f"Perhaps {known[near[0]]} was meant; else leave it out." if near else "Leave it out."
    return found
