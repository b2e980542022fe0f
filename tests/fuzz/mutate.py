"""Hostile bytes made of honest ones.

`mutations` takes seeds (real or made messages) and flips, cuts, repeats, inserts and splices them; `seeds` reads a
folder of the corpus. A fuzz test is then one target and three lines::

    @FUZZ
    @given(st.binary() | mutations(seeds("dhcp")))
    def test_any_bytes(data: bytes) -> None:
        target(data)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_LONGER = int(os.environ.get("CUSTODIET_FUZZ_EXAMPLES", "0"))
FUZZ = settings(
    deadline=None,
    max_examples=_LONGER or 120,
    derandomize=not _LONGER,
    database=None,
    # a target writes the same file anew for every example, so a shared folder is what it wants
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
"""Short and the same every time in tests; `make fuzz` runs longer, and differently each time."""

CORPUS = Path(__file__).parent / "corpus"

# Values at the edges of lengths, counts and signs.
_EDGES = [
    b"\x00",
    b"\x01",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x7f\xff\xff\xff",
    b"\xff" * 4,
]


def seeds(name: str) -> list[bytes]:
    """The seed files of one corpus, in the order of their names.

    Raises:
        FileNotFoundError: there is none; a fuzz test without seeds proves little.
    """
    found = [path.read_bytes() for path in sorted((CORPUS / name).iterdir()) if path.is_file()]
    if not found:
        raise FileNotFoundError(f"no seeds in {CORPUS / name}")
    return found


@st.composite
def mutations(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A seed after nought to four changes."""
    data = bytearray(draw(st.sampled_from(list(seeds))))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["flip", "edge", "cut", "head", "remove", "repeat", "insert", "splice"])):
            case "flip" if place < len(data):
                data[place] ^= draw(st.integers(1, 255))
            case "edge":
                value = draw(st.sampled_from(_EDGES))
                data[place : place + len(value)] = value
            case "cut":
                del data[place:]
            case "head":
                del data[:place]
            case "remove":
                del data[place : place + draw(st.integers(1, 16))]
            case "repeat":
                piece = data[place : place + draw(st.integers(1, 64))]
                data[place:place] = piece * draw(st.integers(1, 40))
            case "insert":
                data[place:place] = draw(st.binary(max_size=32))
            case "splice":
                other = draw(st.sampled_from(list(seeds)))
                data[place:] = other[draw(st.integers(0, len(other))) :]
            case _:
                pass  # a flip behind the end changes nothing
    return bytes(data)
