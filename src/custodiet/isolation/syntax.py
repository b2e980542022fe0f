"""The syntax of written rules, checked by the target's own tool where it is installed; nothing is loaded.

It starts that tool, with a fixed list of arguments and the path of a file that we wrote, and with nothing else. Where
there is no tool, or it is not allowed to work, that is said, with the command that checks elsewhere.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

PATIENCE = 20.0
"""Seconds for a tool."""

SAID = 400
"""Characters kept of what a tool says."""

_NOT_ALLOWED = ("operation not permitted", "permission denied", "cache initialization failed")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a check."""

    state: Literal["fine", "wrong", "not checked"]
    """Whether the tool took it."""
    says: str
    """A sentence for people."""


def check_syntax(target: str, rules: Path, which: Callable[[str], str | None] = shutil.which) -> Checked:
    """Check a file of rules.

    Args:
        target: id of the target.
        rules: the file.
        which: finds a tool.
    """
    commands = {"nftables": ["nft", "-c", "-f"], "pf": ["pfctl", "-n", "-a", "custodiet", "-f"]}
    command = commands.get(target)
    if command is None:
        return Checked(state="not checked", says=f"not checked here: {ELSEWHERE[target]}")
    here = " ".join([*command, str(rules)])
    tool = which(command[0]) or which(f"/usr/sbin/{command[0]}") or which(f"/sbin/{command[0]}")
    if tool is None:
        return Checked(state="not checked", says=f"not checked here: {command[0]} is not installed. Check with: {here}")
    try:
        done = subprocess.run(  # noqa: S603 - a fixed tool, fixed arguments and a path of ours; no shell
            [tool, *command[1:], str(rules.absolute())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        why = "it did not end in time" if isinstance(fault, subprocess.TimeoutExpired) else "it could not be started"
        return Checked(state="not checked", says=f"not checked here: {command[0]}: {why}. Check with: {here}")
    said = done.stderr.decode("utf-8", "replace").strip()[:SAID]
    if done.returncode == 0:
        return Checked(state="fine", says=f"checked by {command[0]}: the syntax is right")
    if any(words in said.lower() for words in _NOT_ALLOWED):
        why = "it needs the rights of root (CAP_NET_ADMIN)"
        return Checked(state="not checked", says=f"not checked here: {command[0]}: {why}. Check with: {here}")
    return Checked(state="wrong", says=f"{command[0]} refuses it: {said or 'it gives no reason'}")


ELSEWHERE = {
    "cisco-ios": "IOS has no check without a device. Paste it after configure terminal revert timer 10, look at "
    "show access-lists, then configure confirm",
    "juniper": "Junos checks on the device. After load set run commit check, then commit confirmed 10",
    "aruba": "AOS-CX has no check without a device. Run checkpoint auto 10 first, paste it, look at "
    "show access-list commands, then checkpoint auto confirm",
    "openwrt": "OpenWrt checks on the device. After uci batch run fw4 check, and only then uci commit firewall",
    "opnsense": "OPNsense checks the aliases when they are imported, and each rule when it is saved",
}
"""How targets check that have no tool for other machines."""
