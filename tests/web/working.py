"""What a worker does for a body, in this process: read a register that somebody brought in, or judge anew."""

from __future__ import annotations

import hashlib
from pathlib import Path


def bring_in(folder: Path, body: str, text: str) -> None:
    """A register is brought in and read."""
    from custodiet.web.jobs import folders, queue
    from custodiet.web.jobs.kinds import Files
    from custodiet.web.store.models import Body

    content = text.encode()
    given = folders.Given(name="r.csv", size=len(content), sha256=hashlib.sha256(content).hexdigest())
    job = queue.ask(Body.objects.get(id=body), "import", Files(files=(given,)), "me@example.org")
    folders.keep(folder, job.id, 0, "r.csv", [content])
    work(folder)


def judge_again(folder: Path, body: str) -> None:
    """Devices are judged anew."""
    from custodiet.web.jobs import queue
    from custodiet.web.jobs.kinds import Again
    from custodiet.web.store.models import Body

    queue.ask(Body.objects.get(id=body), "again", Again(), "me@example.org")
    work(folder)


def work(folder: Path) -> None:
    """The next job is done."""
    from custodiet.web.jobs.work import work_once

    done = work_once(folder, pulse=False)
    assert done
    done.refresh_from_db()
    assert done.state == "done", done.reason
