"""An agent that others wrote, snmpd of Net-SNMP: both versions of ours against it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from reading import read

from custodiet.probes.run import Rights
from custodiet.probes.switch.account import Account, Community
from custodiet.probes.switch.run import Told, plan_of, run_switch
from custodiet.probes.switch.session import Bounds
from custodiet.sources.exchanges import READER

SNMPD = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(SNMPD is None, reason="snmpd of Net-SNMP is not installed here")
USERS = [("MD5", "DES"), ("SHA", "AES"), ("SHA-256", "AES"), ("SHA-512", "AES")]

CONFIG = """
rocommunity town-word 127.0.0.1
sysName sw-cellar
sysDescr Example Switch 24
override 1.3.6.1.2.1.17.1.4.1.2.1 integer 1
override 1.3.6.1.2.1.17.4.3.1.2.0.64.140.0.0.1 integer 1
override 1.3.6.1.2.1.17.4.3.1.3.0.64.140.0.0.1 integer 3
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a snmpd of our own on loopback, ended by its own id."""
    folder = tmp_path_factory.mktemp("snmpd")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    users = "".join(
        f'createUser user{place} {auth} "proof-of-the-town" {priv} "cipher-of-the-town"\nrouser user{place} priv\n'
        for place, (auth, priv) in enumerate(USERS)
    )
    (folder / "snmpd.conf").write_text(CONFIG + users)
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "SNMPCONFPATH": str(folder), "MIBS": ""}
    assert SNMPD is not None
    command = [SNMPD, "-f", "-Lf", str(folder / "log"), "-C", "-c", str(folder / "snmpd.conf")]
    process = subprocess.Popen([*command, f"udp:127.0.0.1:{number}"], env=environment, cwd=folder)
    try:
        for _ in range(100):
            if "NET-SNMP version" in ((folder / "log").read_text() if (folder / "log").exists() else ""):
                break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(10)


def ask(port: int, who: Community | Account, folder: Path) -> tuple[Told, Path]:
    """Ask it."""
    log = folder / "log.find"
    plan = plan_of("127.0.0.1", rate=10_000.0, started=1.0)
    told = run_switch(
        plan,
        "127.0.0.1",
        who,
        log,
        Ed25519PrivateKey.generate(),
        may=Rights(raw=False, witness=False),
        bounds=Bounds(waits=3.0),
        port=port,
    )
    return told, log


@pytest.mark.parametrize("number", [None, *range(len(USERS))], ids=["2c", *map("-".join, USERS)])
def test_it_answers(number: int | None, port: int, tmp_path: Path) -> None:
    who: Community | Account = Community(b"town-word")
    if number is not None:
        auth, priv = USERS[number]
        words = b"proof-of-the-town", b"cipher-of-the-town"
        who = Account(f"user{number}", *words, auth=auth.lower().replace("-", ""), priv=priv.lower())
    told, log = ask(port, who, tmp_path)
    assert told.trouble == "" and not any(one.fault for one in told.tables)
    came = read(READER, log.read_bytes(), tmp_path)
    assert came.facts("ip:127.0.0.1")["snmp.sys_name"] == "sw-cellar"
    assert "127.0.0.1 " in came.facts("mac:00:40:8c:00:00:01")["net.switch_port"]
    assert came.tally.issues == 0 and b"-of-the-town" not in log.read_bytes()


@pytest.mark.parametrize(
    ("who", "says"),
    [
        (Account("nobody", b"proof-of-the-town", b"cipher-of-the-town"), "does not know this user"),
        (Account("user1", b"another-word-here", b"cipher-of-the-town"), "pass phrase of the proof"),
    ],
)
def test_it_refuses_a_wrong_account(who: Account, says: str, port: int, tmp_path: Path) -> None:
    told, _ = ask(port, who, tmp_path)
    assert told.denied and says in told.trouble and told.packets == 2


def test_it_is_silent_about_what_it_cannot_decrypt(port: int, tmp_path: Path) -> None:
    told, _ = ask(port, Account("user1", b"proof-of-the-town", b"another-word-here"), tmp_path)
    assert told.trouble and not told.tables and told.packets == 2
