"""gzip and zstd within bounds: what is damaged, cut, packed twice or made to grow ends with a reason."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard

from custodiet.sources import packing
from custodiet.sources.packing import Packed, packing_of, plain_head, unpacked

# With a check sum, as the program zstd writes it; without one a wrong byte is not seen.
ZSTD = zstandard.ZstdCompressor(write_checksum=True).compress
PACKS: list[tuple[str, Callable[[bytes], bytes]]] = [("gzip", gzip.compress), ("zstd", ZSTD)]
MIXED = random.Random(7).randbytes(300_000)


def pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    return iter([data[at : at + size] for at in range(0, len(data), size)])


@pytest.mark.parametrize(("name", "pack"), PACKS)
@pytest.mark.parametrize("data", [b"", b"x", MIXED, b"ab" * 500_000])
def test_what_was_packed_comes_back(name: str, pack: Callable[[bytes], bytes], data: bytes) -> None:
    packed = pack(data)
    assert packing_of(packed) == name
    assert b"".join(unpacked(pieces(packed), name)) == data
    assert plain_head(packed[:65536]) == data[:65536] or len(packed) > 65536


@pytest.mark.parametrize(("name", "pack"), PACKS)
def test_files_joined_end_to_end(name: str, pack: Callable[[bytes], bytes]) -> None:
    assert b"".join(unpacked(pieces(pack(b"one ") + pack(b"two ") + pack(MIXED), 7), name)) == b"one two " + MIXED


def test_frames_of_parallel_zstd() -> None:
    skippable = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size"
    packed = skippable + zstandard.compress(b"one") + skippable + zstandard.compress(b"two")
    assert packing_of(packed) == "zstd"
    assert b"".join(unpacked(pieces(packed, 3), "zstd")) == b"onetwo"


@pytest.mark.parametrize(("name", "pack"), PACKS)
def test_what_is_cut_or_damaged_gives_what_is_there(name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(MIXED + b"ab" * 100_000)
    for broken in (packed[:-5], packed[:-300], packed[:200_000] + b"\0" * 100 + packed[200_100:]):
        got = b""
        with pytest.raises(Packed, match="damaged or"):
            for piece in unpacked(pieces(broken), name):
                got += piece
        assert len(got) > 100_000


@pytest.mark.parametrize(("name", "pack"), PACKS)
@pytest.mark.parametrize("inner", [gzip.compress, zstandard.compress])
def test_what_is_packed_twice_is_refused(
    name: str, pack: Callable[[bytes], bytes], inner: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(Packed, match="twice"):
        list(unpacked(pieces(pack(inner(b"x" * 1000))), name))


def bomb(name: str, mebibytes: int) -> bytes:
    """Zeros that take a thousandth or less of their size."""
    if name == "gzip":
        engine = zlib.compressobj(9, zlib.DEFLATED, 31)
        return b"".join([engine.compress(bytes(1 << 20)) for _ in range(mebibytes)]) + engine.flush()
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join([packer.compress(bytes(1 << 20)) for _ in range(mebibytes)]) + packer.flush()


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_a_bomb_ends_early_and_in_little_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FREE_GROWTH", 4 << 20)
    packed = bomb(name, 300)
    size = 0
    tracemalloc.start()
    with pytest.raises(Packed, match="two hundred times"):
        for piece in unpacked(pieces(packed, 1 << 18), name):
            size += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size < 200 << 20
    assert peak < 150 << 20


def test_a_window_larger_than_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, compression_level=1)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(b"ab" * 1000) + packer.flush()
    with pytest.raises(Packed, match="128 MiB of memory"):
        list(unpacked(pieces(packed), "zstd"))


def test_without_the_package_zstd_is_told_apart_and_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = zstandard.compress(b"x")
    monkeypatch.setattr(packing, "zstandard", None)
    assert not packing.can_unpack("zstd") and packing.can_unpack("gzip")
    assert plain_head(packed) == b""
    with pytest.raises(Packed, match="not installed"):
        list(unpacked(pieces(packed), "zstd"))


@pytest.mark.parametrize("head", [b"", b"x", b"\x1f", b"\x28\xb5\x2f", b"\x50\x2a\x4d", b"PK\x03\x04", b"BZh9"])
def test_what_is_not_packed_stays(head: bytes) -> None:
    assert packing_of(head) == ""
    assert plain_head(head) == head


def test_a_head_that_cannot_be_unpacked_is_empty() -> None:
    assert plain_head(b"\x1f\x8b" + b"x" * 100) == b""
    assert plain_head(b"\x28\xb5\x2f\xfd" + b"x" * 100) == b""
    assert len(plain_head(bomb("zstd", 4))) == 65536
