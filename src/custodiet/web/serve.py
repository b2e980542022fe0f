"""``custodiet serve``: the tables brought up to date, the first administrator let in, and a server on an address."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from custodiet.errors import CustodietError, UsageError
from custodiet.web.config import HERE, Config
from custodiet.web.start import alone, application, migrate, start

_MOST_WAITING = 128
"""Connections that wait until they are answered."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Take the port, before anything is changed or said: a link must not lead to whatever else is there.

    Whoever comes before the tables are ready waits for them.

    Raises:
        UsageError: somebody else has it, or it cannot be had.
    """
    taken: list[socket.socket] = []
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, socket.IPPROTO_TCP, socket.AI_PASSIVE)
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            taken.append(socket.create_server(address, family=family, backlog=_MOST_WAITING))
    except OSError as fault:
        for one in taken:
            one.close()
        if fault.errno == errno.EADDRINUSE:
            step = "End it, or choose another port with --port."
            raise UsageError("another program listens on this port", place=place, next_step=step) from fault
        if fault.errno == errno.EACCES:
            step = "Choose one from 1024 on with --port."
            raise UsageError(
                "this port is for the administrator of the machine", place=place, next_step=step
            ) from fault
        why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else "there is no such address"
        step = "Choose an address of this machine with --host, as 127.0.0.1."
        raise UsageError(f"this address cannot be had: {why}", place=place, next_step=step) from fault
    return taken


def reached(config: Config, host: str, port: int) -> str:
    """The address at which browsers reach the server, as far as that is known; without a slash at its end.

    Args:
        config: of this start.
        host: on which it listens.
        port: too.
    """
    if config.shown:
        return config.shown
    # passkeys are tied to a name, and of a bare address they know nothing; who listens on all does so on this machine
    if host in ("127.0.0.1", "::1", "0.0.0.0", "::"):  # noqa: S104 (nothing is bound here)
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def beyond(config: Config, host: str, address: str) -> Iterator[str]:
    """What there is to say of a server that others than this machine may reach: under which names it answers.

    Args:
        config: of this start.
        host: on which it listens.
        address: see `reached`.
    """
    from django.http.request import split_domain_port, validate_host

    name, _ = split_domain_port(urlsplit(address).netloc)
    if not validate_host(name, config.hosts):
        yield f"{name} is not answered yet: set CUSTODIET_HOSTS={name} and start it again."
    elif host not in (*HERE, "::1") and not config.shown:
        yield "It answers to localhost and to the names that CUSTODIET_HOSTS tells; links carry CUSTODIET_ADDRESS."


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
        with alone():
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


def run(host: str, port: int, sockets: Sequence[socket.socket]) -> None:
    """Answer requests until the process is told to stop, with a worker beside it for what takes long.

    Args:
        host: on which it listens.
        port: too.
        sockets: what `listen` took there.
    """
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
            sockets=sockets,
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
