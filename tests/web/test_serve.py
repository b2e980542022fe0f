"""`custodiet serve` takes its port before it says anything, and what it says leads to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("django", reason="the extra `web` is not installed")

from custodiet.errors import UsageError
from custodiet.web.config import Config
from custodiet.web.serve import beyond, listen, reached


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int, *more: str, **environ: str) -> Iterator[list[str]]:
    """A server that has said what it says at its start."""
    command = [sys.executable, "-u", "-m", "custodiet", "serve", "--folder", str(folder), "--port", str(port), *more]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODIET_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=kept | environ
    ) as server:
        assert server.stdout is not None
        said: list[str] = []
        try:
            for line in server.stdout:
                said.append(line.strip())
                if line.startswith(("It answers", "The link works")) and (line[0] == "I" or "--host" not in more):
                    break
            yield said
        finally:
            server.terminate()


@pytest.mark.parametrize("address", ["", "http://cameras.example.org:8080"])
def test_the_first_link_leads_in_whatever_it_listens_on(tmp_path: Path, address: str) -> None:
    port = free()
    environ = {"CUSTODIET_ADDRESS": address, "CUSTODIET_HOSTS": "cameras.example.org"} if address else {}
    more = () if address else ("--host", "0.0.0.0")
    with serving(tmp_path, port, *more, **environ) as said:
        [link] = [line.split()[-1] for line in said if "/welcome/" in line]
        assert link.startswith(address or f"http://localhost:{port}"), said
        asked = urllib.request.Request(link.replace(address, f"http://127.0.0.1:{port}") if address else link)
        asked.add_header("Host", "cameras.example.org:8080" if address else f"localhost:{port}")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=20) as answer:
            assert b"password" in answer.read()
        assert address or any("CUSTODIET_HOSTS" in line for line in said)


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "custodiet", "serve", "--folder", str(tmp_path), "--port", str(port)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert told.returncode == 2 and told.stdout == ""
    assert f"127.0.0.1:{port}: another program listens on this port" in told.stderr and "--port" in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["web.key"]


@pytest.mark.parametrize("host", ["203.0.113.7", "no such name"])
def test_an_address_that_is_not_of_this_machine_is_told(host: str) -> None:
    with pytest.raises(UsageError, match="cannot be had") as told:
        listen(host, free())
    assert "--host" in told.value.next_step


def test_a_name_with_two_addresses_is_taken_on_both_or_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free()
    found = [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("127.0.0.1", "127.0.0.2", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    with socket.create_server(("127.0.0.2", port)), pytest.raises(UsageError, match="another program"):
        listen("both", port)
    taken = listen("both", port)
    assert [one.getsockname() for one in taken] == [("127.0.0.1", port), ("127.0.0.2", port)]
    for one in taken:
        one.close()


@pytest.mark.parametrize(
    ("host", "more", "address", "said"),
    [
        ("127.0.0.1", {}, "http://localhost:8000", ""),
        ("::1", {}, "http://localhost:8000", ""),
        ("0.0.0.0", {}, "http://localhost:8000", "answers to localhost and"),
        ("::", {"hosts": ("localhost", "a.example.org")}, "http://localhost:8000", "answers to localhost and"),
        ("10.0.0.7", {}, "http://10.0.0.7:8000", "set CUSTODIET_HOSTS=10.0.0.7"),
        ("fd00::7", {}, "http://[fd00::7]:8000", "set CUSTODIET_HOSTS=[fd00::7]"),
        ("10.0.0.7", {"hosts": ("10.0.0.7",)}, "http://10.0.0.7:8000", "answers to localhost and"),
        ("0.0.0.0", {"hosts": ("a.example.org",), "https": True}, "https://a.example.org", ""),
        ("0.0.0.0", {"hosts": ("a.example.org",), "address": "https://a.example.org:4"}, "https://a.example.org:4", ""),
        ("127.0.0.1", {"address": "https://b.example.org"}, "https://b.example.org", "CUSTODIET_HOSTS=b.example.org"),
    ],
)  # fmt: skip
def test_where_it_is_reached_and_what_is_missing_for_that(
    host: str, more: dict[str, object], address: str, said: str
) -> None:
    config = Config(folder=Path(), secret="x", **more)  # type: ignore[arg-type]
    assert reached(config, host, 8000) == address
    lines = list(beyond(config, host, address))
    assert len(lines) == bool(said) and said in "".join(lines)
