"""An assembler for classic BPF, the language in which the kernel takes packet filters.

A program is a list of instructions with labels. It only jumps forward, as the kernel demands, so it always ends.
Loading bytes behind the end of a frame ends the program and refuses the frame: filters must ask for the length first
where a short frame is to be kept. This module knows instructions and nothing of protocols.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

LENGTH = 0x80
"""Load the length of the frame."""
WORD, HALF, BYTE = 0x20, 0x28, 0x30
"""Load from a fixed place."""
WORD_X, HALF_X, BYTE_X = 0x40, 0x48, 0x50
"""Load from a place behind the index."""
CONSTANT, MEMORY, INDEX_CONSTANT, INDEX_MEMORY = 0x00, 0x60, 0x01, 0x61
STORE, TO_INDEX, FROM_INDEX = 0x02, 0x07, 0x87
ADD, ADD_X, SUB_X, AND, SHIFT_LEFT, SHIFT_RIGHT = 0x04, 0x0C, 0x1C, 0x54, 0x64, 0x74
EQUAL, GREATER, AT_LEAST, ANY_BIT = 0x15, 0x25, 0x35, 0x45
_ALWAYS = 0x05
_KEEP, _KEEP_COUNTED = 0x06, 0x16

PACKET_TYPE = 0xFFFFF000 + 4
"""A place that is not in the frame: `BYTE` from here is 4 for frames that leave."""
RANDOM = 0xFFFFF000 + 56
"""Another: `WORD` from here is a number by chance."""
EVERYTHING = 0x40000
"""More bytes than any frame has."""

_LINE = Struct("=HBBI")
_FARTHEST = 255
_MOST = 4096
_SPLIT = 4


class Assembler:
    """A program that is being written, one instruction after another."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str, str, int]] = []
        self._labels: dict[str, int] = {}
        self._made = 0

    def label(self, name: str) -> None:
        """What comes next has this name.

        Raises:
            ValueError: it is taken.
        """
        if name in self._labels:
            raise ValueError(f"two places are called {name}")
        self._labels[name] = len(self._lines)

    def fresh(self) -> str:
        """A name that no place has yet."""
        self._made += 1
        return self.newest

    @property
    def newest(self) -> str:
        """The name that was made last."""
        return f"place {self._made}"

    def put(self, code: int, k: int = 0) -> None:
        """An instruction that goes on with the next one."""
        self._lines.append((code, "", "", k))

    def test(self, code: int, k: int, then: str = "", otherwise: str = "") -> None:
        """Compare the accumulator; an empty name means the next instruction."""
        self._lines.append((code, then or "+", otherwise or "+", k))

    def go(self, to: str) -> None:
        """Go on at a label, however far."""
        self._lines.append((_ALWAYS, to, "", 0))

    def keep(self, size: int) -> None:
        """End: keep so many bytes of the frame; 0 refuses it."""
        self._lines.append((_KEEP, "", "", size))

    def keep_counted(self) -> None:
        """End: keep as many bytes as the accumulator says."""
        self._lines.append((_KEEP_COUNTED, "", "", 0))

    def one_of(self, values: Sequence[int], then: str) -> None:
        """Go to a label when the accumulator is one of these numbers; found in a few steps, not one by one."""
        self._one_of(sorted(set(values)), then)

    def _one_of(self, values: list[int], then: str) -> None:
        if len(values) <= _SPLIT:
            for value in values:
                self.test(EQUAL, value, then)
            return
        half = len(values) // 2
        upper, behind = self.fresh(), self.fresh()
        self.test(AT_LEAST, values[half], upper)
        self._one_of(values[:half], then)
        self.go(behind)
        self.label(upper)
        self._one_of(values[half:], then)
        self.label(behind)

    def finish(self) -> bytes:
        """The program as the kernel takes it.

        Raises:
            ValueError: an unknown or backward label, a test that jumps too far, or a program that is too long.
        """
        if len(self._lines) > _MOST:
            raise ValueError(f"{len(self._lines)} instructions, and the kernel takes {_MOST}")
        return b"".join(self._line(at, *line) for at, line in enumerate(self._lines))

    def _line(self, at: int, code: int, then: str, otherwise: str, k: int) -> bytes:
        if code == _ALWAYS:
            return _LINE.pack(code, 0, 0, self._distance(at, then))
        far = self._distance(at, then), self._distance(at, otherwise)
        if max(far) > _FARTHEST:
            raise ValueError(f"instruction {at} jumps {max(far)} instructions, and a test reaches {_FARTHEST}")
        return _LINE.pack(code, *far, k)

    def _distance(self, at: int, label: str) -> int:
        if label in ("", "+"):
            return 0
        if label not in self._labels:
            raise ValueError(f"nothing is called {label}")
        distance = self._labels[label] - at - 1
        if distance < 0:
            raise ValueError(f"{label} lies behind instruction {at}")
        return distance


def instructions(program: bytes) -> int:
    """How many instructions a program has."""
    return len(program) // _LINE.size
