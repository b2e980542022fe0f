"""Certificates in Zeek's logs: ``ssl.log`` knows who showed one, ``x509.log`` what it says, and a hash joins them.

Only lines of one file are joined; a certificate that nobody in that file shows is counted, not guessed about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from custodiet.sources.zeek.logs import Row, server_of

_MOST = 20_000  # certificates, and servers that show them, that are remembered


class Certificates:
    """What was seen so far of both logs."""

    def __init__(self) -> None:
        self._says: dict[str, tuple[list[tuple[str, str]], str, float | None]] = {}
        self._shown_by: dict[str, dict[str, None]] = {}
        self._shown = 0
        self.unclaimed = 0

    def shown(self, row: Row) -> None:
        """Take a line of ``ssl.log``: the first of the chain is the server's own."""
        server = server_of(row)
        chain = row.items("cert_chain_fps") or row.items("cert_chain_fuids")
        if server and chain and self._shown < _MOST:
            servers = self._shown_by.setdefault(chain[0], {})
            self._shown += server not in servers
            servers[server] = None

    def described(self, row: Row, place: str) -> None:
        """Take a line of ``x509.log``."""
        name = row.text("fingerprint") or row.text("id")
        if not name or len(self._says) >= _MOST:
            self.unclaimed += 1
            return
        began = row.time("certificate.not_valid_before")
        pairs = [
            ("tls.subject", row.text("certificate.subject")),
            ("tls.issuer", row.text("certificate.issuer")),
            ("tls.serial", row.text("certificate.serial").lower()),
            ("tls.not_before", "" if began is None else f"{datetime.fromtimestamp(began, UTC):%Y-%m-%dT%H:%M:%SZ}"),
            *(("tls.san", name) for name in row.items("san.dns")[:64]),
        ]
        self._says.setdefault(name, (pairs, place, row.time()))

    def facts(self) -> Iterator[tuple[str, str, str, str, float | None]]:
        """Subject, attribute, value, place and time of each certificate for each server that showed it."""
        for name, (pairs, place, when) in self._says.items():
            servers = self._shown_by.get(name, {})
            self.unclaimed += not servers
            for server in servers:
                for attribute, value in pairs:
                    yield server, attribute, value, place, when
