"""Workers and servers that are killed at any moment spoil nothing; see `kills`, which can do it a thousand times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")

KILLS = int(os.environ.get("CUSTODIET_KILLS", "20"))


def test_a_database_that_goes_away_in_the_middle_spoils_no_import(tmp_path: Path, empty_database: str) -> None:
    if not empty_database:
        pytest.skip("the embedded database does not go away")
    command = [sys.executable, str(Path(__file__).with_name("lost.py")), str(tmp_path)]
    environ = os.environ | {"CUSTODIET_DATABASE_URL": empty_database}
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)
    assert told.returncode == 0, told.stderr[-3000:]
    said = json.loads(told.stdout)
    for place, *ended in said["imports"]:
        assert ended == ["running", "", "done", "", 2], (place, told.stderr[-3000:])
    assert said["lost"] == said["devices"] == len(said["imports"]) == 8, said


def test_killed_at_random_nothing_is_corrupt_half_or_lost(tmp_path: Path, empty_database: str) -> None:
    script = Path(__file__).with_name("kills.py")
    environ = {name: value for name, value in os.environ.items() if name != "CUSTODIET_DATABASE_URL"}
    environ |= {"CUSTODIET_DATABASE_URL": empty_database} if empty_database else {}
    (tmp_path / "server").mkdir()
    command = [sys.executable, str(script), str(tmp_path / "server"), str(KILLS), str(os.getpid())]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60 + 3 * KILLS, env=environ)
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert said["faults"] == [], (said, command, told.stderr[-3000:])
    assert said["kills"] == KILLS and said["imports"] >= 2 and said["acknowledged"] > 0
