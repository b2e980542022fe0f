"""Workers that deliver at the same time hand over each message once, also where one was killed before it could."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from web.servers import Hooks, Listener, make_trust

pytest.importorskip("django", reason="the extra `web` is not installed")


def test_each_message_arrives_once(tmp_path: Path) -> None:
    trust, came = make_trust(tmp_path), count(1)
    hooks = Hooks(trust)

    def serve(connection: socket.socket) -> None:
        number = next(came)
        if number == 1:  # nothing is said at all
            (tmp_path / "held-1").touch()
            while connection.recv(4096):
                pass
            return
        # the message was heard, and its answer never comes
        hooks.after = held if number == 2 else None
        hooks(connection)

    def held(secure: ssl.SSLSocket) -> None:
        (tmp_path / "held-2").touch()
        secure.recv(1)

    script = Path(__file__).with_name("deliveries.py")
    environ = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "test.pem")}
    environ.pop("CUSTODIET_DATABASE_URL", None)
    with Listener(serve) as there:
        command: list[Any] = [sys.executable, str(script), str(tmp_path), str(there.port)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ)
    assert told.returncode == 0, told.stderr[-3000:]
    rows = json.loads(told.stdout)
    assert [state for _, state, _ in rows] == ["sent"] * 8
    assert [tries for _, _, tries in rows] == [2, 2, 1, 1, 1, 1, 1, 1]
    arrived = Counter(msgspec.json.decode(body)["id"] for _, _, body in hooks.requests)
    # of the second nobody can know whether it arrived, so it is sent again under the same id
    assert arrived == {id: 2 if place == 1 else 1 for place, (id, _, _) in enumerate(rows)}
