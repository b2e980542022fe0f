"""The namespaces of a proving ground: a station to sweep from, a router, and the estate behind it.

    NAME-scan    up0 10.70.0.2, default route to the router; lan20 10.77.20.250 and lan21 10.77.21.250 on the link
    NAME-router  up0 10.70.0.1, down0 10.71.0.1; leads to the estate, but not to the closed subnet
    NAME-estate  down0 10.71.0.2; every address of 10.77.0.0/16 is local, so a server may bind any of them

Each on-link subnet is a wire of its own, as an access port of its VLAN: frames carry no tag. `trunk0` has no address;
on it the frames of `lab.trunk` carry theirs. On the link devices have a MAC
each: nftables writes it into what leaves, and takes in what is sent to it. Nothing leads out of these three: no
interface of the machine is touched. Needs root, `ip` and `nft`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from lab.estate import ALL, STATION, Estate
from lab.trunk import LINK as TRUNK

ROLES = ("scan", "router", "estate")


class NotPossible(Exception):
    """The proving ground cannot be made here; the text says why."""


def state(name: str) -> Path:
    """Folder of what a running proving ground needs to be known."""
    return Path("/run") / name


def _checked(name: str) -> str:
    if not name.startswith("cst-") or not all(letter.isalnum() or letter == "-" for letter in name) or len(name) > 40:
        raise NotPossible("the name begins with cst- and holds letters, digits and hyphens only")
    return name


def run(*words: str, check: bool = True, text: str | None = None) -> str:
    """Run a command; raise with what it said."""
    done = subprocess.run(words, check=False, input=text, capture_output=True, text=True)
    if check and done.returncode:
        raise NotPossible(f"{' '.join(words[:6])}: {done.stderr.strip()[:400]}")
    return done.stdout


def why_not() -> str:
    """Why no proving ground can be made here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    for tool, package in (("ip", "iproute2"), ("nft", "nftables")):
        if not shutil.which(tool):
            return f"needs {tool}, of the package {package}"
    name = f"cst-try-{os.getpid()}"
    try:
        run("ip", "netns", "add", name)
    except NotPossible as error:
        return f"network namespaces are not permitted here ({error})"
    try:
        run("ip", "netns", "exec", name, "nft", "add", "table", "netdev", "try")
    except NotPossible as error:
        return f"nftables does not work here ({error})"
    finally:
        run("ip", "netns", "del", name, check=False)
    return ""


def up(name: str, estate: Estate, *, empty: str = "drop") -> None:
    """Make the namespaces.

    Args:
        name: what the namespaces are called after; begins with ``cst-``.
        estate: who lives there.
        empty: what an address without a device does: ``drop`` or ``refuse``.
    """
    _checked(name)
    down(name)
    for role in ROLES:
        run("ip", "netns", "add", f"{name}-{role}")
        # before there is a link: a kernel has nothing to say of its own on it, and counters count what was asked
        _settings_of(name, role, {"net/ipv6/conf/default/disable_ipv6": "1"})
        _inside(name, role, "ip", "link", "set", "lo", "up")
    _wire(name, "scan", "up0", "router", "up0")
    _wire(name, "router", "down0", "estate", "down0")
    for role, link, address in (("scan", "up0", "10.70.0.2/24"), ("router", "up0", "10.70.0.1/24"),
                                ("router", "down0", "10.71.0.1/24"), ("estate", "down0", "10.71.0.2/24")):  # fmt: skip
        _inside(name, role, "ip", "addr", "add", address, "dev", link)
    _inside(name, "scan", "ip", "route", "add", "default", "via", "10.70.0.1")
    _inside(name, "estate", "ip", "route", "add", "default", "via", "10.71.0.1")
    _inside(name, "router", "ip", "route", "add", ALL, "via", "10.71.0.2")
    _inside(name, "estate", "ip", "route", "add", "local", ALL, "dev", "lo")
    for network in estate.networks:
        if network.kind == "closed":
            _inside(name, "router", "ip", "route", "add", "blackhole", network.cidr)
        if not network.link:
            continue
        start = network.cidr.rpartition(".")[0]
        _wire(name, "scan", network.link, "estate", network.link)
        _inside(name, "scan", "ip", "addr", "add", f"{start}.{STATION}/24", "brd", "+", "dev", network.link)
        table = ("table", "local")
        _inside(
            name, "estate", "ip", "route", "add", f"{start}.{STATION}/32", "dev", network.link, "scope", "link", *table
        )
        _inside(name, "estate", "ip", "route", "add", "broadcast", f"{start}.255", "dev", network.link, *table)
    _wire(name, "scan", TRUNK, "estate", TRUNK)
    _settings(name)
    _inside(name, "estate", "nft", "-f", "-", text=rules(estate, empty))


def _inside(name: str, role: str, *words: str, text: str | None = None) -> str:
    return run("ip", "netns", "exec", f"{name}-{role}", *words, text=text)


def _wire(name: str, role: str, link: str, other: str, other_link: str) -> None:
    run("ip", "link", "add", link, "netns", f"{name}-{role}", "type", "veth", "peer", "name", other_link, "netns",
        f"{name}-{other}")  # fmt: skip
    _inside(name, role, "ip", "link", "set", link, "up")
    _inside(name, other, "ip", "link", "set", other_link, "up")


def _settings(name: str) -> None:
    """Forward in the router; hold nothing back in the estate, so that no limit of the kernel is taken for a device's."""
    wanted = {
        "router": {"net/ipv4/ip_forward": "1"},
        "estate": {"net/ipv4/icmp_ratelimit": "0", "net/ipv4/tcp_max_syn_backlog": "16384", "net/core/somaxconn": "4096",
                   "net/ipv4/conf/all/rp_filter": "0", "net/ipv4/conf/default/rp_filter": "0",
                   "net/ipv4/tcp_syncookies": "0", "net/ipv4/icmp_msgs_per_sec": "1000000",
                   "net/ipv4/neigh/default/gc_thresh3": "8192"},
        "scan": {"net/ipv4/conf/all/rp_filter": "0", "net/ipv4/neigh/default/gc_thresh2": "4096",
                 "net/ipv4/neigh/default/gc_thresh3": "8192"},
    }  # fmt: skip
    for role, values in wanted.items():
        _settings_of(name, role, values)


def _settings_of(name: str, role: str, values: dict[str, str]) -> None:
    script = "\n".join(f"echo {value} > /proc/sys/{path} 2>/dev/null || true" for path, value in values.items())
    _inside(name, role, "sh", "-c", script)


def rules(estate: Estate, empty: str) -> str:
    """Who is dropped, who is dead, and the MACs of the devices on the link, for nftables."""
    everybody = [device.address for device in estate.devices if device.drops != "all"]
    most = [device.address for device in estate.devices if device.drops == "most"]
    everybody += [f"{network.cidr.rpartition('.')[0]}.255" for network in estate.networks if network.link]
    links = {network.name: network.link for network in estate.networks if network.link}
    silent = [device.address for device in estate.devices if device.drops == "all"]
    lines = [
        "table ip lab {",
        _set("live", "ipv4_addr", everybody),
        _set("filtered", "ipv4_addr", most),
        _set("silent", "ipv4_addr", silent),
        _set("dead", "ipv4_addr", []),
        "chain arrive {",
        "type filter hook prerouting priority raw; policy accept",
        "ip daddr @dead counter drop",
        "ip daddr @silent drop",
        "ip daddr @filtered tcp dport != 443 drop",
        "ip daddr @filtered meta l4proto != tcp drop",
    ]
    if empty == "drop":
        lines.append(f"ip daddr {ALL} ip daddr != @live drop")
    lines += ["}", "}"]
    for network, link in links.items():
        there = [device for device in estate.devices if device.network == network]
        pairs = [f"{device.address} : {device.mac}" for device in there]
        lines += [
            f"table netdev {link} {{",
            f"map macs {{\ntype ipv4_addr : ether_addr\nelements = {{ {', '.join(pairs)} }}\n}}",
            _set("mute", "ipv4_addr", [device.address for device in there if device.drops == "all"]),
            _set("here", "ipv4_addr", [device.address for device in there]),
            "chain leave {",
            f'type filter hook egress device "{link}" priority 0; policy accept',
            "ether type arp arp operation reply arp saddr ip != @here drop",
            "ether type arp ether saddr set arp saddr ip map @macs",
            "ether type arp arp saddr ether set arp saddr ip map @macs",
            "ether type ip ether saddr set ip saddr map @macs",
            "}",
            "chain arrive {",
            f'type filter hook ingress device "{link}" priority 0; policy accept',
            "meta pkttype other meta pkttype set host",
            "}",
            "}",
        ]
    return "\n".join(lines) + "\n"


def _set(name: str, kind: str, elements: list[str]) -> str:
    inner = f"\nelements = {{ {', '.join(elements)} }}" if elements else ""
    return f"set {name} {{\ntype {kind}{inner}\n}}"


def down(name: str) -> None:
    """Stop the servers this name has started, and remove its namespaces; nothing else."""
    _checked(name)
    folder = state(name)
    for file in folder.glob("*.pid"):
        _stop(int(file.read_text() or 0), name)
    there = run("ip", "netns", "list", check=False).split()
    for role in ROLES:
        if f"{name}-{role}" in there:
            run("ip", "netns", "del", f"{name}-{role}", check=False)
    if folder.is_dir():
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
        folder.rmdir()


def _stop(pid: int, name: str) -> None:
    """End a process, if it is still the server of this proving ground."""

    def ours() -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return b"lab.serve" in words and name.encode() in words

    for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
        if not pid or not ours():
            return
        os.kill(pid, number)
        until = time.monotonic() + patience
        while ours() and time.monotonic() < until:
            time.sleep(0.02)
