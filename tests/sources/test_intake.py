"""From what the user typed to files with a reader; what cannot be reached is said, and the rest goes on."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from custodiet.errors import SourceError
from custodiet.model import Issue, Source
from custodiet.sources import READERS, intake, packing
from custodiet.sources.base import HEAD_SIZE, Reader, ReadOptions
from custodiet.sources.intake import expand, make_source, recognise, unreadable


def nothing(_path: Path, _source: Source, _options: ReadOptions) -> Iterator[object]:
    return iter(())


def reader(id: str, magic: bytes) -> Reader:
    return Reader(id=id, title=f"the {id} format", kind="scan", recognise=lambda head, _: head.startswith(magic),
                  read=nothing)  # type: ignore[arg-type]  # fmt: skip


ONE, TWO, ANY = reader("one", b"1"), reader("two", b"2"), reader("any", b"")


def names(inputs: list[str], scratch: Path) -> list[str]:
    found = list(expand(inputs, scratch))
    assert not any(isinstance(item, Issue) for item in found), found
    return [name for _, name in found]  # type: ignore[misc]


def only_issue(inputs: list[str], scratch: Path) -> Issue:
    (issue,) = expand(inputs, scratch)
    assert isinstance(issue, Issue)
    return issue


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "c"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    base = str(tmp_path / "in")
    assert names([base], tmp_path) == [f"{base}/{name}" for name in ("a", "c", "b/1", "b/2")]


def test_a_file_comes_once_however_often_and_by_whatever_name_it_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a").write_text("1")
    os.link(folder / "a", folder / "b")
    (folder / "c").symlink_to(folder / "a")
    given = [f"{folder}/a", str(folder), f"{folder}/../in/a"]
    assert names(given, tmp_path) == [f"{folder}/a"]


def test_what_is_not_there_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("1")
    first, second = expand([str(tmp_path / "absent"), str(tmp_path / "there")], tmp_path)
    assert isinstance(first, Issue)
    assert "no such file" in first.reason
    assert first.next_step
    assert first.severity == "incomplete"
    assert not isinstance(second, Issue)


def test_a_link_to_nowhere_and_a_name_that_is_too_long_are_said(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert "not there" in only_issue([str(tmp_path / "link")], tmp_path).reason
    assert "too long" in only_issue([str(tmp_path / ("x" * 5000))], tmp_path).reason


def test_a_circle_of_folders_ends(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "again").symlink_to(folder)
    (folder / "a").write_text("1")
    assert names([str(folder)], tmp_path)[0] == f"{folder}/a"


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert list(expand([str(tmp_path / "empty")], tmp_path)) == []


AS_NOBODY = """
import os, sys
from pathlib import Path
from custodiet.sources.intake import expand, recognise
from custodiet.model import Issue
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
for found in expand(sys.argv[1:], Path("/nowhere")):
    if not isinstance(found, Issue):
        found = recognise(*found, [])
    print(found.source, "|", found.place, "|", found.reason, "|", found.next_step, "|", found.severity)
"""


def test_what_may_not_be_read_is_said_with_its_place(tmp_path: Path) -> None:
    open_folder, closed = tmp_path / "in", tmp_path / "in" / "closed"
    closed.mkdir(parents=True)
    (closed / "inside").write_text("1")
    secret = open_folder / "secret"
    secret.write_text("1")
    readable = open_folder / "zz"
    readable.write_text("1")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    secret.chmod(0)
    closed.chmod(0)
    try:
        told = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(open_folder), str(closed / "inside")],
            capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
    finally:
        closed.chmod(0o700)
    assert told == [
        f"{secret} |  | it may not be read by this user | Give read permission, or leave it out. | incomplete",
        f"{readable} |  | its format is not one that this version reads | Formats that are read: . | note",
        f"{open_folder} | {closed} | a folder in it may not be read by this user"
        " | Give read permission, or leave it out. | incomplete",
        f"{closed}/inside |  | it may not be read by this user | Give read permission, or leave it out. | incomplete",
    ]


def test_standard_input_is_kept_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1 from a pipe")))
    ((path, name),) = expand(["-"], tmp_path)  # type: ignore[misc]
    assert name == "standard input"
    assert path.parent == tmp_path
    assert path.read_bytes() == b"1 from a pipe"


def test_the_first_reader_that_knows_the_format_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"2" * (HEAD_SIZE + 5))
    assert recognise(path, "x", [ONE, TWO, ANY]) is TWO
    path.write_bytes(b"3")
    assert recognise(path, "x", [ONE, TWO, ANY]) is ANY


@pytest.mark.parametrize(
    ("data", "reason", "severity"),
    [
        (b"", "the file is empty", "incomplete"),
        (b"plain words", "not one that this version reads", "note"),
        (b"\x1f\x8b\x08", "compressed with gzip", "note"),
        (b"%PDF-1.7", "a PDF", "note"),
        (b"SQLite format 3\0", "a database", "note"),
    ],
)
def test_what_no_reader_knows_is_skipped_with_a_reason(tmp_path: Path, data: bytes, reason: str, severity: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    issue = recognise(path, "name for people", [ONE, TWO])
    assert isinstance(issue, Issue)
    assert issue.source == "name for people"
    assert reason in issue.reason
    assert issue.next_step
    assert issue.severity == severity


def test_a_pipe_or_device_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    issue = recognise(tmp_path / "pipe", "pipe", [ANY])
    assert isinstance(issue, Issue)
    assert "no regular file" in issue.reason


def test_the_known_formats_are_named_in_the_order_of_the_readers(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"3")
    issue = recognise(path, "x", [TWO, ONE])
    assert isinstance(issue, Issue)
    assert issue.next_step == "Formats that are read: the two format, the one format."


def test_the_same_bytes_are_the_same_source_whatever_their_name(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"1" * 3_000_000)
    first, second = (make_source(tmp_path / name, name, ONE) for name in ("a", "b"))
    assert first.id == second.id
    assert first.id == f"src-{first.sha256[:16]}"
    assert (first.name, second.name, first.size) == ("a", "b", 3_000_000)
    (tmp_path / "b").write_bytes(b"1" * 2_999_999 + b"2")
    assert make_source(tmp_path / "b", "b", ONE).id != first.id


def test_an_unknown_fault_keeps_the_systems_words() -> None:
    assert "No space left" in unreadable("x", OSError(28, "No space left on device")).reason
    assert unreadable("x", OSError()).reason.endswith("no reason given")


def stored(path: Path, reader: Reader | Issue) -> list[object]:
    """What a reader yields of a file, as the audit reads it."""
    assert isinstance(reader, Reader)
    source = make_source(path, path.name, reader)
    return list(reader.read(path, source, ReadOptions()))


CSV = b"Merk;Model;Serienummer\nExample;EX-1;S1\nExample;EX-2;S2\n"
LOG = b'{"ip": "192.0.2.1", "timestamp": "1767225600", "port": 80, "proto": "tcp", "rec_type": "status", "data": {}}\n'
PACKS = [("gz", gzip.compress), ("zst", zstandard.compress)]


@pytest.mark.parametrize(("ending", "pack"), PACKS)
def test_a_packed_table_is_unpacked_first(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    plain, packed = tmp_path / "register.csv", tmp_path / f"register.csv.{ending}"
    plain.write_bytes(CSV)
    packed.write_bytes(pack(CSV))
    reader = recognise(packed, packed.name, READERS)
    assert isinstance(reader, Reader)
    assert reader.id == "csv"
    source = make_source(packed, packed.name, reader)
    assert (source.name, source.kind, source.size) == (packed.name, "register", len(pack(CSV)))
    done: list[int] = []
    found = list(reader.read(packed, source, ReadOptions(progress=done.append)))
    expected = stored(plain, recognise(plain, plain.name, READERS))
    assert [getattr(one, "value", None) for one in found] == [getattr(one, "value", None) for one in expected]
    assert max(done, default=0) <= source.size


@pytest.mark.parametrize(("ending", "pack"), PACKS)
def test_a_packed_log_is_unpacked_while_it_is_read(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_plain_copy", None)  # would fail if it were asked for
    path = tmp_path / f"scan.json.{ending}"
    path.write_bytes(pack(LOG * 2))
    reader = recognise(path, path.name, READERS)
    assert isinstance(reader, Reader)
    assert reader.id == "masscan"
    assert stored(path, reader)[-1].total == 2  # type: ignore[attr-defined]


def test_a_capture_is_unpacked_by_its_reader_or_before_it(tmp_path: Path) -> None:
    capture = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
    for ending, pack in PACKS:
        path = tmp_path / f"town.pcap.{ending}"
        path.write_bytes(pack(capture))
        reader = recognise(path, path.name, READERS)
        assert isinstance(reader, Reader) and reader.id == "pcap"
        assert (reader.read is READERS[0].read) == (ending == "gz")
        assert stored(path, reader)[-1].total == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(gzip.compress(LOG)), "compressed twice"),
        (gzip.compress(zstandard.compress(LOG)), "compressed twice"),
        (zstandard.compress(b"%PDF-1.7"), "inside: it is a PDF"),
        (gzip.compress(b"plain words"), "inside: its format is not one"),
        (gzip.compress(b""), "nothing in it can be unpacked"),
        (b"\x28\xb5\x2f\xfd\xff\xff", "nothing in it can be unpacked"),
    ],
    ids=["gzip in gzip", "zstd in gzip", "a PDF", "plain words", "nothing", "damaged"],
)
def test_packed_files_that_are_not_read_are_told_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    issue = recognise(path, "x.gz", READERS)
    assert isinstance(issue, Issue)
    assert reason in issue.reason and issue.next_step


def test_without_the_package_zstd_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "zstandard", None)
    path = tmp_path / "x.zst"
    path.write_bytes(zstandard.compress(LOG))
    issue = recognise(path, "x.zst", READERS)
    assert isinstance(issue, Issue)
    assert "custodiet[bulk]" in issue.next_step and issue.severity == "incomplete"


def test_a_packed_file_that_grows_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "register.csv.gz"
    path.write_bytes(gzip.compress(CSV + b"Example;EX-1;S1\n" * 100_000))
    reader = recognise(path, path.name, READERS)
    monkeypatch.setattr(intake, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(SourceError, match="larger than") as refused:
        stored(path, reader)
    assert "Unpack it yourself" in refused.value.next_step
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    monkeypatch.setattr(packing, "FREE_GROWTH", 1 << 16)
    monkeypatch.setattr(packing, "MOST_GROWTH", 10)
    with pytest.raises(SourceError, match="grows more"):
        stored(path, reader)


def test_a_packed_file_that_is_cut_is_told(tmp_path: Path) -> None:
    path = tmp_path / "register.csv.gz"
    path.write_bytes(gzip.compress(CSV * 10_000)[:-10])
    with pytest.raises(SourceError, match="ends in the middle"):
        stored(path, recognise(path, path.name, READERS))
