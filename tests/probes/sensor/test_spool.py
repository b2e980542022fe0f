"""Files that are rotated: nothing is lost between them, nothing half is left in them, nobody else writes there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custodiet.errors import UsageError
from custodiet.probes.sensor.ring import Records, capture_head
from custodiet.probes.sensor.spool import Spool


def some(count: int, text: bytes = b"record") -> Records:
    return Records([text] * count, count, count * len(text), 0.0, 0.0)


def test_what_was_added_is_in_the_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", "eth0", 1)
    spool.add(some(3000), "a")
    spool.add(some(2), "b")
    path = spool.rotate()
    assert path is not None and path.name == "eth0-a-000000.pcap"
    assert path.read_bytes() == capture_head(1) + b"record" * 3002
    assert spool.rotate() is None
    spool.add(some(1), "c")
    second = spool.rotate()
    assert second is not None and second.name == "eth0-c-000001.pcap"
    spool.close()


def test_a_name_of_an_interface_cannot_leave_the_folder(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", "../br:0/x", 1)
    spool.add(some(1), "a")
    path = spool.rotate()
    assert path is not None and path.parent == tmp_path / "spool"
    spool.close()


def test_what_was_left_behind_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    spool = Spool(folder, "eth0", 1)
    spool.add(some(1), "a")
    spool.rotate()
    spool.add(some(1), "b")
    os.close(spool._lock)  # the process dies
    again = Spool(folder, "eth0", 1)
    assert [path.name for path in again.left_behind()] == ["eth0-a-000000.pcap", "eth0-b-000001.pcap"]
    assert all(path.is_file() for path in again.left_behind())
    again.close()


def test_two_sensors_do_not_share_a_folder(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", "eth0", 1)
    with pytest.raises(UsageError, match="another sensor"):
        Spool(tmp_path / "spool", "eth0", 1)
    spool.close()
    Spool(tmp_path / "spool", "eth0", 1).close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be kept there"):
        Spool(tmp_path / "file" / "spool", "eth0", 1)


def test_a_full_disk_leaves_no_half_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path / "spool", "eth0", 1)
    spool.add(some(2), "a")
    real, room = os.writev, [10]

    def nearly_full(file: int, pieces: list[bytes]) -> int:
        data = b"".join(pieces)[: room[0]]
        room[0] -= len(data)
        return real(file, [data])

    monkeypatch.setattr(os, "writev", nearly_full)
    with pytest.raises(OSError, match="full"):
        spool.add(some(5), "b")
    monkeypatch.undo()
    spool.add(some(1), "c")
    path = spool.rotate()
    assert path is not None and path.read_bytes() == capture_head(1) + b"record" * 3
    spool.close()
