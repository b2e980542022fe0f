"""Frames of the shared captures, and what tshark says of them; for the tests that compare."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which
from struct import unpack_from

import pytest

needs_tshark = pytest.mark.skipif(which("tshark") is None, reason="tshark is not installed")


def packets(path: Path) -> list[bytes]:
    """Frames of a little-endian pcap file: only what these tests need."""
    data = path.read_bytes()
    assert data[:4] == b"\xd4\xc3\xb2\xa1"
    found, at = [], 24
    while at < len(data):
        size = unpack_from("<I", data, at + 8)[0]
        found.append(data[at + 16 : at + 16 + size])
        at += 16 + size
    return found


def tshark(path: Path, *fields: str, options: list[str] | None = None) -> list[list[str]]:
    """The fields of each packet."""
    asked = [part for field in fields for part in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", *(options or []), *asked]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in output.splitlines()]
