"""The assembler: what it writes means what it says, as the kernel runs it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from custodiet.probes.sensor import bpf
from custodiet.probes.sensor.bpf import Assembler, instructions

Passed = Callable[..., list[int]]


def member_of(values: list[int]) -> bytes:
    program = Assembler()
    program.put(bpf.HALF, 0)
    program.one_of(values, "found")
    program.keep(0)
    program.label("found")
    program.keep(bpf.EVERYTHING)
    return program.finish()


@pytest.mark.parametrize("count", [1, 2, 4, 5, 9, 60])
def test_a_number_is_found_among_many_and_no_other(count: int, passed: Passed) -> None:
    values = [n * 7 + 3 for n in range(count)]
    asked = range(count * 7 + 10)
    found = passed(member_of(values), *(n.to_bytes(2, "big") for n in asked))
    assert [n for n, size in zip(asked, found, strict=True) if size] == values


def test_a_frame_is_cut_to_what_is_asked(passed: Passed) -> None:
    program = Assembler()
    program.put(bpf.BYTE, 0)
    program.keep_counted()
    assert passed(program.finish(), b"\x03abcdef", b"\x00abc", b"\xffab") == [3, 0, 3]


def test_bytes_behind_the_end_refuse_the_frame(passed: Passed) -> None:
    program = Assembler()
    program.put(bpf.WORD, 4)
    program.keep(bpf.EVERYTHING)
    assert passed(program.finish(), b"1234567", b"12345678") == [0, 8]


def test_a_far_jump_is_refused_and_a_plain_one_reaches(passed: Passed) -> None:
    def program(plain: bool) -> Assembler:
        made = Assembler()
        made.put(bpf.BYTE, 0)
        made.go("end") if plain else made.test(bpf.EQUAL, 1, "end")
        for _ in range(300):
            made.put(bpf.ADD, 1)
        made.label("end")
        made.keep(bpf.EVERYTHING)
        return made

    with pytest.raises(ValueError, match="a test reaches 255"):
        program(plain=False).finish()
    assert passed(program(plain=True).finish(), b"x") == [1]


def test_labels_lie_ahead_and_have_one_place() -> None:
    program = Assembler()
    program.label("here")
    with pytest.raises(ValueError, match="two places"):
        program.label("here")
    program.go("here")
    with pytest.raises(ValueError, match="lies behind"):
        program.finish()
    other = Assembler()
    other.go("nowhere")
    with pytest.raises(ValueError, match="nothing is called nowhere"):
        other.finish()


def test_no_program_is_longer_than_the_kernel_takes() -> None:
    program = Assembler()
    for _ in range(4097):
        program.put(bpf.ADD, 1)
    with pytest.raises(ValueError, match="4097 instructions"):
        program.finish()
    assert instructions(member_of([1])) == 4
