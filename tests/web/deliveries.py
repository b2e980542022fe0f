"""Workers that deliver messages at the same time, and are killed in the middle.

    SSL_CERT_FILE=PEM python tests/web/deliveries.py FOLDER PORT

On the embedded database, or that of CUSTODIET_DATABASE_URL, which must be empty. Messages go to this machine's PORT;
held-1 and held-2 are made in FOLDER by who holds back an answer. It tells, as JSON, the id, state and tries of each.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

MESSAGES = 8


def main(folder: Path, port: int) -> None:
    """Make messages, kill who delivers the first and who delivers the second, and let two deliver the rest at once."""
    from custodiet.web.config import Config
    from custodiet.web.destinations import parse_networks
    from custodiet.web.start import migrate, start

    inside = parse_networks("127.0.0.0/8")
    database = os.environ.get("CUSTODIET_DATABASE_URL", "")
    start(Config(folder=folder, database=database, secret="only for tests " * 4, webhooks_inside=inside))
    migrate()
    from django.db import connection

    from custodiet.web.alerts.deliver import CLAIMED
    from custodiet.web.store.models import Delivery

    make(port)
    connection.close()
    now = datetime.now(UTC)
    for number in (1, 2):  # each of which waits for an answer that does not come
        kill(now, folder / f"held-{number}")
    later = now + CLAIMED
    both = [forked(later), forked(later)]
    for pid in both:
        os.waitpid(pid, 0)
    rows = list(Delivery.objects.order_by("number").values_list("id", "state", "tries"))
    print(json.dumps(rows))


def forked(now: datetime) -> int:
    """A worker of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            work(now)
        finally:
            os._exit(0)
    return pid


def kill(now: datetime, held: Path) -> None:
    """Kill a worker as soon as there is a file."""
    pid = forked(now)
    while not held.exists():
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def make(port: int) -> None:
    """A body with a webhook, and messages to it."""
    from custodiet.web.alerts import hooks, tell
    from custodiet.web.alerts.topics import Part
    from custodiet.web.store.models import Body, Webhook

    body, at = Body.objects.create(id="x", name="X"), datetime.now(UTC)
    row: dict[str, Any] = {"secret": hooks.sealed("word", "x"), "language": "en", "who": "x", "at": at}
    Webhook.objects.create(body=body, address=f"https://127.0.0.1:{port}/", topics="failed", **row)
    for number in range(MESSAGES):
        tell.tell(body, "job", str(number), [Part(topic="failed", job=number, kind="import")], at)


def work(now: datetime) -> None:
    """Deliver until nothing is due."""
    from django.db import connection

    from custodiet.web.alerts.deliver import deliver

    while deliver(lambda: now, most=1):
        time.sleep(0.01)
    connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
