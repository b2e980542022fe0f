"""``custodiet serve``: the tables brought up to date, the first administrator let in, and a server on an address."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from custodiet.errors import CustodietError
from custodiet.web.config import Config
from custodiet.web.start import application, migrate, start


def prepare(config: Config, case: Path | None, say: Callable[[str], None], address: str) -> None:
    """Make everything ready for the first request.

    Args:
        config: of this start.
        case: a case to put into the tables, as the body that it is of; none: what is there is shown.
        say: told what the user has to know, a line at a time.
        address: at which browsers reach the server, without a slash at its end.

    Raises:
        CustodietError: the database does not answer, or its tables or the case cannot be used.
    """
    start(config)
    from django.db import DatabaseError

    from custodiet.web.first import first_administrator, put_case
    from custodiet.web.renewed import renew
    from custodiet.web.store.standing import place, refuse, standing

    try:
        refuse(standing())
        migrate()
        link = first_administrator()
        body = put_case(case) if case else ""
        renewed = renew()
    except DatabaseError as fault:
        step = f"Mend that, or see what else is wrong with: custodiet doctor --folder {config.folder}"
        reason = f"the database cannot be used: {(str(fault).splitlines() or ['it does not say why'])[0][:300]}"
        raise CustodietError(reason, place=place(), next_step=step) from fault
    for name in renewed:
        say(f"{name}: this version concludes its devices anew; until that is done, some pages wait for it.")
    if body:
        say(f"{case}: {address}/b/{body}/")
    if link:
        say(f"To begin, choose the administrator's password: {address}{link}")
        say("The link works once, for 24 hours.")
    else:
        say(f"Open {address}/")


def let_in(config: Config, email: str, say: Callable[[str], None], address: str) -> None:
    """Give somebody who cannot sign in a link for a new password, where nobody in the browser can: the last
    administrator, who lost the password or the phone. Whoever has the machine can do it, also while it serves.

    Args:
        config: of the installation.
        email: of their account.
        say: told the link.
        address: at which browsers reach the server, without a slash at its end.

    Raises:
        UsageError: there is no such account that may sign in.
        CustodietError: the database is not one of this version.
    """
    start(config)
    from django.db import DatabaseError

    from custodiet.web.accounts.links import LINK_HOURS, let_in_again
    from custodiet.web.store.standing import place, refuse, standing

    try:
        refuse(standing())
        link = let_in_again(email.strip().lower(), by="custodiet serve --new-link")
    except DatabaseError as fault:
        step = f"See what is wrong with: custodiet doctor --folder {config.folder}"
        raise CustodietError("the database cannot be used", place=place(), next_step=step) from fault
    say(f"{email}: choose a new password at {address}{link}")
    say(f"The link works once, for {LINK_HOURS} hours. Second factors were taken away, and all sessions ended.")


def run(host: str, port: int) -> None:
    """Answer requests until the process is told to stop, with a worker beside it for what takes long."""
    import waitress
    from django.conf import settings

    from custodiet.web import traces
    from custodiet.web.jobs.keeper import keep_worker
    from custodiet.web.lines import log_in_lines
    from custodiet.web.uploads import MOST

    signal.signal(signal.SIGTERM, _end)
    log_in_lines()
    end_worker = keep_worker(settings.CUSTODIET)
    traces.serving(settings.CUSTODIET.folder, host, port)
    try:
        waitress.serve(
            application(),
            host=host,
            port=port,
            threads=8,
            ident=None,
            max_request_body_size=MOST,
            **behind(settings.CUSTODIET.proxy),
        )
    finally:
        traces.ended(settings.CUSTODIET.folder)
        end_worker()


def behind(proxy: str) -> dict[str, Any]:
    """What the server is told of a proxy: which one is believed, and in what; what others say is taken out.

    Args:
        proxy: its address; empty: there is none.
    """
    if not proxy:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "clear_untrusted_proxy_headers": True,
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
    }


def _end(_signal: int, _frame: object) -> None:
    """A service manager asks to stop: as orderly as Ctrl-C."""
    raise SystemExit(0)
