"""The rules for nftables, loaded into a router of network namespaces: what must pass passes, every leak is stopped.

Before the rules everything works, and after the undo it works again: so a test that sees nothing would be found out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.network import run, why_not

from isolation.factory import device, parties, written

NAME = f"cst-iso-{os.getpid()}"
ROLES = ("cam", "router", "house", "world")
CAMERA_MAC = "02:00:5e:00:00:12"

SERVE = """
import socket, struct, sys, threading
def tcp(server):
    while True:
        there, _ = server.accept()
        threading.Thread(target=echo, args=(there,), daemon=True).start()
def echo(there):
    try:
        while data := there.recv(100):
            there.sendall(data)
    except OSError:
        pass
def udp(server):
    while True:
        data, whom = server.recvfrom(100)
        try:
            server.sendto(data, whom)
        except OSError:
            pass
for place in sys.argv[1:]:
    kind, address, port = place.rsplit(",")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if address.startswith("239."):
        server.bind((address, int(port)))
        group = socket.inet_aton(address) + socket.inet_aton("10.20.8.1")
        server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    else:
        server.bind((address, int(port)))
    if kind == "tcp":
        server.listen()
    threading.Thread(target=tcp if kind == "tcp" else udp, args=(server,), daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
"""

ASK = """
import json, socket, sys, threading
def ask(name, kind, source, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as asker:
        asker.settimeout(1.0)
        try:
            if source:
                asker.bind((source, 0))
            if kind == "tcp":
                asker.connect((address, port))
                asker.sendall(b"question")
                heard[name] = asker.recv(100) == b"question"
            else:
                heard[name] = False
                for _ in range(2):
                    asker.sendto(b"question", (address, port))
                    try:
                        heard[name] = asker.recvfrom(100)[0] == b"question"
                        break
                    except socket.timeout:
                        continue
        except OSError:
            heard[name] = False
heard = {}
threads = [threading.Thread(target=ask, args=one) for one in json.loads(sys.argv[1])]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(heard))
"""

HOLD = """
import socket, sys
there = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1)
print("open", flush=True)
for line in sys.stdin:
    try:
        there.sendall(b"question")
        print("heard" if there.recv(100) else "closed", flush=True)
    except OSError:
        print("silent", flush=True)
"""

LEAKS = [
    ("name service outside", "udp", "", "198.51.100.53", 53),
    ("name service outside, tcp", "tcp", "", "198.51.100.53", 53),
    ("name service of the gateway", "udp", "", "10.20.8.1", 53),
    ("hard-coded address", "tcp", "", "203.0.113.9", 8800),
    ("relay on 443", "tcp", "", "203.0.113.9", 443),
    ("relay on 443, QUIC", "udp", "", "203.0.113.9", 443),
    ("time outside", "udp", "", "203.0.113.9", 123),
    ("IPv6", "tcp", "2001:db8:8::12", "2001:db8:f::9", 443),
    ("IPv6 from an address nobody knew", "tcp", "2001:db8:8::99", "2001:db8:f::9", 443),
    ("IPv4 from an address nobody knew", "tcp", "10.20.8.77", "203.0.113.9", 443),
    ("UPnP at the gateway", "udp", "", "10.20.8.1", 1900),
    ("UPnP by multicast", "udp", "", "239.255.255.250", 1900),
    ("NAT-PMP at the gateway", "udp", "", "10.20.8.1", 5351),
    ("page of the gateway", "tcp", "", "10.20.8.1", 8080),
    ("page of the gateway, IPv6", "tcp", "", "2001:db8:8::1", 8080),
    ("core network", "tcp", "", "10.20.0.10", 445),
    ("the recorder, begun by the camera", "tcp", "", "10.20.9.2", 7200),
    ("another service of the time server", "tcp", "", "10.20.9.4", 443),
]
"""What the camera tries: name, kind, its own address, whom it calls."""

WAYS_IN = [("from outside", "tcp", "", "10.20.8.12", 554), ("from outside, IPv6", "tcp", "", "2001:db8:8::12", 554)]
CORE_IN = [("from the core network", "tcp", "10.20.0.10", "10.20.8.12", 554)]
NEEDED = [
    ("pictures", "tcp", "10.20.9.2", "10.20.8.12", 554),
    ("pictures, IPv6", "tcp", "2001:db8:9::2", "2001:db8:8::12", 554),
    ("settings", "tcp", "10.20.9.2", "10.20.8.12", 80),
]
SHUT_TO_RECORDER = [("a port that is not needed", "tcp", "10.20.9.2", "10.20.8.12", 23)]
TIME = [("time inside", "udp", "", "10.20.9.4", 123)]


def inside(role: str, *words: str) -> str:
    return run("ip", "netns", "exec", f"{NAME}-{role}", *words)


def serve(role: str, *places: str) -> subprocess.Popen[str]:
    words = ["ip", "netns", "exec", f"{NAME}-{role}", sys.executable, "-c", SERVE, *places]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def ask(role: str, questions: list[tuple[str, str, str, str, int]]) -> dict[str, bool]:
    said = inside(role, sys.executable, "-c", ASK, json.dumps(questions))
    heard: dict[str, bool] = json.loads(said)
    return heard


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def ground() -> Iterator[None]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    serving: list[subprocess.Popen[str]] = []
    try:
        _wires()
        serving = [
            serve("cam", *(f"tcp,{ip},{port}" for ip in ("10.20.8.12", "2001:db8:8::12") for port in (554, 80, 23))),
            serve("router", "udp,10.20.8.1,53", "udp,10.20.8.1,1900", "udp,239.255.255.250,1900", "udp,10.20.8.1,5351",
                  "tcp,10.20.8.1,8080", "tcp,2001:db8:8::1,8080"),
            serve("house", "udp,10.20.9.4,123", "tcp,10.20.9.4,443", "tcp,10.20.0.10,445", "tcp,10.20.9.2,7200"),
            serve("world", "udp,198.51.100.53,53", "tcp,198.51.100.53,53", "tcp,203.0.113.9,8800",
                  "tcp,203.0.113.9,443", "udp,203.0.113.9,443", "udp,203.0.113.9,123", "tcp,2001:db8:f::9,443"),
        ]  # fmt: skip
        yield
    finally:
        for process in serving:
            end(process)
        for role in ROLES:
            run("ip", "netns", "del", f"{NAME}-{role}", check=False)


def _wires() -> None:
    for role in ROLES:
        run("ip", "netns", "add", f"{NAME}-{role}")
        inside(role, "ip", "link", "set", "lo", "up")
        inside(role, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad")
    for role in ROLES[:1] + ROLES[2:]:
        run("ip", "link", "add", "up0", "netns", f"{NAME}-{role}", "type", "veth", "peer", "name", role, "netns",
            f"{NAME}-router")  # fmt: skip
    inside("cam", "ip", "link", "set", "up0", "address", CAMERA_MAC)
    inside("router", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; "
           "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")  # fmt: skip
    addresses = {
        ("cam", "up0"): ["10.20.8.12/24", "10.20.8.77/24", "2001:db8:8::12/64", "2001:db8:8::99/64"],
        ("house", "up0"): ["10.20.9.2/24", "10.20.9.4/24", "10.20.0.10/24", "2001:db8:9::2/64"],
        ("world", "up0"): ["198.51.100.53/24", "203.0.113.9/24", "2001:db8:f::9/64"],
        ("router", "cam"): ["10.20.8.1/24", "2001:db8:8::1/64"],
        ("router", "house"): ["10.20.9.1/24", "10.20.0.1/24", "2001:db8:9::1/64"],
        ("router", "world"): ["198.51.100.1/24", "203.0.113.1/24", "2001:db8:f::1/64"],
    }
    for (role, link), given in addresses.items():
        inside(role, "ip", "link", "set", link, "up")
        for address in given:
            inside(role, "ip", "addr", "add", address, "dev", link, *(["nodad"] if ":" in address else []))
    for role, four, six in (("cam", "10.20.8.1", "2001:db8:8::1"), ("house", "10.20.9.1", "2001:db8:9::1"),
                            ("world", "198.51.100.1", "2001:db8:f::1")):  # fmt: skip
        inside(role, "ip", "route", "add", "default", "via", four)
        inside(role, "ip", "-6", "route", "add", "default", "via", six)


def everything() -> dict[str, bool]:
    """What works now, by name."""
    heard = ask("cam", [*LEAKS, *TIME])
    heard |= ask("world", WAYS_IN)
    heard |= ask("house", [*CORE_IN, *NEEDED, *SHUT_TO_RECORDER])
    return heard


def names(questions: list[tuple[str, str, str, str, int]]) -> set[str]:
    return {name for name, *_ in questions}


def test_the_rules_hold_against_every_leak_and_the_undo_undoes(ground: None, tmp_path: Path) -> None:
    camera = device(12, v6=("2001:db8:8::12",), macs=(CAMERA_MAC,))
    files = written(parties(camera, recorders=("10.20.9.2", "2001:db8:9::2"), times=("10.20.9.4",)))
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    before = everything()
    assert {name for name, worked in before.items() if not worked} == set(), "so the test can fail"
    held = _held_connection()
    try:
        assert _says(held) == "heard"
        inside("router", "nft", "-f", str(tmp_path / "custodiet-isolation.nft"))
        inside("router", "nft", "-f", str(tmp_path / "custodiet-isolation.nft"))  # a second time changes nothing
        for role in ("router", "cam", "house"):  # so that addresses must be found again through the rules
            inside(role, "ip", "neigh", "flush", "all")
        after = everything()
        assert {name for name, worked in after.items() if worked} == names([*NEEDED, *TIME])
        assert _says(held) == "silent", "a conversation that was open before is cut"
    finally:
        end(held)
    counted = inside("router", "nft", "list", "table", "inet", "custodiet_isolation")
    assert 'comment "Camera 10.20.8.12"' in counted
    inside("router", "nft", "-f", str(tmp_path / "undo.nft"))
    assert "custodiet" not in inside("router", "nft", "list", "ruleset")
    time.sleep(0.1)
    assert everything() == before


def _held_connection() -> subprocess.Popen[str]:
    words = ["ip", "netns", "exec", f"{NAME}-cam", sys.executable, "-c", HOLD, "203.0.113.9", "443"]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "open\n"
    return process


def _says(process: subprocess.Popen[str]) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write("go\n")
    process.stdin.flush()
    return process.stdout.readline().strip()
