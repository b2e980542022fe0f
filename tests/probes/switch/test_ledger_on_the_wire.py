"""A switch across a wire: what `find --switch` wrote into its ledger, against what was seen to leave."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.ground import ROOT
from lab.network import run, why_not
from lab.tap import tapped

from custodiet.probes.ledger import verify
from custodiet.probes.log import End, Ledgered, read_log

SNMPD = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(SNMPD is None, reason="snmpd of Net-SNMP is not installed here")
HERE, ROUTER, SWITCH = "10.79.0.2", "10.79.0.1", "10.79.9.1"
CONFIG = f"""
rocommunity town-word
createUser reader SHA-256 "proof-of-the-town" AES "cipher-of-the-town"
rouser reader priv
sysName sw-cellar
override 1.3.6.1.2.1.17.1.4.1.2.1 integer 1
override 1.3.6.1.2.1.17.4.3.1.2.0.64.140.0.0.1 integer 1
override 1.3.6.1.2.1.17.4.3.1.3.0.64.140.0.0.1 integer 3
agentaddress udp:{ROUTER}:161,udp:{SWITCH}:161
"""
"""One agent with two addresses: one on the wire, and one to which the first is the way."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The namespace that asks; a switch is at the other end of its wire."""
    if reason := why_not():
        pytest.skip(f"no namespaces here: {reason}")
    folder = tmp_path_factory.mktemp("snmpd")
    (folder / "snmpd.conf").write_text(CONFIG)
    name = f"cst-sw-{os.getpid()}"
    here, there = f"{name}-here", f"{name}-there"
    process = None
    try:
        for one in (here, there):
            run("ip", "netns", "add", one)
            # what a kernel says over IPv6 whether or not anybody is asked stands in no ledger
            run("ip", "netns", "exec", one, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        run("ip", "link", "add", "up0", "netns", here, "type", "veth", "peer", "name", "port1", "netns", there)
        for one, link, addresses in ((here, "up0", [HERE]), (there, "port1", [ROUTER, SWITCH])):
            for address in addresses:
                run("ip", "-n", one, "addr", "add", f"{address}/24", "dev", link)
            run("ip", "-n", one, "link", "set", link, "up")
        run("ip", "-n", here, "route", "add", "default", "via", ROUTER)
        environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "SNMPCONFPATH": str(folder), "MIBS": ""}
        process = subprocess.Popen(
            ["ip", "netns", "exec", there, str(SNMPD), "-f", "-Lf", str(folder / "log"), "-C", "-c",
             str(folder / "snmpd.conf")],
            env=environment, cwd=folder,
        )  # fmt: skip
        for _ in range(100):
            if "NET-SNMP version" in ((folder / "log").read_text() if (folder / "log").exists() else ""):
                break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield here
    finally:
        if process:
            process.terminate()
            process.wait(10)
        for one in (here, there):
            run("ip", "netns", "del", one, check=False)


@pytest.mark.parametrize("switch", [ROUTER, SWITCH], ids=["on the wire", "behind a router"])
@pytest.mark.parametrize("version", ["2c", "3"])
def test_the_ledger_is_what_was_on_the_wire(here: str, switch: str, version: str, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("town-word\n")
    (tmp_path / "proof").write_text("proof-of-the-town\n")
    (tmp_path / "cipher").write_text("cipher-of-the-town\n")
    account = [f"--community-file={tmp_path / 'word'}"]
    if version == "3":
        account = ["--snmp-v3=reader", "--auth=sha256", f"--auth-file={tmp_path / 'proof'}"]
        account += [f"--priv-file={tmp_path / 'cipher'}"]
    words = ["find", f"--switch={switch}", *account, "--rate=2000/s", "--yes", "--json", f"--case={tmp_path / 'case'}"]
    for one in (here, here.replace("-here", "-there")):
        # what a kernel still asks or answers for an earlier run is not of this one
        run("ip", "-n", one, "neigh", "flush", "all")
    with tapped(here, tmp_path / "tap") as frames:
        done = subprocess.run(
            ["ip", "netns", "exec", here, sys.executable, "-m", "custodiet", *words],
            check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        )  # fmt: skip
    assert done.returncode in (0, 4), done.stderr
    [log] = tmp_path.glob("case.finds/*.find")
    lines = list(read_log(log))
    end = lines[-1]
    assert isinstance(end, End) and end.complete and end.ledger.gaps == () and end.other_packets == 0
    packets = verify((line.page for line in lines if isinstance(line, Ledgered)), end.ledger)
    in_ledger = Counter((p.to, p.protocol, p.from_port, p.port, p.size) for p in packets)
    on_wire = Counter((f.to, f.protocol, f.from_port, f.port, f.size) for f in frames)
    until_the_end = Counter((f.to, f.protocol, f.from_port, f.port, f.size) for f in frames if f.at <= end.at)
    assert sum(until_the_end.values()) > 10 and any(kind == "arp" for _, kind, *_ in until_the_end)
    assert until_the_end - in_ledger == Counter(), "left and is not in the ledger"
    assert in_ledger - on_wire == Counter(), "is in the ledger and did not leave"
    assert "00:40:8c:00:00:01" in done.stdout
