"""From what the user typed to files with a reader; what cannot be reached is said, and the rest goes on."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from custodiet.model import Issue, Source
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
