"""Rights: what was given up is gone, and stays gone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from custodiet.probes.sensor import rights


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_nothing_is_left_and_nothing_comes_back() -> None:
    done = run(
        "import os, socket, subprocess\n"
        "from custodiet.probes.sensor import rights\n"
        "rights.give_up()\n"
        "assert rights.capabilities() == '', rights.capabilities()\n"
        "try:\n"
        "    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)\n"
        "except PermissionError:\n"
        "    print('refused')\n"
        "status = subprocess.run(['cat', '/proc/self/status'], capture_output=True, text=True).stdout\n"
        "print([line.split()[1] for line in status.splitlines() if line.startswith('CapEff')])\n"
    )
    assert done.stdout == f"refused\n['{'0' * 16}']\n", done.stderr


def test_root_becomes_another_user() -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    done = run(
        "import os\n"
        "from custodiet.probes.sensor import rights\n"
        "rights.give_up(rights.NOBODY)\n"
        "print(os.getresuid(), os.getresgid(), os.getgroups())\n"
        "try:\n"
        "    os.setuid(0)\n"
        "except PermissionError:\n"
        "    print('refused')\n"
    )
    assert done.stdout == f"{(65534,) * 3} {(65534,) * 3} []\nrefused\n", done.stderr


def test_who_asked_is_known_from_sudo_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for user, group, who in (("1000", "100", (1000, 100)), ("0", "0", None), ("x", "1", None), ("", "", None)):
        monkeypatch.setenv("SUDO_UID", user)
        monkeypatch.setenv("SUDO_GID", group)
        assert rights.who_asked() == who
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("SUDO_UID", "1001")
    assert rights.who_asked() is None
