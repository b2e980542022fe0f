"""The bar: what it says of a file in little room."""

from __future__ import annotations

import re
import time

import pytest

from custodiet.cli.progress import _end, bar


@pytest.mark.parametrize(
    ("name", "room", "said"),
    [("a.pcap", 12, "a.pcap"), ("abc.pcap", 8, "abc.pcap"), ("folder/abc.pcap", 8, "…bc.pcap")],
)
def test_a_long_name_keeps_its_end(name: str, room: int, said: str) -> None:
    assert _end(name, room) == said


@pytest.mark.parametrize("columns", ["20", "40", "80"])
def test_the_bar_keeps_to_one_line(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "dumb")
    with bar() as progress:
        progress.file("a/very/long/folder/for/a/capture/of/the/town.pcap", 1000)
        progress.done(500)
    assert all(len(line) <= int(columns) for line in capsys.readouterr().err.splitlines())


def test_a_step_shows_no_amount_and_a_file_its_rate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    with bar() as progress:
        progress.file("hall.pcap", 4096)
        for done in (1024, 2048, 4096):
            progress.done(done)
            time.sleep(0.15)
        progress.step("identifying")
    told = capsys.readouterr().err
    assert "4.0 KiB" in told
    assert re.search(r"[kM]?B/s", told)
    assert "bytes" not in told.rpartition("identifying")[2]
    assert "KiB" not in told.rpartition("identifying")[2]
