"""Text files of any size: line ends, encodings, lines without end, compression."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest

from custodiet.sources.lines import PIECE, Lines, head_lines, object_of


def lines_of(data: bytes, folder: Path, limit: int = 100) -> list[tuple[int, str | None]]:
    path = folder / "text"
    path.write_bytes(data)
    return list(Lines(path, lambda done: None, limit=limit))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a\nb", [(1, "a"), (2, "b")]),
        (b"a\r\n\r\nb\r\n", [(1, "a"), (2, ""), (3, "b")]),
        (b"\xef\xbb\xbfa\n", [(1, "a")]),
        ("é€\n".encode(), [(1, "é€")]),
        (b"caf\xe9 \x80 \x81\n", [(1, "café € \\x81")]),
        ("é\nb\n".encode("utf-16"), [(1, "é"), (2, "b")]),
        (b"\xff\xfea\x00\x00", [(1, "a\ufffd")]),
        (b"a\x00b\n", [(1, "a\x00b")]),
    ],
)
def test_line_ends_and_encodings(data: bytes, expected: list[tuple[int, str]], tmp_path: Path) -> None:
    assert lines_of(data, tmp_path) == expected


@pytest.mark.parametrize("length", [101, PIECE - 1, PIECE, 3 * PIECE])
def test_a_line_that_is_too_long_is_passed_over(length: int, tmp_path: Path) -> None:
    data = b"a\n" + b"x" * length + b"\nb\n" + b"y" * length
    assert lines_of(data, tmp_path) == [(1, "a"), (2, None), (3, "b"), (4, None)]


def test_lines_that_lie_across_pieces_are_whole(tmp_path: Path) -> None:
    line = b"0123456789" * 7
    data = (line + b"\n") * (2 * PIECE // 70)
    found = lines_of(data, tmp_path)
    assert {text for _, text in found} == {line.decode()}
    assert [number for number, _ in found] == list(range(1, len(found) + 1))


def test_a_line_without_end_stays_out_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"x" * (40 << 20))
    tracemalloc.start()
    assert list(Lines(path, lambda done: None)) == [(1, None)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_what_is_compressed_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(bytes(10 << 20), mtime=0) * 30)
    lines = Lines(path, lambda done: None)
    assert list(lines) == [(1, None)]
    assert "two hundred times" in lines.cut


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    for data in (b"a\n" * PIECE, gzip.compress(b"a\n" * PIECE, mtime=0)):
        path = tmp_path / "text"
        path.write_bytes(data)
        done: list[int] = []
        assert sum(1 for _ in Lines(path, done.append)) == PIECE
        assert done == sorted(done) and done[-1] == len(data)


@pytest.mark.parametrize("head", [b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00garbage", b"\xff\xfe\x00", b"\x00" * 9])
def test_any_head_gives_lines(head: bytes) -> None:
    assert all(isinstance(line, str) for line in head_lines(head))


def test_a_line_of_json() -> None:
    assert object_of('{"a": 1}') == {"a": 1}
    assert object_of('{"a": "\ud800"}') is None
    assert object_of("[1]") is None and object_of("a") is None
